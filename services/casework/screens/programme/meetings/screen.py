"""Meetings of the review board: the coordinator writes them, everybody who works with cases reads them (ROLE-09, EVAL-05)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.deeds import programme as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Section
from contracts.words import LEADING, SECTIONS
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework.domain.board import Issue, Meeting, Seat
from services.casework.domain.policy import Action
from services.casework.screens.programme.cycle.screen import runs_it
from services.casework.screens.programme.issues import store as issue_store
from services.casework.screens.programme.issues.said import STATES, address_of
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, another, keep, not_taken, sent, tells, uuid_or
from services.casework.screens.programme.meetings import store
from services.casework.screens.programme.meetings.store import Written
from services.casework.screens.programme.tabs import UNDER, Tab, tabs_of
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet
from services.casework.steps import Line, Text

ADDRESS = "/meetings"
SHOWN = 50
ISSUES_LOOKED_AT = 500
SEATS = {
    Seat.DIVISION: LEADING,
    Seat.CHILDCARE_SUPPORT: f"区 {SECTIONS[Section.CHILDCARE_SUPPORT]}",
    Seat.COMMUNITY_HEALTH_WELFARE: f"区 {SECTIONS[Section.COMMUNITY_HEALTH_WELFARE]}",
    Seat.HEALTH: f"区 {SECTIONS[Section.HEALTH]}",
    Seat.GUIDANCE_CENTER: "児童相談所",
    Seat.OWNERS: "データを保有する課",
    Seat.ADVISERS: "有識者",
    Seat.VENDOR: "委託事業者",
}
TOO_LONG = "200文字までで書いてください。"
NOBODY = "議事録を書くときは、出席した人を一人以上書いてください。"
NOT_HELD = "まだ開いていない会議の議事録は書けません。開催日を確かめてください。"

Names = Annotated[Line, StringConstraints(max_length=200)]
Long = Annotated[Text, StringConstraints(max_length=4000)]


class MeetingForm(ActForm):
    """A meeting: of a new one `version` is 0, and `meeting` the key of the form."""

    wrong: ClassVar = {
        "meeting": "どの会議かを読み取れませんでした。画面を開き直してください。",
        "version": "どの会議かを読み取れませんでした。画面を開き直してください。",
        "held_on": "開催日を入れてください。",
        "title": "会議の名前を2文字以上60文字までで書いてください。",
        "place": "場所を60文字までで書いてください。",
        "agenda": "議題を2文字以上4000文字までで書いてください。",
        "minutes": "議事録を4000文字までで書いてください。",
        **dict.fromkeys(Seat, TOO_LONG),
    }
    meeting: UUID
    version: Annotated[int, Field(ge=0, le=2_000_000_000)]
    held_on: date
    title: Annotated[Line, StringConstraints(min_length=2, max_length=60)]
    place: Annotated[Line, StringConstraints(max_length=60)] = ""
    agenda: Annotated[Text, StringConstraints(min_length=2, max_length=4000)]
    minutes: Long = ""
    division: Names = ""
    childcare_support: Names = ""
    community_health_welfare: Names = ""
    health: Names = ""
    guidance_center: Names = ""
    owners: Names = ""
    advisers: Names = ""
    vendor: Names = ""

    @property
    def present(self) -> dict[Seat, str]:
        """Return who took part, by whom they came for."""
        names = {seat: str(getattr(self, seat)) for seat in Seat}
        return {seat: each for seat, each in names.items() if each}


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """A meeting on the page."""

    id: UUID
    version: int
    number: str
    title: str
    held: str
    held_on: str
    place: str
    is_ahead: bool
    present: tuple[tuple[str, str], ...]
    agenda: str
    minutes: str
    written: str
    issues: tuple[tuple[str, str, str], ...]
    typed: dict[str, str]


@dataclass(frozen=True, slots=True)
class MeetingsSheet(Sheet):
    """The page."""

    meetings: Annotated[tuple[MeetingCard, ...], Says("meetings")]
    seats: Annotated[tuple[tuple[str, str], ...], PLAIN]
    runs: Annotated[bool, PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]

    def count(self) -> int:
        """Return how many meetings it shows."""
        return len(self.meetings)


@dataclass(frozen=True, slots=True)
class Found:
    """Meetings, and the issues that came of them; `key` is for a form."""

    meetings: tuple[Meeting, ...]
    issues: tuple[Issue, ...]
    key: UUID


async def read(work: UnitOfWork, _asking: Asking[Question]) -> Found:
    """Read the meetings."""
    meetings = await store.meetings(work.db, SHOWN)
    return Found(meetings, await issue_store.issues(work.db, ISSUES_LOOKED_AT), work.identifiers.random())


def show(found: Found, asking: Asking[Any]) -> MeetingsSheet:
    """Say it on a page."""
    mistake = sent(asking.mistake, "meeting")
    return MeetingsSheet(
        meetings=tuple(_card(each, found, asking.today) for each in found.meetings),
        seats=tuple((seat.value, words) for seat, words in SEATS.items()),
        runs=runs_it(asking.staff),
        key=uuid_or(mistake.at if mistake.act == "add" else "", found.key),
        sent=mistake,
        done=MEETINGS.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


def _card(meeting: Meeting, found: Found, today: date) -> MeetingCard:
    issues = (each for each in found.issues if each.meeting_id == meeting.id)
    return MeetingCard(
        id=meeting.id,
        version=meeting.version,
        number=meeting.number,
        title=meeting.title,
        held=dates.era_date(meeting.held_on),
        held_on=meeting.held_on.isoformat(),
        place=meeting.place,
        is_ahead=meeting.held_on > today,
        present=tuple((SEATS[seat], meeting.present[seat]) for seat in SEATS if seat in meeting.present),
        agenda=meeting.agenda,
        minutes=meeting.minutes,
        written=f"{meeting.by}、{dates.short_moment(meeting.at)}（第{meeting.version}版）",
        issues=tuple((address_of(each), f"{each.number}　{each.title}", STATES[each.now.state]) for each in issues),
        typed={seat.value: meeting.present.get(seat, "") for seat in Seat},
    )


async def add(work: UnitOfWork, asking: Asking[Any], form: MeetingForm) -> Done | Mistake:
    """Keep a new meeting. Pressed twice, it is one."""
    wrong = await _wrong(work, asking, "add", form)
    if wrong is not None:
        return wrong
    number = await store.write(work, asking.staff, _written(form), None)
    if number is None and not await store.was_added(work.db, _written(form)):
        return another(work, "add", form, "meeting")
    return await _kept(work, asking.staff, number, "meeting_added")


async def change(work: UnitOfWork, asking: Asking[Any], form: MeetingForm) -> Done | Mistake:
    """Write a meeting anew; what it said before stays kept."""
    wrong = await _wrong(work, asking, "change", form)
    if wrong is not None:
        return wrong
    number = await store.write(work, asking.staff, _written(form), form.version)
    if number is None:
        return not_taken("change", form, "version", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, number, "meeting_written")


async def _wrong(work: UnitOfWork, asking: Asking[Any], act: str, form: MeetingForm) -> Mistake | None:
    if form.minutes and form.held_on > asking.today:
        return not_taken(act, form, "held_on", NOT_HELD)
    if form.minutes and not form.present:
        return not_taken(act, form, "minutes", NOBODY)
    return await tells(work, asking.staff, act, form, "title", "place", "agenda", "minutes")


def _written(form: MeetingForm) -> Written:
    return Written(form.meeting, form.held_on, form.title, form.place, form.present, form.agenda, form.minutes)


async def _kept(work: UnitOfWork, staff: Staff, number: str | None, why: str) -> Done:
    if number is not None:
        await keep(work, staff, deeds.BOARD_CHANGED, ThingKind.REVIEW_BOARD, number, why)
    return Done()


MEETINGS = Screen(
    name="meetings",
    folder="programme/meetings",
    address=ADDRESS,
    right=Action.READ_PROGRAMME,
    deed=deeds.MEETINGS_OPENED,
    read=read,
    page=Face(Question, show),
    thing=lambda _staff: Thing(kind=ThingKind.REVIEW_BOARD, id=None),
    under=UNDER,
    acts=(
        Act("add", Action.RUN_PROGRAMME, deeds.MEETINGS_OPENED, MeetingForm, add, "会議を記録しました。"),
        Act(
            "change", Action.RUN_PROGRAMME, deeds.MEETINGS_OPENED, MeetingForm, change, "会議の内容を書き直しました。前の版も残っています。"
        ),
    ),
)
SCREENS = (MEETINGS,)
