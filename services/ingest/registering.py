"""The purpose register (LAW-02), read as it was on any day: renewed by two people, suspended and resumed by one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import asyncpg

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.ids import StaffId
from contracts.messages import Thing
from contracts.values import Source
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest.deciders import Decider
from services.ingest.domain.register import NotAllowed, Proposal, Standing, Why, may_approve, standing_of

SQL = queries(__file__, "registering.sql")


@dataclass(frozen=True, slots=True)
class Registration:
    """
    A row of the register, as it was at an instant.

    `version` counts the steps that were taken of the source; `proposal` is the number of the one that waits, if one does. People are told
    as they were registered when they acted; what a release entered nobody did.
    """

    source: Source
    purpose: str
    basis: str
    nature: str
    reason: str
    approver: str
    owner_unit: str | None
    since: date
    review_on: date | None
    approved_by: str | None
    proposed_by: str | None
    suspended: bool
    stood_at: datetime | None
    stood_by: str | None
    why: Why | None
    version: int
    proposal: int | None
    proposer: StaffId | None
    """Who made that proposal."""

    def standing(self, today: date, notice_days: int) -> Standing:
        """Return how it stands on `today`; its review is near for `notice_days`."""
        owned = self.owner_unit is not None
        return standing_of(owned=owned, suspended=self.suspended, review_on=self.review_on, today=today, notice_days=notice_days)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a source's registration: what was done, when and by whom, and what it says."""

    number: int
    step: str
    at: datetime
    by_staff: StaffId | None
    by_label: str | None
    proposal: int | None
    why: Why | None
    since: date | None
    review_on: date | None
    says: Mapping[str, str | None]
    """Purpose, basis, nature, reason, approver and owner unit, where the step says them."""


_SAYS = ("purpose", "basis", "nature", "reason", "approver", "owner_unit")


async def registrations(db: Database, sources: Collection[Source], at: datetime | None = None) -> list[Registration]:
    """Return the register of those sources as it stands, or as it stood `at` an instant."""
    rows = await db.fetch(SQL.registrations, sorted(each.value for each in sources), at)
    return [_registration_of(row) for row in rows]


async def history(db: Database, source: Source) -> list[Step]:
    """Return every step of a source, newest first."""
    return [_step_of(row) for row in await db.fetch(SQL.history, source.value)]


async def propose(work: UnitOfWork, by: Decider, source: Source, proposal: Proposal, version: int) -> NotAllowed | None:
    """Propose what the registration is to say, having seen `version` of it. Returns why not."""
    stood = await _locked(work, source)
    why_not = _changed(stood, version) or (NotAllowed.PROPOSED_ALREADY if stood and stood.proposal is not None else None)
    if why_not is None:
        await _take(work, source, "proposed", by, says=asdict(proposal))
    return _kept(work, deeds.REGISTRATION_PROPOSED, by, source, why_not, fields=tuple(deeds.REGISTERED))


async def approve(work: UnitOfWork, by: Decider, source: Source, version: int) -> NotAllowed | None:
    """Approve what another person proposed: it holds from today on. Returns why not."""
    stood = await _locked(work, source)
    waits = await _waiting(work, source, stood)
    proposed_by, until = (waits.by_staff, waits.review_on) if waits is not None else (None, None)
    why_not = _changed(stood, version) or may_approve(proposed_by, until, by.staff_id, work.today)
    if why_not is None and waits is not None:
        says = {**waits.says, "review_on": waits.review_on, "since": work.today}
        await _take(work, source, "approved", by, says=says, proposal=waits.number)
    return _kept(work, deeds.REGISTRATION_APPROVED, by, source, why_not, fields=tuple(deeds.REGISTERED))


