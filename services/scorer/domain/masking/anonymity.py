"""
Makes each row so coarse that nine others, or more, read the same, and leaves out whom that does not help (MASK-01: k ≥ 10).

The whole row counts, not only age, sex and area: whoever knows answers of a child, as the sections that hold the records do, finds it
among no fewer. Three things more would tell of somebody, and are seen to: that all rows which may be somebody's have an item; that fewer
than ten are left out, who then are those that are missing of everybody; and the order of the rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import digest

from contracts.ids import PersonId
from contracts.values import IndicatorValue, Item
from services.scorer.domain.masking.columns import LEVELS, WHO, WITHOUT_AREA, Detail, Known, Subject, answer_cells, columns, who_cells

SMALLEST = 10
"""k: so many read the same, at least."""

KEY_BYTES = 32

Cells = tuple[str, ...]

_LEFT_OUT = len(LEVELS)
_ITEMS = {item: columns().index(item.value) for item in Item}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dataset: who, under a name that nobody can guess, and the cells in the order of `columns()`."""

    pseudonym: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Masked:
    """A dataset: its rows in the order of their pseudonyms, and how many children are left out. Either nobody is, or ten and more."""

    rows: tuple[Row, ...]
    left_out: int


def masked(subjects: Sequence[Subject], as_of: date, key: bytes, k: int = SMALLEST) -> Masked:
    """Mask `subjects`, each of whom is there once. `key` is drawn for this dataset and used for no other."""
    names = [pseudonym(key, subject.person_id) for subject in subjects]
    made = _Making(subjects, names, as_of, k)
    made.settle()
    rows = [Row(name, made.cells_of(place)) for place, name in enumerate(names) if made.levels[place] < _LEFT_OUT]
    return Masked(tuple(sorted(rows, key=lambda row: row.pseudonym)), len(subjects) - len(rows))


def pseudonym(key: bytes, person_id: PersonId) -> str:
    """Return a child's name in one dataset: without its key nobody can tell whose it is, nor that two datasets name the same child."""
    return digest(key, person_id.bytes, sha256)[:16].hex()


def candidates(alike: Mapping[Cells, int], known: Iterable[Known]) -> dict[Known, list[Cells]]:
    """Return which of the different rows may be about somebody of whom no more is known than that."""
    whos = {row[: len(WHO)] for row in alike}
    by_who: defaultdict[Cells, list[Cells]] = defaultdict(list)
    for row in alike:
        by_who[row[: len(WHO)]].append(row)
    return {each: [row for who in whos if each.fits(who) for row in by_who[who]] for each in set(known)}


def common_to_all(rows: Sequence[Cells]) -> list[Item]:
    """Return the items that are TRUE in all rows: whoever is known to be in one of them is known to have it."""
    return [item for item, place in _ITEMS.items() if rows and all(row[place] == IndicatorValue.TRUE for row in rows)]


class _Making:
    """Levels of all subjects, which only ever become coarser: so it ends."""

    def __init__(self, subjects: Sequence[Subject], lots: Sequence[str], as_of: date, k: int) -> None:
        self.levels = [0 if subject.ward is not None else WITHOUT_AREA for subject in subjects]
        self._subjects = subjects
        self._lots = lots
        self._as_of = as_of
        self._k = k
        self._cells: list[dict[int, Cells]] = [{} for _ in subjects]
        self._same: dict[Cells, Cells] = {}
        self._answers: dict[tuple[int, Detail], Cells] = {}
        self._known = sorted({Known.of(subject, as_of) for subject in subjects}, key=repr)

    def cells_of(self, place: int) -> Cells:
        """Return what is said of a subject as it stands."""
        level = self.levels[place]
        known = self._cells[place]
        if level not in known:
            subject, detail = self._subjects[place], LEVELS[level].detail
            # Most children have the answers of many others, which are held once (`Subject.answers`).
            key = (id(subject.answers), detail)
            if key not in self._answers:
                self._answers[key] = answer_cells(subject.answers, detail)
            made = who_cells(subject, LEVELS[level], self._as_of) + self._answers[key]
            known[level] = self._same.setdefault(made, made)
        return known[level]

    def settle(self) -> None:
        """Make rows coarser until nothing is left to see to."""
        self._gather()
        while self._part_who_share_an_item() or self._leave_out_more():
            self._gather()

    def _gather(self) -> None:
        """Level by level, let whoever has too few alike go on to the next."""
        for level in range(_LEFT_OUT):
            here = self._classes(level)
            for places in here.values():
                if len(places) < self._k:
                    self._coarsen(places)

    def _classes(self, level: int | None = None) -> Mapping[Cells, list[int]]:
        found: defaultdict[Cells, list[int]] = defaultdict(list)
        for place, at in enumerate(self.levels):
            if at == level or (level is None and at < _LEFT_OUT):
                found[self.cells_of(place)].append(place)
        return found

    def _coarsen(self, places: Sequence[int]) -> None:
        for place in places:
            self.levels[place] += 1

    def _part_who_share_an_item(self) -> bool:
        """Where all who may be somebody have an item: let those who are told most of be told less of."""
        classes = self._classes()
        alike = {row: len(places) for row, places in classes.items()}
        for rows in candidates(alike, self._known).values():
            if common_to_all(rows):
                finest = min(self.levels[classes[row][0]] for row in rows)
                self._coarsen([place for row in rows for place in classes[row] if self.levels[place] == finest])
                return True
        return False

    def _leave_out_more(self) -> bool:
        """Where some are left out, but few: as many of those whom most are like, by lot, or else a whole class."""
        left_out = sum(level == _LEFT_OUT for level in self.levels)
        classes = sorted(self._classes().items(), key=lambda each: (len(each[1]), each[0]))
        if not 0 < left_out < self._k or not classes:
            return False
        lacking = self._k - left_out
        smallest, largest = classes[0][1], classes[-1][1]
        chosen = sorted(largest, key=lambda place: self._lots[place])[:lacking] if len(largest) - lacking >= self._k else smallest
        for place in chosen:
            self.levels[place] = _LEFT_OUT
        return True
