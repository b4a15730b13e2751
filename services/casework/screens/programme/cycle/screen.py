"""The programme's cycle: what is to be done by when, by whom, and what came of it. The coordinator runs it, the wards read it (PUSH-09)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import ValidationError

from contracts.deeds import programme as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.accesses import viewer_of
from services.casework.domain.calendar import fiscal_year, fiscal_year_of
from services.casework.domain.cycle import Step, Word, lies_in
from services.casework.domain.policy import Action, Permit, may
from services.casework.screens.programme.cycle import store
from services.casework.screens.programme.cycle.forms import AddForm, AgainForm, BeginForm, ChangeForm, DoneForm, Year
from services.casework.screens.programme.cycle.store import Change, Cycle
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, another, keep, not_taken, sent, tells, uuid_or
from services.casework.screens.programme.tabs import Tab, tabs_of
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

ADDRESS = "/programme"
BEGUN_ALREADY = "この年度の予定は、すでにあります。"
NO_CYCLE = "この年度の予定は、まだ作られていません。"
NOT_IN_YEAR = "この年度（4月から、翌年度の5月まで）の日にしてください。"
NOT_YET = "まだ来ていない日です。終わった日を入れてください。"
AHEAD = timedelta(days=90)
"""So long before a year begins its cycle may be prepared."""


class CycleQuestion(Question):
    """Of which year (April to March); without one this year's, or the newest that there is."""

    year: Year | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step on the page."""

    id: UUID
    version: int
    title: str
    owner: str
    due: str
    due_on: str
    late: bool
    done: str
    words: str
    history: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CycleSheet(Sheet):
    """The page."""

    year: Annotated[int, PLAIN]
    label: Annotated[str, PLAIN]
    years: Annotated[tuple[tuple[int, str], ...], PLAIN]
    exists: Annotated[bool, PLAIN]
    steps: Annotated[tuple[StepLine, ...], Says("programme_steps")]
    late: Annotated[int, PLAIN]
    to_begin: Annotated[tuple[tuple[int, str], ...], PLAIN]
    runs: Annotated[bool, PLAIN]
    today: Annotated[str, PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]

    def count(self) -> int:
        """Return how many steps it shows."""
        return len(self.steps)


@dataclass(frozen=True, slots=True)
class Found:
    """The years that have a cycle, and the one that is shown."""

    year: int
    years: tuple[int, ...]
    cycle: Cycle | None
    key: UUID


async def read(work: UnitOfWork, asking: Asking[CycleQuestion]) -> Found:
    """Read the cycle of the year that was asked for; after a form that was not accepted, of that form's."""
    years = await store.years(work.db)
    now = fiscal_year_of(work.today)
    year = asking.question.year or _typed(asking.mistake) or (now if now in years else next(iter(years), now))
    return Found(year, years, await store.cycle(work.db, year), work.identifiers.random())


def _typed(mistake: Mistake | None) -> int | None:
    """Return the year of a form that was not accepted, if it is one."""
    try:
        return CycleQuestion.model_validate({"year": mistake.typed.get("year")}).year if mistake else None
    except ValidationError:
        return None


