"""Every role against every ward, protection and action (casework.md §2.3, SEC-T2, S07, S24)."""

from itertools import product
from uuid import UUID

import pytest

from contracts.ids import StaffId
from contracts.values import Role, Section, Ward
from services.casework.domain.holding import NotNamed, shares_a_name, why_not
from services.casework.domain.policy import Action, Deny, Facts, Permit, Reason, Thing, Viewer, decide, may, may_in_emergency

ME = StaffId(UUID(int=1))
SOMEBODY = StaffId(UUID(int=2))
WARD_ROLES = (Role.WARD_CLERK, Role.WARD_LEAD)
TOLD = {Action.LIST_EMERGENCIES, Action.REVIEW_EMERGENCY, Action.READ_WEEKLY_REPORT}
CITY = {Action.NAME_HOLDERS}
OFFICERS = {Action.DECIDE_OBJECTION, Action.DECIDE_PRIVACY_REQUEST, Action.APPROVE_DISPOSAL}
REQUESTS = {
    Action.KEEP_PRIVACY_REQUESTS,
    Action.COMPILE_PRIVACY_REQUEST,
    Action.CHECK_PRIVACY,
    Action.READ_DISPOSAL,
    Action.PROPOSE_DISPOSAL,
}
CENTERS = {Action.LIST_AT_CENTER}
SURVEYS = {Action.READ_SURVEYS, Action.ANSWER_SURVEY}
APART = TOLD | REQUESTS | CENTERS
LEADS = {Action.EXPORT_LIST, Action.ASSIGN}
NOT_ON_A_CHILD = {
    *(Action.LIST_REVIEWS, Action.SEARCH, Action.LIST_HANDOVERS, Action.SEE_OWN_ACCESSES, Action.SEE_STATISTICS, Action.BREAK_GLASS),
    *(Action.READ_MANUAL, Action.ANSWER_MANUAL, Action.READ_PROGRAMME, Action.RUN_PROGRAMME),
    *TOLD,
    *REQUESTS,
    *CENTERS,
    *SURVEYS,
}
ON_A_CHILD = tuple(action for action in Action if action not in NOT_ON_A_CHILD | CITY | OFFICERS | LEADS)
THINGS = {
    "plain": Thing(Ward.HAKATA),
    "protected": Thing(Ward.HAKATA, protected=True, barred=frozenset({Ward.MINAMI})),
    "held by me": Thing(Ward.HAKATA, protected=True, holders=frozenset({ME})),
    "held by somebody": Thing(Ward.HAKATA, protected=True, holders=frozenset({SOMEBODY})),
    "opponent here": Thing(Ward.HAKATA, protected=True, barred=frozenset({Ward.HAKATA}), holders=frozenset({ME})),
    "ward unknown": Thing(None),
    "offered": Thing(Ward.HAKATA, offered_to=Ward.NISHI),
    "offered to the opponent's ward": Thing(Ward.HAKATA, barred=frozenset({Ward.NISHI}), offered_to=Ward.NISHI),
}


AT_CENTER = {
    "shared with the centre": Thing(Ward.HAKATA, at_center=True),
    "shared in full": Thing(Ward.HAKATA, at_center=True, center_sensitive=True),
    "protected and shared": Thing(Ward.HAKATA, protected=True, holders=frozenset({ME}), at_center=True),
}


def viewer(role: Role, ward: Ward | None = Ward.HAKATA, section: Section = Section.HEALTH) -> Viewer:
    return Viewer(ME, section, ward if role in WARD_ROLES else None, frozenset({role}))


OFFERED = {"offered", "offered to the opponent's ward"}
SHARED = {"shared with the centre", "shared in full"}
WARD_SEES = {"plain", "protected", "held by me", "held by somebody"} | OFFERED
WARD_SEES_WHEREABOUTS = {"plain", "held by me"} | OFFERED
WARD_OFFERS = {"plain"} | OFFERED
READING = {Action.OPEN_CHILD, Action.OPEN_SENSITIVE, Action.SEE_WHEREABOUTS, Action.PRINT, Action.PRINT_SENSITIVE, Action.OPEN_FILES}


@pytest.mark.parametrize(("role", "thing", "action"), list(product(WARD_ROLES, THINGS, ON_A_CHILD)))
def test_a_ward_works_with_its_own_children(role: Role, thing: str, action: Action) -> None:
    """A protected child is offered to no ward: to which one tells where it went."""
    told_where = dict.fromkeys((Action.SEE_WHEREABOUTS, Action.OPEN_FILES, Action.ADD_FILE), WARD_SEES_WHEREABOUTS)
    allowed = told_where | {Action.OFFER_CASE: WARD_OFFERS}
    sees = allowed.get(action, WARD_SEES)

    assert isinstance(may(viewer(role), action, THINGS[thing]), Permit) is (thing in sees)


