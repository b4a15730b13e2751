"""The thresholds of the rules against misuse: settings of the city, each with its bounds. Start values are those of audit.md §5."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.deeds.audit import MISUSE


class Thresholds(BaseModel):
    """
    Settings `TSUNAGU_MISUSE` (JSON). A mistake is told with the field's name. `off` are rules that do not run, by their codes.

    What is marked [PROP] stands in no source: it was chosen so that a city's staff raise few findings a day (`tsunagu bench misuse`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    off: frozenset[str] = Field(default=frozenset(), description="Rules that do not run, by their codes.")
    day_begins: int = Field(default=7, ge=0, le=23, description="Hour in Japan from which people work.")
    day_ends: int = Field(default=20, ge=1, le=24, description="Hour in Japan at which they stop.")
    odd_hours_children: int = Field(default=1, ge=1, le=10_000, description="So many children looked at outside the hours are told of.")
    bulk_children: int = Field(default=40, ge=1, le=100_000, description="More children in a day than this is bulk browsing,")
    bulk_own_factor: float = Field(
        default=2.0, ge=1, le=100, description="where it is also more than so many times one's own busiest days,"
    )
    bulk_role_factor: float = Field(default=3.0, ge=1, le=100, description="or more than so many times what others of the role look at,")
    bulk_role_least: int = Field(default=20, ge=1, le=100_000, description="from so many children on [PROP].")
    bulk_rows: int = Field(default=200, ge=1, le=1_000_000, description="A list or search of more lines is told of.")
    relation_hours: int = Field(default=24, ge=1, le=24 * 31, description="So long after a look a relation may still be made.")
    curiosity_days: int = Field(default=2, ge=2, le=366, description="The same person on so many days, without a relation, within")
    curiosity_months: int = Field(default=12, ge=1, le=60, description="so many months.")
    spike_actors: int = Field(default=5, ge=1, le=10_000, description="More people than this without a relation look at one child within")
    spike_days: int = Field(default=7, ge=1, le=366, description="so many days.")
    protected_sample: int = Field(default=10, ge=1, le=10_000, description="One in so many looks at a protected person is looked into.")
    denied_then_hours: int = Field(default=24, ge=1, le=24 * 31, description="A refusal and a look at the same within so many hours.")
    dormant_days: int = Field(default=90, ge=1, le=3_660, description="Who did nothing for so long is told of when they come back.")
    taken_away: int = Field(default=20, ge=1, le=100_000, description="More papers, files and extracts a day are told of [PROP].")
    hinted_days: int = Field(
        default=2, ge=1, le=366, description="A namesake whom one's work ties one to is told of from so many days on [PROP]."
    )

    @field_validator("off")
    @classmethod
    def _are_rules(cls, off: frozenset[str]) -> frozenset[str]:
        if unknown := off - MISUSE.keys():
            raise ValueError(f"no such rule: {', '.join(sorted(unknown))}")
        return off

    @model_validator(mode="after")
    def _is_a_day(self) -> Self:
        if self.day_ends <= self.day_begins:
            raise ValueError("day_ends must be later than day_begins")
        return self
