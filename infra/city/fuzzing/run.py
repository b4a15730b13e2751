"""
A run of the fuzzer: a fresh stack, cases by each inlet, and what must hold afterwards.

No answer is a server's error and none fails to come; nothing is put aside and nothing dead-lettered; the service logs no error and does not
grow; nothing is stored that was not accepted; and nothing is lost (`conservation`).
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
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
from infra.city.fuzzing.mutating import MARK, Mutator
from infra.city.fuzzing.sending import Seen, by_amqp, by_http
from infra.city.memory import memory_bytes
from infra.local.access import Access
from infra.local.stack import Stack, running
from infra.printing import table
from infra.sql import queries

SQL = queries(__file__, "fuzzing.sql")

ROUNDS = 4
"""The service's memory is compared between the second and the last: by then all that it keeps for good is there."""

GROWTH_MOST = 24 * 2**20
"""Bytes. An inlet's room is 16 MiB of bodies, and garbage is collected when it is."""

CONTRACT_SHARE, EXTRACT_SHARE, LEAST_SHARE = 10, 10, 3
"""One case of so many is one of schemathesis, or a row of an extract; and at least one of so many is an event by HTTP or AMQP."""

QUIET_SECONDS, EMPTY_SECONDS, LOOK_SECONDS = 600.0, 60.0, 0.5
_MARKS = re.compile(rf"{MARK} [0-9]+/[0-9]+/[0-9]+\.")
_BAD_LEVELS = {"error", "critical"}
_ALARMS = {"ingest.feed_quiet", "ingest.feed_stopped"}
"""What is said of a feed and is true: an example of a source is all that it ever sent here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """So many cases in all, drawn from a seed; `with_contract` where schemathesis has its share of them."""

    cases: int = 50_000
    seed: int = 7
    with_contract: bool = True


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What a run found."""

    wish: Wish
    cases: Counter[str]
    seconds: Counter[str]
    answers: Counter[str]
    memory: list[int]
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
            "memory_bytes": self.memory,
            "checks": [asdict(check) for check in self.checks],
        }
        return json.dumps(told, indent=1, ensure_ascii=False)

    def show(self, console: Console) -> None:
        """Print it."""
        ways = table("inlet", "cases", "seconds")
        for way, cases in self.cases.items():
            ways.add_row(way, f"{cases:,}", f"{self.seconds[way]:,.1f}")
        console.print(ways)
        console.print(f"{sum(self.cases.values()):,} cases, seed {self.wish.seed}. Answers: " + ", ".join(_told(self.answers)))
        checks = table("check", "", "figures")
        for check in self.checks:
            checks.add_row(check.name, "[green]holds[/]" if check.holds else "[bold red]FAILS[/]", check.figures)
        console.print(checks)


def fuzz(wish: Wish, console: Console) -> Fuzzed:
    """Fuzz a fresh stack that is removed afterwards."""
    console.print("Starting a fresh stack …")
    with Stack.temporary() as stack, running(stack):
        return asyncio.run(fuzzed(stack, wish, console.print))


