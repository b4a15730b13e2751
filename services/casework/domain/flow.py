"""
How a case moves: the one table from which buttons, the API, tests and the picture are made (`casework.md` §2.2).

The truth of where a case stands is its row in the database; this table says what may follow. A review without a case stands at
`noticed`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from contracts.ids import StaffId
from contracts.values import CaseState, Role, Section


class Party(StrEnum):
    """
    Who makes a move. The section in charge is chosen at the conference (PUSH-03); who receives is of the ward, or the child guidance
    centre, that the case is offered to.
    """

    CLERK = "clerk"
    LEAD = "lead"
    SECTION_IN_CHARGE = "section_in_charge"
    HEAD_IN_CHARGE = "head_in_charge"
    RECEIVING_LEAD = "receiving_lead"
    CENTER = "center"
    RECEIVING_CENTER = "receiving_center"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """
    One move; without an `end`, something that is added to a case where it stands.

    `needs` must be given with it; `second` means that another person has to approve it.
    """

    key: str
    title: str
    start: tuple[CaseState, ...]
    end: CaseState | None
    who: frozenset[Party]
    needs: tuple[str, ...] = ()
    second: bool = False


class MoveNotPossible(Exception):
    """The case stands where this move does not start."""


class ReasonsGone(MoveNotPossible):
    """None of the reasons is left for which people were asked to look: no case begins with them."""


class Objected(MoveNotPossible):
    """The family asks that its data be not used: until it is decided, nobody approaches it anew."""


class NotHandedOver(MoveNotPossible):
    """The case is offered to somebody already, or it is not and there is nothing to accept, return or revoke."""


class WaitsForAnother(MoveNotPossible):
    """A move of this case waits for another person's approval, or there is none that waits for this one's."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A move that somebody asked for, and that another person has to approve."""

    move: str
    by: StaffId


S = CaseState
OPEN_STATES = tuple(state for state in CaseState if state is not S.CLOSED)
_IN_CHARGE = (S.APPROACH, S.ASSESSMENT, S.PLANNING, S.SUPPORT, S.WATCH_OVER)
_WARD = frozenset({Party.CLERK, Party.LEAD})
_LEAD = frozenset({Party.LEAD})
_SECTION = frozenset({Party.SECTION_IN_CHARGE})
_HEADS = frozenset({Party.LEAD, Party.HEAD_IN_CHARGE})

