"""Issues of the programme: whoever works with cases raises them, the coordinator gives each an owner, a day and an end (EVAL-01)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import StringConstraints

from contracts.deeds import programme as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.work import UnitOfWork
from services.casework.domain.board import ENDED, Issue, IssueState, Lack, Meeting, in_order, lacks
from services.casework.domain.policy import Action
from services.casework.fields import within_a_year
from services.casework.screens.programme.cycle.forms import Version
from services.casework.screens.programme.cycle.screen import runs_it
from services.casework.screens.programme.issues import store
from services.casework.screens.programme.issues.said import IssueCard, card
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, another, keep, not_taken, sent, tells, typed, uuid_or
from services.casework.screens.programme.meetings.store import meetings
from services.casework.screens.programme.tabs import UNDER, Tab, tabs_of
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet
from services.casework.steps import Line, Text

ADDRESS = "/issues"
SHOWN = 300
MEETINGS_OFFERED = 20
NOT_READ = "どの課題かを読み取れませんでした。画面を開き直してください。"
GONE = "この課題はありません。画面を見直してください。"
LACKS = {
    Lack.STATE: "いまの状態からは、そうできません。画面を見直してください。",
    Lack.OWNER: "担当を書いてください。",
    Lack.DUE_ON: "期限の日を入れてください。",
    Lack.WORDS: "したことや理由を書いてください。",
}


class IssuesQuestion(Question):
    """Which issues: those that are open, or those that ended."""

    show: Literal["open", "ended"] = "open"


class RaiseForm(ActForm):
    """An issue that is raised, at a meeting or not."""

    wrong: ClassVar = {
        "key": NOT_READ,
        "title": "課題を2文字以上80文字までで書いてください。",
        "text": "くわしい内容を2000文字までで書いてください。",
        "meeting": "会議を選び直してください。",
    }
    key: UUID
    title: Annotated[Line, StringConstraints(min_length=2, max_length=80)]
    text: Annotated[Text, StringConstraints(max_length=2000)] = ""
    meeting: UUID | None = None


class ChangeForm(ActForm):
    """How an issue is to stand, who sees to it until when, and why."""

    wrong: ClassVar = {
        "issue": NOT_READ,
        "version": NOT_READ,
        "state": "どうするかを選んでください。",
        "owner": "担当を60文字までで書いてください。",
        "due_on": "期限の日を入れてください。",
        "words": "1000文字までで書いてください。",
    }
    issue: UUID
    version: Version
    state: IssueState
    owner: Annotated[Line, StringConstraints(max_length=60)] = ""
    due_on: date | None = None
    words: Annotated[Text, StringConstraints(max_length=1000)] = ""


@dataclass(frozen=True, slots=True)
class IssuesSheet(Sheet):
    """The page."""

    shows: Annotated[str, PLAIN]
    issues: Annotated[tuple[IssueCard, ...], Says("issues")]
    late: Annotated[int, PLAIN]
    raised: Annotated[int, PLAIN]
    numbers: Annotated[dict[str, int], PLAIN]
    meetings: Annotated[tuple[tuple[str, str], ...], PLAIN]
    runs: Annotated[bool, PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]

    def count(self) -> int:
        """Return how many issues it shows."""
        return len(self.issues)


@dataclass(frozen=True, slots=True)
class Found:
    """Issues, and the meetings from which they may have come; `key` is for a form."""

    issues: tuple[Issue, ...]
    meetings: tuple[Meeting, ...]
    key: UUID


async def read(work: UnitOfWork, _asking: Asking[IssuesQuestion]) -> Found:
    """Read the issues."""
    return Found(await store.issues(work.db, SHOWN), await meetings(work.db, SHOWN), work.identifiers.random())


def show(found: Found, asking: Asking[Any]) -> IssuesSheet:
    """Say it on a page; a form that was not accepted stands where its issue does."""
    mistake = sent(asking.mistake, "issue")
    names = {each.id: f"{each.number}　{each.title}" for each in found.meetings}
    at = next((each for each in found.issues if str(each.id) == mistake.at), None)
    ended = at.now.state in ENDED if at else getattr(asking.question, "show", "open") == "ended"
    parts = {state: [each for each in found.issues if (each.now.state in ENDED) is state] for state in (False, True)}
    return IssuesSheet(
        shows="ended" if ended else "open",
        issues=tuple(
            card(each, names.get(each.meeting_id, "") if each.meeting_id else "", asking.today)
            for each in in_order(parts[ended], asking.today)
        ),
        late=sum(each.is_late(asking.today) for each in found.issues),
        raised=sum(each.now.state is IssueState.RAISED for each in found.issues),
        numbers={"open": len(parts[False]), "ended": len(parts[True])},
        meetings=tuple((str(each.id), names[each.id]) for each in found.meetings[:MEETINGS_OFFERED]),
        runs=runs_it(asking.staff),
        key=uuid_or(mistake.typed.get("key", ""), found.key),
        sent=mistake,
        done=ISSUES.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


async def raise_one(work: UnitOfWork, asking: Asking[Any], form: RaiseForm) -> Done | Mistake:
    """Keep an issue. Pressed twice, it is one."""
    if form.meeting is not None and all(each.id != form.meeting for each in await meetings(work.db, SHOWN)):
        return not_taken("raise", form, "meeting", RaiseForm.wrong["meeting"])
    if (told := await tells(work, asking.staff, "raise", form, "title", "text")) is not None:
        return told
    number = await store.raise_one(work, asking.staff, form.key, form.title, form.text, form.meeting)
    if number is not None:
        await keep(work, asking.staff, deeds.ISSUE_CHANGED, ThingKind.REVIEW_BOARD, number, "issue_raised")
    elif not await store.was_raised(work.db, form.key, form.title, form.text, form.meeting):
        return another(work, "raise", form, "key")
    return Done()


async def change(work: UnitOfWork, asking: Asking[Any], form: ChangeForm) -> Done | Mistake:
    """Write the next word of an issue."""
    stands = await store.standing(work.db, form.issue)
    if stands is None:
        return not_taken("change", form, "issue", GONE, 409)
    if stands.version != form.version:
        return not_taken("change", form, "version", CHANGED_MEANWHILE, 409)
    missing = lacks(stands.state, form.state, owner=form.owner, due_on=form.due_on, words=form.words)
    wrong = (*((lack, LACKS[lack]) for lack in missing), *within_a_year("due_on", form.due_on, asking.today, "期限"))
    if wrong:
        return Mistake(wrong, typed=typed(form), act="change")
    if (told := await tells(work, asking.staff, "change", form, "owner", "words")) is not None:
        return told
    made = await store.change(work, asking.staff, form.issue, form.version, form.state, form.owner, form.due_on, form.words)
    if not made:
        return not_taken("change", form, "version", CHANGED_MEANWHILE, 409)
    await keep(work, asking.staff, deeds.ISSUE_CHANGED, ThingKind.REVIEW_BOARD, stands.number, f"issue_{form.state}")
    return Done()


ISSUES = Screen(
    name="issues",
    folder="programme/issues",
    address=ADDRESS,
    right=Action.READ_PROGRAMME,
    deed=deeds.ISSUES_OPENED,
    read=read,
    page=Face(IssuesQuestion, show),
    thing=lambda _staff: Thing(kind=ThingKind.REVIEW_BOARD, id=None),
    under=UNDER,
    acts=(
        Act("raise", Action.READ_PROGRAMME, deeds.ISSUES_OPENED, RaiseForm, raise_one, "課題を受け付けました。"),
        Act("change", Action.RUN_PROGRAMME, deeds.ISSUES_OPENED, ChangeForm, change, "課題の状態を記録しました。"),
    ),
)
SCREENS = (ISSUES,)
