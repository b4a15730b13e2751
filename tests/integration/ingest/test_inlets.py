"""Ingest as a running service: sources at their AMQP and HTTP logins, on real servers."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import httpx
import pytest
import pytest_asyncio
import uvicorn
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from contracts import openapi, topology
from contracts.catalogue import example_event
from contracts.days import EARLIEST_DAY, LATEST_DAY
from contracts.ids import EventId
from contracts.messages import LinkingHeldUp
from contracts.replies import REPLY
from contracts.values import ServiceName, Source
from contracts.words import HELD_UP_FOR
from infra.local.ports import free_run
from infra.local.stack import Stack
from infra.parking import ParkingBody
from infra.service import Service
from services.ingest import inspection
from services.ingest.app import assembled
from services.ingest.domain.ledger import event_key
from services.ingest.settings import IngestSettings
from tests.integration.ingest.conftest import HEALTH
from tests.unit.ingest.events import BAD, Event, body, checkup, resident

pytestmark = pytest.mark.servers

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
OPENAPI = openapi.document()
REPLIES = Draft202012Validator(REPLY)


@dataclass(frozen=True, slots=True)
class Running:
    """A running ingest and what a source has of it."""

    stack: Stack
    service: Service
    url: str

    def password(self, source: Source = HEALTH) -> str:
        return self.stack.access.source_password(source)

    def http(self, source: Source = HEALTH, **headers: str) -> httpx.AsyncClient:
        login = base64.b64encode(f"{source}:{self.password(source)}".encode()).decode()
        return httpx.AsyncClient(base_url=self.url, headers={"authorization": f"Basic {login}", **headers}, timeout=30)

    async def post(self, content: bytes, kind: str = STRUCTURED, **headers: str) -> httpx.Response:
        async with self.http() as client:
            return await client.post("/events", content=content, headers={"content-type": kind, **headers})

    async def publish(self, *messages: bytes, key: str | None = None, source: Source = HEALTH, **properties: Any) -> None:
        connection = await aio_pika.connect(self.stack.access.broker_url(source))
        async with connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(topology.SOURCE_EXCHANGE, ensure=False)
            for message in messages:
                await exchange.publish(aio_pika.Message(message, delivery_mode=2, **properties), routing_key=key or f"{source}.batch")

    async def replies(self, source: Source, *events: Event) -> list[dict[str, Any]]:
        """Read the source's replies until each of `events` was answered."""
        waiting = {event["id"] for event in events}
        outcomes: list[dict[str, Any]] = []

        def all_answered(reply: dict[str, Any]) -> bool:
            outcomes.extend(reply["outcomes"])
            return waiting <= {each["id"] for each in outcomes}

        await self.read_replies(source, all_answered)
        return outcomes

    async def read_replies(self, source: Source, is_enough: Callable[[dict[str, Any]], bool]) -> None:
        """Read the source's replies, each held against its schema, up to the parcel with the one that is enough."""
        connection = await aio_pika.connect(self.stack.access.broker_url(source))
        async with connection, asyncio.timeout(30):
            queue = await (await connection.channel()).get_queue(topology.replies_queue(source), ensure=False)
            async with queue.iterator(no_ack=True) as messages:
                async for message in messages:
                    replies = json.loads(message.body)
                    for reply in replies:
                        REPLIES.validate(reply)
                    # Each is looked at, also behind the one that is enough: they may be what the caller collects.
                    enough = [is_enough(reply) for reply in replies]
                    if any(enough):
                        break

    async def outcome(self, event_id: str, source: Source = HEALTH) -> tuple[str, str | None, str | None] | None:
        async with self.service.pool.acquire() as db:
            return (await inspection.outcome(db, source, [event_id])).get(event_id)

    async def dead_letters(self) -> int:
        connection = await aio_pika.connect(self.stack.access.broker_url("operator"))
        async with connection:
            queue = await (await connection.channel()).declare_queue(topology.dead_letter_queue(ServiceName.INGEST), passive=True)
            return queue.declaration_result.message_count or 0

    async def settled(self, *events: Event, source: Source = HEALTH) -> list[str]:
        """Wait until ingest knows the events; return their outcomes."""
        ids = [event["id"] for event in events]
        found: dict[str, tuple[str, str | None, str | None]] = {}

        async def all_known() -> bool:
            async with self.service.pool.acquire() as db:
                found.update(await inspection.outcome(db, source, ids))
            return len(found) == len(ids)

        await until(all_known)
        return [found[event_id][0] for event_id in ids]


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 -- the condition lives in servers, which set no events
            await asyncio.sleep(0.02)


