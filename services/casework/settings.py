"""Settings of casework: those of every service are enough."""

from infra.settings import Settings


class CaseworkSettings(Settings):
    """What casework must be told. `identity_database_url` and `notice` matter here."""
