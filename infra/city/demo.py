"""
`tsunagu demo`: the whole system on this machine, with a city that does not exist.

Starts the stack, plays the city through the real inlets, lets a ward clerk look at a child, and prints what happened and where to look.
"""

import asyncio
import hashlib
import os
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from contracts.catalogue import SOURCES
from contracts.values import ServiceName, Source, Ward
from contracts.words import WARDS
from infra import clock
from infra.city import conservation, latency, quiet, towns
from infra.city.bench import inlets_of
from infra.city.books import Books, ask
from infra.city.clerk import FOR_THE_READER, ClerksOf, Seen
from infra.city.conservation import Report
from infra.city.events import City, Night, build, distinct, still_to_come
from infra.city.latency import Latency
from infra.city.office import courses
from infra.city.office.programme import ProgrammeAtWork
from infra.city.office.working import WardAtWork
from infra.city.populating import EXPECTED_PER_CHILDREN
from infra.city.publisher import Publisher
from infra.city.schools import Batch, bring, parted
from infra.city.sources import ALL
from infra.city.sources.pen import Timed
from infra.identity import credentials
from infra.identity.demonstration import Credential, owned, register_demonstration_staff, write_duty_list
from infra.identity.keys import Keys
from infra.local.access import Access
from infra.local.root import found_root
from infra.local.stack import Stack, running
from infra.logs import configure
from infra.printing import table

HTTP_PARTS = 1
"""One record of twenty comes over HTTP."""

OTHER_PLACES = {"protected": "支援措置（区は非表示）", "unknown": "区不明"}
"""Where reviews stand that are counted under no ward."""

WHAT_IF = {"epds_high_from": 7, "late_from_weeks": 11}
"""The thresholds that are simulated at the end: a little lower than the city's."""

NIGHTS_BEFORE = (courses.FIRST, courses.SECOND, courses.EVE)
"""So many days before today the sources delivered, too: what people find in the list is of different days."""

SECOND_AT_WORK = Ward.HIGASHI
"""The ward that works beside the reader's: a page about the whole city has more than one to tell of."""

LIVE_EVENTS_PER_MINUTE = 12
DUTY_LIST = "duty.csv"
"""Under the data folder: who is on duty outside the hours."""

LINKED = {"linked": "linked", "waiting": "waiting", "for people": "review"}
"""What the linker made of a source's records, as the demonstration says it: its states."""

