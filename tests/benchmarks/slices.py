"""
What a record's data costs on its way from ingest to the scorer, and what slices of JSON that nobody decodes would save.

    python -m tests.benchmarks.slices [--children N] [--rounds N] [--read-back N]

The messages are those that ingest says of the synthetic city (seed 7), as it writes them, in parcels of 200, and the facts that the linker
says of them, as if every record were linked. Each step is the services' own code, with the data and without (`{}` or nothing in its place):
the difference is the most that any slice can save there. `--read-back` is how many records the linker reads from its table for each event.

Then what slices could save as the services are: each is cut out of its parcel, decoded where a service reads a field of it, and written as
it came where it is stored. That it is what is written today is looked at for every message. µs of CPU for each source event; of several
rounds the quickest counts.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, TypeAlias, TypeVar, cast

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from contracts.messages import RecordLinked, union_heard_by
from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.identifiers import Identifiers
from infra.postgres import Database
from infra.work import SQL as RUNTIME
from infra.work import UnitOfWork
from services.ingest.actions import admit
from services.linker.announcements import facts_of
from services.linker.domain.records import Link, LinkState, Record
from services.linker.judged import Judged
from services.linker.naming import Names
from services.linker.reading import read
from services.linker.stored import stated_columns
from services.scorer.domain.indicators import READ
from services.scorer.keeping import _fact_row
from tests.benchmarks.door import NOW, SEALER, KnowsNothing, bodies_of, parcels, submission

T = TypeVar("T")
Step: TypeAlias = Callable[[], object]
Parcels: TypeAlias = TypeAdapter[list[Any]]

TOGETHER = 200
"""Messages of a parcel in a flood (`infra.work`)."""
DATA = re.compile(r'"data":(\{[^{}"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^{}"]*)*\})')
"""The data of a message, as long as no field is an object: a quotation mark within a text is never bare."""
DATA_COLUMN = -2
WITH, WITHOUT, SLICED = "with", "without", "sliced"
READ_BACK, STORES = "linker reads back", {"linker stores", "scorer stores"}


def _of(heard: Any) -> Parcels:
    return TypeAdapter(list[heard])


LINKER, SCORER = _of(union_heard_by(ServiceName.LINKER)), _of(union_heard_by(ServiceName.SCORER))


class Listens(KnowsNothing):
    """A database that knows nothing, and remembers what was said of records."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def execute(self, statement: str, *columns: Any) -> str:
        """Take whatever is written, and keep the messages."""
        if statement == RUNTIME.say:
            self.said += [run for routing_key, run in zip(columns[4], columns[7], strict=True) if ".record." in routing_key]
        return await super().execute(statement, *columns)


@dataclass(frozen=True)
class Hops:
    """What goes to the linker and on to the scorer, in parcels, and what each makes of it."""

    events: int
    accepted: Sequence[str]
    records: Sequence[Record]
    linked: Sequence[str]
    facts: Sequence[RecordLinked]


def hops(children: int) -> Hops:
    """Everything that is said of the city's records."""
    bodies, events = bodies_of(children)
    accepted = [text for run in asyncio.run(_said_of(bodies)) for text in _messages(run) if '"type":"RecordAccepted"' in text]
    heard = [event for parcel in _packed(accepted) for event in LINKER.validate_json(parcel)]
    revisions, _ = read(heard, Names(Identifiers(b"benchmark"), Judged()))
    records = list(chain.from_iterable(revisions.values()))
    linked = [text for record in records for text in _facts(record)]
    facts = [fact for parcel in _packed(linked) for fact in SCORER.validate_json(parcel)]
    return Hops(events, _packed(accepted), records, _packed(linked), facts)


async def _said_of(bodies: Any) -> list[str]:
    db = Listens()
    for parcel in parcels(bodies):
        work = UnitOfWork(cast("Database", db), service=ServiceName.INGEST, clock=FixedClock(NOW), identifiers=Identifiers(b"benchmark"))
        await admit(work, [submission(*each) for each in parcel], SEALER)
        await work.flush()
    return db.said


