"""
A run of the fuzzer: a fresh stack, cases by each inlet, and what must hold afterwards.

No answer is a server's error and none fails to come; nothing is put aside and nothing dead-lettered; the service logs no error and does not
grow; nothing is stored, in tables or in files, that was not accepted; and nothing is lost (`conservation`).
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console

from contracts import topology
from contracts.values import ServiceName, Source
from infra.city import conservation, quiet
from infra.city.books import Books
from infra.city.conservation import Check
from infra.city.fuzzing import contract
from infra.city.fuzzing.files import by_extract
from infra.city.fuzzing.kinds import Kind
from infra.city.fuzzing.mutating import MARK, Mutator
from infra.city.fuzzing.searching import MARKS, in_files
from infra.city.fuzzing.sending import Seen, posting, publishing
from infra.city.fuzzing.watching import by_media
from infra.city.memory import memory_bytes
from infra.local.access import Access
from infra.local.stack import Stack, running
from infra.printing import table
from infra.sql import queries

SQL = queries(__file__, "fuzzing.sql")

SHARES = {Kind.CONTRACT: 0.1, Kind.EXTRACT: 0.1, Kind.BUNDLE: 0.1, Kind.ROSTER: 0.04, Kind.HTTP: 0.33, Kind.AMQP: 0.33}
"""Which share of the cases is of which kind."""

BLOCK, BLOCKS_LEAST, TOLD_EACH = 1_000, 4, 5
"""After so many events the service's memory is read; at least so often in all. After so many blocks it is told how far things are."""

GROWTH_MOST = 24 * 2**20
"""Bytes, from the second quarter of the readings to the last. An inlet's room is 16 MiB of bodies, and garbage is collected when it is."""

