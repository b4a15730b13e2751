"""
Who may do what to whom: the first of two walls (`casework.md` §2.3, §4; `domain.md` §4.4).

One pure function over one table. PostgreSQL's row-level security is the second wall and must come to the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from contracts.ids import StaffId
from contracts.values import Role, Section, Ward
from services.casework.domain.actions import Action as Action  # noqa: PLC0414 -- whoever asks about rights finds them here
from services.casework.domain.actions import Reason as Reason  # noqa: PLC0414


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    id: StaffId
    section: Section
    ward: Ward | None
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Thing:
    """
    A child under review, as far as permission depends on it.

    `ward` answers for the child; `barred` are the wards in which a person lives from whom the child is hidden; `holders` are the
    staff whom the coordinator named to know its whereabouts. `offered_to` is the ward that is to accept the child's case: until it does,
    it reads and changes nothing (`casework.md` §2.5). `at_center` is whether the child is shared with the child guidance centre today, and
    `center_sensitive` whether what is especially sensitive is.
    """

    ward: Ward | None
    protected: bool = False
    barred: frozenset[Ward] = field(default_factory=frozenset)
    holders: frozenset[StaffId] = field(default_factory=frozenset)
    offered_to: Ward | None = None
    at_center: bool = False
    center_sensitive: bool = False

    def is_offered_to(self, ward: Ward | None) -> bool:
        """Whether `ward` is to accept the child's case, and does not have it yet."""
        return ward is not None and ward is self.offered_to and ward is not self.ward


@dataclass(frozen=True, slots=True)
class Permit:
    """Go ahead. `relation` is what ties the person to the child, for the audit log."""

    relation: Literal["assigned", "team", "none"]


@dataclass(frozen=True, slots=True)
class Deny:
    """No. Where `hidden`, the answer must not even tell that the child exists: it is the same as for an id that nobody has."""

    reason: Reason
    hidden: bool


Decision: TypeAlias = Permit | Deny


@dataclass(frozen=True, slots=True)
class Facts:
    """
    All that permission depends on, from the read or the locked row that is shown or changed.

    Where it was not `seen`, the second wall showed no row: `thing` (None: there is no review) was read afterwards as the system, so that
    the log may know what the person is not told. `opened_by` is who began the child's case. In an `emergency` the person reads what is not
    theirs to see, and said why.
    """

    thing: Thing | None
    seen: bool = True
    opened_by: StaffId | None = None
    emergency: bool = False

    @property
    def protected(self) -> bool:
        """Whether a measure protects the child."""
        return self.thing is not None and self.thing.protected

    def receives(self, ward: Ward | None) -> bool:
        """Whether the child's case is another ward's, and offered to `ward`."""
        return self.thing is not None and self.thing.is_offered_to(ward)


WARD_SECTIONS = frozenset({Section.CHILDCARE_SUPPORT, Section.COMMUNITY_HEALTH_WELFARE, Section.HEALTH})
"""The three sections of a ward that survey and confer (PUSH-02, PUSH-06)."""

