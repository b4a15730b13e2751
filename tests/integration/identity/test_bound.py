"""What was made for one service, one session or one purpose opens nothing else."""

import base64
from datetime import timedelta

import httpx
import pytest

from contracts.values import ServiceName
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from tests.integration.identity.conftest import PASSWORD, Door, door_to


def told(client: httpx.AsyncClient, name: str) -> str:
    """Return what a service gave the browser to keep."""
    return str(client.cookies[name])


@pytest.mark.parametrize(("mine", "other"), [(ServiceName.CASEWORK, ServiceName.AUDIT), (ServiceName.AUDIT, ServiceName.CASEWORK)])
async def test_nothing_that_one_service_gave_opens_another(
    door: Door, database: Database, real_time: FixedClock, mine: ServiceName, other: ServiceName
) -> None:
    async with (
        door_to(mine, database, real_time) as one,
        door_to(other, database, real_time) as two,
        httpx.AsyncClient(transport=httpx.ASGITransport(one.service.app), base_url="http://one.example") as here,
        httpx.AsyncClient(transport=httpx.ASGITransport(two.service.app), base_url="http://two.example") as there,
    ):
        for client in (here, there):
            door.client = client
            assert (await door.log_in()).status_code == 303
            real_time.at += timedelta(seconds=30)
        token = told(here, f"tsunagu-{mine}")
        form_token = (await here.get("/v1/me")).json()["form_token"]

        foreign_form = await there.post("/logout", data={"form_token": form_token})
        own_form = (await there.get("/v1/me")).json()["form_token"]
        there.cookies.clear()
        cookies = [f"tsunagu-{other}={value}" for value in (token, form_token, told(here, f"tsunagu-{mine}-browser"))]
        with_cookies = [await there.get("/v1/me", headers={"cookie": each}) for each in (*cookies, f"tsunagu-{mine}={token}")]
        basic = base64.b64encode(f"hakata.clerk:{PASSWORD}".encode()).decode()
        schemes = (f"Bearer {token}", f"Bearer {form_token}", f"Bearer {PASSWORD}", f"Basic {basic}")
        with_headers = [await there.get("/v1/me", headers={"authorization": each}) for each in schemes]
        still_here = await here.get("/v1/me")

    assert (foreign_form.status_code, own_form == form_token) == (403, False)
    assert [answer.status_code for answer in (*with_cookies, *with_headers)] == [401] * 8
    assert still_here.status_code == 200


async def test_the_form_token_of_an_earlier_session_is_refused(door: Door) -> None:
    await door.log_in()
    old = (await door.client.get("/v1/me")).json()["form_token"]
    door.clock.at += timedelta(seconds=30)
    await door.log_in()

    assert (await door.client.post("/logout", data={"form_token": old})).status_code == 403
