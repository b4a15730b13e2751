"""Has drawn bundles and rosters brought by a program of its own, and watches it: one that hangs or breaks is told of, and gone past."""

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from infra.city.fuzzing.bringing import HANGS_AFTER, TOGETHER
from infra.city.fuzzing.mutating import MARK
from infra.city.fuzzing.rosters import LEFT_BEHIND
from infra.city.fuzzing.sending import Seen
from infra.city.memory import memory_bytes
from infra.local.root import REPOSITORY

SILENT_MOST = 4 * HANGS_AFTER
"""Seconds: a case has several steps, and the first one waits for the program to begin."""

LOOK_EACH = 1_000
BREAKS_MOST = 20


async def by_media(root: Path, kind: str, cases: int, seed: int, seen: Seen) -> None:
    """Have so many cases brought, `bundle` or `roster`; after each that breaks the program, the rest."""
    done, breaks = 0, 0
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        while done < cases and breaks < BREAKS_MOST:
            done, why = await _watched(root, kind, (done, cases), seed, seen, told)
            if why is not None:
                seen.faults.append(f"{kind} {done}: {why}")
                seen.cases[kind] += min(TOGETHER, cases - done)
                done, breaks = min(done + TOGETHER, cases), breaks + 1
        told.seek(0)
        said = told.read()
    if any(word in said for word in (MARK, LEFT_BEHIND)):
        seen.faults.append(f"{kind}: a value was told")
    seen.seconds[kind] += time.monotonic() - began  # type: ignore[assignment]  # a Counter of floats


async def _watched(root: Path, kind: str, numbers: tuple[int, int], seed: int, seen: Seen, told: IO[str]) -> tuple[int, str | None]:
    """Run the program once. Returns the first case that it did not end, and why it did not."""
    begin, end = numbers
    words = ("-P", "-m", "infra.city.fuzzing.bringing", str(root), kind, str(seed), str(begin), str(end))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    program = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE, stderr=told, env=environment)
    assert program.stdout is not None  # noqa: S101 -- asked for
    try:
        while line := await asyncio.wait_for(program.stdout.readline(), SILENT_MOST):
            begin = _note(kind, json.loads(line), seen) + 1
            seen.cases[kind] += 1
            if begin % LOOK_EACH == 0 or begin == end:
                seen.memory[kind].append(memory_bytes(program.pid))
        code = await asyncio.wait_for(program.wait(), SILENT_MOST)
    except TimeoutError:
        return begin, f"hangs for {SILENT_MOST:.0f} s"
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return begin, None if code == 0 and begin == end else f"the program ended with {code}"


def _note(kind: str, said: dict[str, Any], seen: Seen) -> int:
    number: int = said["number"]
    seen.answers.update(f"media {each}" for each in said["came"])
    seen.kept.update(said["kept"])
    seen.faults += [f"{kind} {number}: {fault}" for fault in said["faults"]]
    return number
