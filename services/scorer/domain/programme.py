"""What the answers and the verdicts of a child are made with: the parameters and the ruleset, in use or on trial."""

from dataclasses import dataclass

from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.rulesets import SP_2, Ruleset


@dataclass(frozen=True, slots=True)
class Programme:
    """Parameters and a ruleset. What a ward was told is kept by child and ruleset: two rulesets can stand side by side."""

    parameters: Parameters = FUKUOKA
    ruleset: Ruleset = SP_2


IN_USE = Programme()
"""What the city runs by."""
