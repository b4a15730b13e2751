"""The manual as people read it: versions, readers' feedback, and what the coordinator answers (EVAL-01)."""

import re
from datetime import timedelta

import httpx

from contracts.values import Ward
from services.casework import manual
from services.casework.moves import STEPS
from services.casework.screens.manual.book import book
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries

SECTION = "start_investigation"


async def send(client: httpx.AsyncClient, address: str, **form: str) -> httpx.Response:
    token = (await client.get("/session")).json()["form_token"]
    return await client.post(address, data={**form, "form_token": token})


async def said(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await send(client, "/manual/feedback", **{"section": SECTION, "understood": "no", "words": "期限の数え方が分からない", **form})


async def test_every_screen_and_every_form_leads_to_its_section(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        pages = [await clerk.get(address) for address in ("/today", "/reviews", f"/children/{b.person('a')}")]
        links = {link for page in pages for link in re.findall(r'href="(/manual[^"]*)"', page.text.replace("&amp;", "&"))}
        chapters = {link.partition("#")[0]: (await clerk.get(link.partition("#")[0])).text for link in links}

    assert {manual.address_of(name) for name in ("today", "reviews", "child", SECTION)} <= links
    assert all(f'id="{link.partition("#")[2]}"' in chapters[link.partition("#")[0]] for link in links if "#" in link)


async def test_the_whole_manual_is_read_chapter_by_chapter(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk:
        pages = [(await clerk.get("/manual", params={"chapter": chapter.key})) for chapter in manual.chapters()]

    assert {page.status_code for page in pages} == {200}
    assert max(len(page.content) for page in pages) < 60_000
    assert all(any(f'id="{key}"' in page.text for page in pages) for key in STEPS)


async def test_what_a_reader_did_not_understand_reaches_the_coordinator_once_and_the_answer_comes_back(office: Office) -> None:
    async with office.as_("hakata.clerk") as clerk, office.as_("hakata.lead") as lead, office.as_("coordinator") as coordinator:
        first, second = await said(clerk), await said(clerk)
        waits, of_others = await clerk.get("/manual"), await lead.get("/manual")
        listed_to_lead, listed = await lead.get("/manual-feedback"), await coordinator.get("/manual-feedback")
        [feedback] = re.findall(r'name="feedback" value="([^"]+)"', listed.text)
        answer = {"feedback": feedback, "became": "mended", "answer": "開庁日の数え方を書き足しました。"}
        answered, again = [await send(coordinator, "/manual-feedback/answer", **answer) for _ in range(2)]
        back = await clerk.get("/manual")

    assert (first.status_code, first.headers["location"]) == (303, manual.address_of(SECTION))
    assert second.status_code == 303
    assert "返事はまだです" in waits.text
    assert "期限の数え方" not in of_others.text
    assert listed_to_lead.status_code == 403
    assert listed.text.count("期限の数え方が分からない") == 1
    assert "見本 ひかり" in listed.text
    assert (answered.status_code, again.status_code) == (303, 409)
    assert "開庁日の数え方を書き足しました。" in back.text
    kept = [each.action for each in await entries(office)]
    assert "期限" not in str(await entries(office))
    assert kept.count("casework.manual_opened") == 3


async def test_feedback_that_tells_of_a_child_is_not_taken_and_nothing_of_the_form_is_lost(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あおい", "みほん あおい"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await clerk.get(f"/children/{b.person('a')}")
        named = await said(clerk, words="見本あおいさんの画面で迷った")
        numbered = await said(clerk, words="世帯 1234567 で迷った")
        empty = await said(clerk, words="")
        nowhere = await said(clerk, section="nothing")
        plain = await said(clerk, understood="yes", words="")

    assert [each.status_code for each in (named, numbered, empty, nowhere, plain)] == [422, 422, 422, 422, 303]
    assert "見本あおいさんの画面で迷った</textarea>" in named.text
    assert "どこが分からなかったか" in empty.text
    rows = await office.service.pool.fetchval("select count(*) from manual_feedback")
    assert rows == 0, "outside of a transaction that says who acts nobody sees it"


async def test_a_name_that_was_read_in_an_emergency_is_not_taken_after_it_either(office: Office) -> None:
    await office.hear(b.lives("a", Ward.HIGASHI), b.is_called("a", "見本 あおい", "みほん あおい"), b.needed("a"))
    async with office.as_("nishi.clerk") as clerk:
        await send(clerk, "/emergency/start", child=str(b.person("a")), reason="here_now", words="来所している")
        await clerk.get(f"/children/{b.person('a')}")
        office.clock.at += timedelta(hours=2)
        named = await said(clerk, words="ミホンアオイさんの画面で迷った")
        unwritable = await said(clerk, words="わから\x00ない")

    assert (named.status_code, unwritable.status_code) == (422, 422)


async def test_each_text_that_was_shown_is_a_version_that_can_be_read_again(office: Office) -> None:
    async with office.service.work() as work:
        await work.db.execute(
            "insert into manual_version values (1, 'x', now() - interval '40 days', $1::text::jsonb)",
            book().written.replace("この画面は何をするものか", "むかしの見出し"),
        )
    async with office.as_("hakata.clerk") as clerk:
        now, again = await clerk.get("/manual"), await clerk.get("/manual")
        before = await clerk.get("/manual?version=1")
        chapter = await clerk.get("/manual?version=1&chapter=first")
        unknown = await clerk.get("/manual?version=77")

    assert now.text.count("第2版") == again.text.count("第2版") > 0
    assert "この版で変わったところ" in now.text
    assert "むかしの見出し" not in now.text
    assert "むかしの見出し" in before.text
    assert "前の版です" in chapter.text
    assert "この説明で分かりましたか" not in chapter.text
    assert "第2版" in unknown.text
    versions = await office.service.pool.fetchval("select count(*) from manual_version")
    assert versions == 2
