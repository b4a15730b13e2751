"""What the scorer must be told besides what every service must be."""

from infra.settings import Settings


class ScorerSettings(Settings):
    """Settings of the scorer: the common ones."""
