"""Settings of casework: those of every service, and who looks at files."""

from pydantic import Field, field_validator

from infra.scanning import scanner_of
from infra.settings import Settings


class CaseworkSettings(Settings):
    """What casework must be told. `identity_database_url` and `notice` matter here."""

    file_scanner: str = Field(
        default="",
        description="A clamd that scans files: unix:/path or tcp:host:port. `unscanned` takes them as they are; empty: none is taken.",
    )

    @field_validator("file_scanner")
    @classmethod
    def _known(cls, value: str) -> str:
        scanner_of(value)
        return value
