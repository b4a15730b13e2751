"""
How many people and how common each name, as a file says it: what a decision by events is weighed by.

Never what the register holds at the moment: with every birth each weight would change a little, and the same records would be decided in
one way or in another by the order in which they came. A snapshot that was ever in use is not changed; a new one is a new version.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import log2
from typing import Any

from services.linker.domain.matching import models
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.weighing import COUNTED, Scale


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A register as it was once (`weighing.Frequencies`). Of a name that is too rare to stand in it nothing is known."""

    version: str
    people: int
    shares: Mapping[str, Mapping[str, float]]
    school: Mapping[Level, float]
    """Bits for a school that is the child's, and against one that is not."""

    def of(self, column: str, value: str) -> float | None:
        """Return the share of people whose value in a column is this one, or None."""
        return self.shares.get(column, {}).get(value)

    def guarded(self, name: str) -> tuple[int, int]:  # noqa: ARG002 (a school's list names no guardian)
        """Return that of nobody a guardian is known."""
        return 0, 0


def snapshot_of(content: Mapping[str, Any]) -> Snapshot:
    """Make a snapshot of the content of its file."""
    m, u = content["school"]["m"], content["school"]["u"]
    school = {Level.EQUAL: log2(m / u), Level.OTHER: log2((1 - m) / (1 - u)), Level.UNKNOWN: 0.0}
    return Snapshot(content["version"], content["people"], {column: content[column] for column in COUNTED}, school)


IN_USE = snapshot_of(tomllib.loads((files(models.__package__) / "register-1.toml").read_text(encoding="utf-8")))
"""What the city links by, beside `models.IN_USE`."""


SCALE = Scale(models.IN_USE, IN_USE, people=IN_USE.people)
"""What a record of an event is weighed by."""
