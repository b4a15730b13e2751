"""What the first page says of each child in its views."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from contracts.ids import PersonId
from contracts.values import CaseState
from contracts.words import SECTIONS
from infra.pages import dates
from services.casework import phrases
from services.casework.disputing import News
from services.casework.domain import cycle, flow
from services.casework.emergencies import Told
from services.casework.screens.programme.issues.store import Waiting as Issues
from services.casework.screens.reviews.rows import Tab
from services.casework.screens.reviews.said import FeedLine
from services.casework.screens.today.rows import Waiting
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

NEXT: Mapping[CaseState, str] = {
    CaseState.NOTICED: "調査を始めるか決める",
    CaseState.INVESTIGATION: "回答がそろった。議題にする",
    CaseState.CONFERENCE: "協議して方針を決める",
    CaseState.APPROACH: "家庭に接触する",
    CaseState.ASSESSMENT: "アセスメントを書く",
    CaseState.PLANNING: "プランを決める",
    CaseState.SUPPORT: "支援のようすを確かめる",
    CaseState.WATCH_OVER: "見守りのようすを確かめる",
    CaseState.DEFERRED: "再開するか決める",
}
"""What is due, by where the case stands."""


@dataclass(frozen=True, slots=True)
class Line(OfPerson):
    """A child in a view: where its page opens, where the case stands, by when, and what is to be done or was done."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    anchor: Annotated[str, PLAIN]
    state: Annotated[str, Says("state")]
    due: Annotated[str, Says("due_on")]
    late: Annotated[bool, PLAIN]
    what: Annotated[str, Says("case")]


@dataclass(frozen=True, slots=True)
class View(Sheet):
    """A view: its first lines, how many there are in all, and what to read where there is none."""

    key: Annotated[str, PLAIN]
    title: Annotated[str, PLAIN]
    hint: Annotated[str, PLAIN]
    what: Annotated[str, PLAIN]
    number: Annotated[int, PLAIN]
    lines: Annotated[tuple[Line, ...], LINES]
    urgent: Annotated[bool, PLAIN] = False


@dataclass(frozen=True, slots=True)
class AnswersBox:
    """Answers of owners that wait to be read: how many, numbers with where they lead, and how many more."""

    together: int
    links: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class TodaySheet(Sheet):
    """The first page: who is spoken to, the day, the views, and the feeds that do not come."""

    title: Annotated[str, PLAIN]
    day: Annotated[str, PLAIN]
    views: Annotated[tuple[View, ...], LINES]
    without: Annotated[str, PLAIN]
    """The names of the views in which nothing stands."""
    shown: Annotated[int, PLAIN]
    silent: Annotated[tuple[FeedLine, ...], PLAIN]
    shut: Annotated[tuple[FeedLine, ...], PLAIN]
    waiting: Annotated[int, PLAIN]
    emergencies: Annotated[tuple[tuple[str, str], ...], PLAIN]
    """What is said of emergencies, and where it leads: one's own that goes on, and those of others that wait to be looked into."""
    answers: Annotated[AnswersBox | None, PLAIN]
    exports: Annotated[tuple[str, ...], PLAIN]
    """What is said of lists that leave."""
    programme: Annotated[tuple[tuple[str, str, bool], ...], PLAIN]
    """What is said of the programme's steps and issues, where it leads, and whether they are late."""
    samples: Annotated[str, PLAIN]
    """What is said of quiet requests that wait to be judged."""

    def count(self) -> int:
        """Return how many children it shows, each once."""
        return self.shown


def line(row: Waiting, tab: Tab, today: date) -> Line:
    """Say what a view says of a child."""
    return Line(
        person_id=row.person_id,
        protected=row.protected,
        name=row.name or phrases.NAME_UNKNOWN,
        age=dates.age(row.birth_date, today) if row.birth_date else "",
        anchor=ANCHORS.get(tab, "next"),
        state=phrases.state(row.state, gone=False) + ("・決裁待ち" if row.asks else ""),
        due=phrases.due(row.due_on, today) if row.due_on else "",
        late=row.due_on is not None and row.due_on < today,
        what=_what(row, tab),
    )


ANCHORS: Mapping[Tab, str] = {
    Tab.MY_APPROVALS: "approve",
    Tab.MY_ANSWERS: "answer_investigation",
    Tab.RECEIVING: "accept_handover",
    Tab.RETURNED: "history",
    Tab.SENT_BACK: "history",
    Tab.CHANGED: "history",
    Tab.FRESH: "why",
}
"""Where a child's page opens."""


SOMEBODY = "職員"
"""Whose name was not kept: of what was done before names were."""

