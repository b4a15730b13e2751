"""What was refused or parked, newest first, by source, outcome, code and day; and the same as a list for owners to send again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.values import Source
from infra.pages.dates import short_moment
from infra.work import UnitOfWork
from services.ingest import days, quarantine
from services.ingest.choosing import Choice, address, selection, source_in
from services.ingest.domain.ledger import Outcome
from services.ingest.quarantine import Page, Quarantined
from services.ingest.resend_list import RESEND_MOST, csv_of
from services.ingest.seeing import Asking, File, Menu, Said, Screen
from services.ingest.wording import OUTCOMES, place_of, words_of

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Content:
    """A page of it, how much there is by the tallies, codes to choose from, and the source that was asked for, if one was."""

    page: Page
    untaken: Mapping[tuple[Source, Outcome], int]
    codes: Sequence[str]
    asked: Source | None

    def count(self, outcome: Outcome, source: Source | None = None) -> int:
        """How many are of an outcome, of one source or of all."""
        return sum(events for (of, what), events in self.untaken.items() if what is outcome and source in {None, of})


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
    untaken = await days.untaken(work.db, chosen.sources, chosen.first, chosen.last)
    codes = await quarantine.recent_codes(work.db, chosen.sources)
    return Content(page, untaken, codes, source_in(asked))


def show(content: Content, asking: Asking[Choice]) -> Said:
    """Say it on a page. How many there are is known where days, sources and outcomes choose alone: codes nobody counts for a look."""
    asked = asking.question
    outcomes = [outcome for outcome in OUTCOMES if asked.outcome in {"", outcome.value}]
    return Said(
        {
            "asked": asked,
            "sources": [(source.value, entry_of(source).system) for source in Source if source in asking.sources],
            "outcomes": [(outcome.value, words) for outcome, words in OUTCOMES.items()],
            "codes": _codes(content.codes, asked.code),
            "lines": [_line(event) for event in content.page.events],
            "total": None if asked.code or asked.reason else sum(map(content.count, outcomes)),
            "by_source": _by_source(content),
            "after": address("/quarantine", asked, after=str(content.page.after)) if content.page.after is not None else "",
            "csv": address("/quarantine.csv", asked, outcome="") if content.count(Outcome.REFUSED) else "",
            "bulk": address("/bulk-replay", asked, outcome="") if asking.coordinates and content.count(Outcome.PARKED) else "",
            "begun_anew": content.page.begun_anew,
        },
        fields=quarantine.shown_of(content.page.events),
        count=len(content.page.events),
    )


def _codes(recent: Sequence[str], asked: str) -> list[tuple[str, str]]:
    return [(code, words_of(code)) for code in sorted({*recent, asked} - {""})]


def _by_source(content: Content) -> list[dict[str, str]]:
    sources = [source for source in Source if any(of is source for of, _ in content.untaken)]
    return [
        {
            "system": entry_of(source).system,
            "unit": entry_of(source).data_owner,
            "refused": f"{content.count(Outcome.REFUSED, source):,}",
            "parked": f"{content.count(Outcome.PARKED, source):,}",
        }
        for source in sources
    ]


def _line(event: Quarantined) -> Line:
    identity = event.identity
    places = [
        f"{place_of(event.source, identity.event_type, error.path)}：{error.message.ja or error.code}" if error.path else error.message.ja
        for error in event.errors[:3]
    ]
    more = len(event.errors) - len(places)
    return Line(
        key=str(event.key),
        source=event.source.value,
        system=entry_of(event.source).system,
        event=identity.event_id or ("（封をした1件）" if event.waiting is not None else "（読み取れないid）"),
        record=f"{identity.record_id}（改訂 {identity.revision}）" if identity.record_id is not None else "—",
        outcome=OUTCOMES[event.outcome],
        tag="changed" if event.outcome is Outcome.REFUSED else "lock",
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
    return File(name, "text/csv; charset=utf-8", csv_of(content.events), quarantine.shown_of(content.events), len(content.events))


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
