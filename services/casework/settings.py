"""Settings of casework: those of every service, who looks at files, and how many of the quiet requests people look at."""

from pydantic import Field, field_validator

from infra.scanning import scanner_of
from infra.settings import Settings
from services.casework.domain.sampling import LEAST, MOST, USUAL


class CaseworkSettings(Settings):
    """What casework must be told. `identity_database_url` and `notice` matter here."""

    file_scanner: str = Field(
        default="",
        description="A clamd that scans files: unix:/path or tcp:host:port. `unscanned` takes them as they are; empty: none is taken.",
    )
    sample_share: float = Field(
        default=USUAL,
        ge=LEAST,
        le=MOST,
        description="Of the requests to look that are kept quiet, this share is looked at by a person all the same (casework.md §2.4).",
    )

    @field_validator("file_scanner")
    @classmethod
    def _known(cls, value: str) -> str:
        scanner_of(value)
        return value
