"""The demonstration's people at casework's door."""

import asyncio

import asyncpg
import httpx

from contracts.messages import DecisionRecorded
from infra.city.office.doors import Insider
from infra.identity.demonstration import Credential
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PASSWORD, Office


async def test_whoever_has_several_children_in_hand_comes_in_again_once_where_the_session_ended(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    transport = httpx.ASGITransport(office.service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://casework.example") as http:
        clerk = Insider(http, Credential("hakata.clerk", "", "", PASSWORD, office.secrets["hakata.clerk"]))
        before = await clerk.reviews()
        identity = await asyncpg.connect(office.database.admin_url)
        await identity.execute("delete from identity.session; update identity.staff set totp_last_step = 0")
        await identity.close()

        after = await asyncio.gather(*(clerk.reviews() for _ in range(5)))

    assert after == [before] * 5
    decisions = [message for message in await office.said() if isinstance(message, DecisionRecorded)]
    assert len([each for each in decisions if each.action == "identity.logged_in"]) == len(["at first", "again"])
