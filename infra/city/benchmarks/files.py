"""
What comes to ingest as files, taken by the commands that an operator would give: a nightly extract and bundles of removable media.

A command's own start is part of its time. Beside an extract the same bytes go through `COPY` alone, on the same server in the same run.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import asyncpg

from contracts.values import Source
from infra.city.benchmarks.cores import Cores, pin
from infra.local.root import REPOSITORY, CannotDo
from infra.local.stack import Stack

SEED = 7
CHANGED = 100
"""Of so many rows one is changed the next night."""

RESIDENTS = (
    *("宛名番号", "氏名", "氏名カナ", "生年月日", "性別コード", "世帯番号", "続柄", "町丁目コード", "区コード", "住民となった年月日"),
    *("消除年月日", "異動事由コード", "異動年月日", "最終更新日時", "削除フラグ"),
)
ATTENDANCE = ("school_code", "pupil_key", "fiscal_year", "month", "school_days", "absent_days", "suspended_days", "tardy_count")
_WARDS = ("40131", "40132", "40133", "40134", "40135", "40136", "40137")
_SOURCE = Source.SCHOOL_AFFAIRS
_MEGABYTE = 1024


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was given: seconds until it ended, CPU seconds of it, and the most memory (MB) that it had."""

    seconds: float
    cpu: float
    megabytes: float
    said: str


@dataclass(frozen=True, slots=True)
class Words:
    """A command line of `tsunagu`, and for whom it stands: ingest's process of that number."""

    words: Sequence[str]
    process: int = 0


def given(commands: Sequence[Words], cores: Cores) -> list[Done]:
    """Give commands side by side and wait for all of them. Raises CannotDo where one fails."""
    began = time.perf_counter()
    running = []
    for each in commands:
        told = tempfile.TemporaryFile(mode="w+", encoding="utf-8")  # noqa: SIM115 -- closed when the command has ended
        command = [sys.executable, "-P", "-m", "infra", *each.words]
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
        pin(process.pid, cores.of_process(each.process))
        running.append((process, told))
    done = []
    for (process, told), each in zip(running, commands, strict=True):
        with told:
            # Not `wait`: what the command itself used is told to whoever asks the system for its end.
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            told.seek(0)
            said = told.read()
        if process.returncode != 0:
            raise CannotDo(f"`tsunagu {' '.join(each.words[:2])} …` failed:\n{said[-2000:]}")
        done.append(Done(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MEGABYTE, said))
    return done


# -- the nightly extract --------------------------------------------------------------------------------------------------


def write_residents(file: Path, rows: int, *, changed: int) -> None:
    """Residents that do not exist; the first `changed` of them moved to another block."""
    draw = Random(f"{SEED} extract")
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(RESIDENTS)
        for number in range(rows):
            born, sex, ward = (
                f"{draw.randrange(1950, 2025)}{draw.randrange(1, 13):02}{draw.randrange(1, 29):02}",
                draw.choice("12"),
                draw.choice(_WARDS),
            )
            block, at = (2, "2026/03/31 10:00:00") if number < changed else (1, "2026/03/30 09:15:00")
            person = (f"{700_000_000 + number:015}", f"架空　{number % 977}番", "カクウ　ハナ", born, sex, f"{number // 3:07}", "世帯主")
            writer.writerow((*person, f"{ward}-{block:03}", ward, "20200401", "", "03", "20250401", at, "0"))


def extract_command(stack: Stack, file: Path) -> Words:
    """The command that takes a file of residents."""
    return Words(("ingest", "extract", str(file), "--source", Source.RESIDENT_REGISTRY.value, "--root", str(stack.root)))


async def copied(stack: Stack, file: Path) -> float:
    """Seconds in which the server takes the bytes of a file as rows of text, and nothing else is done with them."""
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        await operator.execute(f"create temporary table extract_copied ({', '.join(f'c{n} text' for n, _ in enumerate(RESIDENTS))})")
        began = time.perf_counter()
        await operator.copy_to_table("extract_copied", source=file, columns=None, format="csv", header=True, timeout=None)
        return time.perf_counter() - began
    finally:
        await operator.close()


# -- removable media ------------------------------------------------------------------------------------------------------


class School:
    """A school that signs bundles: its key, its medium, both registered with a stack."""

    def __init__(self, stack: Stack, folder: Path, number: int, cores: Cores) -> None:
        """Draw the key, and register it; `number` is the school's."""
        self._stack = stack
        self._cores = cores
        self._number = number
        self._folder = folder / f"school-{number}"
        self._folder.mkdir()
        self._medium = f"usb-bench-{number}"
        root = ("--root", str(stack.root))
        public = self._give("media", "keygen", "--keys", str(self._folder)).split("public key ")[1].strip()
        self._give("media", "register-signer", public, "--source", _SOURCE.value, "--label", f"bench-{number}", *root)
        self._give("media", "register-medium", self._medium, *root)
        self._recipient = self._give("media", "key", *root).strip()

    def packed(self, rows: int, part: str) -> Path:
        """A bundle of so many rows of attendance, of pupils that were in no other part."""
        folder = self._folder / part
        folder.mkdir()
        file = folder / "attendance.month_reported.csv"
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(ATTENDANCE)
            writer.writerows(self._attendance(rows, part))
        who = ("--keys", str(self._folder), "--recipient", self._recipient, "--source", _SOURCE.value, "--made-by", "bench")
        what = ("--encoding", "utf-8", "--school-year", "2026", "--medium", self._medium, "--to", str(folder))
        self._give("media", "pack", str(file), *who, *what)
        return next(folder.glob("*.tsunagu"))

    def import_command(self, bundle: Path) -> Words:
        """The command that takes a bundle of this school."""
        words = ("media", "import", str(bundle), "--operator", "bench-1", "--verifier", "bench-2", "--root", str(self._stack.root))
        return Words(words, self._number)

    def _attendance(self, rows: int, part: str) -> Iterable[tuple[object, ...]]:
        draw = Random(f"{SEED} media {self._number} {part}")
        school = f"B1402134{self._number:05}"
        for row in range(rows):
            days = draw.randrange(15, 23)
            yield school, f"{part}-{row:07}", 2026, 6, days, draw.randrange(days), draw.randrange(3), draw.randrange(9)

    def _give(self, *words: str) -> str:
        return given([Words(words)], self._cores)[0].said
