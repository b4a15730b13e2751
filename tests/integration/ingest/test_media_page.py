"""A bundle is brought at the page, by two people: whole or not at all, and nothing of it is left lying about."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contracts.messages import DecisionRecorded
from infra.clock import FixedClock
from infra.identity.credentials import code_at
from infra.testing.fixtures import Database, announced
from services.ingest.inlets.media.importing import Importer, Verified
from services.ingest.inlets.media.school.bundle import BUNDLE_BYTES_MAX
from services.ingest.screens.media import bringing
from tests.integration.ingest.media import ATTENDANCE, MEDIUM, City, attendance, city_of, month_of
from tests.integration.ingest.office import Browser, Office, opened
from tests.integration.ingest.test_inlets import until

pytestmark = pytest.mark.servers

OCTOBER = month_of(2026, 10)
IMPORT = "/media/import"


@dataclass(frozen=True, slots=True)
class Desk:
    """The city's counter: its office, the school that comes, and a coordinator at the page."""

    city: City
    office: Office
    page: Browser

    def code_of(self, login: str) -> str:
        """What somebody's telephone shows."""
        return code_at(self.office.secrets[login], datetime.now(UTC))

    def bundle(self, *absent: int, **said: Any) -> bytes:
        """The next bundle of the school."""
        files = {f"{ATTENDANCE}.csv": attendance(10, *absent)}
        return self.city.school.packs(self.city.school.batch(OCTOBER, **said), files)

    async def brings(self, bundle: bytes, verifier: str = "second.coordinator", code: str | None = None, **more: str) -> Any:
        """Send the form."""
        await self.page.opens("/media")
        filled = {"verifier": verifier, "code": self.code_of(verifier) if code is None else code, **more}
        return await self.page.brings(IMPORT, "bundle", bundle, **filled)

    async def told(self) -> list[tuple[str, Any, str | None]]:
        """What the log was told of media and of second persons: what, by whom, and why not."""
        decisions = [each for each in await announced(self.city.pool) if isinstance(each, DecisionRecorded)]
        mine = [each for each in decisions if each.action.split(".")[0] == "media" or each.action == "identity.second_refused"]
        return [(each.action, each.actor.id, each.reason_code) for each in mine if each.actor.role != "operator"]


@asynccontextmanager
async def at_the_counter(database: Database, clock: FixedClock, *others: str) -> AsyncIterator[Desk]:
    async with city_of(database, clock) as city, opened(database, clock) as office:
        for login in ("second.coordinator", *others):
            await office.register(login)
        async with office.at_work("coordinator") as page:
            yield Desk(city, office, page)


@pytest_asyncio.fixture
async def counter(database: Database, clock: FixedClock) -> AsyncIterator[Desk]:
    async with at_the_counter(database, clock, "schools.owner", "hakata.clerk") as known:
        yield known


async def test_two_people_bring_a_bundle_and_its_page_says_what_came_of_it(counter: Desk) -> None:
    answer = await counter.brings(counter.bundle(3, 0), "schools.owner")

    assert answer.status_code == 303
    page = await counter.page.opens(answer.headers["location"])
    assert "取り込み済み" in page.text
    assert '受け入れた</dt><dd class="num">2行' in page.text
    assert "24時間以内に消去し" in page.text
    operator, verifier = counter.office.ids["coordinator"], counter.office.ids["schools.owner"]
    assert await counter.told() == [("media.verified", verifier, None), ("media.imported", operator, None)]
    [row] = await counter.city.pool.fetch("select operator, verifier, state from media_batch")
    assert tuple(row) == ("coordinator", "schools.owner", "imported")


async def test_the_erase_is_recorded_from_the_page_of_the_bundle(counter: Desk) -> None:
    answer = await counter.brings(counter.bundle(1))
    await counter.page.opens(answer.headers["location"])

    await counter.page.sends("/media/erased", medium=MEDIUM)

    after = await counter.page.opens(answer.headers["location"])
    assert "24時間以内に消去し" not in after.text
    assert (await counter.told())[-1] == ("media.medium_erased", counter.office.ids["coordinator"], None)


