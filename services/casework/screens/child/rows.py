"""What a child's page reads: in one statement, so that what it shows cannot be newer than the facts that permit it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.ids import HouseholdId, PersonId
from contracts.values import CaseState, Relationship, Sex, Ward
from infra.postgres import Database
from infra.sql import queries
from services.casework.cases import case_from, past_from, verdicts_from
from services.casework.domain.case import Case, NoCase
from services.casework.domain.casefile import CaseFile
from services.casework.domain.dispute import Dispute
from services.casework.domain.feeds import Feed
from services.casework.domain.household import Member
from services.casework.domain.policy import Facts, Thing
from services.casework.domain.review import Word
from services.casework.emergencies import Open
from services.casework.handing import handover_from
from services.casework.store import thing_of, word_from

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class Mate(Member):
    """Somebody else of the household. There are no indicators here: a sibling that is not under review has no reasons (S12)."""

    name: str | None
    sex: Sex
    under_review: bool
    needed: bool
    state: CaseState | None
    since: date | None = None
    """Since when somebody is of the household."""


@dataclass(frozen=True, slots=True)
class Double:
    """A review of the same person under another id: people took two for one when both were looked at already."""

    person_id: PersonId
    protected: bool
    state: CaseState | None


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked at the child."""

    at: datetime
    staff_name: str
    staff_place: str
    action: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child under review, as its page shows it."""

    person_id: PersonId
    version: int
    thing: Thing
    """What permission depends on, as it stood when all the rest was read."""
    stands: bool
    name: str | None
    kana: str | None
    birth_date: date | None
    sex: Sex
    lives_in: Ward | None
    """The ward where the child lives; None where the register names none, or whoever asks may not know it."""
    address_code: str | None
    town: str | None
    """What `address_code` is called, where the city's table has it."""
    household_id: HouseholdId | None
    household_no: str | None
    opened_on: date
    needed: bool
    basis_changed: bool
    overdue_since: date | None
    """Since when the child could not be evaluated: all that is said of it is of an older day."""
    owner: str | None
    """Who of the ward works with it."""
    file: CaseFile
    """Its case and all that was done with it; without a case, where the review stands."""
    closed_on: date | None
    """The day on which the review ended, where it did: what is shown is then the last one."""
    words: tuple[Word, ...]
    mates: tuple[Mate, ...]
    """Everybody else of the household today who may be seen."""
    covered_with: frozenset[PersonId]
    """Whom the measures that protect the child cover together with it."""
    looks: tuple[Looked, ...]
    doubles: tuple[Double, ...] = ()
    left_on: date | None = None
    """The day from which the register has it in the city no more, also one to come; None, too, where who asks may not know it."""
    feeds: tuple[Feed, ...] = ()
    """How far the sources have come, so that a page on which nothing new stands says why."""
    disputes: tuple[Dispute, ...] = ()
    """What staff said of its reasons to the owners of their records, and what those answered."""
    emergency: Open | None = None
    """The emergency in which it is read, where it is not theirs to see who asks."""
    read_at: datetime | None = None

    @property
    def protected(self) -> bool:
        """Whether a measure protects the child."""
        return self.thing.protected

    @property
    def case(self) -> Case | None:
        """Its case, where there is one."""
        return self.file.standing if isinstance(self.file.standing, Case) else None

    @property
    def facts(self) -> Facts:
        """Return all that permission depends on."""
        opened_by = self.case.opened_by if self.case else None
        return Facts(self.thing, opened_by=opened_by, emergency=self.emergency is not None)

    @property
    def state(self) -> CaseState:
        """Return where the case stands; without one, the review."""
        return self.file.standing.state

    @property
    def latest(self) -> Word:
        """Return the newest word about the child."""
        return self.words[-1]


async def child(db: Database, person_id: PersonId, today: date, looks: int) -> Child | None:
    """Return the child with every word about it, its household today and who looked lately; None where it may not be seen."""
    row = await db.fetchrow(SQL.child, person_id, today, looks)
    if row is None:
        return None
    return Child(
        person_id=person_id,
        version=row["version"],
        thing=thing_of(row),
        stands=row["stands"],
        name=row["name"],
        kana=row["kana"],
        birth_date=row["birth_date"],
        sex=Sex(row["sex"] or Sex.UNKNOWN),
        lives_in=Ward(row["lives_in"]) if row["lives_in"] else None,
        left_on=row["left_on"],
        address_code=row["address_code"],
        town=row["town"],
        household_id=row["household_id"],
        household_no=row["household_no"],
        opened_on=row["opened_on"],
        needed=row["needed"],
        basis_changed=row["basis_changed"],
        overdue_since=row["overdue_since"],
        owner=row["owner"],
        file=_file(row),
        closed_on=row["closed_on"],
        words=tuple(map(word_from, json.loads(row["words"]))),
        mates=tuple(map(_mate, json.loads(row["mates"] or "[]"))),
        covered_with=frozenset(map(PersonId, row["covered_with"] or ())),
        looks=tuple(map(_looked, json.loads(row["looks"] or "[]"))),
        doubles=tuple(map(_double, json.loads(row["doubles"] or "[]"))),
    )


async def household_mates(db: Database, household_id: HouseholdId | None, person_id: PersonId, today: date) -> list[Mate]:
    """Return the other members of a household on a day."""
    return [_mate(json.loads(row["mate"])) for row in await db.fetch(SQL.household_mates, household_id, person_id, today)]


def _mate(raw: Mapping[str, Any]) -> Mate:
    return Mate(
        person_id=PersonId(UUID(raw["person_id"])),
        birth_date=date.fromisoformat(raw["birth_date"]),
        protected=raw["protected"],
        relationship=Relationship(raw["relationship"]),
        name=raw["name"],
        sex=Sex(raw["sex"] or Sex.UNKNOWN),
        under_review=raw["under_review"],
        needed=raw["needed"] is True,
        state=CaseState(raw["state"]) if raw["state"] else None,
        since=date.fromisoformat(raw["starts"]) if raw["starts"] else None,
    )


def _double(raw: Mapping[str, Any]) -> Double:
    return Double(PersonId(UUID(raw["person_id"])), raw["protected"], CaseState(raw["state"]) if raw["state"] else None)


def _looked(raw: Mapping[str, Any]) -> Looked:
    return Looked(datetime.fromisoformat(raw["at"]), raw["staff_name"], raw["staff_place"], raw["action"])


def _file(row: asyncpg.Record) -> CaseFile:
    person_id, household_id = PersonId(row["person_id"]), row["household_id"]
    if row["case_row"] is None:
        return CaseFile(NoCase(person_id, household_id, Ward(row["ward"]) if row["ward"] else None))
    past = tuple(past_from(raw) for raw in json.loads(row["past"] or "[]"))
    handover = handover_from(json.loads(row["handover"])) if row["handover"] is not None else None
    return CaseFile(case_from(json.loads(row["case_row"])), past, handover, verdicts_from(json.loads(row["verdicts"] or "{}")))
