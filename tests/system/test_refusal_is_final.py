"""
What is refused is nowhere (`domain.md` §2.4, S18): all that a stack wrote is searched for what was planted in what it refused.

Tables of every schema, PostgreSQL's own included, the files of its data folder with the write-ahead log, those of the broker, logs,
spans, metrics, every message on the bus, the replies to the sources and the answers by HTTP. What was admitted stands beside it: it is
found, and where, and how long it stays is the table of `infra/local/README.md`.
"""

import asyncio
import base64
import json
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx
import pytest
import pytest_asyncio

from contracts import topology
from contracts.catalogue import example_event
from contracts.deeds import ingest as deeds
from contracts.values import ServiceName, Source
from infra.city import quiet
from infra.city.books import Books, ask
from infra.local.root import REPOSITORY
from infra.local.stack import Stack
from tests.system import planting
from tests.system.planting import BINARY, REGISTRY, Letter
from tests.system.planting_files import Files, given
from tests.system.searching import MARK, Found, Search, places, word
from tests.unit.ingest.events import Event, body, event, resident
from tests.unit.ingest.test_watch import my_number as of_chance

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

PAGE = (REPOSITORY / "infra/local/README.md").read_text(encoding="utf-8")
BROKER_LOG = "rabbitmq/data/bus@localhost/quorum/bus@localhost/*.wal"
PREFIX = {"http": "ce-", "amqp": "cloudEvents_"}
SENT_AGAIN = 3
ENOUGH_TO_STOP = 30
WELFARE = Source.PUBLIC_ASSISTANCE


@dataclass
class Written:
    """What was sent to a stack, and all that it wrote because of it."""

    by_http: list[Letter]
    by_amqp: list[Letter]
    admitted: dict[str, str]
    """Planted words in what was taken, by way."""
    parked: list[str]
    """Planted words in what was put aside, sealed."""
    replies: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    """What was answered by HTTP, by the planted word."""
    files: Files = field(default_factory=Files)
    waiting: dict[str, int] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)
    """Entries of the audit about denied items, by event."""
    found: list[Found] = field(default_factory=list)
    found_later: list[Found] = field(default_factory=list)
    """After the broker was started again."""

    def of(self, letters: Iterable[Letter]) -> set[str]:
        return {letter.planted for letter in letters}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def written() -> AsyncIterator[Written]:
    with Stack.temporary() as stack:
        spans = {"TSUNAGU_TRACE_FILE": str(stack.root / "log/spans.jsonl"), "TSUNAGU_TRACE_SAMPLE_RATIO": "1", "TSUNAGU_LOG_LEVEL": "DEBUG"}
        stack._environment.update(spans)
        await asyncio.to_thread(stack.start)
        yield await _write(stack)


# -- what must not be anywhere --------------------------------------------------------------------------------------------


def test_what_is_refused_by_http_is_nowhere(written: Written) -> None:
    assert places(_about(written.found, written.of(written.by_http))) == []


def test_what_is_refused_by_amqp_is_nowhere_but_in_the_brokers_log_of_messages(written: Written) -> None:
    found = _about(written.found, written.of(written.by_amqp))

    assert places(each for each in found if not fnmatch(each.place, BROKER_LOG)) == []
    assert {each.planted for each in found} == written.of(written.by_amqp), "the search sees what the broker has on disk"


def test_what_is_refused_of_a_file_is_nowhere_and_told_by_place_alone(written: Written) -> None:
    assert places(_about([*written.found, *written.found_later], written.files.planted)) == []
    refused = ("rows", "an unknown column", "a denied column", "a heading", "a bundle of rows", "an unknown column of a bundle")
    assert {name: written.files.codes[name] for name in refused} == dict.fromkeys(refused, 1)
    assert written.files.codes["an admitted bundle"] == 0, written.files.said
    said = "".join(written.files.said)
    assert "氏名" in said
    assert "disallowed_item" in said
    assert MARK not in said.lower()


def test_once_the_broker_was_started_again_nothing_refused_is_left(written: Written) -> None:
    assert places(_about(written.found_later, written.of([*written.by_amqp, *written.by_http]))) == []


