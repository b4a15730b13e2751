"""Who may see what of which source (ROLE-01, ROLE-02): the coordinator all of them, a data owner those that are the own unit's."""

from collections.abc import Collection

from contracts.values import Role, Source

WORKS_HERE = frozenset({Role.COORDINATOR, Role.DATA_OWNER})
"""Who has a page here at all."""

COORDINATOR = frozenset({Role.COORDINATOR})


def sources_of(roles: Collection[Role], owned: Collection[Source]) -> frozenset[Source]:
    """Return the sources that somebody may see, who is registered as owner of those `owned`."""
    if Role.COORDINATOR in roles:
        return frozenset(Source)
    return frozenset(owned) if Role.DATA_OWNER in roles else frozenset()