async def fuzzed(stack: Stack, wish: Wish, say: Callable[[str], None]) -> Fuzzed:
    """Fuzz a stack that runs, and that nobody else sends to."""
    seen, memory = Seen(), [_weight(stack)]
    if wish.with_contract:
        say("Requests by the OpenAPI document …")
        await _timed(seen, "contract", asyncio.to_thread(contract.tried, stack.access, wish.cases // CONTRACT_SHARE, wish.seed, seen))
    say("Nightly extracts …")
    await asyncio.to_thread(by_extract, stack.root, wish.cases // EXTRACT_SHARE, wish.seed, seen)
    mutator, sources = Mutator(wish.seed), tuple(Source)
    rest = max(wish.cases - sum(seen.cases.values()), wish.cases // LEAST_SHARE)
    for turn in range(ROUNDS):
        drawn = [mutator.case(number, sources) for number in range(turn * rest // ROUNDS, (turn + 1) * rest // ROUNDS)]
        say(f"{len(drawn):,} cases of seed {wish.seed}, part {turn + 1} of {ROUNDS} …")
        http, amqp = drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]
        await _timed(seen, "http", by_http(stack.access, http, seen, wish.seed))
        await _timed(seen, "amqp", by_amqp(stack.access, amqp, seen))
        memory.append(_weight(stack))
    async with Books(stack.root) as books:
        await quiet.until_quiet(books, seconds=QUIET_SECONDS)
    left = await _left_in_the_inlet(stack)
    checks = [
        Check("no server's error, no silence, none dropped", not seen.faults, "; ".join(seen.faults[:5]) or "none"),
        Check("the inlet is empty", left == 0, f"{left} messages"),
        _of_memory(memory),
        _of_the_log(stack),
        *await _of_what_is_kept(stack.access, seen),
    ]
    balances = await conservation.check(stack.root)
    checks += [check for check in balances.checks if check.holds is False] or [Check("conservation", holds=True, figures="every balance")]
    return Fuzzed(wish, seen.cases, seen.seconds, seen.answers, memory, checks)


async def _timed(seen: Seen, way: str, work: Any) -> None:
    began = time.monotonic()
    await work
    seen.seconds[way] += time.monotonic() - began  # type: ignore[assignment]  # a Counter of floats


def _of_memory(memory: Sequence[int]) -> Check:
    grown = memory[-1] - memory[ROUNDS // 2]
    sizes = " → ".join(f"{size / 2**20:.0f}" for size in memory)
    return Check("the service does not grow", grown <= GROWTH_MOST, f"{sizes} MiB; {grown / 2**20:+.1f} MiB in the second half")


def _of_the_log(stack: Stack) -> Check:
    """A sender's mistake is no error of ours: whatever is logged as one was met by surprise."""
    lines = (stack.root / "log/ingest.log").read_text(encoding="utf-8", errors="replace").splitlines()
    told = [_line(line) for line in lines if line.strip()]
    bad = [str(said.get("event")) for said in told if said is not None and str(said.get("level")).lower() in _BAD_LEVELS]
    events = Counter(event for event in bad if event not in _ALARMS) + Counter({"no JSON": told.count(None)})
    return Check("ingest logs no error", not events, ", ".join(_told(events)) or "none")


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
            found.update(mark for row in rows for mark in _MARKS.findall(row[0]))
    finally:
        await operator.close()
    wrong = sorted(found - seen.kept)
    figures = f"{len(found):,} of {len(seen.kept):,} accepted marks; " + (", ".join(wrong[:5]) or "no other")
    return [
        Check("nothing is put aside", aside == 0, f"{aside} events"),
        Check("no ledger row holds a text in place of a number", strange == 0, f"{strange} rows"),
        Check("nothing is stored that was not accepted", bool(found) and not wrong, figures),
    ]


def _weight(stack: Stack) -> int:
    pid = stack.services[ServiceName.INGEST].pid
    return memory_bytes(pid) if pid is not None else 0


async def _left_in_the_inlet(stack: Stack) -> int:
    """Messages that stay there: acknowledgements follow the answers, and the broker counts a queue every five seconds."""
    deadline = time.monotonic() + EMPTY_SECONDS
    while True:
        left = await asyncio.to_thread(_in_the_inlet, stack)
        if not left or time.monotonic() > deadline:
            return left
        await asyncio.sleep(LOOK_SECONDS)


def _in_the_inlet(stack: Stack) -> int:
    said = stack.broker.control("list_queues", "name", "messages")
    counts = dict(line.split("\t") for line in said.splitlines() if "\t" in line)
    return int(counts.get(topology.inlet_queue(ServiceName.INGEST, topology.OF_SOURCES), 0))


def _told(counts: Counter[str]) -> list[str]:
    return [f"{name} {n:,}" for name, n in counts.most_common()]