async def test_a_bundle_with_a_wrong_row_is_refused_by_file_row_and_column_in_japanese(counter: Desk) -> None:
    answer = await counter.brings(counter.bundle(3, 99))

    assert answer.status_code == 422
    for words in ("取り込みませんでした", f"{ATTENDANCE}.csv", "3行目", "6列目（欠席日数、absent_days）", "範囲の外です"):
        assert words in answer.text, words
    assert "out_of_range" not in answer.text
    assert MEDIUM in answer.text, "the medium is to be erased all the same"
    assert await counter.city.records() == {}
    assert await counter.told() == [("media.imported", counter.office.ids["coordinator"], "media_not_taken")]


async def test_who_brings_a_bundle_does_not_check_it(counter: Desk) -> None:
    answers = [await counter.brings(counter.bundle(1), each, code="000000") for each in ("coordinator", "Coordinator")]

    assert [(each.status_code, "取込担当者と確認者が同じ人です" in each.text) for each in answers] == [(422, True)] * 2
    assert [reason for _, _, reason in await counter.told()] == ["media_same_person"] * 2
    assert await counter.city.records() == {}


async def test_a_second_person_is_there_only_with_a_code_of_their_own(counter: Desk) -> None:
    bundle, code = counter.bundle(1), counter.code_of("second.coordinator")

    wrong = await counter.brings(bundle, code="000000")
    nobody = await counter.brings(bundle, "nobody.there", code=code)
    clerk = await counter.brings(bundle, "hakata.clerk")
    right = await counter.brings(bundle, code=code)
    again = await counter.brings(bundle, code=code)

    assert [each.status_code for each in (wrong, nobody, clerk, right, again)] == [422, 422, 422, 303, 422]
    assert (
        wrong.text.count("ログイン名と確認コードを確かめられませんでした")
        == nobody.text.count("ログイン名と確認コードを確かめられませんでした")
        > 0
    )
    assert "確認者になれません" in clerk.text
    assert "使用済みです" in again.text
    refused = [(action, reason) for action, _, reason in await counter.told() if action == "identity.second_refused"]
    assert refused == [("identity.second_refused", why) for why in ("wrong_code", "unknown_login", "code_used_before")]


async def test_whoever_guesses_a_second_persons_code_must_wait(counter: Desk) -> None:
    for _ in range(5):
        answer = await counter.brings(b"x", code="000000")

    assert "ログインの失敗が続いたので" in answer.text


async def test_the_same_bundle_again_changes_nothing_and_leads_to_the_same_page(counter: Desk) -> None:
    bundle = counter.bundle(3)
    first = await counter.brings(bundle)
    before = await counter.city.stored()

    again = await counter.brings(bundle, "schools.owner")

    assert again.headers["location"] == first.headers["location"]
    assert {**await counter.city.stored(), "outbox": 0} == {**before, "outbox": 0}


async def test_a_gap_needs_a_ticket(counter: Desk) -> None:
    counter.city.school.sequence = 4
    bundle = counter.bundle(1)

    gap = await counter.brings(bundle)
    sentence = await counter.brings(bundle, "schools.owner", gap="山田さんが言った")
    taken = await counter.brings(bundle, "schools.owner", gap="T-12")

    assert "通し番号1～4が、まだ届いていません" in gap.text
    assert (sentence.status_code, "文章は入れられません" in sentence.text) == (422, True)
    assert taken.status_code == 303
    assert ("media.gap_accepted", counter.office.ids["coordinator"], "T-12") in await counter.told()


async def test_what_is_missing_in_the_form_is_said_beside_its_field(counter: Desk) -> None:
    await counter.page.opens("/media")

    answer = await counter.page.sends_parts(IMPORT, verifier="", code="", gap="")

    assert answer.status_code == 422
    assert [each for each in (bringing.NO_FILE, bringing.NO_VERIFIER, bringing.NO_CODE) if each not in answer.text] == []


