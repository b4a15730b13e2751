"""
Tries to find somebody again in a dataset, with all that the city knows of everybody (S20): it must not succeed.

It knows nothing of how the dataset was made, and takes no word of it for granted: rows are compared with people word by word.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import md5, sha1, sha256
from typing import Any

from contracts.ids import PersonId
from services.scorer.domain.masking.anonymity import SMALLEST, Cells, Row, candidates, common_to_all
from services.scorer.domain.masking.columns import WHO, WITHHELD, Known, Subject, columns, words_of_answers, words_of_who

_TELLING = 8
"""Letters of a digest by which it tells people apart."""


class Attack(StrEnum):
    """By what somebody is looked for."""

    WHO_ONE_IS = "who_one_is"
    """Age, sex and area, as anybody knows them who knows a family."""
    EVERYTHING = "everything"
    """All columns, as the city knows them."""
    PSEUDONYM = "pseudonym"
    """That the name in the dataset is the id, or a digest of it that has no key."""
    ORDER = "order"
    """That the rows stand in an order of the people."""
    OTHER_DATASETS = "other_datasets"
    """That a name stands in another dataset, too."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What lies before whoever attacks: the names of the columns, and the rows in their order."""

    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What the attacks came to.

    `k` is the smallest number of rows that read the same. Of whoever is known by age, sex and area, `diversity` (l) is the smallest
    number of different answers among the rows that may be theirs, `shared` how many items are TRUE in all of these. `strangers` are
    rows that fit nobody, `success` is how likely the best guess is right.
    """

    rows: int
    k: int
    diversity: int
    shared: int
    strangers: int
    success: Mapping[Attack, float]
    smallest: int = SMALLEST

    @property
    def best(self) -> float:
        """The best attack's success: of the person who is found most easily."""
        return max(self.success.values(), default=0.0)

    @property
    def holds(self) -> bool:
        """Whether nobody can be found with more than one chance in k."""
        return self.best <= 1 / self.smallest and not self.shared and not self.strangers

    def as_numbers(self) -> dict[str, Any]:
        """The findings as JSON; they name nobody."""
        return {
            "rows": self.rows,
            "k_anonymity": self.k,
            "l_diversity": self.diversity,
            "items_shared_by_all_candidates": self.shared,
            "rows_that_fit_nobody": self.strangers,
            "success": {attack.value: round(chance, 6) for attack, chance in self.success.items()},
            "best_success": round(self.best, 6),
            "most_allowed": 1 / self.smallest,
            "holds": self.holds,
        }


def attacked(
    dataset: Dataset,
    people: Sequence[Subject],
    as_of: date,
    named: Mapping[str, PersonId],
    others: Collection[str] = frozenset(),
    smallest: int = SMALLEST,
) -> Findings:
    """
    Attack `dataset` with all that is known of `people`.

    `named` says who is who, as far as the city can tell: by it a guess is judged. `others` are the names in other datasets.
    """
    alike = Counter(row.cells for row in dataset.rows)
    known = _Known(people, as_of)
    fitting = {cells: known.fitting(dataset.columns, cells) for cells in alike}
    who = _who(dataset.columns)
    by_who: Counter[Cells] = Counter()
    for cells, number in alike.items():
        by_who[_part(cells, who)] += number
    success = {
        Attack.WHO_ONE_IS: _chance(by_who, {part: known.fitting([dataset.columns[each] for each in who], part) for part in by_who}),
        Attack.EVERYTHING: _chance(alike, fitting),
        Attack.PSEUDONYM: _named_by_digest(dataset.rows, people),
        Attack.ORDER: float(_is_in_order(dataset.rows, named, people)),
        Attack.OTHER_DATASETS: _share(row.pseudonym in others for row in dataset.rows),
    }
    maybe = candidates(alike, {Known.of(subject, as_of) for subject in people}) if dataset.columns == columns() else {}
    return Findings(
        rows=len(dataset.rows),
        k=min(alike.values(), default=0),
        diversity=min((len({row[len(WHO) :] for row in rows}) for rows in maybe.values() if rows), default=0),
        shared=sum(len(common_to_all(rows)) for rows in maybe.values()),
        strangers=sum(number for cells, number in alike.items() if not fitting[cells]),
        success=success,
        smallest=smallest,
    )


