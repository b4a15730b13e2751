"""The data-quality report of a source, for its owner to mend: what is the matter, where, how often; never a value (issue 9)."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import asyncpg

from contracts.catalogue import EventType, FieldType, event_type
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Actor, Thing
from contracts.texts import compatible
from contracts.values import Operation, Source
from infra.identifiers import Identifiers
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest.domain.admission import Admitted
from services.ingest.domain.quality import DATE_CODES, KINDS, OUT_OF_RANGE, Finding, Kind, Where, is_date
from services.ingest.store import NO_MARKS, Marks

SQL = queries(__file__, "quality.sql")
_CODES = [*DATE_CODES, OUT_OF_RANGE]
_MARK_BITS = 31
_WHOLE_DAY = len("1985-06-11")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADINGS = ("連携元", "システム", "内容", "記録の種類", "項目", "件数", "記録番号の例", "直し方")


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of some sources, and some of the records in which it is."""

    findings: tuple[Finding, ...]
    places: tuple[Where, ...]

    def places_of(self, finding: Finding) -> list[str]:
        """Ids of records with a finding, as far as they were looked up."""
        wanted = (finding.source, finding.kind, finding.event_type, finding.path)
        return [each.record_id for each in self.places if (each.source, each.kind, each.event_type, each.path) == wanted]


def marks_of(identifiers: Identifiers, admitted: Admitted) -> Marks:
    """
    What a record says of the birth and the name of the person whose number it gives, as bits of a keyed hash.

    Two records of one number that say the same have the same marks; what they say cannot be told from them. A name counts in one
    spelling (NFKC, without spaces), a birth date only where all of it is known.
    """
    if admitted.envelope.operation is Operation.VOID or admitted.person_no is None:
        return NO_MARKS
    birth, name = _telling(admitted.source, admitted.envelope.type)
    day = admitted.data.get(birth) if birth else None
    if not isinstance(day, str) or len(day) != _WHOLE_DAY:
        return NO_MARKS
    said = admitted.data.get(name) if name else None
    return _mark(identifiers, "birth", day), _mark(identifiers, "name", _bare(said)) if isinstance(said, str) else None


def _mark(identifiers: Identifiers, kind: str, text: str) -> int:
    return identifiers.derive("quality", kind, text).int & ((1 << _MARK_BITS) - 1)


def _bare(name: str) -> str:
    # Selectors say which form of a character is meant; a name with and without one is the same person's.
    return "".join(each for each in compatible(name) if not each.isspace() and not unicodedata.category(each).startswith("M"))


@cache
def _telling(source: Source, kind: str) -> tuple[str | None, str | None]:
    """The fields in which an event type says birth and name of the person whose number it gives; None where it does not."""
    told = event_type(source, kind)
    if not _names_a_number(told):
        return None, None
    fields = told.by_name
    return "birth_date" if "birth_date" in fields else None, "name" if "name" in fields else None


def _names_a_number(kind: EventType) -> bool:
    return any(kind.by_name[name].type is FieldType.PERSON_NO for name in kind.subject)


async def report(db: Database, sources: Sequence[Source], limit: int) -> Report:
    """What is the matter with the data of `sources`; at most `limit` records are named for each kind of question."""
    wanted = [source.value for source in sources]
    findings = [*await _doubts(db, wanted), *await _dates(db, wanted), *await _numbers(db, wanted), *await _orphans(db, wanted)]
    places = await _places(db, wanted, limit)
    order = {source: place for place, source in enumerate(Source)}
    kinds = {kind: place for place, kind in enumerate(Kind)}
    return Report(
        tuple(sorted(findings, key=lambda each: (order[each.source], kinds[each.kind], each.event_type, each.path, each.why or ""))),
        tuple(places),
    )


async def _doubts(db: Database, wanted: list[str]) -> list[Finding]:
    return [_finding(row) for row in await db.fetch(SQL.doubts, wanted) if row["code"] in KINDS]


async def _dates(db: Database, wanted: list[str]) -> list[Finding]:
    return [_finding(row) for row in await db.fetch(SQL.dates_refused, wanted, _CODES) if _is_about_a_date(row)]


def _finding(row: asyncpg.Record) -> Finding:
    return Finding(Source(row["source"]), KINDS[row["code"]], row["event_type"], row["path"], row["records"])


def _is_about_a_date(row: asyncpg.Record) -> bool:
    return row["code"] in DATE_CODES or is_date(Source(row["source"]), row["event_type"], row["path"])


async def _numbers(db: Database, wanted: list[str]) -> list[Finding]:
    found = []
    for row in await db.fetch(SQL.numbers_said_twice, wanted):
        source = Source(row["source"])
        counts = ((Kind.TWO_BIRTHS, row["births"]), (Kind.TWO_NAMES, row["names"]))
        found += [Finding(source, kind, "", "person_no", count) for kind, count in counts if count]
    return found


async def _orphans(db: Database, wanted: list[str]) -> list[Finding]:
    rows = await db.fetch(SQL.orphans, wanted)
    return [Finding(Source(row["source"]), Kind.ORPHAN, row["event_type"], "", row["records"], row["reason"]) for row in rows]


async def _places(db: Database, wanted: list[str], limit: int) -> list[Where]:
    doubts = [row for row in await db.fetch(SQL.records_in_doubt, wanted, limit) if row["code"] in KINDS]
    refused = [row for row in await db.fetch(SQL.records_refused, wanted, _CODES, limit) if _is_about_a_date(row)]
    places = [_where(row, KINDS[row["code"]], row["path"]) for row in (*doubts, *refused)]
    for row in await db.fetch(SQL.records_of_numbers, wanted, limit):
        kinds = ((Kind.TWO_BIRTHS, row["two_births"]), (Kind.TWO_NAMES, row["two_names"]))
        places += [Where(Source(row["source"]), kind, "", "person_no", row["record_id"]) for kind, holds in kinds if holds]
    return places + [_where(row, Kind.ORPHAN, "") for row in await db.fetch(SQL.records_held_up, wanted, limit)]


def _where(row: asyncpg.Record, kind: Kind, path: str) -> Where:
    return Where(Source(row["source"]), kind, row["event_type"], path, row["record_id"])


def keep_look(work: UnitOfWork, sources: Sequence[Source], found: Report, *, actor: Actor, origin: str | None = None) -> None:
    """Keep for the audit that somebody looked at the report of each source: how many findings, and none of them."""
    for source in sources:
        findings = sum(each.source is source for each in found.findings)
        named = any(each.source is source for each in found.places)
        work.keep(
            deeds.QUALITY_SEEN,
            actor=actor,
            thing=Thing(kind=ThingKind.SOURCE, id=source.value),
            fields=("counts", "record_ids") if named else ("counts",),
            count=findings,
            origin=origin,
        )


def as_csv(found: Report) -> str:
    """The report as CSV for a spreadsheet: UTF-8, a line a finding, with the ids of its records as far as they were looked up."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for each in found.findings:
        ids = " ".join(found.places_of(each))
        cells = (each.source.value, each.system, each.kind.words, each.event_words, each.field_words, str(each.count), ids, each.mend)
        rows.writerow([_cell(text) for text in cells])
    return written.getvalue()


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: record ids are a source's own."""
    return f"'{text}" if text.startswith(_FORMULA) else text
