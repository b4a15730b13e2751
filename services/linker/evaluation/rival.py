"""
Splink on the same records in the same run: the same levels, its own search for candidates, and a threshold in place of the gate.

Of each record the likeliest person is linked, from so many bits on. What the weights are is the model's; that Splink adds them up as the
linker does is a test. Beside it stands what the gate makes of the pairs that Splink found, by Splink's weights: what is left between
that and the linker is who is looked for, and how rows are repaired.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from time import perf_counter

from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.deciding import decide
from services.linker.domain.matching.decisions import Candidate, Verdict
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Model, Scale
from services.linker.domain.normalising import normalised
from services.linker.evaluation import splinked
from services.linker.evaluation.tables import Answer, Entry

_BORN = "l.year = r.year and l.month = r.month and l.day = r.day"
BLOCKS = [
    *(f"{_BORN} and l.{column} = r.{column}" for column in ("given", "given_kana", "family", "family_kana", "town")),
    *(
        f"l.family{way} = r.family{way} and l.given{way} = r.given{way} and l.{part} = r.{part}"
        for way in ("", "_kana")
        for part in ("year", "town")
    ),
]
"""Compound keys, as a user of Splink would choose them."""
_RECALLS = (0.95, 0.98)
_Pairs = Mapping[str, list[tuple[float, str]]]
"""Of each record whom Splink compared it with, the likeliest first: bits and number."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What Splink links from so many bits on."""

    bits: float
    linked: int
    right: int
    registered: int

    def as_json(self) -> dict[str, float]:
        """As `--json` prints it."""
        found = {"bits": self.bits, "recall": self.right / self.registered, "precision": self.right / self.linked}
        return {**found, "false_links": self.linked - self.right}

    def __str__(self) -> str:
        recall, precision = self.right / self.registered, self.right / self.linked
        return f"recall {recall:.4f} from {self.bits:5.1f} bits on: precision {precision:.5f}, {self.linked - self.right:,} false links"


@dataclass(frozen=True, slots=True)
class Linked:
    """How many records were linked, rightly and in all, of so many about people of the register."""

    linked: int
    right: int
    registered: int

    @property
    def false_links(self) -> int:
        """How many links are wrong."""
        return self.linked - self.right

    @property
    def recall(self) -> float:
        """The share of records about people of the register that were linked rightly."""
        return self.right / self.registered if self.registered else 0.0

    def as_json(self) -> dict[str, float]:
        """As `--json` prints it."""
        return {"recall": self.recall, "false_links": self.false_links}

    def __str__(self) -> str:
        return f"recall {self.recall:.4f} with {self.false_links:,} false"


@dataclass(frozen=True, slots=True)
class Rival:
    """What Splink links, and its time: of all, and without making its tables."""

    thresholds: list[Threshold]
    at_recall: Linked | None
    """At the threshold of as much recall as the linker has; None where Splink does not reach it."""
    at_false_links: Linked
    """At the threshold of the most recall with no more false links than the linker makes; nothing where every threshold makes more."""
    with_gate: Linked
    """By Splink's pairs and weights, and the linker's gate."""
    seconds: float
    linking_seconds: float


def rival(register: Register, entries: Sequence[Entry], answers: Mapping[str, Answer], model: Model, *, beside: Linked) -> Rival:
    """Return what Splink links at a few recalls, as far as it reaches them, and where it is as good as what it stands `beside`."""
    records = {entry.id: profile(normalised(entry.raw)) for entry in entries}
    began = perf_counter()
    linker = splinked.linker(register, records, model=model, blocks=BLOCKS)
    loaded = perf_counter()
    pairs = _pairs(linker.inference.predict(threshold_match_weight=-20).as_record_list(), records)
    done = perf_counter()
    weighed = [(found[0][0], answers.get(record, Answer("")).number == found[0][1]) for record, found in pairs.items()]
    registered = beside.registered
    recalls = sorted({*_RECALLS, beside.recall})
    return Rival(
        thresholds=list(_thresholds(weighed, registered, recalls)),
        at_recall=next((_linked(each) for each in _thresholds(weighed, registered, [beside.recall])), None),
        at_false_links=_as_few_false(weighed, registered, beside.false_links),
        with_gate=_with_gate(register, records, pairs, answers, Scale(model, register, people=len(register)), registered),
        seconds=done - began,
        linking_seconds=done - loaded,
    )


def _pairs(found: Iterable[Mapping[str, str | float]], records: Mapping[str, object]) -> _Pairs:
    pairs: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for pair in found:
        one, other, bits = str(pair["unique_id_l"]), str(pair["unique_id_r"]), float(pair["match_weight"])
        record, number = (one, other) if pair["source_dataset_l"] == "record" else (other, one)
        if record in records:
            pairs[record].append((bits, number))
    return {record: sorted(each, reverse=True) for record, each in pairs.items()}


def _as_few_false(weighed: Iterable[tuple[float, bool]], registered: int, false_links: int) -> Linked:
    """Return what the lowest threshold links that makes no more false links. Records of one weight are linked together, or not."""
    linked = right = 0
    best = Linked(0, 0, registered)
    for _, group in groupby(sorted(weighed, reverse=True), key=lambda each: each[0]):
        are_right = [is_right for _, is_right in group]
        linked, right = linked + len(are_right), right + sum(are_right)
        if linked - right > false_links:
            break
        best = Linked(linked, right, registered)
    return best


def _with_gate(
    register: Register, records: Mapping[str, Profile], pairs: _Pairs, answers: Mapping[str, Answer], scale: Scale, registered: int
) -> Linked:
    linked = right = 0
    for record, found in pairs.items():
        decision = decide(records[record], list(_candidates(register, records[record], found)), scale)
        if decision.verdict is Verdict.AUTO and decision.candidate is not None:
            linked += 1
            right += register.numbers[decision.candidate.row] == answers.get(record, Answer("")).number
    return Linked(linked, right, registered)


def _candidates(register: Register, record: Profile, found: Iterable[tuple[float, str]]) -> Iterator[Candidate]:
    for bits, number in found:
        if (row := register.row_of(number)) is not None:
            person = register.profiles[row]
            yield Candidate(row, person, compared(record, person), bits)


def _linked(threshold: Threshold) -> Linked:
    return Linked(threshold.linked, threshold.right, threshold.registered)


def _thresholds(weighed: list[tuple[float, bool]], registered: int, recalls: Sequence[float]) -> Iterator[Threshold]:
    wanted, right = list(recalls) if registered else [], 0
    for linked, (bits, is_right) in enumerate(sorted(weighed, reverse=True), start=1):
        right += is_right
        while wanted and right >= wanted[0] * registered:
            wanted.pop(0)
            yield Threshold(bits, linked, right, registered)