def settings(stack: Stack) -> IngestSettings:
    access = stack.access
    return IngestSettings(
        database_url=SecretStr(access.database_url(ServiceName.INGEST)),
        broker_url=SecretStr(access.broker_url(ServiceName.INGEST)),
        identifier_key=SecretStr("00" * 32),
        parking_key=SecretStr("00" * 32),
        source_tokens={source: SecretStr(sha256(access.source_password(source).encode()).hexdigest()) for source in Source},
    )


@pytest_asyncio.fixture(scope="module")
async def running(stack: Stack) -> AsyncIterator[Running]:
    service = assembled(settings(stack))
    port = free_run(1)
    server = uvicorn.Server(uvicorn.Config(service.app, host="127.0.0.1", port=port, log_config=None, timeout_graceful_shutdown=5))
    serving = asyncio.create_task(server.serve())
    here = Running(stack, service, f"http://127.0.0.1:{port}")

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"{here.url}/ready")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    await until(ready)
    yield here
    server.should_exit = True
    await serving


async def test_single_events_and_batches_come_in_by_amqp_and_are_answered(running: Running) -> None:
    single, first, second, bad = checkup(subject="A-1"), checkup(subject="A-2"), checkup(subject="A-3"), checkup({"mood": 1}, subject="A-4")

    await running.publish(body(single), key=f"{HEALTH}.infant_checkup.recorded")
    await running.publish(body(first, bad, second))

    assert await running.settled(single, first, bad, second) == ["accepted", "accepted", "refused", "accepted"]
    replies = {reply["id"]: (reply["outcome"], reply["path"]) for reply in await running.replies(HEALTH, single, first, bad, second)}
    assert replies[bad["id"]] == ("refused", "mood")
    assert replies[single["id"]] == ("accepted", None)


async def test_bad_bodies_by_amqp_stop_nothing_and_reach_no_dead_letter_queue(running: Running) -> None:
    good = checkup(subject="B-1")

    await running.publish(*(bad.body for bad in BAD), body(good))

    assert await running.settled(good) == ["accepted"]
    assert await running.dead_letters() == 0


async def test_revisions_sent_one_behind_the_other_are_judged_in_that_order(running: Running) -> None:
    events = [checkup({"weight_kg": 5 + n / 100}, subject="C-1", revision=n) for n in range(1, 301)]

    await running.publish(*map(body, events))

    assert await running.settled(*events) == ["accepted"] * 300


@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
async def test_a_source_posts_under_its_own_login(running: Running, scheme: str) -> None:
    sent = checkup(subject=f"D-{scheme}")
    password = running.password()
    credentials = base64.b64encode(f"{HEALTH}:{password}".encode()).decode() if scheme == "Basic" else password

    async with httpx.AsyncClient(base_url=running.url) as client:
        answer = await client.post(
            "/events", content=body(sent), headers={"authorization": f"{scheme} {credentials}", "content-type": STRUCTURED}
        )

    assert (answer.status_code, [each["outcome"] for each in answer.json()["outcomes"]]) == (200, ["accepted"])