REPORT, SEND_TO_CENTER, RECEIVE_SENT = "report_urgently", "send_to_guidance_center", "receive_at_guidance_center"
RECEIVED_ON_PAPER, ANSWER_CENTER = "sent_to_guidance_center", "answer_from_guidance_center"
MOVES: tuple[Move, ...] = (
    Move("start_investigation", "調査を始める", (S.NOTICED,), S.INVESTIGATION, _WARD, ("sections", "due_on")),
    Move(
        "withdraw_as_error",
        "誤りとして取り下げる",
        (S.NOTICED, S.INVESTIGATION),
        S.CLOSED,
        _WARD,
        ("error_kind", "correction_asked_of"),
        second=True,
    ),
    Move("put_on_agenda", "議題にする", (S.INVESTIGATION,), S.CONFERENCE, _WARD, ("siblings_checked", "held_on")),
    Move(
        "decide_approach",
        "方針を決める",
        (S.CONFERENCE,),
        S.APPROACH,
        _LEAD,
        ("present", "agreed_in_writing", "approach_method", "lead_section", "person_in_charge", "due_on", "why"),
    ),
    Move("watch_through_contacts", "既存の関わりで見守る", (S.CONFERENCE,), S.WATCH_OVER, _LEAD, ("lead_section", "look_again_on", "why")),
    Move("defer", "見送る", (S.CONFERENCE,), S.DEFERRED, _LEAD, ("resume_on", "why")),
    Move("close_without_need", "支援不要で終える", (S.CONFERENCE,), S.CLOSED, _LEAD, ("outcome", "why"), second=True),
    Move("met", "会えた", (S.APPROACH,), S.ASSESSMENT, _SECTION, ("contacted_on", "met_whom", "sighted", "findings")),
    # A refusal leads back to the conference. It is never a reason to close.
    Move("not_met", "会えない・断られた", (S.APPROACH,), S.CONFERENCE, _SECTION, ("why",)),
    Move("need_found", "要支援と判断する", (S.ASSESSMENT,), S.PLANNING, _SECTION, ("assessment",), second=True),
    Move("watch_found", "見守りと判断する", (S.ASSESSMENT,), S.WATCH_OVER, _SECTION, ("assessment", "look_again_on"), second=True),
    Move("no_need_found", "支援不要と判断する", (S.ASSESSMENT,), S.CLOSED, _SECTION, ("assessment", "outcome"), second=True),
    Move("decide_plan", "プランを決める", (S.PLANNING,), S.SUPPORT, _SECTION, ("plan", "wish_of_guardian", "wish_of_child"), second=True),
    Move("reassess", "見直す", (S.SUPPORT, S.WATCH_OVER), S.ASSESSMENT, frozenset({Party.SECTION_IN_CHARGE, Party.HEAD_IN_CHARGE})),
    Move("move_to_watch", "見守りへ移す", (S.SUPPORT,), S.WATCH_OVER, _SECTION, ("look_again_on",), second=True),
    Move("support_again", "再び支援する", (S.WATCH_OVER,), S.SUPPORT, _SECTION, ("why",)),
    Move("finish", "終える", (S.SUPPORT, S.WATCH_OVER), S.CLOSED, _SECTION, ("outcome", "nothing_left_to_do"), second=True),
    Move("resume", "再開する", (S.DEFERRED,), S.INVESTIGATION, _WARD | {Party.SYSTEM}, ("why",)),
    Move("choose_section_anew", "担当を決め直す", _IN_CHARGE, S.CONFERENCE, _HEADS, ("why",)),
    Move("moved_out", "市外転出で終える", OPEN_STATES, S.CLOSED, _HEADS, ("moved_out_on", "information_to_new_city"), second=True),
    # The child guidance centre's receipt stands for the second person.
    Move(RECEIVED_ON_PAPER, "児相へ送致して終える", OPEN_STATES, S.CLOSED, _HEADS, ("receipt",)),
    Move(RECEIVE_SENT, "送致を受理する", OPEN_STATES, S.CLOSED, frozenset({Party.RECEIVING_CENTER}), ("receipt",)),
    Move("came_of_age", "年齢到達で終える", OPEN_STATES, S.CLOSED, _HEADS, ("handed_to_or_why_not",), second=True),
    Move("reopen", "再び開く", (S.CLOSED,), S.INVESTIGATION, _LEAD, ("why",), second=True),
)
"""Every move there is (24)."""

BY_KEY: Mapping[str, Move] = MappingProxyType({move.key: move for move in MOVES})

