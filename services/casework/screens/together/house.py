"""The children of a household with whom a visit or a conference is one: those whom the child's page names, and their cases (S12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.ids import PersonId
from contracts.values import CaseState
from infra.identifiers import caused
from infra.looking import Refused
from infra.work import UnitOfWork
from services.casework import moved, moves, moving
from services.casework.accesses import viewer_of
from services.casework.domain.household import shown_siblings
from services.casework.domain.policy import Facts, Reason
from services.casework.moved import InTheLog
from services.casework.moves import STEPS
from services.casework.moving import Asked, Pressed, version_of
from services.casework.refusing import errors_of
from services.casework.screens.child import rows
from services.casework.screens.child.rows import Child
from services.casework.seeing import ActForm, Asking, Mistake

MOST = 20
"""More children no household has: what is sent for more is none of our pages."""
WITHOUT_KEY = "どのこどもの分かを読み取れませんでした。画面を開き直してください。"


@dataclass(frozen=True, slots=True)
class House:
    """A child under review, and the other children of its household who are, too: each with the keys of what may be done with its case."""

    child: Child
    children: tuple[Child, ...]
    offered: Mapping[PersonId, frozenset[str]]

    @property
    def facts(self) -> Facts:
        """Return what permission depends on."""
        return self.child.facts


async def read(work: UnitOfWork, asking: Asking[Any]) -> House | None:
    """
    Read the child and those whom its page names as siblings; None where it may not be seen.

    Whoever is protected otherwise than the child is not among them: they are not named on its page either (`domain.md` §4.4).
    """
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    child = await rows.child(work.db, asking.person_id, asking.today, 0)
    if child is None:
        return None
    named = [mate for mate in shown_siblings(child.mates, protected=child.protected, today=asking.today) if mate.under_review]
    siblings = [await rows.child(work.db, mate.person_id, asking.today, 0) for mate in named[:MOST]]
    children = (child, *(each for each in siblings if each is not None and each.protected is child.protected))
    viewer = viewer_of(asking.staff)
    offered = {
        each.person_id: frozenset(step.move.key for step in moves.offered(viewer, each.facts, each.file, needed=each.needed))
        for each in children
    }
    return House(child, children, offered)


def pressed(key: UUID, person_id: PersonId, versions: Mapping[UUID, str]) -> Pressed:
    """Return what was pressed for one of the children: of the one form each has a key of its own."""
    return Pressed(caused(key, str(person_id)), versions.get(person_id, ""))


def stood_at(child: Child, seen: str) -> CaseState:
    """
    Return where the case stood on the page of the version that was `seen`.

    A form that is sent again asks for the same moves as before, whatever those have made of the case.
    """
    _, _, case_version = seen.rpartition(".")
    return next((past.start for past in child.file.past if str(past.version - 1) == case_version), child.state)


def version(child: Child) -> str:
    """Return the version of what the page shows of a child."""
    return version_of(child.version, child.case.version if child.case else 0)


def asked_of(move: str, form: Mapping[str, Any], press: Pressed) -> Asked:
    """Return a move of one child with what was filled in for it; what is empty was not filled in."""
    step = STEPS[move]
    given = {name: value for name, value in form.items() if value not in (None, "", ())}
    return Asked(step, step.form.model_validate({"move": move, **given}), press, STEPS)


async def make(
    work: UnitOfWork, asking: Asking[Any], asked: Mapping[PersonId, Asked], form: ActForm, key: UUID, act: str, of_each: Mapping[str, str]
) -> Mistake | Refused | InTheLog | None:
    """
    Make all the moves, or none; return what is wrong. `of_each` are the fields of moves that the page asks of each child, by its own names.

    Decided on the household as it is now: whoever is no sibling on the page of the child is nobody here.
    """
    house = await read(work, asking)
    if house is None or not asked.keys() <= {each.person_id for each in house.children}:
        return Refused(Reason.NO_REVIEW, hidden=True)
    not_made = await moving.make_together(work, asking.staff, asked, key)
    if not_made is None:
        return None
    person_id, outcome = not_made
    if isinstance(outcome, Refused):
        return InTheLog(outcome)
    assert not isinstance(outcome, moved.Moved)  # noqa: S101 -- what was made is not told as not made
    status, errors = errors_of(outcome)
    name = next(each.name or "" for each in house.children if each.person_id == person_id)
    told = tuple(
        (f"{of_each[field]}.{person_id}" if field in of_each else field, f"{name}：{text}" if len(asked) > 1 else text)
        for field, text in errors
    )
    return Mistake(told, typed=typed(form), act=act, status=status)


def typed(form: ActForm) -> Mapping[str, str]:
    """Return what was filled in, by the names of the page's fields."""
    found: dict[str, str] = {}
    for name, value in form:
        if isinstance(value, Mapping):
            found |= {f"{name}.{of}": str(each) for of, each in value.items()}
        elif isinstance(value, tuple):
            found[name] = " ".join(map(str, value))
        elif value is not None:
            found[name] = str(value)
    return found


def joined(texts: Sequence[str]) -> str:
    """Return what was written of all of them, and then of one."""
    return "\n".join(filter(None, texts))
