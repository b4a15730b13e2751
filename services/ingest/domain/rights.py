"""Who may see and do what with which source (ROLE-01, ROLE-02): the coordinator with all of them, a data owner with the own unit's."""

from collections.abc import Collection
from enum import StrEnum

from contracts.values import Role, Source

WORKS_HERE = frozenset({Role.COORDINATOR, Role.DATA_OWNER})
"""Who has a page here at all."""

COORDINATOR = frozenset({Role.COORDINATOR})


class Doing(StrEnum):
    """What may be done to a source's registration, and with the rights to see it."""

    PROPOSE = "propose"
    APPROVE = "approve"
    DECLINE = "decline"
    SUSPEND = "suspend"
    RESUME = "resume"
    NAME_OWNERS = "name_owners"


MAY: dict[Doing, frozenset[Role]] = {
    Doing.PROPOSE: WORKS_HERE,
    Doing.APPROVE: COORDINATOR,
    Doing.DECLINE: WORKS_HERE,
    # To stop does no harm that could not be undone; that it goes on is the coordinator's decision, who may have stopped it.
    Doing.SUSPEND: WORKS_HERE,
    Doing.RESUME: COORDINATOR,
    Doing.NAME_OWNERS: COORDINATOR,
}
"""The roles that may do it: of data owners, those of that source."""


def sources_of(roles: Collection[Role], owned: Collection[Source]) -> frozenset[Source]:
    """Return the sources that somebody may see, who is registered as owner of those `owned`."""
    if Role.COORDINATOR in roles:
        return frozenset(Source)
    return frozenset(owned) if Role.DATA_OWNER in roles else frozenset()


def why_not(doing: Doing, source: Source, roles: frozenset[Role], owned: Collection[Source]) -> str | None:
    """Say why somebody may not do that to `source`, as the log's code; None if they may."""
    if not roles & MAY[doing]:
        return "role"
    return None if source in sources_of(roles, owned) else "not_owner"