TO_DO: Mapping[Tab, str] = {
    Tab.MY_ANSWERS: "調査に回答する",
    Tab.RECEIVING: "引継ぎを受領するか決める",
    Tab.RETURNED: "差し戻された引継ぎの、次の手を決める",
}
"""What is to be done with all that stands in a view."""


def _what(row: Waiting, tab: Tab) -> str:
    match tab:
        case Tab.MY_APPROVALS:
            return f"「{_title(row.asked_move)}」　{row.asked_by or SOMEBODY}が依頼"
        case Tab.MY_REQUESTS:
            return f"「{_title(row.asked_move)}」の決裁を待っています"
        case Tab.SENT_BACK:
            return f"「{_title(row.asked_move)}」を{row.back_by or SOMEBODY}が差し戻した"
        case Tab.CHANGED:
            return _last(row)
        case Tab.FRESH:
            return f"{dates.month_day(row.opened_on)}に把握"
        case _:
            return TO_DO.get(tab) or _next(row)


def _last(row: Waiting) -> str:
    """Say what was done last, by whom."""
    asks = "の決裁を依頼" if row.asks == row.last_move and row.asks else ""
    when = f"{dates.short_moment(row.last_at)}　" if row.last_at else ""
    return f"{when}{row.last_by or SOMEBODY}「{_title(row.last_move)}」{asks}"


def _title(move: str | None) -> str:
    return flow.ANY_BY_KEY[move].title if move is not None and move in flow.ANY_BY_KEY else move or ""


def _next(row: Waiting) -> str:
    """Say what is to be done, and by whom where a section is in charge."""
    if row.asks:
        return f"「{_title(row.asks)}」の決裁を待っています"
    if row.unanswered:
        return f"回答を待っています（{'、'.join(SECTIONS[section] for section in row.unanswered)}）"
    who = SECTIONS[row.lead_section] if row.lead_section else ""
    return NEXT[row.state or CaseState.NOTICED] + (f"（{who}）" if who else "")


def of_emergencies(told: Told) -> tuple[tuple[str, str], ...]:
    """Say which of one's own go on, and how many of others wait (S24)."""
    own = [
        (f"緊急の閲覧中です（{dates.clock_time(each.ends_at)}まで）。用が済んだら、終えてください。", f"/children/{each.person_id}")
        for each in told.own
    ]
    late = f"うち{told.late}件は、確認の期限を過ぎています。" if told.late else ""
    others = [(f"緊急の閲覧が、{told.waiting}件、確認を待っています。{late}", "/emergencies")] if told.waiting else []
    return (*own, *others)


def of_exports(to_decide: int, overdue: int) -> tuple[str, ...]:
    """Say which lists that leave wait for whoever looks."""
    decide = (f"対象者リストの申請が、{to_decide}件、決裁を待っています。",) if to_decide else ()
    return (*decide, f"受け取った対象者リスト{overdue}件が、廃棄の期限を過ぎています。") if overdue else decide


def of_programme(told: cycle.Told, issues: Issues, *, runs: bool) -> tuple[tuple[str, str, bool], ...]:
    """Say which steps and issues are late, to whoever runs the programme, and which steps are due soon, to everybody (PUSH-09)."""

    def named(steps: Sequence[tuple[str, date]]) -> str:
        return "、".join(f"{title}（{dates.month_day(due_on)}）" for title, due_on in steps)

    late = ((f"事業の予定が期限を過ぎています：{named(told.late)}", "/programme", True),) if told.late and runs else ()
    near = ((f"近い事業の予定：{named(told.near)}", "/programme", False),) if told.near else ()
    overdue = ((f"事業の課題{issues.late}件が、期限を過ぎています。", "/issues", True),) if issues.late else ()
    raised = ((f"事業の課題{issues.raised}件の担当が、まだ決まっていません。", "/issues", False),) if issues.raised else ()
    return (*late, *overdue, *raised, *near)


def of_samples(waiting: int, late: int) -> str:
    """Say how many quiet requests wait to be judged; nothing where none does."""
    over = f"うち{late}件は、期限を過ぎています。" if late else ""
    return f"抜取りの確認が、{waiting}件、判断を待っています。{over}" if waiting else ""


def of_answers(answers: Sequence[News], answered: int) -> AnswersBox | None:
    """Say which answers of owners wait to be read: by their numbers, which tell of nobody."""
    if not answers:
        return None
    links = tuple((each.number, f"/children/{each.person_id}#disputes") for each in answers)
    return AnswersBox(answered, links, answered - len(links))


def children_in(views: Iterable[View]) -> int:
    """Return how many children stand in the views, each once."""
    return len({line.person_id for view in views for line in view.lines})