SHOWN_LOGINS = (
    *(f"{FOR_THE_READER}.{who}" for who in ("clerk", "health", "welfare", "lead", "chief")),
    "coordinator",
    "security.officer",
    "privacy.officer",
    "health.owner",
    "linkage.clerk",
    "linkage.second",
    "center.worker",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    children: int
    seed: int
    today: date | None
    stay: bool
    live: bool = False
    """Whether the afternoon goes on while it stays."""


@dataclass(frozen=True, slots=True)
class Played:
    """What playing the city came to. `seconds` is from the first night's first event until everything was at rest."""

    published: Mapping[Source, int]
    night: int
    seconds: float
    latency: Latency
    seen: tuple[Seen, ...]
    moves: int
    stopped: int
    worked: float
    """What two wards did with their cases, how many of their courses ended early, and the seconds that all of it took."""


def run(root: Path, wish: Wish, console: Console) -> int:
    """Run the demonstration and return the exit code: 0 only if every conservation check holds."""
    # What is imported here says so by its figures below, not line by line.
    configure("demonstration", "ERROR")
    key = hashlib.sha256(f"demonstration {wish.seed}".encode()).digest()
    stack = Stack(root, identifier_key=key, environment={"TSUNAGU_DUTY_LIST": str(root.resolve() / DUTY_LIST)})
    stack.clear()
    today = wish.today or datetime.now(clock.JST).date()
    city = build(
        wish.seed, today, wish.children, expected=_expected(wish), days_before=NIGHTS_BEFORE, scenes=True, in_doubt=True, sources=ALL
    )
    nights, carried = parted(city.nights)
    city = replace(city, nights=nights)
    _set_clock(root, city.nights[0].day)
    write_duty_list(root / DUTY_LIST, city.nights[0].day)
    console.print("Starting PostgreSQL, RabbitMQ and the five services …")
    report: Report | None = None
    try:
        with running(stack):
            report, live = asyncio.run(_demonstrate(stack, wish, city, carried, console))
            if wish.live:
                console.print(f"The afternoon goes on: {LIVE_EVENTS_PER_MINUTE} events a minute. Ctrl-C stops it.", style="bold")
                asyncio.run(_go_on(stack, city, live))
            elif wish.stay:
                console.print("Ctrl-C stops it.", style="bold")
                while True:
                    signal.pause()
        console.print("Stopped.")
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is left running.")
    return report.exit_code if report is not None else 1


def _expected(wish: Wish) -> int:
    """How many children have an event in the afternoon: as many again where it goes on."""
    timed = max(1, wish.children // EXPECTED_PER_CHILDREN)
    return 2 * timed if wish.live else timed


async def _demonstrate(
    stack: Stack, wish: Wish, city: City, carried: Sequence[Sequence[Batch]], console: Console
) -> tuple[Report, tuple[Timed, ...]]:
    """Play the city and show it; `carried` is what schools bring after each night. Returns what is left of the afternoon, too."""
    staff = await _register_staff(stack.access, city.today)
    console.print(f"A city with {city.children:,} children (seed {wish.seed}, {city.today}) …")
    timed = len(city.afternoon) // 2 if wish.live else len(city.afternoon)
    async with Books(stack.root) as books:
        await _name_towns(books)
        await _name_owners(books)
        played = await _play(books, city, carried, city.afternoon[:timed], staff, console)
        report = await conservation.check(stack.root, published=played.published)
        await _show(books, city, played, report, console)
    if wish.stay:
        _show_doors(stack.access, staff, console)
    return report, city.afternoon[timed:]


async def _go_on(stack: Stack, city: City, afternoon: Sequence[Timed]) -> None:
    """Publish what is left of the afternoon, each time with corrections of earlier records in between, and then corrections without end."""
    now = clock.clock_of(stack.access.clock_file).now
    publisher = Publisher(inlets_of(stack.access))
    for event in still_to_come(city, afternoon):
        told = now().isoformat(timespec="milliseconds")
        await publisher.publish_one({**event, "time": told})
        await asyncio.sleep(60 / LIVE_EVENTS_PER_MINUTE)


async def _name_towns(books: Books) -> None:
    """Load what the parts of the city are called, as `tsunagu casework towns load` does: nothing in `infra` may import a service."""
    loader = import_module("services.casework.towns")
    await loader.replace(books.of(ServiceName.CASEWORK), loader.read(towns.as_csv()))


async def _name_owners(books: Books) -> None:
    """Register who answers for which source, as `tsunagu ingest owners grant` does."""
    owning = import_module("services.ingest.owning")
    for staff_id, label, sources in owned():
        await owning.bring(books.of(ServiceName.INGEST), staff_id, label, sources)


async def _register_staff(access: Access, day: date) -> list[Credential]:
    db = await asyncpg.connect(access.database_url("identity"))
    try:
        # Logins count in the machine's time, even where the stack's day is another.
        until = max(day, datetime.now(clock.JST).date())
        return await register_demonstration_staff(db, Keys.of(access.secrets.parking_key), access.root / "secrets/staff.json", today=until)
    finally:
        await db.close()


async def _play(
    books: Books, city: City, carried: Sequence[Sequence[Batch]], afternoon: Sequence[Timed], staff: list[Credential], console: Console
) -> Played:
    url = books.access.service_url(ServiceName.CASEWORK)
    # The first courses stand at every stage between them; the second ward takes the others.
    others = courses.COURSES[courses.FOR_A_SMALL_CITY :]
    async with (
        WardAtWork(FOR_THE_READER, city.today, url, staff) as first,
        WardAtWork(SECOND_AT_WORK, city.today, url, staff, others) as second,
        ProgrammeAtWork(city.today, url, staff) as programme,
    ):
        return await _play_with((first, second, programme), books, city, carried, afternoon, staff, console)


async def _play_with(
    wards: Sequence[WardAtWork | ProgrammeAtWork],
    books: Books,
    city: City,
    carried: Sequence[Sequence[Batch]],
    afternoon: Sequence[Timed],
    staff: list[Credential],
    console: Console,
) -> Played:
    clerks = ClerksOf(books, staff, gone={ward.ward for ward in wards if isinstance(ward, WardAtWork)})
    first, *later = city.nights
    _set_clock(books.access.root, first.day)
    began = time.monotonic()
    publisher = await _night(books, first, console)
    seconds = time.monotonic() - began
    console.print(f"The first night, {first.day}, is over ({len(first.events) / seconds:,.0f} events/s).")
    console.print(f"Removable media of {len(carried[0])} sources of the schools' network: packed, carried over, imported, erased …")
    brought = await bring(books.access, carried[0])
    answered = distinct(first.events).total() + brought.total()
    await quiet.until_quiet(books, logged=answered)
    seen = [await clerks.look_at_one_child()]
    worked = await _work(wards, first.day, city.today)
    for night, batches in zip(later, carried[1:], strict=True):
        _set_clock(books.access.root, night.day)
        console.print(f"{night.day}: {len(night.events):,} events. The wards' staff log in and go on with their cases …")
        await publisher.play(night.events)
        by_media = await bring(books.access, batches)
        brought += by_media
        answered += distinct(night.events).total() + by_media.total()
        await quiet.until_quiet(books, logged=answered)
        seen.append(await clerks.look_at_one_child())
        worked += await _work(wards, night.day, city.today)

    console.print(f"The afternoon: {len(afternoon)} events, one by one …")
    waited = await latency.measure(books, publisher, afternoon)
    await quiet.until_quiet(books)
    published = distinct((*city.events, *(timed.event for timed in afternoon))) + brought
    looked = tuple(each for each in seen if each is not None)
    made, stopped = sum(ward.made for ward in wards), sum(ward.stopped for ward in wards)
    return Played(published, len(first.events), seconds, waited, looked, made, stopped, worked)


async def _work(wards: Sequence[WardAtWork | ProgrammeAtWork], day: date, today: date) -> float:
    """Let the wards work on a day, and return how many seconds it took."""
    began = time.monotonic()
    await asyncio.gather(*(ward.work((today - day).days) for ward in wards))
    return time.monotonic() - began


async def _night(books: Books, night: Night, console: Console) -> Publisher:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        sizes = Counter(event["source"] for event in night.events)
        bars: dict[Source, TaskID] = {Source(source): progress.add_task(source, total=n) for source, n in sizes.items()}
        publisher = Publisher(inlets_of(books.access), HTTP_PARTS, progress=lambda source, n: progress.advance(bars[source], n))
        await publisher.play(night.events)
        settling = progress.add_task("settling", total=None)
        await quiet.until_quiet(
            books, logged=distinct(night.events).total(), progress=lambda text: progress.update(settling, description=text)
        )
        progress.update(settling, description="at rest", total=1, completed=1)
        publisher.progress = lambda _source, _n: None
    return publisher


# --- what is printed ---


async def _show(books: Books, city: City, played: Played, report: Report, console: Console) -> None:
    figures: dict[ServiceName, dict[str, Any]] = {service: await ask(books, service, "figures") for service in ServiceName}
    await _show_events(books, played, console)
    _show_links(figures[ServiceName.LINKER], city, console)
    _show_reviews(figures, console)
    for seen in played.seen:
        console.print(f"{seen.login} opened {seen.person_id} and started the investigation", highlight=False)
    console.print(
        f"The staff of {FOR_THE_READER} and {SECOND_AT_WORK}, and the coordinator, did {played.moves} things, in {played.worked:.1f} s"
    )
    if played.stopped:
        console.print(f"{played.stopped} of their cases did not go on as foreseen: what arrived meanwhile changed them")
    audit = figures[ServiceName.AUDIT]
    console.print(f"Audit: {audit['entries']:,} entries. {_named(report, 'audit log, verified in full')}")
    report.show(console)
    _show_speed(played, console)
    await _show_what_if(books, city, console)


async def _show_what_if(books: Books, city: City, console: Console) -> None:
    """What another threshold would change in the whole city: a simulation, of which nobody is told."""
    began = time.perf_counter()
    found: dict[str, Any] = await ask(books, ServiceName.SCORER, "what_if", city.today, WHAT_IF)
    shown = table("what if …", "children", "listed before", "after", "new", "gone")
    for part in (found["total"], *found["by_ward"]):
        cells = ["(few)" if part[name] is None else str(part[name]) for name in ("before", "after", "new", "gone")]
        shown.add_row(WARDS.get(part["name"], part["name"]), f"{part['children']:,}", *cells)
    console.print(shown)
    what = ", ".join(f"{name} {value}" for name, value in WHAT_IF.items())
    console.print(f"A simulation of {what}, in {time.perf_counter() - began:.1f} s; nobody was told. More: ./tsunagu scorer simulate FILE")


async def _show_events(books: Books, played: Played, console: Console) -> None:
    """One line for each of the city's sixteen feeds: what was published, what ingest made of it, and what the linker did with it."""
    found: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.INGEST, "figures")
    deliveries: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.INGEST, "ledger")
    records: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.LINKER, "records_by_source")
    outcomes = list(next(iter(found.values()), {}))
    shown = table("source events", "", "published", *outcomes, "came again", *LINKED)
    for entry in SOURCES:
        published, by_outcome, states = played.published.get(entry.code, 0), found.get(entry.code, {}), records.get(entry.code, {})
        again = deliveries.get(entry.code, {}).get("received", 0) - sum(by_outcome.values())
        figures = [published, *(by_outcome.get(name, 0) for name in outcomes), again, *(states.get(state, 0) for state in LINKED.values())]
        shown.add_row(entry.feed, entry.code, *(f"{n:,}" for n in figures))
    console.print(shown)


