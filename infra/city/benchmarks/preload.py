"""
Rows of a city that was there before: what a small city left in the big tables, written again and again under other names.

A few thousand events about families of their own are played through the real services. What they left is then copied, table by table,
until each big table holds as many rows as were wished: with other ids (a hash of the old one and of the copy's number, the same in every
table, so that a copy hangs together as the first did) and other names where a column tells one row from another. So the rows are of the
right size, spread and shape, whatever the schema is today, and no event that is played afterwards touches one of them.

The audit log is left out: its entries hang together by their hashes, and a copy of one would be a forgery.
"""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from contracts.values import ServiceName
from infra.city.benchmarks.run import Filled
from infra.sql import queries

SQL = queries(__file__, "preload.sql")

SCHEMAS = (ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER, ServiceName.CASEWORK)
EVENTS = 5_000
"""About so many source events make the city that is copied."""

BIG = 100
"""A table with so many rows after them grows with the city; a smaller one holds what is listed, counted or just under way."""

COPIES_AT_ONCE = 50
MONTHS = 5
"""The ledger keeps the parts of so many months: 90 days lie in five at most. Its copies lie in all of them, as those of a city do."""
OWN_NAME = 200
"""A text that is different so often is a name of its own: a number, an id; one that is seldom different is a word of a list."""


INDEXES_REST = """
update pg_index set indisready = false, indisvalid = false
where indrelid = $1::oid or indrelid in (select relid from pg_partition_tree($1::oid))
"""
"""
Indexes are made once, when all is there: kept up row by row, in no order, they take most of the time. What `create index concurrently`
leaves when it is broken off looks the same, and `reindex` mends it. Only the operator may do this.
"""


async def fill(operator: asyncpg.Connection, rows: int, say: Callable[[str], None]) -> list[Filled]:
    """Copy what lies in the big tables until each holds about `rows`. `operator` may write everywhere."""
    await operator.execute("analyze", timeout=None)
    # No trigger and no foreign key is asked: a copy is as whole as what it was copied from.
    await operator.execute("set session_replication_role = replica")
    await operator.execute("set maintenance_work_mem = '256MB'")
    filled = []
    for table in await operator.fetch(SQL.big_tables, [str(schema) for schema in SCHEMAS], BIG):
        filled.append(await _fill(operator, table, rows))
        say(f"{filled[-1].rows:,} rows in {filled[-1].table}")
    await operator.execute("reset session_replication_role")
    await operator.execute("checkpoint", timeout=None)
    return filled


async def _fill(operator: asyncpg.Connection, table: asyncpg.Record, rows: int) -> Filled:
    name = table["name"]
    columns = await operator.fetch(SQL.columns, table["oid"], OWN_NAME)
    statement = copying(name, columns)
    if any(_is_month(column["name"], column["type"]) for column in columns):
        await operator.execute(SQL.open_months, MONTHS)
    await operator.execute(f"create temporary table first as table {name}")
    copies = max(0, -(-rows // table["rows"]) - 1)
    if copies:
        await operator.execute(INDEXES_REST, table["oid"])
    for begin in range(1, copies + 1, COPIES_AT_ONCE):
        await operator.execute(statement, begin, min(begin + COPIES_AT_ONCE - 1, copies), timeout=None)
    await operator.execute("drop table first")
    if copies:
        await operator.execute(f"reindex table {name}", timeout=None)
    await operator.execute(f"vacuum (analyze) {name}", timeout=None)
    return Filled(name, await operator.fetchval(f"select count(*) from {name}", timeout=None))  # noqa: S608 -- a name of the catalogue


def copying(table: str, columns: Sequence[Any], *, kept: bool = False) -> str:
    """
    Return the statement that writes what lies in `first` into a table again, as the copies from $1 to $2.

    With `kept`, the ids in $3 stay as they are in every copy.
    """
    names = ", ".join(column["name"] for column in columns)
    values = ", ".join(_copied(column["name"], column["type"], own_name=column["own_name"], kept=kept) for column in columns)
    source = "first, generate_series($1::int, $2::int) as copy"
    return f"insert into {table} ({names}) select {values} from {source}"  # noqa: S608 -- names of the catalogue


def _copied(name: str, kind: str, *, own_name: bool, kept: bool) -> str:
    column = f"first.{name}"
    if _is_month(name, kind):
        return f"({column} - make_interval(months => copy % {MONTHS}))::date"
    if kind == "uuid":
        other = f"md5({column}::text || copy)::uuid"
        return f"case when {column} = any($3::uuid[]) then {column} else {other} end" if kept else other
    if kind == "uuid[]":
        return f"case when {column} is not null then array(select md5(id::text || copy)::uuid from unnest({column}) as id) end"  # noqa: S608 -- a name of the catalogue
    return f"{column} || '-' || copy" if kind == "text" and own_name else column


def _is_month(name: str, kind: str) -> bool:
    """Whether a column says in which part of the ledger a row lies."""
    return (name, kind) == ("month", "date")
