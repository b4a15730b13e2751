"""A registered member of staff, as the services see one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from contracts.ids import StaffId
from contracts.messages import Actor
from contracts.values import Role, Section, Ward
from contracts.words import place_of
from infra.identity.lasting import Lasting


@dataclass(frozen=True, slots=True)
class Registered:
    """Who a member of staff is, by today's register: for pages on which an id alone would not tell."""

    id: StaffId
    login: str
    name: str
    section: Section
    ward: Ward | None

    def label(self, *, shows_ward: bool = True) -> str:
        """Return name, login and place, e.g. 見本 ひかり（hakata.clerk、博多区 子育て支援課）."""
        return f"{self.name}（{self.login}、{place_of(self.section, self.ward if shows_ward else None)}）"


@dataclass(frozen=True, slots=True)
class Account:
    """A registration that lets somebody in, and until when they are trained: after that day it lets nobody in (TRN-02)."""

    id: StaffId
    ward: Ward | None
    roles: frozenset[Role]
    training_valid_until: date


class Register(Protocol):
    """What a page may ask of the register of staff."""

    async def registered(self, *, ids: Collection[UUID] = (), logins: Collection[str] = ()) -> list[Registered]:
        """Return who has one of these ids or logins."""
        ...

    async def of_ward(self, ward: Ward) -> list[Registered]:
        """Return who of a ward may come in."""
        ...

    async def accounts(self) -> list[Account]:
        """Return all registrations that are not ended."""
        ...


class NobodyRegistered:
    """A register without anybody."""

    async def registered(self, *, ids: Collection[UUID] = (), logins: Collection[str] = ()) -> list[Registered]:
        """Return nobody."""
        del ids, logins
        return []

    async def of_ward(self, ward: Ward) -> list[Registered]:
        """Return nobody."""
        del ward
        return []

    async def accounts(self) -> list[Account]:
        """Return none."""
        return []


@dataclass(frozen=True, slots=True)
class Staff:
    """
    A person who is logged in.

    `session` is a one-way name of the session for the audit log; `form_token` is what a form must bring back (CSRF). Neither
    lets anybody in.
    """

    id: StaffId
    login: str
    name: str
    section: Section
    ward: Ward | None
    roles: frozenset[Role]
    session: str
    form_token: str
    lasting: Lasting

    @property
    def place(self) -> str:
        """Return ward and section in words, e.g. 博多区 子育て支援課."""
        return place_of(self.section, self.ward)

    @property
    def actor(self) -> Actor:
        """Return the person as the audit log names one: by id, without a name."""
        return Actor(id=self.id, role=min(self.roles), ward=self.ward, session=self.session)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody who showed a one-time code of their own, and what they may be: at another's side, or on a command line."""

    person: Registered
    roles: frozenset[Role]

    @property
    def actor(self) -> Actor:
        """Return the person as the audit log names one. There is no session."""
        return Actor(id=self.person.id, role=min(self.roles), ward=self.person.ward)


def confirmed_of(row: Any) -> Confirmed:
    """Return the person in a row of `staff_by_login`."""
    return Confirmed(registered_of(row), frozenset(map(Role, row["roles"])))


def registered_of(row: Any) -> Registered:
    """Return the person in a row of `registered`."""
    ward = Ward(row["ward"]) if row["ward"] else None
    return Registered(StaffId(row["id"]), row["login"], row["name"], Section(row["section"]), ward)


def account_of(row: Any) -> Account:
    """Return the registration in a row of `accounts`."""
    ward = Ward(row["ward"]) if row["ward"] else None
    return Account(StaffId(row["id"]), ward, frozenset(map(Role, row["roles"])), row["training_valid_until"])


def staff_of(row: Any, session: str, form_token: str, lasting: Lasting) -> Staff:
    """Return the person in a row of `see_session` or `staff_by_login`."""
    return Staff(
        id=StaffId(row["id"]),
        login=row["login"],
        name=row["name"],
        section=Section(row["section"]),
        ward=Ward(row["ward"]) if row["ward"] else None,
        roles=frozenset(map(Role, row["roles"])),
        session=session,
        form_token=form_token,
        lasting=lasting,
    )
