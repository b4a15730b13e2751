"""
The one way to an answer from the log: a look (`infra/looking.py`) by somebody who may, kept in the log before it is shown.

Whoever reads the log is in it. If that cannot be written, nothing is shown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeAlias, TypeVar
from uuid import UUID

import asyncpg
from fastapi import Request

from contracts.deeds import audit as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra import looking
from infra.identity.login import Identity
from infra.identity.recording import NotRecorded, recorded
from infra.identity.staff import Registered, Staff
from infra.looking import About, Decision, Granted, Look, Refused, Shown
from infra.postgres import Database
from infra.service import Service
from services.audit import publishing, store, views
from services.audit.domain.filters import Filters
from services.audit.domain.permission import may_read_log
from services.audit.domain.published.layout import ENTRIES, Resource
from services.audit.signer import Verifier
from services.audit.store import StoredCheckpoint

T = TypeVar("T")
THE_LOG = Thing(kind=ThingKind.AUDIT_LOG, id=None)


class NotPermitted(Exception):
    """Somebody without the right asked. The log has it."""


class NothingShown(Exception):
    """The database is away: the access could not be kept, or staff not be looked up, so nothing may be shown."""


NoAnswer: TypeAlias = NotPermitted | NothingShown
"""Why there is no answer."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, and from which terminal."""

    staff: Staff
    origin: str | None

    @property
    def right(self) -> Decision:
        """Whether they may read the log: all of it, or nothing."""
        return Granted() if may_read_log(self.staff.roles) else Refused("role")