def show(found: Found, asking: Asking[Any]) -> CycleSheet:
    """Say it on a page."""
    steps = found.cycle.steps if found.cycle else ()
    now, runs = fiscal_year_of(asking.today), runs_it(asking.staff)
    mistake = sent(asking.mistake, "step")
    return CycleSheet(
        year=found.year,
        label=_label(found.year),
        years=tuple((year, _label(year)) for year in sorted({*found.years, found.year}, reverse=True)),
        exists=found.cycle is not None,
        steps=tuple(_line(step, asking.today) for step in steps),
        late=sum(step.is_late(asking.today) for step in steps),
        to_begin=tuple(
            (year, _label(year)) for year in sorted({now, fiscal_year_of(asking.today + AHEAD)}) if runs and year not in found.years
        ),
        runs=runs,
        today=asking.today.isoformat(),
        key=uuid_or(mistake.typed.get("key", ""), found.key),
        sent=mistake,
        done=CYCLE.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


def runs_it(staff: Staff) -> bool:
    """Whether somebody runs the programme."""
    return isinstance(may(viewer_of(staff), Action.RUN_PROGRAMME), Permit)


def _label(year: int) -> str:
    return f"{dates.era_year(fiscal_year(year)[0])}度"


def _line(step: Step, today: date) -> StepLine:
    now = step.now
    return StepLine(
        id=step.id,
        version=now.version,
        title=now.title,
        owner=now.owner,
        due=dates.era_date(now.due_on) if now.done_on else phrases.due(now.due_on, today),
        due_on=now.due_on.isoformat(),
        late=step.is_late(today),
        done=dates.era_date(now.done_on) if now.done_on else "",
        words=now.words,
        history=tuple(_said(word, before) for before, word in zip((None, *step.words), step.words, strict=False)),
    )


def _said(word: Word, before: Word | None) -> str:
    if before is None:
        what = f"期限を{dates.month_day(word.due_on)}、担当を{word.owner}として作った"
    elif word.done_on is not None:
        what = f"{dates.month_day(word.done_on)}に終わったと記録した"
    elif before.done_on is not None:
        what = "終わったという記録を取り消した"
    else:
        what = f"期限を{dates.month_day(word.due_on)}、担当を{word.owner}にした"
    return f"{dates.short_moment(word.at)}　{word.by}　{what}{f'：{word.words}' if word.words else ''}"


def _to(year: int) -> Done:
    return Done(f"{ADDRESS}?year={year}")


async def begin(work: UnitOfWork, asking: Asking[Any], form: BeginForm) -> Done | Mistake:
    """Begin a year's cycle, once."""
    if not await store.begin(work, asking.staff, form.year):
        return not_taken("begin", form, "year", BEGUN_ALREADY, 409)
    return await _kept(work, asking.staff, form.year, "cycle_begun")


async def add(work: UnitOfWork, asking: Asking[Any], form: AddForm) -> Done | Mistake:
    """Add a step to a cycle."""
    if form.year not in await store.years(work.db):
        return not_taken("add", form, "year", NO_CYCLE, 409)
    if not lies_in(form.due_on, form.year):
        return not_taken("add", form, "due_on", NOT_IN_YEAR)
    if (told := await tells(work, asking.staff, "add", form, "title", "owner")) is not None:
        return told
    step = (form.key, form.year, form.title, form.owner, form.due_on)
    if not await store.add(work, asking.staff, *step):
        return _to(form.year) if await store.was_added(work.db, *step) else another(work, "add", form, "key")
    return await _kept(work, asking.staff, form.year, "step_added")


async def change(work: UnitOfWork, asking: Asking[Any], form: ChangeForm) -> Done | Mistake:
    """Give a step another day or another owner."""
    if not lies_in(form.due_on, form.year):
        return not_taken("change", form, "due_on", NOT_IN_YEAR)
    made = Change(form.year, form.step, form.version, form.owner, form.due_on, words=form.words)
    return await _change(work, asking, "change", form, made, "step_changed")


async def finish(work: UnitOfWork, asking: Asking[Any], form: DoneForm) -> Done | Mistake:
    """Keep that a step was done."""
    if form.done_on > asking.today:
        return not_taken("finish", form, "done_on", NOT_YET)
    made = Change(form.year, form.step, form.version, done_on=form.done_on, words=form.words)
    return await _change(work, asking, "finish", form, made, "step_done")


async def open_again(work: UnitOfWork, asking: Asking[Any], form: AgainForm) -> Done | Mistake:
    """Take back that a step was done."""
    made = Change(form.year, form.step, form.version, words=form.words, was_done=True)
    return await _change(work, asking, "again", form, made, "step_opened_again")


async def _change(
    work: UnitOfWork, asking: Asking[Any], act: str, form: ChangeForm | DoneForm | AgainForm, made: Change, why: str
) -> Done | Mistake:
    if (told := await tells(work, asking.staff, act, form, "words", "owner")) is not None:
        return told
    if not await store.change(work, asking.staff, made):
        return not_taken(act, form, "version", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, form.year, why)


async def _kept(work: UnitOfWork, staff: Staff, year: int, why: str) -> Done:
    await keep(work, staff, deeds.PROGRAMME_CHANGED, ThingKind.PROGRAMME, str(year), why)
    return _to(year)


def _act(name: str, form: type[ActForm], do: Any, done: str) -> Act[Any]:
    return Act(name, Action.RUN_PROGRAMME, deeds.PROGRAMME_OPENED, form, do, done)


CYCLE = Screen(
    name="programme",
    folder="programme/cycle",
    address=ADDRESS,
    right=Action.READ_PROGRAMME,
    deed=deeds.PROGRAMME_OPENED,
    read=read,
    page=Face(CycleQuestion, show),
    thing=lambda _staff: Thing(kind=ThingKind.PROGRAMME, id=None),
    menu=Menu("事業の運営", 8),
    acts=(
        _act("begin", BeginForm, begin, "年度の予定を作りました。日と担当を確かめてください。"),
        _act("add", AddForm, add, "予定を加えました。"),
        _act("change", ChangeForm, change, "期限と担当を記録しました。"),
        _act("finish", DoneForm, finish, "終わったことを記録しました。"),
        _act("again", AgainForm, open_again, "終わったという記録を取り消しました。"),
    ),
)
SCREENS = (CYCLE,)
