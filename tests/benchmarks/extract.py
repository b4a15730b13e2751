"""
What a nightly extract costs: rows per second beside the same bytes through COPY alone, and how much memory.

    python -m tests.benchmarks.extract [--rows N] [--changed SHARE]

A list of members of welfare households (invented) is made, in CP932, on a PostgreSQL of its own with its usual durability. Then: the file
through COPY into a table of texts (the limit); its first extract, of which every row is new; the same file again, of which none is; and
the next night's, with a share of its rows changed, a tenth as many gone, a tenth as many new.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from pydantic import SecretStr

from contracts.values import ServiceName, Source
from infra.city.cpu import cpu_seconds
from infra.clock import FixedClock
from infra.local.stack import Stack
from infra.service import Service, carry_out
from services.ingest.desk import Desk
from services.ingest.inlets.extract import adapters
from services.ingest.inlets.extract.taking import Came, Rules, Taker
from services.ingest.settings import IngestSettings

HEADINGS = (
    "ケース番号,宛名番号,世帯員氏名カナ,世帯員開始年月日,世帯員終了年月日,保護開始年月日,停止開始年月日,停止終了年月日,廃止年月日,"
    "最終更新日時,削除フラグ,処理日時"
)


def rows(count: int, *, changed: float = 0.0, night: str = "20260331") -> Iterator[str]:
    """The rows of a night. Every so many-th is changed; at the ends some are gone and some are new."""
    every = int(1 / changed) if changed else 0
    moved = int(count * changed / 10)
    yield HEADINGS
    for number in range(moved, count + moved):
        began = "R2.1.1" if every and number % every == 0 else f"R{1 + number % 7}.{5 + number % 5}.1"
        yield (
            f"W-{number // 3:07},{number:015},カクウ　ハナコ,5{1 + number % 7:02}0601,,{began},,,9999999,"
            f"2026/03/30 12:34:56,0,{night}020000"
        )


def write(path: Path, lines: Iterator[str]) -> Path:
    """Write a file, a row at a time."""
    with path.open("w", encoding="cp932", newline="\r\n") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


async def copied(url: str, file: Path) -> float:
    """Seconds for the same bytes through COPY alone."""
    db = await asyncpg.connect(url)
    names = ", ".join(f"c{number} text" for number in range(len(HEADINGS.split(","))))
    await db.execute(f"create table copied ({names})")
    began = time.perf_counter()
    await db.copy_to_table("copied", source=file, format="csv", header=True, encoding="SJIS")
    took = time.perf_counter() - began
    await db.execute("drop table copied")
    await db.close()
    return took


def megabytes() -> float:
    """The most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(what: str, seconds: float, count: int, more: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(f"{what:22} {seconds:7.1f} s  {count / seconds:10,.0f} rows/s  {megabytes():5.0f} MB  {more}\n")
    sys.stdout.flush()


async def timed(stack: Stack, taker: Taker, file: Path, what: str, limit: float, count: int) -> Came:
    """Take a file and say how long it took, and what CPU, which a busy machine changes little: the longer of the two is the least time."""
    adapter = adapters.taking(adapters.load_all(adapters.EXAMPLES), Source.PUBLIC_ASSISTANCE, file.name)
    if adapter is None:
        raise SystemExit("no adapter")
    began, cpu, servers = time.perf_counter(), time.process_time(), cpu_seconds(stack.postgres.pid or 0)
    came = await taker.take(file, adapter)
    took, cpu, servers = time.perf_counter() - began, time.process_time() - cpu, cpu_seconds(stack.postgres.pid or 0) - servers
    counts = f"{came.created:,} new, {came.changed:,} changed, {came.voided:,} gone, {came.refused:,} refused"
    each = f"µs CPU a row: {cpu / count * 1e6:.1f} in this process, {servers / count * 1e6:.1f} in PostgreSQL"
    say(what, took, count, f"{limit / took:5.2f} of COPY  {each}  {counts}")
    return came


async def measure(stack: Stack, folder: Path, count: int, changed: float) -> None:
    """Say what each kind of night costs."""
    service = Service(
        ServiceName.INGEST,
        IngestSettings(
            database_url=SecretStr(stack.access.database_url(ServiceName.INGEST)),
            broker_url=SecretStr(stack.access.broker_url(ServiceName.INGEST)),
            identifier_key=SecretStr("00" * 32),
            parking_key=SecretStr("00" * 32),
            log_level="ERROR",
        ),
    )
    service.clock = FixedClock(datetime(2026, 4, 2, 1, tzinfo=UTC))
    first = write(folder / "SEIHO_SETAIIN_20260331.csv", rows(count))
    second = write(folder / "SEIHO_SETAIIN_20260401.csv", rows(count, changed=changed, night="20260401"))
    limit = await copied(stack.access.admin_url(), first)
    size = first.stat().st_size / 2**20
    say("COPY alone", limit, count, f"{count:,} rows, {size:,.0f} MiB")
    async with service.unheard():
        taker = Taker(service, Desk(service), Rules())
        await timed(stack, taker, first, "the first, all new", limit, count)
        await timed(stack, taker, first, "the same again", limit, count)
        await timed(stack, taker, second, f"the next, {changed:.1%} changed", limit, count)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changed", type=float, default=0.01)
    told = parser.parse_args()
    with Stack.temporary(services=()) as stack, tempfile.TemporaryDirectory() as folder:
        stack.start_servers()
        carry_out(measure(stack, Path(folder), told.rows, told.changed))


if __name__ == "__main__":
    main()
