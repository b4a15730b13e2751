"""What the scorer's commands show of children is a look: kept before anything is printed, an entry for everybody who is shown (SEC-T3)."""

from collections.abc import Collection, Iterable

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import Ward
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.work import UnitOfWork

OF_A_LIST = ("ward", "groups", "counted_items")
OF_A_SIMULATION = ("child",)
OF_A_CHILD = ("indicators", "review", "page")


def keep_candidates(work: UnitOfWork, ward: Ward | None, children: Iterable[PersonId], fields: Collection[str]) -> None:
    """Keep that a list of `children` was shown, and of each that it stands there; where one lives is told of none."""
    listed = sorted(set(children))
    _keep(work, deeds.CANDIDATES_SHOWN, Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=ward), count=len(listed))
    for child in listed:
        _keep(work, deeds.CANDIDATE_SHOWN, Thing(kind=ThingKind.CHILD, id=str(child)), fields)


def keep_answers(work: UnitOfWork, child: PersonId) -> None:
    """Keep that a child's answers were shown."""
    _keep(work, deeds.ANSWERS_SHOWN, Thing(kind=ThingKind.CHILD, id=str(child)), OF_A_CHILD)


def _keep(work: UnitOfWork, deed: Deed, thing: Thing, fields: Collection[str] = (), *, count: int | None = None) -> None:
    work.keep(deed, actor=OPERATOR, thing=thing, fields=tuple(fields), origin=COMMAND_LINE, count=count)
