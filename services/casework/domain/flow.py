"""
How a case moves: the one table from which buttons, the API, tests and the picture are made (`casework.md` §2.2).

The truth of where a case stands is its row in the database; this table says what may follow. A review without a case stands at
`noticed`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from contracts.values import CaseState, Role


class Party(StrEnum):
    """Who makes a move. The section in charge is chosen at the conference (PUSH-03)."""

    CLERK = "clerk"
    LEAD = "lead"
    SECTION_IN_CHARGE = "section_in_charge"
    HEAD_IN_CHARGE = "head_in_charge"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `needs` must be given with it; `second` means that another person has to approve it."""

    key: str
    title: str
    start: tuple[CaseState, ...]
    end: CaseState
    who: frozenset[Party]
    needs: tuple[str, ...] = ()
    second: bool = False


class MoveNotPossible(Exception):
    """The case stands where this move does not start."""


class ReasonsGone(MoveNotPossible):
    """None of the reasons is left for which people were asked to look: no case begins with them."""


S = CaseState
OPEN_STATES = tuple(state for state in CaseState if state is not S.CLOSED)
_IN_CHARGE = (S.APPROACH, S.ASSESSMENT, S.PLANNING, S.SUPPORT, S.WATCH_OVER)
_WARD = frozenset({Party.CLERK, Party.LEAD})
_LEAD = frozenset({Party.LEAD})
_SECTION = frozenset({Party.SECTION_IN_CHARGE})
_HEADS = frozenset({Party.LEAD, Party.HEAD_IN_CHARGE})

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
    Move("put_on_agenda", "議題にする", (S.INVESTIGATION,), S.CONFERENCE, _WARD, ("three_answers", "siblings_checked")),
    Move(
        "decide_approach",
        "方針を決める",
        (S.CONFERENCE,),
        S.APPROACH,
        _LEAD,
        ("three_sections_present", "approach_method", "lead_section", "person_in_charge", "due_on", "reason"),
    ),
    Move(
        "watch_through_contacts", "既存の関わりで見守る", (S.CONFERENCE,), S.WATCH_OVER, _LEAD, ("lead_section", "look_again_on", "reason")
    ),
    Move("defer", "見送る", (S.CONFERENCE,), S.DEFERRED, _LEAD, ("resume_on", "reason")),
    Move("close_without_need", "支援不要で終える", (S.CONFERENCE,), S.CLOSED, _LEAD, ("outcome", "reason"), second=True),
    Move("met", "会えた", (S.APPROACH,), S.ASSESSMENT, _SECTION, ("contact",)),
    # A refusal leads back to the conference. It is never a reason to close.
    Move("not_met", "会えない・断られた", (S.APPROACH,), S.CONFERENCE, _SECTION, ("three_attempts_or_refusal",)),
    Move("need_found", "要支援と判断する", (S.ASSESSMENT,), S.PLANNING, _SECTION, ("assessment",), second=True),
    Move("watch_found", "見守りと判断する", (S.ASSESSMENT,), S.WATCH_OVER, _SECTION, ("assessment", "look_again_on"), second=True),
    Move("no_need_found", "支援不要と判断する", (S.ASSESSMENT,), S.CLOSED, _SECTION, ("assessment", "outcome"), second=True),
    Move("decide_plan", "プランを決める", (S.PLANNING,), S.SUPPORT, _SECTION, ("plan", "wishes_of_guardian_and_child"), second=True),
    Move("reassess", "見直す", (S.SUPPORT, S.WATCH_OVER), S.ASSESSMENT, frozenset({Party.SECTION_IN_CHARGE, Party.HEAD_IN_CHARGE})),
    Move("move_to_watch", "見守りへ移す", (S.SUPPORT,), S.WATCH_OVER, _SECTION, ("look_again_on",), second=True),
    Move("support_again", "再び支援する", (S.WATCH_OVER,), S.SUPPORT, _SECTION, ("reason",)),
    Move("finish", "終える", (S.SUPPORT, S.WATCH_OVER), S.CLOSED, _SECTION, ("outcome", "nothing_left_to_do"), second=True),
    Move("resume", "再開する", (S.DEFERRED,), S.INVESTIGATION, _WARD | {Party.SYSTEM}, ("reason",)),
    Move("choose_section_anew", "担当を決め直す", _IN_CHARGE, S.CONFERENCE, _HEADS, ("reason",)),
    Move("moved_out", "市外転出で終える", OPEN_STATES, S.CLOSED, _HEADS, ("moved_out_on", "information_to_new_city"), second=True),
    # The child guidance centre's receipt stands for the second person.
    Move("sent_to_guidance_center", "児相へ送致して終える", OPEN_STATES, S.CLOSED, _HEADS, ("receipt",)),
    Move("came_of_age", "年齢到達で終える", OPEN_STATES, S.CLOSED, _HEADS, ("handed_to_or_why_not",), second=True),
    Move("reopen", "再び開く", (S.CLOSED,), S.INVESTIGATION, _LEAD, ("reason", "within_retention"), second=True),
)
"""Every move there is (23)."""

BY_KEY: Mapping[str, Move] = MappingProxyType({move.key: move for move in MOVES})

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

_PARTIES: Mapping[Role, frozenset[Party]] = MappingProxyType(
    {Role.WARD_CLERK: frozenset({Party.CLERK}), Role.WARD_LEAD: frozenset({Party.LEAD, Party.HEAD_IN_CHARGE})}
)


def possible_moves(state: CaseState, roles: frozenset[Role], wired: Collection[str], *, needed: bool = True) -> tuple[Move, ...]:
    """
    Return the moves that somebody with `roles` may make from `state`, in the order of the table.

    `wired` are the keys of those that can be made in this release; `needed` is whether the ruleset still asks for the review.
    """
    parties = frozenset(party for role in roles for party in _PARTIES.get(role, frozenset()))
    return tuple(
        move for move in MOVES if move.key in wired and state in move.start and parties & move.who and (needed or not _begins(move, state))
    )


def must_start(move: Move, state: CaseState, *, needed: bool = True) -> None:
    """Raise MoveNotPossible where `move` does not start from `state`, and ReasonsGone where the review is not `needed` any more."""
    if state not in move.start:
        raise MoveNotPossible(f"'{move.key}' starts from {', '.join(move.start)}, and the case is at {state}")
    if not needed and _begins(move, state):
        raise ReasonsGone("none of the reasons for the review is left; people may look at it and close it, not start with it")


def is_gone(state: CaseState | None, *, needed: bool) -> bool:
    """Whether a review has lost its reasons before a case came of it: it waits for a person to close it, and for nothing else."""
    return not needed and state in {None, CaseState.NOTICED}


def _begins(move: Move, state: CaseState) -> bool:
    # What is being done stays with the people who do it, whatever the records say by now (S08).
    return state is S.NOTICED and move.end is not S.CLOSED