APPROVE, SEND_BACK, TAKE_BACK = "approve", "send_back", "take_back"
OFFER, ACCEPT, RETURN, REVOKE = "offer_handover", "accept_handover", "return_handover", "revoke_handover"
HAND_OVER_OUTSIDE = "hand_over_outside"
CONSENT, WITHDRAW, OBJECT = "record_consent", "withdraw_consent", "record_objection"
NEW_APPROACHES = frozenset({"decide_approach", "decide_plan", "support_again"})
"""What nobody decides while a family's objection stands (S17)."""
OFFERS, SETTLES = frozenset({OFFER, SEND_TO_CENTER}), frozenset({ACCEPT, RETURN, REVOKE, RECEIVE_SENT})
HANDOVERS = OFFERS | SETTLES
CHANGES_WHO_SEES = HANDOVERS | {REPORT, ANSWER_CENTER}
"""What begins or ends that somebody beyond the ward sees the child."""
_BEGUN = tuple(state for state in OPEN_STATES if state is not S.NOTICED)
_ANYBODY = _WARD | _SECTION
_RECEIVING = frozenset({Party.RECEIVING_LEAD})
_CENTER = frozenset({Party.CENTER})
ACTS: tuple[Move, ...] = (
    Move("answer_investigation", "調査に回答する", (S.INVESTIGATION,), None, _WARD, ("held", "text")),
    Move("record_contact", "接触を記録する", _IN_CHARGE, None, _SECTION, ("contacted_on", "method", "result")),
    Move("add_note", "経過を書き加える", _BEGUN, None, _ANYBODY, ("text",)),
    # Whoever suspects abuse reports at once, by the existing way; this keeps that it was done (児童虐待防止法6条, `casework.md` §2.2).
    Move(REPORT, "児童相談所への通告を記録する", OPEN_STATES, None, _ANYBODY, ("reported_to", "text")),
    Move(APPROVE, "決裁する", tuple(CaseState), None, _HEADS),
    Move(SEND_BACK, "差し戻す", tuple(CaseState), None, _HEADS, ("why",)),
    Move(TAKE_BACK, "決裁の依頼を取り下げる", tuple(CaseState), None, _ANYBODY),
    # Before a case ends because its family left the city: what went to the new one, on which ground, to whom (S03).
    Move(
        HAND_OVER_OUTSIDE, "市外の自治体への引継ぎを記録する", _BEGUN, None, _ANYBODY, ("recipient", "contents", "legal_basis", "handed_on")
    ),
    # What a family agrees to and what it objects to (S17).
    Move(CONSENT, "情報の共有への同意を記録する", _IN_CHARGE, None, _SECTION, ("recipient", "contents", "consented_by", "consented_on")),
    Move(WITHDRAW, "同意の撤回を記録する", _BEGUN, None, _ANYBODY, ("recipient", "withdrawn_by", "withdrawn_on")),
    Move(OBJECT, "利用停止の求めを記録する", _BEGUN, None, _ANYBODY, ("objected_by", "objected_on", "text")),
    # No second person: whoever accepts is one (`casework.md` §2.3, §2.5).
    Move(OFFER, "ほかの区へ引き継ぐ", _BEGUN, None, _WARD, ("to_ward", "why")),
    Move(ACCEPT, "引継ぎを受領する", OPEN_STATES, None, _RECEIVING),
    Move(RETURN, "引継ぎを差し戻す", OPEN_STATES, None, _RECEIVING | {Party.RECEIVING_CENTER}, ("why",)),
    Move(REVOKE, "引継ぎの申出を取り消す", OPEN_STATES, None, _WARD, ("why",)),
    # To the child guidance centre the same way; what was reported or sent to it, it answers.
    Move(SEND_TO_CENTER, "児相への送致を申し出る", _BEGUN, None, _HEADS, ("why",)),
    Move(ANSWER_CENTER, "児童相談所から回答する", tuple(CaseState), None, _CENTER, ("answer", "text")),
)
"""What is added to a case where it stands, what becomes of a move that waits for a second person, and who is to own the case."""

ANY_BY_KEY: Mapping[str, Move] = MappingProxyType({move.key: move for move in (*MOVES, *ACTS)})

WHILE_WAITING = frozenset(
    {
        *("answer_investigation", "record_contact", "add_note", REPORT, RECEIVED_ON_PAPER),
        *(ACCEPT, RETURN, REVOKE, WITHDRAW, OBJECT, SEND_TO_CENTER, RECEIVE_SENT, ANSWER_CENTER),
    }
)
"""What goes on while a move waits for its second person. Nothing waits where a child is in danger, or has moved."""

STATE_TITLES: Mapping[CaseState, str] = MappingProxyType(
    {
        S.NOTICED: "把握",
        S.INVESTIGATION: "調査",
        S.CONFERENCE: "協議",
        S.APPROACH: "アプローチ",
        S.ASSESSMENT: "アセスメント",
        S.PLANNING: "プラン",
        S.SUPPORT: "支援",
        S.WATCH_OVER: "見守り",
        S.DEFERRED: "見送り",
        S.CLOSED: "終結",
    }
)


