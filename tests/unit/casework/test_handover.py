"""One owner at any time, whatever people and the register do in whatever order (casework.md §2.5, S02)."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState, Role, Section, Ward
from infra.identity.lasting import Lasting
from infra.identity.staff import Staff
from services.casework.doing import Done, carry_out
from services.casework.domain import flow
from services.casework.domain.case import Case
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.handover import ByItself, Destination, Follows, Handover, HandoverStatus, Resident, what_follows
from services.casework.domain.policy import Facts, Permit, Thing, Viewer, may
from services.casework.moves import STEPS, offered
from services.casework.steps import Made

NOON = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 1)
WARDS = (Ward.HIGASHI, Ward.SAWARA, Ward.NISHI)
IN_CHARGE = (CaseState.APPROACH, CaseState.ASSESSMENT, CaseState.PLANNING, CaseState.SUPPORT, CaseState.WATCH_OVER)


def lead(ward: Ward) -> Staff:
    number = list(Ward).index(ward) + 1
    roles = frozenset({Role.WARD_LEAD})
    return Staff(StaffId(UUID(int=number)), f"{ward}.lead", "見本", Section.HEALTH, ward, roles, "s", "t", Lasting(NOON, NOON))


def viewer(staff: Staff) -> Viewer:
    return Viewer(staff.id, staff.section, staff.ward, staff.roles)


def case_at(state: CaseState, ward: Ward = Ward.HIGASHI) -> Case:
    return Case(
        case_id=CaseId(UUID(int=100)),
        person_id=PersonId(UUID(int=101)),
        household_id=None,
        ward=ward,
        state=state,
        version=1,
        opened_at=NOON,
        opened_by=StaffId(UUID(int=102)),
        opened_by_name="見本",
        due_on=TODAY,
        lead_section=Section.HEALTH,
        person_in_charge="見本",
    )


def offer(to_ward: Ward = Ward.SAWARA, from_ward: Ward = Ward.HIGASHI) -> Handover:
    return Handover(
        handover_id=UUID(int=103),
        case_id=CaseId(UUID(int=100)),
        person_id=PersonId(UUID(int=101)),
        destination=Destination.WARD,
        from_ward=from_ward,
        to_ward=to_ward,
        status=HandoverStatus.OFFERED,
        offered_at=NOON,
        offered_by=None,
        offered_by_name=None,
        due_on=TODAY,
        why=ByItself.MOVED,
    )


@dataclass
class Book:
    """A case as the database has it: with the version that a page was made of, and every hand-over."""

    file: CaseFile
    handovers: dict[UUID, Handover]
    noticed_in: Ward
    ids: int = 1000

    @property
    def thing(self) -> Thing:
        open_offer = self.file.offer
        return Thing(self.file.case.ward, offered_to=open_offer.to_ward if open_offer else None)

    def does(self, staff: Staff, move: str, page: int, **filled: Any) -> Done | None:
        """Make a move from a page of that version, as `moving.make` does; None where a wall or the table refuses it."""
        step, facts = STEPS[move], Facts(self.thing)
        keys = {each.move.key for each in offered(viewer(staff), facts, self.file, needed=True)}
        if page != self.file.case.version or move not in keys:
            return None
        self.ids += 1
        form = step.form.model_validate({"move": move, **filled})
        made = Made(staff, NOON, TODAY, CaseId(UUID(int=self.ids)))
        if list(step.errors(form, self.file, TODAY)):
            return None
        done = carry_out(step, form, self.file, made, asks=step.move.second)
        before = self.file.case.state
        past = Past(done.case.version, move, before, done.case.state, NOON, staff.id, staff.name, staff.section, {}, done.noted.asks)
        self.file = CaseFile(done.case, (*self.file.past, past), self.file.handover)
        if done.handover is not None:
            self.keep(done.handover)
        return done

    def hears(self, lives_in: Ward) -> None:
        """As `handing.follow_the_register` does."""
        case, open_offer = self.file.case, self.file.offer
        to_ward, waits = open_offer.to_ward if open_offer else None, self.file.is_offered_to_center
        resident = Resident(case.ward, self.noticed_in, lives_in, protected=False, open_to=to_ward, waits_for_center=waits)
        follows = what_follows(resident)
        self.noticed_in = follows.noticed_in
        if follows.takes_back is not None and open_offer is not None:
            self.keep(open_offer.settled(HandoverStatus.REVOKED, NOON, None, follows.takes_back))
        if follows.offers_to is not None:
            self.ids += 1
            self.keep(replace(offer(follows.offers_to, case.ward), handover_id=UUID(int=self.ids)))
        if follows != replace(follows, takes_back=None, offers_to=None):
            self.file = replace(self.file, standing=replace(case, version=case.version + 1))

    def keep(self, handover: Handover) -> None:
        self.handovers[handover.handover_id] = handover
        self.file = replace(self.file, handover=handover)


class HandsOver(RuleBasedStateMachine):
    """Leads of three wards, each with two tabs that may be old, and a register that says where the child lives."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book(CaseFile(case_at(CaseState.ASSESSMENT)), {}, Ward.HIGASHI)
        self.tabs = {(ward, tab): 1 for ward in WARDS for tab in (1, 2)}
        self.owners = [Ward.HIGASHI]

    @rule(ward=st.sampled_from(WARDS), tab=st.sampled_from((1, 2)))
    def opens_the_page(self, ward: Ward, tab: int) -> None:
        self.tabs[ward, tab] = self.book.file.case.version

    @rule(
        ward=st.sampled_from(WARDS),
        tab=st.sampled_from((1, 2)),
        move=st.sampled_from(sorted(flow.HANDOVERS)),
        to_ward=st.sampled_from(WARDS),
    )
    def presses(self, ward: Ward, tab: int, move: str, to_ward: Ward) -> None:
        filled = {"to_ward": to_ward, "why": "転居"} if move == flow.OFFER else {} if move == flow.ACCEPT else {"why": "違う"}
        before = self.book.file.case.ward
        done = self.book.does(lead(ward), move, self.tabs[ward, tab], **filled)
        if done is None:
            return
        assert before is ward or move in {flow.ACCEPT, flow.RETURN}
        self.owners += [self.book.file.case.ward] if move == flow.ACCEPT else []
        assert self.book.file.case.ward is self.owners[-1]

    @rule(lives_in=st.sampled_from(WARDS))
    def the_register_says(self, lives_in: Ward) -> None:
        self.book.hears(lives_in)
        again = dict(self.book.handovers)
        self.book.hears(lives_in)
        assert self.book.handovers == again

    @precondition(lambda self: len(self.owners) > 1)
    @rule(ward=st.sampled_from(WARDS))
    def an_old_owner_looks(self, ward: Ward) -> None:
        sees = may(viewer(lead(ward)), STEPS["add_note"].right, self.book.thing)
        assert isinstance(sees, Permit) is (ward is self.owners[-1])

    @invariant()
    def one_owner_and_at_most_one_who_may_become_it(self) -> None:
        case, thing = self.book.file.case, self.book.thing
        changes = [ward for ward in WARDS if isinstance(may(viewer(lead(ward)), STEPS["add_note"].right, thing), Permit)]
        open_ones = [each for each in self.book.handovers.values() if each.is_open]

        assert changes == [case.ward] == [self.owners[-1]]
        assert len(open_ones) <= 1
        assert [each.from_ward for each in open_ones] == [case.ward] * len(open_ones)
        assert all(each.to_ward is not case.ward for each in open_ones)
        accepted = [each.to_ward for each in self.book.handovers.values() if each.status is HandoverStatus.ACCEPTED]
        assert Counter(accepted) == Counter(self.owners[1:])


