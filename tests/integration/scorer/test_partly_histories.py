"""
Histories that nobody thought of (`tests/unit/scorer/oracle`), told to two scorers in a flood: one asks some items alone where that is
enough, the other everything of everybody. Each answer, since when it is known, and each word to the ward is the same.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from contracts.ids import CaseId, EventId, HouseholdId, MeasureId, PersonId, PregnancyId, SchoolId, WelfareCaseId
from contracts.messages import CareList, Delivery, KinshipChanged, Message, ObservationRecorded, RecordLinked, SchoolRow
from contracts.values import Observation, Operation, ServiceName, Source
from infra.clock import FixedClock
from infra.local.postgres import PostgresServer
from infra.testing.fixtures import fresh_database, unit_of_work
from services.scorer.evaluating import evaluate_due
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import AT, fresh_id, household, in_hand, measure, person, watermark
from tests.unit.scorer.oracle.history import Statement, draw

pytestmark = pytest.mark.servers

HISTORIES, ROUNDS = range(20, 34), 8
"""On 2026-11-28, of 100 to 399 at twelve times each: none differs."""
FIRST = date(2026, 11, 20)
ROLES = ("child", "twin", "mother", "father", "carer", "mate")
_OF_ROLE = {"child": "child", "guardian": "carer", "opponent": "father", "opponent_guardian": "father", "household": "mate"}


class Family:
    """What the city is told of a child, of one of the same day with whom its records are mixed up, and of whoever has to do with them."""

    def __init__(self, number: int) -> None:
        self.history, self.chance, self.number = draw(number), Random(number), number  # noqa: S311 -- the same again from its number
        self.left = self.chance.sample(self.history.statements, len(self.history.statements))
        self.told: list[tuple[Statement, PersonId]] = []
        self.versions = Counter[str]()

    def who(self, role: str) -> PersonId:
        return PersonId(UUID(int=self.number << 16 | 0xA000 | ROLES.index(role)))

    def version(self, of: str) -> int:
        self.versions[of] += 1
        return self.versions[of]

    def begin(self) -> Iterator[Message]:
        yield self.register("child")
        yield self.register("twin")
        yield from (person("1990-01-01", ("2000-01-01", None), who=self.who(role), version=self.version(role)) for role in ROLES[2:])
        yield self.kinship()
        yield self.hand("mother", Source.MEDICAL_SUBSIDY, 1)
        for _ in range(len(self.left) // 2):
            yield self.record()

    def news(self) -> Iterator[Message]:
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            drawn = self.chance.random()
            if self.left and drawn < 0.72:
                yield self.record()
            elif self.told and drawn < 0.88:
                yield from self.moved()
            else:
                yield self.other()

    def record(self) -> Message:
        told = self.left.pop()
        whose = self.chance.choice(("child", "child", "twin")) if told.reach == "child" else _OF_ROLE.get(told.reach, "mother")
        self.told.append((told, self.who(whose)))
        return self.row(told, self.who(whose))

    def moved(self) -> list[Message]:
        """A record that was taken for another's, told in either order; or the same once more."""
        place = self.chance.randrange(len(self.told))
        told, whose = self.told[place]
        other = self.who("twin") if whose == self.who("child") else self.who("child")
        if told.reach != "child" or self.chance.random() < 0.2:
            return [self.row(told, whose)]
        self.told[place] = told, other
        both: list[Message] = [self.row(told, whose, void=True), self.row(told, other)]
        return self.chance.sample(both, 2)

    def row(self, told: Statement, whose: PersonId, *, void: bool = False) -> RecordLinked:
        data = dict(told.data or {}) if not void else {}
        start, end = (data.get(name) for name in ("entitled_from", "entitled_to"))
        start, end = start or data.get("valid_from"), end or data.get("valid_to")
        record = f"{self.number}-{told.record}"
        return RecordLinked(
            event_id=fresh_id(),
            occurred_at=AT,
            source=told.source,
            event_type=told.kind,
            record_id=record,
            revision=told.revision,
            said=self.version(record),
            operation=Operation.UPSERT if data else Operation.VOID,
            person_id=whose,
            pregnancy_id=self.pregnancy if told.reach == "pregnancy" else None,
            case_id=WelfareCaseId(UUID(int=ord(told.case))) if told.case else None,
            effective_on=told.said_on,
            school=SchoolRow(school_id=SchoolId(UUID(int=len(told.school))), recorded_at=AT) if told.school and data else None,
            care=CareList(children=(self.who("child"),), start=start and date.fromisoformat(start), end=end and date.fromisoformat(end))
            if told.reach.endswith("guardian") and data
            else None,
            data=data,
        )

    @property
    def pregnancy(self) -> PregnancyId:
        return PregnancyId(UUID(int=self.number << 16 | 0xF))

    def other(self) -> Message:
        """News of anything else."""
        drawn = self.chance.randrange(8)
        if drawn == 0:
            return self.register(self.chance.choice(("child", "twin")))
        if drawn == 1:
            return self.kinship()
        if drawn == 2:
            named = {"measure_id": MeasureId(UUID(int=self.number)), "protected": (self.who("child"),), "opponents": (self.who("father"),)}
            begun = FIRST - timedelta(days=self.chance.randrange(400))
            return measure(str(begun), version=self.version("measure"), voided=self.chance.random() < 0.4).model_copy(update=named)
        if drawn == 3:
            members = [(self.who(each), None, None) for each in ROLES if each in ("child", "mother") or self.chance.random() < 0.5]
            return household(*members, home=HouseholdId(UUID(int=self.number)), version=self.version("home"))
        if drawn == 4:
            return ObservationRecorded(
                event_id=fresh_id(),
                occurred_at=AT,
                case_id=CaseId(UUID(int=self.number)),
                person_id=self.who("child"),
                version=self.version("case"),
                observation=self.chance.choice(tuple(Observation)),
                observed_on=FIRST - timedelta(days=self.chance.randrange(500)),
            )
        role, source = self.chance.choice(("child", "mother", "carer", "mate")), self.chance.choice(tuple(Source))
        return self.hand(role, source, self.chance.randint(0, 1))

    def hand(self, role: str, source: Source, records: int) -> Message:
        return in_hand(records, self.who(role), version=self.version(f"{source}-{role}"), source=source)

    def register(self, role: str) -> Message:
        stays = [tuple(None if day is None else str(day) for day in stay) for stay in self.history.stays]
        moved: dict[str, Any] = {"exists": self.chance.random() < 0.95}
        kept = stays if self.chance.random() < 0.7 else [(str(self.history.birth), None)]
        return person(str(self.history.birth), *kept, who=self.who(role), version=self.version(role), **moved)

    def kinship(self) -> Message:
        linked = self.chance.random() < 0.5
        return KinshipChanged(
            event_id=fresh_id(),
            occurred_at=AT,
            child_id=self.who("child"),
            version=self.version("kinship"),
            deliveries=(Delivery(pregnancy_id=self.pregnancy, mother_id=self.who("mother")),) if linked else (),
            mother_id=self.who("mother"),
            mother_facts_said=0,
        )