def parties_of(roles: frozenset[Role], section: Section, lead_section: Section | None, *, receives: bool = False) -> frozenset[Party]:
    """
    Return what somebody of `section` with `roles` is to a case of which `lead_section` is in charge.

    Where the case is another ward's and only offered to theirs, somebody `receives` it, and nothing else. Of the child guidance centre
    somebody answers, and `receives` what is offered to it.
    """
    if Role.GUIDANCE_WORKER in roles:
        return frozenset({Party.CENTER, Party.RECEIVING_CENTER} if receives else {Party.CENTER})
    if receives:
        return frozenset({Party.RECEIVING_LEAD} if Role.WARD_LEAD in roles else ())
    parties: set[Party] = set()
    in_charge = lead_section is section
    if Role.WARD_CLERK in roles:
        parties |= {Party.CLERK} | ({Party.SECTION_IN_CHARGE} if in_charge else set())
    if Role.WARD_LEAD in roles:
        parties |= {Party.LEAD} | ({Party.SECTION_IN_CHARGE, Party.HEAD_IN_CHARGE} if in_charge else set())
    return frozenset(parties)


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a case stands, as far as it decides which moves there are.

    `needed` is whether the ruleset still asks for the review, `offered` whether somebody has still to accept the case, `objected`
    whether the family's objection keeps people from approaching it.
    """

    state: CaseState
    needed: bool = True
    waiting: Waiting | None = None
    offered: bool = False
    objected: bool = False


def possible_moves(place: Place, parties: frozenset[Party], by: StaffId, wired: Collection[str]) -> tuple[Move, ...]:
    """
    Return what `by`, who is `parties` to the case, may do where it stands, in the order of the tables.

    `wired` are the keys of those that can be made in this release.
    """
    return tuple(move for move in (*MOVES, *ACTS) if move.key in wired and parties & move.who and _why_not(move, place, by) is None)


def must_start(move: Move, place: Place, by: StaffId) -> None:
    """
    Raise MoveNotPossible where `move` does not start from where the case stands.

    WaitsForAnother where one is waiting for its second person, or none is that `by` might decide; ReasonsGone where the review is not
    needed any more.
    """
    why_not = _why_not(move, place, by)
    if why_not is not None:
        raise why_not


def _why_not(move: Move, place: Place, by: StaffId) -> MoveNotPossible | None:
    if place.state not in move.start:
        return MoveNotPossible(f"'{move.key}' starts from {', '.join(move.start)}, and the case is at {place.state}")
    if (why_not := _why_not_begin(move, place)) is not None:
        return why_not
    if move.key in {APPROVE, SEND_BACK, TAKE_BACK}:
        return _why_not_decide(move, place.waiting, by)
    if (move.key in OFFERS and place.offered) or (move.key in SETTLES and not place.offered):
        return NotHandedOver("the case is offered already" if place.offered else "the case is offered to nobody")
    if place.waiting is not None and move.key not in WHILE_WAITING:
        return WaitsForAnother(f"'{place.waiting.move}' waits for another person's approval")
    return None


def _why_not_begin(move: Move, place: Place) -> MoveNotPossible | None:
    if not place.needed and _begins(move, place.state):
        return ReasonsGone("none of the reasons for the review is left; people may look at it and close it, not start with it")
    # What another person approves is made with that.
    made = place.waiting.move if place.waiting is not None and move.key == APPROVE else move.key
    if place.objected and made in NEW_APPROACHES:
        return Objected(f"the family objects: '{made}' waits until that is decided")
    return None


def _why_not_decide(move: Move, waiting: Waiting | None, by: StaffId) -> MoveNotPossible | None:
    if waiting is None:
        return WaitsForAnother("no move waits for approval")
    if (waiting.by == by) is not (move.key == TAKE_BACK):
        return WaitsForAnother("who asked for a move may take it back; another person approves it or sends it back")
    return None


def is_gone(state: CaseState | None, *, needed: bool) -> bool:
    """Whether a review has lost its reasons before a case came of it: it waits for a person to close it, and for nothing else."""
    return not needed and state in {None, CaseState.NOTICED}


def _begins(move: Move, state: CaseState) -> bool:
    # What is being done stays with the people who do it, whatever the records say by now (S08).
    return state is S.NOTICED and move.end not in {S.CLOSED, None}
