"""
Who is the same person, as a log of judgements: rows are only ever added, and whatever is decided can be taken back by one more.

Nothing here rests on the order in which judgements came, nor on how often.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from services.linker.domain.subjects import SubjectId

JudgementId = NewType("JudgementId", UUID)
Pair = frozenset[SubjectId]


class Word(StrEnum):
    """What is judged of two subjects."""

    SAME = "same"
    NOT_SAME = "not_same"
    OPEN = "open"
    """Nothing any more: what was said of the two is taken back."""


class By(StrEnum):
    """Who judges: a person, an exact rule, or weighed evidence."""

    CLERK = "clerk"
    RULE = "rule"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    That two subjects are the same person, or are not, or that nothing is said of them any more.

    `one` is whose id stays where they are the same.

    `basis` is a person's reason code, the name of the rule, or the version of the weights. `supersedes` is the judgement about the same two
    that this one takes the place of.
    """

    judgement_id: JudgementId
    one: SubjectId
    other: SubjectId
    word: Word
    by: By
    basis: str
    supersedes: JudgementId | None = None

    @property
    def pair(self) -> Pair:
        """The two, in no order."""
        return frozenset((self.one, self.other))


def standing(judgements: Iterable[Judgement]) -> list[Judgement]:
    """
    Return what holds of each two subjects, in the order of their names.

    A person's word outranks the machine's for ever: only a person's supersedes it, and while one stands the machine's do not count. Of
    words that contradict each other and of which none supersedes the other, NOT_SAME holds, and SAME last: a wrong link is worse than none.
    """
    every = {each.judgement_id: each for each in judgements}
    superseded = {each.supersedes for each in every.values() if each.supersedes in every and _may_supersede(each, every[each.supersedes])}
    by_pair: dict[Pair, list[Judgement]] = {}
    for each in every.values():
        if each.judgement_id not in superseded:
            by_pair.setdefault(each.pair, []).append(each)
    return sorted((min(words, key=_rank) for words in by_pair.values()), key=_rank)


def clusters(judgements: Iterable[Judgement]) -> dict[SubjectId, SubjectId]:
    """
    Return the founder of each subject that is judged of: the person's id is the one that the founder was given when it was first seen.

    What people say is heeded first, and of each what parts before what joins, so that no chain of links joins two whom somebody parted.
    The founder is whom no link of the cluster calls the `other`; of several, or of none, the first by name. A subject that is linked to
    nobody founds its own.
    """
    joined = _Joined()
    for each in standing(judgements):
        joined.heed(each)
    return {subject: joined.founder(subject) for subject in joined.cluster_of}


def unheeded(judgements: Collection[Judgement]) -> list[Judgement]:
    """Return the words of people that say SAME and cannot hold, because of others that part the two: each is a question for people."""
    founder = clusters(judgements)
    said = (each for each in standing(judgements) if each.word is Word.SAME and each.by is By.CLERK)
    return [each for each in said if founder[each.one] != founder[each.other]]


def around(judgements: Iterable[Judgement], subjects: Collection[SubjectId]) -> list[Judgement]:
    """Return the judgements about the subjects and all that others are judged of with them: nothing else is to be decided again."""
    left, found, reached = list(judgements), list[Judgement](), set(subjects)
    while near := [each for each in left if not each.pair.isdisjoint(reached)]:
        left = [each for each in left if each.pair.isdisjoint(reached)]
        found += near
        reached |= {subject for each in near for subject in each.pair}
    return found


class _Joined:
    """Clusters while they are being joined, and whom nobody may join any more."""

    def __init__(self) -> None:
        self.cluster_of: dict[SubjectId, set[SubjectId]] = {}
        self._apart: dict[SubjectId, set[SubjectId]] = {}
        self._others: set[SubjectId] = set()

    def heed(self, judgement: Judgement) -> None:
        one, other = (self.cluster_of.setdefault(each, {each}) for each in (judgement.one, judgement.other))
        if judgement.word is Word.NOT_SAME:
            self._apart.setdefault(judgement.one, set()).add(judgement.other)
            self._apart.setdefault(judgement.other, set()).add(judgement.one)
        elif judgement.word is Word.SAME and all(self._apart.get(each, set()).isdisjoint(other) for each in one):
            self._others.add(judgement.other)
            one |= other
            self.cluster_of.update(dict.fromkeys(other, one))

    def founder(self, subject: SubjectId) -> SubjectId:
        cluster = self.cluster_of[subject]
        return min(cluster - self._others or cluster)


def _may_supersede(judgement: Judgement, before: Judgement) -> bool:
    return judgement.pair == before.pair and (judgement.by is By.CLERK or before.by is not By.CLERK)


_PARTING_FIRST = (Word.NOT_SAME, Word.OPEN, Word.SAME)


def _rank(judgement: Judgement) -> tuple[bool, int, list[By], list[SubjectId], SubjectId, JudgementId]:
    """People first, then what parts, then exact rules; in the end by names alone."""
    machine: list[By] = [] if judgement.by is By.CLERK else [judgement.by]
    return bool(machine), _PARTING_FIRST.index(judgement.word), machine, sorted(judgement.pair), judgement.one, judgement.judgement_id
