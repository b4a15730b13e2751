"""
Nothing lost, nothing done twice: what went in is accounted for at every step, or the check names where it is missing.

Used by `tsunagu status --check`, by the demonstration and by the fault tests. Reads each schema with its own login, and changes
nothing but the audit's list of verifications.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aio_pika
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from contracts import topology
from contracts.values import ServiceName, Source
from infra.city import quiet
from infra.city.books import Books, Parked, ask
from infra.clock import clock_of
from infra.printing import table

UNDER_WAY_SECONDS = 3.0
"""A service's word on its last numbers, which is told every minute also at rest, is heard long before."""

_VERDICTS = {True: "[green]holds[/]", False: "[bold red]FAILS[/]", None: "not judged"}


@dataclass(frozen=True, slots=True)
class Check:
    """One balance: what was compared, whether it holds (None where there was nothing to compare with), and with what figures."""

    name: str
    holds: bool | None
    figures: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found. `hashes` is the content of each service, by input alone: two runs can be compared."""

    checks: tuple[Check, ...]
    parked: tuple[Parked, ...]
    hashes: Mapping[ServiceName, str]

    @property
    def holds(self) -> bool:
        """Whether every balance holds."""
        return all(check.holds is not False for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0 if everything holds, else 1."""
        return 0 if self.holds else 1

    def failures(self) -> list[str]:
        """The balances that do not hold, in words."""
        return [f"{check.name}: {check.figures}" for check in self.checks if check.holds is False]

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "holds": self.holds,
            "checks": [asdict(check) for check in self.checks],
            "parked": [asdict(parked) for parked in self.parked],
            "hashes": dict(self.hashes),
        }

    def show(self, console: Console) -> None:
        """Print it."""
        balances = table("conservation", "", "figures")
        for check in self.checks:
            balances.add_row(check.name, _VERDICTS[check.holds], check.figures)
        console.print(balances)
        for parked in self.parked:
            console.print(f"parked in {parked.service}: {parked.n} {parked.type} ({parked.reason}), e.g. {parked.example}")
        hashes = table("content of", "sha256")
        for service, digest in self.hashes.items():
            hashes.add_row(service, digest)
        console.print(hashes)


async def check(root: Path, *, published: Mapping[Source, int] | None = None) -> Report:
    """
    Check the stack in `root`, which should be at rest.

    `published` is how many distinct source events were published, where that is known; without it ingest's own ledger must add up.
    """
    async with Books(root) as books:
        steps: tuple[Callable[[], Awaitable[list[Check]]], ...] = (
            lambda: _source_events(books, published),
            lambda: _linked(books),
            lambda: _said_and_heard(books),
            lambda: _accesses(books),
            lambda: _audit_lanes(books),
            lambda: _dead_letters(books),
            lambda: _verified(books),
        )
        checks = [found for step in steps for found in await step()]
        parked = [each for service in ServiceName for each in await books.parked(service)]
        return Report(tuple(checks), tuple(parked), await content_hashes(books))


async def content_hashes(books: Books) -> dict[ServiceName, str]:
    """sha256 of each service's state, as far as the input alone decides it."""
    return {service: await ask(books, service, "content_hash") for service in ServiceName}


async def _source_events(books: Books, published: Mapping[Source, int] | None) -> list[Check]:
    """Every distinct event that was published came to exactly one end. One that was sent again is the same event."""
    found: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.INGEST, "figures")
    checks = []
    for source in sorted(set(found) | {str(source) for source in published or {}}):
        outcomes = found.get(source, {})
        answered = sum(outcomes.values())
        words = " + ".join(f"{n} {outcome}" for outcome, n in outcomes.items() if n) or "0"
        if published is None:
            # Only the publisher knows what it published: here the ledger is told, not judged.
            checks.append(Check(f"source events of {source}", None, f"{answered} received = {words}; what was published is not known here"))
            continue
        expected = published.get(Source(source), 0)
        checks.append(Check(f"source events of {source}", answered == expected, f"{expected} = {words}"))
    return [*checks, await _counted(books)]


