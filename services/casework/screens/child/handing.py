"""What a child's page says of a hand-over: who offered the case to whom, why, until when, and what goes with it."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypedDict

from contracts.ids import StaffId
from contracts.values import CaseOutcome, CaseState, Section, Ward
from contracts.words import GUIDANCE_CENTER, SECTIONS, WARDS
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.center import ANSWER_WITHIN, oldest_unanswered
from services.casework.domain.handover import ByItself, Destination, Handover, HandoverStatus
from services.casework.screens.child.history import PastLine, history
from services.casework.screens.child.limits import Limits
from services.casework.screens.child.rows import Child

BY_ITSELF = {
    ByItself.MOVED: "住民記録で区が変わったため、自動で申し出ました。",
    ByItself.MOVED_AGAIN: "住民記録で、さらに別の区に変わったため、自動で取り消しました。",
    ByItself.MOVED_BACK: "住民記録で、担当の区に戻ったため、自動で取り消しました。",
    ByItself.PROTECTED: "支援措置の対象になったため、自動で取り消しました。",
    ByItself.CASE_CLOSED: "ケースを終えたため、取り消しました。",
}
LEFT = "転出先の自治体へ引き継ぐかどうかを判断し、引き継いだときは記録してから終えてください。"
TO_CENTER = "受理するまでは、区の担当です。受理するか、理由を書いて差し戻します。"
FROM_WARD = "受理されるまでは、この区の担当です。児童相談所の職員も、このこどもの画面を読めます。"
CENTER_HAS_IT = "担当は児童相談所です。区で再び支援するときは、とりまとめが「再び開く」で始めます。"
BACK = "住民記録では、市内に住んでいます。転出が取り消されたか、戻ってきたかを確かめてください。終えていたケースは、再び開けます。"


WRITTEN_TO_CENTER = frozenset({flow.REPORT, flow.SEND_TO_CENTER, flow.ANSWER_CENTER})


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


def handover_box(file: CaseFile, limits: Limits, today: date) -> HandoverBox | None:
    """
    Say what somebody of a ward, or of the child guidance centre, has to know of the newest hand-over; nothing of one that is over.

    From which ward to which tells where a protected child is; that a case goes to the centre tells nothing.
    """
    handover = file.handover
    if handover is not None and handover.destination is Destination.GUIDANCE_CENTER:
        return _with_center(file, handover, limits, today)
    return _between_wards(file, limits.ward, today) if limits.shows_whereabouts else None


def _between_wards(file: CaseFile, ward: Ward | None, today: date) -> HandoverBox | None:
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


def _with_center(file: CaseFile, handover: Handover, limits: Limits, today: date) -> HandoverBox | None:
    shows_texts = limits.shows_whereabouts or limits.of_center
    if handover.status is HandoverStatus.RETURNED and not limits.of_center:
        facts = _returned(handover, shows_texts=shows_texts)
        return HandoverBox(f"{GUIDANCE_CENTER}から、送致が差し戻されました", "担当はこの区のままです。", facts, late=False)
    if handover.status is HandoverStatus.ACCEPTED and file.standing.state is CaseState.CLOSED:
        on = dates.era_date(dates.local_day(handover.settled_at)) if handover.settled_at else ""
        return HandoverBox(
            f"{GUIDANCE_CENTER}が受理しています", CENTER_HAS_IT, (("受理した日", f"{on}、{handover.settled_by_name}"),), late=False
        )
    if not handover.is_open:
        return None
    late, due, due_on = handover.due_on < today, phrases.due(handover.due_on, today), dates.era_date(handover.due_on)
    if limits.of_center:
        here = WARDS[handover.from_ward] if limits.shows_whereabouts else "区"
        facts = (*_offered(handover), ("引き継がれるもの", _goes_with_it(file)))
        return HandoverBox(f"{here}から、送致の申出が来ています", TO_CENTER, facts, late, due, due_on)
    return HandoverBox(
        f"{GUIDANCE_CENTER}に、送致を申し出ています", FROM_WARD, _offered(handover, shows_texts=shows_texts), late, due, due_on
    )


@dataclass(frozen=True, slots=True)
class ReportBox:
    """What was reported to the child guidance centre and is not answered yet: what and by whom, and until when it is to be."""

    facts: tuple[tuple[str, str], ...]
    due: str
    late: bool


def report_box(child: Child, *, shows_texts: bool) -> ReportBox | None:
    """Say what the centre has still to answer, to it and to the ward."""
    report = oldest_unanswered(child.file)
    if report is None:
        return None
    due = report.at + ANSWER_WITHIN
    facts = (
        ("通告した日時", f"{dates.moment(report.at)}（{report.by_name}）"),
        ("内容", report.details.get("text", "") if shows_texts else phrases.HIDDEN),
    )
    return ReportBox(facts, dates.moment(due), child.read_at is not None and due < child.read_at)


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


def _offered(handover: Handover, *, shows_texts: bool = True) -> tuple[tuple[str, str], ...]:
    by = f"、{handover.offered_by_name}" if handover.offered_by_name else ""
    return (
        ("申し出た日", f"{dates.era_date(dates.local_day(handover.offered_at))}{by}"),
        ("理由", _why(handover.why) if shows_texts else phrases.HIDDEN),
    )


def _returned(handover: Handover, *, shows_texts: bool = True) -> tuple[tuple[str, str], ...]:
    on = dates.era_date(dates.local_day(handover.settled_at)) if handover.settled_at else ""
    return (
        ("差し戻した日", f"{on}、{handover.settled_by_name}"),
        ("理由", (handover.settled_why or "") if shows_texts else phrases.HIDDEN),
    )


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


class Handed(TypedDict):
    """To whom the case is handed, or the child reported, and what was done so far."""

    handover: HandoverBox | None
    report: ReportBox | None
    left: str
    history: tuple[PastLine, ...]


def handed(child: Child, limits: Limits, today: date) -> Handed:
    """Say all of it."""
    return {
        "handover": handover_box(child.file, limits, today),
        "report": report_box(child, shows_texts=limits.shows_whereabouts or limits.of_center),
        "left": left_text(child, today) if limits.shows_whereabouts else "",
        "history": history(child.file, shows_texts=limits.shows_whereabouts, shown_all_the_same=partial(_is_for, limits)),
    }


def _is_for(limits: Limits, past: Past) -> bool:
    """
    Whether ward and child guidance centre wrote it to each other: whoever of the centre looks reads it, whatever else is hidden.

    Why another ward sent the case back was written to the ward.
    """
    sent_back = past.move == flow.RETURN and past.section is Section.GUIDANCE_CENTER
    return limits.of_center and (sent_back or past.move in WRITTEN_TO_CENTER)