def test_what_is_put_aside_can_be_read_nowhere(written: Written) -> None:
    assert places(each for each in _about(written.found, written.parked) if not fnmatch(each.place, BROKER_LOG)) == []
    assert places(_about(written.found_later, written.parked)) == []


def test_no_word_is_found_that_nobody_planted(written: Written) -> None:
    sent = {*written.of([*written.by_http, *written.by_amqp]), *written.admitted.values(), *written.files.planted, *written.parked}

    assert {each.planted for each in (*written.found, *written.found_later)} <= sent


# -- what becomes of it instead -------------------------------------------------------------------------------------------


def test_the_owner_is_told_of_every_letter_by_amqp_and_of_the_path(written: Written) -> None:
    by_message: dict[str, list[dict[str, Any]]] = {}
    for reply in written.replies:
        by_message.setdefault(reply.get("message_id", ""), []).extend(reply["outcomes"])
    for letter in (each for each in written.by_amqp if not each.taken):
        outcomes = [each for each in by_message[letter.planted[len(MARK) :]] if each["outcome"] == "refused"]
        assert outcomes, letter.name
        assert all(each["path"] and each["errors"] for each in outcomes), letter.name


def test_the_sender_by_http_is_told_of_every_letter(written: Written) -> None:
    for letter in written.by_http:
        status, answer = written.answers[letter.planted]
        assert status < 500, letter.name
        refused = status >= 400 or '"outcome":"refused"' in answer
        assert refused != letter.taken, f"{letter.name}: {status} {answer[:300]}"


def test_redelivery_does_not_loop(written: Written) -> None:
    assert written.waiting == dict.fromkeys(written.waiting, 0)
    assert set(written.told.values()) == {1}, "the audit is told once, however often it is sent"
    assert len(written.told) > 100


# -- and what was admitted ------------------------------------------------------------------------------------------------


def test_what_is_admitted_lies_where_the_page_says(written: Written) -> None:
    rows = _rows()
    found = [each for each in _about(written.found, written.admitted.values()) if not each.place.startswith("message ")]

    assert [each.place for each in found if not any(fnmatch(each.place, row) for row in rows)] == []
    assert {row for row in rows if any(fnmatch(each.place, row) for each in found)} >= {BROKER_LOG, "postgres/base/*", "postgres/pg_wal/*"}
    # Ingest keeps no body, and nobody writes one into a log. Numbers of records it keeps: those of a bundle are made of its key columns.
    said = [each for each in found if each.planted != written.admitted["media"]]
    assert [each.place for each in said if each.place.startswith(("table ingest.", "table audit.", "log/", "rabbitmq/log/"))] == []


def test_what_is_admitted_and_heard_by_all_leaves_the_broker_when_it_starts_again(written: Written) -> None:
    found = _about(written.found_later, written.admitted.values())

    assert [each.place for each in found if each.place.startswith("rabbitmq/")] == []


# -- the search itself ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["plain", "upper", "utf-16", "hex", "HEX", "base64 0", "base64 1", "base64 2"])
def test_the_search_finds_a_word_in_any_form(tmp_path: Path, write: str) -> None:
    planted = word(1234)
    forms = {
        "plain": planted.encode(),
        "upper": planted.upper().encode(),
        "utf-16": planted.encode("utf-16-le"),
        "hex": planted.encode().hex().encode(),
        "HEX": planted.encode().hex().upper().encode(),
        **{f"base64 {n}": base64.b64encode(b"x" * n + planted.encode()) for n in range(3)},
    }
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/file").write_bytes(os.urandom(5000) + forms[write] + os.urandom(5000))

    [found] = Search().files(tmp_path)

    assert (found.place, found.planted) == ("deep/file", planted)


# -- how it is done -------------------------------------------------------------------------------------------------------