def _messages(run: str) -> Iterator[str]:
    """The messages of a run, each as it was written."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(run):
        _, end = decoder.raw_decode(run, at)
        yield run[at:end]
        at = end + 1


def _packed(messages: Sequence[str]) -> list[str]:
    return [f"[{','.join(messages[first : first + TOGETHER])}]" for first in range(0, len(messages), TOGETHER)]


def _facts(record: Record) -> list[str]:
    person = record.subject_id
    if person is None:
        return []
    link = Link(LinkState.LINKED, "benchmark", None, person, record.pregnancy_id)
    return [fact.text for fact in facts_of(record, None, link, NOW, case_id=None, fresh=True, version_of=lambda _: 1)]


def steps(told: Hops) -> dict[str, tuple[Step, Step]]:
    """What each hop does with the data, and without."""
    kept = [fact for fact in told.facts if fact.event_type in READ]
    stored = [row[DATA_COLUMN] for row in map(stated_columns, told.records)]
    return {
        "linker decodes": (_decoding(LINKER, told.accepted), _decoding(LINKER, _emptied(told.accepted))),
        "linker stores": (_each(stated_columns, told.records), _each(stated_columns, [replace(each, data=None) for each in told.records])),
        "linker says": (_each(_facts, told.records), _each(_facts, [replace(each, data={}) for each in told.records])),
        "scorer decodes": (_decoding(SCORER, told.linked), _decoding(SCORER, _emptied(told.linked))),
        "scorer stores": (_each(_fact_row, kept), _each(_fact_row, [each.model_copy(update={"data": {}}) for each in kept])),
        READ_BACK: (_each(json.loads, stored), _each(str, ())),
    }


def sliced(told: Hops) -> dict[str, Step]:
    """The decoding with slices: the linker reads of each whose it is and what must be left out, the scorer what it keeps."""
    return {
        "linker decodes": _cutting(LINKER, told.accepted, lambda _: True),
        "scorer decodes": _cutting(SCORER, told.linked, lambda fact: fact.event_type in READ),
    }


def check(told: Hops) -> None:
    """Raise ValueError where a slice is not, byte for byte, what is written today."""
    # Sorted, because the linker reads its records one by one, not in the order in which they came.
    if sorted(_slices(told.accepted)) != sorted(row[DATA_COLUMN] for row in map(stated_columns, told.records)):
        raise ValueError("what the linker stores is not what came")
    if _slices(told.linked) != [to_json(fact.data).decode() for fact in told.facts]:
        raise ValueError("what the scorer stores is not what came")


def _slices(parcels: Sequence[str]) -> list[str]:
    return [data for parcel in parcels for data in DATA.findall(parcel)]


def _emptied(parcels: Sequence[str]) -> list[str]:
    return [DATA.sub('"data":{}', parcel) for parcel in parcels]


def _decoding(hears: Parcels, parcels: Sequence[str]) -> Step:
    return _each(hears.validate_json, [parcel.encode() for parcel in parcels])


def _cutting(hears: Parcels, parcels: Sequence[str], is_read: Callable[[Any], bool]) -> Step:
    def cut(body: bytes) -> None:
        parts = DATA.split(body.decode())
        events = hears.validate_json('"data":{}'.join(parts[::2]))
        for event, data in zip(events, parts[1::2], strict=True):
            if is_read(event):
                from_json(data)

    return _each(cut, [parcel.encode() for parcel in parcels])


def _each(do: Callable[[T], object], things: Sequence[T]) -> Step:
    def step() -> None:
        for each in things:
            do(each)

    return step


def quickest(doing: Mapping[tuple[str, str], Step], events: int, rounds: int) -> dict[tuple[str, str], float]:
    """µs of CPU of each step for one source event."""
    best = dict.fromkeys(doing, float("inf"))
    for _ in range(rounds):
        for name, step in doing.items():
            begun = time.process_time()
            step()
            best[name] = min(best[name], (time.process_time() - begun) / events * 1e6)
    return best


def lines(cost: Mapping[tuple[str, str], float], names: Sequence[str], read_back: float) -> Iterator[str]:
    """Tell what was measured, and what it comes to."""
    times = dict.fromkeys(names, 1.0) | {READ_BACK: read_back}
    most = {name: (cost[name, WITH] - cost[name, WITHOUT]) * times[name] for name in names}
    yield f"{'':24}{'with':>8}{'without':>9}{'at most':>9}{'sliced':>8}{'saved':>8}"
    saved = 0.0
    for name in names:
        now, without, cut = cost[name, WITH] * times[name], cost[name, WITHOUT] * times[name], cost.get((name, SLICED))
        # Who stores writes the slice itself; who says must leave names out, and who reads back reads: both decode and write as now.
        left = without if name in STORES else now if cut is None else cut
        saved += now - left
        yield f"{name:24}{now:8.1f}{without:9.1f}{most[name]:9.1f}{left:8.1f}{now - left:8.1f}"
    yield f"{'together':24}{'':17}{sum(most.values()):9.1f}{'':8}{saved:8.1f}"


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=400, help="Of the city whose events are taken (400 are some 4,200 events).")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--read-back", type=float, default=0.4, help="Records that the linker reads from its table for each event.")
    wanted = parser.parse_args()

    told = hops(wanted.children)
    check(told)
    both = steps(told)
    doing = {(name, kind): step for name, pair in both.items() for kind, step in zip((WITH, WITHOUT), pair, strict=True)}
    cost = quickest(doing | {(name, SLICED): step for name, step in sliced(told).items()}, told.events, wanted.rounds)
    heading = f"{told.events} events, {len(told.records)} records, {len(told.facts)} facts; µs of CPU for each event"
    sys.stdout.write("\n".join([heading, *lines(cost, list(both), wanted.read_back), ""]))


if __name__ == "__main__":
    main()
