"""Holds what a story expects against what is there."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from infra.city.story_format import Expected, ExpectedChild, Refusal
from infra.city.story_inlets import Answer
from infra.city.story_report import Check
from infra.city.story_state import ChildState

Days = Callable[[UUID, date], Awaitable[Mapping[str, str]]]
"""Item to value of a person for a day."""

Doors = Callable[[str, UUID], Awaitable[bool]]
"""Whether a person of the staff (a ward's clerk, or a login) gets to a child."""

_SAME_NAME = ("valid_from", "valid_to", "known_at", "counted", "reason_code", "class")
"""Keys of an expectation that are keys of an answer too."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What cannot be read from a child's state, but must be asked."""

    known: Days
    on: Days
    opens: Doors
    lists: Doors


def refusals(expected: Expected, answers: list[Answer], records: Mapping[str, str]) -> Iterator[Check]:
    """Check what ingest said. `records` leads from event ids to the story's record ids."""
    if expected.refused is not None:
        got = {(records[a.event_id], a.path) for a in answers if a.outcome == "refused"}
        yield Check("refused", _pairs(expected.refused), frozenset(map(_pair, got)))
    for outcome, n in (("accepted", expected.accepted), ("superseded", expected.superseded)):
        if n is not None:
            yield Check(outcome, n, len({a.event_id for a in answers if a.outcome == outcome}))


def totals(expected: Expected, found: Mapping[str, int]) -> Iterator[Check]:
    """Check numbers of persons, open reviews and open cases."""
    for name in ("persons", "reviews", "cases"):
        if (n := getattr(expected, name)) is not None:
            yield Check(name, n, found[name])


def feeds(expected: Expected, found: Mapping[str, str]) -> Iterator[Check]:
    """Check how feeds stand."""
    for source, standing in expected.feeds.items():
        yield Check(f"feeds.{source}", str(standing), found.get(source.value))


def records(expected: Expected, found: Mapping[str, Sequence[str]]) -> Iterator[Check]:
    """Check what became of records; `found` is by record id. Where a story does not say why, only the state is compared."""
    for record, wanted in expected.records.items():
        states = found.get(record, ())
        got = "; ".join(states if "(" in wanted else (state.partition(" ")[0] for state in states)) or "not held"
        yield Check(f"record {record}", wanted, got)


def logged(expected: Expected, found: Mapping[str, int]) -> Iterator[Check]:
    """Check what the audit log has of what people decided about who is who: exactly these actions."""
    if expected.logged is not None:
        yield Check("logged", expected.logged, dict(found))


async def child(number: str, expected: ExpectedChild, state: ChildState, questions: Questions) -> list[Check]:
    """Check everything that is expected of one child."""
    checks = [*_answers(number, expected, state), *_standing(number, expected, state)]
    checks += await _over_time(number, expected, state, questions)
    return checks + await _seen_by(number, expected, state, questions)


def _answers(number: str, expected: ExpectedChild, state: ChildState) -> Iterator[Check]:
    for item, value in expected.indicators.items():
        yield Check(f"{number}.indicators.{item}", str(value), _of(state, item, "value"))
    for name in _SAME_NAME:
        told: Mapping[Any, Any] = getattr(expected, "classes" if name == "class" else name)
        for key, wanted in told.items():
            yield Check(f"{number}.{name}.{key}", wanted, _of(state, key, name))
    for item, n in expected.evidence.items():
        yield Check(f"{number}.evidence.{item}", n, len(_of(state, item, "evidence") or ()))
    for item, figures in expected.detail.items():
        found = _of(state, item, "detail") or {}
        yield Check(f"{number}.detail.{item}", figures, {key: found.get(key) for key in figures})


def _standing(number: str, expected: ExpectedChild, state: ChildState) -> Iterator[Check]:
    if expected.known is not None:
        yield Check(f"{number}.known", expected.known, state.person_id is not None)
    if expected.review is not None:
        yield Check(f"{number}.review", expected.review, state.review.get("state", "none"))
    if expected.reasons is not None:
        yield Check(f"{number}.reasons", frozenset(map(str, expected.reasons)), frozenset(map(str, state.review.get("reasons", ()))))
    if expected.review_since is not None:
        yield Check(f"{number}.review_since", expected.review_since, state.review.get("since"))
    if expected.basis_changed is not None:
        yield Check(f"{number}.basis_changed", expected.basis_changed, bool(state.review.get("basis_changed", False)))
    if expected.protected is not None:
        yield Check(f"{number}.protected", expected.protected, state.protected)
    if expected.siblings is not None:
        yield Check(f"{number}.siblings", expected.siblings, state.siblings)
    yield from _case(number, expected, state)


def _case(number: str, expected: ExpectedChild, state: ChildState) -> Iterator[Check]:
    found = state.case or {"state": "none", "ward": None}
    if expected.case is not None and expected.case.state is not None:
        yield Check(f"{number}.case.state", str(expected.case.state), str(found["state"]))
    if expected.case is not None and expected.case.ward is not None:
        yield Check(f"{number}.case.ward", str(expected.case.ward), str(found["ward"]))


async def _over_time(number: str, expected: ExpectedChild, state: ChildState, questions: Questions) -> list[Check]:
    checks: list[Check] = []
    for name, days, ask in (("as_of", expected.as_of, questions.known), ("valid_on", expected.valid_on, questions.on)):
        for day, wanted in days.items():
            found = await ask(state.person_id, day) if state.person_id else {}
            checks += [Check(f"{number}.{name}.{day}.{item}", str(value), found.get(item)) for item, value in wanted.items()]
    return checks


async def _seen_by(number: str, expected: ExpectedChild, state: ChildState, questions: Questions) -> list[Check]:
    checks: list[Check] = []
    for name, doors, ask in (("visible_to", expected.visible_to, questions.opens), ("listed_for", expected.listed_for, questions.lists)):
        for who, wanted in doors.items():
            found = await ask(who, state.person_id) if state.person_id else False
            checks.append(Check(f"{number}.{name}.{who}", wanted, found))
    return checks


def _of(state: ChildState, item: str, name: str) -> Any:
    return state.indicators.get(item, {}).get(name)


def _pairs(refused: tuple[Refusal, ...]) -> frozenset[str]:
    return frozenset(_pair((one.record, one.path)) for one in refused)


def _pair(one: tuple[str, str | None]) -> str:
    record, path = one
    return f"{record} at {path}" if path else record
