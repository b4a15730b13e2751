"""
What would follow from an answer: who would be whose, and which records would be told of somebody else.

The world before and the world after, each by the same `clusters`, and the difference between them. Nothing is written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import Source
from services.linker.domain.judgements import Judgement, around, clusters, unheeded
from services.linker.domain.records import Record
from services.linker.domain.subjects import SubjectId, is_entry


@quick(frozen=True, slots=True)
class World:
    """Whose each subject is by all that was judged: those around what is asked, by the ids that they were given when first seen."""

    given: Mapping[SubjectId, PersonId]
    now: Mapping[SubjectId, PersonId]


def founders(log: Sequence[Judgement], said: Sequence[Judgement]) -> dict[SubjectId, SubjectId] | None:
    """Return who founds the person of each subject around what is said, if that held; None where it cannot hold beside the rest."""
    concerned = around([*log, *said], {subject for each in said for subject in each.pair})
    return None if unheeded(concerned) else clusters(concerned)


def world(founded: Mapping[SubjectId, SubjectId], given: Mapping[SubjectId, PersonId]) -> World:
    """Return whose everybody is. A number that founds only itself is whoever has the register's entry under it."""
    now = {each: given[founder] for each, founder in founded.items() if is_entry(each) or founder != each}
    return World(given, now)


def changes(was: Mapping[SubjectId, PersonId], after: World) -> list[SubjectId]:
    """Return the subjects that change hands, in order."""
    return [each for each in sorted(after.now) if was[each] != after.now[each]]


class Moves(NamedTuple):
    """So many records of a source would be told of another person than before."""

    source: Source
    was: PersonId | None
    now: PersonId | None
    records: int


def moves(records: Iterable[Record], subject_after: Callable[[Record], PersonId | None]) -> list[Moves]:
    """Return how many records of each source would change hands, if `subject_after` were whom they are about."""
    counts = Counter((each.key.source, each.subject_id, subject_after(each)) for each in records if each.stands)
    return [Moves(source, was, now, count) for (source, was, now), count in sorted(counts.items(), key=str) if was != now]
