"""What a child's page says of a hand-over: who offered the case to whom, why, until when, and what goes with it."""

from dataclasses import dataclass
from datetime import date

from contracts.ids import StaffId
from contracts.values import CaseOutcome, CaseState, Ward
from contracts.words import SECTIONS, WARDS
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import ByItself, Handover, HandoverStatus
from services.casework.screens.child.rows import Child

BY_ITSELF = {
    ByItself.MOVED: "住民記録で区が変わったため、自動で申し出ました。",
    ByItself.MOVED_AGAIN: "住民記録で、さらに別の区に変わったため、自動で取り消しました。",
    ByItself.MOVED_BACK: "住民記録で、担当の区に戻ったため、自動で取り消しました。",
    ByItself.PROTECTED: "支援措置の対象になったため、自動で取り消しました。",
    ByItself.CASE_CLOSED: "ケースを終えたため、取り消しました。",
}
LEFT = "転出先の自治体へ引き継ぐかどうかを判断し、引き継いだときは記録してから終えてください。"
BACK = "住民記録では、市内に住んでいます。転出が取り消されたか、戻ってきたかを確かめてください。終えていたケースは、再び開けます。"


@dataclass(frozen=True, slots=True)
class HandoverBox:
    """A hand-over that is open, or that was sent back, as whoever looks is concerned by it."""

    title: str
    text: str
    facts: tuple[tuple[str, str], ...]
    late: bool
    due: str = ""
    due_on: str = ""
    """The day alone, for what is read on another day: paper."""


@dataclass(frozen=True, slots=True)
class HandoverAnswer:
    """The newest hand-over, as a program is told of it. Without `offered_by` the register's word offered it."""

    destination: str
    from_ward: Ward
    to_ward: Ward | None
    status: HandoverStatus
    due_on: date
    offered_by: StaffId | None


def handover_box(file: CaseFile, ward: Ward | None, today: date) -> HandoverBox | None:
    """Say what somebody of `ward` has to know of the newest hand-over; nothing of one that is over and done with."""
    handover = file.handover
    if handover is None or handover.to_ward is None:
        return None
    there, here = WARDS[handover.to_ward], WARDS[handover.from_ward]
    if handover.status is HandoverStatus.RETURNED and ward is handover.from_ward:
        return HandoverBox(f"{there}から、引継ぎが差し戻されました", "担当はこの区のままです。", _returned(handover), late=False)
    if not handover.is_open:
        return None
    late, due, due_on = handover.due_on < today, phrases.due(handover.due_on, today), dates.era_date(handover.due_on)
    if ward is handover.to_ward:
        text = "受領するまでは、前の区の担当です。この区では、読むことと、とりまとめ・係長が受領するか差し戻すことができます。"
        facts = (*_offered(handover), ("引き継がれるもの", _goes_with_it(file)))
        return HandoverBox(f"{here}から、引継ぎの申出が来ています", text, facts, late, due, due_on)
    text = "受領されるまでは、この区の担当です。相手の区も、このこどもの画面を読めます。"
    return HandoverBox(f"{there}に、引継ぎを申し出ています", text, _offered(handover), late, due, due_on)


def left_text(child: Child, today: date) -> str:
    """Say what the register tells of a move out of the city, and of one that it took back, as far as something is to be done (S03)."""
    case = child.case
    if case is None:
        return ""
    if child.left_on is not None and child.left_on <= today and case.state is not CaseState.CLOSED:
        on = dates.era_date(child.left_on)
        done = "引継ぎは記録されています。終えるかどうかを決めてください。" if child.file.was_handed_outside else LEFT
        return f"住民記録では、{on}に市外へ転出しています。{done}"
    ends = case.outcome is CaseOutcome.MOVED_OUT or case.asks == "moved_out"
    return BACK if ends and child.left_on is None else ""


def handover_answer(file: CaseFile) -> HandoverAnswer | None:
    """Tell the newest hand-over."""
    found = file.handover
    if found is None:
        return None
    return HandoverAnswer(found.destination, found.from_ward, found.to_ward, found.status, found.due_on, found.offered_by)


def _offered(handover: Handover) -> tuple[tuple[str, str], ...]:
    by = f"、{handover.offered_by_name}" if handover.offered_by_name else ""
    return (
        ("申し出た日", f"{dates.era_date(dates.local_day(handover.offered_at))}{by}"),
        ("理由", _why(handover.why)),
    )


def _returned(handover: Handover) -> tuple[tuple[str, str], ...]:
    on = dates.era_date(dates.local_day(handover.settled_at)) if handover.settled_at else ""
    return (("差し戻した日", f"{on}、{handover.settled_by_name}"), ("理由", handover.settled_why or ""))


def _why(text: str) -> str:
    return BY_ITSELF[ByItself(text)] if text in set(ByItself) else text


def _goes_with_it(file: CaseFile) -> str:
    """Say what the new ward gets with the case: its past, what is not answered yet; and what does not go on there."""
    said = [f"これまでの経過{len(file.past)}件"]
    if file.unanswered:
        said.append(f"まだ回答のない調査（{'、'.join(SECTIONS[section] for section in file.unanswered)}）")
    asked = file.asked
    if asked is not None:
        said.append(f"決裁を待っている「{flow.ANY_BY_KEY[asked.move].title}」（受領すると、取りやめになります）")
    return "、".join(said)
