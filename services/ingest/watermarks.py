"""How far each source is complete: what its watermarks come to beside those it said before, and what holds from then on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from contracts.values import Operation, Source
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.ingest.arrivals import Arrival, Judged, entered
from services.ingest.domain.admission import Admitted
from services.ingest.domain.completeness import OF_BEFORE, Mark, Reach, after, against
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.newness import Newness
from services.ingest.domain.refusals import refuse

SQL = queries(__file__, "watermarks.sql")


@dataclass(slots=True)
class Said:
    """What sources have said, and what holds of each; `fresh` and `moved` are to be saved."""

    marks: defaultdict[Source, dict[str, Mark]] = field(default_factory=lambda: defaultdict(dict))
    reach: dict[Source, Reach] = field(default_factory=dict)
    fresh: set[tuple[Source, str]] = field(default_factory=set)
    moved: set[Source] = field(default_factory=set)


async def compare(db: Database, told: Sequence[tuple[Arrival, Admitted]]) -> tuple[list[Judged], Said]:
    """Return what each watermark comes to, in order, and what is to be saved."""
    said = await _said(db, sorted({admitted.source for _, admitted in told})) if told else Said()
    return [_judged(arrival, admitted, said) for arrival, admitted in told], said


async def save(db: Database, said: Said, *, on: date) -> None:
    """Keep what was said. `on` is the day on which it was."""
    kept = [(source, number, said.marks[source][number]) for source, number in sorted(said.fresh)]
    if kept:
        await db.execute(SQL.keep, *columns([(source, number, m.revision, m.through, m.since) for source, number, m in kept], 5))
    moved = [(source, said.reach[source]) for source in sorted(said.moved)]
    if moved:
        await db.execute(SQL.move, *columns([(source, r.through, r.since, r.version) for source, r in moved], 4), on)


def _judged(arrival: Arrival, admitted: Admitted, said: Said) -> Judged:
    source, number, mark = admitted.source, admitted.envelope.subject, _mark(admitted)
    newness = against(said.marks[source].get(number), mark)
    if newness is Newness.CONFLICTING:
        return entered(arrival, Outcome.REFUSED, refuse("revision", "revision_conflict"))
    if newness is not Newness.NEWER:
        return entered(arrival, Outcome.SUPERSEDED)
    _keep(source, number, mark, said)
    before = said.reach.get(source)
    said.reach[source] = reach = after(said.marks[source].values(), before)
    if reach is before:
        # A late one of an earlier day. A void is taken all the same, though nothing follows from it.
        return entered(arrival, Outcome.ACCEPTED if mark.through is None else Outcome.SUPERSEDED)
    said.moved.add(source)
    return replace(entered(arrival, Outcome.ACCEPTED), reach=reach)


def _keep(source: Source, number: str, mark: Mark, said: Said) -> None:
    marks = said.marks[source]
    if mark.through is None and number not in marks and OF_BEFORE in marks and marks[OF_BEFORE].revision == 0:
        # What is not known by its number may be one of those said to an older release, which kept the furthest day alone.
        marks[OF_BEFORE] = Mark(0, None)
        said.fresh.add((source, OF_BEFORE))
    marks[number] = mark
    said.fresh.add((source, number))


def _mark(admitted: Admitted) -> Mark:
    if admitted.envelope.operation is Operation.VOID:
        return Mark(admitted.envelope.revision, None)
    since = admitted.data.get("complete_from")
    begins = date.fromisoformat(since) if since is not None else None
    return Mark(admitted.envelope.revision, date.fromisoformat(admitted.data["complete_through"]), begins)


async def _said(db: Database, sources: Sequence[Source]) -> Said:
    said = Said()
    for row in await db.fetch(SQL.said, sources):
        said.marks[Source(row["source"])][row["record_id"]] = Mark(row["revision"], row["complete_through"], row["complete_from"])
    for row in await db.fetch(SQL.reached, sources):
        said.reach[Source(row["source"])] = Reach(row["complete_through"], row["complete_from"], row["version"])
    return said
