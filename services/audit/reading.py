"""
The one way to an answer from the log: asked by somebody who may, and kept in the log before it is shown.

Whoever reads the log is in it. If that cannot be written, nothing is shown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg
from fastapi import Request

from contracts.deeds import audit as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra.identity.login import registered_staff
from infra.identity.staff import Registered, Staff
from infra.postgres import Database, is_transient
from infra.service import Service
from services.audit import views
from services.audit.domain.filters import Filters
from services.audit.domain.permission import may_read_log
from services.audit.signer import Verifier

T = TypeVar("T")
THE_LOG = Thing(kind=ThingKind.AUDIT_LOG, id=None)


class NotPermitted(Exception):
    """Somebody without the right asked. The log has it."""


class NothingKept(Exception):
    """The database is away, so the access could not be kept, so nothing may be shown."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries, and what it is about."""

    deed: Deed
    thing: Thing = THE_LOG


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """What is asked: how the log calls it, how it is answered, the names of filters used, and how many entries the answer shows."""

    attempt: Attempt
    ask: Callable[[Database], Awaitable[T]]
    fields: tuple[str, ...] = ()
    count: Callable[[T], int] | None = None


OVERVIEW = Attempt(deeds.OVERVIEW_OPENED)
VERIFICATION = Attempt(deeds.VERIFICATION_ASKED)
SEARCH = Attempt(deeds.SEARCHED)
ENTRY = Attempt(deeds.ENTRY_OPENED, Thing(kind=ThingKind.AUDIT_ENTRY, id=None))
CHECKPOINT = Attempt(deeds.CHECKPOINT_TAKEN)
ELSEWHERE = Attempt(deeds.ELSEWHERE_OPENED)
"""Addresses at which nothing is: to look for some is an attempt, too."""


def verification() -> Question[None]:
    """That the whole log be verified now: a deed and no look, kept like one before it is done."""
    return Question(VERIFICATION, _nothing)


def overview(now: datetime, verifier: Verifier) -> Question[views.Status]:
    """How the log stands."""
    return Question(OVERVIEW, partial(views.status, now=now, verifier=verifier))


def search(asked: Filters) -> Question[views.Page]:
    """Entries by filters. A search for somebody is about that somebody."""
    attempt = SEARCH if asked.thing is None else search_for_thing(asked.thing)
    return Question(attempt, partial(views.search, asked=asked), asked.names, _rows)


def accesses_of_thing(thing: str, asked: Filters) -> Question[views.Page]:
    """Who saw this child."""
    return Question(search_for_thing(thing), partial(views.accesses_of_thing, thing=thing, asked=asked), asked.names, _rows)


def deeds_of_actor(actor: UUID, asked: Filters) -> Question[views.Page]:
    """What this member of staff did."""
    return Question(search_for_actor(actor), partial(views.deeds_of_actor, actor=actor, asked=asked), asked.names, _rows)


def entry(index: int, verifier: Verifier) -> Question[views.Opened | None]:
    """One entry."""
    return Question(entry_opened(index), partial(views.opened, index=index, verifier=verifier))


def search_for_thing(thing: str) -> Attempt:
    """A search for everything that was done to a child or another thing."""
    return Attempt(deeds.SEARCHED, Thing(kind=ThingKind.AUDITED_THING, id=thing))


def search_for_actor(actor: UUID) -> Attempt:
    """A search for everything that a member of staff did."""
    return Attempt(deeds.SEARCHED, Thing(kind=ThingKind.STAFF, id=str(actor)))


def entry_opened(index: int) -> Attempt:
    """A look at one entry."""
    return Attempt(deeds.ENTRY_OPENED, Thing(kind=ThingKind.AUDIT_ENTRY, id=str(index)))


async def names_of(request: Request, ids: Sequence[UUID]) -> Mapping[UUID, Registered]:
    """Return who these ids are, in one question for a whole page. Asked after `answer`, which kept the look."""
    return {UUID(str(each.id)): each for each in await _registered(request, ids, ())}


async def id_of_login(request: Request, login: str) -> UUID | None:
    """Return whose login this is, or None. Raises NothingKept where the register cannot be asked."""
    found = await _registered(request, (), (login,))
    return UUID(str(found[0].id)) if found else None


async def _registered(request: Request, ids: Sequence[UUID], logins: Sequence[str]) -> list[Registered]:
    try:
        return await registered_staff(request, ids=ids, logins=logins)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NothingKept from error


async def answer(service: Service, staff: Staff, origin: str | None, question: Question[T]) -> T:
    """
    Return the answer to `question` once the access, or its refusal, is committed.

    Raises NotPermitted or NothingKept.
    """
    await refuse_stranger(service, staff, origin, question.attempt)
    try:
        async with service.work() as work:
            found = await question.ask(work.db)
            count = None if question.count is None else question.count(found)
            attempt = question.attempt
            work.keep(attempt.deed, actor=staff.actor, thing=attempt.thing, fields=question.fields, count=count, origin=origin)
    except Exception as error:
        raise _unavailable(error) from error
    return found


async def refuse_stranger(service: Service, staff: Staff, origin: str | None, attempt: Attempt) -> None:
    """Raise NotPermitted, once it is in the log, where `staff` may not read the log. Raises NothingKept."""
    if may_read_log(staff.roles):
        return
    try:
        async with service.work() as work:
            work.keep(attempt.deed, actor=staff.actor, thing=attempt.thing, refused=True, reason_code="role", origin=origin)
    except Exception as error:
        raise _unavailable(error) from error
    raise NotPermitted


def origin_of(request: Request) -> str | None:
    """Return the terminal's address."""
    return request.client.host if request.client is not None else None


async def _nothing(_db: Database) -> None:
    return None


def _rows(page: views.Page) -> int:
    return len(page.rows)


def _unavailable(error: Exception) -> Exception:
    return NothingKept() if is_transient(error) or isinstance(error, asyncpg.PostgresError) else error