async def _write(stack: Stack) -> Written:
    by_http = planting.letters(0, by_http=True)
    by_amqp = planting.letters(2000, by_http=False)
    assert len(by_http) + len(by_amqp) > 300
    written = Written(by_http, by_amqp, {"http": word(9000), "amqp": word(9001)}, [word(9100 + n) for n in range(4)])
    operator = await asyncpg.connect(stack.access.admin_url())
    try:
        await _uncompressed(operator)
        async with _tapped(stack) as tapped:
            await _send_all(stack, written, operator)
            async with Books(stack.root) as books:
                await quiet.until_quiet(books, logged=await ask(books, ServiceName.INGEST, "answered"), seconds=180)
            messages = await tapped()
        written.replies = [
            reply for exchange, content in messages if exchange == topology.REPLIES_EXCHANGE for reply in json.loads(content)
        ]
        numbers = {letter.number: letter.planted for letter in (*by_http, *by_amqp) if letter.number is not None} | written.files.numbers
        search = Search(numbers)
        await operator.execute("analyze")
        await operator.execute("checkpoint")
        written.waiting = await _waiting(stack)
        entries = await operator.fetch("select thing_id from audit.entry where action = $1", deeds.DISALLOWED_ITEM_REJECTED.code)
        written.told = Counter(row["thing_id"] for row in entries)
    finally:
        await operator.close()
    said = (found for exchange, content in messages for found in search.octets(f"message {exchange}", content))
    answered = (found for status, answer in written.answers.values() for found in search.text("an answer by HTTP", answer))
    written.found = [
        *await search.database(stack.access),
        *await asyncio.to_thread(lambda: list(search.files(stack.root))),
        *said,
        *answered,
        *[found for name in ServiceName for found in search.text(f"metrics of {name}", await _metrics(stack, name))],
    ]
    await asyncio.to_thread(stack.stop)
    await asyncio.to_thread(stack.start_servers)
    written.found_later = await asyncio.to_thread(lambda: list(search.files(stack.root)))
    return written


async def _uncompressed(operator: asyncpg.Connection) -> None:
    """Long values are kept as they are and not compressed: a search of files would not find them otherwise, deleted rows above all."""
    columns = await operator.fetch(
        """
        select format('alter table %I.%I alter column %I set storage external', n.nspname, c.relname, a.attname) as statement
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname = any($1) and a.attnum > 0 and not a.attisdropped and a.attstorage in ('x', 'm')
        """,
        [str(name) for name in ServiceName] + ["identity"],
    )
    for column in columns:
        await operator.execute(column["statement"])


@asynccontextmanager
async def _tapped(stack: Stack) -> AsyncIterator[Any]:
    """Hear along what the services say to each other and to the sources."""
    async with await aio_pika.connect(stack.access.broker_url("operator")) as connection:
        channel = await connection.channel()
        tap = await channel.declare_queue("tap", exclusive=True)
        for exchange in set(topology.EXCHANGES) - {topology.SOURCE_EXCHANGE}:
            await tap.bind(exchange, "#")

        async def heard() -> list[tuple[str, bytes]]:
            messages = []
            while (message := await tap.get(fail=False, no_ack=True)) is not None:
                messages.append((message.exchange or "", message.body))
            return messages

        yield heard


async def _send_all(stack: Stack, written: Written, operator: asyncpg.Connection) -> None:
    await _post(stack, [Letter("admitted", written.admitted["http"], body(_named(written.admitted["http"])), REGISTRY)], written)
    await _publish(stack, [Letter("admitted", written.admitted["amqp"], body(_named(written.admitted["amqp"])), REGISTRY)])
    await _post(stack, written.by_http, written)
    for _ in range(SENT_AGAIN):
        await _publish(stack, written.by_amqp)
    written.files = await asyncio.to_thread(given, stack.root, 5000)
    written.admitted |= written.files.admitted
    await _break(stack, written, operator)
    await _stop_a_feed(stack, written)


def _named(name: str, **changes: Any) -> Event:
    return resident({"person_no": name[-4:], "name": f"見本 {name}"}, subject=name[-4:], **changes)


