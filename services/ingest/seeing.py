"""
How people see a page of ingest, and what they do on it: of the sources that they may see, and no other (`infra/screens/seeing.py`).

A `Screen` says what is read and what is said of it, an `Act` what a form on it does. CONTRIBUTING "Add a page of ingest".
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Generic, TypeAlias
from uuid import UUID

from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Role, Source
from infra.identity.staff import Confirmed
from infra.looking import Decision, Granted, Refused
from infra.parking import ParkingBody
from infra.screens import seeing
from infra.screens.seeing import NOTHING_THERE, Answer, AnyAct, Done, F, File, Form, Menu, Mistake, Q, Question, R, Result, Said
from infra.work import UnitOfWork
from services.ingest import owning
from services.ingest.domain.rights import WORKS_HERE, sources_of

__all__ = [
    "NOTHING_THERE",
    "NOT_OWN",
    "SEEING",
    "Act",
    "Answer",
    "AnyAct",
    "AnyScreen",
    "AnyUpload",
    "Asking",
    "Done",
    "File",
    "Form",
    "Hands",
    "Menu",
    "Mistake",
    "Question",
    "Result",
    "Said",
    "Screen",
    "Upload",
    "thing_named",
]

NOT_OWN = Refused("not_owner", hidden=True)


@dataclass(frozen=True, slots=True)
class Asking(seeing.Asking[Q]):
    """
    Who asks, when, and what.

    `sources` are those of which this person may see anything. `source` is the one that the address names as `{source}`, `named` is what
    else it names. For `notice_days` before its date a review is near.
    """

    sources: frozenset[Source] = frozenset()
    source: Source | None = None
    notice_days: int = 60
    bodies: ParkingBody | None = None
    """What opens the bodies of parked events."""

    @property
    def coordinates(self) -> bool:
        """Whether this is the coordinator, who answers for all sources."""
        return Role.COORDINATOR in self.staff.roles

    def id_named(self, place: str) -> UUID | None:
        """Return the id at `{place}` of the address; None where what stands there is none."""
        try:
            return UUID(self.named[place])
        except ValueError:
            return None


def thing_named(kind: ThingKind, place: str) -> Callable[[Asking[Any]], Thing]:
    """Return what says of an address that the thing of this kind was looked at whose id stands at `{place}`."""

    def thing(asking: Asking[Any]) -> Thing:
        named = asking.id_named(place)
        return Thing(kind=kind, id=str(named) if named is not None else None)

    return thing


@dataclass(frozen=True, slots=True)
class Act(seeing.Act[F]):
    """What a form does (`infra/screens/seeing.py`); whoever works here may, unless it says who."""

    roles: frozenset[Role] = WORKS_HERE


@dataclass(frozen=True, slots=True)
class Hands:
    """What an upload is done with. `confirm` returns whose a login and a one-time code are, or why they are nobody's, in a sentence."""

    confirm: Callable[[str, str], Awaitable[Confirmed | str]]
    importer: Any
    """An `Importer` of the inlet for removable media, whose room lies above this one."""


@dataclass(frozen=True, slots=True)
class Upload(Generic[F]):
    """
    What a form with a file does. It is sent to `<address of its screen>/<name>`, the file under `field`, of at most `octets_max` bytes.

    It takes longer than a transaction, so `take` opens its own, and keeps in the log what it did. It is called once the form has brought
    back the page's token; without a file where none was chosen. The log calls an attempt that was refused `deed`.
    """

    name: str
    deed: Deed
    form: type[F]
    field: str
    octets_max: int
    too_large: str
    """What a person reads of a larger file."""
    take: Callable[[Hands, Asking[Any], F, BinaryIO | None], Awaitable[Result]]
    roles: frozenset[Role] = WORKS_HERE


@dataclass(frozen=True, slots=True)
class Screen(seeing.Screen[R]):
    """
    A page, in a folder of its own with its statements and its template.

    `source_of` returns whose it is, from what was read, where the address does not say so by `{source}`; a page of several sources shows
    of those in `asking.sources` only. `thing` is what the log says was looked at: by default the source, or the sources as a whole.
    """

    roles: frozenset[Role] = WORKS_HERE
    source_of: Callable[[R], Source | None] | None = None
    uploads: tuple[Upload[Any], ...] = ()

    @property
    def names_source(self) -> bool:
        """Whether its address names a source."""
        return "{source}" in self.address


AnyScreen: TypeAlias = Screen[Any]
AnyUpload: TypeAlias = Upload[Any]


class _OfSources(seeing.Seeing[AnyScreen, Asking[Any]]):
    """Of another's source nothing is read, and nobody learns that it is there."""

    def whole(self, asking: Asking[Any]) -> Thing:
        return Thing(kind=ThingKind.SOURCE, id=asking.source.value if asking.source is not None else None)

    async def knowing(self, work: UnitOfWork, asking: Asking[Any]) -> Asking[Any]:
        return replace(asking, sources=sources_of(asking.staff.roles, await owning.owned_by(work.db, asking.staff.id)))

    def of_address(self, screen: AnyScreen, asking: Asking[Any]) -> Decision:
        if not screen.names_source or asking.source in asking.sources:
            return Granted()
        return NOT_OWN if asking.source is not None else NOTHING_THERE

    def of_content(self, screen: AnyScreen, asking: Asking[Any], content: Any) -> Decision:
        whose = screen.source_of(content) if screen.source_of is not None else None
        return Granted() if whose is None or whose in asking.sources else NOT_OWN


SEEING = _OfSources()
