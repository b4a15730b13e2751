"""What the rows of the schools' lists are compared with, and what was decided of them, as the tables hold it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from contracts.ids import PersonId
from contracts.kinds import EventKind
from contracts.quick import quick
from contracts.values import DatePrecision, Sex
from infra.postgres import Database
from infra.rows import array, columns
from infra.sql import queries
from services.linker.domain.lists import BY_MACHINE, Place
from services.linker.domain.matches import Claimed, Match, Matched, Shown
from services.linker.domain.matching.decisions import Verdict
from services.linker.domain.matching.profiles import Profile
from services.linker.domain.normalising import VERSION
from services.linker.domain.pupils import Name
from services.linker.domain.records import PupilKey, RecordKey
from services.linker.domain.roster import Comparable
from services.linker.domain.schooling import Revised
from services.linker.domain.statements import Born

SQL = queries(__file__, "matched.sql")


class Told(NamedTuple):
    """What the register says of a person that is compared."""

    names: tuple[Name, ...]
    born: Born
    sex: Sex
    household: str


class Child(NamedTuple):
    """A person as stored: what is `told` of them if they are in the register, what names their schools, what rows were compared with."""

    told: Told | None
    school_records: frozenset[UUID]
    comparable: Comparable | None


class Decided(NamedTuple):
    """What was decided of a row last, and the id of that decision."""

    decision_id: UUID
    match: Match
    matched: Matched
    frequencies: str


@quick(frozen=True, slots=True)
class Made:
    """A decision that is made now, of which revision of a record, and which one it takes the place of."""

    decision_id: UUID
    key: RecordKey
    revision: int
    matched: Matched
    frequencies: str
    supersedes: UUID | None


@quick(frozen=True, slots=True)
class Row:
    """A row that names no number, as it is saved: with the keys by which it asks."""

    key: UUID
    pupil: PupilKey
    decision_id: UUID
    match: Match
    keys: frozenset[int]


async def keep_schools(db: Database, told: Sequence[tuple[UUID, int, date, str, int | None]]) -> set[UUID]:
    """Keep what revisions say of schools: record, revision, effective day, school, grade. Returns the records of which one is new."""
    return {row["record_key"] for row in await db.fetch(SQL.keep_schools, *columns(told, 5))} if told else set()


async def schools(db: Database, records: Collection[UUID]) -> dict[UUID, list[Revised]]:
    """Return what all revisions of records say of schools."""
    found: dict[UUID, list[Revised]] = {}
    for row in await db.fetch(SQL.schools, list(records)) if records else ():
        revised = Revised(row["revision"], row["effective_on"], row["school_code"], row["grade"])
        found.setdefault(row["record_key"], []).append(revised)
    return found


async def children(db: Database, persons: Collection[PersonId]) -> dict[PersonId, Child]:
    """Return what is stored of persons to compare, whether they are in the register or not."""
    return {row["person_id"]: _child(row) for row in await db.fetch(SQL.children, list(persons), EventKind.SCHOOL_REGISTER_CHANGED)}


async def pupils_asking(db: Database, keys: Collection[int]) -> set[PupilKey]:
    """Return the pupils whose rows name no number and ask by one of the keys."""
    return {row["pupil"] for row in await db.fetch(SQL.pupils_asking, list(keys))} if keys else set()


async def candidates(
    db: Database, asked: Mapping[UUID, Collection[int]], but: Collection[PersonId]
) -> dict[UUID, dict[PersonId, Comparable]]:
    """Return who shares a key with each row, except persons of whom this parcel knows better."""
    rows = list(asked)
    found: dict[UUID, dict[PersonId, Comparable]] = {row: {} for row in rows}
    for each in await db.fetch(SQL.candidates, [_array(keys) for keys in asked.values()], list(but)) if any(asked.values()) else ():
        found[rows[each["asking"] - 1]][each["person_id"]] = _comparable(each["comparable"])
    return found


def _array(keys: Iterable[int]) -> str:
    """Keys as PostgreSQL's own text: a parcel has thousands, and to hand them over one by one takes five times as long."""
    return f"{{{','.join(map(str, keys))}}}"


class Claimant(NamedTuple):
    """Another pupil of a list whose row means a person of whom it is asked."""

    pupil: PupilKey
    person_id: PersonId
    by_machine: bool
    """Whether the matcher says so: before people or other rows are heeded."""


async def claimants(db: Database, places: Collection[Place], but: Collection[PupilKey], said: Collection[PupilKey]) -> list[Claimant]:
    """Return the other pupils of the lists whose rows mean those persons, except some; of those of `said` people said who they are."""
    arguments = (*columns(sorted(places), 2), list(but), list(said), EventKind.PUPIL_REGISTERED, sorted(BY_MACHINE))
    rows = await db.fetch(SQL.claimants, *arguments) if places else ()
    return [Claimant(row["pupil"], row["person_id"], row["by_machine"]) for row in rows]


