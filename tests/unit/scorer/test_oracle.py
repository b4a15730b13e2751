"""
The service's answers beside those of the oracle (`oracle/`), over histories that nobody thought of.

`TSUNAGU_HISTORIES=100000 ./tsunagu test tests/unit/scorer/test_oracle.py` draws so many; `TSUNAGU_HISTORY=N` the one of that number.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, combinations
from uuid import UUID

import pytest

from contracts.catalogue import ITEMS
from contracts.ids import EventId, PersonId, SchoolId, WelfareCaseId
from contracts.kinds import EventKind
from contracts.values import Group, IndicatorValue, Item, Observation, Sex, Source
from services.scorer.domain.answer import Answer, Common
from services.scorer.domain.evaluation import evaluate
from services.scorer.domain.facts import Child, Housemate, InHand, Observed
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.reach import Reach
from services.scorer.domain.reading import DeliveryRecords, MotherRecords, OpponentRecord, OtherRecord, Record, child_facts
from services.scorer.domain.residence import Stay, merged
from services.scorer.domain.rulesets import judge
from tests.unit.scorer.oracle.ask import RULES, asks_for_review, say
from tests.unit.scorer.oracle.family import CARER, CARER_OPPONENT, MATE
from tests.unit.scorer.oracle.history import History, Statement, asked, draw
from tests.unit.scorer.oracle.said import Said
from tests.unit.scorer.oracle.scene import OPPONENT_GUARDIAN, complete_through, is_linked, standing, world
from tests.unit.scorer.oracle.world import Span

HISTORIES = int(os.environ.get("TSUNAGU_HISTORIES", "1200"))
DAYS = 5
_NOTIFIED = EventKind.PREGNANCY_NOTIFIED
PARTS = 4
OPPONENT = PersonId(UUID(int=0xBAD))


def answers(history: History, known_on: date, on: date) -> dict[Item, Answer]:
    """What the service answers of a day by what is known on another."""
    said = standing(history, known_on)
    linked = is_linked(history, known_on)
    mother_stays = merged(map(_stay, history.mother_stays))
    loose = [_row(each) for each in said if each.reach == "mother"]
    facts = child_facts(
        history.birth,
        [_row(each) for each in said if each.reach == "child"],
        [DeliveryRecords(mother_stays, [_row(each) for each in said if each.reach == "pregnancy"], loose)] if linked else [],
        mother=MotherRecords(mother_stays, loose, _unborn(history)) if history.mother_certain and not linked else None,
        opponents=[OpponentRecord(_stay(span), _row(each)) for span in history.measures for each in said if each.reach == "opponent"],
        others=[
            *(other for each in said if each.reach in ("guardian", OPPONENT_GUARDIAN) for other in _by_guardian(each, history.measures)),
            *(other for each in said if each.reach in (CARER, CARER_OPPONENT) for other in _by_carer(each, history)),
            *(other for each in said if each.reach == MATE for other in _by_mate(each, history)),
        ],
        housemates=_mates(history),
        observed=[
            Observed(Observation(what), day, EventId(UUID(int=0x5EE0 + place)))
            for place, (what, day, heard) in enumerate(history.seen)
            if heard <= known_on
        ],
        in_hand=_in_hand(history, known_on),
    )
    stays = merged(map(_stay, history.stays))
    watermarks = {Source(source): day for source, day in complete_through(history, known_on).items()}
    # Ruling 15 knows one beginning for each feed. The city's own items are approved for all days.
    approved = dict.fromkeys(IN_USE.parameters.approved, date.min)
    parameters = replace(IN_USE.parameters, complete_from=history.complete_from, notifications_from=date.min, approved=approved)
    child = Child(history.birth, Sex(history.sex), stays, exists=history.exists, moves=history.moves)
    return {answer.item: answer for answer in evaluate(child, facts, watermarks, on, parameters)}


def _row(statement: Statement) -> Record:
    number = int(statement.record[2:])
    case = WelfareCaseId(UUID(int=ord(statement.case))) if statement.case else None
    school = SchoolId(UUID(int=len(statement.school))) if statement.school else None
    # The oracle takes what has the later number for what was recorded later.
    recorded = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=number) if school is not None else None
    event_id, data = EventId(UUID(int=number)), statement.data or {}
    return Record(statement.source, statement.kind, statement.record, event_id, data, statement.said_on, case, None, school, recorded)


def _stay(span: Span) -> Stay:
    return Stay(*span)


def _care(statement: Statement) -> Stay:
    """The record that says who receives for whom is the list of who is in care, as long as it holds."""
    names = ("valid_from", "valid_to") if statement.kind is EventKind.LOAN_CHANGED else ("entitled_from", "entitled_to")
    days = [(statement.data or {}).get(name) for name in names]
    start, end = (date.fromisoformat(each) if each else None for each in days)
    return Stay(start, end)


def _by_guardian(statement: Statement, measures: Sequence[Span]) -> Iterator[OtherRecord]:
    """Of an opponent's, what a measure parts is told apart (`others.sql`)."""
    care = _care(statement)
    if statement.reach != OPPONENT_GUARDIAN:
        yield OtherRecord(Reach.GUARDIAN, (care,), _row(statement))
        return
    yield from _of_opponent(statement, care, measures)


def _of_opponent(statement: Statement, care: Stay, measures: Sequence[Span]) -> Iterator[OtherRecord]:
    within = [_shared(care, _stay(span)) for span in measures]
    for parts, parted in ((_outside([care], measures), False), (merged(within), True)):
        if parts:
            yield OtherRecord(Reach.GUARDIAN, parts, _row(statement), parted, OPPONENT)