def reader_of(request: Request, staff: Staff) -> Reader:
    """Return who asks by this request."""
    return Reader(staff, request.client.host if request.client is not None else None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries, and what it is about."""

    deed: Deed
    thing: Thing = THE_LOG

    def by(self, reader: Reader) -> Look[None, None]:
        """Return the attempt of `reader`, who sees nothing by it: for a wall, or for what is done rather than shown."""
        return self.look(reader, _nothing)

    def look(
        self,
        reader: Reader,
        read: Callable[[Database], Awaitable[T]],
        fields: tuple[str, ...] = (),
        count: Callable[[T], int | None] = lambda _found: None,
    ) -> Look[T, T]:
        """Return the look of `reader` at what `read` finds; `fields` are the filters used, `count` how many entries it shows."""
        return Look(
            self.deed,
            about=lambda _found: About(reader.staff.actor, self.thing, reader.origin),
            right=lambda _found: reader.right,
            read=lambda work: read(work.db),
            shown=lambda found: Shown(found, fields, count(found)),
        )


OVERVIEW = Attempt(deeds.OVERVIEW_OPENED)
VERIFICATION = Attempt(deeds.VERIFICATION_ASKED)
SEARCH = Attempt(deeds.SEARCHED)
EXTRACT = Attempt(deeds.EXTRACTED)
ENTRY = Attempt(deeds.ENTRY_OPENED, Thing(kind=ThingKind.AUDIT_ENTRY, id=None))
CHECKPOINT = Attempt(deeds.CHECKPOINT_TAKEN)
ELSEWHERE = Attempt(deeds.ELSEWHERE_OPENED)
"""Addresses at which nothing is: to look for some is an attempt, too."""


def search_for_thing(thing: str) -> Attempt:
    """A search for everything that was done to a child or another thing."""
    return Attempt(deeds.SEARCHED, Thing(kind=ThingKind.AUDITED_THING, id=thing))


def search_for_actor(actor: UUID) -> Attempt:
    """A search for everything that a member of staff did."""
    return Attempt(deeds.SEARCHED, Thing(kind=ThingKind.STAFF, id=str(actor)))


def entry_opened(index: int) -> Attempt:
    """A look at one entry."""
    return Attempt(deeds.ENTRY_OPENED, Thing(kind=ThingKind.AUDIT_ENTRY, id=str(index)))


def overview(reader: Reader, now: datetime, verifier: Verifier) -> Look[views.Status, views.Status]:
    """How the log stands."""
    return OVERVIEW.look(reader, partial(views.status, now=now, verifier=verifier))


def search(reader: Reader, asked: Filters) -> Look[views.Page, views.Page]:
    """Entries by filters. A search for somebody is about that somebody."""
    attempt = SEARCH if asked.thing is None else search_for_thing(asked.thing)
    return attempt.look(reader, partial(views.search, asked=asked), asked.names, _rows)


def extract(reader: Reader, asked: Filters) -> Look[views.Page, views.Page]:
    """The same as `search`, to be taken away: on paper, or as a table. Kept as what it is."""
    attempt = EXTRACT if asked.thing is None else Attempt(deeds.EXTRACTED, search_for_thing(asked.thing).thing)
    return attempt.look(reader, partial(views.search, asked=asked), asked.names, _rows)


def accesses_of_thing(reader: Reader, thing: str, asked: Filters) -> Look[views.Page, views.Page]:
    """Who saw this child."""
    return search_for_thing(thing).look(reader, partial(views.accesses_of_thing, thing=thing, asked=asked), asked.names, _rows)


def deeds_of_actor(reader: Reader, actor: UUID, asked: Filters) -> Look[views.Page, views.Page]:
    """What this member of staff did."""
    return search_for_actor(actor).look(reader, partial(views.deeds_of_actor, actor=actor, asked=asked), asked.names, _rows)


def entry(reader: Reader, index: int, verifier: Verifier) -> Look[views.Opened | None, views.Opened | None]:
    """One entry."""
    return entry_opened(index).look(reader, partial(views.opened, index=index, verifier=verifier))


def published(reader: Reader, part: Resource, verifier: Verifier) -> Look[bytes | None, bytes | None]:
    """A part of the log as files: entries are an extract, hashes a proof."""
    attempt, width = (EXTRACT, part.width) if part.level == ENTRIES else (CHECKPOINT, None)
    read = partial(publishing.content, verifier=verifier, part=part)
    return attempt.look(reader, read, count=lambda content: None if content is None else width)


def newest_checkpoint(reader: Reader, verifier: Verifier) -> Look[StoredCheckpoint | None, StoredCheckpoint | None]:
    """The newest seal."""
    return CHECKPOINT.look(reader, partial(store.last_checkpoint, verifier=verifier))


def consistency(reader: Reader, *, old: int, new: int) -> Look[list[bytes] | None, list[bytes] | None]:
    """The proof that the log of `new` entries begins with that of `old`."""
    return CHECKPOINT.look(reader, partial(views.consistency, old=old, new=new))


async def answer(service: Service, look: Look[T, T]) -> T:
    """Return what `look` shows once it, or its refusal, is committed. Raises NotPermitted or NothingShown."""
    try:
        async with recorded(service) as work:
            found = await looking.show(work, look)
    except NotRecorded as error:
        raise NothingShown from error
    if isinstance(found, Refused):
        raise NotPermitted
    return found


async def names_of(identity: Identity, ids: Sequence[UUID]) -> Mapping[UUID, Registered]:
    """Return who these ids are, in one question for a whole page. Asked after `answer`, which kept the look."""
    return {UUID(str(each.id)): each for each in await _registered(identity, ids, ())}


async def staff_of(identity: Identity) -> Sequence[Registered]:
    """Everybody who is registered, by login: to be chosen from. Raises NothingShown where the register cannot be asked."""
    try:
        return await identity.everybody()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NothingShown from error


async def _registered(identity: Identity, ids: Sequence[UUID], logins: Sequence[str]) -> list[Registered]:
    try:
        return await identity.registered(ids=ids, logins=logins)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NothingShown from error


async def _nothing(_db: Database) -> None:
    return None


def _rows(page: views.Page) -> int:
    return len(page.rows)
