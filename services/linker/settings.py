"""What the linker must be told: nothing besides what every service must be."""

from infra.settings import Settings


class LinkerSettings(Settings):
    """Settings of the linker (prefix `TSUNAGU_`, or secret files)."""