async def decline(work: UnitOfWork, by: Decider, source: Source, version: int) -> NotAllowed | None:
    """Take back what was proposed; the proposer may, too. Returns why not."""
    stood = await _locked(work, source)
    waits = await _waiting(work, source, stood)
    why_not = _changed(stood, version) or (None if waits is not None else NotAllowed.NOTHING_PROPOSED)
    if why_not is None and waits is not None:
        await _take(work, source, "declined", by, proposal=waits.number)
    return _kept(work, deeds.REGISTRATION_DECLINED, by, source, why_not)


async def suspend(work: UnitOfWork, by: Decider, source: Source, why: Why) -> NotAllowed | None:
    """Suspend the use of a source: from the next event on it is refused. Returns why not."""
    stood = await _locked(work, source)
    why_not = NotAllowed.NOT_REGISTERED if stood is None else NotAllowed.SUSPENDED_ALREADY if stood.suspended else None
    if why_not is None:
        await _take(work, source, "suspended", by, why=why)
    return _kept(work, deeds.FEED_SUSPENDED, by, source, why_not, reason=why)


async def resume(work: UnitOfWork, by: Decider, source: Source, why: Why) -> NotAllowed | None:
    """Let a suspended source go on. Returns why not."""
    stood = await _locked(work, source)
    why_not = NotAllowed.NOT_REGISTERED if stood is None else None if stood.suspended else NotAllowed.NOT_SUSPENDED
    if why_not is None:
        await _take(work, source, "resumed", by, why=why)
    return _kept(work, deeds.FEED_RESUMED, by, source, why_not, reason=why)


async def _locked(work: UnitOfWork, source: Source) -> Registration | None:
    """The registration as it stands; whoever else takes a step of it waits for the commit."""
    await work.db.execute(SQL.lock_source, source.value)
    return next(iter(await registrations(work.db, [source])), None)


async def _waiting(work: UnitOfWork, source: Source, stood: Registration | None) -> Step | None:
    if stood is None or stood.proposal is None:
        return None
    return next(step for step in await history(work.db, source) if step.number == stood.proposal)


def _changed(stood: Registration | None, version: int) -> NotAllowed | None:
    if stood is None:
        return NotAllowed.NOT_REGISTERED
    return None if stood.version == version else NotAllowed.CHANGED_MEANWHILE


async def _take(
    work: UnitOfWork,
    source: Source,
    step: str,
    by: Decider,
    *,
    says: Mapping[str, Any] | None = None,
    proposal: int | None = None,
    why: Why | None = None,
) -> None:
    said = says or {}
    told = [said.get(name) for name in (*_SAYS, "since", "review_on")]
    await work.db.execute(SQL.take_step, source.value, step, work.now, by.staff_id, by.label, proposal, why, *told)


def _kept(
    work: UnitOfWork,
    deed: Deed,
    by: Decider,
    source: Source,
    why_not: NotAllowed | None,
    *,
    fields: Sequence[str] = (),
    reason: str | None = None,
) -> NotAllowed | None:
    """Keep the decision in the log, or that it was tried and why it could not be; return the latter."""
    work.keep(
        deed,
        actor=by.actor,
        thing=Thing(kind=ThingKind.SOURCE, id=source.value),
        fields=fields if why_not is None else (),
        refused=why_not is not None,
        reason_code=why_not or reason,
        origin=by.origin,
    )
    return why_not


def _registration_of(row: asyncpg.Record) -> Registration:
    given = dict(row.items())
    why = given.pop("why")
    return Registration(**{**given, "source": Source(given.pop("source"))}, why=Why(why) if why is not None else None)


def _step_of(row: asyncpg.Record) -> Step:
    return Step(
        number=row["number"],
        step=row["step"],
        at=row["at"],
        by_staff=StaffId(row["by_staff"]) if row["by_staff"] is not None else None,
        by_label=row["by_label"],
        proposal=row["proposal"],
        why=Why(row["why"]) if row["why"] is not None else None,
        since=row["since"],
        review_on=row["review_on"],
        says={name: row[name] for name in _SAYS},
    )
