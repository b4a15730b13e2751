"""What was refused or parked, newest first, by source, outcome, code and day; and the same as a list for owners to send again."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.values import Source
from infra.pages.dates import short_moment
from infra.work import UnitOfWork
from services.ingest import quarantine
from services.ingest.choosing import Choice, address, selection, source_in
from services.ingest.domain.refusals import MESSAGES
from services.ingest.quarantine import Counted, Page, Quarantined
from services.ingest.resend_list import RESEND_MOST, csv_of
from services.ingest.seeing import Asking, File, Menu, Said, Screen
from services.ingest.wording import OUTCOMES

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Content:
    """A page of it, what there is in all, and the source that was asked for, if one was."""

    page: Page
    counted: Sequence[Counted]
    asked: Source | None


@dataclass(frozen=True, slots=True)
class Line:
    """An event in the list."""

    key: str
    source: str
    system: str
    event: str
    record: str
    outcome: str
    tag: str
    what: str
    received: str


async def read(work: UnitOfWork, asking: Asking[Choice]) -> Content:
    """Read a page of what is asked for."""
    asked = asking.question
    chosen = selection(asked, asking.sources, asked.outcome)
    page = await quarantine.page(work.db, chosen, asked.mark, ON_A_PAGE)
    return Content(page, await quarantine.counted(work.db, chosen), source_in(asked))


def show(content: Content, asking: Asking[Choice]) -> Said:
    """Say it on a page."""
    asked, counted = asking.question, content.counted
    return Said(
        {
            "asked": asked,
            "sources": [(source.value, entry_of(source).system) for source in Source if source in asking.sources],
            "outcomes": [(outcome.value, words) for outcome, words in OUTCOMES.items()],
            "codes": _codes(counted, asked.code),
            "lines": [_line(event) for event in content.page.events],
            "total": sum(each.events for each in counted),
            "by_source": _by_source(counted),
            "after": address("/quarantine", asked, after=str(content.page.after)) if content.page.after is not None else "",
            "csv": address("/quarantine.csv", asked, outcome=""),
            "bulk": address("/bulk-replay", asked, outcome="") if asking.coordinates and any(each.waiting for each in counted) else "",
            "refused": sum(each.events for each in counted if each.outcome == "refused"),
            "begun_anew": content.page.begun_anew,
        },
        count=len(content.page.events),
    )


def _codes(counted: Sequence[Counted], asked: str) -> list[tuple[str, str]]:
    codes = sorted({each.code for each in counted if each.code is not None} | ({asked} if asked else set()))
    return [(code, MESSAGES.get(code, (code, ""))[0]) for code in codes]


def _by_source(counted: Sequence[Counted]) -> list[dict[str, str]]:
    found = []
    for source in Source:
        of_it = [each for each in counted if each.source is source]
        if of_it:
            refused = sum(each.events for each in of_it if each.outcome == "refused")
            parked = sum(each.events for each in of_it if each.outcome == "parked")
            entry = entry_of(source)
            found.append({"system": entry.system, "unit": entry.data_owner, "refused": f"{refused:,}", "parked": f"{parked:,}"})
    return found


def _line(event: Quarantined) -> Line:
    identity = event.identity
    places = [f"{error.path}：{error.message.ja or error.code}" if error.path else error.message.ja for error in event.errors[:3]]
    more = len(event.errors) - len(places)
    return Line(
        key=str(event.key),
        source=event.source.value,
        system=entry_of(event.source).system,
        event=identity.event_id or ("（封をした1件）" if event.waiting is not None else "（読み取れないid）"),
        record=f"{identity.record_id}（改訂 {identity.revision}）" if identity.record_id is not None else "—",
        outcome=OUTCOMES[event.outcome],
        tag="changed" if event.outcome == "refused" else "lock",
        what="　".join(places) + (f"　ほか{more}か所" if more else ""),
        received=short_moment(event.received_at),
    )


@dataclass(frozen=True, slots=True)
class ToSend:
    """What has to be sent again."""

    events: Sequence[Quarantined]
    asked: Source | None


async def read_list(work: UnitOfWork, asking: Asking[Choice]) -> ToSend:
    """Read all that was refused of what is asked for."""
    chosen = selection(asking.question, asking.sources, "refused")
    events = [event async for some in quarantine.all_of(work.db, chosen, at_most=RESEND_MOST) for event in some]
    return ToSend(events, source_in(asking.question))


def show_list(content: ToSend, asking: Asking[Choice]) -> File:
    """Say it as a table to take away."""
    name = f"resend-{asking.question.source or 'all'}-{asking.today.isoformat()}.csv"
    return File(name, "text/csv; charset=utf-8", csv_of(content.events), count=len(content.events))


SCREENS = (
    Screen(
        name="quarantine",
        address="/quarantine",
        deed=deeds.QUARANTINE_OPENED,
        read=read,
        show=show,
        question=Choice,
        source_of=lambda content: content.asked,
        menu=Menu("拒否と保留", 2),
    ),
    Screen(
        name="resend",
        folder="quarantine",
        address="/quarantine.csv",
        deed=deeds.RESEND_LIST_TAKEN,
        read=read_list,
        show=show_list,
        question=Choice,
        source_of=lambda content: content.asked,
        under="quarantine",
    ),
)