QUIET_SECONDS, EMPTY_SECONDS, LOOK_SECONDS = 600.0, 60.0, 0.5
_EVENTS = (Kind.HTTP, Kind.AMQP)
_BAD_LEVELS = {"error", "critical"}
_ALARMS = {"ingest.feed_quiet", "ingest.feed_stopped"}
"""What is said of a feed and is true: an example of a source is all that it ever sent here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """So many cases in all, drawn from a seed, of these kinds."""

    cases: int = 50_000
    seed: int = 7
    only: tuple[Kind, ...] = tuple(Kind)

    def shares(self) -> dict[Kind, int]:
        """How many cases of each kind."""
        whole = sum(SHARES[kind] for kind in self.only)
        return {kind: round(self.cases * SHARES[kind] / whole) for kind in SHARES if kind in self.only}


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What a run found."""

    wish: Wish
    cases: Counter[str]
    seconds: Counter[str]
    answers: Counter[str]
    memory: Mapping[str, list[int]]
    took: float
    checks: list[Check] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether all that must hold does."""
        return all(check.holds is not False for check in self.checks)

    def as_json(self) -> str:
        """Return it for a program."""
        told = {
            "seed": self.wish.seed,
            "holds": self.holds,
            "cases": self.cases,
            "seconds": self.seconds,
            "answers": self.answers,
            "took_seconds": round(self.took, 1),
            "memory_bytes": self.memory,
            "checks": [asdict(check) for check in self.checks],
        }
        return json.dumps(told, indent=1, ensure_ascii=False)

    def show(self, console: Console) -> None:
        """Print it."""
        ways = table("kind", "cases", "seconds", "cases/s")
        for way, cases in self.cases.items():
            ways.add_row(way, f"{cases:,}", f"{self.seconds[way]:,.1f}", f"{cases / max(self.seconds[way], 1e-9):,.0f}")
        console.print(ways)
        cases = sum(self.cases.values())
        console.print(f"{cases:,} cases in {self.took:,.0f} s ({cases / self.took:,.0f}/s, side by side), seed {self.wish.seed}.")
        console.print("Answers: " + ", ".join(_told(self.answers)))
        checks = table("check", "", "figures")
        for check in self.checks:
            checks.add_row(check.name, "[green]holds[/]" if check.holds else "[bold red]FAILS[/]", check.figures)
        console.print(checks)


def fuzz(wish: Wish, console: Console) -> Fuzzed:
    """Fuzz a fresh stack that is removed afterwards."""
    console.print("Starting a fresh stack …")
    # What holds after a crash is tested elsewhere (tests/faults); here nothing waits for a disk.
    with Stack.temporary(postgres_settings={"fsync": "off"}) as stack, running(stack):
        return asyncio.run(fuzzed(stack, wish, console.print))


async def fuzzed(stack: Stack, wish: Wish, say: Callable[[str], None]) -> Fuzzed:
    """Fuzz a stack that runs, and that nobody else sends to. All kinds at once."""
    seen, shares = Seen(), wish.shares()
    say(f"Seed {wish.seed}: " + ", ".join(f"{kind} {cases:,}" for kind, cases in shares.items()) + " …")
    began = time.monotonic()
    work = [_of_kind(stack, kind, cases, wish.seed, seen) for kind, cases in shares.items() if kind not in _EVENTS]
    await asyncio.gather(_events(stack, shares, wish.seed, seen, say), *work)
    took = time.monotonic() - began
    say("What was written is searched …")
    async with Books(stack.root) as books:
        await quiet.until_quiet(books, seconds=QUIET_SECONDS)
    left = await _left_in_the_inlet(stack)
    checks = [
        Check("no server's error, no silence, none dropped", not seen.faults, "; ".join(seen.faults[:5]) or "none"),
        Check("the inlet is empty", left == 0, f"{left} messages"),
        *(of_memory(what, memory) for what, memory in seen.memory.items()),
        of_log(stack.root, ServiceName.INGEST),
        *await _of_what_is_kept(stack.access, seen),
        *await asyncio.to_thread(_of_files, stack, seen),
    ]
    balances = await conservation.check(stack.root)
    checks += [check for check in balances.checks if check.holds is False] or [Check("conservation", holds=True, figures="every balance")]
    return Fuzzed(wish, seen.cases, seen.seconds, seen.answers, seen.memory, took, checks)


async def _of_kind(stack: Stack, kind: Kind, cases: int, seed: int, seen: Seen) -> None:
    if kind is Kind.CONTRACT:
        await _timed(seen, kind, asyncio.to_thread(contract.tried, stack.access, cases, seed, seen))
    elif kind is Kind.EXTRACT:
        await asyncio.to_thread(by_extract, stack.root, cases, seed, seen)
    else:
        await by_media(stack.root, kind, cases, seed, seen)


async def _events(stack: Stack, shares: Mapping[Kind, int], seed: int, seen: Seen, say: Callable[[str], None]) -> None:
    """Send events by HTTP and AMQP, block by block, and read after each what the service holds."""
    mutator, sources = Mutator(seed), tuple(Source)
    by_both = [shares.get(kind, 0) for kind in _EVENTS]
    blocks = max(BLOCKS_LEAST, sum(by_both) // BLOCK)
    seen.memory["ingest"].append(_weight(stack))
    async with posting(stack.access, seen, seed) as post, publishing(stack.access, seen) as publish:
        drawn = 0
        for block in range(blocks if sum(by_both) else 0):
            http, amqp = (cases * (block + 1) // blocks - cases * block // blocks for cases in by_both)
            cases = [mutator.case(number, sources) for number in range(drawn, drawn + http + amqp)]
            drawn += http + amqp
            await asyncio.gather(_timed(seen, Kind.HTTP, post(cases[:http])), _timed(seen, Kind.AMQP, publish(cases[http:])))
            seen.memory["ingest"].append(_weight(stack))
            if block % TOLD_EACH == TOLD_EACH - 1:
                say(", ".join(f"{kind} {done:,}" for kind, done in sorted(seen.cases.items())) + f"; {len(seen.faults)} faults")


async def _timed(seen: Seen, way: str, work: Any) -> None:
    began = time.monotonic()
    await work
    seen.seconds[way] += time.monotonic() - began  # type: ignore[assignment]  # a Counter of floats


def of_memory(what: str, memory: Sequence[int]) -> Check:
    """Whether what something holds grows: the mean of the second quarter of the readings beside that of the last."""
    quarter = max(1, len(memory) // 4)
    early, late = (sum(part) / len(part) for part in (memory[quarter : 2 * quarter] or memory[:1], memory[-quarter:]))
    sizes = " → ".join(f"{size / 2**20:.0f}" for size in memory[:: max(1, len(memory) // 8)])
    return Check(f"{what} does not grow", late - early <= GROWTH_MOST, f"{sizes} MiB; {(late - early) / 2**20:+.1f} MiB in the second half")


def of_log(root: Path, service: ServiceName) -> Check:
    """A sender's mistake is no error of ours: whatever is logged as one was met by surprise."""
    lines = (root / f"log/{service}.log").read_text(encoding="utf-8", errors="replace").splitlines()
    told = [_line(line) for line in lines if line.strip()]
    bad = [str(said.get("event")) for said in told if said is not None and str(said.get("level")).lower() in _BAD_LEVELS]
    events = Counter(event for event in bad if event not in _ALARMS) + Counter({"no JSON": told.count(None)})
    return Check(f"{service} logs no error", not events, ", ".join(_told(events)) or "none")


