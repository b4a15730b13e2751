"""Any past list, and why anybody is on it, as known on any day since: the same bytes whatever comes later (REP-02, `domain.md` §2.8-6)."""

import json
import re
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from contracts.ids import CaseId
from contracts.messages import Message, ObservationRecorded
from contracts.values import Observation, ServiceName
from infra.testing.fixtures import unit_of_work
from services.scorer import explaining
from services.scorer.actions import hold
from services.scorer.recalling import NotKept, as_known
from tests.architecture.statements import ROOT
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    AT,
    CHILD,
    FATHER,
    MOTHER,
    SIBLING,
    allowance,
    certain_mother,
    checkup,
    fresh_id,
    household,
    kinship,
    person,
    watermark,
)
from tests.integration.scorer.test_lists import printed, two_children
from tests.integration.scorer.test_order import everything
from tests.integration.scorer.test_ruleset_changes import LOWER_EPDS, Office

pytestmark = pytest.mark.servers

FIRST = date(2026, 5, 20)
DAYS = [FIRST + timedelta(days) for days in range(0, 24, 2)]
AS_OF = [date(2026, 4, 20), FIRST]


def met(day: str) -> ObservationRecorded:
    """Staff met the child."""
    return ObservationRecorded(
        event_id=fresh_id(),
        occurred_at=AT,
        case_id=CaseId(UUID(int=7)),
        person_id=CHILD,
        version=1,
        observation=Observation.MET,
        observed_on=date.fromisoformat(day),
    )


def course() -> list[Message]:
    """All that is told of two children: late, corrected, voided, of the wrong person, of nobody any more and again of somebody."""
    return [
        *everything(),
        household((CHILD, "2024-02-10", None), (FATHER, None, None)),
        household((CHILD, "2024-02-10", None), version=2),
        household((CHILD, "2024-02-10", "2026-04-01"), (MOTHER, None, None), version=3),
        allowance("A-1", FATHER, [CHILD], "2025-01-01"),
        allowance("A-1", FATHER, [SIBLING], "2025-01-01", revision=2),
        allowance("A-1", FATHER, [], "2025-01-01", revision=3, void=True),
        *certain_mother(CHILD, SIBLING, facts_said=9, version=3),
        *kinship(SIBLING, version=4),
        # They were taken for one, and then for two again: with the records of both.
        person("2024-02-10", who=SIBLING, version=2, exists=False, facts_said=6),
        checkup("18m", "2026-03-02", "K-5", who=CHILD, person_version=4),
        person("2024-02-10", who=SIBLING, version=3, facts_said=1),
        checkup("18m", "2026-03-02", "K-5", who=SIBLING, said=2, person_version=3),
        met("2026-05-21"),
        *watermark("2026-05-25", version=1),
        *watermark("2026-04-30", version=2),
        *watermark("2026-06-14", version=3),
    ]


