"""What ingest must be told besides what every service must be."""

from pydantic import Field, SecretStr

from contracts.values import Source
from infra.settings import Settings


class IngestSettings(Settings):
    """Settings of ingest (prefix `TSUNAGU_`, or secret files)."""

    source_tokens: dict[Source, SecretStr] = Field(
        default_factory=dict, description="JSON: for each source the SHA-256 (hex) of its password, for the HTTP inlet."
    )
    numbering_suspected: float = Field(
        default=2 / 3,
        gt=2 / 11,
        lt=1,
        description="Share of My Number check digits among a field's numbers from which they are My Numbers.",
    )
    numbering_false_alarm: float = Field(
        default=1e-9,
        gt=0,
        lt=1,
        description="Probability that a test of honest numbers stops their feed (services/ingest/domain/watch.py).",
    )
    clocks_ahead_seconds: float = Field(
        default=300.0,
        ge=0,
        le=86_400.0,
        description="How far a source's clock may run ahead (seconds): what it says to have recorded or published later is refused.",
    )
    review_notice_days: int = Field(
        default=60, ge=1, le=366, description="So many days before its review date a registration's owner is reminded of it (LAW-02)."
    )
