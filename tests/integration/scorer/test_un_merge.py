"""
A wrong link and its end, with the real linker, scorer and casework: whose records were another child's for a month is afterwards as if
that had never been, and meanwhile nothing was concluded from the absence of what was held (`domain.md` §2.8-2, §2.8-11, §6.5).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

import asyncpg
import pytest

from contracts.ids import EventId, HoldId, PersonId
from contracts.messages import FeedWatermark, PersonsMerged, PersonSplit, RecordHeldBack
from contracts.topology import EVENTS_EXCHANGE, HEARS
from contracts.values import Item, ServiceName, Source
from infra.local.postgres import PostgresServer
from infra.testing.fixtures import Database, fresh_database, said_in, unit_of_work
from services.casework import handlers as casework
from services.casework import inspection as of_casework
from services.casework.domain.sampling import Sampling
from services.linker import handlers as linker
from services.linker import inspection as of_linker
from services.linker.domain.judgements import Word
from services.linker.judging import judge_entries
from services.scorer import inspection as of_scorer
from tests.integration.linker.records import NOW, Event, checkup, child, father, mother, notified, protection, welfare
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.test_lists import printed

pytestmark = pytest.mark.servers

BORN = "2024-02-10"
"""The 18-month checkup of such a child is missing from 2026-04-11 on."""


EVER_BELIEVED = "select value from evaluation where (item, person_id) = ($1, $2)"


@dataclass
class City:
    """Three services, and what the linker and the scorer said that was passed on."""

    linker: asyncpg.Pool
    scorer: Scorer
    casework: asyncpg.Pool
    from_linker: int = 0
    from_scorer: int = 0
    one_by_one: bool = False
    """Whether the scorer hears each message by itself, so that whatever is concluded between two of them is seen."""

    async def hears(self, *events: Event | FeedWatermark | RecordHeldBack) -> None:
        async with unit_of_work(self.linker, ServiceName.LINKER, self.scorer.clock) as work:
            assert not await linker.on_parcel(work, list(events))
        await self._pass_on()

    async def decides(self, one: str, other: str, word: Word) -> None:
        async with unit_of_work(self.linker, ServiceName.LINKER, self.scorer.clock) as work:
            assert await judge_entries(work, (one, other), word, "T-1") is None
        await self._pass_on()

    async def day_comes(self, day: str, *complete: Source) -> None:
        await self.scorer.day_comes(day)
        marks = [
            FeedWatermark(event_id=EventId(uuid4()), occurred_at=NOW, source=source, complete_through=date.fromisoformat(day))
            for source in complete
        ]
        await self.hears(*marks)
        await self.scorer.day_comes(day)
        await self._pass_on()

    async def _pass_on(self) -> None:
        rows = await self.linker.fetch(
            "select id, routing_key, payload from outbox where exchange = $1 and id > $2 order by id", EVENTS_EXCHANGE, self.from_linker
        )
        for number, key, payload in rows:
            self.from_linker = number
            told = said_in(payload)
            if key.startswith(HEARS[ServiceName.SCORER]):
                for each in told if self.one_by_one else [told]:
                    await self.scorer.hears(each)
            if key.startswith(HEARS[ServiceName.CASEWORK]):
                await self._casework_hears(told)
        said = await self.scorer.pool.fetch(
            "select id, routing_key, payload from outbox where exchange = $1 and id > $2 order by id", EVENTS_EXCHANGE, self.from_scorer
        )
        for number, key, payload in said:
            self.from_scorer = number
            if key.startswith(HEARS[ServiceName.CASEWORK]):
                await self._casework_hears(said_in(payload))

    async def _casework_hears(self, told: list[Any]) -> None:
        async with unit_of_work(self.casework, ServiceName.CASEWORK, self.scorer.clock) as work:
            await casework.on_parcel(work, told, Sampling(b"", 0))

    async def content(self) -> tuple[str, str, str]:
        async with self.linker.acquire() as db:
            linked = await of_linker.content_hash(db)
        async with self.casework.acquire() as db:
            shown = await of_casework.content_hash(db)
        return linked, await self.scorer.asked(of_scorer.content_hash), shown

    async def believed(self, item: Item, who: PersonId) -> set[str]:
        """Every value that was ever believed of a person."""
        return {row["value"] for row in await self.scorer.pool.fetch(EVER_BELIEVED, item, who)}

    async def who(self, number: str) -> PersonId:
        async with self.linker.acquire() as db:
            found = await of_linker.person_by_no(db, number)
        assert found is not None
        return found


def put_aside(number: str) -> RecordHeldBack:
    """Something of the health section that ingest has put aside."""
    hold, health = HoldId(uuid5(NAMESPACE_OID, number)), Source.MATERNAL_CHILD_HEALTH
    return RecordHeldBack(event_id=EventId(uuid4()), occurred_at=NOW, source=health, hold_id=hold, person_no=number, held=True)


async def a_month(city: City, *, wrongly_linked: bool) -> None:
    """Two girls of two families; one has had her checkups, the other has not, and may be taken for her."""
    health, aid = Source.MATERNAL_CHILD_HEALTH, Source.PUBLIC_ASSISTANCE
    await city.scorer.day_comes("2026-03-20")
    for name in ("1", "2"):
        home, girl, hers = f"H{name}", f"C{name}", f"M{name}"
        await city.hears(
            father(f"F{name}", home, name="山田 太郎"),
            mother(hers, home, name="山田 恵"),
            child(girl, BORN, home, sex="female", name="山田 結衣"),
            notified(f"P{name}", hers, edd="2024-02-12", on="2023-10-06", gestational_weeks=21),
            checkup(girl, "4m", "2024-06-20"),
        )
    if wrongly_linked:
        await city.decides("R-C1", "R-C2", Word.SAME)
    # Before what would list her: a review that was opened stays with people, whatever becomes known later.
    await city.hears(put_aside("C2"), checkup("00C2", "3y", "2026-03-20"), protection("M2", "2026-03-20", ["C2"], ["F1"]))
    await city.hears(child("B2", "2026-03-20", "H2", sex="male"))
    await city.day_comes("2026-03-25", health, aid)
    await city.hears(checkup("C2", "18m", "2025-09-01"), welfare("C2", "S2", "2026-03-01"), welfare("M2", "S2", "2026-03-01"))
    await city.day_comes("2026-04-12", health, aid)
    await city.hears(child("C1", BORN, "H1", sex="female", name="山田 結衣", on="2026-04-13", revision=2, ward_code="minami"))
    await city.hears(checkup("C2", "18m", "2025-09-02", revision=2))
    await city.day_comes("2026-04-20", health, aid)


async def test_a_wrong_link_of_a_month_leaves_nothing_behind(
    scorer: Scorer, database: Database, postgres: PostgresServer, template: str
) -> None:
    async with fresh_database(postgres, template) as another:
        right = await city_on(another, Scorer(await another.pool(ServiceName.SCORER), scorer.clock))
        await a_month(right, wrongly_linked=False)
        expected = await right.content()

    wrong = await city_on(database, scorer)
    await a_month(wrong, wrongly_linked=True)
    kept = await wrong.who("C1")
    hidden = await wrong.scorer.value(Item.CHECKUP_18M_NOT_RECEIVED, kept)
    meanwhile = await wrong.content()
    listed = await printed(wrong.scorer, "2026-04-12", "2026-04-20")
    await wrong.day_comes("2026-04-21")
    await wrong.decides("R-C1", "R-C2", Word.NOT_SAME)

    assert hidden == ("FALSE", "received")
    assert all(one != other for one, other in zip(meanwhile, expected, strict=True))
    assert (await wrong.scorer.value(Item.CHECKUP_18M_NOT_RECEIVED, kept))[0] == "TRUE"
    assert await wrong.content() == expected
    # What was known of a day while they were one stays what was known; by what is known since, she is on its list (REP-02).
    assert await printed(wrong.scorer, "2026-04-12", "2026-04-20") == listed
    assert str(kept) not in listed
    assert f"\n{kept}," in await printed(wrong.scorer, "2026-04-12", "2026-04-21")
    believed = await wrong.scorer.pool.fetch("select item, value from evaluation where person_id = $1", await wrong.who("C2"))
    assert ("checkup_18m_not_received", "TRUE") not in {tuple(row) for row in believed}


async def two_girls(city: City, *checkups: Event | RecordHeldBack) -> tuple[PersonId, PersonId]:
    """Two girls of one home, both of an age at which the checkup of eighteen months is missed; each message is heard by itself."""
    city.one_by_one = True
    await city.scorer.day_comes("2026-04-20")
    girls = [child(each, BORN, "H", sex="female", name="山田 結衣") for each in ("C1", "C2")]
    await city.hears(*girls, checkup("C1", "4m", "2024-06-20"), checkup("C2", "4m", "2024-06-20"), *checkups)
    await city.day_comes("2026-04-20", Source.MATERNAL_CHILD_HEALTH)
    return await city.who("C1"), await city.who("C2")


async def test_nothing_is_concluded_from_the_absence_of_what_a_judgement_moves(scorer: Scorer, database: Database) -> None:
    city = await city_on(database, scorer)
    kept, absorbed = await two_girls(city, checkup("C1", "18m", "2025-09-01"), checkup("C2", "18m", "2025-09-02"))

    for word in (Word.SAME, Word.NOT_SAME, Word.SAME):
        await city.decides("R-C1", "R-C2", word)

    assert "TRUE" not in await city.believed(Item.CHECKUP_18M_NOT_RECEIVED, kept)
    assert "TRUE" not in await city.believed(Item.CHECKUP_18M_NOT_RECEIVED, absorbed)


async def test_what_is_held_and_may_be_hers_is_in_hand_for_whoever_she_is_by_what_people_say(scorer: Scorer, database: Database) -> None:
    city = await city_on(database, scorer)
    kept, absorbed = await two_girls(city, put_aside("C2"))
    before = await city.content()
    item = Item.CHECKUP_18M_NOT_RECEIVED

    values = []
    for word in (Word.SAME, Word.NOT_SAME):
        await city.decides("R-C1", "R-C2", word)
        values.append([await city.scorer.value(item, who) for who in (kept, absorbed)])

    assert values[0][0] == ("UNKNOWN", "record_in_hand")
    assert values[1] == [("TRUE", "not_received"), ("UNKNOWN", "record_in_hand")]
    assert "TRUE" not in await city.believed(item, absorbed)
    assert await city.content() == before


async def test_a_record_that_waits_for_people_is_in_hand_for_whoever_it_may_concern(scorer: Scorer, database: Database) -> None:
    city = await city_on(database, scorer)
    kept, absorbed = await two_girls(city)
    item = Item.CHECKUP_18M_NOT_RECEIVED
    await city.decides("R-C1", "R-C2", Word.SAME)

    # But for zeros it is the number of the one who is the other's by what people say.
    await city.hears(checkup("00C2", "18m", "2025-09-01"))
    together = await city.scorer.value(item, kept)
    await city.decides("R-C1", "R-C2", Word.NOT_SAME)

    assert together == ("UNKNOWN", "record_in_hand")
    assert [await city.scorer.value(item, who) for who in (kept, absorbed)] == [("TRUE", "not_received"), ("UNKNOWN", "record_in_hand")]


async def test_casework_knows_who_is_whom_and_then_that_nobody_is(scorer: Scorer, database: Database) -> None:
    city = await city_on(database, scorer)
    await a_month(city, wrongly_linked=True)
    kept = await city.who("C1")

    aliases = [tuple(row) for row in await _aliases(city)]
    await city.decides("R-C1", "R-C2", Word.NOT_SAME)

    absorbed = await city.who("C2")
    assert aliases == [(absorbed, 1, kept)]
    assert [tuple(row) for row in await _aliases(city)] == [(absorbed, 2, None)]
    payloads = [message for row in await city.linker.fetch("select payload from outbox order by id") for message in said_in(row["payload"])]
    told = [each for each in payloads if isinstance(each, PersonsMerged | PersonSplit)]
    assert [(each.type, each.version) for each in told] == [("PersonsMerged", 1), ("PersonSplit", 2)]


async def _aliases(city: City) -> list[asyncpg.Record]:
    async with city.casework.acquire() as db, db.transaction():
        await db.execute("select set_config('tsunagu.actor', 'system', true)")
        return list(await db.fetch("select absorbed_id, version, survivor_id from person_alias"))


async def city_on(database: Database, scorer: Scorer) -> City:
    return City(await database.pool(ServiceName.LINKER), scorer, await database.pool(ServiceName.CASEWORK))