async def test_a_batch_is_answered_event_by_event_and_a_repetition_is_a_duplicate(running: Running) -> None:
    events = checkup(subject="E-1"), checkup({"mood": 1}, subject="E-2")

    answers = [await running.post(body(*events), BATCH) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [[each["outcome"] for each in answer.json()["outcomes"]] for answer in answers] == [
        ["accepted", "refused"],
        ["duplicate", "refused"],
    ]


async def test_an_event_in_binary_mode_has_its_envelope_in_headers(running: Running) -> None:
    sent = checkup(subject="F-1", revision=3)
    headers = {f"ce-{name}": str(value) for name, value in sent.items() if name not in {"data", "datacontenttype"}}

    taken = await running.post(json.dumps(sent["data"]).encode(), "application/json", **headers)
    bad = await running.post(b'{"questionnaire": {}}', "application/json", **{**headers, "ce-id": "F-2"})
    smuggled = await running.post(b'{}, "subject": "F-9"', "application/json", **{**headers, "ce-id": "F-3"})

    assert taken.status_code == 200
    assert (bad.status_code, bad.json()["errors"][0]["path"]) == (422, "questionnaire")
    assert (smuggled.status_code, smuggled.json()["errors"][0]["code"]) == (422, "not_json")
    async with running.service.pool.acquire() as db:
        assert await db.fetchval("select revision from record where record_id = 'F-1'") == 3


async def test_a_clock_that_runs_ahead_is_refused_at_every_inlet(running: Running) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    posted, first, second, sent = (checkup(subject=f"M-{n}", **{stamp: ahead}) for n, stamp in enumerate(("time", "recordedat") * 2))
    headers = {f"ce-{name}": str(value) for name, value in posted.items() if name not in {"data", "datacontenttype"}}

    structured = await running.post(body(posted))
    binary = await running.post(json.dumps(posted["data"]).encode(), "application/json", **headers)
    batch = await running.post(body(first, second), BATCH)
    await running.publish(body(sent))

    assert [(each.status_code, each.json()["errors"][0]["path"]) for each in (structured, binary)] == [(422, "time")] * 2
    assert [each["path"] for each in batch.json()["outcomes"]] == ["recordedat", "time"]
    assert await running.settled(sent) == ["refused"]
    (reply,) = [each for each in await running.replies(HEALTH, sent) if each["id"] == sent["id"]]
    assert (reply["path"], "recordedat" in reply["message"]["ja"]) == ("recordedat", True)


@pytest.mark.parametrize(
    ("change", "value", "fault"),
    [
        ("ce-datacontenttype", "application/json", ("ce-datacontenttype", "in_content_type")),
        ("Ce-Data", "{}", ("ce-data", "data_in_body")),
        ("ce-subject", "F-9", ("ce-subject", "duplicate_key")),
        ("ce-traceparent", "%FF", None),
        ("ce-personno", "%EF%BB%BF1", ("personno", "wrong_form")),
        ("ce-personno", "%ff", ("personno", "replacement_character")),
        ("ce-personno", "", ("personno", "wrong_form")),
    ],
)
async def test_headers_that_no_attribute_may_have_are_named(running: Running, change: str, value: str, fault: Any) -> None:
    sent = checkup(subject="F-headers")
    headers = [(f"ce-{name}", str(value)) for name, value in sent.items() if name not in {"data", "datacontenttype"}]

    async with running.http() as client:
        answer = await client.post(
            "/events", content=json.dumps(sent["data"]), headers=[*headers, (change, value), ("content-type", "application/json")]
        )

    assert answer.status_code == 422
    errors = [(error["path"], error["code"]) for error in answer.json()["errors"]]
    assert errors == [fault or ("traceparent", "replacement_character")]


async def test_headers_are_read_in_any_case_out_of_quotation_marks_and_decoded_once(running: Running) -> None:
    sent = checkup(subject="F-%41")
    written = {"id": sent["id"], "subject": "F-%2541", "source": f'"{HEALTH}"', "type": r'"infant_\checkup.recorded"'}
    headers = {
        f"CE-{name.upper()}": written.get(name, str(value)) for name, value in sent.items() if name not in {"data", "datacontenttype"}
    }

    answer = await running.post(json.dumps(sent["data"]).encode(), "application/json", **headers)

    assert answer.status_code == 200, answer.text
    async with running.service.pool.acquire() as db:
        assert await db.fetchval("select revision from record where record_id = 'F-%41'") == 1


@pytest.mark.parametrize("prefix", ["cloudEvents_", "cloudEvents:"])
async def test_a_message_in_binary_mode_has_its_envelope_in_headers(running: Running, prefix: str) -> None:
    sent, bad = checkup(subject=f"M-{prefix}"), checkup(subject=f"M-{prefix}")

    def headers(event: Event) -> dict[str, Any]:
        return {f"{prefix}{name}": value for name, value in event.items() if name not in {"data", "datacontenttype"}}

    await running.publish(json.dumps(sent["data"]).encode(), content_type="application/json", headers=headers(sent))
    twice = {**headers(bad), f"{prefix}data": "{}", f"{prefix}datacontenttype": "text/xml"}
    await running.publish(json.dumps(bad["data"]).encode(), content_type="application/json", headers=twice)

    replies = {reply["id"]: reply for reply in await running.replies(HEALTH, sent, bad)}
    assert replies[sent["id"]]["outcome"] == "accepted"
    assert [(error["path"], error["code"]) for error in replies[bad["id"]]["errors"]] == [
        (f"{prefix}data", "data_in_body"),
        (f"{prefix}datacontenttype", "in_content_type"),
    ]


async def test_every_place_that_is_wrong_is_told_with_its_code_and_what_is_allowed_by_every_way_and_kept(running: Running) -> None:
    wrong = {"checkup_type": "7y", "weight_kg": "heavy", "mood": 1}
    by_http, by_amqp, in_batch = (checkup(wrong, subject=f"N-{n}") for n in range(3))

    single = await running.post(body(by_http))
    batch = await running.post(body(checkup(subject="N-good"), in_batch), BATCH)
    await running.publish(body(by_amqp))
    reply = next(each for each in await running.replies(HEALTH, by_amqp) if each["id"] == by_amqp["id"])

    for errors in (single.json()["errors"], batch.json()["outcomes"][1]["errors"], reply["errors"]):
        assert [(error["path"], error["code"]) for error in errors] == [
            ("checkup_type", "not_in_list"),
            ("weight_kg", "wrong_form"),
            ("mood", "unknown_field"),
        ]
        assert "18m" in errors[0]["allowed"]
        assert errors[1]["allowed"] is None
        assert len({error["message"]["ja"] for error in errors}) == 3
    kept = await running.service.pool.fetchval("select faults from event_log where event_id = $1", by_amqp["id"])
    assert json.loads(kept) == [["checkup_type", "not_in_list"], ["weight_kg", "wrong_form"], ["mood", "unknown_field"]]


async def test_a_refused_event_that_comes_with_another_second_mistake_is_told_and_kept_anew(running: Running) -> None:
    first = checkup({"checkup_type": "7y", "weight_kg": "heavy"}, subject="O-1")
    second = {**first, "data": {**first["data"], "weight_kg": 9.5, "height_cm": "tall"}}

    answer = await running.post(body(first, second), BATCH)

    assert [[error["path"] for error in each["errors"]] for each in answer.json()["outcomes"]] == [
        ["checkup_type", "weight_kg"],
        ["checkup_type", "height_cm"],
    ]
    kept = await running.service.pool.fetchval("select faults from event_log where event_id = $1", first["id"])
    assert [path for path, _ in json.loads(kept)] == ["checkup_type", "height_cm"]


async def test_attributes_that_are_null_are_unset_by_every_way(running: Running) -> None:
    unset = dict.fromkeys(("schemaversion", "op", "effectiveon", "recordedat", "datacontenttype", "traceparent", "personno", "invented"))
    by_http, in_batch, by_amqp = ({**checkup(subject=f"P-{n}"), **unset} for n in range(3))

    answers = [await running.post(body(by_http)), await running.post(body(in_batch, checkup(subject="P-3")), BATCH)]
    await running.publish(body(by_amqp))

    assert [answer.json()["outcomes"][0]["outcome"] for answer in answers] == ["accepted", "accepted"]
    assert await running.settled(by_amqp) == ["accepted"]


async def test_a_message_that_asks_for_one_reply_has_one_and_any_other_word_changes_nothing(running: Running) -> None:
    good, bad = (checkup(subject=f"P-one-reply-{n}", **wrong) for n, wrong in enumerate(({}, {"mood": "good"})))
    await running.publish(body(good, bad), message_id="one-reply", headers={"replies": "message"})
    await running.publish(body(good, bad), message_id="as-ever", headers={"replies": "never"})
    found: dict[str, list[dict[str, Any]]] = {"one-reply": [], "as-ever": []}

    def both(reply: dict[str, Any]) -> bool:
        found.get(reply.get("message_id", ""), []).append(reply)
        return sum(len(reply["outcomes"]) for reply in found["as-ever"]) == 2

    await running.read_replies(HEALTH, both)

    (one,) = found["one-reply"]
    assert one["totals"] == {"accepted": 1, "refused": 1}
    assert [outcome["id"] for outcome in one["outcomes"]] == [bad["id"]]
    assert {outcome["id"] for reply in found["as-ever"] for outcome in reply["outcomes"]} == {good["id"], bad["id"]}
    assert not [reply for reply in found["as-ever"] if "totals" in reply]


async def test_a_batch_without_events_is_answered(running: Running) -> None:
    by_http = await running.post(b" [ ] ", BATCH)
    await running.publish(b"[]", message_id="nothing-to-say")

    def is_of_it(reply: dict[str, Any]) -> bool:
        return reply.get("message_id") == "nothing-to-say" and reply["outcomes"] == []

    await running.read_replies(HEALTH, is_of_it)
    assert (by_http.status_code, by_http.json()) == (200, {"outcomes": []})


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !!!", "Bearer", "Bearer wrong", "Digest x", "Basic " + base64.b64encode(b"maternal_child_health:wrong").decode()],
)
async def test_a_wrong_login_is_told_so_and_nothing_is_read(running: Running, authorization: str) -> None:
    async with httpx.AsyncClient(base_url=running.url) as client:
        answer = await client.post("/events", content=body(checkup()), headers={"authorization": authorization, "content-type": STRUCTURED})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_one_sources_password_does_not_open_anothers_door(running: Running) -> None:
    name = base64.b64encode(f"{Source.RESIDENT_REGISTRY}:{running.password(HEALTH)}".encode()).decode()

    async with httpx.AsyncClient(base_url=running.url) as client:
        answer = await client.post(
            "/events", content=body(resident()), headers={"authorization": f"Basic {name}", "content-type": STRUCTURED}
        )
    foreign = await running.post(body(resident()))

    assert answer.status_code == 401
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (422, "wrong_source")