@pytest_asyncio.fixture
async def whole(postgres: PostgresServer, template: str, clock: FixedClock) -> AsyncIterator[Scorer]:
    """A scorer that asks everything of whom anything is news."""
    async with fresh_database(postgres, template) as another:
        yield Scorer(await another.pool(ServiceName.SCORER), clock)


async def test_some_items_alone_come_to_the_same_as_all(scorer: Scorer, whole: Scorer) -> None:
    assert await played(scorer, whole, HISTORIES, ROUNDS) >= ROUNDS, "some items alone were asked, and found something new"


async def played(partly: Scorer, whole: Scorer, histories: range, rounds: int) -> int:
    """Tell both the same, and compare. Returns of how many children some items alone were asked and an answer was new."""
    families = [family for family in map(Family, histories) if family.history.birth < FIRST]
    chance, today, asked = Random(histories.start), FIRST, 0  # noqa: S311 -- as above
    parcels = [[*watermark(str(today), *Source, version=1), *(each for family in families for each in family.begin())]]
    for number in range(2, rounds + 3):
        for scorer in (partly, whole):
            await scorer.day_comes(str(today))
            for parcel in parcels:
                await scorer.hears(parcel, put_off=True)
            await evaluated(scorer, whole=scorer is whole)
        asked += await partly.pool.fetchval("select count(*) from due where answers = ''")
        await compare(partly, whole)
        today += timedelta(days=chance.choice((0, 0, 1, 9, 40)))
        parcels = [[each for family in families for each in family.news()] for _ in range(chance.randint(1, 3))]
        if chance.random() < 0.8:
            parcels.append([*watermark(str(today), *Source, version=number)])
    return asked


async def evaluated(scorer: Scorer, *, whole: bool) -> None:
    if whole:
        await scorer.pool.execute("update news set event_types = null")
    done = 1
    while done:
        async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
            done = await evaluate_due(work, 200)


async def compare(partly: Scorer, whole: Scorer) -> None:
    for number, (one, other) in enumerate(zip(await believed(partly), await believed(whole), strict=True)):
        assert one ^ other == set(), number
    days = "select person_id, coalesce(evaluate_on, 'infinity') as day from due order by person_id"
    due = [await each.pool.fetch(days) for each in (partly, whole)]
    assert all(one["person_id"] == other["person_id"] and one["day"] <= other["day"] for one, other in zip(*due, strict=True))


async def believed(scorer: Scorer) -> tuple[set[str], set[str], set[str]]:
    """Every answer that is or was believed, since when it is known; and what the ward was told."""
    answers = await scorer.pool.fetch("select (to_jsonb(e) - 'evaluation_id')::text as row from evaluation e")
    signals = await scorer.pool.fetch("select s::text as row from review_signal s")
    words = {str(each.model_copy(update={"event_id": EventId(UUID(int=0))})) for each in await scorer.told()}
    return {each["row"] for each in answers}, {each["row"] for each in signals}, words
