"""What was done with a case so far, in words: who, when, what, and what was written."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from contracts.values import CaseState, Section
from contracts.words import SECTIONS, place_of
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile, Past
from services.casework.moves import STEPS
from services.casework.steps import Asks, Spec

ASKED_FOR = "の決裁を依頼した"
APPROVED = "を決裁した"
TOGETHER = "（きょうだいと一緒に）"
"""Said of what is one with other children of the household. With whom it does not say: who was there may be protected by now."""


@dataclass(frozen=True, slots=True)
class PastLine:
    """One thing that was done. `written` are its fields with what was filled in."""

    at: str
    who: str
    what: str
    written: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WaitingBox:
    """The move that waits for another person, and who asked for it."""

    title: str
    who: str
    at: str
    written: tuple[tuple[str, str], ...]


def history(file: CaseFile, *, shows_texts: bool, shown_all_the_same: Callable[[Past], bool]) -> tuple[PastLine, ...]:
    """
    Say what was done, newest first.

    Where people of two wards did it, because the case was handed over, each stands with theirs. Sentences that people wrote may tell where
    a protected child is: they are for those who may know it (`domain.md` §4.4), but for those that were written to who reads them.
    """
    shows_ward = shows_texts and _of_several_wards(file)
    return tuple(_line(each, shows_texts=shows_texts or shown_all_the_same(each), shows_ward=shows_ward) for each in reversed(file.past))


def done_so_far(file: CaseFile, moves: Collection[str] = (), *, shows_texts: bool) -> tuple[PastLine, ...]:
    """Say those of the `moves` that were done, or all that was, oldest first and with the year: paper is kept."""
    shows_ward = shows_texts and _of_several_wards(file)
    lines = ((each, _line(each, shows_texts=shows_texts, shows_ward=shows_ward)) for each in file.past if not moves or each.move in moves)
    return tuple(replace(line, at=dates.moment(each.at)) for each, line in lines)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What a section that was asked has answered, or that it has not, `missing` where it still is to."""

    section: str
    answered: str
    missing: bool
    written: tuple[tuple[str, str], ...]


def answers(file: CaseFile, *, shows_texts: bool) -> tuple[AnswerLine, ...]:
    """Say what each section that was asked has answered: whoever prepares or decides at the conference reads it where that is done."""
    missing = file.standing.state is CaseState.INVESTIGATION
    return tuple(_answer(section, file.answers.get(section), missing=missing, shows_texts=shows_texts) for section in file.asked_sections)


def _answer(section: Section, past: Past | None, *, missing: bool, shows_texts: bool) -> AnswerLine:
    if past is None:
        return AnswerLine(SECTIONS[section], "", missing, ())
    answered = f"{dates.short_moment(past.at)}　{past.by_name}"
    return AnswerLine(SECTIONS[section], answered, missing=False, written=tuple(_written(past, shows_texts=shows_texts)))


def waiting(file: CaseFile, *, shows_texts: bool) -> WaitingBox | None:
    """Say what waits for another person's approval."""
    asked = file.asked
    if asked is None:
        return None
    return WaitingBox(_title(asked), _who(asked), dates.short_moment(asked.at), tuple(_written(asked, shows_texts=shows_texts)))


def _of_several_wards(file: CaseFile) -> bool:
    return len({each.ward for each in file.past} - {None}) > 1


def _line(past: Past, *, shows_texts: bool, shows_ward: bool) -> PastLine:
    step = STEPS.get(past.move)
    approved = step is not None and step.move.second and not past.asks
    what = f"「{_title(past)}」{ASKED_FOR if past.asks else APPROVED}" if past.asks or approved else _done(past)
    what += TOGETHER if past.together else ""
    # What was approved stands with the request for it.
    return PastLine(
        dates.short_moment(past.at),
        _who(past, shows_ward=shows_ward),
        what,
        () if approved else tuple(_written(past, shows_texts=shows_texts)),
    )


def _done(past: Past) -> str:
    step = STEPS.get(past.move)
    return step.deed.done if step else past.move


def _title(past: Past) -> str:
    move = flow.ANY_BY_KEY.get(past.move)
    return move.title if move else past.move


def _who(past: Past, *, shows_ward: bool = False) -> str:
    return f"{place_of(past.section, past.ward if shows_ward else None)}　{past.by_name}" if past.section else past.by_name


def _written(past: Past, *, shows_texts: bool) -> Iterator[tuple[str, str]]:
    step = STEPS.get(past.move)
    for spec in step.fields if step else ():
        value = past.details.get(spec.name)
        if value not in (None, "", []):
            hides = not shows_texts and (spec.asks in {Asks.TEXT, Asks.LINE} or spec.tells_where)
            yield spec.label, phrases.HIDDEN if hides else _said(spec, value)


def _said(spec: Spec, value: Any) -> str:
    if spec.asks is Asks.DAY:
        return dates.era_date(date.fromisoformat(value))
    choices: Mapping[str, str] = spec.choices
    return "、".join(choices.get(each, each) for each in (value if isinstance(value, list) else [value]))
