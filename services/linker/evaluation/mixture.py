"""
Expectation maximisation of a mixture of two: pairs that are one person, and pairs that are not (Fellegi & Sunter, 1969; Winkler, 1988).

For data of another shape than the register's: fields and levels are whatever the pairs have. No labels are used.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log2

Pattern = tuple[str, ...]
"""The level of each field of a pair; "" where a side does not know."""

_ROUNDS = 100
_SETTLED = 1e-7
_LEAST = 1e-6
"""No level is impossible: what was never seen may be seen."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What was learned: the share of pairs that are one person, and per field how often each level shows among both kinds."""

    share: float
    m: Sequence[Mapping[str, float]]
    u: Sequence[Mapping[str, float]]

    def bits(self, pattern: Pattern) -> float:
        """Return the weight of a pair in bits; 0 is even odds."""
        prior = log2(self.share / (1 - self.share))
        return prior + sum(log2(m[level] / u[level]) for m, u, level in zip(self.m, self.u, pattern, strict=True) if level)


def learned(patterns: Iterable[Pattern], best: Pattern, *, share: float) -> Mixture:
    """
    Learn from pairs. `best` is the level of each field that speaks for one person, from which the rounds start; `share` is a first guess of
    how many pairs are one person.
    """
    counts = Counter(patterns)
    levels = [sorted({pattern[field] for pattern in counts} - {""}) for field in range(len(best))]
    found = Mixture(share, [_start(each, top, 0.9) for each, top in zip(levels, best, strict=True)], _overall(counts, levels))
    for _ in range(_ROUNDS):
        before, found = found.share, _round(found, counts, levels)
        if abs(before - found.share) < _SETTLED:
            break
    return found


def _start(levels: Sequence[str], top: str, share: float) -> dict[str, float]:
    rest = (1 - share) / max(len(levels) - 1, 1)
    return {level: share if level == top else rest for level in levels}


def _overall(counts: Mapping[Pattern, int], levels: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    return _shares(((pattern, float(count)) for pattern, count in counts.items()), levels)


def _round(found: Mixture, counts: Mapping[Pattern, int], levels: Sequence[Sequence[str]]) -> Mixture:
    one, two = [], []
    for pattern, count in counts.items():
        probability = 1 / (1 + exp(-max(min(found.bits(pattern), 500.0), -500.0) * log(2)))
        one.append((pattern, count * probability))
        two.append((pattern, count * (1 - probability)))
    total = sum(counts.values())
    share = min(max(sum(part for _, part in one) / total, _LEAST), 1 - _LEAST)
    return Mixture(share, _shares(one, levels), _shares(two, levels))


def _shares(parts: Iterable[tuple[Pattern, float]], levels: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    sums = [dict.fromkeys(each, _LEAST) for each in levels]
    for pattern, part in parts:
        for field, level in zip(sums, pattern, strict=True):
            if level:
                field[level] += part
    return [{level: part / sum(field.values()) for level, part in field.items()} for field in sums]
