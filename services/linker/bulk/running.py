"""Links the records of a file, part by part, by processes that share one register, and writes what is decided in their order."""

import fcntl
import hashlib
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from services.linker.bulk.written import Head, Stand, decision_line, stand, tail_line
from services.linker.domain.matching.gate import VERSION as GATE
from services.linker.domain.matching.linking import linked
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Model, Scale
from services.linker.domain.normalising import VERSION
from services.linker.evaluation import measuring, tables

AT_ONCE = 500
"""Records that a process is given at once. So many are decided anew, at most, by each process after a sudden end."""
_WAITING = 3
"""Parts that are read ahead for each process: memory does not grow with the file."""

Part = tuple[Sequence[str], Sequence[Sequence[str]]]
"""The columns, and lines of the file as they stand there."""
Told = Callable[[int, int], None]
"""Hears how many records are decided, and about how many there are."""


class SomebodyWrites(Exception):
    """Another process writes the file of decisions."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is linked, and by how many processes."""

    register: Path
    records: Path
    to: Path
    model: Model
    processes: int


@dataclass(frozen=True, slots=True)
class Bench:
    """What processes inherit."""

    register: Register
    scale: Scale


_BENCH: list[Bench] = []


def run(work: Work, told: Told) -> Stand:
    """
    Link what is not linked yet, and return how far the file has come. Killed anywhere, it goes on where it was, to the same file.

    Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`, `OfSomethingElse`, `SomebodyWrites`, `OSError` where nothing can be written,
    and `BrokenProcessPool` where a process was killed.
    """
    (register, _), (records, lines) = _digest(work.register), _digest(work.records)
    head = Head(register, records, work.model.version, VERSION, GATE)
    with work.to.open("a+b") as file:
        _alone(file)
        before = stand(file, head)
        if before.ended:
            return before
        _ready(work)
        try:
            with measuring.seldom_looking_for_cycles():
                counts = _written(work, file, head, before, lambda done: told(done, max(lines - 1, done)))
        finally:
            _BENCH.clear()
        return Stand(file.tell(), counts, ended=True)


def _alone(file: BinaryIO) -> None:
    """Take a file for this process alone until it ends, however it ends; its forks do not have it. Raises `SomebodyWrites`."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SomebodyWrites from error


def _ready(work: Work) -> None:
    people = measuring.load(tables.register(work.register))
    _BENCH[:] = [Bench(people, Scale(work.model, people, people=len(people)))]


def _written(work: Work, file: BinaryIO, head: Head, before: Stand, told: Callable[[int], None]) -> Counter[str]:
    counts = Counter(before.counts)
    columns, rows = tables.record_rows(work.records)
    parts = _parts(columns, islice(rows, before.records, None))
    file.truncate(before.size)
    if not before.size:
        file.write(head.line())
    for written, decided in _decided(parts, work.processes):
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
        counts.update(decided)
        told(sum(counts.values()))
    file.write(tail_line(counts))
    return counts


def _parts(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[Part]:
    while part := list(islice(rows, AT_ONCE)):
        yield columns, part


def _decided(parts: Iterator[Part], processes: int) -> Iterator[tuple[bytes, Counter[str]]]:
    """Yield each part's lines, in order."""
    if processes == 1:
        yield from map(_part, parts)
        return
    waiting: deque[Future[tuple[bytes, Counter[str]]]] = deque()
    with ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=_end_with_the_first) as pool:
        for part in parts:
            waiting.append(pool.submit(_part, part))
            if len(waiting) >= _WAITING * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _part(part: Part) -> tuple[bytes, Counter[str]]:
    columns, rows = part
    bench, lines, counts = _BENCH[0], [], Counter[str]()
    for row in rows:
        entry = tables.entry(columns, row)
        decision = linked(bench.register, entry.raw, bench.scale, number=entry.number)[1]
        lines.append(decision_line(entry.id, entry.source, decision, bench.register.numbers))
        counts[decision.verdict.value] += 1
    return b"".join(lines), counts


def _end_with_the_first() -> None:
    """End this process with the one that started it, however that ends: nobody else would."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_wait_for, args=(parent.sentinel,), daemon=True).start()


def _wait_for(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _digest(path: Path) -> tuple[str, int]:
    """A file's SHA-256 and how many lines it has. Raises `FileUnreadable`."""
    digest, lines = hashlib.sha256(), 0
    with tables.reading(path), path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            lines += block.count(b"\n")
    return digest.hexdigest(), lines
