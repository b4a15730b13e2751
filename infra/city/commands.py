"""The synthetic city on the command line: `tsunagu demo`, `tsunagu story` and `tsunagu bench`."""

import asyncio
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from contracts.values import Source
from infra.city.fuzzing.kinds import Kind
from infra.city.linkage.tables import Which
from infra.clock import JST
from infra.local.root import DEMO_ROOT, REPOSITORY, Root
from infra.printing import console, size

PICTURES = REPOSITORY / "infra/pictures"
MEASURED = REPOSITORY / ".tsunagu/bench-city"

Sources = Annotated[str, typer.Option(help="Who plays: all, first (three), network, or codes of sources with commas between.")]

Publishing = Annotated[
    str, typer.Option("--sources", help="Who publishes: first (three), network, or codes with commas between, the first three among them.")
]

of_city = typer.Typer(help="The synthetic city by itself: no stack is needed.", no_args_is_help=True)
bench = typer.Typer(help="Measures; nothing here is a test.", no_args_is_help=True)
fuzz = typer.Typer(help="Sends what nobody honest would send, and says what must hold afterwards.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the city's commands to `app`."""
    app.command()(demo)
    app.command()(story)
    app.command()(screenshots)
    app.add_typer(of_city, name="city")
    app.add_typer(bench, name="bench")
    app.add_typer(fuzz, name="fuzz")


def demo(
    children: Annotated[int, typer.Option(min=20, max=200_000, help="Children of the city.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 7,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The city's day instead of today.")] = None,
    root: Annotated[
        Path, typer.Option(help="Data folder; what an earlier stack left in it is deleted first.", show_default=".tsunagu/demo")
    ] = DEMO_ROOT,
    *,
    leave: Annotated[bool, typer.Option("--exit", help="Stop by itself; exit code 0 only if nothing was lost.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Go on with some events a minute, so that pages change, until Ctrl-C.")] = False,
) -> None:
    """Start everything, play a city that does not exist, and show what happened and where to look."""
    from infra.city.demo import Wish, run

    if live and leave:
        raise typer.BadParameter("either --live or --exit")
    day: date | None = today.date() if today is not None else None
    raise typer.Exit(run(root, Wish(children, seed, day, stay=not leave, live=live), console()))


def story(
    files: Annotated[list[Path], typer.Argument(help="Stories (YAML); a folder stands for its *.yaml.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was seen as JSON.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stack up with the last story in it, until Enter.")] = False,
) -> None:
    """Play stories through the real inlets and check what they expect; exit code 1 if it is not met, 2 if a file is malformed."""
    from infra.city.story import play_files

    raise typer.Exit(play_files(files, json_output=json, keep=keep))


def screenshots(
    root: Root,
    to: Annotated[Path, typer.Option(help="Folder of the pictures.", show_default="infra/pictures")] = PICTURES,
) -> None:
    """Take the pictures of README anew, from a demonstration that runs: a child's page, who looked at it, what a ruleset would change."""
    from infra.city.pictures import take

    for picture in asyncio.run(take(root, to)):
        print(f"{picture} ({size(picture.stat().st_size)})")


@of_city.callback()
def _of_city() -> None:
    """Keep `events` a command of its own: typer would else make it the program."""


@of_city.command()
def events(
    children: Annotated[int, typer.Option(min=20, max=2_000_000, help="Children of the city.")] = 2000,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 7,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The city's day instead of today.")] = None,
    sources: Sources = "all",
    to: Annotated[Path | None, typer.Option(help="File to write to.", show_default="standard output")] = None,
    residents: Annotated[
        int | None, typer.Option(min=20, help="With --stream: residents, children included.", show_default="eight times the children")
    ] = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="With --stream: draw side by side.", show_default="as many as there are cores")
    ] = None,
    *,
    stream: Annotated[bool, typer.Option("--stream", help="Block by block, as `bench city` loads it: a city larger than memory.")] = False,
) -> None:
    """Write what the sources publish, one CloudEvent a line; how fast, and with how much memory, is said on standard error."""
    from infra.city.sources import named
    from infra.city.writing import Wish, write

    day = today.date() if today is not None else datetime.now(JST).date()
    write(Wish(children, seed, day, named(sources), residents, processes, stream=stream), to, console(stderr=True))


