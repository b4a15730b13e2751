"""
Splink on the same records in the same run: the same levels, its own search for candidates, and a threshold in place of the gate.

Of each record the likeliest person is linked, from so many bits on. What the weights are is the model's; that Splink adds them up as the
linker does is a test.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

from services.linker.domain.matching.profiles import profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Model
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
class Rival:
    """Splink's thresholds and its time: of all, and without making its tables."""

    thresholds: list[Threshold]
    seconds: float
    linking_seconds: float


def rival(register: Register, entries: Sequence[Entry], answers: Mapping[str, Answer], model: Model, *, recall: float) -> Rival:
    """Return what Splink links at a few recalls, `recall` among them, as far as it reaches them."""
    records = {entry.id: profile(normalised(entry.raw)) for entry in entries}
    began = perf_counter()
    linker = splinked.linker(register, records, model=model, blocks=BLOCKS)
    loaded = perf_counter()
    likeliest = _likeliest(linker.inference.predict(threshold_match_weight=-20).as_record_list(), records)
    done = perf_counter()
    weighed = [(bits, answers.get(record, Answer("")).number == number) for record, (bits, number) in likeliest.items()]
    registered = sum(bool(answers.get(entry.id, Answer("")).number) for entry in entries)
    return Rival(list(_thresholds(weighed, registered, sorted({*_RECALLS, recall}))), done - began, done - loaded)


def _likeliest(pairs: Iterable[Mapping[str, str | float]], records: Mapping[str, object]) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    for pair in pairs:
        one, other, bits = str(pair["unique_id_l"]), str(pair["unique_id_r"]), float(pair["match_weight"])
        record, number = (one, other) if pair["source_dataset_l"] == "record" else (other, one)
        if record in records:
            found[record] = max(found.get(record, (bits, number)), (bits, number))
    return found


def _thresholds(weighed: list[tuple[float, bool]], registered: int, recalls: Sequence[float]) -> Iterable[Threshold]:
    wanted, right = list(recalls), 0
    for linked, (bits, is_right) in enumerate(sorted(weighed, reverse=True), start=1):
        right += is_right
        while wanted and right >= wanted[0] * registered:
            wanted.pop(0)
            yield Threshold(bits, linked, right, registered)
