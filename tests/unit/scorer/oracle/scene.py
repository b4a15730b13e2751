"""What is known of a history's child on a day: which records stand by then, which feeds have spoken, what lies in somebody's hand."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.unit.scorer.oracle.family import CARER, CARER_OPPONENT, MATE
from tests.unit.scorer.oracle.history import History, Statement
from tests.unit.scorer.oracle.world import Feed, Measure, Mother, Pregnancy, Record, Span, World

OPPONENT = "opponent"
OPPONENT_GUARDIAN = "opponent_guardian"
_REACHING = ("child", "guardian", OPPONENT_GUARDIAN)


def standing(history: History, known_on: date) -> list[Statement]:
    """The newest revision of each record that was heard by then, in the order of their names; voided ones are gone."""
    newest: dict[str, Statement] = {}
    for statement in history.statements:
        if statement.heard_on <= known_on:
            held = newest.get(statement.record)
            if held is None or statement.revision > held.revision:
                newest[statement.record] = statement
    return [newest[name] for name in sorted(newest) if newest[name].data is not None]


def is_linked(history: History, known_on: date) -> bool:
    """Whether the pregnancy is linked by then."""
    return history.linked_on is not None and history.linked_on <= known_on


def complete_through(history: History, known_on: date) -> dict[str, date]:
    """Up to which day each source had told everything by then."""
    found = {}
    for source, silence in history.silences.items():
        silent = silence is not None and silence[0] <= known_on and (silence[1] is None or known_on < silence[1])
        found[source] = silence[0] if silent and silence is not None else known_on
    return {str(source): day for source, day in found.items()}


def world(history: History, known_on: date) -> World:
    """Everything that reaches the child, as far as it is known by then."""
    said = standing(history, known_on)
    loose = tuple(record for each in said if each.reach == "mother" and _belongs(record := _record(each), history.birth))
    of_birth = (*(_record(each) for each in said if each.reach == "pregnancy"), *loose)
    mother = Mother(loose, history.mother_stays, is_open=history.open_pregnancy) if history.mother_certain else None
    through = complete_through(history, known_on)
    cases: dict[str, list[tuple[str, Span]]] = {}
    for each in said:
        if each.reach == OPPONENT and each.data is not None:
            row = _record(each)
            cases.setdefault(each.case or "", []).append((OPPONENT, (row["member_from"], row["member_to"])))
    linked = is_linked(history, known_on)
    return World(
        birth=history.birth,
        sex=history.sex,
        stays=history.stays,
        records=tuple(_record(each) for each in said if each.reach in _REACHING),
        pregnancy=Pregnancy(of_birth, history.mother_stays) if linked else None,
        mother=None if linked else mother,
        feeds={source: Feed(day) for source, day in through.items()},
        begun={str(source): day for source, day in history.complete_from.items()},
        in_hand=frozenset((str(source), whom) for source, whom, start, end in history.hands if start <= known_on < end),
        measures=tuple(Measure(span, frozenset({OPPONENT})) for span in history.measures),
        opponents_cases={case: tuple(rows) for case, rows in cases.items()},
        exists=history.exists,
        moves=history.moves,
        mates=history.mates,
        seen=tuple((what, day) for what, day, heard in history.seen if heard <= known_on),
        needs=tuple(_record(each) for each in said if each.reach == MATE),
        carers=tuple(replace(_record(each), in_care=history.carer) for each in said if each.reach in (CARER, CARER_OPPONENT)),
    )


def _belongs(record: Record, birth: date) -> bool:
    """What names the mother alone is of this birth by its day. Such days as could be of another one are not drawn."""
    return (record["exam_date"] >= birth) is (record.kind == "postpartum_checkup.recorded") or record["exam_date"] == birth


def _record(statement: Statement) -> Record:
    said: dict[str, Any] = {name: _value(name, value) for name, value in (statement.data or {}).items()}
    number = int(statement.record[2:])
    return Record(
        str(statement.kind),
        number,
        said,
        statement.said_on,
        number,
        statement.case,
        statement.school,
        is_opponents=statement.reach in (OPPONENT_GUARDIAN, CARER_OPPONENT),
        whose=statement.whose,
    )


def _value(name: str, value: Any) -> Any:
    is_day = isinstance(value, str) and (name.endswith(("_date", "_on", "_from", "_to")) or name == "edd")
    return date.fromisoformat(value) if is_day else value
