"""What the linker must be told, besides what every service must be."""

from pydantic import Field

from infra.settings import Settings


class LinkerSettings(Settings):
    """Settings of the linker (prefix `TSUNAGU_`, or secret files)."""

    review_look_seconds: float = Field(
        default=60.0,
        gt=0,
        description="So often the register is looked through for two entries that may be one person's (seconds); a large one less often.",
    )
