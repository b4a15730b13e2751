"""
Tables with rows of no meaning, in the shape that a city's have: so that PostgreSQL's planner has something to choose by.

Nothing here is data of anybody: every value is made of the number of its row.
"""

import asyncpg

ROWS = 4_000

# $1 schema, $2 rows. Constraints that say which words a column takes are no use to a planner; keys stay, for they are indexes.
_UNBOUND = """
select format('alter table %I.%I drop constraint %I', n.nspname, c.relname, x.conname)
from pg_constraint x join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and x.contype in ('c', 'f') and x.conislocal and not c.relispartition
order by x.contype desc, 1
"""

_COLUMNS = """
select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as needed
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
    and a.attgenerated = '' and c.relname <> 'migration'
order by c.relname, a.attnum
"""

_BY_TYPE = {
    "uuid": "md5('{column}' || g)::uuid",
    "text": "'{column}' || g",
    "bigint": "g",
    "integer": "g % 1000",
    "smallint": "g % 100",
    "boolean": "g % 10 = 0",
    "date": "date '2020-01-01' + g % 2000",
    "timestamp with time zone": "timestamptz '2026-01-01' + g * interval '1 minute'",
    "double precision": "g",
    "bytea": "sha256(convert_to('{column}' || g, 'UTF8'))",
    "json": "json_build_object('birth_date', (date '2000-01-01' + g % 9000)::text)",
    "jsonb": "jsonb_build_array(g)",
    "date[]": "array[]::date[]",
    "uuid[]": "case when g % 5 = 0 then array[md5('{column}' || g)::uuid] else array[]::uuid[] end",
    "text[]": "array['{column}' || g % 10]",
    "timestamp with time zone[]": "array[timestamptz '2026-01-01' + g * interval '1 minute']",
    "bigint[]": "array[g, g + 1]::bigint[]",
}

_WORDS = {
    "outcome": ("accepted", "accepted", "accepted", "superseded", "accepted", "accepted", "accepted", "accepted", "accepted", "refused"),
    "state": ("linked", "linked", "linked", "linked", "linked", "linked", "linked", "closed", "waiting", "review"),
    "subject": ("record", "delivery"),
    "verdict": ("same", "other"),
    "operation": ("upsert", "upsert", "upsert", "upsert", "void"),
    "role": ("service:ingest", "service:linker", "service:linker", "ward_clerk"),
    "reason_code": ("no_record", "below", "below", "above", "record_in_hand", "below", "above", "below", "above", "protected_separation"),
    "item": ("01", "02", "03", "04", "05"),
    "source": ("resident_registry", "maternal_child_health", "public_assistance"),
    "event_type": ("resident.changed", "infant_checkup.recorded", "public_assistance.member_changed"),
    "action": tuple(f"action{n}" for n in range(30)),
    "producer": ("ingest", "linker", "scorer", "casework"),
    "ward": ("higashi", "hakata", "chuo", "minami", "jonan", "sawara", "nishi"),
}
"""Columns of few words; every other text is one of its own."""


async def fill(admin: asyncpg.Connection, schema: str, rows: int = ROWS) -> None:
    """Put `rows` rows into every table of `schema`, and tell the planner. Checks and references of the schema are gone afterwards."""
    for statement in [row[0] for row in await admin.fetch(_UNBOUND, schema)]:
        await admin.execute(statement)
    tables: dict[str, list[asyncpg.Record]] = {}
    for column in await admin.fetch(_COLUMNS, schema):
        tables.setdefault(column["table"], []).append(column)
    if schema == "ingest":
        await admin.execute("select ingest.open_month('2026-01-01')")
    # Rows are for the planner: no trigger counts them, and the log takes them although it is sealed by nobody.
    await admin.execute("set session_replication_role = replica")
    for table, columns in tables.items():
        names = ", ".join(f'"{column["column"]}"' for column in columns)
        values = ", ".join(map(_value, columns))
        await admin.execute(
            f'insert into {schema}."{table}" ({names}) select {values} from generate_series(1, {rows}) as g on conflict do nothing'
        )
        await admin.execute(f'analyze {schema}."{table}"')
    await admin.execute("reset session_replication_role")


def _value(column: asyncpg.Record) -> str:
    """An expression of the row's number `g`; half of what need not be there is not."""
    name = column["column"]
    if name == "month":
        # The ledger is in parts by it, and one is there.
        return "date '2026-01-01'"
    if column["type"] == "text" and name in _WORDS:
        words = ", ".join(f"'{word}'" for word in _WORDS[name])
        value = f"(array[{words}])[1 + g % {len(_WORDS[name])}]"
    else:
        value = _BY_TYPE[column["type"]].format(column=name)
    return value if column["needed"] else f"case when g % 7 < 4 then {value} end"
