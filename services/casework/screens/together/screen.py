"""Several children of a household at once (S12): one visit with each child's result, and one conference with each child's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID, uuid4

from pydantic import Field

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed
from contracts.ids import PersonId
from contracts.values import CaseState, Section
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.domain import flow
from services.casework.domain.case import Outcome
from services.casework.domain.casefile import Contact
from services.casework.domain.policy import Action
from services.casework.fields import CONCLUSIONS, CONTACTS, METHODS, SECTION_CHOICES, YES_NO, all_three, months_ahead
from services.casework.moved import InTheLog
from services.casework.screens.child.offer import CONFERRED, VISITED
from services.casework.screens.together import house
from services.casework.screens.together.house import House
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet
from services.casework.steps import Line, Text

Method = Literal["home_visit", "telephone", "at_office", "at_facility", "letter"]
DECISIONS = ("decide_approach", "watch_through_contacts", "defer", "close_without_need")
"""What a conference may decide of each child (`casework.md` §2.2)."""
NOBODY_CHOSEN = "一人分以上の結果を選んでください。"


class OfEach(ActForm):
    """What is asked of all of them at once. `versions` are those of what the page showed of each child."""

    key: UUID
    versions: Annotated[Mapping[UUID, str], Field(max_length=house.MOST)]
    own: Annotated[Mapping[UUID, Text], Field(max_length=house.MOST)] = {}


class VisitForm(OfEach):
    """One visit or call: when, how, whom one met, what was found; and of each child whether it was met, and seen."""

    wrong: ClassVar = {
        "versions": house.WITHOUT_KEY,
        "contacted_on": "日を入れてください。",
        "method": "方法を選んでください。",
        "met_whom": "会えた人は、80文字までで書いてください。",
        "findings": "聞いたこと・見たことは、2000文字までで書いてください。",
        "result": NOBODY_CHOSEN,
        "sighted": "現認は、選択肢から選んでください。",
        "own": "本人について書くことは、2000文字までで書いてください。",
    }
    contacted_on: date
    method: Method
    met_whom: Line = ""
    findings: Text = ""
    result: Annotated[Mapping[UUID, Contact], Field(min_length=1, max_length=house.MOST)]
    sighted: Annotated[Mapping[UUID, Literal["yes", "no"]], Field(max_length=house.MOST)] = {}


class ConferenceForm(OfEach):
    """One conference: who conferred, and how the family is approached; and of each child what was decided."""

    wrong: ClassVar = {
        "versions": house.WITHOUT_KEY,
        "present": "出席した課を選んでください。",
        "agreed_in_writing": "書面で同意した課を、選択肢から選んでください。",
        "approach_method": "方法を、選択肢から選んでください。",
        "lead_section": "担当する課を、選択肢から選んでください。",
        "person_in_charge": "担当者は、80文字までで書いてください。",
        "due_on": "期限の日付を読み取れません。",
        "why": "理由を、2000文字までで書いてください。",
        "decision": NOBODY_CHOSEN,
        "until": "次に確かめる日・再開する日を読み取れません。",
        "outcome": "結果を、選択肢から選んでください。",
        "own": "こどもごとに書くことは、2000文字までで書いてください。",
    }
    present: tuple[Section, ...] = ()
    agreed_in_writing: tuple[Section, ...] = ()
    approach_method: Method | None = None
    lead_section: Section | None = None
    person_in_charge: Line = ""
    due_on: date | None = None
    why: Text = ""
    decision: Annotated[
        Mapping[UUID, Literal["decide_approach", "watch_through_contacts", "defer", "close_without_need"]],
        Field(min_length=1, max_length=house.MOST),
    ]
    until: Annotated[Mapping[UUID, date], Field(max_length=house.MOST)] = {}
    outcome: Annotated[Mapping[UUID, Outcome], Field(max_length=house.MOST)] = {}


@dataclass(frozen=True, slots=True)
class ChildLine(OfPerson):
    """A child of the household: with a `version` something may be recorded of it here; else `why_not`."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    state: Annotated[str, Says("state")]
    version: Annotated[str, PLAIN]
    why_not: Annotated[str, PLAIN]
    choices: Annotated[tuple[tuple[str, str], ...], PLAIN]


