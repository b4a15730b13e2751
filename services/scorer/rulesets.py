"""Rulesets as the city keeps them, each with its steps, and the programme that is in use (`domain/standing.py`)."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import asyncpg

from infra.postgres import Database
from infra.sql import queries
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.rulesets import DOCUMENTS, RULESETS, read
from services.scorer.domain.standing import History, Step, Taken, chosen

SQL = queries(__file__, "rulesets.sql")


@dataclass(frozen=True, slots=True)
class Kept:
    """A ruleset that people entered, with all that was done with it."""

    name: str
    document: str
    origin: str
    grounds: str
    history: History


@dataclass(frozen=True, slots=True)
class Used:
    """By which ruleset the city runs, or ran: since when, first on which day, and which items counted then."""

    since: datetime
    day: date
    ruleset: str
    items: tuple[str, ...]
    document: str

    @property
    def programme(self) -> Programme:
        """The programme itself."""
        return programme_of(self.document)


@lru_cache(maxsize=64)
def programme_of(document: str) -> Programme:
    """Return the programme of a document that was let pass once."""
    return Programme.of(read(document))


async def in_use(db: Database) -> Programme:
    """Return what the city runs by. For whoever holds it (`keeping.hold_watermarks`) it stays so until the transaction ends."""
    used = await used_now(db)
    return used.programme if used is not None else IN_USE


async def used_now(db: Database) -> Used | None:
    """Return what the city runs by; None where the service never ran."""
    return _used(await db.fetchrow(SQL.programme_in_use))


async def used_at(db: Database, instant: datetime) -> Used | None:
    """Return by what the city ran just before an instant."""
    return _used(await db.fetchrow(SQL.programme_at, instant))


async def kept(db: Database) -> Mapping[str, Kept]:
    """Return every ruleset that people entered, by name."""
    steps: defaultdict[str, list[Taken]] = defaultdict(list)
    for row in await db.fetch(SQL.steps):
        steps[row["ruleset"]].append(Taken(Step(row["step"]), row["at"], row["by_staff"], row["by_label"], row["effective_from"]))
    return {
        row["name"]: Kept(row["name"], row["document"], row["origin"], row["grounds"], History(row["name"], tuple(steps[row["name"]])))
        for row in await db.fetch(SQL.rulesets)
    }


async def due(db: Database, today: date) -> tuple[str, str]:
    """Return name and document of the ruleset that is to be in use on `today`: the approved one, else the software's own."""
    entered = await kept(db)
    name = chosen((each.history for each in entered.values()), today)
    if name is None:
        name = IN_USE.ruleset.name
        return name, DOCUMENTS[name]
    return name, entered[name].document


async def named(db: Database, name: str) -> str | None:
    """Return the document of a ruleset that people entered or that comes with the software."""
    entered = await kept(db)
    return entered[name].document if name in entered else DOCUMENTS.get(name)


def is_of_the_software(name: str) -> bool:
    """Whether a name is taken by a ruleset that comes with the software."""
    return name in RULESETS


async def save(db: Database, name: str, document: str, origin: str, grounds: str) -> None:
    """Keep what somebody entered."""
    await db.execute(SQL.save_ruleset, name, document, origin, grounds)


async def lock(db: Database, name: str) -> History | None:
    """Return a ruleset's history; nobody else takes a step of it until this transaction ends."""
    await db.execute(SQL.lock_ruleset, name)
    entered = (await kept(db)).get(name)
    return entered.history if entered is not None else None


async def take_step(db: Database, name: str, taken: Taken, summary: Mapping[str, Any] | None = None) -> None:
    """Keep a step, of a simulation with its numbers."""
    numbers = None if summary is None else json.dumps(summary, ensure_ascii=False)
    await db.execute(SQL.take_step, name, taken.step, taken.at, taken.by, taken.label, taken.effective_from, numbers)


async def uses(db: Database, name: str) -> tuple[datetime, ...]:
    """Return since when the city ran by a ruleset, once for each time that it took over."""
    return tuple(row["since"] for row in await db.fetch(SQL.uses, name))


async def last_summary(db: Database, name: str) -> tuple[datetime, dict[str, Any]] | None:
    """Return when a ruleset was last simulated, and the numbers."""
    row = await db.fetchrow(SQL.last_summary, name)
    return (row["at"], json.loads(row["summary"])) if row is not None else None


def _used(row: asyncpg.Record | None) -> Used | None:
    return None if row is None else Used(row["since"], row["day"], row["ruleset"], tuple(row["items"]), row["document"])