_WARD_WORK = frozenset(
    {
        Action.LIST_REVIEWS,
        Action.SEARCH,
        Action.OPEN_CHILD,
        Action.OPEN_SENSITIVE,
        Action.SEE_WHEREABOUTS,
        Action.PRINT,
        Action.PRINT_SENSITIVE,
        Action.OPEN_FILES,
        Action.ADD_FILE,
        Action.ASK_OWNER,
        Action.JUDGE_SAMPLE,
        Action.START_INVESTIGATION,
        Action.MOVE_CASE,
        Action.OFFER_CASE,
        Action.RECEIVE_CASE,
        Action.SEE_OWN_ACCESSES,
        Action.SEE_STATISTICS,
        Action.BREAK_GLASS,
        Action.READ_MANUAL,
        Action.READ_PROGRAMME,
        Action.READ_SURVEYS,
        Action.ANSWER_SURVEY,
    }
)
IN_EMERGENCY = frozenset({Action.OPEN_CHILD, Action.SEE_WHEREABOUTS})
"""What somebody may do in an emergency: read. What is especially sensitive stays shut, and nothing is changed."""
_RECEIVING = frozenset(
    {
        Action.OPEN_CHILD,
        Action.OPEN_SENSITIVE,
        Action.SEE_WHEREABOUTS,
        Action.PRINT,
        Action.PRINT_SENSITIVE,
        Action.OPEN_FILES,
        Action.RECEIVE_CASE,
    }
)
"""What the ward does that is offered a case: it reads, and accepts it or sends it back."""
_TELLS_WHERE = frozenset({Action.SEE_WHEREABOUTS, Action.OPEN_FILES, Action.ADD_FILE})
"""What may tell where a protected child is: what stands in a file, nobody here has read."""
_AT_CENTER = frozenset({Action.OPEN_CHILD, Action.OPEN_SENSITIVE, Action.SEE_WHEREABOUTS, Action.RECEIVE_CASE})
"""What the child guidance centre does with whom a ward reported or sent to it: it reads, accepts or sends back, and answers."""
RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.WARD_CLERK: _WARD_WORK,
    # A chief is told of what the own staff, and others with the own children, did in an emergency.
    # A list leaves with two of them: one asks, another approves (`casework.md` §2.3).
    Role.WARD_LEAD: _WARD_WORK | {Action.LIST_EMERGENCIES, Action.EXPORT_LIST, Action.ASSIGN, Action.READ_WEEKLY_REPORT},
    # Stands in for named holders where a measure keeps a child's own ward out; other children are none of the city hall's business.
    Role.COORDINATOR: frozenset(
        {
            Action.LIST_REVIEWS,
            Action.SEARCH,
            Action.OPEN_CHILD,
            Action.SEE_WHEREABOUTS,
            Action.LIST_HANDOVERS,
            Action.SEE_OWN_ACCESSES,
            Action.SEE_STATISTICS,
            Action.NAME_HOLDERS,
            Action.BREAK_GLASS,
            Action.LIST_EMERGENCIES,
            Action.REVIEW_EMERGENCY,
            Action.READ_MANUAL,
            Action.ANSWER_MANUAL,
            Action.READ_WEEKLY_REPORT,
            Action.READ_PROGRAMME,
            Action.RUN_PROGRAMME,
            Action.READ_SURVEYS,
            Action.KEEP_PRIVACY_REQUESTS,
            Action.COMPILE_PRIVACY_REQUEST,
            Action.CHECK_PRIVACY,
            Action.READ_DISPOSAL,
            Action.PROPOSE_DISPOSAL,
        }
    ),
    # Those who watch do not read: they hold the audit log, never a case. What was done in an emergency the one looks into (S24).
    Role.SECURITY_OFFICER: frozenset({Action.READ_MANUAL, Action.SEE_OWN_ACCESSES}),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Action.READ_MANUAL,
            Action.SEE_OWN_ACCESSES,
            Action.LIST_EMERGENCIES,
            Action.REVIEW_EMERGENCY,
            Action.DECIDE_OBJECTION,
            Action.KEEP_PRIVACY_REQUESTS,
            Action.DECIDE_PRIVACY_REQUEST,
            Action.CHECK_PRIVACY,
            Action.READ_DISPOSAL,
            Action.APPROVE_DISPOSAL,
        }
    ),
    # Who answers for a source sees what becomes of it (ingest's pages), never a case.
    Role.DATA_OWNER: frozenset({Action.READ_MANUAL, Action.SEE_OWN_ACCESSES}),
    # Who says which records are one person's sees those (the linker's pages), never a case.
    Role.LINKAGE_CLERK: frozenset({Action.READ_MANUAL, Action.SEE_OWN_ACCESSES}),
    # Sees whom a ward shares with it, and answers the ward (PUSH-11, `casework.md` §2.3).
    Role.GUIDANCE_WORKER: _AT_CENTER
    | {Action.LIST_AT_CENTER, Action.READ_MANUAL, Action.SEE_OWN_ACCESSES, Action.READ_SURVEYS, Action.ANSWER_SURVEY},
}
"""What each role may do at all. No role may do everything."""

