"""Of which sources a person of their owner's unit sees what became of them: a coordinator's decision, never one's own (ROLE-06)."""

from collections.abc import Sequence

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import StaffId
from contracts.messages import Thing
from contracts.values import Role, Source
from infra.identity.staff import Registered
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.ingest.deciders import Decider

SQL = queries(__file__, "owning.sql")


async def owned_by(db: Database, staff_id: StaffId) -> frozenset[Source]:
    """Return the sources for which somebody is registered as of their owner's unit."""
    return frozenset(Source(row["source"]) for row in await db.fetch(SQL.owned_by, staff_id))


async def owners_of(db: Database, source: Source) -> list[str]:
    """Return who is registered for a source, as they were registered when it was granted."""
    return [label for of, label in await everybody(db) if of is source]


async def everybody(db: Database) -> list[tuple[Source, str]]:
    """Return who is registered for which source."""
    return [(Source(row["source"]), row["staff_label"]) for row in await db.fetch(SQL.everybody)]


async def name(
    work: UnitOfWork, by: Decider, person: Registered, roles: frozenset[Role], sources: Sequence[Source], ticket: str, *, granted: bool
) -> str | None:
    """Let a person see what becomes of sources, or not any more. Returns why not. Both the decision and why it could not be are kept."""
    why = _why_not(by, person, roles, granted=granted)
    if why is None:
        codes = [source.value for source in sources]
        await work.db.execute(SQL.name_owner, person.id, person.label(), codes, granted, work.now, by.staff_id, by.label, ticket)
    work.keep(
        deeds.OWNERS_NAMED if granted else deeds.OWNERS_REVOKED,
        actor=by.actor,
        thing=Thing(kind=ThingKind.STAFF, id=str(person.id)),
        fields=tuple(source.value for source in sources),
        refused=why is not None,
        reason_code=ticket,
        origin=by.origin,
    )
    return why


async def bring(db: Database, staff_id: StaffId, label: str, sources: Sequence[Source]) -> None:
    """Register an owner whom a demonstration brings, once for each source."""
    known = await owned_by(db, staff_id)
    await db.execute(SQL.bring_owner, staff_id, label, [source.value for source in sources if source not in known])


def _why_not(by: Decider, person: Registered, roles: frozenset[Role], *, granted: bool) -> str | None:
    if by.staff_id == person.id:
        return "nobody decides about their own rights: another coordinator has to"
    if granted and Role.DATA_OWNER not in roles:
        return f"{person.login} is not registered with the role {Role.DATA_OWNER}"
    return None
