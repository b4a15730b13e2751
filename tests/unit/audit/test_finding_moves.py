"""Who may work off a finding, and in which order (audit.md §5: open → explained → escalated → closed; who audits the auditors)."""

from itertools import product
from uuid import UUID

import pytest

from contracts.deeds import audit as deeds
from contracts.values import Role
from services.audit.domain.findings.moves import REASONS, TO, Handler, Move, NotAllowed, Standing, State, offered, why_not

SECURITY = Handler(UUID(int=1), {Role.SECURITY_OFFICER})
PRIVACY = Handler(UUID(int=2), {Role.PRIVACY_OFFICER})
BOTH = Handler(UUID(int=3), {Role.PRIVACY_OFFICER, Role.SECURITY_OFFICER})
CLERK = UUID(int=4)


def test_a_finding_goes_from_open_to_explained_or_escalated_and_only_then_to_closed() -> None:
    of_clerk = {state: offered(SECURITY, Standing(state, CLERK, "ward_clerk")) for state in State}

    assert of_clerk == {
        State.OPEN: (Move.EXPLAIN, Move.ESCALATE),
        State.EXPLAINED: (Move.ESCALATE, Move.CLOSE, Move.REOPEN),
        State.ESCALATED: (Move.EXPLAIN, Move.CLOSE),
        State.CLOSED: (Move.REOPEN,),
    }


@pytest.mark.parametrize("handler", [SECURITY, PRIVACY, BOTH])
def test_nobody_moves_a_finding_about_themself(handler: Handler) -> None:
    about = [Standing(state, handler.id, role, escalated) for state, role, escalated in product(State, (None, "ward_clerk"), (True, False))]

    assert {why_not(move, handler, standing) for move in Move for standing in about} == {NotAllowed.ABOUT_THEMSELF}


def test_what_is_about_one_office_that_watches_is_handled_by_the_other() -> None:
    of_security = Standing(State.EXPLAINED, CLERK, Role.SECURITY_OFFICER)

    assert why_not(Move.CLOSE, SECURITY, of_security) is NotAllowed.OWN_OFFICE
    assert why_not(Move.CLOSE, BOTH, of_security) is NotAllowed.OWN_OFFICE
    assert why_not(Move.CLOSE, PRIVACY, of_security) is None


def test_what_was_escalated_is_closed_by_the_privacy_officer_also_once_it_is_explained() -> None:
    escalated = Standing(State.EXPLAINED, CLERK, "ward_clerk", was_escalated=True)

    assert why_not(Move.CLOSE, SECURITY, escalated) is NotAllowed.FOR_PRIVACY_OFFICER
    assert why_not(Move.CLOSE, PRIVACY, escalated) is None
    assert why_not(Move.CLOSE, SECURITY, Standing(State.ESCALATED, CLERK, Role.PRIVACY_OFFICER, was_escalated=True)) is None


def test_every_move_has_reasons_that_its_deed_can_say() -> None:
    of_moves = {
        Move.EXPLAIN: deeds.FINDING_EXPLAINED,
        Move.ESCALATE: deeds.FINDING_ESCALATED,
        Move.CLOSE: deeds.FINDING_CLOSED,
        Move.REOPEN: deeds.FINDING_REOPENED,
    }

    assert set(TO) == set(REASONS) == set(Move)
    assert [code for move, deed in of_moves.items() for code in (*REASONS[move], *NotAllowed) if not deed.gives(code)] == []
