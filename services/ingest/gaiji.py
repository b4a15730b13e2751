"""Code tables of characters of private use (外字): entered by a person, and applied to what comes from then on."""

from collections.abc import Sequence
from dataclasses import replace

from contracts.catalogue import event_type
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Source
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest.arrivals import Arrival
from services.ingest.domain.admission import Admitted
from services.ingest.domain.characters import PRIVATE_USE, remarks_on
from services.ingest.domain.content import written
from services.ingest.domain.gaiji import CodeTable, private_in, with_characters

SQL = queries(__file__, "gaiji.sql")


async def with_gaiji(db: Database, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """
    Return the arrivals, their characters of private use replaced by those that the newest table of their source has for them.

    What is said of a record changes, its hash does not: it is known again by what came. Nearly no record has such characters, and only
    then anything is asked.
    """
    wanted = {(arrival.source, code) for arrival in arrivals for code in _codes(arrival.verdict)}
    if not wanted:
        return list(arrivals)
    sources, codes = zip(*sorted(wanted), strict=True)
    means: dict[Source, dict[int, str]] = {}
    versions: dict[Source, int] = {}
    for row in await db.fetch(SQL.meanings, [source.value for source in sources], codes):
        source = Source(row["source"])
        means.setdefault(source, {})[row["code_point"]] = row["means"]
        versions[source] = row["version"]
    return [_mapped(each, means[each.source], versions[each.source]) if each.source in means else each for each in arrivals]


def _codes(verdict: object) -> set[int]:
    if not isinstance(verdict, Admitted) or not any(remark.code == PRIVATE_USE for remark in verdict.remarks):
        return set()
    return private_in(event_type(verdict.source, verdict.envelope.type), verdict.data)


def _mapped(arrival: Arrival, means: dict[int, str], version: int) -> Arrival:
    admitted = arrival.verdict
    if not isinstance(admitted, Admitted) or not _codes(admitted):
        return arrival
    kind = event_type(admitted.source, admitted.envelope.type)
    data = with_characters(kind, admitted.data, means)
    if data == admitted.data:
        return arrival
    # The data stay as they came: what an older release hashed is compared with them.
    others = [remark for remark in admitted.remarks if remark.code not in {each.code for each in remarks_on(kind, admitted.data)}]
    remarks = (*remarks_on(kind, data), *others)
    return replace(arrival, verdict=replace(admitted, text=written(data), remarks=remarks, gaiji=version))


async def enter_table(work: UnitOfWork, source: Source, table: CodeTable, reason: str) -> int:
    """Enter a source's code table; it is applied to what comes from then on. Returns its version: the same again is no new one."""
    newest = await work.db.fetchrow(SQL.newest_table, source.value)
    if newest is not None and bytes(newest["content_hash"]) == table.content_hash:
        known: int = newest["version"]
        return known
    version = 1 if newest is None else newest["version"] + 1
    codes = sorted(table.means)
    said = [table.means[code] for code in codes]
    await work.db.execute(SQL.enter_table, source.value, version, table.content_hash, work.now, codes, said)
    thing = Thing(kind=ThingKind.SOURCE, id=source.value)
    work.keep(deeds.GAIJI_ENTERED, actor=OPERATOR, thing=thing, reason_code=reason, count=len(codes), origin=COMMAND_LINE)
    return version
