"""What kinds of cases there are."""

from enum import StrEnum


class Kind(StrEnum):
    """A way in, and what comes by it."""

    CONTRACT = "contract"
    """What schemathesis makes of the OpenAPI document."""
    EXTRACT = "extract"
    """Rows of nightly extracts, and files that are hardly any."""
    BUNDLE = "bundle"
    """Bundles of removable media."""
    ROSTER = "roster"
    """OneRoster zips, packed as on a school's computer and brought."""
    HTTP = "http"
    AMQP = "amqp"