@dataclass(frozen=True, slots=True)
class TogetherSheet(Sheet):
    """The page of either."""

    id: Annotated[PersonId, PLAIN]
    name: Annotated[str, Says("name")]
    is_visit: Annotated[bool, PLAIN]
    children: Annotated[tuple[ChildLine, ...], LINES]
    key: Annotated[UUID, PLAIN]
    typed: Annotated[Mapping[str, str], PLAIN]
    errors: Annotated[tuple[tuple[str, str], ...], PLAIN]
    by_field: Annotated[Mapping[str, str], PLAIN]
    methods: Annotated[tuple[tuple[str, str], ...], PLAIN]
    sections: Annotated[tuple[tuple[str, str], ...], PLAIN]
    outcomes: Annotated[tuple[tuple[str, str], ...], PLAIN]
    yes_no: Annotated[tuple[tuple[str, str], ...], PLAIN]
    today: Annotated[str, PLAIN]

    def count(self) -> int:
        """Return how many children it shows."""
        return len(self.children)


def _show(found: House, asking: Asking[Question], *, is_visit: bool) -> TogetherSheet:
    mistake = asking.mistake
    return TogetherSheet(
        id=found.child.person_id,
        name=found.child.name or phrases.NAME_UNKNOWN,
        is_visit=is_visit,
        children=tuple(_line(found, number, asking, is_visit=is_visit) for number in range(len(found.children))),
        key=UUID(mistake.typed["key"]) if mistake and _is_id(mistake.typed.get("key")) else uuid4(),
        typed=mistake.typed if mistake else {} if is_visit else {"present": " ".join(SECTION_CHOICES)},
        errors=mistake.errors if mistake else (),
        by_field=dict(mistake.errors) if mistake else {},
        methods=tuple(METHODS.items()),
        sections=tuple(SECTION_CHOICES.items()),
        outcomes=tuple(CONCLUSIONS.items()),
        yes_no=tuple(YES_NO.items()),
        today=asking.today.isoformat() if is_visit else months_ahead(asking.today).isoformat(),
    )


def _line(found: House, number: int, asking: Asking[Question], *, is_visit: bool) -> ChildLine:
    child = found.children[number]
    offered = found.offered[child.person_id]
    choices = tuple(CONTACTS.items()) if is_visit else tuple((key, flow.BY_KEY[key].title) for key in DECISIONS if key in offered)
    may = "record_contact" in offered if is_visit else bool(choices)
    return ChildLine(
        person_id=child.person_id,
        protected=child.protected,
        name=child.name or phrases.NAME_UNKNOWN,
        age=dates.age(child.birth_date, asking.today) if child.birth_date else "",
        state=phrases.state(child.state if child.case else None, gone=False),
        version=house.version(child) if may else "",
        why_not="" if may else _why_not(child.state, is_visit=is_visit),
        choices=choices if may else (),
    )


def _why_not(state: CaseState, *, is_visit: bool) -> str:
    if is_visit:
        return "いまの段階か、担当する課のため、ここでは接触を記録できません。"
    return (
        "いまは協議の段階でないか、決裁を待っているため、ここでは決められません。" if state is not CaseState.CLOSED else "終結しています。"
    )


def _is_id(text: str | None) -> bool:
    try:
        return text is not None and bool(UUID(text))
    except ValueError:
        return False


def show_visit(found: House, asking: Asking[Question]) -> TogetherSheet:
    """Ask for a visit."""
    return _show(found, asking, is_visit=True)


def show_conference(found: House, asking: Asking[Question]) -> TogetherSheet:
    """Ask for a conference."""
    return _show(found, asking, is_visit=False)