class _Known:
    """Everybody, by each word that may stand of them in each column. A set of people is a number with a bit for each."""

    def __init__(self, people: Sequence[Subject], as_of: date) -> None:
        by_word: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        by_answers: defaultdict[int, list[int]] = defaultdict(list)
        for place, subject in enumerate(people):
            by_answers[id(subject.answers)].append(place)
            for column, words in words_of_who(subject, as_of):
                for word in words:
                    by_word[column, word].append(place)
        for places in by_answers.values():
            for column, words in words_of_answers(people[places[0]].answers):
                for word in words:
                    by_word[column, word] += places
        self._size = len(people)
        self._everybody = (1 << len(people)) - 1
        self._by_word = {key: self._bits(places) for key, places in by_word.items()}
        self._columns = {column for column, _ in by_word}

    def fitting(self, names: Sequence[str], cells: Cells) -> int:
        """Return how many people a row can be about."""
        found = self._everybody
        for name, cell in zip(names, cells, strict=True):
            if cell == WITHHELD:
                continue
            found &= self._by_word.get((name, cell), 0) if name in self._columns else self._anywhere(cell)
        return found.bit_count()

    def _anywhere(self, cell: str) -> int:
        """Whoever some column speaks of in this word: of a column that should not be there."""
        found = 0
        for (_, word), bits in self._by_word.items():
            if word == cell:
                found |= bits
        return found

    def _bits(self, places: Sequence[int]) -> int:
        octets = bytearray(self._size // 8 + 1)
        for place in places:
            octets[place // 8] |= 1 << place % 8
        return int.from_bytes(octets, "little")


def _who(names: Sequence[str]) -> tuple[int, ...]:
    """Where age, sex and area stand, and whatever a dataset should not have beside them."""
    known = set(columns())
    return tuple(place for place, name in enumerate(names) if name in WHO or name not in known)


def _part(cells: Cells, places: Sequence[int]) -> Cells:
    return tuple(cells[place] for place in places)


def _chance(alike: Mapping[Cells, int], fitting: Mapping[Cells, int]) -> float:
    """
    The best chance of a guess who a row is about.

    Whoever fits is a candidate; and whoever knows how the rows were made can rule out all but those of whom one reads so.
    """
    return max((1 / min(number, fitting[cells]) for cells, number in alike.items() if fitting[cells]), default=0.0)


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else 0.0


def _named_by_digest(rows: Sequence[Row], people: Sequence[Subject]) -> float:
    """The share of rows whose name is an id or a digest of one, or its beginning: too few letters tell nobody apart."""
    lengths = {len(row.pseudonym) for row in rows if len(row.pseudonym) >= _TELLING}
    known = {text[:length] for subject in people for text in _digests(subject.person_id) for length in lengths}
    return _share(row.pseudonym in known for row in rows)


def _digests(person_id: PersonId) -> Sequence[str]:
    texts = (str(person_id).encode(), person_id.hex.encode(), person_id.bytes)
    plain = (str(person_id), person_id.hex)
    made = [kind(text, usedforsecurity=False).hexdigest() for text in texts for kind in (md5, sha1, sha256)]
    return (*plain, *made)


def _is_in_order(rows: Sequence[Row], named: Mapping[str, PersonId], people: Sequence[Subject]) -> bool:
    """Whether the rows stand in the order of ids or of birth dates. Few rows may do so by chance."""
    born = {subject.person_id: subject.birth_date for subject in people}
    found = [named[row.pseudonym] for row in rows if row.pseudonym in named]
    if len(found) < SMALLEST:
        return False
    dates = [born[each] for each in found if each in born]
    by_birth = len(set(dates)) >= SMALLEST and dates in (sorted(dates), sorted(dates, reverse=True))
    return by_birth or found in (sorted(found), sorted(found, reverse=True))
