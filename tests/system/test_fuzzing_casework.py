"""A seeded part of `tsunagu fuzz casework`: whatever the API is asked, each answer is one that its description declares."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from contracts.values import Group, Source, Ward
from infra.city.fuzzing import casework
from infra.city.fuzzing.program import Tried
from infra.identity.credentials import code_at
from tests.browser.conftest import address
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PASSWORD, Office, house, office

__all__ = ["address", "house", "office"]

SEED, CASES = 20261128, 200
CHILDREN = "abcdeghi"


async def fill(office: Office) -> None:
    """Put some children on the list, one of them protected."""
    await office.hear(
        b.delivered(Source.RESIDENT_REGISTRY, date(2026, 4, 10)),
        b.measure(("p",), ("f",)),
        b.lives("f", Ward.MINAMI, household="F"),
        *(b.lives(who, household=who) for who in (*CHILDREN, "p")),
        *(b.is_called(who, f"見本 {who}", "みほん") for who in (*CHILDREN, "p")),
        *(b.needed(who, indicators=(*b.S08, b.WELFARE, b.EPDS), groups=(Group.PERI, Group.CHK, Group.ECON)) for who in (*CHILDREN, "p")),
    )


@pytest.mark.system
@pytest.mark.timeout(180)
async def test_every_answer_of_the_api_is_declared_and_none_is_a_servers_error(office: Office, address: str) -> None:
    """Issue 12: schemathesis over the whole API; a program relies on what is declared, and a clerk's work is not lost by a 500."""
    await fill(office)

    def tries() -> tuple[casework.Door, Tried]:
        door = casework.entered(address, "hakata.lead", PASSWORD, code_at(office.secrets["hakata.lead"], datetime.now(UTC)))
        return door, casework.tried(door, CASES, SEED, office.clock.today())

    door, found = await asyncio.to_thread(tries)

    assert len(door.children) == len(CHILDREN) + 1
    assert found.found == ()
    assert found.cases >= CASES
    async with office.service.work() as work:
        await work.db.execute("select set_config('tsunagu.actor', 'system', true)")
        assert await work.db.fetchval("select count(*) from case_move")