@pytest.mark.parametrize(("role", "thing", "action"), list(product(WARD_ROLES, THINGS, ON_A_CHILD)))
@pytest.mark.parametrize("ward", [ward for ward in Ward if ward is not Ward.HAKATA])
def test_another_ward_does_not_even_learn_that_the_child_exists(role: Role, thing: str, action: Action, ward: Ward) -> None:
    decision = may(viewer(role, ward), action, THINGS[thing])

    if thing == "offered" and ward is Ward.NISHI:
        # casework.md §2.5: both wards read it until the new one accepts; it changes nothing else.
        may_now = READING | {Action.RECEIVE_CASE}
        assert decision == (Permit("team") if action in may_now else Deny(Reason.NOT_IN_CHARGE, hidden=False))
        return
    assert isinstance(decision, Deny)
    assert decision.hidden


@pytest.mark.parametrize(("thing", "action"), list(product(THINGS, Action)))
def test_the_coordinator_sees_protected_children_and_moves_none(thing: str, action: Action) -> None:
    allowed = (NOT_ON_A_CHILD | CITY | {Action.OPEN_CHILD, Action.SEE_WHEREABOUTS}) - {Action.ANSWER_SURVEY, Action.LIST_AT_CENTER}

    decision = may(viewer(Role.COORDINATOR), action, THINGS[thing])

    assert isinstance(decision, Permit) is (action in allowed and THINGS[thing].protected)


def test_the_child_guidance_centre_sees_whom_it_was_told_of_and_nobody_else() -> None:
    """casework.md §2.3: 共有分; what is especially sensitive where that is shared, where a protected child is never."""
    sees = SHARED | {"protected and shared"}
    reads = {
        Action.OPEN_CHILD: sees,
        Action.RECEIVE_CASE: sees,
        Action.SEE_WHEREABOUTS: SHARED,
        Action.OPEN_SENSITIVE: {"shared in full"},
        **dict.fromkeys((Action.LIST_AT_CENTER, Action.READ_MANUAL, Action.SEE_OWN_ACCESSES, *SURVEYS), sees),
    }
    worker = Viewer(ME, Section.GUIDANCE_CENTER, None, frozenset({Role.GUIDANCE_WORKER}))
    for (name, thing), action in product((THINGS | AT_CENTER).items(), Action):
        decision = may(worker, action, thing)
        assert isinstance(decision, Permit) is (name in reads.get(action, set())), (name, action)
        assert isinstance(decision, Permit) or decision.hidden is (decision.reason is Reason.NOT_SHARED and name not in sees), (
            name,
            action,
        )


@pytest.mark.parametrize("role", list(Role))
def test_the_list_of_the_child_guidance_centre_is_its_own(role: Role) -> None:
    assert isinstance(may(viewer(role), Action.LIST_AT_CENTER), Permit) is (role is Role.GUIDANCE_WORKER)


@pytest.mark.parametrize("role", [Role.SECURITY_OFFICER, Role.PRIVACY_OFFICER])
@pytest.mark.parametrize(("thing", "action"), list(product(THINGS, ON_A_CHILD)))
def test_those_who_watch_do_not_read(role: Role, thing: str, action: Action) -> None:
    assert may(viewer(role), action, THINGS[thing]) == Deny(Reason.ROLE, hidden=False)


@pytest.mark.parametrize("role", [Role.SECURITY_OFFICER, Role.PRIVACY_OFFICER])
@pytest.mark.parametrize("action", [Action.LIST_REVIEWS, Action.SEARCH])
def test_those_who_watch_have_no_list(role: Role, action: Action) -> None:
    assert may(viewer(role), action) == Deny(Reason.ROLE, hidden=False)


@pytest.mark.parametrize("role", list(Role))
def test_what_waits_between_wards_is_the_coordinators_to_see(role: Role) -> None:
    """casework.md §2.5: what nobody accepts in time."""
    assert isinstance(may(viewer(role), Action.LIST_HANDOVERS), Permit) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_see_what_they_looked_at(role: Role) -> None:
    assert isinstance(may(viewer(role), Action.SEE_OWN_ACCESSES), Permit)


