"""
Who may see or do what, asked of one child or of none, and what the log keeps of looks, attempts and deeds.

Whoever is shown beside, as a sibling or as a line of a list, has an entry of the own: "who saw this child" finds all of it (SEC-T3, S24).
"""

from collections.abc import Callable
from functools import partial

from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import CaseId, PersonId
from contracts.messages import Actor
from contracts.messages import Thing as AuditThing
from contracts.values import Role
from infra.identity.login import KeptLogin
from infra.identity.staff import Staff
from infra.looking import About, Beside, Decision, Granted, Kept, Look, Refused, Shown
from infra.work import UnitOfWork
from services.casework import store
from services.casework.domain.holding import shares_a_name
from services.casework.domain.policy import WARD_ROLES, Action, Deny, Facts, Viewer, decide, tie_of
from services.casework.sheets import OfPerson, told
from services.casework.store import AccessNote, Acting

PROTECTED = "protected_person"
EMERGENCY = "emergency"
"""Said of every look in an emergency (S24)."""
SAME_SURNAME = "same_surname"
"""Said of every look at a child of one's own family name: here both names are known, and the log has none (audit.md §5, `hints`)."""


# --- Who may ----------------------------------------------------------------------------------------------------------


def viewer_of(staff: Staff) -> Viewer:
    """Return the person as the policy sees one."""
    return Viewer(staff.id, staff.section, staff.ward, staff.roles)


async def act_as(work: UnitOfWork, staff: Staff) -> None:
    """Let the rest of the transaction see what `staff` may see."""
    if staff.roles & WARD_ROLES:
        await store.act_as(work.db, Acting.STAFF, staff.ward, staff.id)
    elif Role.COORDINATOR in staff.roles:
        await store.act_as(work.db, Acting.COORDINATOR, None, staff.id)
    elif Role.PRIVACY_OFFICER in staff.roles:
        await store.act_as(work.db, Acting.PRIVACY_OFFICER, None, staff.id)
    elif Role.GUIDANCE_WORKER in staff.roles:
        await store.act_for_center(work.db, staff.id, work.now)
    else:
        # Named, and of no ward: no policy knows the empty word.
        await store.act_as(work.db, Acting.STAFF, None, staff.id)


async def facts_for(work: UnitOfWork, staff: Staff, person_id: PersonId) -> Facts:
    """Return what permission depends on, for a wall. What is then shown or done is decided on the row that is shown or locked."""
    thing = await store.permission_facts(work.db, person_id)
    return Facts(thing) if thing is not None else await unseen(work, staff, person_id)


async def unseen(work: UnitOfWork, staff: Staff, person_id: PersonId) -> Facts:
    """Return what the log may know of a child of whom the second wall showed no row."""
    await store.act_as(work.db, Acting.SYSTEM)
    thing = await store.permission_facts(work.db, person_id)
    await act_as(work, staff)
    return Facts(thing, seen=False)


def right(staff: Staff, action: Action, facts: Facts | None, stated: str | None = None, called: str | None = None) -> Decision:
    """
    Decide, with what the log keeps of the decision: `stated` is the reason that the person gave, `called` what the child is called, where
    that was read.
    """
    decision = decide(viewer_of(staff), action, facts)
    if isinstance(decision, Deny):
        return Refused(decision.reason, decision.hidden)
    # Every look at a protected child is worth an alert (`domain.md` §4.4).
    protected, emergency = facts is not None and facts.protected, facts is not None and facts.emergency
    namesake = called is not None and shares_a_name(staff.name, (called,))
    said = (PROTECTED if protected else None, EMERGENCY if emergency else None, SAME_SURNAME if namesake else None, stated)
    return Granted(decision.relation, ".".join(filter(None, said)) or None)


# --- What the log keeps -----------------------------------------------------------------------------------------------


def actor_of(staff: Staff, *, protected: bool) -> Actor:
    """Return the person as the log names one. Where a protected child lives is told to it neither by the child's ward nor by theirs."""
    return staff.actor.model_copy(update={"ward": None}) if protected else staff.actor


def about_child(staff: Staff, person_id: PersonId | None, facts: Facts | None) -> About:
    """Return what the log may say of a look at a child; where what was asked for is no id, of nobody."""
    protected = facts is not None and facts.protected
    seen = facts.thing if facts is not None and facts.seen and not protected else None
    named = None if person_id is None else str(person_id)
    thing = AuditThing(kind=ThingKind.CHILD, id=named, ward=None if seen is None else seen.ward)
    return About(actor_of(staff, protected=protected), thing)


def beside(staff: Staff, deed: Deed, line: OfPerson) -> Beside:
    """Return the entry of somebody who is shown beside."""
    assert line.person_id is not None  # noqa: S101 -- a line about nobody is not asked for
    [kind] = deed.of
    thing = AuditThing(kind=kind, id=str(line.person_id), ward=None if line.protected else staff.ward)
    granted = Granted(tie_of(viewer_of(staff)), PROTECTED if line.protected else None)
    # The list of a ward would tell the ward of the protected child in it.
    return Beside(deed, About(actor_of(staff, protected=line.protected), thing), told(line), granted, linked=not line.protected)


def attempt(
    staff: Staff, action: Action, deed: Deed, person_id: PersonId | None, about: Callable[[Facts | None], About] | None = None
) -> Look[Facts | None, None]:
    """Return an attempt at which nothing is shown, for a wall or a move to refuse. `about` is what it is at, if not at the child."""

    async def read(work: UnitOfWork) -> Facts | None:
        await act_as(work, staff)
        return await facts_for(work, staff, person_id) if person_id is not None else None

    return Look(
        deed,
        about=about or partial(about_child, staff, person_id),
        right=partial(right, staff, action),
        read=read,
        shown=lambda _: Shown(None),
        noted=partial(note_look, staff, person_id),
    )


async def note_look(staff: Staff, person_id: PersonId | None, work: UnitOfWork, kept: Kept) -> None:
    """Note a look or its refusal for the list of one's own deeds."""
    verdict = "permit" if isinstance(kept.decision, Granted) else "deny"
    note = AccessNote(kept.entry, staff.id, staff.name, staff.place, kept.deed.code, verdict, person_id, others=kept.others)
    await store.note_access(work.db, note, work.now)


async def keep_deed(
    work: UnitOfWork,
    staff: Staff,
    deed: Deed,
    person_id: PersonId,
    case_id: CaseId,
    fields: tuple[str, ...],
    *,
    protected: bool,
    reason_code: str | None = None,
) -> None:
    """Keep that somebody moved a case, or did something with it."""
    entry = work.keep(
        deed,
        actor=actor_of(staff, protected=protected),
        thing=AuditThing(kind=ThingKind.CHILD, id=str(person_id)),
        fields=fields,
        relation="assigned",
        reason_code=reason_code,
        correlation=str(case_id),
    )
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", person_id, is_decision=True)
    await store.note_access(work.db, note, work.now)


async def note_login(work: UnitOfWork, kept: KeptLogin) -> None:
    """Note a login, its refusal or a logout for the list of one's own deeds."""
    if kept.staff_id is None:
        return
    await store.act_as(work.db, Acting.SYSTEM)
    name, place = (kept.staff.name, kept.staff.place) if kept.staff else (None, None)
    verdict = "deny" if kept.refused else "done"
    note = AccessNote(kept.entry, kept.staff_id, name, place, kept.deed.code, verdict, None, is_decision=True)
    await store.note_access(work.db, note, work.now)
