"""
Where the time of a run went: py-spy for each service, pg_stat_statements for PostgreSQL.

Both cost something (py-spy a few per cent of what it looks at, the statistics some per cent of PostgreSQL), so a run that is profiled is
compared with none that is not. py-spy is no part of Tsunagu: it is taken from PATH or from beside this Python (`pip install py-spy`).
"""

import asyncio
import contextlib
import re
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg
from rich.console import Console

from infra.sql import queries

SQL = queries(__file__, "profiling.sql")

POSTGRES_SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "pg_stat_statements.track_planning": "on",
}
SAMPLES_PER_SECOND = "100"
HOTTEST = 40
_DAY = "86400"
_IDLE = re.compile(r"\b(epoll|select|poll)(\b|_)")


@contextlib.asynccontextmanager
async def profiled(
    folder: Path, pids: Mapping[str, int], operator: asyncpg.Connection, events: int, console: Console
) -> AsyncIterator[None]:
    """Profile what runs in the block: `<process>.folded` (for flame graphs) and `.txt` per process, and `postgres.txt`, in `folder`."""
    await operator.execute("create extension if not exists pg_stat_statements")
    await operator.execute("select pg_stat_statements_reset()")
    recording = await _record(folder, pids, console)
    try:
        yield
    finally:
        for process in recording.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(2)  # py-spy writes what it has on SIGINT
        for process in recording.values():
            await process.wait()
    for name in recording:
        folded = folder / f"{name}.folded"
        if folded.exists():
            (folder / f"{name}.txt").write_text(hottest(folded.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "postgres.txt").write_text(_statements(await operator.fetch(SQL.statements), events), encoding="utf-8")
    console.print(f"Where the time went: {folder}")


async def _record(folder: Path, pids: Mapping[str, int], console: Console) -> dict[str, asyncio.subprocess.Process]:
    program = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
    if program is None:
        console.print("py-spy is not there (pip install py-spy): the services are not profiled")
        return {}
    found = {}
    for name, pid in pids.items():
        options = ["--pid", str(pid), "--duration", _DAY, "--rate", SAMPLES_PER_SECOND, "--nonblocking", "--format", "raw"]
        found[name] = await asyncio.create_subprocess_exec(
            program,
            "record",
            *options,
            "--output",
            str(folder / f"{name}.folded"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    return found


def hottest(folded: str) -> str:
    """Return which functions the samples were in, and which they went through, from py-spy's folded stacks."""
    own: Counter[str] = Counter()
    through: Counter[str] = Counter()
    for line in folded.splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        if not samples.isdigit() or _IDLE.search(frames[-1]):
            continue
        own[frames[-1]] += int(samples)
        through.update(dict.fromkeys(frames, int(samples)))
    total = own.total() or 1
    parts = [f"{total} samples at work"]
    for title, counted in (("in", own), ("through", through)):
        parts += ["", title, *(f"{n / total:7.1%}  {frame}" for frame, n in counted.most_common(HOTTEST))]
    return "\n".join(parts) + "\n"


def _statements(rows: list[asyncpg.Record], events: int) -> str:
    lines = ["µs per source event, executed + planned; calls, plans, rows; bytes of WAL per source event; who; statement", ""]
    lines += [
        f"{row['executed'] * 1000 / events:8.2f} +{row['planned'] * 1000 / events:6.2f} {row['calls']:8} {row['plans']:7} {row['rows']:9}"
        f" {float(row['wal']) / events:8.0f}  {row['role']:10} {row['statement']}"
        for row in rows
    ]
    return "\n".join(lines) + "\n"