@pytest.mark.parametrize("role", list(Role))
def test_the_privacy_officer_decides_on_objections_and_nobody_else(role: Role) -> None:
    """S17."""
    assert isinstance(may(viewer(role), Action.DECIDE_OBJECTION), Permit) is (role is Role.PRIVACY_OFFICER)


@pytest.mark.parametrize("role", list(Role))
def test_a_list_leaves_by_leads_of_a_ward_alone(role: Role) -> None:
    """casework.md §2.3."""
    assert isinstance(may(viewer(role), Action.EXPORT_LIST), Permit) is (role is Role.WARD_LEAD)


@pytest.mark.parametrize("role", list(Role))
def test_the_weekly_report_is_for_leads_and_the_coordinator(role: Role) -> None:
    """REP-01."""
    assert isinstance(may(viewer(role), Action.READ_WEEKLY_REPORT), Permit) is (role in {Role.WARD_LEAD, Role.COORDINATOR})


@pytest.mark.parametrize("role", list(Role))
def test_who_works_with_cases_reads_of_the_programme_and_the_coordinator_runs_it(role: Role) -> None:
    """PUSH-09, ROLE-08, ROLE-09."""
    assert isinstance(may(viewer(role), Action.READ_PROGRAMME), Permit) is (role in {*WARD_ROLES, Role.COORDINATOR})
    assert isinstance(may(viewer(role), Action.RUN_PROGRAMME), Permit) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", list(Role))
def test_requests_of_those_concerned_are_kept_by_two_and_decided_by_one_of_them(role: Role) -> None:
    """個人情報の保護に関する法律76条–103条; what is held is put together by the coordinator: those who watch do not read."""
    two = {Role.COORDINATOR, Role.PRIVACY_OFFICER}
    assert isinstance(may(viewer(role), Action.KEEP_PRIVACY_REQUESTS), Permit) is (role in two)
    assert isinstance(may(viewer(role), Action.CHECK_PRIVACY), Permit) is (role in two)
    assert isinstance(may(viewer(role), Action.DECIDE_PRIVACY_REQUEST), Permit) is (role is Role.PRIVACY_OFFICER)
    assert isinstance(may(viewer(role), Action.COMPILE_PRIVACY_REQUEST), Permit) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", list(Role))
def test_what_is_over_its_years_is_proposed_by_one_and_approved_by_another(role: Role) -> None:
    """domain.md §4.6."""
    assert isinstance(may(viewer(role), Action.READ_DISPOSAL), Permit) is (role in {Role.COORDINATOR, Role.PRIVACY_OFFICER})
    assert isinstance(may(viewer(role), Action.PROPOSE_DISPOSAL), Permit) is (role is Role.COORDINATOR)
    assert isinstance(may(viewer(role), Action.APPROVE_DISPOSAL), Permit) is (role is Role.PRIVACY_OFFICER)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_manual_and_the_coordinator_answers_its_readers(role: Role) -> None:
    """EVAL-01."""
    assert isinstance(may(viewer(role), Action.READ_MANUAL), Permit)
    assert isinstance(may(viewer(role), Action.ANSWER_MANUAL), Permit) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("section", [Section.CHILD_FAMILY_DIVISION, Section.INFORMATION_SECURITY])
@pytest.mark.parametrize(
    "action",
    [
        action
        for action in Action
        if action not in {Action.LIST_HANDOVERS, Action.ANSWER_MANUAL, Action.RUN_PROGRAMME, *APART, *CITY, *OFFICERS, *LEADS}
    ],
)
def test_a_ward_role_counts_in_the_three_sections_only(section: Section, action: Action) -> None:
    assert may(viewer(Role.WARD_CLERK, section=section), action, THINGS["plain"]) == Deny(Reason.SECTION, hidden=False)


def test_staff_of_the_opponents_ward_lose_access_even_as_named_holders() -> None:
    assert may(viewer(Role.WARD_CLERK), Action.OPEN_CHILD, THINGS["opponent here"]) == Deny(Reason.OPPONENTS_WARD, hidden=True)