@pytest.mark.parametrize("kind", ["text/xml", "application/json", "application/x-www-form-urlencoded", ""])
async def test_another_content_type_is_refused(running: Running, kind: str) -> None:
    answer = await running.post(body(checkup()), kind)

    assert answer.status_code == 415
    (error,) = answer.json()["errors"]
    assert (error["path"], error["code"], BATCH in error["allowed"]) == ("content-type", "not_in_list", True)


async def test_ten_megabytes_are_refused_without_being_read(running: Running) -> None:
    head = f"POST /events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.password()}\r\ncontent-type: {STRUCTURED}\r\n"
    port = int(running.url.rpartition(":")[2])

    async def answered(rest: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + rest)
        await writer.drain()
        async with asyncio.timeout(10):
            status = await reader.readline()
        writer.close()
        return status

    announced = await answered(b"content-length: 10000000\r\n\r\n")
    chunk = b"%x\r\n" % 600_000 + b"x" * 600_000 + b"\r\n"
    unannounced = await answered(b"transfer-encoding: chunked\r\n\r\n" + chunk * 2)

    assert b" 413 " in announced
    assert b" 413 " in unannounced


async def test_every_bad_body_gets_an_answer_that_names_its_place(running: Running) -> None:
    for bad in (bad for bad in BAD if bad.code != "too_large"):
        answer = await running.post(bad.body, BATCH if bad.body.startswith(b"[") else STRUCTURED)
        found = answer.json()
        errors = found["errors"] if answer.status_code == 422 else found["outcomes"]
        assert (errors[0]["path"], errors[0]["code"]) == (bad.path, bad.code), bad.name
        assert answer.status_code in {200, 422}, bad.name


