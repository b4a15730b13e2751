"""Who may see a page of the work queue (`infra/screens`): whoever may read the log. Each look is in it, with the terminal it came from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Role
from infra.identity.staff import Registered
from infra.looking import About, Decision, Granted
from infra.parking import ParkingBody
from infra.screens import seeing
from infra.screens.seeing import Question, R
from infra.work import UnitOfWork
from services.audit.domain.permission import READERS
from services.audit.signer import Signer

Q = TypeVar("Q", bound=Question)


async def _nobody() -> Sequence[Registered]:
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """
    What pages need besides what they read: the keys of what was written, who signs what is taken away, and everybody who is registered,
    asked once for a page.
    """

    keys: ParkingBody
    signer: Signer
    everybody: Callable[[], Awaitable[Sequence[Registered]]] = _nobody
    staff: Sequence[Registered] = ()

    @property
    def known(self) -> Mapping[UUID, Registered]:
        """The staff by id."""
        return {UUID(str(each.id)): each for each in self.staff}


@dataclass(frozen=True, slots=True)
class Asking(seeing.Asking[Q]):
    """Who asks, when, what, and from which terminal."""

    origin: str | None = None
    desk: Desk = field(kw_only=True)

    def id_named(self, part: str) -> UUID | None:
        """The id that the address names; None where what stands there is none."""
        try:
            return UUID(self.named.get(part, ""))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Screen(seeing.Screen[R]):
    """A page for whoever reads the log. `may` decides by what was read, where that matters."""

    roles: frozenset[Role] = READERS
    may: Callable[[R, Any], Decision] | None = None


AnyScreen: TypeAlias = Screen[Any]


class _OfFindings(seeing.Seeing[AnyScreen, Asking[Any]]):
    def whole(self, _asking: Asking[Any]) -> Thing:
        return Thing(kind=ThingKind.FINDINGS, id=None)

    def of_content(self, screen: AnyScreen, asking: Asking[Any], content: Any) -> Decision:
        return Granted() if screen.may is None else screen.may(content, asking)

    async def knowing(self, _work: UnitOfWork, asking: Asking[Any]) -> Asking[Any]:
        """Return who asks, with the staff of today's register: names stand on pages, never in the log."""
        return replace(asking, desk=replace(asking.desk, staff=await asking.desk.everybody()))

    def _about(self, screen: AnyScreen, asking: Asking[Any]) -> About:
        return About(asking.staff.actor, screen.thing(asking) if screen.thing is not None else self.whole(asking), asking.origin)


SEEING = _OfFindings()
