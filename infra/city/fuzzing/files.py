"""Nightly extracts with something wrong in nearly every row, and files that are hardly any: taken by the command that takes a good one."""

import csv
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from contracts.values import Source
from infra.city.fuzzing.mutating import MARK
from infra.city.fuzzing.odd import CELLS
from infra.city.fuzzing.sending import Seen
from infra.local.root import REPOSITORY

HEADINGS = (
    *("宛名番号", "氏名", "氏名カナ", "生年月日", "性別コード", "世帯番号", "続柄", "町丁目コード", "区コード", "住民となった年月日"),
    *("消除年月日", "異動事由コード", "異動年月日", "最終更新日時", "削除フラグ"),
)
"""Of the example of an adapter that ships with ingest."""

_GOOD = (
    *("", "架空　花", "カクウ　ハナ", "R5.6.1", "2", "0000001", "子", "40134-001", "40134", "5050601"),
    *("", "01", "5050601", "2026/03/30 09:15:00", "0"),
)
_NAME = HEADINGS.index("氏名")
_DAMAGED_FILES_MOST, _ROWS_FOR_ONE = 12, 50
_TAKES_AT_MOST = 120.0
_REFUSED_ROW = re.compile(r"^row ([0-9]+) ", re.MULTILINE)
_FINE = {0, 1}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    marks: tuple[str, ...] = ()
    """Of its rows, in their order; the first is row 2, as a spreadsheet counts."""


def by_extract(root: Path, rows: int, seed: int, seen: Seen) -> None:
    """Give about so many rows, and some damaged files, to the stack in `root`, one file after the other."""
    draw = Random(f"fuzz extracts {seed}")
    whole = _rows(draw, rows, seed)
    damaged = min(_DAMAGED_FILES_MOST, rows // _ROWS_FOR_ONE)
    files = [whole, *(_File(_damaged(draw, whole.content)) for _ in range(damaged))]
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(files):
            path = Path(folder) / f"JUKI_JUMIN_202611{number + 1:02}.csv"
            path.write_bytes(file.content)
            _give(root, path, file, seen, number)
    seen.cases["extract"] += rows + damaged


def _rows(draw: Random, rows: int, seed: int) -> _File:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    marks = tuple(f"{MARK} x{seed}/{row}/0." for row in range(rows))
    for row, mark in enumerate(marks):
        cells = [f"8{row:014}", mark, *_GOOD[2:]]
        for _ in range(draw.choice((0, 1, 1, 1, 2, 4))):
            place = draw.randrange(len(cells))
            cells[place] = draw.choice((*CELLS, cells[place] + mark, mark))
        # A row that is wider or narrower than its headings, now and then.
        writer.writerow(draw.choice((*([cells] * 30), cells[:-1], [*cells, mark])))
    return _File(text.getvalue().encode("utf-8", "replace"), marks)


def _damaged(draw: Random, content: bytes) -> bytes:
    at, length = draw.randrange(len(content)), draw.choice((1, 10, 1000))
    return draw.choice(
        (
            lambda: content[:at],
            lambda: content[at:],
            lambda: content[:at] + draw.randbytes(length) + content[at:],
            lambda: content[:at] + b'"' + content[at:],
            lambda: content.decode().encode("cp932", "replace"),
            lambda: content.decode().encode("utf-16"),
            lambda: content.replace(b"\n", b"\r"),
            lambda: content.replace(b",", b";"),
            lambda: draw.randbytes(length),
            lambda: b"",
        )
    )()


def _give(root: Path, path: Path, file: _File, seen: Seen, number: int) -> None:
    words = ["ingest", "extract", str(path), "--source", Source.RESIDENT_REGISTRY.value, "--faults", "10000000", "--root", str(root)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    began = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "infra", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_TAKES_AT_MOST,
        )
    except subprocess.TimeoutExpired:
        seen.faults.append(f"extract {number}: not taken in {_TAKES_AT_MOST:.0f} s")
        return
    seen.seconds["extract"] += time.monotonic() - began  # type: ignore[assignment]  # a Counter of floats
    if done.returncode not in _FINE or "Traceback" in done.stderr:
        seen.faults.append(f"extract {number}: exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    if MARK in done.stdout + done.stderr:
        seen.faults.append(f"extract {number}: a value of a row was told")
    seen.kept.update(_taken(file.marks, done.stdout))
    seen.answers["files"] += 1


def _taken(marks: Sequence[str], said: str) -> set[str]:
    """The marks of the rows that no refusal names."""
    refused = {int(row) for row in _REFUSED_ROW.findall(said)}
    return {mark for row, mark in enumerate(marks, start=2) if row not in refused}