def _outside(stays: Sequence[Stay], measures: Sequence[Span]) -> tuple[Stay, ...]:
    outside = list(stays)
    for each in map(_stay, measures):
        free = [Stay(None, each.start), *([Stay(each.end, None)] if each.end is not None else [])]
        outside = [_shared(stay, days) for stay in outside for days in free]
    return merged(outside)


def _by_carer(statement: Statement, history: History) -> Iterator[OtherRecord]:
    """Of somebody who has the child in care by other lists: on all days of that."""
    if statement.reach == CARER_OPPONENT:
        yield from _of_opponent(statement, _stay(history.carer), history.measures)
    else:
        yield OtherRecord(Reach.GUARDIAN, (_stay(history.carer),), _row(statement))


def _by_mate(statement: Statement, history: History) -> Iterator[OtherRecord]:
    mate = next(each for each in _mates(history) if each.person_id.int == statement.whose)
    if mate.during:
        yield OtherRecord(Reach.HOUSEHOLD, mate.during, _row(statement), whose=mate.person_id)


def _mates(history: History) -> list[Housemate]:
    """On the days together; of an opponent none on which a measure holds."""
    found = []
    for mate in history.mates:
        together = [_shared(_stay(own), _stay(theirs)) for own in history.mates[0].spans for theirs in mate.spans]
        during = _outside(together, history.measures if mate.is_opponent else ())
        person = PersonId(UUID(int=mate.number))
        found.append(Housemate(person, mate.birth, during, is_child=mate.number == 0, described=mate.is_described))
    return found


def _shared(one: Stay, other: Stay) -> Stay:
    start = max((day for day in (one.start, other.start) if day is not None), default=None)
    end = min((day for day in (one.end, other.end) if day is not None), default=None)
    return Stay(start, end)


def _unborn(history: History) -> list[Record]:
    data = {"handbook_issued_on": history.birth.isoformat()}
    row = Statement(_NOTIFIED, Source.MATERNAL_CHILD_HEALTH, "R-0", 1, history.birth, history.birth, data)
    return [_row(row)] if history.open_pregnancy else []


def _in_hand(history: History, known_on: date) -> InHand:
    def of(whom: str) -> frozenset[Source]:
        return frozenset(source for source, whose, start, end in history.hands if whose == whom and start <= known_on < end)

    return InHand(own=of("child"), mother=of("mother"), household=of("household"), anybody=of("anybody"))


def differences(answer: Answer, said: Said) -> Iterator[str]:
    """In what the service's answer is none that the specification allows."""
    if answer.value not in said.values:
        yield f"{answer.value} ({answer.reason_code}), and by the specification {sorted(said.values)}"
        return
    if said.reasons and answer.value is IndicatorValue.UNKNOWN and answer.reason_code not in said.reasons:
        yield f"because of {answer.reason_code} instead of {' or '.join(said.reasons)}"
    if (
        said.valid_from is not None
        and answer.value in (IndicatorValue.TRUE, IndicatorValue.FALSE)
        and answer.valid_from not in said.valid_from
    ):
        yield f"{answer.value} since {answer.valid_from} instead of {sorted(said.valid_from)}"
    if answer.value is not IndicatorValue.TRUE:
        return
    if said.counted is not None and answer.counted is not said.counted:
        yield f"counted {answer.counted}"
    if said.klass is not None and answer.klass != said.klass:
        yield f"class {answer.klass} instead of {said.klass}"


def compared(number: int) -> Iterator[str]:
    """Everything in which the two differ over one history."""
    history = draw(number)
    for known_on, on in asked(history, DAYS):
        given, scene = answers(history, known_on, on), world(history, known_on)
        for item in ASKED:
            said = say(scene, item, on)
            for difference in differences(given[item], said):
                yield f"history {number}, {item} on {on} as known on {known_on}: {difference} ({said.why})"


ASKED = tuple(item for item in Item if item.value in RULES)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_service_answers_what_the_specification_says_of_any_history(part: int) -> None:
    one = os.environ.get("TSUNAGU_HISTORY")
    numbers = [int(one)] if one else range(part, HISTORIES, PARTS)

    found = list(chain.from_iterable(map(compared, numbers)))

    assert not found, f"{len(found)} differ, the first of them: " + "\n".join(found[:20])


def test_the_ruleset_asks_for_a_review_where_the_specification_does() -> None:
    """Of every set of items that are TRUE and counted (§2.7): no set of ECON and DIS alone asks for one. Context asks for nothing."""
    context = [item for item in ASKED if ITEMS[item].context]
    others = [item for item in ASKED if item not in context]
    assert not judge(IN_USE.ruleset, [_counted(item) for item in context], in_scope=True).needed
    # Those of ECON by none, by each and by all of them: one group, however many there are.
    econ = [item for item in others if ITEMS[item].group is Group.ECON]
    rest = [item for item in others if item not in econ]
    for size in range(len(rest) + 1):
        for items in combinations(rest, size):
            for poor in ([], *([each] for each in econ), econ):
                verdict = judge(IN_USE.ruleset, [_counted(item) for item in (*items, *poor)], in_scope=True)
                assert verdict.needed is asks_for_review([*items, *poor]), (items, poor)


def _counted(item: Item) -> Answer:
    return Answer(item, IndicatorValue.TRUE, Common.NOT_BORN, counted=True, valid_from=date(2026, 1, 1))
