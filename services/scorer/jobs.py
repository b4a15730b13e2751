"""Simulations that people asked for at a page, and what became of them."""

from dataclasses import dataclass
from datetime import datetime

from contracts.ids import StaffId
from contracts.messages import Actor
from contracts.values import Role
from infra.postgres import Database
from infra.sql import queries
from services.scorer.deciders import Decider

SQL = queries(__file__, "jobs.sql")


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulation that somebody asked for; without an end it goes on, or waits for its turn."""

    at: datetime
    by: str
    ended_at: datetime | None
    failed: bool

    @property
    def goes_on(self) -> bool:
        """Whether it is not done yet."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Job:
    """A simulation to be done, and in whose name."""

    number: int
    ruleset: str
    by: Decider


async def ask(db: Database, ruleset: str, by: Decider, at: datetime) -> None:
    """Keep that somebody wants a ruleset simulated."""
    await db.execute(SQL.ask, ruleset, at, by.staff_id, by.label, by.actor.model_dump_json(), sorted(by.roles))


async def last(db: Database, ruleset: str) -> Asked | None:
    """Return the last simulation of a ruleset that was asked for at a page."""
    row = await db.fetchrow(SQL.last, ruleset)
    return Asked(row["asked_at"], row["by_label"], row["ended_at"], row["failed"]) if row is not None else None


async def anybody_waits(db: Database) -> bool:
    """Whether a simulation is to be done."""
    return bool(await db.fetchval(SQL.anybody_waits))


async def claim(db: Database) -> Job | None:
    """Take the oldest that is not done: nobody else does, until the transaction ends."""
    row = await db.fetchrow(SQL.claim)
    if row is None:
        return None
    by = Decider(Actor.model_validate_json(row["actor"]), StaffId(row["by_staff"]), row["by_label"], frozenset(map(Role, row["roles"])))
    return Job(row["number"], row["ruleset"], by)


async def end(db: Database, job: Job, at: datetime, *, failed: bool = False) -> None:
    """Keep that it is done, or could not be."""
    await db.execute(SQL.end, job.number, at, failed)
