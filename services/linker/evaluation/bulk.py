"""
How fast records are linked in bulk: a register made once in memory, and processes that share it, beside Splink where it is asked for.

`tsunagu bench linker` draws the city and runs this by itself (`python -m services.linker.evaluation.bulk`), so that memory and time are
the linker's alone. It prints counts and times, as JSON.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from services.linker.domain.matching.decisions import Verdict
from services.linker.domain.matching.gate import VERSION as GATE
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.register import Register
from services.linker.domain.normalising import VERSION
from services.linker.evaluation import measuring, tables
from services.linker.evaluation.commands import complaining, with_splink
from services.linker.evaluation.measuring import Outcome
from services.linker.evaluation.report import times

Answers = Mapping[str, tables.Answer]
Entries = Sequence[tables.Entry]
Found = dict[str, Any]
File = Annotated[Path, typer.Option(help="A CSV file; its columns are in services/linker/README.md.")]
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_MOST = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
_KILO = 1024


def bulk(
    register: File,
    records: File,
    truth: File,
    most: Annotated[int | None, typer.Option(help="At most so many records.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="By one, and by so many.")] = 2,
    *,
    splink: Annotated[bool, typer.Option("--splink")] = False,
) -> None:
    """Link records by one process and by several, and say how long it took."""
    with complaining(), with_splink():
        typer.echo(json.dumps(measured(register, records, truth, most=most, processes=processes, splink=splink)))


def measured(register: Path, records: Path, truth: Path, *, most: int | None, processes: int, splink: bool) -> Found:
    """Return what was measured. Raises `FileUnreadable`, `ColumnMissing`."""
    answers = tables.answers(truth)
    entries = list(islice(tables.records(records), most))
    people, told = _loaded(register)
    # Forks first: what one process reads of names and addresses it remembers, and its forks would begin with that.
    runs = [_run(people, entries, answers, each) for each in sorted({1, processes}, reverse=True)][::-1]
    told |= {"most_bytes": _most_resident()}
    found = {"register": told, "model": IN_USE.version, "normaliser": VERSION, "gate": GATE, "runs": runs}
    return {**found, "splink": _splink(people, entries, answers, runs[0]) if splink else None}


def _loaded(register: Path) -> tuple[Register, Found]:
    before, began, busy = _resident(), time.perf_counter(), time.process_time()
    people = measuring.load(tables.register(register))
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    return people, {"people": len(people), "seconds": seconds, "cpu_seconds": cpu, "bytes": _resident() - before}


def _resident() -> int:
    """Memory of this process now, in bytes."""
    return _of_status(_RESIDENT)


def _most_resident() -> int:
    """The most memory that this process had so far, in bytes: with the files of records and answers. What forks share is in it."""
    return _of_status(_MOST)


def _of_status(line: re.Pattern[str]) -> int:
    found = line.search(Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) * _KILO if found else 0


def _run(people: Register, entries: Entries, answers: Answers, processes: int) -> Found:
    began, busy = time.perf_counter(), _busy_seconds()
    results = list(measuring.outcomes_side_by_side(people, entries, answers, IN_USE, processes=processes))
    seconds, cpu = time.perf_counter() - began, _busy_seconds() - busy
    figures = times(results, wall_seconds=seconds, load_seconds=0.0)
    linked = sum(each.verdict is Verdict.AUTO for each in results)
    false = sum(bool(each.false_kind) for each in results)
    return {
        "processes": processes,
        "records": len(results),
        "seconds": seconds,
        "cpu_seconds": cpu,
        "ms_p50": figures["ms_p50"],
        "ms_p99": figures["ms_p99"],
        "candidates_mean": figures["candidates_mean"],
        "linked": linked,
        "false_links": false,
        "recall": (linked - false) / max(sum(bool(each.answer.number) for each in results), 1),
        "decisions": _digest(results),
    }


def _busy_seconds() -> float:
    """CPU of this process and of the children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _digest(results: Iterable[Outcome]) -> str:
    """Tell by 16 signs whether two runs decided alike."""
    digest = hashlib.sha256()
    for each in results:
        digest.update(f"{each.verdict}\t{each.rule}\t{each.number}\n".encode())
    return digest.hexdigest()[:16]


def _splink(people: Register, entries: Entries, answers: Answers, run: Found) -> Found:
    from services.linker.evaluation.rival import Linked, rival  # Splink: only whoever compares has it

    began, busy = time.perf_counter(), _busy_seconds()
    registered = sum(bool(answers[entry.id].number) for entry in entries if entry.id in answers)
    ours = Linked(run["linked"], run["linked"] - run["false_links"], registered)
    found = rival(people, entries, answers, IN_USE, beside=ours)
    seconds, cpu = time.perf_counter() - began, _busy_seconds() - busy
    return {
        "records": len(entries),
        "seconds": seconds,
        "linking_seconds": found.linking_seconds,
        "cpu_seconds": cpu,
        "most_bytes": _most_resident(),
        "thresholds": [each.as_json() for each in found.thresholds],
    }


if __name__ == "__main__":
    typer.run(bulk)
