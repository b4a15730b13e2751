"""
Reach by guardian and by household (`domain.md` §2.3): an indicator that reads by them, in a copy of the repository.

No item of the catalogue reads by household yet, and what no item reads is not kept: so the toy is added as CONTRIBUTING says, and a scorer
of the copy hears and evaluates on a real database.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.values import ServiceName
from infra.testing.fixtures import Database
from tests.copies import copied, run
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import CHILD, MOTHER, allowance, household, person

ROOT = Path(__file__).parents[3]

ITEM = """
code = "allowance_or_assistance_near"
item = "ITEM-99"
group = "ECON"
feeds = ["child_allowances", "special_child_allowance", "public_assistance"]
field = "手当と保護"
present = "手当か保護がある"
absent = "手当も保護もない"
unknown = "手当か保護があるかどうか"

[reasons]
found = ["ある"]
nothing = ["ない"]
"""

MODULE = '''
"""A toy: tells what reaches the child by a guardian and by a housemate, and on which days."""

from enum import StrEnum

from contracts.facts import AllowanceEntitlementChanged, PublicAssistanceMemberChanged
from contracts.kinds import EventKind, Item, Source
from contracts.values import IndicatorValue
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach


class NearReason(StrEnum):
    FOUND = "found"
    NOTHING = "nothing"


def _ask(question: Question) -> Answer:
    allowances = question.facts.told_as(AllowanceEntitlementChanged, Reach.GUARDIAN)
    assistance = question.facts.told_as(PublicAssistanceMemberChanged, Reach.HOUSEHOLD)
    detail = {
        "guardian": ";".join(f"{told.fact.kind}:{_days(told)}" for told in allowances),
        "household": ";".join(f"{told.fact.started_on}:{_days(told)}" for told in assistance),
        "held": question.is_in_hand(Source.PUBLIC_ASSISTANCE, by=Reach.HOUSEHOLD),
    }
    found = bool(allowances or assistance)
    value, reason = (IndicatorValue.TRUE, NearReason.FOUND) if found else (IndicatorValue.FALSE, NearReason.NOTHING)
    return Answer(Item.ALLOWANCE_OR_ASSISTANCE_NEAR, value, reason, detail=detail)


def _days(told):
    return "+".join(f"{stay.start}/{stay.end}" for stay in told.during)


NEAR = Indicator(
    Item.ALLOWANCE_OR_ASSISTANCE_NEAR,
    (
        Input(EventKind.ALLOWANCE_ENTITLEMENT_CHANGED, Reach.GUARDIAN),
        Input(EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, Reach.HOUSEHOLD),
    ),
    NearReason,
    _ask,
)
'''

PRELUDE = """
import asyncio, json, sys
from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID

from contracts.values import Item, ServiceName
from infra.clock import FixedClock
from infra.postgres import open_pool
from infra.testing.fixtures import unit_of_work
from services.scorer import inspection
from services.scorer.actions import hold, take_in
from tests.integration.scorer.messages import (
    ANOTHER_HOME, CHILD, FATHER, MOTHER, SIBLING, allowance, assistance, household, measure, person,
)

async def main(scenario):
    pool = await open_pool(sys.argv[1], name="copy", most=4)
    clock = FixedClock(datetime(2026, 4, 1, 3, tzinfo=UTC))
    async def hears(*messages):
        async with unit_of_work(pool, ServiceName.SCORER, clock) as work:
            await take_in(work, list(messages))
    async def puts_aside(message, held):
        async with unit_of_work(pool, ServiceName.SCORER, clock) as work:
            await hold(work, message, held)
    async def near(who=CHILD):
        async with pool.acquire() as db:
            answers = await inspection.indicators(db, who)
        return next(a["detail"] for a in answers if a["item"] == Item.ALLOWANCE_OR_ASSISTANCE_NEAR)
    await scenario(hears, near, puts_aside)
    await pool.close()
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the toy."""
    root = tmp_path_factory.mktemp("reaches")
    copied(("contracts", "infra", "services", "tests"), root)
    (root / "contracts/catalogue/items/99_allowance_or_assistance_near.toml").write_text(ITEM, encoding="utf-8")
    (root / "services/scorer/domain/indicators/near.py").write_text(MODULE, encoding="utf-8")
    made = run(root, "-m", "contracts.generate")
    assert made.returncode == 0, made.stderr
    return root


def played(copy: Path, database: Database, scenario: str) -> list[Any]:
    """What a scenario tells, line by line: `tell` says what reached the child."""
    body = "\n".join(f"    {line}" for line in scenario.strip().splitlines())
    code = f"{PRELUDE}\ntell = lambda told: print(json.dumps(told))\nasync def scenario(hears, near, puts_aside):\n{body}\n"
    done = run(copy, "-c", f"{code}\nasyncio.run(main(scenario))", database.url(ServiceName.SCORER))
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_guardians_record_reaches_the_children_that_it_lists_on_its_days(copy: Path, database: Database) -> None:
    told = played(
        copy,
        database,
        """