async def matches(db: Database, rows: Collection[UUID]) -> dict[UUID, Decided]:
    """Return what was decided of rows last."""
    return {row["key"]: _decided(row) for row in await db.fetch(SQL.matches, list(rows))} if rows else {}


async def save_children(db: Database, now: Mapping[PersonId, tuple[Comparable | None, Collection[int]]]) -> None:
    """Save what rows are compared with from now on, and the keys under which it is found; None: with nothing."""
    if now:
        rows = [(person, _told(now[person][0]), _array(now[person][1])) for person in sorted(now)]
        await db.execute(SQL.save_children, *columns(rows, 3), VERSION)


async def save_rows(
    db: Database, gone: Collection[UUID], rows: Sequence[Row], known: Collection[UUID], made: Sequence[Made], at: datetime
) -> None:
    """
    Save rows that name no number, some of them `known` from before, and forget those that name one now or were taken back.

    The decisions that were `made` are added to the log of what the matcher decided.
    """
    if gone or rows:
        told = [
            (r.key, r.pupil, r.decision_id, r.match.rule, r.match.person_id, array(sorted(r.match.may_be)), _array(r.keys)) for r in rows
        ]
        await db.execute(SQL.save_rows, list(gone), told, list(known), [_columns(each) for each in made], at)


def _child(row: asyncpg.Record) -> Child:
    told = None
    if row["registered"]:
        names = tuple((name, kana) for name, kana in json.loads(row["names"] or "[]"))
        born = row["birth_date"], DatePrecision(row["birth_precision"])
        told = Told(names, born, Sex(row["sex"]), str(row["household_id"] or ""))
    return Child(told, frozenset(row["school_records"]), _comparable(row["comparable"]) if row["comparable"] is not None else None)


def _comparable(text: str) -> Comparable:
    told = json.loads(text)
    return Comparable(tuple(map(_profile, told["profiles"])), frozenset((code, entered) for code, entered in told["schools"]))


_NOBODY: frozenset[str] = frozenset()


def _profile(told: Mapping[str, Any]) -> Profile:
    return Profile(
        told["given"],
        told["given_kana"],
        told["family"],
        told["family_kana"],
        frozenset(told["former"]),
        frozenset(told["latin"]),
        told["year"],
        told["month"],
        told["day"],
        told["sex"],
        "",
        "",
        (),
        _NOBODY,
        told["household_no"],
        told["brings_up"],
    )


def _told(comparable: Comparable | None) -> str | None:
    if comparable is None:
        return None
    return to_json({"profiles": list(map(_plain, comparable.profiles)), "schools": sorted(comparable.schools)}).decode()


def _plain(each: Profile) -> dict[str, Any]:
    """A profile as it is kept: without a place and without guardians, of which no list says anything."""
    return {
        "given": each.given,
        "given_kana": each.given_kana,
        "family": each.family,
        "family_kana": each.family_kana,
        "former": sorted(each.former),
        "latin": sorted(each.latin),
        "year": each.year,
        "month": each.month,
        "day": each.day,
        "sex": each.sex,
        "household_no": each.household_no,
        "brings_up": each.brings_up,
    }


def _decided(row: asyncpg.Record) -> Decided:
    shown = tuple(
        Shown(PersonId(UUID(each["person_id"])), each["weight"], tuple(Claimed(**claim) for claim in each["claims"]))
        for each in json.loads(row["candidates"])
    )
    verdict, reasons = Verdict(row["verdict"]), tuple(row["reasons"])
    versions = row["model"], row["normaliser"], row["gate"]
    matched = Matched(verdict, row["why"], reasons, shown, row["runner_up_id"], row["margin"], *versions)
    return Decided(row["decision_id"], Match(row["rule"], row["person_id"], frozenset(row["may_be"])), matched, row["frequencies"])


def _columns(made: Made) -> tuple[Any, ...]:
    matched = made.matched
    first = matched.candidates[0] if matched.candidates else None
    shown = [
        {
            "person_id": str(each.person_id),
            "weight": each.weight,
            "claims": [{"field": c.field, "level": c.level, "bits": c.bits, "detail": c.detail} for c in each.claims],
        }
        for each in matched.candidates
    ]
    return (
        made.decision_id,
        made.key.id,
        *made.key,
        made.revision,
        matched.verdict,
        matched.rule,
        matched.reasons,
        first.person_id if first is not None else None,
        first.weight if first is not None else None,
        matched.runner_up,
        matched.margin,
        to_json(shown).decode(),
        matched.model,
        made.frequencies,
        matched.normaliser,
        matched.gate,
        made.supersedes,
    )