def _show_links(linker: Mapping[str, Any], city: City, console: Console) -> None:
    console.print(f"{linker['persons']:,} persons, {linker['households']:,} households, {city.children:,} children invented")
    shown = table("links by rule", "n")
    for rule, n in linker["links_by_rule"].items():
        shown.add_row(rule, f"{n:,}")
    console.print(shown)


def _show_reviews(figures: Mapping[ServiceName, Mapping[str, Any]], console: Console) -> None:
    shown = table("indicators TRUE", "children")
    for item, n in figures[ServiceName.SCORER]["true"].items():
        shown.add_row(item, f"{n:,}")
    console.print(shown)
    shown = table("reviews by ward", "n")
    for ward, states in figures[ServiceName.CASEWORK]["reviews_by_ward"].items():
        shown.add_row(WARDS[Ward(ward)] if ward in set(Ward) else OTHER_PLACES.get(ward, ward), f"{sum(states.values()):,}")
    console.print(shown)
    shown = table("cases by stage", "n")
    for state, n in figures[ServiceName.CASEWORK]["cases_by_stage"].items():
        shown.add_row(state, f"{n:,}")
    console.print(shown)


def _show_speed(played: Played, console: Console) -> None:
    waited = played.latency
    console.print(
        f"Throughput: {played.night:,} events in {played.seconds:.1f} s = {played.night / played.seconds:,.0f} events/s, until at rest"
    )
    console.print(
        f"Latency from source event to visible review: p50 {waited.p50} ms, p99 {waited.p99} ms "
        f"(n={waited.n}, {latency.PER_SECOND:.0f}/s; from just before publishing until casework's database shows it, looked at every 2 ms)"
    )
    if waited.missing:
        console.print(f"[bold red]{waited.missing} expected reviews did not show[/]")