MISTAKES = {
    "a constraint": (
        "alter table ingest.record add constraint mistake check (record_id <> '{record}')",
        "alter table ingest.record drop constraint mistake",
        "CheckViolationError",
    ),
    # A right that is missing is a mistake of a release, which waiting does not mend (issue "Repairs", 3).
    "a right": (
        (
            "create policy mistake on ingest.record to ingest using (true) with check (record_id <> '{record}');"
            "alter table ingest.record enable row level security"
        ),
        "alter table ingest.record disable row level security; drop policy mistake on ingest.record",
        "InsufficientPrivilegeError",
    ),
}


@pytest.mark.parametrize(("broken", "mended", "reason"), MISTAKES.values(), ids=MISTAKES)
async def test_an_event_that_breaks_us_is_parked_alone_and_replayed(running: Running, broken: str, mended: str, reason: str) -> None:
    good, breaking, other = (checkup(subject=f"G-{reason}-{n}") for n in range(3))
    admin = await asyncpg.connect(running.stack.postgres.url("tsunagu"))
    await admin.execute(broken.format(record=breaking["subject"]))

    answer = await running.post(body(good, breaking, other), BATCH)

    assert [each["outcome"] for each in answer.json()["outcomes"]] == ["accepted", "parked", "accepted"]
    parked = await running.service.pool.fetchrow("select event_id, type, reason, body from parked")
    assert parked is not None
    assert (parked["event_id"], parked["reason"]) == (event_key(HEALTH, breaking["id"]), reason)
    assert b"0000000100" not in parked["body"]

    await admin.execute(mended)
    await running.service.pool.execute("update parked set retry_at = now()")

    async def taken() -> bool:
        return not await running.service.pool.fetchval("select count(*) from parked")

    await until(taken)
    await admin.close()
    assert await running.outcome(breaking["id"]) == ("accepted", None, None)


