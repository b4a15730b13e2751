"""
The one way to an answer from the log: asked by somebody who may, and kept in the log before it is shown.

Whoever reads the log is in it. If that cannot be written, nothing is shown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
from fastapi import Request

from contracts.messages import Thing
from infra.identity.login import current_staff, registered_staff
from infra.identity.staff import Registered, Staff
from infra.postgres import Database, is_transient
from infra.service import Service
from services.audit import views
from services.audit.domain.filters import Filters
from services.audit.domain.permission import may_read_log
from services.audit.signer import Verifier

T = TypeVar("T")
PURPOSE = "AUDIT"
THE_LOG = Thing(kind="audit_log", id=None)


class NotPermitted(Exception):
    """Somebody without the right asked. The log has it."""


class NothingKept(Exception):
    """The database is away, so the access could not be kept, so nothing may be shown."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """
    What is asked: its name in the log, what it is about, the names of filters used, and how many entries the answer shows.

    `is_deed` where something is done rather than shown.
    """

    action: str
    ask: Callable[[Database], Awaitable[T]]
    thing: Thing = THE_LOG
    fields: tuple[str, ...] = ()
    count: Callable[[T], int] | None = None
    is_deed: bool = False


def verification() -> Question[None]:
    """That the whole log be verified now: a deed and no look, kept like one before it is done."""
    return Question("audit.verification_asked", _nothing, is_deed=True)


def overview(now: datetime, verifier: Verifier) -> Question[views.Status]:
    """How the log stands."""
    return Question("audit.overview_opened", partial(views.status, now=now, verifier=verifier))


def search(asked: Filters) -> Question[views.Page]:
    """Entries by filters. A search for somebody is about that somebody."""
    about = THE_LOG if asked.thing is None else _audited(asked.thing)
    return Question("audit.searched", partial(views.search, asked=asked), about, asked.names, _rows)


def accesses_of_thing(thing: str, asked: Filters) -> Question[views.Page]:
    """Who saw this child."""
    return Question("audit.searched", partial(views.accesses_of_thing, thing=thing, asked=asked), _audited(thing), asked.names, _rows)


def deeds_of_actor(actor: UUID, asked: Filters) -> Question[views.Page]:
    """What this member of staff did."""
    about = Thing(kind="staff", id=str(actor))
    return Question("audit.searched", partial(views.deeds_of_actor, actor=actor, asked=asked), about, asked.names, _rows)


def entry(index: int, verifier: Verifier) -> Question[views.Opened | None]:
    """One entry."""
    return Question("audit.entry_opened", partial(views.opened, index=index, verifier=verifier), Thing(kind="audit_entry", id=str(index)))


async def who_asks(request: Request) -> Staff:
    """Return who is logged in (`infra.identity`). Raises NothingKept where that cannot be found out."""
    try:
        return await current_staff(request)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NothingKept from error


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
    if not may_read_log(staff.roles):
        await _keep_refusal(service, staff, origin, question)
        raise NotPermitted
    try:
        async with service.work() as work:
            found = await question.ask(work.db)
            counted: dict[str, Any] = {} if question.count is None else {"count": question.count(found)}
            facts = {"fields": question.fields, "purpose": PURPOSE, "origin": origin, **counted}
            keep = work.decision if question.is_deed else work.access
            keep(actor=staff.actor, action=question.action, thing=question.thing, **facts)
    except Exception as error:
        raise _unavailable(error) from error
    return found


def origin_of(request: Request) -> str | None:
    """Return the terminal's address."""
    return request.client.host if request.client is not None else None


async def _keep_refusal(service: Service, staff: Staff, origin: str | None, question: Question[Any]) -> None:
    try:
        async with service.work() as work:
            keep = work.decision if question.is_deed else work.access
            keep(
                actor=staff.actor,
                action=question.action,
                thing=question.thing,
                decision="deny",
                reason_code="role",
                purpose=PURPOSE,
                origin=origin,
            )
    except Exception as error:
        raise _unavailable(error) from error


def _audited(thing: str) -> Thing:
    return Thing(kind="audited_thing", id=thing)


async def _nothing(_db: Database) -> None:
    return None


def _rows(page: views.Page) -> int:
    return len(page.rows)


def _unavailable(error: Exception) -> Exception:
    return NothingKept() if is_transient(error) or isinstance(error, asyncpg.PostgresError) else error
