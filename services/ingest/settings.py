"""What ingest must be told besides what every service must be."""

from pathlib import Path

from pydantic import Field, SecretStr

from contracts.values import Source
from infra.settings import Settings


class IngestSettings(Settings):
    """Settings of ingest (prefix `TSUNAGU_`, or secret files)."""

    source_tokens: dict[Source, SecretStr] = Field(
        default_factory=dict, description="JSON: for each source the SHA-256 (hex) of its password, for the HTTP inlet."
    )
    source_certificates: dict[Source, tuple[str, ...]] = Field(
        default_factory=dict,
        description="JSON: for each source the names in its client certificates, as dns:…, uri:…, cn:… or dn:… (inlets/login.py).",
    )
    certificate_gateways: tuple[str, ...] = Field(
        default=(), description="JSON: addresses or networks of gateways that verify client certificates and hand them on."
    )
    http_source_share: float = Field(
        default=0.5, gt=0, le=1, description="The share of the room for requests that one source may have; beyond it is answered 429."
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
    ledger_days: int = Field(
        default=90,
        ge=35,
        le=4_000,
        description="So many days at least the ledger knows an event again; then its month is dropped (domain.md §4.6).",
    )
    parked_told_days: int = Field(default=30, ge=1, le=366, description="Events parked for so many days without a decision raise an alarm.")
    parked_days: int = Field(
        default=90,
        ge=1,
        le=366,
        description="Events parked for so many days are refused at last, and their sealed bodies deleted (domain.md §4.6).",
    )
    review_notice_days: int = Field(
        default=60, ge=1, le=366, description="So many days before its review date a registration's owner is reminded of it (LAW-02)."
    )
    extract_folder: Path | None = Field(
        default=None, description="Nightly extracts: a folder with one for each source, named by its code. None: no folder is watched."
    )
    extract_adapters: Path | None = Field(
        default=None, description="Folder of adapter files (TOML). None: the examples that come with ingest."
    )
    extract_look_seconds: float = Field(default=10.0, gt=0, description="So often the folders of extracts are looked at.")
    extract_shrink_share: float = Field(
        default=0.1, gt=0, le=1, description="More than this share of a kind's records gone since the last extract: a person is asked."
    )
    extract_shrink_least: int = Field(default=10, ge=1, description="So few records gone never ask a person.")
    extract_keep_in: Path | None = Field(
        default=None, description="Folder to which extracts go that were read. None: they are erased; name, SHA-256 and counts are kept."
    )
    media_identity: SecretStr | None = Field(
        default=None, description="The city's age identity (AGE-SECRET-KEY-1…): opens what schools bring on removable media (ACQ-03)."
    )
    media_sources: frozenset[Source] = Field(
        default=frozenset(
            {Source.PUPIL_REGISTRY, Source.SCHOOL_AFFAIRS, Source.LIFESTYLE_LEARNING_SURVEY, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE}
        ),
        description="JSON: sources that may come by removable media (ACQ-04).",
    )
    media_erase_hours: float = Field(
        default=24.0, gt=0, le=24.0 * 366, description="So many hours after it was brought a medium must be erased, or an alarm is raised."
    )
