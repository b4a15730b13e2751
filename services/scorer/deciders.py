"""Whoever decides about rulesets: a registered person, at a page or on the command line."""

from dataclasses import dataclass

from contracts.ids import StaffId
from contracts.messages import Actor
from contracts.values import Role
from infra.identity.staff import Confirmed, Staff
from infra.local.deciding import COMMAND_LINE


@dataclass(frozen=True, slots=True)
class Decider:
    """A registered person; `label` is how a ruleset's history names them for good, whatever becomes of their registration."""

    actor: Actor
    staff_id: StaffId
    label: str
    roles: frozenset[Role]
    origin: str | None = None

    @classmethod
    def at_a_page(cls, staff: Staff) -> "Decider":
        """Return somebody who is logged in."""
        return cls(staff.actor, staff.id, f"{staff.name}（{staff.login}、{staff.place}）", staff.roles)

    @classmethod
    def at_the_command_line(cls, who: Confirmed) -> "Decider":
        """Return somebody who showed a one-time code."""
        return cls(who.actor, who.person.id, who.person.label(), who.roles, COMMAND_LINE)
