"""What a signature costs: `python -m tests.benchmarks.producers [ENTRIES]`. Microseconds of one processor for an entry."""

import sys
import time
from collections.abc import Callable, Sequence

from infra.testing.fixtures import START
from services.audit.domain.admission import admit, read
from tests.unit.audit.builders import REGISTER, access, signed

ENTRIES = 5_000


def micros(what: Callable[[], object], entries: int) -> float:
    """Processor time of the quickest of five, for each entry."""
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        what()
        best = min(best, time.process_time() - began)
    return best * 1e6 / entries


def main(entries: int) -> None:
    """Print what a producer and the log pay."""
    told = [access(number) for number in range(1, entries + 1)]
    words: Sequence[tuple[str, Callable[[], object]]] = [
        ("a producer writes an entry", lambda: [each.as_json() for each in told]),
        ("a producer signs and writes it", lambda: [signed(each).as_json() for each in told]),
    ]
    with_signature = [signed(each) for each in told]
    words = [
        *words,
        ("the log reads an unsigned one", lambda: admit(read(told, START, lambda _told, _leaf: None).events, {}, 0)),
        ("the log reads and checks a signed one", lambda: admit(read(with_signature, START, REGISTER.fault).events, {}, 0)),
    ]
    for name, what in words:
        print(f"{name:40} {micros(what, entries):8.1f} µs")  # noqa: T201 -- a command


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
