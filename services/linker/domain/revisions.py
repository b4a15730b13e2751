"""The revisions of one record of the register: which of them hold, and which may be about somebody else (`domain.md` §2.8-11, §2.8-16)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from contracts.ids import PersonId
from contracts.kinds import EventKind
from contracts.quick import quick
from services.linker.domain.person import is_somebody_else
from services.linker.domain.records import Naming, Record
from services.linker.domain.statements import statement_of


class Verdict(StrEnum):
    """What a person decided about a revision: the same person as before, or somebody else."""

    SAME = "same"
    OTHER = "other"


@quick(frozen=True, slots=True)
class Revision:
    """One revision, with what a person decided about it."""

    record: Record
    verdict: Verdict | None = None


@quick(frozen=True, slots=True)
class Course:
    """The revisions that hold, oldest first, and the newest one that waits for a person's decision."""

    trusted: tuple[Record, ...]
    contested: Record | None = None
    lapsed: tuple[Record, ...] = ()
    """What held before the source took the record back: whoever comes under the number next is compared with it."""
    confirmed: bool = False
    """Whether a person said that the record is about whom the number names, whatever speaks against it."""
    aside: tuple[Record, ...] = ()
    """What is contested, or was decided to be about somebody else, since the last revision that holds."""
    formerly: frozenset[PersonId] = frozenset()
    """Whom revisions name that do not hold: what names them is looked at again when such a revision comes."""
    formerly_nos: frozenset[str] = frozenset()
    """The numbers of those."""


def course_of(revisions: Iterable[Revision], naming: Naming) -> Course:
    """
    Return what holds of the revisions of one record, the same in whatever order they came.

    A revision that begins later than the one before it is a change: both hold, each from its day. One that begins on the same day
    or before is a correction and takes the place of what it corrects. One that names another number, or contradicts what holds, or held
    until the record was taken back, as strongly as another person would, changes nothing until a person decides; a later one that agrees
    again settles it.
    """
    trusted: list[Record] = []
    lapsed: list[Record] = []
    aside: list[Record] = []
    contested: Record | None = None
    confirmed = False
    for revision in sorted(revisions, key=lambda each: each.record.revision):
        record = revision.record
        if not record.stands:
            lapsed = [each for each in trusted if each.stands] or lapsed
            trusted, aside, contested, confirmed = [record], [], None, False
        elif revision.verdict is Verdict.OTHER and trusted:
            aside.append(record)
        elif revision.verdict is None and _contradicts(record, [each for each in trusted if each.stands] or lapsed, naming):
            contested = record
            aside.append(record)
        else:
            trusted = [each for each in trusted if _goes_before(each, revision)]
            trusted.append(record)
            aside, contested, confirmed = [], None, confirmed or revision.verdict is Verdict.SAME
    return Course(_in_order(trusted), contested, () if trusted[-1].stands else tuple(lapsed), confirmed, tuple(aside))


def _goes_before(held: Record, revision: Revision) -> bool:
    """Whether what was said of the time before still holds beside a revision."""
    return held.stands and revision.verdict is None and held.effective_on < revision.record.effective_on


def _in_order(trusted: Iterable[Record]) -> tuple[Record, ...]:
    """A sender's clock that ran ahead never lets a revision outrank a later one of the same record."""
    ordered: list[Record] = []
    for record in reversed(list(trusted)):
        later = ordered[-1].recorded_at if ordered else record.recorded_at
        ordered.append(record if record.recorded_at <= later else replace(record, recorded_at=later))
    return tuple(reversed(ordered))


def _contradicts(record: Record, held: Sequence[Record], naming: Naming) -> bool:
    if any(each.subject_id != record.subject_id for each in held):
        return True
    if record.key.event_type == EventKind.RESIDENT_PROTECTION_MEASURE:
        return False
    return bool(held) and is_somebody_else(statement_of(record, naming), [statement_of(each, naming) for each in held])