async def _counted(books: Books) -> Check:
    """Ingest's tally says what its ledger's rows do: everything else asks the tally."""
    told: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.INGEST, "ledger")
    counted: Mapping[str, Mapping[str, int]] = await ask(books, ServiceName.INGEST, "counted")
    in_ledger, in_tally = (sum(outcomes["received"] for outcomes in each.values()) for each in (counted, told))
    wrong = [source for source in sorted(told.keys() | counted.keys()) if told.get(source) != counted.get(source)]
    figures = f"{in_ledger} deliveries in the ledger, {in_tally} in its tally"
    return Check("source events of all", not wrong, f"{figures}; they differ of {', '.join(wrong)}" if wrong else figures)


async def _linked(books: Books) -> list[Check]:
    lost: int = await ask(books, ServiceName.LINKER, "unaccounted")
    found: Mapping[str, Any] = await ask(books, ServiceName.LINKER, "figures")
    words = ", ".join(f"{found[state]} {state}" for state in ("linked", "waiting", "review", "voided"))
    return [Check("accepted records linked or in review", lost == 0, f"{words}, {lost} unaccounted for")]


async def _said_and_heard(books: Books) -> list[Check]:
    """The same two looks that tell whether the system is at rest: at rest, they are a balance, but for what is told every minute."""
    try:
        await quiet.until_quiet(books, seconds=UNDER_WAY_SECONDS)
    except quiet.NotAtRest as error:
        return [Check("said = heard", False, str(error))]
    return [Check("said = heard", True, "every type at every hearer; outboxes empty; nothing due")]


async def _audit_lanes(books: Books) -> list[Check]:
    """Every access and decision took a number of its lane; each has exactly one entry in the log, or an operator's explanation there."""
    entries: Mapping[str, Mapping[int, tuple[int, int]]] = await ask(books, ServiceName.AUDIT, "entries_per_producer")
    explained: Mapping[str, Mapping[int, int]] = await ask(books, ServiceName.AUDIT, "explained_per_producer")
    checks = []
    for service in ServiceName:
        given = await books.lanes(service)
        kept, missing = entries.get(service, {}), explained.get(service, {})
        wrong = [
            f"lane {lane}: {given.get(lane, 0)} numbers given, {kept.get(lane, (0, 0))[0]} entries, last {kept.get(lane, (0, 0))[1]}"
            for lane in sorted(set(given) | set(kept))
            if kept.get(lane, (0, 0)) != (given.get(lane, 0) - missing.get(lane, 0), given.get(lane, 0))
        ]
        total = sum(given.values())
        figures = f"{total} accesses and decisions = {sum(n for n, _ in kept.values())} entries" if not wrong else "; ".join(wrong)
        if missing and not wrong:
            figures += f" + {sum(missing.values())} explained"
        checks.append(Check(f"audit entries of {service}", not wrong, figures))
    return checks


async def _accesses(books: Books) -> list[Check]:
    """Casework keeps a note of each access beside the entry that it sends: one for one."""
    noted: int = await ask(books, ServiceName.CASEWORK, "accesses")
    said = (await books.tally(ServiceName.CASEWORK, "said")).get("AccessRecorded", 0)
    return [Check("accesses in casework", noted == said, f"{noted} accesses, {said} sent to the audit")]


async def _dead_letters(books: Books) -> list[Check]:
    found = {service: n for service in ServiceName if (n := await _messages_in(books, topology.dead_letter_queue(service)))}
    figures = "empty" if not found else ", ".join(f"{n} in {topology.dead_letter_queue(service)}" for service, n in found.items())
    return [Check("dead-letter queues", not found, figures)]


async def _messages_in(books: Books, queue: str) -> int:
    connection = await aio_pika.connect(books.access.broker_url(), timeout=10)
    async with connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return int(declared.declaration_result.message_count or 0)


async def _verified(books: Books) -> list[Check]:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(books.access.secrets.signing_key))
    public_key, now = private.public_key().public_bytes_raw(), clock_of(books.access.clock_file).now()
    register = "\n".join(books.access.secrets.producer_register)
    report = await ask(books, ServiceName.AUDIT, "verify", public_key, books.access.signer_state, now, register)
    figures = f"{report.size} entries, {report.sealed_size} sealed, {report.checkpoints} checkpoints, {report.findings_total} findings"
    # A log that was never sealed proves nothing, so that its verification is incomplete; where nothing was said to it, nothing is missing.
    is_empty = report.size == 0 and report.outcome == "incomplete"
    return [Check("audit log, verified in full", report.exit_code == 0 or is_empty, f"{report.outcome}: {figures}")]