@pytest.mark.parametrize("seed", [0, 2])
async def test_a_day_as_known_on_another_is_told_the_same_whatever_comes_later(scorer: Scorer, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a seeded shuffle, not a secret
    messages = course()
    told = messages if seed == 0 else chance.sample(messages, len(messages))
    aside = checkup("18m", "2026-03-03", "K-9")
    made: dict[tuple[date, date], str] = {}
    for number, day in enumerate(DAYS):
        await scorer.day_comes(str(day))
        # What is told of one thing comes on neighbouring days, in order or not.
        await scorer.hears(told[number :: len(DAYS)], kinship(CHILD, version=8) if day == DAYS[-1] else [])
        if number in {3, 6}:
            async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
                await hold(work, aside, number == 3)
        await scorer.day_comes(str(day))
        made |= {(as_of, day): await all_that_is_told(scorer, as_of, day) for as_of in {*AS_OF, day}}

    await scorer.day_comes("2026-07-01")
    await scorer.hears(kinship(CHILD, SIBLING, version=9, linked=False), watermark("2026-06-30", version=4))
    await scorer.day_comes("2026-07-02")

    assert {days: await all_that_is_told(scorer, *days) for days in made} == made
    assert len({told for (as_of, _), told in made.items() if as_of == FIRST}) > 3, "of one day something else was known as time went on"
    often = {"person", "fact", "watermark", "held", "kinship", "delivery"}
    assert await changed(scorer) >= (often | {"protection", "in_hand", "in_hand_anybody", "member", "fact_count"} if seed == 0 else often)


async def all_that_is_told(scorer: Scorer, as_of: date, known_on: date) -> str:
    """The city's list, and why each of the two is on it or not; what the ward was told last is of the moment."""
    answers = [await scorer.asked(explaining.explained, who, as_of, known_on, scorer.clock.today()) for who in (CHILD, SIBLING)]
    page = json.dumps([{**each, "review": None} for each in answers], default=str, ensure_ascii=False)
    # That a child is protected hides where it lives, on old lists too: that alone changes one (S07).
    return (await printed(scorer, str(as_of), str(known_on))).replace(f"{CHILD},hakata,", f"{CHILD},,") + page


async def changed(scorer: Scorer) -> set[str]:
    """The tables of which something is held no more."""
    names = [
        row["name"]
        for row in await scorer.pool.fetch("select relname as name from pg_class where relname like '%\\_was' and relkind = 'p'")
    ]
    return {name.removesuffix("_was") for name in names if await scorer.pool.fetchval(f"select exists (select from {name})")}


async def test_persons_who_were_merged_and_split_later_are_on_an_old_list_as_they_were_then(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.day_comes("2026-04-12")
    made = await printed(scorer, "2026-04-11", "2026-04-12")

    await scorer.day_comes("2026-04-15")
    await scorer.hears(person("2024-02-10", who=SIBLING, version=2, exists=False), checkup("18m", "2025-09-01", "K-18", who=CHILD))
    merged = await printed(scorer, "2026-04-11", "2026-04-15")
    await scorer.day_comes("2026-04-20")
    await scorer.hears(person("2024-02-10", who=SIBLING, version=3), checkup("18m", "2025-09-01", "K-18", who=SIBLING, said=1))

    listed = [await listed_on(scorer, known) for known in ("2026-04-12", "2026-04-15", "2026-04-20")]
    assert listed == [{CHILD, SIBLING}, set(), {CHILD}]
    assert await printed(scorer, "2026-04-11", "2026-04-12") == made
    await scorer.day_comes("2026-04-21")
    assert await printed(scorer, "2026-04-11", "2026-04-15") == merged


async def listed_on(scorer: Scorer, known_on: str) -> set[UUID]:
    text = await printed(scorer, "2026-04-11", known_on)
    return {who for who in (CHILD, SIBLING) if f"\n{who}," in text}


async def test_a_past_list_by_a_ruleset_with_other_parameters_is_made_of_what_was_known_then(scorer: Scorer) -> None:
    """EVAL-03: the answers that were believed were made by others; they are computed by its own."""
    await two_children(scorer)
    async with Office(scorer).work() as work:
        await work.db.execute("select set_config('enable_seqscan', 'off', true)")
    name = await Office(scorer).propose(LOWER_EPDS)
    made = await printed(scorer, "2026-04-11", ruleset=name)
    await scorer.day_comes("2026-04-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"))

    assert str(CHILD) in made
    assert await printed(scorer, "2026-04-11", ruleset=name) == made
    assert str(CHILD) not in await printed(scorer, "2026-04-11", "2026-04-20", ruleset=name)


async def test_what_was_held_before_the_past_was_kept_is_not_told(scorer: Scorer) -> None:
    """A system that is older than this says so; one that began with it knows all its days."""
    await two_children(scorer)
    await scorer.day_comes("2026-04-20")
    before = await scorer.pool.fetchval("select since from past_kept")
    await scorer.pool.execute("update past_kept set since = '2026-04-16 00:00+09'")

    assert before is None
    with pytest.raises(NotKept, match="what was held before 2026-04-16 was not kept"):
        await printed(scorer, "2026-04-11", "2026-04-15")
    assert str(CHILD) in await printed(scorer, "2026-04-11", "2026-04-16")


async def test_whoever_looked_back_reads_the_present_again_and_writes_nothing_into_the_past(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.day_comes("2026-04-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"))
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        count = "select count(*) from fact where event_type = 'infant_checkup.recorded'"
        async with as_known(work.db, date(2026, 4, 11), work.today):
            then = await work.db.fetchval(count)
        now = await work.db.fetchval(count)

    assert (then, now) == (1, 2)


async def test_of_a_household_that_is_told_anew_only_who_came_or_left_becomes_past_also_by_a_clock_that_is_set_back(scorer: Scorer) -> None:
    told = [("2026-04-10", (MOTHER,)), ("2026-04-21", (FATHER,)), ("2026-04-20", ())]
    for version, (day, with_child) in enumerate(told, start=1):
        await scorer.day_comes(day)
        members = ((CHILD, "2024-02-10", None), *((who, None, None) for who in with_child))
        await scorer.hears(person("2024-02-10"), household(*members, version=version))
    await scorer.day_comes("2026-04-25")

    then: list[list[UUID]] = []
    async with unit_of_work(scorer.pool, ServiceName.SCORER, scorer.clock) as work:
        for known_on in (10, 20, 21):
            async with as_known(work.db, date(2026, 4, known_on), work.today):
                then.append([row["person_id"] for row in await work.db.fetch("select person_id from member order by person_id")])

    assert then == [[CHILD, MOTHER], [CHILD, MOTHER], [CHILD]]
    assert [row["person_id"] for row in await scorer.pool.fetch("select person_id from member_was")] == [MOTHER]


async def test_by_a_clock_that_is_set_back_no_two_answers_to_one_item_are_believed_at_once(scorer: Scorer) -> None:
    await two_children(scorer)
    await scorer.day_comes("2026-04-21")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18"))
    await scorer.day_comes("2026-04-20")
    await scorer.hears(checkup("18m", "2025-09-01", "K-18", revision=2, void=True), watermark("2026-04-20"))
    await scorer.day_comes("2026-04-25")
    await scorer.hears(watermark("2026-04-25"))

    both = """
        select count(*) from evaluation one join evaluation other using (person_id, item)
        where one.evaluation_id < other.evaluation_id and one.written_at < coalesce(other.superseded_at, 'infinity')
            and other.written_at < coalesce(one.superseded_at, 'infinity')
            and one.written_at < one.superseded_at and other.written_at < coalesce(other.superseded_at, 'infinity')
    """
    assert await scorer.pool.fetchval(both) == 0
    assert await scorer.pool.fetchval("select count(*) from evaluation where superseded_at < written_at") == 0


async def test_the_past_has_every_column_of_the_present(scorer: Scorer) -> None:
    """Whoever adds a column to a table adds it to its past."""
    rows = await scorer.pool.fetch(
        """
        select c.relname as name, n.nspname as schema, array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod)) as columns
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('scorer', 'scorer_known') and a.attnum > 0 and not a.attisdropped group by 1, 2
        """
    )
    columns = {(row["schema"], row["name"]): set(row["columns"]) for row in rows}
    past = {name for schema, name in columns if schema == "scorer_known"}

    assert past == read_by_an_evaluation({name for _, name in columns}) - {"due", "review_signal"}
    assert {name for name in past if columns["scorer", name] != columns["scorer_known", name]} == set()
    kept = {name: columns["scorer", f"{name}_was"] for name in past if ("scorer", f"{name}_was") in columns}
    assert kept.pop("evaluation") == columns["scorer", "evaluation"], "its rows say themselves until when they were believed"
    assert {name for name, was in kept.items() if was ^ columns["scorer", name] != {"replaced_at timestamp with time zone"}} == set()
    assert past - set(kept) == {"evaluation", "observation"}, "rows of this one are only ever added"


def read_by_an_evaluation(tables: set[str]) -> set[str]:
    """The tables that stand in the statements by which children are loaded."""
    text = "".join((ROOT / "services/scorer" / file).read_text(encoding="utf-8") for file in ("loading.sql", "others.sql"))
    return tables & set(re.findall(r"\b(?:from|join) (\w+)", text))