TestHandsOver = HandsOver.TestCase


@given(st.sampled_from(WARDS), st.sampled_from(WARDS), st.sampled_from([*WARDS, None]), st.sampled_from([*WARDS, None]))
def test_of_a_protected_child_nothing_is_offered_and_what_was_is_taken_back(
    owner: Ward, noticed: Ward, lives_in: Ward | None, open_to: Ward | None
) -> None:
    """casework.md §2.5: a measure is chained to nothing by itself."""
    follows = what_follows(Resident(owner, noticed, lives_in, protected=True, open_to=open_to))

    assert follows == Follows(owner, ByItself.PROTECTED if open_to is not None else None)


@pytest.mark.parametrize("state", flow.OPEN_STATES)
def test_the_new_ward_confers_anew_and_nobody_of_the_old_one_is_in_charge(state: CaseState) -> None:
    """S02: the conference is confirmed anew by its three sections; before one, the case goes on where it stood."""
    asked = Past(2, "close_without_need", state, state, NOON, lead(Ward.HIGASHI).id, "見本", Section.HEALTH, {}, asks=True)
    book = Book(CaseFile(replace(case_at(state), asks=asked.move), (asked,), offer()), {}, Ward.SAWARA)
    done = book.does(lead(Ward.SAWARA), flow.ACCEPT, 1)

    assert done is not None
    early = state in {CaseState.NOTICED, CaseState.INVESTIGATION}
    case = done.case
    assert (case.ward, case.state, case.lead_section, case.person_in_charge, case.asks) == (
        Ward.SAWARA,
        state if early else CaseState.CONFERENCE,
        None,
        None,
        None,
    )
    assert book.file.asked is None
    assert case.due_on > TODAY


def test_what_the_old_wards_sections_answered_is_no_answer_of_the_new_ones() -> None:
    started = Past(
        1, "start_investigation", CaseState.NOTICED, CaseState.INVESTIGATION, NOON, StaffId(UUID(int=1)), "見本", Section.HEALTH,
        {"sections": [Section.HEALTH]},
    )  # fmt: skip
    answered = replace(started, version=2, move="answer_investigation", start=CaseState.INVESTIGATION, details={"held": "nothing"})
    accepted = replace(answered, version=3, move=flow.ACCEPT, details={})

    before = CaseFile(case_at(CaseState.INVESTIGATION), (started, answered))
    assert before.unanswered == ()
    assert replace(before, past=(*before.past, accepted)).unanswered == (Section.HEALTH,)


@pytest.mark.parametrize("status", [status for status in HandoverStatus if status is not HandoverStatus.OFFERED])
def test_a_hand_over_is_settled_once(status: HandoverStatus) -> None:
    settled = offer().settled(status, NOON, None, "")

    with pytest.raises(ValueError, match="does not become"):
        settled.settled(HandoverStatus.ACCEPTED, NOON, None, "")


@pytest.mark.parametrize("move", ["moved_out", "came_of_age", "sent_to_guidance_center"])
def test_a_case_that_ends_is_handed_to_nobody_any_more(move: str) -> None:
    book = Book(CaseFile(case_at(CaseState.SUPPORT), (), offer()), {}, Ward.SAWARA)
    step = STEPS[move]
    done = carry_out(
        step, step.form.model_validate({"move": move}), book.file, Made(lead(Ward.HIGASHI), NOON, TODAY, CaseId(UUID(int=9))), asks=False
    )

    assert done.handover is not None
    assert (done.handover.status, done.handover.settled_why, done.case.handover) == (
        HandoverStatus.REVOKED,
        ByItself.CASE_CLOSED,
        HandoverStatus.REVOKED,
    )