@of_city.command()
def linkage(
    out: Annotated[Path, typer.Option(help="Folder for register.csv, records.csv and truth.csv.")],
    persons: Annotated[int, typer.Option(min=1, max=10_000_000, help="People in the register.")] = 100_000,
    corruption: Annotated[float, typer.Option(min=0, max=1, help="Share of records with at least one field that is wrong.")] = 0.1,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 7,
    population: Annotated[
        Which, typer.Option(help="Which of the three, written apart: other names, other families, other mistakes.")
    ] = Which.FIRST,
    cases: Annotated[int, typer.Option(min=1, max=100_000, help="With --hazards: cases of each kind.")] = 1_000,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Draw side by side.", show_default="as many as there are cores")
    ] = None,
    *,
    hazards: Annotated[bool, typer.Option("--hazards", help="Also what no machine may link, each kind by its name in truth.csv.")] = False,
) -> None:
    """Write a city that is difficult to link, with the answers: `tsunagu linker evaluate` reads it."""
    from infra.city.linkage.writing import Wish, write

    wish = Wish(persons, seed, corruption, population, cases if hazards else 0, processes)
    write(wish, out, console(stderr=True))


@bench.command()
def pipeline(
    events: Annotated[int, typer.Option(min=400, max=1_000_000, help="About so many source events.")] = 20_000,
    rounds: Annotated[int, typer.Option("--rounds", "--pairs", min=1, max=20, help="So many rounds; the median is reported.")] = 1,
    half_load: Annotated[float, typer.Option(min=0, max=600, help="Seconds of the flood at half speed; 0: none.")] = 15,
    preload: Annotated[int, typer.Option(min=0, max=20_000_000, help="Rows that each big table holds beforehand.")] = 0,
    sources: Publishing = "first",
    partitions: Annotated[int, typer.Option(min=1, max=16, help="Partitions; several are shared by two processes of each service.")] = 1,
    profile: Annotated[Path | None, typer.Option(help="Folder into which it is written where the time of the real run went.")] = None,
    *,
    real_only: Annotated[bool, typer.Option("--real-only", help="Neither the limit nor the yardstick.")] = False,
    eve: Annotated[bool, typer.Option("--eve", help="Not a city's first night: the sources were complete the day before.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure source events per second end to end, beside what the runtime alone and a bare pipeline carry on the same servers."""
    from infra.city.bench import Wish
    from infra.city.bench import pipeline as measured
    from infra.city.benchmarks import report

    wish = Wish(
        events,
        rounds,
        rivals=not real_only,
        half_load_seconds=half_load,
        eve=eve,
        preload=preload,
        partitions=partitions,
        profile=profile,
        sources=_publishing(sources),
    )
    found = measured(wish, console(stderr=json))
    if json:
        print(report.as_json(found))
    else:
        report.show(found, console())


@bench.command()
def city(
    children: Annotated[int, typer.Option(min=20, max=2_000_000, help="Children of the city.")] = 200_000,
    residents: Annotated[
        int | None, typer.Option(min=20, help="Residents, children included.", show_default="eight times the children")
    ] = None,
    nights: Annotated[int, typer.Option(min=0, max=366, help="Nights after the first load.")] = 30,
    seed: Annotated[int, typer.Option(help="Another seed, another city.")] = 7,
    today: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the first load instead of today.")] = None,
    sources: Publishing = "first",
    block: Annotated[int, typer.Option(min=20, max=2_000, help="Children drawn at a time.")] = 1_000,
    root: Annotated[
        Path | None,
        typer.Option(help="Data folder to keep; a load that was broken off goes on in it.", show_default="one that is thrown away"),
    ] = None,
    postgres: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A setting of PostgreSQL; again for another.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the report.", show_default=".tsunagu/bench-city")] = MEASURED,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Load a whole city into an empty stack, then a month of nights, and report time, memory, disk, and cost against rows held."""
    from infra.city.whole.running import Wish, run

    settings = dict(each.partition("=")[::2] for each in postgres or ())
    if "" in {*settings, *settings.values()}:
        raise typer.BadParameter("a setting is NAME=VALUE, as in shared_buffers=1GB", param_hint="--postgres")
    day: date | None = today.date() if today is not None else None
    run(Wish(children, nights, out, seed, residents, block, day, root, _publishing(sources), settings), console(stderr=True), as_json=json)


def _publishing(text: str) -> tuple[Source, ...]:
    """Read which sources publish to a stack that is measured."""
    from infra.city.sources import FIRST_THREE, named, on_network

    sources = named(text)
    by_media = [source for source in sources if source not in on_network(sources)]
    if by_media:
        raise typer.BadParameter(f"{', '.join(by_media)}: on removable media alone, not over the network", param_hint="--sources")
    if not set(FIRST_THREE) <= set(sources):
        raise typer.BadParameter(f"{', '.join(FIRST_THREE)} are always among them", param_hint="--sources")
    return sources


@bench.command("ingest")
def bench_ingest(
    events: Annotated[int, typer.Option(min=400, max=1_000_000, help="About so many events for each way in.")] = 20_000,
    rows: Annotated[
        int, typer.Option(min=0, max=5_000_000, help="Rows of the nightly extract, and of bundles up to 250,000; 0: neither.")
    ] = 200_000,
    ledger: Annotated[int, typer.Option(min=0, max=50_000_000, help="Rows of the large ledger; 0: none.")] = 10_000_000,
    ingest_cores: Annotated[
        int,
        typer.Option(min=0, help="So many processors are ingest's alone, the others its servers' and senders'; 0: they share all."),
    ] = 0,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure what each way into ingest takes, with one process and with two, and whether a large ledger makes it slower."""
    from infra.city.benchmarks.ingest import Wish, bench

    found = bench(Wish(events, rows, ledger, ingest_cores), console(stderr=json))
    if json:
        print(found.as_json())
    else:
        found.show(console())


@bench.command("linker")
def bench_linker(
    people: Annotated[int, typer.Option(min=100, max=10_000_000, help="People in the register.")] = 200_000,
    records: Annotated[
        int | None, typer.Option(min=1, help="At most so many records.", show_default="all that are drawn: one for about eight people")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="So many processes, beside one.")] = 2,
    *,
    splink: Annotated[bool, typer.Option("--splink", help="The same records by Splink as well, in the same run.")] = False,
    by_events: Annotated[
        bool, typer.Option("--by-events", help="Rows of schools' lists by events as well, in a PostgreSQL of their own.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure how many records without a number are linked per second, in a city that is difficult to link."""
    from infra.city.benchmarks.linker import Wish, bench

    found = bench(Wish(people, records, processes, splink, by_events), console(stderr=True))
    if json:
        print(found.as_json())
    else:
        found.show(console())


@bench.command("audit")
def bench_audit(
    entries: Annotated[
        int | None, typer.Option(min=1_000, max=10_000_000, help="So many signed entries come.", show_default="50,000")
    ] = None,
    log: Annotated[
        int | None,
        typer.Option(min=1_000, max=100_000_000, help="A log of so many is exported, verified and proven.", show_default="200,000"),
    ] = None,
    *,
    large: Annotated[
        bool, typer.Option("--large", help="200,000 entries come, a log of 1,000,000, and searches among 10,000,000: half an hour, 20 GB.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure how fast entries come into the audit log, and how long a large one takes to be exported, verified, proven and searched."""
    speed = import_module("services.audit.benchmark.speed")
    usual = (200_000, 1_000_000, 10_000_000) if large else (50_000, 200_000, 200_000)
    speed.run(speed.Wish(entries or usual[0], log or usual[1], max(log or 0, usual[2])), as_json=as_json)


@bench.command("misuse")
def bench_misuse(
    officers: Annotated[int, typer.Option(min=10, max=5_000, help="So many members of staff.")] = 100,
    days: Annotated[int, typer.Option(min=100, max=1_000, help="So many days; fourteen months by default.")] = 430,
    scenarios: Annotated[int, typer.Option(min=1, max=500, help="Planted scenarios of each rule.")] = 20,
    seed: Annotated[int, typer.Option(help="Another seed, other months.")] = 1,
    thresholds: Annotated[str, typer.Option(help="Other thresholds than the start values, as JSON (TSUNAGU_MISUSE).")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """
    How much of what is planted among synthetic months of entries the audit's rules against misuse find, and how much else they raise a day.

    Ends with 1 where the target (audit.md §5: recall of every rule 95 %, at most 5 findings a day for 100 officers) is not reached.
    """
    trying = import_module("services.audit.benchmark.trying")
    reached = import_module("services.audit.benchmark.running").run(
        trying.Wish(officers=officers, days=days, scenarios=scenarios, seed=seed), thresholds, as_json=as_json
    )
    if not reached:
        raise typer.Exit(1)


@bench.command("scorer")
def bench_scorer(
    children: Annotated[int, typer.Option(min=100, max=2_000_000, help="Children with five years of facts.")] = 200_000,
    events: Annotated[int, typer.Option(min=100, max=1_000_000, help="So many events are heard and followed, twice.")] = 20_000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="So many processes.")] = 2,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure how fast a whole city is evaluated, another threshold simulated, and events followed."""
    from infra.city.benchmarks.scorer import Wish, bench

    found = bench(Wish(children, events, processes))
    if json:
        print(found.as_json())
    else:
        found.show(console())


@fuzz.command("ingest")
def fuzz_ingest(
    cases: Annotated[int, typer.Option(min=100, max=10_000_000, help="About so many cases, by all inlets together.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Another seed, other cases.")] = 7,
    only: Annotated[list[Kind] | None, typer.Option("--only", help="Only cases of this kind; again for each.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was found as JSON.")] = False,
) -> None:
    """Fuzz every inlet of ingest on a fresh stack; exit code 0 only if all that must hold does."""
    from infra.city.fuzzing.run import Wish, fuzz

    found = fuzz(Wish(cases, seed, tuple(only)) if only else Wish(cases, seed), console(stderr=json))
    if json:
        print(found.as_json())
    else:
        found.show(console())
    raise typer.Exit(int(not found.holds))


@fuzz.command("casework")
def fuzz_casework(
    root: Root,
    cases: Annotated[int, typer.Option(min=100, max=10_000_000, help="About so many cases, by all who try together.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Another seed, other cases.")] = 7,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was found as JSON.")] = False,
) -> None:
    """Fuzz the API of the wards' staff on a demonstration that runs, whose cases are moved about; exit code 0 only if all holds."""
    from infra.city.fuzzing.casework import fuzz

    found = fuzz(root, cases, seed, console(stderr=json))
    if json:
        print(found.as_json())
    else:
        found.show(console())
    raise typer.Exit(int(not found.holds))


@bench.command("casework")
def bench_casework(
    cases: Annotated[int, typer.Option(min=10, max=5_000_000, help="About so many cases, most of them closed.")] = 300_000,
    users: Annotated[int, typer.Option(min=1, max=500, help="So many of the wards' staff at work at the same time.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="Seconds of each part: with the database's walls, and without.")] = 60,
    think: Annotated[float, typer.Option(min=0, max=600, help="Seconds that everybody reads a page, on average; 0: not at all.")] = 5,
    children: Annotated[int, typer.Option(min=100, max=20_000, help="Children of the small city whose cases are copied.")] = 500,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print everything that was measured as JSON.")] = False,
) -> None:
    """Measure how long ward staff wait for the list and for a child's page, over an archive of years of cases."""
    from infra.city.benchmarks.casework import Wish, bench

    found = bench(Wish(cases, users, seconds, think, children), console(stderr=json))
    if json:
        print(found.as_json())
    else:
        found.show(console())
