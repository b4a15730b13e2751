"""A sender that need not wait is given a receipt, and asks for what became of its events when it likes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator

from contracts.replies import GIVEN, RECEIPT
from contracts.values import Source
from infra.parking import ParkingBody
from services.ingest import receipts
from services.ingest.actions import park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.reading import read
from services.ingest.receipts import Receipts
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.test_inlets import BATCH, STRUCTURED, Running, running
from tests.unit.ingest.events import Event, body, checkup

pytestmark = pytest.mark.servers

__all__ = ["running"]

PREFER = {"prefer": "respond-async"}


def new(data: dict[str, Any] | None = None, **changes: Any) -> Event:
    return checkup(data, subject=str(uuid4()), **changes)


async def asked(running: Running, address: str, source: Source = HEALTH) -> tuple[int, dict[str, Any]]:
    async with running.http(source) as client:
        answer = await client.get(address)
    if answer.is_success:
        Draft202012Validator(RECEIPT).validate(answer.json())
    return answer.status_code, answer.json()


async def test_a_receipt_tells_what_became_of_each_event(running: Running) -> None:
    known, good, bad = new(), new(), new({"mood": 1})
    await running.post(body(known))

    given = await running.post(body(known, good, bad), BATCH, **PREFER)
    status, told = await asked(running, given.headers["location"])

    Draft202012Validator(GIVEN).validate(given.json())
    assert (given.status_code, given.json()["events"], given.headers["preference-applied"]) == (202, 3, "respond-async")
    assert (status, told["source"]) == (200, HEALTH)
    assert [each["outcome"] for each in told["outcomes"]] == ["duplicate", "accepted", "refused"]
    assert [each["id"] for each in told["outcomes"]] == [known["id"], good["id"], bad["id"]]
    assert told["outcomes"][2]["errors"][0]["path"] == "mood"
    assert told["totals"] == {"duplicate": 1, "accepted": 1, "refused": 1}


async def test_what_a_receipt_stands_for_is_committed(running: Running) -> None:
    sent = new()

    await running.post(body(sent), STRUCTURED, **PREFER)

    assert await running.outcome(sent["id"]) == ("accepted", None, None)


@pytest.mark.parametrize("header", ["Respond-Async", "return=minimal, respond-async; wait=10", "handling=lenient,respond-async"])
async def test_preferences_are_read_as_the_standard_writes_them(running: Running, header: str) -> None:
    assert (await running.post(body(new()), STRUCTURED, prefer=header)).status_code == 202


async def test_other_preferences_change_nothing(running: Running) -> None:
    assert (await running.post(body(new()), STRUCTURED, prefer="return=minimal")).status_code == 200


async def test_a_single_event_that_is_refused_has_a_receipt_too(running: Running) -> None:
    given = await running.post(body(new({"mood": 1})), STRUCTURED, **PREFER)

    _, told = await asked(running, given.headers["location"])

    assert (given.status_code, [each["outcome"] for each in told["outcomes"]]) == (202, ["refused"])


async def test_of_a_body_that_cannot_be_read_there_is_nothing_to_ask_for(running: Running) -> None:
    answer = await running.post(b"{", STRUCTURED, **PREFER)

    assert (answer.status_code, answer.headers.get("location")) == (422, None)


async def test_a_receipt_is_its_sources_alone(running: Running) -> None:
    given = await running.post(body(new()), STRUCTURED, **PREFER)

    assert (await asked(running, given.headers["location"], Source.RESIDENT_REGISTRY))[0] == 404
    assert (await asked(running, f"/receipts/{uuid4()}"))[0] == 404
    assert (await asked(running, "/receipts/none-that-was-ever-given"))[0] == 404


async def test_a_receipt_holds_nothing_that_a_refused_event_said(running: Running) -> None:
    word = "みかん畑"
    given = await running.post(body(new({"favourite": word})), STRUCTURED, **PREFER)

    _, told = await asked(running, given.headers["location"])

    rows = await running.service.pool.fetch("select r::text from receipt r where receipt = $1::uuid", given.json()["receipt"])
    assert len(rows) == 1
    assert word not in f"{told}{rows}"


async def test_an_event_that_was_put_aside_and_taken_since_is_told_as_it_is_now(running: Running) -> None:
    sent, receipt = new(), uuid4()
    submission = Submission(HEALTH, Inlet.HTTP, read(body(sent)), "name", receipt=receipt)
    async with running.service.work() as work:
        await park(work, submission, ParkingBody(bytes(32)), "Mistake")
    before = await asked(running, f"/receipts/{receipt}")

    await running.post(body(sent))
    after = await asked(running, f"/receipts/{receipt}")

    assert [told["outcomes"][0]["outcome"] for _, told in (before, after)] == ["parked", "accepted"]


async def test_receipts_are_forgotten_after_a_week_and_when_there_are_too_many(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "KEPT_OF_A_SOURCE", 2)
    given = [await running.post(body(new()), STRUCTURED, **PREFER) for _ in range(4)]
    addresses = [each.headers["location"] for each in given]
    pool = running.service.pool

    await pool.execute("delete from receipt where receipt <> all($1::uuid[])", [each.json()["receipt"] for each in given])
    await Receipts(running.service).forget()
    few = [(await asked(running, address))[0] for address in addresses]
    await pool.execute("update receipt set made_at = made_at - $1::interval", timedelta(days=7))
    await Receipts(running.service).forget()
    old = [(await asked(running, address))[0] for address in addresses]

    assert few == [404, 404, 200, 200]
    assert old == [404] * 4
