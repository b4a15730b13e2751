"""Files of a case: added once, scanned before they are kept, given out apart, behind the case's own walls, and in the log (ASVS V5)."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from contracts.messages import AccessRecorded, DecisionRecorded
from contracts.values import Relationship, Ward
from infra.scanning import AsTheyAre, Clamd, NoScanner, Nothing, Scanner, Verdict, scanner_of
from services.casework import filing, giving
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import SECTIONS
from tests.integration.casework.test_paper import name_holder

CHILD = b.person("a")
FILES = f"/children/{CHILD}/files"
PDF = b"%PDF-1.7 <script>alert(1)</script>"
NAME = "訪問 1回目.pdf"
EICAR = b"%PDF-1.7 harm"


class Gate:
    """The scanner that the service is configured with."""

    scanner: Scanner = AsTheyAre()


@pytest.fixture(autouse=True)
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate, come_in = Gate(), giving.come_in
    monkeypatch.setattr(giving, "come_in", lambda request, staff, identity, _scanner: come_in(request, staff, identity, gate.scanner))
    return gate


async def begun(office: Office, *, lives: bool = True) -> None:
    if lives:
        await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.household("100", ("a", Relationship.CHILD)))
    await office.hear(b.needed("a"))
    async with office.as_("hakata.health") as health:
        version = (await health.get(f"/v1/children/{CHILD}")).json()["version"]
        headers = {"idempotency-key": str(uuid4()), "if-match": f'"{version}"'}
        started = await health.post(
            f"/v1/reviews/{CHILD}/moves", json={"move": "start_investigation", "sections": SECTIONS}, headers=headers
        )
        assert started.status_code == 201, started.text


async def token_of(somebody: httpx.AsyncClient) -> str:
    token: str = (await somebody.get("/session")).json()["form_token"]
    return token


async def send(somebody: httpx.AsyncClient, body: bytes = PDF, name: str = NAME) -> httpx.Response:
    return await somebody.post(FILES, data={"form_token": await token_of(somebody)}, files={"file": (name, body)})


async def listed(somebody: httpx.AsyncClient) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await somebody.get(f"/v1{FILES}")).json()["files"]
    return found


async def open_file(somebody: httpx.AsyncClient, file: object) -> httpx.Response:
    return await somebody.post(f"{FILES}/opened", data={"form_token": await token_of(somebody), "file": str(file)})


async def test_a_file_comes_back_as_it_was_and_is_never_shown_as_a_page(office: Office) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        added = await send(clerk)
        page = await clerk.get(FILES)
        [file] = await listed(clerk)
        opened = await open_file(clerk, file["file_id"])

    assert (added.status_code, added.headers["location"]) == (303, FILES)
    assert "添付しました。" in page.text
    assert NAME in page.text
    assert "検査していない" in page.text
    assert opened.content == PDF
    assert opened.headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E8%A8%AA" in opened.headers["content-disposition"]
    assert opened.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["cache-control"] == "no-store"
    said = await office.said()
    [decision] = [each for each in said if isinstance(each, DecisionRecorded) and each.action == "casework.file_added"]
    [look] = [each for each in said if isinstance(each, AccessRecorded) and each.action == "casework.file_opened"]
    [given] = [each for each in said if isinstance(each, AccessRecorded) and each.action == "casework.file_given_out"]
    assert (decision.fields, look.fields) == (("file",), ("file",))
    assert (given.thing.id, given.correlation) == (file["file_id"], str(look.event_id))
    assert not any(NAME in each.model_dump_json() for each in said)


async def test_pressing_twice_at_once_and_again_adds_one_file(office: Office) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        answers = await asyncio.gather(*(send(clerk) for _ in range(5)))
        again = await send(clerk, name="別の名前.pdf")
        page = await clerk.get(FILES)
        files = await listed(clerk)

    assert {answer.status_code for answer in (*answers, again)} == {303}
    assert "同じ内容のファイルが、すでに添付されています。" in page.text
    assert len(files) == 1


@pytest.mark.parametrize(
    ("body", "name", "status", "words"),
    [
        (b"<html>", "a.pdf", 422, "中身が、名前の終わり"),
        (PDF, "a.html", 422, "この種類のファイルは付けられません"),
        (b"%PDF-" + b"x" * 10_000_000, "a.pdf", 413, "10MBまで"),
        (b"", "a.pdf", 422, "ファイルを選んでください"),
    ],
)
async def test_what_is_not_taken_is_said_beside_the_field_and_nothing_is_kept(
    office: Office, body: bytes, name: str, status: int, words: str
) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        answer = await send(clerk, body, name)
        files = await listed(clerk)

    assert (answer.status_code, files) == (status, [])
    assert words in answer.text.split('id="file-error"')[1]


async def test_another_wards_clerk_and_a_wrong_id_get_the_same_nothing(office: Office) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        await send(clerk)
        [file] = await listed(clerk)
        wrong = await open_file(clerk, uuid4())
    async with office.as_("nishi.clerk") as stranger:
        answers = [await stranger.get(FILES), await send(stranger), await open_file(stranger, file["file_id"]), wrong]

    assert {answer.status_code for answer in answers} == {404}


async def test_files_of_a_protected_child_are_for_its_holders(office: Office) -> None:
    """domain.md §4.4: what stands in a file may tell where the child is."""
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        await send(clerk)
        [file] = await listed(clerk)
    await office.hear(b.measure(("a",), ("f",)), b.lives("f", Ward.MINAMI))
    await name_holder(office, "hakata.lead")
    async with office.as_("hakata.welfare") as other:
        refused = [await other.get(FILES), await open_file(other, file["file_id"]), await send(other, b"%PDF-2")]
        child = (await other.get(f"/children/{CHILD}")).text
    async with office.as_("hakata.lead") as holder:
        opened = await open_file(holder, file["file_id"])

    assert {answer.status_code for answer in refused} == {403}
    assert NAME not in child
    assert FILES not in child
    assert (opened.status_code, opened.content) == (200, PDF)


async def test_a_measure_that_comes_between_the_list_and_what_is_in_a_file_hides_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        await send(clerk)
        [file] = await listed(clerk)
        body_of = filing.body_of

        async def later(*words: Any) -> bytes | None:
            await office.hear(b.measure(("a",), ("f",)), b.lives("f", Ward.MINAMI))
            return await body_of(*words)

        monkeypatch.setattr(filing, "body_of", later)
        answer = await open_file(clerk, file["file_id"])

    assert (answer.status_code, PDF in answer.content) == (404, False)
    assert [each.action for each in await office.said() if isinstance(each, AccessRecorded)][-1] == "casework.file_opened"


async def test_a_person_without_a_residence_of_their_own_has_files_too(office: Office) -> None:
    """Somebody who is one with a person who is registered: the ward is that one's."""
    await office.hear(
        b.lives("s"),
        b.is_called("s", "見本 あお"),
        b.household("100", ("s", Relationship.CHILD)),
        b.is_one_person("s", "a"),
    )
    await begun(office, lives=False)
    async with office.as_("hakata.clerk") as clerk:
        added = await send(clerk)
        files = await listed(clerk)

    assert (added.status_code, len(files)) == (303, 1)


