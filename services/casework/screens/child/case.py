"""What a child's page says of its case in a few words."""

from dataclasses import dataclass
from datetime import date

from contracts.values import CaseState
from contracts.words import SECTIONS, WARDS
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow
from services.casework.domain.case import OUTCOME_TITLES, Case
from services.casework.screens.child.consent import ConsentLine, ObjectionLine, consents, objections
from services.casework.screens.child.history import WaitingBox, waiting
from services.casework.screens.child.rows import Child


@dataclass(frozen=True, slots=True)
class CaseBox:
    """The case in a few words."""

    state: str
    ward: str
    opened_by: str
    opened_at: str
    due: str
    due_on: str
    """The day alone, for what is read on another day: paper."""
    sections: str
    lead: str
    outcome: str
    closed: str
    awaits: str
    """What the case waits for, where nobody who looks can do the next thing."""
    waiting: WaitingBox | None
    consents: tuple[ConsentLine, ...]
    objections: tuple[ObjectionLine, ...]


def case_box(child: Child, case: Case, today: date, *, shows_texts: bool) -> CaseBox:
    """Say where a case stands, who is in charge of it, until when, and for whom it waits."""
    person = f"　{case.person_in_charge}" if case.person_in_charge else ""
    return CaseBox(
        state=flow.STATE_TITLES[case.state],
        ward=WARDS[case.ward],
        opened_by=case.opened_by_name,
        opened_at=dates.moment(case.opened_at),
        due=phrases.due(case.due_on, today) if case.state is not CaseState.CLOSED else "",
        due_on=dates.era_date(case.due_on) if case.state is not CaseState.CLOSED else "",
        sections="、".join(SECTIONS[section] for section in child.file.asked_sections),
        lead=f"{SECTIONS[case.lead_section]}{person}" if case.lead_section else "",
        outcome=OUTCOME_TITLES[case.outcome] if case.outcome else "",
        closed=dates.era_date(child.closed_on) if child.closed_on else "",
        awaits=_awaits(child, case),
        waiting=waiting(child.file, shows_texts=shows_texts),
        consents=consents(child.file, shows_texts=shows_texts),
        objections=objections(child.file, today),
    )


def _awaits(child: Child, case: Case) -> str:
    """Say for whom the case waits until a section is in charge: sections that have not answered, or whoever decides at the conference."""
    missing = "、".join(SECTIONS[section] for section in child.file.unanswered)
    match case.state:
        case CaseState.INVESTIGATION if missing:
            return f"{missing}の調査の回答を待っています"
        case CaseState.INVESTIGATION:
            return "回答がそろいました。担当かとりまとめが議題にします"
        case CaseState.CONFERENCE:
            return "三課で協議し、とりまとめが方針を決めます"
        case _:
            return ""
