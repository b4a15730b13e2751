"""
What holds of a child while it is entitled to something, or somebody who has it in care by a list, wherever either lives.

The household says nothing here, and what an opponent's list would say is told nobody (`domain.md` §2.3, §2.8-8 and 21). Half-open.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from contracts.catalogue.facts import Fact
from contracts.ids import EventId
from contracts.kinds import Item, Source
from contracts.quick import quick
from contracts.values import IndicatorValue
from services.scorer.domain.answer import Answer, Common, Question, first_after
from services.scorer.domain.facts import Told
from services.scorer.domain.reach import Reach
from services.scorer.domain.residence import Stay, merged, stay_on


class Standing(StrEnum):
    """What a record says of the days on which it holds."""

    HOLDS = "holds"
    SUSPENDED = "suspended"
    """It stands, but nothing is paid."""
    UNSAID = "unsaid"
    """It stands, and does not say whether anything is paid."""


@quick(frozen=True, slots=True)
class Term:
    """From when to when a record entitles somebody, and to what."""

    stay: Stay
    standing: Standing = Standing.HOLDS


@quick(frozen=True, slots=True)
class Spell:
    """A term on the days on which the child was in that person's care."""

    stay: Stay
    standing: Standing
    event_id: EventId


@dataclass(frozen=True, slots=True)
class Reasons:
    """In which words an item says what is known."""

    holds: StrEnum
    ended: StrEnum
    no_record: StrEnum
    separation: StrEnum
    suspended: StrEnum | None = None
    unsaid: StrEnum | None = None
    absent: StrEnum | None = None
    """Where nothing follows from there being no record: whoever has it may have it from somebody else."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One item of this kind."""

    item: Item
    source: Source
    reasons: Reasons
    reach: Reach = Reach.GUARDIAN


F = TypeVar("F", bound=Fact)

_ALWAYS = (Stay(None, None),)
"""When the child's own record is about it."""

Terms: TypeAlias = Callable[[Told[F]], Iterable[Term]]


def entitled(question: Question, of: Entitlement, told: Sequence[Told[F]], parted: Sequence[Told[F]], terms: Terms[F]) -> Answer:
    """TRUE on a day on which a record entitles somebody who has the child in care by it; what is `parted` leaves it open."""
    spells = [spell for each in told for spell in _spells(question, each, terms)]
    current = stay_on(merged(each.stay for each in spells if each.standing is Standing.HOLDS), question.as_of)
    days = _days(question, of, spells, parted, terms)
    if current:
        evidence = _evidence(spells, question.as_of, Standing.HOLDS)
        rests = current.end is None
        return _answer(question, of, days, IndicatorValue.TRUE, of.reasons.holds, current.start, current.end, evidence, rests=rests)
    if _is_parted(question, told, parted, terms):
        return _answer(question, of, days, IndicatorValue.UNKNOWN, of.reasons.separation)
    if question.is_in_hand(of.source, by=of.reach):
        return _answer(question, of, days, IndicatorValue.UNKNOWN, Common.RECORD_IN_HAND)
    return _not_entitled(question, of, days, spells)


def _not_entitled(question: Question, of: Entitlement, days: Sequence[date | None], spells: Sequence[Spell]) -> Answer:
    as_of, reasons = question.as_of, of.reasons
    unsaid = stay_on(merged(each.stay for each in spells if each.standing is Standing.UNSAID), as_of)
    if unsaid and reasons.unsaid is not None:
        evidence = _evidence(spells, as_of, Standing.UNSAID)
        since = _since(unsaid, as_of, spells, Standing.HOLDS)
        return _answer(question, of, days, IndicatorValue.UNKNOWN, reasons.unsaid, since, evidence=evidence)
    if reasons.absent is not None:
        return _answer(question, of, days, IndicatorValue.UNKNOWN, reasons.absent)
    ahead = first_after(as_of, *(each.stay.start for each in spells if each.standing is Standing.HOLDS))
    suspended = stay_on(merged(each.stay for each in spells if each.standing is Standing.SUSPENDED), as_of)
    if suspended and reasons.suspended is not None:
        evidence = _evidence(spells, as_of, Standing.SUSPENDED)
        since = _since(suspended, as_of, spells, Standing.HOLDS, Standing.UNSAID)
        return _answer(question, of, days, IndicatorValue.FALSE, reasons.suspended, since, ahead, evidence, rests=True)
    ended = max((each.stay.end for each in spells if each.stay.end is not None and each.stay.end <= as_of), default=None)
    evidence = tuple(sorted({each.event_id for each in spells}))
    if ended is not None:
        return _answer(question, of, days, IndicatorValue.FALSE, reasons.ended, ended, ahead, evidence, rests=True)
    return _without_record(question, of, days, ahead, evidence)