async def test_parked_events_that_cannot_be_opened_or_hold_nothing_do_not_stop_the_others(running: Running) -> None:
    pool = running.service.pool
    sent = checkup(subject="J-1")
    sealer = ParkingBody(bytes(32))
    kept = {"source": HEALTH.value, "inlet": "http", "name": "J", "offset": 0}
    ids = [uuid4() for _ in range(60)]
    bodies = [sealer.seal(each, json.dumps({**kept, "event": None}).encode()) for each in ids[:55]]
    bodies += [ParkingBody(bytes([1] * 32)).seal(each, b"{}") for each in ids[55:58]] + [sealer.seal(each, b"{}") for each in ids[58:]]
    replayable = event_key(HEALTH, sent["id"])
    rows = [*zip(ids, bodies, strict=True), (replayable, sealer.seal(replayable, json.dumps({**kept, "event": sent}).encode()))]

    await pool.executemany(
        "insert into parked (event_id, type, reason, body, retry_at) values ($1, 'source_event', 'Broken', $2, now() - interval '1 day')",
        rows[:-1],
    )
    await pool.execute(
        "insert into parked (event_id, type, reason, body, retry_at) values ($1, 'source_event', 'Broken', $2, now())", *rows[-1]
    )

    assert await running.settled(sent) == ["accepted"]

    async def none_due() -> bool:
        return not await pool.fetchval("select count(*) from parked where retry_at is not null")

    await until(none_due)
    left = {row["event_id"]: (row["reason"], bytes(row["body"])) for row in await pool.fetch("select event_id, reason, body from parked")}
    reasons = ["NothingKept"] * 55 + ["InvalidTag"] * 3 + ["KeyError"] * 2
    assert left == {each: (reason, content) for each, reason, content in zip(ids, reasons, bodies, strict=True)}
    await pool.execute("delete from parked")


async def test_what_waits_while_the_database_is_away_is_taken_when_it_is_back(running: Running) -> None:
    events = [checkup(subject=f"H-{n}") for n in range(30)]

    await asyncio.to_thread(running.stack.postgres.kill)
    await running.publish(*map(body, events))
    posting = asyncio.create_task(running.post(body(checkup(subject="H-http"))))
    await asyncio.to_thread(running.stack.postgres.start)

    assert await running.settled(*events) == ["accepted"] * 30
    assert (await posting).status_code == 200


async def test_ids_of_announcements_follow_from_the_event(running: Running) -> None:
    sent = checkup(subject="I-1")

    await running.post(body(sent))

    async with running.service.pool.acquire() as db:
        key: UUID = await db.fetchval("select event_key from event_log where record_id = 'I-1'")
    assert key == event_key(HEALTH, sent["id"])


FAULTS = {
    "a database that is read-only during a failover": (
        "alter role ingest in database tsunagu set default_transaction_read_only = on",
        "alter role ingest in database tsunagu reset default_transaction_read_only",
    ),
    "a password that was changed": ("alter role ingest password 'another'", "alter role ingest password '{password}'"),
    "a table that is missing during a migration": (
        "alter schema ingest rename to ingest_later",
        "alter schema ingest_later rename to ingest",
    ),
}