WARD_ROLES = frozenset({Role.WARD_CLERK, Role.WARD_LEAD})


def may(viewer: Viewer, action: Action, thing: Thing | None = None) -> Decision:
    """
    Decide whether `viewer` may do `action`, to `thing` where it is done to a child.

    The ward is looked at before the protection, so that a denial tells a stranger nothing of either.
    """
    roles = frozenset(role for role in viewer.roles if action in RIGHTS[role])
    if not roles:
        return Deny(Reason.ROLE, hidden=False)
    if roles <= WARD_ROLES and viewer.section not in WARD_SECTIONS:
        return Deny(Reason.SECTION, hidden=False)
    if thing is None:
        return Permit(tie_of(viewer))
    if roles & WARD_ROLES:
        return _may_in_ward(viewer, action, thing)
    return _may_at_center(action, thing) if Role.GUIDANCE_WORKER in roles else _may_in_city(thing)


def may_in_emergency(viewer: Viewer, action: Action, thing: Thing) -> Decision:
    """
    Decide whether `viewer` may do `action` to a child who is not theirs to see, for a reason that they state (S24).

    A measure is stronger than any reason: whom it protects is seen by nobody that way, and the answer does not tell so.
    """
    at_all = may(viewer, Action.BREAK_GLASS)
    if isinstance(at_all, Deny):
        return at_all
    if viewer.ward in thing.barred:
        return Deny(Reason.OPPONENTS_WARD, hidden=True)
    if thing.protected:
        return Deny(Reason.PROTECTED, hidden=True)
    return Permit("none") if action in IN_EMERGENCY else Deny(Reason.READS_ONLY, hidden=False)


def decide(viewer: Viewer, action: Action, facts: Facts | None) -> Decision:
    """Decide on `facts`, or, where they are None, whether `viewer` may do `action` at all."""
    if facts is not None and facts.emergency and facts.thing is not None:
        return may_in_emergency(viewer, action, facts.thing)
    decision = may(viewer, action, facts.thing if facts is not None else None)
    if isinstance(decision, Deny) or facts is None:
        return decision
    if not facts.seen:
        # There is no review; or there was none that this person might see a moment ago, and that moment counts.
        return Deny(Reason.NO_REVIEW if facts.thing is None else Reason.OTHER_WARD, hidden=True)
    return Permit("assigned") if facts.opened_by == viewer.id else decision


def tie_of(viewer: Viewer) -> Literal["team", "none"]:
    """Return what ties `viewer` to any child that may be seen."""
    return "team" if viewer.ward else "none"


def _may_in_ward(viewer: Viewer, action: Action, thing: Thing) -> Decision:
    if viewer.ward in thing.barred:
        return Deny(Reason.OPPONENTS_WARD, hidden=True)
    receives = thing.is_offered_to(viewer.ward)
    if viewer.ward is None or not (viewer.ward is thing.ward or receives):
        return Deny(Reason.OTHER_WARD, hidden=True)
    if receives and action not in _RECEIVING:
        return Deny(Reason.NOT_IN_CHARGE, hidden=False)
    if thing.protected and viewer.id not in thing.holders and action in _TELLS_WHERE:
        return Deny(Reason.PROTECTED, hidden=False)
    if thing.protected and action is Action.OFFER_CASE:
        # To which ward the case is to go tells where the child went (`casework.md` §2.5).
        return Deny(Reason.PROTECTED, hidden=False)
    return Permit("team")


def _may_in_city(thing: Thing) -> Decision:
    return Permit("none") if thing.protected else Deny(Reason.NOT_UNDER_PROTECTION, hidden=True)


def _may_at_center(action: Action, thing: Thing) -> Decision:
    if not thing.at_center:
        return Deny(Reason.NOT_SHARED, hidden=True)
    if action is Action.OPEN_SENSITIVE and not thing.center_sensitive:
        return Deny(Reason.NOT_SHARED, hidden=False)
    if thing.protected and action in _TELLS_WHERE:
        # Holders are of the ward; the centre asks them.
        return Deny(Reason.PROTECTED, hidden=False)
    return Permit("assigned")
