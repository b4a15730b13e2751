"""What the list says of each child: on its page, and to a program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from contracts.feeds import FeedStanding
from contracts.ids import PersonId
from contracts.values import CaseState, Item, Source
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import wording
from services.casework.domain.feeds import Feed, Freshness
from services.casework.domain.handover import HandoverStatus
from services.casework.domain.wording import sensitive_kind
from services.casework.screens.reviews.rows import ListedChild
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

HANDOVER_MARKS = {HandoverStatus.OFFERED: "・引継ぎの申出中", HandoverStatus.RETURNED: "・引継ぎが差し戻された"}


@dataclass(frozen=True, slots=True)
class Line(OfPerson):
    """A child in the list, with what its household's heading says of it."""

    person_id: Annotated[PersonId, PLAIN]
    household_no: Annotated[str | None, Says("household_no")]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    lines: Annotated[tuple[str, ...], Says("reasons")]
    hidden_lines: Annotated[tuple[str, ...], Says("hidden_items")]
    since: Annotated[str, Says("opened_on")]
    gone: Annotated[bool, Says("needed")]
    changed: Annotated[str, Says("basis_changed"), Says("needed")]
    overdue: Annotated[str, Says("overdue_since")]
    state: Annotated[str, Says("state")]
    due: Annotated[str, Says("due_on")]
    late: Annotated[bool, PLAIN]
    in_household: Annotated[bool, PLAIN]
    owner: Annotated[str, Says("owner")]
    chosen: Annotated[str, PLAIN]
    """What a form says of it that chooses it; nothing where it is another ward's."""


@dataclass(frozen=True, slots=True)
class TabLine:
    """A view of the list, and how many it has."""

    key: str
    label: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class FeedLine:
    """Up to which day the records of a section have come; of one that is shut, since when."""

    section: str
    through: str
    shut_since: str = ""


@dataclass(frozen=True, slots=True)
class SavedLine:
    """Conditions that are kept under a name, by one's own hand or a colleague's."""

    id: UUID
    name: str
    by: str
    current: bool


@dataclass(frozen=True, slots=True)
class Narrowing:
    """By what the list is narrowed, by what it can be, and what of that is kept under names.

    `query` says it in an address of a page, `tabs` in one of another view: there what is kept under a name with its view is none any more.
    """

    tab: str
    owner: str
    age: str
    group: str
    owners: tuple[tuple[str, str], ...]
    ages: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, str], ...]
    saved: tuple[SavedLine, ...]
    query: str
    tabs: str
    narrowed: bool
    trouble: str
    key: UUID
    may_share: bool


@dataclass(frozen=True, slots=True)
class ListSheet(Sheet):
    """The list's page: its households from the `first` to the `last` of `total`, and the marks of the pages before and after."""

    title: Annotated[str, PLAIN]
    hint: Annotated[str, PLAIN]
    tabs: Annotated[tuple[TabLine, ...], PLAIN]
    households: Annotated[tuple[tuple[Line, ...], ...], LINES]
    tab: Annotated[str, PLAIN]
    first: Annotated[int, PLAIN]
    last: Annotated[int, PLAIN]
    total: Annotated[int, PLAIN]
    before: Annotated[str | None, PLAIN]
    after: Annotated[str | None, PLAIN]
    begun_anew: Annotated[bool, PLAIN]
    gone: Annotated[int, PLAIN]
    gone_tab: Annotated[str, PLAIN]
    waiting: Annotated[int, PLAIN]
    fresh: Annotated[str, PLAIN]
    feeds: Annotated[tuple[FeedLine, ...], PLAIN]
    silent: Annotated[tuple[FeedLine, ...], PLAIN]
    shut: Annotated[tuple[FeedLine, ...], PLAIN]
    narrowing: Annotated[Narrowing, PLAIN]
    may_assign: Annotated[bool, PLAIN]

    def count(self) -> int:
        """Return how many children it shows."""
        return sum(map(len, self.households))


def feed_lines(feeds: Iterable[Feed]) -> tuple[FeedLine, ...]:
    """Say of each feed how far it has come."""
    return tuple(
        FeedLine(
            wording.SOURCES[feed.source],
            dates.era_date(feed.complete_through) if feed.complete_through is not None else "",
            dates.era_date(feed.since) if feed.is_shut and feed.since is not None else "",
        )
        for feed in feeds
    )


def fresh_text(found: Freshness) -> str:
    """Say how far the feeds have come that come as they should: the first and the last of their days."""
    reached = [feed.complete_through for feed in found.fresh if feed.complete_through is not None]
    if not reached:
        return "" if found.silent or found.shut else "記録がいつの分まで届いているかは、まだ分かりません。"
    first, last = reached[0], reached[-1]
    days = dates.month_day(last) if first == last else f"{dates.month_day(first)}から{dates.month_day(last)}（課によって違います）"
    return f"{'ほかの記録' if found.silent or found.shut else '記録'}は、{days}の分まで届いています。"


