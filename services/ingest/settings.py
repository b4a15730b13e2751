"""What ingest must be told besides what every service must be."""

from pydantic import Field, SecretStr

from contracts.values import Source
from infra.settings import Settings


class IngestSettings(Settings):
    """Settings of ingest (prefix `TSUNAGU_`, or secret files)."""

    source_tokens: dict[Source, SecretStr] = Field(
        default_factory=dict, description="JSON: for each source the SHA-256 (hex) of its password, for the HTTP inlet."
    )
