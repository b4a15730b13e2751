"""What may not stay in what comes as a file: nightly extracts, and bundles of removable media, given to the commands that take them."""

import csv
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from unittest.mock import patch

from infra.local.root import REPOSITORY
from services.ingest.inlets.media.school.tables import written
from tests.integration.ingest import media
from tests.system.planting import my_number
from tests.system.searching import word

EXAMPLE = REPOSITORY / "services/ingest/inlets/extract/examples/JUKI_JUMIN_20260401.csv"
EXTRACT = "JUKI_JUMIN_20261125.csv"
IN_WORDS = {"氏名", "氏名カナ"}
"""Columns of words: what else than denied may stand there."""


@dataclass(slots=True)
class Files:
    """What was planted in files, and what the commands said of them."""

    planted: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    admitted: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)


def given(root: Path, first: int) -> Files:
    """Give files to the stack in `root`, with words from the number `first` on. Nothing of them lies in its folder."""
    files = Files()
    words, numbers = (word(n) for n in count(first)), (my_number(n) for n in count(first))
    with tempfile.TemporaryDirectory() as folder:
        _extracts(files, root, Path(folder), words, numbers)
        _bundles(files, root, Path(folder), words)
    return files


def _extracts(files: Files, root: Path, folder: Path, words: Iterator[str], numbers: Iterator[str]) -> None:
    heading, example, *_ = csv.reader(EXAMPLE.read_text("utf-8").splitlines())
    rows: list[list[str]] = []
    for column in heading:
        for write in ("死にたい {}", "{number} {}", "父から叩かれると話した {}"):
            if column in IN_WORDS and write.startswith("父"):
                continue
            cells = dict(zip(heading, example, strict=True)) | {"宛名番号": f"8{len(rows):014}"}
            rows.append(list((cells | {column: _planted(files, write, words, numbers)}).values()))
    files.admitted["extract"] = next(words)
    taken = dict(zip(heading, example, strict=True)) | {"宛名番号": f"9{0:014}", "氏名": f"見本 {files.admitted['extract']}"}
    _extract(files, root, folder, "rows", [heading, *rows, list(taken.values())])
    more = [_planted(files, "父から叩かれると話した {}", words, numbers) for _ in range(3)]
    _extract(files, root, folder, "an unknown column", [[*heading, "備考"], *([*example, each] for each in more)])
    denied = [_planted(files, "{}", words, numbers) for _ in range(3)]
    _extract(files, root, folder, "a denied column", [[*heading, "面談記録"], *([*example, each] for each in denied)])
    _extract(files, root, folder, "a heading", [[*heading, _planted(files, "父から {}", words, numbers)], [*example, ""]])


def _planted(files: Files, write: str, words: Iterator[str], numbers: Iterator[str]) -> str:
    planted, number = next(words), next(numbers)
    files.planted.add(planted)
    if "{number}" in write:
        files.numbers[number] = planted
    return write.format(planted, number=number)


def _extract(files: Files, root: Path, folder: Path, name: str, rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = folder / EXTRACT
    file.write_text(text.getvalue(), encoding="utf-8")
    _run(files, name, "ingest", "extract", str(file), "--source", "resident_registry", "--root", str(root))


def _bundles(files: Files, root: Path, folder: Path, words: Iterator[str]) -> None:
    recipient = _run(files, "key", "media", "key", "--root", str(root)).strip()
    school = media.School()
    sources = ("--source", "school_affairs")
    _run(files, "signer", "media", "register-signer", school.signer.public_hex, *sources, "--label", "school-1", "--root", str(root))
    _run(files, "medium", "media", "register-medium", media.MEDIUM, "--root", str(root))
    files.admitted["media"] = next(words)
    good = written(media.COLUMNS, [("B140213400001", files.admitted["media"], 2026, 9, 20, 1)])
    rows: list[tuple[object, ...]] = []
    for place in range(len(media.COLUMNS)):
        for write in ("死にたい {}", "父から叩かれると話した {}"):
            row: list[object] = ["B140213400001", f"k-{len(rows)}", 2026, 9, 20, 1]
            row[place] = _planted(files, write, words, iter([""]))
            rows.append(tuple(row))
    unknown = _planted(files, "父から叩かれると話した {}", words, iter([""]))
    contents = {
        "an admitted bundle": good,
        "a bundle of rows": written(media.COLUMNS, rows),
        "an unknown column of a bundle": written((*media.COLUMNS, "note"), [("B140213400001", "k", 2026, 9, 20, 1, unknown)]),
    }
    for name, content in contents.items():
        batch = school.batch(media.month_of(2026, 9))
        with patch.object(media, "RECIPIENT", recipient):
            bundle = school.packs_anyway(batch, {f"{media.ATTENDANCE}.csv": content})
        file = folder / "bundle"
        file.write_bytes(bundle)
        _run(files, name, "media", "import", str(file), "--operator", "ito", "--verifier", "sato", "--root", str(root))


def _run(files: Files, name: str, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-P", "-m", "infra", *words], env=environment, capture_output=True, text=True, check=False)
    files.said += [done.stdout, done.stderr]
    files.codes[name] = done.returncode
    return done.stdout