@pytest.mark.parametrize(("revision", "broken", "mended"), [(n, *fault) for n, fault in enumerate(FAULTS.values(), 1)], ids=FAULTS)
async def test_what_is_no_events_fault_is_waited_for_and_nothing_is_parked_or_given_up(
    running: Running, revision: int, broken: str, mended: str
) -> None:
    events = [checkup(subject=f"L-{n}", revision=revision) for n in range(5)]
    by_http = checkup(subject="L-http", revision=revision)
    password = urlsplit(running.stack.access.database_url(ServiceName.INGEST)).password
    admin = await asyncpg.connect(running.stack.postgres.url("tsunagu"))
    accepted = "select count(*) from ingest.event_log where outcome = 'accepted' and event_id = any($1::text[])"
    new_sessions = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ingest'"

    async def waits() -> bool:
        return running.service.patience.waiting > 0

    async def all_accepted() -> bool:
        ids = [event["id"] for event in [*events, by_http]]
        return bool(await admin.fetchval(accepted, ids) == len(ids))

    await admin.execute(f"{broken}; {new_sessions}")
    await running.publish(*map(body, events))
    posting = asyncio.create_task(running.post(body(by_http)))
    await until(waits)
    await admin.execute(f"{mended.format(password=password)}; {new_sessions}")

    await until(all_accepted)
    assert (await posting).status_code == 200
    assert await admin.fetchval("select count(*) from ingest.parked") == 0
    assert await running.dead_letters() == 0
    await admin.close()


# --- What a source asks ---


async def asked(running: Running, address: str, source: Source = HEALTH) -> httpx.Response:
    async with running.http(source) as client:
        return await client.get(address)


def fits(name: str, answer: httpx.Response) -> dict[str, Any]:
    """The answer, held against its schema of `openapi.json`."""
    said: dict[str, Any] = answer.json()
    Draft202012Validator(OPENAPI["components"]["schemas"][name]).validate(said)
    return said


async def test_a_source_asks_what_became_of_its_event_and_of_its_record(running: Running) -> None:
    event = checkup(subject="Q-1", id="asked/1?of=a%20b#c")
    await running.post(body(event))
    await running.post(body(event))
    await running.post(body(checkup({"weight_kg": 9.9}, subject="Q-1", revision=4)))

    said = fits("event", await asked(running, f"/events/{quote(event['id'], safe='')}"))

    assert (said["id"], said["outcome"], said["came_again"]) == (event["id"], "accepted", 1)
    assert said["record"] == {
        "type": event["type"],
        "subject": "Q-1",
        "revision": event["revision"],
        "newest_revision": 4,
        "linking": None,
    }
    assert said["received_at"].endswith("+09:00")


async def test_a_source_is_told_again_why_its_event_was_refused(running: Running) -> None:
    event = checkup({"mood": 1, "weight_kg": -1}, subject="Q-2")
    first = (await running.post(body(event))).json()

    said = fits("event", await asked(running, f"/events/{event['id']}"))

    assert said["outcome"] == "refused"
    assert said["errors"] == first["errors"]
    assert said["record"]["newest_revision"] is None


def held_up(event: Event, version: int, state: Literal["waiting", "review"] | None, reason: str | None = None) -> LinkingHeldUp:
    """What the linker says of an event's record."""
    return LinkingHeldUp(
        event_id=EventId(uuid4()),
        occurred_at=datetime.now(UTC),
        source=HEALTH,
        event_type=event["type"],
        record_id=event["subject"],
        revision=event["revision"],
        version=version,
        state=state,
        reason=reason,
    )


async def test_a_source_is_told_that_its_record_is_held_up_and_why_until_it_is_not_any_more(running: Running) -> None:
    event = checkup(subject="Q-7")
    await running.post(body(event))
    told: list[dict[str, Any]] = []

    async def say(*messages: LinkingHeldUp) -> None:
        connection = await aio_pika.connect(running.stack.access.broker_url(ServiceName.LINKER))
        async with connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(topology.EVENTS_EXCHANGE, ensure=False)
            parcel = f"[{','.join(message.model_dump_json() for message in messages)}]"
            await exchange.publish(
                aio_pika.Message(parcel.encode(), delivery_mode=2), topology.routing_key(ServiceName.LINKER, "linking", 0)
            )

    async def linking(state: str) -> dict[str, Any]:
        async def is_told() -> bool:
            told.append(fits("event", await asked(running, f"/events/{event['id']}"))["record"]["linking"])
            return bool(told[-1]["state"] == state)

        await until(is_told)
        return told[-1]

    await say(held_up(event, 2, "review", "names no person"), held_up(event, 1, "waiting", "person not in the register"))
    review = await linking("review")
    day = fits("day", await asked(running, f"/events?day={running.service.clock.today()}"))
    await say(held_up(event, 3, None))
    handed_on = await linking("handed_on")
    await say(held_up(event, 1, "waiting", "person not in the register"), held_up(event, 4, "waiting", "pregnancy not notified"))
    waiting = await linking("waiting")

    assert review["message"] == {"ja": HELD_UP_FOR["names no person"], "en": "names no person"}
    assert day["held_up"] == {"waiting": 0, "review": 1}
    assert handed_on["message"] is None
    assert waiting["message"]["en"] == "pregnancy not notified"


