"""What reaches children by somebody else: their guardians, and the members of their households, on the days on which these were so."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import asyncpg

from contracts.ids import PersonId
from contracts.kinds import EventKind
from infra.postgres import Database
from infra.rows import day
from infra.sql import queries
from services.scorer.domain.facts import Housemate
from services.scorer.domain.indicators import GUARDIANS, HOUSEMATES
from services.scorer.domain.reach import Reach
from services.scorer.domain.reading import OtherRecord, Record, read_text
from services.scorer.domain.residence import Stay, merged

SQL = queries(__file__, "others.sql")

NOBODY: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, slots=True)
class Others:
    """What reaches each child by others, and who these are or were."""

    records: Mapping[PersonId, Sequence[OtherRecord]] = field(default_factory=dict)
    guardians: Mapping[PersonId, frozenset[PersonId]] = field(default_factory=dict)
    housemates: Mapping[PersonId, frozenset[PersonId]] = field(default_factory=dict)
    homes: Mapping[PersonId, Sequence[Housemate]] = field(default_factory=dict)

    @property
    def persons(self) -> frozenset[PersonId]:
        """All of them."""
        return NOBODY.union(*self.guardians.values(), *self.housemates.values())


async def load_others(db: Database, children: Sequence[PersonId], read: Collection[EventKind]) -> Others:
    """Return what reaches `children` by others of the event types that are `read`; asks for nothing that none is read by."""
    by_guardian, by_household = not GUARDIANS.isdisjoint(read), not HOUSEMATES.isdisjoint(read)
    links = await db.fetch(SQL.links, children, EventKind.LOAN_CHANGED, by_guardian, by_household)
    guardians, housemates = ([link for link in links if link["way"] == way] for way in ("guardian", "household"))
    persons = {row["person_id"] for row in (*guardians, *housemates)}
    # Most children are in nobody's list.
    if not persons:
        return Others()
    of_person: defaultdict[PersonId, list[asyncpg.Record]] = defaultdict(list)
    for row in await db.fetch(SQL.records_of_others, list(persons), list(GUARDIANS | HOUSEMATES)):
        of_person[row["person_id"]].append(row)
    records: defaultdict[PersonId, list[OtherRecord]] = defaultdict(list)
    homes: defaultdict[PersonId, list[Housemate]] = defaultdict(list)
    _add_guardians(records, guardians, of_person)
    for link in housemates:
        told = (row for row in of_person[link["person_id"]] if row["event_type"] in HOUSEMATES)
        during = stays_of(link["during"])
        records[link["child_id"]].extend(_reaching(Reach.HOUSEHOLD, told, during))
        homes[link["child_id"]].append(_housemate(link, during))
    return Others(records, _persons(guardians), _persons(housemates), homes)


def _housemate(link: asyncpg.Record, during: tuple[Stay, ...]) -> Housemate:
    is_child = link["child_id"] == link["person_id"]
    return Housemate(link["person_id"], link["birth_date"], during, is_child=is_child, described=link["described"])


def _add_guardians(
    records: defaultdict[PersonId, list[OtherRecord]],
    links: Sequence[asyncpg.Record],
    of_person: Mapping[PersonId, Sequence[asyncpg.Record]],
) -> None:
    """A record that lists children reaches those alone, on its own days; any other all whom its person had in care, on all these days."""
    cared: defaultdict[tuple[PersonId, PersonId], list[Stay]] = defaultdict(list)
    listed: dict[tuple[PersonId, PersonId], dict[tuple[str, str, str], tuple[Stay, ...]]] = defaultdict(dict)
    apart: dict[tuple[PersonId, PersonId], dict[tuple[str, str, str], tuple[Stay, ...]]] = defaultdict(dict)
    for link in links:
        pair, during = (link["child_id"], link["person_id"]), stays_of(link["during"])
        # That somebody is the mother says of no day that the child is in her care.
        cared[pair].extend(during if link["listed"] else ())
        listed[pair][_key(link)] = during
        apart[pair][_key(link)] = stays_of(link["parted"])
    for (child_id, person_id), stays in cared.items():
        always = merged(stays)
        for row in of_person[person_id]:
            if row["event_type"] in GUARDIANS:
                during = listed[child_id, person_id].get(_key(row), ()) if row["lists_children"] else always
                records[child_id].extend(_reaching(Reach.GUARDIAN, [row], during))
                records[child_id].extend(_reaching(Reach.GUARDIAN, [row], apart[child_id, person_id].get(_key(row), ()), parted=True))


def _reaching(reach: Reach, rows: Iterable[asyncpg.Record], during: tuple[Stay, ...], *, parted: bool = False) -> list[OtherRecord]:
    return [OtherRecord(reach, during, _record(row), parted, row["person_id"]) for row in rows] if during else []


def _record(row: asyncpg.Record) -> Record:
    said, fact = read_text(row["source"], row["event_type"], row["data"])
    return Record(row["source"], row["event_type"], row["record_id"], row["event_id"], said, row["said_on"], row["case_id"], fact)


def _key(row: asyncpg.Record) -> tuple[str, str, str]:
    return row["source"], row["event_type"], row["record_id"]


def _persons(links: Iterable[asyncpg.Record]) -> dict[PersonId, frozenset[PersonId]]:
    found: defaultdict[PersonId, set[PersonId]] = defaultdict(set)
    for link in links:
        found[link["child_id"]].add(link["person_id"])
    return {child_id: frozenset(persons) for child_id, persons in found.items()}


@lru_cache(maxsize=8_192)
def stays_of(days: str | None) -> tuple[Stay, ...]:
    """Return the half-open days of a JSON list of pairs, merged."""
    held = json.loads(days) if days else ()
    return merged(Stay(day(start), day(end)) for start, end in held)