async def visit(work: UnitOfWork, asking: Asking[Any], form: VisitForm) -> Done | Mistake | Refused | InTheLog:
    """Record one contact for each child; a child whom the first approach was to meet, and who was met, goes on to the assessment."""
    found = await house.read(work, asking)
    states = {each.person_id: house.stood_at(each, form.versions.get(each.person_id, "")) for each in found.children} if found else {}
    asked = {}
    for person_id, result in form.result.items():
        is_first = result is Contact.MET and states.get(PersonId(person_id)) is CaseState.APPROACH
        own = {"met_whom": form.met_whom} if is_first else {"result": result}
        common = {"contacted_on": form.contacted_on, "method": form.method, "sighted": form.sighted.get(person_id)}
        findings = house.joined((form.findings, form.own.get(person_id, "")))
        press = house.pressed(form.key, PersonId(person_id), form.versions)
        try:
            asked[PersonId(person_id)] = house.asked_of(
                "met" if is_first else "record_contact", {**common, **own, "findings": findings}, press
            )
        except ValueError:
            return _too_long(form, person_id, VISITED)
    wrong = await house.make(work, asking, asked, form, form.key, VISITED, {"sighted": "sighted", "result": "result", "findings": "own"})
    return wrong or Done(f"/children/{asking.person_id}")


async def confer(work: UnitOfWork, asking: Asking[Any], form: ConferenceForm) -> Done | Mistake | Refused | InTheLog:
    """Keep what one conference of all three sections decided of each child (PUSH-03)."""
    errors = tuple(all_three(form.present, form.agreed_in_writing))
    if errors:
        return Mistake(errors, typed=house.typed(form), act=CONFERRED)
    conferred = {"present": form.present, "agreed_in_writing": form.agreed_in_writing, "lead_section": form.lead_section}
    approach = {"approach_method": form.approach_method, "person_in_charge": form.person_in_charge, "due_on": form.due_on}
    asked = {}
    for person_id, decision in form.decision.items():
        until = form.until.get(person_id)
        own: Mapping[str, Mapping[str, Any]] = {
            "decide_approach": {**conferred, **approach},
            "watch_through_contacts": {**conferred, "look_again_on": until},
            "defer": {"resume_on": until},
            "close_without_need": {"outcome": form.outcome.get(person_id)},
        }
        why = house.joined((form.why, form.own.get(person_id, "")))
        try:
            asked[PersonId(person_id)] = house.asked_of(
                decision, {**own[decision], "why": why}, house.pressed(form.key, PersonId(person_id), form.versions)
            )
        except ValueError:
            return _too_long(form, person_id, CONFERRED)
    of_each = {"look_again_on": "until", "resume_on": "until", "outcome": "outcome"}
    return await house.make(work, asking, asked, form, form.key, CONFERRED, of_each) or Done(f"/children/{asking.person_id}")


def _too_long(form: ActForm, person_id: UUID, act: str) -> Mistake:
    text = "全員についてのことと合わせて、2000文字までで書いてください。"
    return Mistake(((f"own.{person_id}", text),), typed=house.typed(form), act=act)


def _screen(name: str, last: str, show: Any, deed: Deed, act: Act[Any]) -> Screen[House]:
    return Screen(
        name=name,
        folder="together",
        address=f"/children/{{person_id}}/{last}",
        right=Action.MOVE_CASE,
        deed=deed,
        beside=deeds.SIBLING_SHOWN,
        read=house.read,
        page=Face(Question, show),
        facts=lambda found: found.facts,
        under="reviews",
        acts=(act,),
    )


VISIT = Act(VISITED, Action.MOVE_CASE, deeds.MOVE_REFUSED, VisitForm, visit, "")
CONFERENCE = Act(CONFERRED, Action.MOVE_CASE, deeds.MOVE_REFUSED, ConferenceForm, confer, "")
SCREENS = (
    _screen("visit_together", "visit", show_visit, deeds.VISIT_TOGETHER_OPENED, VISIT),
    _screen("confer_together", "conference", show_conference, deeds.CONFERENCE_TOGETHER_OPENED, CONFERENCE),
)
