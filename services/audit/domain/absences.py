"""Which numbers are missing now: below a lane's highest, or above it where its producer told that it gave them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from services.audit.domain.explaining import Explanation
from services.audit.domain.sequences import LaneWatch, Numbers, without

LaneOf: TypeAlias = tuple[str, int]
"""Producer and lane."""


class Absence(NamedTuple):
    """Numbers of a producer's lane that no entry has."""

    producer: str
    lane: int
    numbers: Numbers


def absences(
    watched: Mapping[LaneOf, LaneWatch], told: Mapping[str, Mapping[int, int]], explained: Iterable[Explanation]
) -> Iterator[Absence]:
    """Every absence that nobody explained. `told` is what producers told last of their lanes' last numbers."""
    reasons: dict[LaneOf, list[Numbers]] = {}
    for each in explained:
        reasons.setdefault((each.producer, each.lane), []).append(each.numbers)
    ends = {(producer, lane): last for producer, lanes in told.items() for lane, last in lanes.items()}
    for key in sorted(watched.keys() | ends.keys()):
        for numbers in _missing(watched.get(key, LaneWatch()), ends.get(key, 0)):
            yield from (Absence(*key, part) for part in without(numbers, reasons.get(key, [])))


def watch_of(islands: Sequence[Numbers]) -> LaneWatch:
    """A lane of which these ranges of numbers, in order, have entries."""
    if islands and islands[0].first == 1:
        return LaneWatch(islands[0].last, list(islands[1:]))
    return LaneWatch(0, list(islands))


def _missing(watch: LaneWatch, told: int) -> Iterator[Numbers]:
    yield from watch.gaps()
    if told > watch.highest:
        yield Numbers(watch.highest + 1, told)
