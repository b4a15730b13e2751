"""Who may read the log. Whoever handles cases may not: then nobody can see who watches whom (audit.md §5)."""

from collections.abc import Set as AbstractSet

from contracts.values import Role

READERS: frozenset[Role] = frozenset({Role.SECURITY_OFFICER, Role.PRIVACY_OFFICER})


def may_read_log(roles: AbstractSet[Role]) -> bool:
    """Whether somebody with these roles may read the log."""
    return not READERS.isdisjoint(roles)