def test_whereabouts_are_for_named_holders() -> None:
    assert may(viewer(Role.WARD_CLERK), Action.SEE_WHEREABOUTS, THINGS["held by somebody"]) == Deny(Reason.PROTECTED, hidden=False)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (None, Permit("team")),
        (Facts(Thing(Ward.HAKATA)), Permit("team")),
        (Facts(Thing(Ward.HAKATA), opened_by=ME), Permit("assigned")),
        (Facts(Thing(Ward.HAKATA), opened_by=SOMEBODY), Permit("team")),
        (Facts(Thing(Ward.NISHI), opened_by=ME), Deny(Reason.OTHER_WARD, hidden=True)),
        # What the second wall did not show is never permitted, whatever it is by now.
        (Facts(Thing(Ward.HAKATA), seen=False), Deny(Reason.OTHER_WARD, hidden=True)),
        (Facts(Thing(Ward.HAKATA, barred=frozenset({Ward.HAKATA})), seen=False), Deny(Reason.OPPONENTS_WARD, hidden=True)),
        (Facts(None, seen=False), Deny(Reason.NO_REVIEW, hidden=True)),
    ],
)
def test_it_is_decided_on_what_was_read(facts: Facts | None, decision: Permit | Deny) -> None:
    assert decide(viewer(Role.WARD_CLERK), Action.OPEN_CHILD, facts) == decision


def test_who_has_no_right_at_all_is_told_so_whatever_the_child() -> None:
    for facts in (None, Facts(None, seen=False), Facts(Thing(Ward.HAKATA), seen=False)):
        assert decide(viewer(Role.SECURITY_OFFICER), Action.OPEN_CHILD, facts) == Deny(Reason.ROLE, hidden=False)


EMERGENCY_ROLES = (*WARD_ROLES, Role.COORDINATOR)


@pytest.mark.parametrize(("role", "thing", "action"), list(product(Role, THINGS, Action)))
def test_in_an_emergency_somebody_of_the_work_reads_and_never_whom_a_measure_protects(role: Role, thing: str, action: Action) -> None:
    """S24: neither those who watch, link or own data, nor anybody for what is more than to read."""
    somebody = viewer(role, Ward.NISHI)

    decision = may_in_emergency(somebody, action, THINGS[thing])

    reads = action in {Action.OPEN_CHILD, Action.SEE_WHEREABOUTS}
    hidden = THINGS[thing].protected or somebody.ward in THINGS[thing].barred
    assert isinstance(decision, Permit) is (role in EMERGENCY_ROLES and reads and not hidden)
    assert isinstance(decision, Permit) or decision.hidden is (role in EMERGENCY_ROLES and hidden)
    assert decide(somebody, action, Facts(THINGS[thing], emergency=True)) == decision


@pytest.mark.parametrize("role", list(Role))
def test_the_coordinator_and_the_privacy_officer_look_into_emergencies_and_leads_are_told(role: Role) -> None:
    reviews = isinstance(may(viewer(role), Action.REVIEW_EMERGENCY), Permit)
    told = isinstance(may(viewer(role), Action.LIST_EMERGENCIES), Permit)

    assert reviews is (role in {Role.COORDINATOR, Role.PRIVACY_OFFICER})
    assert told is (reviews or role is Role.WARD_LEAD)


@pytest.mark.parametrize(("role", "thing"), list(product(Role, THINGS)))
def test_the_coordinator_alone_names_who_knows_where_a_protected_child_is(role: Role, thing: str) -> None:
    decision = may(viewer(role), Action.NAME_HOLDERS, THINGS[thing])

    assert isinstance(decision, Permit) is (role is Role.COORDINATOR and THINGS[thing].protected)


@pytest.mark.parametrize(
    ("section", "ward", "why"),
    [
        (Section.HEALTH, Ward.HAKATA, None),
        (Section.HEALTH, Ward.NISHI, NotNamed.OTHER_WARD),
        (Section.HEALTH, Ward.MINAMI, NotNamed.OPPONENTS_WARD),
        (Section.CHILD_FAMILY_DIVISION, None, NotNamed.NO_WARD_SECTION),
        (Section.DATA_OWNER, None, NotNamed.NO_WARD_SECTION),
    ],
)
def test_named_is_who_works_in_the_childs_ward(section: Section, ward: Ward | None, why: NotNamed | None) -> None:
    assert why_not(section, ward, THINGS["protected"]) is why


@pytest.mark.parametrize(
    ("staff", "others", "shares"),
    [
        ("渡邊 花", ["渡辺 太郎"], True),
        ("見本　ひかり", ["架空 誠", "見本 誠"], True),
        ("見本 ひかり", ["架空 誠"], False),
        ("見本 ひかり", [], False),
        ("", ["", "見本 誠"], False),
    ],
)
def test_whoever_has_an_opponents_family_name_is_asked_about(staff: str, others: list[str], shares: bool) -> None:
    assert shares_a_name(staff, others) is shares