async def test_of_a_revision_that_a_newer_one_replaced_it_is_not_said_that_nothing_holds_it_up(running: Running) -> None:
    first, second = checkup(subject="Q-8"), checkup({"weight_kg": 9.9}, subject="Q-8", revision=4)
    await running.post(body(first))
    alone = fits("event", await asked(running, f"/events/{first['id']}"))["record"]
    await running.post(body(second))
    replaced = fits("event", await asked(running, f"/events/{first['id']}"))["record"]
    newest = fits("event", await asked(running, f"/events/{second['id']}"))["record"]

    handed_on = {"state": "handed_on", "message": None}
    assert [record["linking"] for record in (alone, replaced, newest)] == [handed_on, None, handed_on]


async def test_a_watermark_is_on_its_way_to_nobody(running: Running) -> None:
    mark = example_event(HEALTH, "feed.watermark") | {"id": "Q-9-mark"}
    await running.post(body(mark))

    said = fits("event", await asked(running, f"/events/{mark['id']}"))

    assert (said["outcome"], said["record"]["linking"]) == ("accepted", None)


@pytest.mark.parametrize("source", [HEALTH, Source.PUBLIC_ASSISTANCE])
async def test_another_sources_event_is_not_found_like_one_that_never_came(running: Running, source: Source) -> None:
    event = checkup(subject="Q-3", id="Q-3-of-health")
    await running.post(body(event))
    asked_for = event["id"] if source is not HEALTH else "Q-3-of-nobody"

    answer = await asked(running, f"/events/{asked_for}", source)

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"
    assert asked_for not in answer.text


async def test_a_source_asks_for_the_totals_of_a_day_and_gets_its_own(running: Running) -> None:
    async def totals(source: Source = HEALTH) -> dict[str, Any]:
        return fits("day", await asked(running, f"/events?day={running.service.clock.today()}", source))

    before, of_others = await totals(), await totals(Source.PUBLIC_ASSISTANCE)
    taken = checkup(subject="Q-4")
    await running.post(body(taken, checkup({"mood": 1}, subject="Q-5"), checkup({"mood": 2}, subject="Q-6")), BATCH)
    await running.post(body(taken))
    after = await totals()

    assert after["received"] - before["received"] == 3
    assert after["outcomes"]["accepted"] - before["outcomes"]["accepted"] == 1
    assert after["refused_for"]["unknown_field"] - before["refused_for"].get("unknown_field", 0) == 2
    assert after["came_again"] - before["came_again"] == 1
    assert await totals(Source.PUBLIC_ASSISTANCE) == of_others
    assert fits("day", await asked(running, "/events?day=2020-02-29"))["received"] == 0


@pytest.mark.parametrize("address", ["/events?day=2026-02-30", "/events", "/events?day=0001-01-01", "/events?day=9999-12-31"])
async def test_a_day_that_is_none_is_refused_by_its_name(running: Running, address: str) -> None:
    answer = await asked(running, address)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert [error["path"] for error in answer.json()["errors"]] == ["query.day"]


@pytest.mark.parametrize("day", [EARLIEST_DAY, LATEST_DAY])
async def test_every_day_that_services_count_with_may_be_asked_for(running: Running, day: date) -> None:
    assert fits("day", await asked(running, f"/events?day={day}"))["received"] == 0


@pytest.mark.parametrize("address", ["/events/anything", "/events?day=2026-04-01"])
async def test_nobody_is_told_anything_without_a_login(running: Running, address: str) -> None:
    async with httpx.AsyncClient(base_url=running.url) as client:
        answer = await client.get(address)

    assert answer.status_code == httpx.codes.UNAUTHORIZED
