"""What an evaluation found: counts, shares with their bounds, and times, as a page of text or as JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from services.linker.domain.matching.decisions import Verdict
from services.linker.evaluation.measuring import Outcome

_Z = 1.959963984540054
"""The normal deviate of a two-sided bound of 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's 95 % bounds (Wilson, 1927): they hold also where nothing went wrong."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lower and upper bound, or None of nothing."""
        if not self.whole:
            return None
        share, weight = self.part / self.whole, _Z * _Z / self.whole
        middle, reach = share + weight / 2, _Z * sqrt(share * (1 - share) / self.whole + weight / self.whole / 4)
        return max(0.0, (middle - reach) / (1 + weight)), min(1.0, (middle + reach) / (1 + weight))

    def as_json(self) -> dict[str, Any]:
        """As the JSON report gives it."""
        low, high = self.bounds or (None, None)
        return {"value": self.value, "part": self.part, "whole": self.whole, "low95": low, "high95": high}

    def __str__(self) -> str:
        if self.bounds is None or self.value is None:
            return "-  (of none)"
        return f"{self.value:.6f}  ({self.part:,} of {self.whole:,}; 95 %: {self.bounds[0]:.6f} to {self.bounds[1]:.6f})"


@dataclass(frozen=True, slots=True)
class Without:
    """What does not fit together in the three files. Many of any say that ids are written in two ways."""

    answer: int = 0
    """Records without an answer: they count as about nobody of the register."""
    record: int = 0
    """Answers about no record: passed over."""
    person: int = 0
    """Answers that name a number which the register does not have: their records count as about nobody of it."""

    @property
    def words(self) -> list[str]:
        """A line for each that there is."""
        said = (
            (self.answer, "records have no answer, and count as about nobody of the register"),
            (self.record, "answers are about no record, and are passed over"),
            (self.person, "answers name a number that the register does not have; their records count as about nobody of it"),
        )
        return [f"{count:,} {what}" for count, what in said if count]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of an evaluation."""

    people: int
    records: int
    without: Without
    shares: dict[str, Share]
    false_links: dict[str, int]
    by_rule: dict[str, int]
    by_kind: dict[str, dict[str, int]]
    """Where the answers say what is difficult about a record: how many there are, linked, linked wrongly, looked at, new."""
    times: dict[str, float]
    model: str
    normaliser: str
    gate: str
    splink: dict[str, Any] | None = None
    """What Splink links at the same and other recalls, if it was asked for."""

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "people": self.people,
            "records": self.records,
            "without": asdict(self.without),
            **{name: share.as_json() for name, share in self.shares.items()},
            "false_links": self.false_links,
            "by_rule": self.by_rule,
            "by_kind": self.by_kind,
            **self.times,
            "model": self.model,
            "normaliser": self.normaliser,
            "gate": self.gate,
            **({"splink": self.splink} if self.splink else {}),
        }


def shares(results: Sequence[Outcome]) -> dict[str, Share]:
    """Return the shares that decide whether records may be linked this way."""
    auto = [each for each in results if each.verdict is Verdict.AUTO]
    right = sum(not each.false_kind for each in auto)
    registered = [each for each in results if each.answer.number]
    looked_at = [each for each in results if each.verdict is Verdict.REVIEW]
    return {
        "auto_precision": Share(right, len(auto)),
        "auto_recall": Share(right, len(registered)),
        "review_share": Share(len(looked_at), len(results)),
        "recall_after_review": Share(right + sum(each.shown for each in looked_at), len(registered)),
        "blocking_recall": Share(sum(each.found for each in registered), len(registered)),
    }


def times(results: Sequence[Outcome], *, wall_seconds: float, load_seconds: float) -> dict[str, float]:
    """Return milliseconds per record, and records per second, from the raw record to the decision."""
    sorted_ms = sorted(each.seconds * 1000 for each in results) or [0.0]
    return {
        "ms_p50": sorted_ms[len(sorted_ms) // 2],
        "ms_p99": sorted_ms[min(len(sorted_ms) - 1, len(sorted_ms) * 99 // 100)],
        "ms_max": sorted_ms[-1],
        "records_per_second": len(results) / wall_seconds if wall_seconds else 0.0,
        "candidates_mean": sum(each.candidates for each in results) / max(len(results), 1),
        "load_seconds": load_seconds,
    }


def by_kind(results: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return what became of each kind of difficult record."""
    table: dict[str, Counter[str]] = {}
    for each in results:
        if each.answer.kind:
            table.setdefault(each.answer.kind, Counter()).update(["records", each.verdict.value, *(["false"] if each.false_kind else [])])
    return {kind: {name: counts[name] for name in ("records", "auto", "false", "review", "new")} for kind, counts in sorted(table.items())}


def false_links(results: Sequence[Outcome]) -> dict[str, int]:
    """Return how many false links there are of each kind."""
    return dict(Counter(each.false_kind for each in results if each.false_kind).most_common())


def by_rule(results: Sequence[Outcome]) -> dict[str, int]:
    """Return what linked records, why people look at them, and why they are about nobody."""
    return dict(Counter(f"{each.verdict}: {each.rule}" for each in results).most_common())


def text(report: Report) -> str:
    """Return the report as a page of text."""
    versions = f"model {report.model}, normaliser {report.normaliser}, gate {report.gate}"
    lines = [f"{report.records:,} records, {report.people:,} people in the register; {versions}", *report.without.words, ""]
    lines += [f"{name.replace('_', ' '):22}{share}" for name, share in report.shares.items()]
    lines += ["", f"false links           {sum(report.false_links.values())}"]
    lines += [f"  {count:>7,}  {kind}" for kind, count in report.false_links.items()]
    lines += ["", "what became of them, and why"]
    lines += [f"  {count:>7,}  {rule}" for rule, count in report.by_rule.items()]
    if report.by_kind:
        lines += ["", "kind of record                      records    auto   false  review     new"]
        lines += [f"  {kind:32}" + "".join(f"{count:>8,}" for count in counts.values()) for kind, counts in report.by_kind.items()]
    lines += ["", *(f"{name.replace('_', ' '):22}{value:,.3f}" for name, value in report.times.items())]
    if report.splink:
        lines += ["", f"Splink, same levels and weights, a threshold instead of the gate ({report.splink['seconds']:.1f} s)"]
        lines += [f"  {each['words']}" for each in report.splink["thresholds"]]
        lines += ["", report.splink["beside"]]
    return "\n".join(lines)
