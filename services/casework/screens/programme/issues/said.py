"""What the pages say of issues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra.pages import dates
from services.casework import phrases
from services.casework.domain.board import ENDED, NEXT, Issue, IssueState, IssueWord

STATES: Mapping[IssueState, str] = {
    IssueState.RAISED: "受け付けた",
    IssueState.DOING: "対応中",
    IssueState.SETTLED: "解決した",
    IssueState.DROPPED: "対応しない",
}
TO: Mapping[IssueState, str] = {
    IssueState.RAISED: "",
    IssueState.DOING: "対応中にする（担当と期限を書く）",
    IssueState.SETTLED: "解決したとする（したことを書く）",
    IssueState.DROPPED: "対応しないとする（理由を書く）",
}


@dataclass(frozen=True, slots=True)
class IssueCard:
    """An issue on the page."""

    id: UUID
    version: int
    number: str
    title: str
    text: str
    meeting: str
    state: str
    ended: bool
    late: bool
    owner: str
    due: str
    due_on: str
    words: str
    raised: str
    history: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]


def address_of(issue: Issue) -> str:
    """Return where an issue stands."""
    return f"/issues{'?show=ended' if issue.now.state in ENDED else ''}#{issue.number}"


def card(issue: Issue, meeting: str, today: date) -> IssueCard:
    """Say an issue; `meeting` is what the meeting is called that it came from, "" where it came from none."""
    now, first = issue.now, issue.words[0]
    return IssueCard(
        id=issue.id,
        version=now.version,
        number=issue.number,
        title=issue.title,
        text=issue.text,
        meeting=meeting,
        state=STATES[now.state],
        ended=now.state in ENDED,
        late=issue.is_late(today),
        owner=now.owner,
        due=phrases.due(now.due_on, today) if now.due_on and now.state not in ENDED else "",
        due_on=now.due_on.isoformat() if now.due_on else "",
        words=now.words,
        raised=f"{first.by}、{dates.short_moment(first.at)}",
        history=tuple(map(_said, issue.words)),
        choices=tuple((state.value, TO[state]) for state in NEXT[now.state]),
    )


def _said(word: IssueWord) -> str:
    doing = f"（{word.owner}、{dates.month_day(word.due_on)}まで）" if word.state is IssueState.DOING and word.due_on else ""
    words = f"：{word.words}" if word.words else ""
    return f"{dates.short_moment(word.at)}　{word.by}　{STATES[word.state]}{doing}{words}"