async def test_a_file_that_is_too_large_is_said_to_be_on_the_page(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    large = bytes(BUNDLE_BYTES_MAX + 128 * 1024)

    declared = await counter.brings(large)
    monkeypatch.setattr("infra.identity.uploads._declared", lambda _request: 0)
    streamed = await counter.brings(large)

    for answer in (declared, streamed):
        assert (answer.status_code, "大きすぎます" in answer.text) == (413, True)
    assert await counter.told() == []


async def test_nobody_else_may_bring_a_bundle_and_no_form_of_another_site_does(counter: Desk) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(3):
            read += 1
            yield bytes(1000)

    async with counter.office.at_work("health.owner") as owner:
        turned_away = await owner.http.post(IMPORT, content=body(), headers={"content-type": "multipart/form-data; boundary=b"})
    stale = await counter.page.brings(IMPORT, "bundle", counter.bundle(1), form_token="another", verifier="x", code="y")
    foreign = await counter.page.http.post(IMPORT, content=b"", headers={"sec-fetch-site": "cross-site"})

    assert (turned_away.status_code, read) == (403, 0), "nothing of the body is read"
    assert (stale.status_code, foreign.status_code) == (403, 403)
    assert await counter.city.records() == {}


async def test_what_is_uploaded_has_no_name_on_the_disk_and_is_gone_whatever_happens(
    counter: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[tuple[int, int]] = []

    async def begin(*_: Any, **__: Any) -> Verified:
        seen.append(lying_in(tmp_path))
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(Importer, "begin", begin)
    await counter.page.opens("/media")

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        await counter.brings(bytes(2 * 2**20))
    await hang_up(counter, lambda: seen.append(lying_in(tmp_path)))

    assert set(seen) == {(0, 1)}, "put aside without a name"
    assert lying_in(tmp_path) == (0, 0)


async def test_a_long_import_goes_on_after_the_answer_and_its_page_says_so(counter: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on, submit = asyncio.Event(), Importer._submit

    async def slow(self: Importer, plan: Verified) -> Counter[str]:
        await may_go_on.wait()
        return await submit(self, plan)

    monkeypatch.setattr(Importer, "_submit", slow)
    monkeypatch.setattr(bringing, "AWAITED_SECONDS", 0.01)

    answer = await counter.brings(counter.bundle(1))
    meanwhile = await counter.page.opens(answer.headers["location"])
    another = await counter.brings(counter.bundle(2), "schools.owner")
    may_go_on.set()
    await until(lambda: counter.city.pool.fetchval("select bool_and(state = 'imported') from media_batch"))
    after = await counter.page.opens(answer.headers["location"])

    assert "取り込みの途中" in meanwhile.text
    assert (another.status_code, bringing.ANOTHER_GOES_ON in another.text) == (409, True)
    assert "取り込み済み" in after.text


async def test_a_bundle_of_another_source_is_not_seen(counter: Desk) -> None:
    answer = await counter.brings(counter.bundle(1))

    async with counter.office.at_work("health.owner") as owner:
        foreign = await owner.opens(answer.headers["location"])
    nothing = await counter.page.opens("/media/batches/not-a-number")

    assert (foreign.status_code, nothing.status_code) == (404, 404)


async def hang_up(counter: Desk, then: Callable[[], object]) -> None:
    """Send the first 2 MiB of a file as a browser does, and go away."""
    begun = b'--b\r\ncontent-disposition: form-data; name="bundle"; filename="f"\r\n\r\n' + bytes(2 * 2**20)
    cookies = "; ".join(f"{name}={value}" for name, value in counter.page.http.cookies.items())
    headers = {"host": "ingest.example", "cookie": cookies, "content-type": "multipart/form-data; boundary=b"}
    told = iter(({"type": "http.request", "body": begun, "more_body": True}, {"type": "http.disconnect"}))

    async def receive() -> Any:
        message = next(told, {"type": "http.disconnect"})
        if message["type"] == "http.disconnect":
            then()
        return message

    async def send(_: Any) -> None:
        return

    scope = {"type": "http", "method": "POST", "path": IMPORT, "raw_path": IMPORT.encode(), "query_string": b"", "http_version": "1.1"}
    scope |= {"scheme": "http", "server": ("ingest.example", 80), "client": ("192.0.2.7", 50000), "root_path": ""}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    await counter.office.wired.service.app(scope, receive, send)


def lying_in(folder: Path) -> tuple[int, int]:
    """How many files have a name in a folder, and how many there this process holds open, named or not."""
    held = 0
    for each in Path("/proc/self/fd").iterdir():
        # The folder itself is read by a number that is gone by now.
        with suppress(OSError):
            held += str(each.readlink()).startswith(f"{folder}/")
    return len(list(folder.iterdir())), held
