"""
The file of decisions: JSON, a line each, in the order of the records. `services/linker/README.md` says what stands in it.

The first line says what was linked with what, the last one that nothing is missing. Whatever else was written is whole as far as whole
lines go, so the file itself says where to go on.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.linker.domain.matching.decisions import Candidate, Decision, Verdict

FORMAT = "tsunagu-decisions-1"


class OfSomethingElse(Exception):
    """The file of decisions that is there was made of other files, or by another model, normaliser or gate."""


@dataclass(frozen=True, slots=True)
class Head:
    """What decisions rest on. Files are named by their SHA-256."""

    register: str
    records: str
    model: str
    normaliser: str
    gate: str

    def line(self) -> bytes:
        """Return it as the first line."""
        versions = {"model": self.model, "normaliser": self.normaliser, "gate": self.gate}
        return _line({"format": FORMAT, "register": self.register, "records": self.records, **versions})


def decision_line(record: str, source: str, decision: Decision, numbers: Sequence[str]) -> bytes:
    """Return a decision as a line. `numbers` gives a person's number by their row."""

    def person(candidate: Candidate | None) -> dict[str, Any] | None:
        return None if candidate is None else {"person_no": numbers[candidate.row], "bits": round(candidate.weight, 4)}

    best, runner_up = decision.candidate, decision.runner_up
    return _line(
        {
            "record_id": record,
            "source": source,
            "decision": decision.verdict,
            "person_no": numbers[best.row] if best is not None and decision.verdict is Verdict.AUTO else None,
            "rule": decision.rule,
            "reasons": decision.reasons,
            "likeliest": person(best),
            "claims": [(claim.field, claim.level, round(claim.bits, 4), claim.detail) for claim in decision.claims],
            "runner_up": person(runner_up),
            "margin": round(decision.margin, 4) if runner_up is not None else None,
            "candidates": [person(each) for each in decision.shown],
            "lives_with": person(decision.lives_with),
        }
    )


def tail_line(counts: Mapping[str, int]) -> bytes:
    """Return the last line: how many were decided in which way."""
    return _line({"end": True, "records": sum(counts.values()), **{each: counts.get(each, 0) for each in Verdict}})


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a file of decisions has come: its whole lines, in bytes and by decision."""

    size: int = 0
    counts: Mapping[str, int] | None = None
    ended: bool = False

    @property
    def records(self) -> int:
        """How many records are decided."""
        return sum((self.counts or {}).values())


def stand(path: Path, head: Head) -> Stand:
    """Return how far a file has come; of none nothing. Raises `OfSomethingElse`."""
    if not path.exists():
        return Stand()
    with path.open("rb") as file:
        lines = _whole(file)
        first = next(lines, b"")
        if first and first != head.line():
            raise OfSomethingElse
        size, counts, ended = len(first), Counter[str](), False
        for line in lines:
            size += len(line)
            ended = line.startswith(b'{"end":')
            if not ended:
                counts[json.loads(line)["decision"]] += 1
    return Stand(size, counts, ended)


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in lines if line.endswith(b"\n"))
