"""What somebody looked at and did, newest first. It names children: to see it is a look, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain.policy import Action
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import PLAIN, OfPerson, Says, Sheet, Unsaid

SQL = queries(__file__)
OWN_ACCESSES_SHOWN = 200
RESULTS = {"permit": "表示", "done": "実施", "deny": "断られた"}
NOBODY = Unsaid("—")
NOT_SHOWN = Unsaid("（表示できません）")


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """One's own look or deed: permit, deny or done. The name is empty where it may not be seen, or not any more."""

    at: datetime
    action: str
    decision: str
    others: int
    """How many people it showed beside."""
    person_id: PersonId | None
    name: str | None
    protected: bool


@dataclass(frozen=True, slots=True)
class Line(OfPerson):
    """A look or a deed."""

    person_id: Annotated[PersonId | None, PLAIN]
    protected: Annotated[bool, PLAIN]
    at: Annotated[str, PLAIN]
    what: Annotated[str, PLAIN]
    refused: Annotated[bool, PLAIN]
    result: Annotated[str, PLAIN]
    name: Annotated[str, Says("name")]


@dataclass(frozen=True, slots=True)
class OwnAccessesSheet(Sheet):
    """One's own looks and deeds."""

    accesses: Annotated[tuple[Line, ...], PLAIN]

    def count(self) -> int:
        """Return how many there are."""
        return len(self.accesses)


async def read(work: UnitOfWork, asking: Asking[Question]) -> Sequence[OwnAccess]:
    """Read what somebody looked at and did."""
    return [
        OwnAccess(
            at=row["at"],
            action=row["action"],
            decision=row["decision"],
            others=row["others"],
            person_id=row["person_id"],
            name=row["name"],
            protected=row["protected"] is True,
        )
        for row in await work.db.fetch(SQL.own_accesses, asking.staff.id, OWN_ACCESSES_SHOWN)
    ]


def show(accesses: Sequence[OwnAccess], _asking: Asking[Question]) -> OwnAccessesSheet:
    """Say it on a page."""
    return OwnAccessesSheet(tuple(map(_line, accesses)))


def _line(access: OwnAccess) -> Line:
    refused = access.decision == "deny"
    return Line(
        person_id=access.person_id,
        protected=access.protected,
        at=dates.moment(access.at),
        what=phrases.deed(access.action, refused=refused) + _beside(access),
        refused=refused,
        result=RESULTS.get(access.decision, access.decision),
        name=access.name or (NOBODY if access.person_id is None else NOT_SHOWN),
    )


def _beside(access: OwnAccess) -> str:
    if not access.others:
        return ""
    return f"（{'ほかに' if access.person_id else 'こども '}{access.others}人を表示）"


SCREENS = (
    Screen(
        name="own_accesses",
        address="/me/accesses",
        right=Action.SEE_OWN_ACCESSES,
        deed=deeds.OWN_ACCESSES_OPENED,
        beside=deeds.CHILD_NAMED,
        read=read,
        page=Face(Question, show),
        thing=lambda staff: Thing(kind=ThingKind.STAFF, id=str(staff.id), ward=staff.ward),
        menu=Menu("自分の閲覧記録", 9),
    ),
)