def line(row: ListedChild, today: date) -> Line:
    """Say what the page says of a child."""
    return Line(
        person_id=row.person_id,
        # A protected household shows no number: it would lead to the other papers of the house.
        household_no=row.household_no if not row.protected else None,
        protected=row.protected,
        name=row.name or phrases.NAME_UNKNOWN,
        age=dates.age(row.birth_date, today) if row.birth_date else "",
        lines=wording.named_lines(row.reasons, dates.month_day),
        hidden_lines=wording.sensitive_lines(row.reasons, dates.month_day),
        since=dates.month_day(row.opened_on),
        gone=row.is_gone,
        changed=_changed(row),
        overdue=f"▲ {dates.month_day(row.overdue_since)}からの見直しがまだ" if row.overdue_since else "",
        state=phrases.state(row.state, gone=row.is_gone) + ("・決裁待ち" if row.asks else "") + _handover(row),
        due=phrases.due(row.due_on, today) if row.due_on else "",
        late=row.due_on is not None and row.due_on < today,
        in_household=row.household_id is not None,
        owner=row.owner or "",
        chosen="" if row.receiving else f"{row.person_id}:{row.seen}",
    )


def _handover(row: ListedChild) -> str:
    if row.receiving:
        return "・受領待ち"
    return HANDOVER_MARKS.get(row.handover, "") if row.handover else ""


def _changed(row: ListedChild) -> str:
    if not row.basis_changed:
        return ""
    return "▲ 記録に変化あり" if row.needed else "▲ きっかけが変わった"


@dataclass(frozen=True, slots=True)
class AnswerLine(OfPerson):
    """A child in the list, as a program is told of it. Sensitive items appear as a number only."""

    person_id: Annotated[PersonId, PLAIN]
    name: Annotated[str | None, Says("name", even=True)]
    kana: Annotated[str | None, Says("kana", even=True)]
    birth_date: Annotated[date | None, Says("birth_date", even=True)]
    state: Annotated[CaseState, Says("state", even=True)]
    due_on: Annotated[date | None, Says("due_on", even=True)]
    handover: Annotated[HandoverStatus | None, Says("handover")]
    opened_on: Annotated[date, Says("opened_on", even=True)]
    basis_changed: Annotated[bool, Says("basis_changed", even=True)]
    needed: Annotated[bool, Says("needed", even=True)]
    overdue_since: Annotated[date | None, Says("overdue_since", even=True)]
    protected: Annotated[bool, Says("protected", even=True)]
    items: Annotated[tuple[Item, ...], Says("reasons", even=True)]
    hidden_items: Annotated[int, Says("hidden_items", even=True)]
    owner: Annotated[str | None, Says("owner", even=True)]
    version: Annotated[str, PLAIN]
    """What an assignment of it must name."""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """Up to which day a source has delivered, and whether it should have delivered again by now."""

    source: Source
    complete_through: date | None
    silent: bool
    standing: FeedStanding
    """As ingest says: also whether somebody stopped or suspended it."""


@dataclass(frozen=True, slots=True)
class ListAnswer(Sheet):
    """The list, as a program is told of it."""

    tab: Annotated[str, PLAIN]
    unusable: Annotated[bool, PLAIN]
    """Whether what was asked for as kept under a name says nothing any more: then the list is not narrowed."""
    counts: Annotated[Mapping[Any, int], PLAIN]
    total: Annotated[int, PLAIN]
    begun_anew: Annotated[bool, PLAIN]
    before: Annotated[str | None, PLAIN]
    after: Annotated[str | None, PLAIN]
    feeds: Annotated[tuple[FeedAnswer, ...], PLAIN]
    households: Annotated[tuple[tuple[AnswerLine, ...], ...], LINES]

    def count(self) -> int:
        """Return of how many children it tells."""
        return sum(map(len, self.households))


def answer_line(row: ListedChild) -> AnswerLine:
    """Say what a program is told of a child."""
    holding = [reason for reason in row.reasons if reason.holds]
    return AnswerLine(
        person_id=row.person_id,
        name=row.name,
        kana=row.kana,
        birth_date=row.birth_date,
        state=row.state or CaseState.NOTICED,
        due_on=row.due_on,
        handover=row.handover,
        opened_on=row.opened_on,
        basis_changed=row.basis_changed,
        needed=row.needed,
        overdue_since=row.overdue_since,
        protected=row.protected,
        items=tuple(reason.item for reason in holding if sensitive_kind(reason.item) is None),
        hidden_items=sum(sensitive_kind(reason.item) is not None for reason in holding),
        owner=row.owner,
        version=row.seen,
    )