def _since(stay: Stay, as_of: date, spells: Iterable[Spell], *stronger: Standing) -> date | None:
    """Since when a record that says less decides: from its first day on, but not while one that says more held beside it."""
    over = (each.stay.end for each in spells if each.standing in stronger and each.stay.end is not None and each.stay.end <= as_of)
    return max((day for day in (stay.start, *over) if day is not None), default=None)


def _without_record(
    question: Question, of: Entitlement, days: Sequence[date | None], ahead: date | None, evidence: tuple[EventId, ...]
) -> Answer:
    """No record proves absence only once the feed is complete from the child's first day here on, and while it is fresh (§2.8-1 and 15)."""
    arrived = max(question.child.birth_date, question.stay.start or question.child.birth_date)
    gap = question.gap(of.source, question.as_of, arrived, by=of.reach)
    if gap:
        return _answer(question, of, days, IndicatorValue.UNKNOWN, gap.reason, arrived, needed_on=gap.needed_on)
    since = max(arrived, question.parameters.complete_from.get(of.source, arrived))
    reason = of.reasons.ended if evidence else of.reasons.no_record
    return _answer(question, of, days, IndicatorValue.FALSE, reason, since, ahead, evidence, rests=True, absent=True)


def _spells(question: Question, told: Told[F], terms: Terms[F]) -> Iterator[Spell]:
    """The terms on the days in care; of the child nothing holds before its birth, though the list began with a brother."""
    for term in terms(told):
        for during in told.during or _ALWAYS:
            start = max(day for day in (term.stay.start, during.start, question.child.birth_date) if day is not None)
            end = min((day for day in (term.stay.end, during.end) if day is not None), default=None)
            if end is None or start < end:
                yield Spell(Stay(start, end), term.standing, told.event_id)


def _is_parted(question: Question, told: Sequence[Told[F]], parted: Sequence[Told[F]], terms: Terms[F]) -> bool:
    """
    Whether an opponent's list would say so today, and the owner has said no row of the child by anybody else since (`domain.md` §2.8-8).

    That the opponent's own row is said again is no answer: it is still the opponent's.
    """
    if not parted:
        return False
    # A list of which the measure parts some days is told of the others, and another one of theirs parts none: both are the opponent's.
    of_opponents, opponents = {each.event_id for each in parted}, {each.whose for each in parted} - {None}
    of_others = [each for each in told if each.event_id not in of_opponents and each.whose not in opponents]
    return any(
        spell.standing is not Standing.SUSPENDED and spell.stay.holds(question.as_of) and not _is_said_since(of_others, stay)
        for each in parted
        for stay in each.during
        for spell in _spells(question, each, terms)
        if stay.holds(question.as_of)
    )


def _is_said_since(told: Sequence[Told[Any]], measure: Stay) -> bool:
    return any(each.said_on is not None and measure.start is not None and each.said_on >= measure.start for each in told)


def _evidence(spells: Iterable[Spell], day: date, standing: Standing) -> tuple[EventId, ...]:
    return tuple(sorted({each.event_id for each in spells if each.standing is standing and each.stay.holds(day)}))


def _days(
    question: Question, of: Entitlement, spells: Sequence[Spell], parted: Sequence[Told[F]], terms: Terms[F]
) -> tuple[date | None, ...]:
    """Every day on which any of it may begin or end."""
    stays = [spell.stay for spell in (*spells, *(spell for each in parted for spell in _spells(question, each, terms)))]
    return (question.parameters.complete_from.get(of.source), *(day for stay in stays for day in (stay.start, stay.end)))


def _answer(
    question: Question,
    of: Entitlement,
    days: Sequence[date | None],
    value: IndicatorValue,
    reason: StrEnum,
    valid_from: date | None = None,
    valid_to: date | None = None,
    evidence: tuple[EventId, ...] = (),
    *,
    needed_on: date | None = None,
    rests: bool = False,
    absent: bool = False,
) -> Answer:
    return Answer(
        item=of.item,
        value=value,
        reason_code=reason,
        counted=True,
        valid_from=valid_from,
        valid_to=valid_to,
        evidence=evidence,
        needed_on=needed_on,
        # What a record says stays, and says since when nothing came; what is concluded from none becomes unknown (§2.8-1).
        stale_since=question.stale_since(of.source) if rests and not absent else None,
        rests_on_feed=rests,
        silent_on=question.silent_on(of.source) if rests else None,
        due=question.wake(*days),
    )
