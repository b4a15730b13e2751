"""Who may see a page of the linker (`infra/screens`): whoever works on links, and the coordinator what says nothing of anybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Role
from infra.looking import Decision, Granted
from infra.screens import seeing
from infra.screens.seeing import R
from services.linker.domain.reviewing.questions import Asked, Kind

CLERKS = frozenset({Role.LINKAGE_CLERK})
WORKS_HERE = CLERKS | {Role.COORDINATOR}
PROTECTED = "protected_person"


Asking: TypeAlias = seeing.Asking[Any]


@dataclass(frozen=True, slots=True)
class Screen(seeing.Screen[R]):
    """A page. `is_protected` says of what was read whether somebody is in it whom a measure protects: that look is worth an alert."""

    roles: frozenset[Role] = WORKS_HERE
    is_protected: Callable[[R], bool] | None = None


AnyScreen: TypeAlias = Screen[Any]


class _OfQuestions(seeing.Seeing[AnyScreen, Asking]):
    def whole(self, _asking: Asking) -> Thing:
        return Thing(kind=ThingKind.LINK_QUEUE, id=None)

    def of_content(self, screen: AnyScreen, _asking: Asking, content: Any) -> Decision:
        protected = screen.is_protected is not None and screen.is_protected(content)
        return Granted(reason_code=PROTECTED if protected else None)


SEEING = _OfQuestions()


def asked_of(asking: Asking) -> Asked | None:
    """Return the question that the address names, if it can be one."""
    named = asking.named
    if named.get("kind") not in set(Kind):
        return None
    kind = Kind(named["kind"])
    try:
        if kind is not Kind.REVISION:
            return Asked(kind, UUID(named["one"]), str(UUID(named["other"])))
        return Asked(kind, UUID(named["one"]), str(_revision(named["other"])))
    except ValueError:
        return None


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len(str(2**63))):
        raise ValueError("no revision")
    return int(text)


def thing_asked(asking: Asking) -> Thing:
    """Return what the log says was looked at: the question, or none."""
    asked = asked_of(asking)
    return Thing(kind=ThingKind.LINK_QUESTION, id=str(asked.id) if asked is not None else None)
