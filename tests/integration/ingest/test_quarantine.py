"""Refused and parked events as people work them off, and what a source asks of its own."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from contracts.deeds.deed import ThingKind
from contracts.messages import AccessRecorded, Actor, DecisionRecorded
from contracts.values import ServiceName, Source
from infra import parking
from infra.testing.fixtures import announced, unit_of_work
from services.ingest import quarantine
from services.ingest.actions import park
from services.ingest.domain.admission import Inlet
from services.ingest.domain.ledger import Outcome, event_key
from services.ingest.domain.reading import read
from services.ingest.quarantine import Quarantined, Selection, Who
from services.ingest.resend_list import csv_of
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.integration.ingest.test_feeds import operator
from tests.integration.ingest.test_inlets import Running, running, until
from tests.unit.ingest.events import Event, body, checkup, resident

__all__ = ["running"]
pytestmark = pytest.mark.servers

EVERYBODY = tuple(Source)
SOMEBODY = Who(Actor(id=None, role="operator"), "T-9", "command line")


def wrong(n: int, field: str = "mood") -> Event:
    return checkup({field: 1}, subject=f"W-{n}")


async def listed(ingest: Ingest, chosen: Selection, limit: int = 100) -> list[Quarantined]:
    """All of a selection, page by page."""
    found: list[Quarantined] = []
    async with ingest.pool.acquire() as db:
        page = await quarantine.page(db, chosen, None, limit)
        found.extend(page.events)
        while page.after is not None:
            page = await quarantine.page(db, chosen, page.after, limit)
            found.extend(page.events)
    return found


async def parked(ingest: Ingest, *events: Event, reason: str = "KeyError") -> None:
    """Put events aside as the desk does what it cannot handle."""
    for each in events:
        async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
            await park(work, Submission(HEALTH, Inlet.AMQP, read(body(each)), "m"), SEALER, reason)


def ids(found: list[Quarantined]) -> list[str | None]:
    return [each.identity.event_id for each in found]


async def test_refused_and_parked_events_are_listed_newest_first_a_page_at_a_time(ingest: Ingest) -> None:
    events = []
    for n in range(5):
        ingest.clock.at += timedelta(minutes=1)
        events.append(wrong(n))
        await ingest.takes_events(events[-1], checkup(subject=f"R-{n}"))
    ingest.clock.at += timedelta(minutes=1)
    await ingest.takes_events({**resident(), "mood": 1}, source=Source.RESIDENT_REGISTRY)

    everything = await listed(ingest, Selection(EVERYBODY), limit=2)

    assert ids(everything)[1:] == [each["id"] for each in reversed(events)]
    assert [each.source for each in everything] == [Source.RESIDENT_REGISTRY, *[HEALTH] * 5]
    assert ids(await listed(ingest, Selection((HEALTH,)), limit=3)) == [each["id"] for each in reversed(events)]
    assert await listed(ingest, Selection((Source.CHILDCARE,))) == []


async def test_filters_choose_by_outcome_code_reason_and_day(ingest: Ingest) -> None:
    day = ingest.clock.today()
    two = checkup({"mood": 1, "exam_date": "2026-02-30"}, subject="W-2")
    await ingest.takes_events(wrong(1), two)
    await parked(ingest, checkup(subject="P-1"))
    ingest.clock.at += timedelta(days=3)
    late = checkup({"exam_date": None}, subject="W-3")
    await ingest.takes_events(late)

    async def of(**chosen: Any) -> int:
        return len(await listed(ingest, Selection(EVERYBODY, **chosen)))

    assert await of() == 4
    assert [await of(outcome=outcome) for outcome in (Outcome.REFUSED, Outcome.PARKED)] == [3, 1]
    assert [await of(code=code) for code in ("unknown_field", "not_a_date", "missing", "nothing")] == [2, 1, 1, 0]
    assert [await of(reason=reason) for reason in ("KeyError", "ValueError")] == [1, 0]
    assert [await of(first=day, last=day), await of(first=day + timedelta(days=1)), await of(last=day)] == [3, 1, 3]


async def test_one_event_says_what_is_wrong_and_how_it_may_come_again_and_nobody_sees_anothers(ingest: Ingest) -> None:
    await ingest.takes_events(sent := wrong(1))
    key = event_key(HEALTH, sent["id"])

    async with ingest.pool.acquire() as db:
        found = await quarantine.one(db, key, [HEALTH])
        of_others = await quarantine.one(db, key, [Source.RESIDENT_REGISTRY])
        accepted = await quarantine.one(db, event_key(HEALTH, "nothing"), [HEALTH])

    assert found is not None
    assert [(each.path, each.code) for each in found.errors] == [("mood", "unknown_field")]
    assert found.advice.under_id == "same"
    assert not found.may_be_decided
    assert (of_others, accepted) == (None, None)


async def test_what_came_mended_is_in_the_quarantine_no_longer(ingest: Ingest) -> None:
    sent = wrong(1)
    await ingest.takes_events(sent)

    await ingest.takes_events({**sent, "data": checkup()["data"]})

    assert await listed(ingest, Selection(EVERYBODY)) == []


async def test_a_bulk_replay_takes_up_what_was_chosen_in_bounded_steps_and_each_is_kept(ingest: Ingest) -> None:
    await parked(ingest, *(checkup(subject=f"P-{n}") for n in range(7)))
    await parked(ingest, checkup(subject="P-other"), reason="ValueError")
    chosen = Selection((HEALTH,), Outcome.PARKED, reason="KeyError")

    async with ingest.pool.acquire() as db:
        [planned] = await quarantine.counted(db, chosen)
    steps: list[int] = []
    after = None
    while not steps or after is not None:
        async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
            step = await quarantine.replay_step(work, chosen, SOMEBODY, after, most=3)
        steps.append(step.events)
        after = step.after

    assert (planned.events, planned.waiting, planned.reason) == (7, 7, "KeyError")
    assert steps == [3, 3, 1]
    assert await ingest.pool.fetchval("select count(*) from parked where retry_at is not null") == 7
    kept = [(each.action, each.thing.id, each.count, each.reason_code) for each in await ingest.decisions()]
    assert kept == [("ingest.quarantine_replayed", HEALTH.value, n, "T-9") for n in steps]


async def test_a_bulk_replay_ends_although_what_it_takes_up_is_parked_again(ingest: Ingest) -> None:
    await parked(ingest, *(checkup(subject=f"P-{n}") for n in range(6)))
    after, steps = None, 0

    while steps == 0 or after is not None:
        async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
            after = (await quarantine.replay_step(work, Selection(EVERYBODY), SOMEBODY, after, most=2)).after
        await ingest.pool.execute("update parked set retry_at = null, attempts = attempts + 1")
        steps += 1
        assert steps < 10

    assert steps == 4


async def test_a_parked_event_is_opened_for_a_reason_that_is_kept_before_it_is_told(ingest: Ingest) -> None:
    sent = checkup(subject="P-1")
    await parked(ingest, sent)

    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        [event] = (await quarantine.page(work.db, Selection(EVERYBODY), None, 10)).events
        told = await quarantine.opened(work, event, SOMEBODY, SEALER)

    assert told is not None
    assert json.loads(told)["event"]["id"] == sent["id"]
    [kept] = [each for each in await announced(ingest.pool) if isinstance(each, AccessRecorded)]
    assert (kept.action, kept.thing.kind, kept.thing.id, kept.reason_code) == (
        "ingest.quarantined_body_opened",
        ThingKind.SOURCE_EVENT,
        str(event.key),
        "T-9",
    )


@pytest.mark.parametrize("decide", [quarantine.replay, quarantine.discard])
async def test_a_parked_event_is_decided_about_once(ingest: Ingest, decide: Any) -> None:
    await parked(ingest, checkup(subject="P-1"))
    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        [event] = (await quarantine.page(work.db, Selection(EVERYBODY), None, 10)).events
        assert await decide(work, event, SOMEBODY)

    async with unit_of_work(ingest.pool, ServiceName.INGEST, ingest.clock) as work:
        [again] = (await quarantine.page(work.db, Selection(EVERYBODY), None, 10)).events

    assert (event.may_be_decided, again.may_be_decided) == (True, False)
    assert len([each for each in await announced(ingest.pool) if isinstance(each, DecisionRecorded)]) == 1


async def test_the_list_to_send_again_runs_nothing_in_a_spreadsheet(ingest: Ingest) -> None:
    await ingest.takes_events(checkup({"mood": 1}, id="=1+1", subject="@x"))

    text = csv_of(await listed(ingest, Selection(EVERYBODY))).decode("utf-8-sig")

    [_, row] = list(csv.reader(StringIO(text)))
    assert (row[2], row[4], row[6]) == ("'=1+1", "'@x", "mood")
    assert row[-2:] == ["同じ", "同じ"]


# -- beside a running service -------------------------------------------------------------------------------------------------


async def test_a_source_asks_which_of_its_events_of_a_day_were_refused_and_another_source_sees_none(running: Running) -> None:
    sent = [wrong(n) for n in range(3)]
    await running.publish(*map(body, sent))
    assert await running.settled(*sent) == ["refused"] * 3
    day = running.service.clock.today()

    async with running.http() as client:
        told = (await client.get("/events", params={"day": str(day), "outcome": "refused"})).json()
        rest = (await client.get("/events", params={"day": str(day), "outcome": "refused", "after": told["events"][-1]["event"]})).json()
        no_day = await client.get("/events", params={"day": str(day), "outcome": "accepted"})
    async with running.http(Source.CHILDCARE) as client:
        of_others = (await client.get("/events", params={"day": str(day), "outcome": "refused"})).json()

    mine = {each["id"]: each for each in told["events"]}
    assert {each["id"] for each in sent} <= set(mine)
    assert mine[sent[0]["id"]]["again"]["remedy"] == "mend"
    assert [error["path"] for error in mine[sent[0]["id"]]["errors"]] == ["mood"]
    assert not {each["id"] for each in rest["events"]} & set(mine)
    assert of_others["events"] == []
    assert no_day.status_code == 422


async def test_an_operator_plans_a_bulk_replay_does_it_and_takes_the_list_to_send_again(running: Running) -> None:
    sent, refused = [checkup(subject=f"B-{n}") for n in range(3)], wrong(77)
    async with running.service.pool.acquire() as db:
        for each in sent:
            async with running.service.work() as work:
                submission = Submission(HEALTH, Inlet.AMQP, read(body(each)), "m")
                await park(
                    work,
                    submission,
                    body_of(running),
                    "IndexError",
                )
        assert await db.fetchval("select count(*) from parked where reason = 'IndexError'") == 3
    await running.publish(body(refused))
    assert await running.settled(refused) == ["refused"]

    planned = json.loads(await operator(running, "quarantine", "plan", "--for", "IndexError", "--json"))
    said = await operator(running, "quarantine", "replay", "--for", "IndexError", "--reason", "T-77")
    await until(lambda: settled(running, sent, "accepted"))
    to_send = await operator(running, "quarantine", "resend", "--source", HEALTH.value, "--code", "unknown_field", "--reason", "T-78")
    shown = await operator(running, "quarantine", "show", str(event_key(HEALTH, refused["id"])))

    assert [(each["events"], each["waiting"]) for each in planned] == [(3, 3)]
    assert "3 events" in said
    assert refused["id"] in to_send
    assert "mood" in shown
    assert "同じid" in shown


def body_of(running: Running) -> parking.ParkingBody:
    return parking.ParkingBody(bytes.fromhex(running.service.settings.parking_key.get_secret_value()))


async def settled(running: Running, events: list[Event], outcome: str) -> bool:
    return await running.settled(*events) == [outcome] * len(events)