async def test_without_a_case_nothing_is_added(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await send(clerk)

    assert (answer.status_code, "ケースが始まっていない" in answer.text) == (409, True)


async def test_a_file_goes_with_its_case(office: Office) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        await send(clerk)
    admin = await asyncpg.connect(office.database.admin_url)
    before = await admin.fetchval("select count(*) from casework.case_file_body")
    async with admin.transaction():
        await admin.execute("delete from casework.case_move; update casework.review set case_id = null; delete from casework.request_key")
        await admin.execute("delete from casework.cases")
    after = await admin.fetchval("select count(*) from casework.case_file_body")
    await admin.close()

    assert (before, after) == (1, 0)


# --- The scanner


@asynccontextmanager
async def clamd(answer: bytes, end: bytes = b"\0") -> AsyncIterator[tuple[Clamd, list[bytes]]]:
    """Somebody who speaks clamd's protocol (clamd(8), INSTREAM), and what was sent to them."""
    got: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        body = b""
        while length := struct.unpack(">I", await reader.readexactly(4))[0]:
            body += await reader.readexactly(length)
        got.append(body)
        writer.write(b"stream: " + answer + end)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield Clamd(host="127.0.0.1", port=server.sockets[0].getsockname()[1]), got
    finally:
        server.close()


async def test_a_harmful_file_is_not_kept_and_the_attempt_is_in_the_log(office: Office, gate: Gate) -> None:
    await begun(office)
    async with clamd(b"Win.Test.EICAR_HDB-1 FOUND") as (gate.scanner, got), office.as_("hakata.clerk") as clerk:
        answer = await send(clerk, EICAR)
        files = await listed(clerk)

    assert got == [EICAR]
    assert (answer.status_code, "有害なファイル" in answer.text, files) == (422, True, [])
    refused = [each for each in await office.said() if isinstance(each, AccessRecorded) and each.action == "casework.file_adding_refused"]
    assert [(each.decision, each.reason_code, each.thing.id) for each in refused] == [("deny", "harmful", str(CHILD))]


async def test_a_clean_file_says_that_it_was_scanned(office: Office, gate: Gate) -> None:
    await begun(office)
    async with clamd(b"OK") as (gate.scanner, got), office.as_("hakata.clerk") as clerk:
        await send(clerk, b"%PDF-" + b"x" * 200_000)
        [file] = await listed(clerk)

    assert (file["scanned"], len(got[0])) == ("clean", 200_005)


async def test_without_a_scanner_no_file_is_taken(office: Office, gate: Gate) -> None:
    await begun(office)
    async with office.as_("hakata.clerk") as clerk:
        for gate.scanner in (Nothing(), Clamd(path="/nowhere/clamd.ctl")):
            answer = await send(clerk)
            assert (answer.status_code, "検査できない" in answer.text) == (503, True)
        assert await listed(clerk) == []


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (b"INSTREAM size limit exceeded. ERROR", b"\0"),
        (b"this is NOT OK", b"\0"),
        (b"Win.Test.LOOK", b""),
        (b"OK", b""),
        (b"", b""),
        (b"x" * 100_000, b"\0"),
    ],
    ids=["an error", "not its words", "half a name that ends as OK", "without an end", "nothing", "no end of words"],
)
async def test_an_answer_that_is_neither_is_no_answer(answer: bytes, end: bytes) -> None:
    async with clamd(answer, end) as (scanner, _):
        with pytest.raises(NoScanner):
            await scanner.scan(b"x")


def test_what_is_configured_is_a_scanner_or_an_error() -> None:
    assert isinstance(scanner_of(""), Nothing)
    assert isinstance(scanner_of("unscanned"), AsTheyAre)
    assert scanner_of("unix:/run/clamav/clamd.ctl") == Clamd(path="/run/clamav/clamd.ctl")
    assert scanner_of("tcp:clamav:3310") == Clamd(host="clamav", port=3310)
    for wrong in ("clamd", "tcp:clamav", "tcp::x", "unix:relative"):
        with pytest.raises(ValueError, match="file_scanner"):
            scanner_of(wrong)
    assert Verdict.HARMFUL not in {"clean", "not_scanned"}