def _show_doors(access: Access, staff: list[Credential], console: Console) -> None:
    shown = table("login", "password", "one-time code now", "who")
    for each in (credential for credential in staff if credential.login in SHOWN_LOGINS):
        shown.add_row(each.login, each.password, credentials.code_at(each.totp_secret, datetime.now(UTC)), f"{each.name}, {each.place}")
    console.print(shown)
    doors = {
        "Casework": ServiceName.CASEWORK,
        "Audit": ServiceName.AUDIT,
        "Sources": ServiceName.INGEST,
        "Linkage": ServiceName.LINKER,
        "Rulesets": ServiceName.SCORER,
    }
    console.print("   ".join(f"{name}: {access.service_url(service)}" for name, service in doors.items()), highlight=False)
    console.print(f"Everybody: {access.root / 'secrets/staff.json'}; a fresh one-time code: ./tsunagu code LOGIN", highlight=False)
    console.print(_how_commands_find(access.root), highlight=False, soft_wrap=True)


def _how_commands_find(root: Path) -> str:
    """Say how the other commands find the stack in `root`."""
    if root == Path(os.environ.get("TSUNAGU_ROOT") or found_root()).resolve():
        return "From another terminal: ./tsunagu status | audit verify | ingest refused | down …, which find this stack by themselves"
    return f"From another terminal: ./tsunagu status --root {root}; audit, ingest, parked, code, down … take the same --root"


def _named(report: Report, name: str) -> str:
    return next((check.figures for check in report.checks if check.name == name), "not verified")


def _set_clock(root: Path, today: date) -> None:
    """Let the stack's clock run on another day; the time of day stays."""
    root.mkdir(mode=0o711, parents=True, exist_ok=True)
    clock.run_on(root / "clock.json", today)
