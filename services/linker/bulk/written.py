"""
The file of decisions: JSON, a line each, in the order of the records. `services/linker/README.md` says what stands in it.

The first line says what was linked with what, the last one that nothing is missing. Whatever else was written is whole as far as whole
lines go, so the file itself says where to go on.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from services.linker.domain.matching.decisions import Candidate, Decision, Verdict

FORMAT = "tsunagu-decisions-1"
_END = "end"


class OfSomethingElse(Exception):
    """The file that is there is none of decisions, or was made of other files, or by another model, normaliser or gate."""


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


def stand(file: BinaryIO, head: Head) -> Stand:
    """
    Return how far a file has come; of an empty one nothing. Raises `OfSomethingElse`.

    A line that cannot be read is where a machine lost its power: what was written behind it counts for nothing.
    """
    file.seek(0)
    first = file.readline(len(head.line()))
    if first != head.line():
        # A head that was cut short is begun again. Anything else is somebody's file, and may be without a line's end.
        if not head.line().startswith(first):
            raise OfSomethingElse
        return Stand()
    size, counts = len(first), Counter[str]()
    for line in file:
        if (decision := _decision(line)) is None:
            break
        size += len(line)
        if decision == _END:
            return Stand(size, counts, ended=True)
        counts[decision] += 1
    return Stand(size, counts)


def _decision(line: bytes) -> str | None:
    """What a line decided, or that it is the last one; None where it is not whole."""
    if not line.endswith(b"\n"):
        return None
    try:
        said = json.loads(line)
        return _END if "end" in said else str(said["decision"])
    except (ValueError, KeyError, TypeError):
        return None