def _line(text: str) -> dict[str, Any] | None:
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


async def _of_what_is_kept(access: Access, seen: Seen) -> list[Check]:
    operator = await asyncpg.connect(access.admin_url())
    try:
        aside = await operator.fetchval(SQL.put_aside)
        strange = await operator.fetchval(SQL.strange_names)
        found: set[str] = set()
        for table_name in [row["name"] for row in await operator.fetch(SQL.tables)]:
            holding = f"select t::text from {table_name} as t where position($1 in t::text) > 0"  # noqa: S608 -- a name of the catalogue
            rows = await operator.fetch(holding, MARK)
            found.update(mark for row in rows for mark in MARKS.findall(row[0]))
    finally:
        await operator.close()
    wrong = sorted(found - seen.kept)
    figures = f"{len(found):,} of {len(seen.kept):,} accepted marks; " + (", ".join(wrong[:5]) or "no other")
    return [
        Check("nothing is put aside", aside == 0, f"{aside} events"),
        Check("no ledger row holds a text in place of a number", strange == 0, f"{strange} rows"),
        Check("nothing is stored that was not accepted", not wrong and bool(found) >= bool(seen.kept), figures),
    ]


def _of_files(stack: Stack, seen: Seen) -> list[Check]:
    found = in_files(stack.root)
    wrong, telling = sorted(found.marks - seen.kept), sorted(found.telling)
    figures = f"{len(found.marks):,} marks in {found.files:,} files; " + (", ".join(wrong[:5]) or "no other")
    return [
        Check("no file holds what was not accepted", not wrong, figures),
        Check("no log tells a value", not telling, ", ".join(telling[:5]) or "none"),
        Check("passwords and addresses stay in the school", not found.left_behind, ", ".join(sorted(found.left_behind)[:5]) or "nowhere"),
    ]


def _weight(stack: Stack) -> int:
    pid = stack.services[ServiceName.INGEST].pid
    return memory_bytes(pid) if pid is not None else 0


async def _left_in_the_inlet(stack: Stack) -> int:
    """Messages that stay there: acknowledgements follow the answers."""
    deadline = time.monotonic() + EMPTY_SECONDS
    while True:
        left = await asyncio.to_thread(_in_the_inlet, stack)
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(LOOK_SECONDS)


def _in_the_inlet(stack: Stack) -> int:
    return stack.broker.messages().get(topology.inlet_queue(ServiceName.INGEST, topology.OF_SOURCES), 0)


def _told(counts: Counter[str]) -> list[str]:
    return [f"{name} {n:,}" for name, n in counts.most_common()]
