"""
What the log keeps of looks and deeds: of whom something was shown, and exactly what.

Whoever makes an answer says what stands in it (`Shown`); nothing leaves `actions.py` but through here. Somebody of whom something is
shown beside, as a sibling or as a line of a list, has an entry of the own: "who saw this child" finds all of it (SEC-T3, S24).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

from contracts.deeds import DEEDS
from contracts.deeds import casework as deeds
from contracts.ids import CaseId, PersonId
from contracts.messages import Actor
from contracts.messages import Thing as AuditThing
from contracts.values import Item, Ward
from infra.identity.login import Kept
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import store
from services.casework.domain.policy import Deny, Permit
from services.casework.store import AccessNote, Acting

T = TypeVar("T")
S = TypeVar("S")

LIST_OPENED = deeds.LIST_OPENED.code
CHILD_OPENED = deeds.CHILD_OPENED.code
SENSITIVE_OPENED = deeds.SENSITIVE_OPENED.code
OWN_ACCESSES_OPENED = deeds.OWN_ACCESSES_OPENED.code
MOVE_REFUSED = deeds.MOVE_REFUSED.code
INVESTIGATION_STARTED = deeds.INVESTIGATION_STARTED.code

PROTECTED = "protected_person"

OTHERS = {
    LIST_OPENED: deeds.CHILD_LISTED.code,
    CHILD_OPENED: deeds.SIBLING_SHOWN.code,
    SENSITIVE_OPENED: deeds.SIBLING_SHOWN.code,
    OWN_ACCESSES_OPENED: deeds.CHILD_NAMED.code,
}
"""What a look is called at whom it showed beside."""


SHOWN_FIELDS = (
    *("name", "kana", "age", "birth_date", "sex", "ward", "address_code", "household_no", "household", "protected", "voided"),
    *("reasons", "hidden_items", "needed", "basis_changed", "overdue_since", "opened_on", "state", "due_on", "case", "accesses"),
)
"""The log's names for what can be shown of a child; its items go by their own. The audit's reader has words for each."""

_KNOWN = frozenset(SHOWN_FIELDS) | frozenset(map(str, Item))


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody of whom an answer shows `fields`. Raises ValueError for a field that the log has no name for."""

    person_id: PersonId
    fields: tuple[str, ...]
    protected: bool

    def __post_init__(self) -> None:
        _must_be_known(self.fields)


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """
    An answer, and what stands in it: of what was asked for, and of everybody else. `count` is how many lines it has.

    Raises ValueError for a field that the log has no name for.
    """

    answer: T
    fields: tuple[str, ...] = ()
    others: tuple[Sight, ...] = ()
    count: int | None = None

    def __post_init__(self) -> None:
        _must_be_known(self.fields)


def _must_be_known(fields: tuple[str, ...]) -> None:
    if not _KNOWN.issuperset(fields):
        raise ValueError(f"the log has no name for {sorted(set(fields) - _KNOWN)}")


Show: TypeAlias = Callable[[S], Shown[T]]
"""How an inlet makes its answer of what was read."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look, or an attempt at one: what it is called, at which child (None: at no single one), and for which reason."""

    action: str
    person_id: PersonId | None = None
    ward: Ward | None = None
    protected: bool = False
    is_in_charge: bool = False
    reason: str | None = None


async def keep(work: UnitOfWork, staff: Staff, look: Look, decision: Permit | Deny, shown: Shown[T] | None = None) -> None:
    """Keep a look with all that it showed, or a refusal."""
    relation = decision.relation if isinstance(decision, Permit) else "none"
    verdict: Literal["permit", "deny"] = "permit" if isinstance(decision, Permit) else "deny"
    entry = work.keep(
        DEEDS[look.action],
        actor=actor_of(staff, protected=look.protected),
        thing=_thing(staff, look),
        fields=shown.fields if shown else (),
        refused=isinstance(decision, Deny),
        relation="assigned" if look.is_in_charge else relation,
        reason_code=_reason_code(look, decision),
        count=shown.count if shown else None,
    )
    others = shown.others if shown else ()
    for sight in others:
        work.keep(
            DEEDS[OTHERS[look.action]],
            actor=actor_of(staff, protected=sight.protected),
            thing=AuditThing(kind="child", id=str(sight.person_id), ward=None if sight.protected else staff.ward),
            fields=sight.fields,
            refused=isinstance(decision, Deny),
            relation=relation,
            reason_code=PROTECTED if sight.protected else None,
            # The list of a ward would tell the ward of the protected child in it.
            correlation=None if sight.protected else str(entry),
        )
    note = AccessNote(entry, staff.id, staff.name, staff.place, look.action, verdict, look.person_id, others=len(others))
    await store.note_access(work.db, note, work.now)


async def keep_start(work: UnitOfWork, staff: Staff, person_id: PersonId, case_id: CaseId, *, protected: bool) -> None:
    """Keep that somebody started an investigation."""
    entry = work.keep(
        DEEDS[INVESTIGATION_STARTED],
        actor=actor_of(staff, protected=protected),
        thing=AuditThing(kind="child", id=str(person_id)),
        fields=("state", "sections", "due_on"),
        relation="assigned",
        correlation=str(case_id),
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, INVESTIGATION_STARTED, "done", person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)


async def note_login(work: UnitOfWork, kept: Kept) -> None:
    """Note a login, its refusal or a logout for the list of one's own deeds."""
    if kept.staff_id is None:
        return
    await store.act_as(work.db, Acting.SYSTEM)
    name, place = (kept.staff.name, kept.staff.place) if kept.staff else (None, None)
    note = AccessNote(kept.entry, kept.staff_id, name, place, kept.action, kept.decision, None, is_decision=True)
    await store.note_access(work.db, note, work.now)


def actor_of(staff: Staff, *, protected: bool) -> Actor:
    """Return the person as the log names one. Where a protected child lives is told to it neither by the child's ward nor by theirs."""
    return staff.actor.model_copy(update={"ward": None}) if protected else staff.actor


def _thing(staff: Staff, look: Look) -> AuditThing:
    if look.action == OWN_ACCESSES_OPENED:
        return AuditThing(kind="staff", id=str(staff.id), ward=staff.ward)
    if look.action == LIST_OPENED:
        return AuditThing(kind="review_list", id=None, ward=staff.ward)
    # Where what was asked for is no id, of nobody.
    return AuditThing(kind="child", id=look.person_id and str(look.person_id), ward=None if look.protected else look.ward)


def _reason_code(look: Look, decision: Permit | Deny) -> str | None:
    if isinstance(decision, Deny):
        return decision.reason
    # Every look at a protected child is worth an alert (`domain.md` §4.4).
    return ".".join(filter(None, (PROTECTED if look.protected else None, look.reason))) or None