async def _break(stack: Stack, written: Written, operator: asyncpg.Connection) -> None:
    """A mistake of ours that quotes what it fails on: the event is put aside, and the quotation may not lie in a log."""
    told = written.parked[:2]
    endings = "|".join(each[len(MARK) :] for each in told)
    await operator.execute(
        f"""
        create function ingest.breaks() returns trigger language plpgsql as $$
        begin
            -- Put together here, so that the words themselves stand in no table.
            if new.payload ~ ('{MARK[:6]}' || '{MARK[6:]}({endings})') then
                raise exception 'a mistake' using detail = new.payload, hint = new.payload;
            end if;
            return new;
        end $$;
        create trigger breaks before insert on ingest.outbox for each row execute function ingest.breaks();
        """
    )
    await _post(stack, [Letter("parked", told[0], body(_named(told[0])), REGISTRY)], written)
    await _publish(stack, [Letter("parked", told[1], body(_named(told[1])), REGISTRY)])
    await operator.execute("drop trigger breaks on ingest.outbox; drop function ingest.breaks()")


async def _stop_a_feed(stack: Stack, written: Written) -> None:
    """So many numbers of its own are My Numbers that the feed stops: what comes then is held, sealed."""
    kind = "public_assistance.member_changed"
    data = example_event(WELFARE, kind)["data"]
    many = [event(WELFARE, kind, {**data, "person_no": of_chance(n)}, subject=f"W-{n}") for n in range(ENOUGH_TO_STOP)]
    await _post(stack, [Letter("many", "many", body(*many), WELFARE, planting.BATCH)], written)
    told = written.parked[2:]
    held = [event(WELFARE, kind, {**data, "case_id": each}, subject=f"W-{each[-4:]}") for each in told]
    await _post(stack, [Letter("held", told[0], body(held[0]), WELFARE)], written)
    await _publish(stack, [Letter("held", told[1], body(held[1]), WELFARE)])


async def _post(stack: Stack, letters: Sequence[Letter], written: Written) -> None:
    async with httpx.AsyncClient(base_url=stack.access.service_url(ServiceName.INGEST), timeout=60) as client:
        for letter in letters:
            password = stack.access.source_password(letter.source)
            login = base64.b64encode(f"{letter.source}:{password}".encode()).decode()
            beside = {_header(name, letter, "http"): value for name, value in letter.beside.items()}
            headers = {"authorization": f"Basic {login}", "content-type": letter.content_type, **beside}
            answer = await client.request(letter.method, letter.address, content=letter.content, headers=headers)
            written.answers[letter.planted] = answer.status_code, answer.text


async def _publish(stack: Stack, letters: Sequence[Letter]) -> None:
    """Publish each, and return when all of them were answered."""
    for source in {letter.source for letter in letters}:
        async with await aio_pika.connect(stack.access.broker_url(source)) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchange = await channel.get_exchange(topology.SOURCE_EXCHANGE, ensure=False)
            for letter in (each for each in letters if each.source is source):
                # The word would be in the reply, which tells a message's id: its letters alone are no word that is looked for.
                properties = {"message_id": letter.planted[len(MARK) :], "routing_key": f"{source}.batch", **letter.properties}
                key = properties.pop("routing_key")
                beside: dict[str, Any] = {_header(name, letter, "amqp"): value for name, value in letter.beside.items()}
                message = aio_pika.Message(letter.content, delivery_mode=2, content_type=letter.content_type, headers=beside, **properties)
                await exchange.publish(message, routing_key=key)
    async with asyncio.timeout(120):
        while (await _waiting(stack))[topology.inlet_queue(ServiceName.INGEST, topology.OF_SOURCES)]:  # noqa: ASYNC110 -- it lies in the broker
            await asyncio.sleep(0.2)


def _header(name: str, letter: Letter, way: str) -> str:
    return PREFIX[way] + name if letter.content_type == BINARY else name


async def _waiting(stack: Stack) -> dict[str, int]:
    """What lies in ingest's inlet, in hand or not, and in everybody's dead letters."""
    counts = await asyncio.to_thread(stack.broker.messages)
    return {name: n for name, n in counts.items() if name.startswith("ingest.in.") or name.endswith(".dead")}


async def _metrics(stack: Stack, name: ServiceName) -> str:
    async with httpx.AsyncClient(base_url=stack.access.service_url(name)) as client:
        return (await client.get("/metrics")).text


def _about(found: Iterable[Found], planted: Iterable[str]) -> list[Found]:
    wanted = {*planted}
    return [each for each in found if each.planted in wanted]


def _rows() -> list[str]:
    """The places of the page's table, as patterns."""
    table = PAGE[PAGE.index("## Which file keeps a body") :]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