await hears(person("2020-05-01"), person("2021-06-01", who=SIBLING))
await hears(allowance("A-1", MOTHER, [CHILD], "2024-04-01", "2026-04-01"))
tell([(await near())["guardian"], (await near(SIBLING))["guardian"]])
await hears(allowance("A-1", MOTHER, [SIBLING], "2024-04-01", revision=2))
tell([(await near())["guardian"], (await near(SIBLING))["guardian"]])
await hears(allowance("A-1", MOTHER, [CHILD], "2024-04-01", revision=1))
tell([(await near())["guardian"], (await near(SIBLING))["guardian"]])
await hears(allowance("A-1", MOTHER, [], "2024-04-01", revision=3, void=True))
tell([(await near())["guardian"], (await near(SIBLING))["guardian"]])
""",
    )

    assert told == [["child:2024-04-01/2026-04-01", ""], ["", "child:2024-04-01/None"], ["", "child:2024-04-01/None"], ["", ""]]


def test_a_guardians_record_never_reaches_across_a_protection_measure(copy: Path, database: Database) -> None:
    told = played(
        copy,
        database,
        """
await hears(person("2020-05-01"), allowance("A-1", FATHER, [CHILD], "2024-04-01"))
await hears(measure("2025-01-01", "2026-01-01"))
tell((await near())["guardian"])
await hears(measure("2023-01-01", version=2))
tell((await near())["guardian"])
""",
    )

    assert told == ["child:2024-04-01/2025-01-01+2026-01-01/None", ""]


def test_a_housemates_record_reaches_the_child_on_the_days_that_both_lived_there(copy: Path, database: Database) -> None:
    told = played(
        copy,
        database,
        """
await hears(person("2020-05-01"), assistance("2022-01-01", who=FATHER))
tell((await near())["household"])
await hears(household((CHILD, "2020-05-01", None), (FATHER, None, "2023-04-01"), (FATHER, "2024-04-01", None)))
tell((await near())["household"])
await hears(household((CHILD, "2020-05-01", "2024-06-01"), (FATHER, None, "2023-04-01"), (FATHER, "2024-04-01", None), version=3))
await hears(household((CHILD, "2020-05-01", None), (FATHER, None, None), version=2))
tell((await near())["household"])
await hears(measure("2021-01-01"))
tell((await near())["household"])
await hears(household((CHILD, "2024-06-01", None), (MOTHER, "2024-06-01", None), home=ANOTHER_HOME))
await hears(assistance("2025-01-01", "W-2", who=MOTHER))
tell((await near())["household"])
await hears(household((MOTHER, "2024-06-01", None), home=ANOTHER_HOME, version=2))
tell((await near())["household"])
""",
    )

    assert told == [
        "",
        "2022-01-01:2020-05-01/2023-04-01+2024-04-01/None",
        "2022-01-01:2020-05-01/2023-04-01+2024-04-01/2024-06-01",
        "2022-01-01:2020-05-01/2021-01-01",
        "2022-01-01:2020-05-01/2021-01-01;2025-01-01:2024-06-01/None",
        "2022-01-01:2020-05-01/2021-01-01",
    ]


def test_nothing_is_concluded_by_household_while_a_housemates_record_or_the_household_is_put_aside(copy: Path, database: Database) -> None:
    told = played(
        copy,
        database,
        """
await hears(person("2020-05-01"), household((CHILD, "2020-05-01", None), (MOTHER, None, None)))
tell((await near())["held"])
lost = assistance("2022-01-01", who=MOTHER)
await puts_aside(lost, True)
await hears(person("2020-05-01", version=2))
tell((await near())["held"])
await puts_aside(lost, False)
await hears(lost)
tell((await near())["held"])
change = household((CHILD, "2020-05-01", None), (FATHER, None, None), version=2)
await puts_aside(change, True)
await hears(person("2020-05-01", version=3))
tell((await near())["held"])
""",
    )

    assert told == [False, True, False, True]


def test_the_same_state_follows_from_every_order(copy: Path, database: Database) -> None:
    """Whoever is told first: the person, the household, the measure or the record."""
    told = played(
        copy,
        database,
        """
for n, order in enumerate(permutations(range(4))):
    who, father, home, measure = (UUID(int=0x1000 + 0x10 * n + k) for k in range(4))
    told = (
        person("2020-05-01", who=who),
        household((who, "2020-05-01", None), (father, None, None), home=home),
        allowance(f"A-{n}", father, [who], "2024-04-01"),
        assistance("2022-01-01", f"W-{n}", who=father),
    )
    for k in order:
        await hears(told[k])
    found = await near(who)
    tell([found["guardian"], found["household"]])
""",
    )

    assert len(told) == 24
    assert {tuple(each) for each in told} == {("child:2024-04-01/None", "2022-01-01:2020-05-01/None")}


async def test_a_household_is_kept_as_an_indicator_reads_by_it(scorer: Scorer) -> None:
    await scorer.hears(person("2020-05-01"), household((CHILD, "2020-05-01", None)), allowance("A-1", MOTHER, [CHILD], "2024-04-01"))

    assert await scorer.pool.fetchval("select count(*) from household") == 1
    assert await scorer.pool.fetchval("select count(*) from fact where in_care is not null") == 1
