"""
The child's household over time: records, contacts, conferences, and who came to live there, as a picture and as a table that says the same.

It shows nothing that the page does not show elsewhere: sensitive items where they are opened, and people whom the page names. On what day
anybody came to live with a protected child is for whoever may know where that is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow, wording
from services.casework.domain.casefile import Past
from services.casework.domain.review import Reason, changes
from services.casework.domain.timeline import WIDTH, Event, Kind, Picture, drawn
from services.casework.domain.wording import sensitive_kind
from services.casework.fields import CONTACTS, METHODS
from services.casework.moves import STEPS
from services.casework.screens.child.limits import Limits
from services.casework.screens.child.rows import Child, Mate
from services.casework.sheets import PLAIN, Says, Sheet

SELF = 0
NAME_LENGTH = 9
MONTH_WIDTH = 70
"""The words of a month take so much: a line nearer to the edge has none and is not drawn."""
ALSO = frozenset({"report_urgently"})
"""What leaves a case where it stands and is drawn all the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    number: int
    on: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class TimelineSheet(Sheet):
    """Picture and table. Items are in the log by the lines that name them."""

    picture: Annotated[Picture, PLAIN]
    months: Annotated[tuple[tuple[float, str], ...], PLAIN]
    rows: Annotated[tuple[Row, ...], PLAIN]
    of_case: Annotated[int, Says("history")]
    of_house: Annotated[int, Says("household")]
    described: Annotated[str, PLAIN]


def timeline(child: Child, limits: Limits, today: date) -> TimelineSheet | None:
    """Return it, or None where there is nothing to draw."""
    people = [*limits.siblings, *limits.adults]
    of_records = [*_born(child), *_records(child, shows_sensitive=limits.shows_sensitive)]
    of_case = list(_case(child))
    of_house = list(_house(people)) if limits.shows_whereabouts else []
    names = (
        [child.name or phrases.NAME_UNKNOWN, *(each.name or phrases.NAME_UNKNOWN for each in people)] if of_house else [child.name or ""]
    )
    events = [*of_records, *of_case, *of_house]
    if not events:
        return None
    picture = drawn(events, [_short(name) for name in names], today)
    rows = tuple(Row(mark.number, dates.era_date(mark.event.on), names[mark.event.lane], mark.event.text) for mark in picture.marks)
    described = f"{dates.era_month(picture.starts)}からの{len(rows)}件。番号の内容は、下の表にあります。"
    months = tuple((x, dates.era_month(month)) for x, month in picture.months if x <= WIDTH - MONTH_WIDTH)
    return TimelineSheet(picture, months, rows, len(of_case), len(of_house), described)


def _born(child: Child) -> Iterator[Event]:
    if child.birth_date is not None:
        yield Event(child.birth_date, SELF, Kind.RECORD, "生まれた")


def _records(child: Child, *, shows_sensitive: bool) -> Iterator[Event]:
    """What the records say and the page names, on its day; that people were asked to look; and reasons that came or went."""
    yield Event(child.opened_on, SELF, Kind.CASE, "要確認に挙がった")
    for reason in child.latest.reasons:
        on = _day(reason)
        if on is not None and (shows_sensitive or sensitive_kind(reason.item) is None) and (reason.holds or wording.reassures(reason)):
            yield Event(on, SELF, Kind.RECORD, wording.title_of(reason))
    for change in changes(child.words):
        if shows_sensitive or sensitive_kind(change.item) is None:
            yield Event(change.on, SELF, Kind.RECORD, wording.change_text(change, dates.era_date))


def _day(reason: Reason) -> date | None:
    return wording.happened_on(reason) or reason.valid_from


def _case(child: Child) -> Iterator[Event]:
    for past in child.file.past:
        if past.asks:
            continue
        if (contacted := past.details.get("contacted_on")) is not None:
            yield Event(date.fromisoformat(contacted), SELF, Kind.CONTACT, _contact(past))
        elif past.start is not past.end or past.move in ALSO:
            yield Event(dates.local_day(past.at), SELF, Kind.CASE, _done(past))


def _contact(past: Past) -> str:
    result = past.details.get("result", "met")
    sighted = {"yes": "。こどもの姿を見た", "no": "。こどもの姿は見ていない"}.get(past.details.get("sighted", ""), "")
    return f"{METHODS.get(past.details.get('method', ''), '接触')}：{CONTACTS.get(result, result)}{sighted}"


def _done(past: Past) -> str:
    step = STEPS.get(past.move)
    return step.deed.done if step else flow.ANY_BY_KEY[past.move].title if past.move in flow.ANY_BY_KEY else past.move


def _house(people: Sequence[Mate]) -> Iterator[Event]:
    for lane, mate in enumerate(people, 1):
        if mate.since is not None:
            text = "生まれて、世帯に加わった" if mate.since == mate.birth_date else "世帯に加わった"
            yield Event(mate.since, lane, Kind.HOUSE, text)


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
