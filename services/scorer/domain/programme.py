"""What the answers and the verdicts of a child are made with: the parameters and the ruleset, in use or on trial."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.rulesets import SP_3, Ruleset
from services.scorer.domain.rulesets.tuning import tuned


@dataclass(frozen=True, slots=True)
class Programme:
    """Parameters and a ruleset. What a ward was told is kept by child and ruleset: two rulesets can stand side by side."""

    parameters: Parameters = FUKUOKA
    ruleset: Ruleset = SP_3

    @classmethod
    def of(cls, ruleset: Ruleset) -> Self:
        """The city's parameters with what `ruleset` sets, and the ruleset."""
        return cls(tuned(ruleset.name, ruleset.parameters), ruleset)

    def items_on(self, day: date) -> tuple[str, ...]:
        """The items that count on `day`, in order: a switch changes what holds without another ruleset."""
        return tuple(sorted(self.ruleset.on(day).group_of))


IN_USE = Programme()
"""What the city runs by until its people approve a ruleset (`standing.py`)."""
