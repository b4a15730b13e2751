"""What the scorer must be told besides what every service must be."""

from pydantic import Field

from infra.settings import Settings


class ScorerSettings(Settings):
    """Settings of the scorer (prefix `TSUNAGU_`, or secret files)."""

    past_days: int = Field(
        default=1_827,
        ge=366,
        le=7_305,
        description="So many days at least a list can be made again as it was known; then its fiscal year is dropped (domain.md §4.6).",
    )
