"""The weekly report: made once, of what was known then; the same on page, paper and as a table; of nobody (REP-01, casework.md §2.3)."""

import asyncio
import csv
import io
from datetime import date, timedelta

import asyncpg
import pytest
from pypdf import PdfReader

from contracts.values import Ward
from infra.local.packages import PAPER, ensure
from services.casework.domain.suppression import SMALLEST
from services.casework.screens.programme.weekly.making import make_what_is_due
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries
from tests.integration.casework.test_statistics import review_some, row_of
from tests.integration.casework.test_walls import acting

WEEK = "2026-04-06"
"""Of the Monday before the office's morning, a Saturday."""


async def a_week_passes(office: Office) -> None:
    """Let reviews open in the week from 6 April, and come to the Monday after it."""
    await review_some(office, Ward.HAKATA, SMALLEST + 2)
    await review_some(office, Ward.NISHI, 3)
    await review_some(office, Ward.MINAMI, SMALLEST + 10)
    protected = tuple(f"minami {number}" for number in range(SMALLEST))
    await office.hear(b.measure(protected, ()))
    office.clock.at += timedelta(days=2)


async def test_a_report_is_of_the_week_that_is_over_and_stays_as_it_was_made(office: Office) -> None:
    await a_week_passes(office)
    async with office.as_("coordinator") as coordinator:
        made = (await coordinator.get("/weekly")).text
        await review_some(office, Ward.SAWARA, SMALLEST + 20)
        again = (await coordinator.get("/weekly")).text
        of_no_week = await coordinator.get("/weekly?week=2020-01-01")
        office.clock.at += timedelta(days=7)
        following = (await coordinator.get("/weekly")).text
        kept = (await coordinator.get(f"/weekly?week={WEEK}")).text

    assert "令和8年4月6日（月）から4月12日（日）" in made
    # The city's sum is shown, so that another number is left out beside the small one.
    assert row_of(made, "movement", "全市")[0] == "35"
    assert row_of(made, "movement", "西区")[0] == "秘匿"
    assert row_of(made, "stages", "区を示さないもの")[0] in {"10", "秘匿"}
    assert row_of(made, "movement", "南区")[0] in {"10", "秘匿"}
    assert row_of(again, "movement", "早良区") == row_of(made, "movement", "早良区") == ["0", "0", "0"]
    assert row_of(kept, "stages", "早良区") == row_of(made, "stages", "早良区")
    assert "その週の報告はありません" in of_no_week.text
    assert row_of(following, "stages", "早良区")[0] == "30"
    assert following.count("<option") == 2


async def test_a_ward_reads_its_own_row_without_the_citys_and_a_clerk_nothing(office: Office) -> None:
    await a_week_passes(office)
    async with office.as_("hakata.lead") as lead, office.as_("hakata.clerk") as clerk:
        page = (await lead.get("/weekly")).text
        table = (await lead.get("/weekly/file")).content.decode("utf-8-sig")
        refused = [(await clerk.get(address)).status_code for address in ("/weekly", "/weekly/paper", "/weekly/file")]

    rows = list(csv.reader(io.StringIO(table)))
    heading = rows.index(["表", "区", "項目", "数"])
    assert row_of(page, "movement", "博多区")[0] == "12"
    assert [place for place in ("南区", "全市") if place in page + table] == []
    assert {row[1] for row in rows[heading + 1 :]} == {"博多区"}
    assert ["この週の動き", "博多区", "新しく要確認になった", "12"] in rows
    assert refused == [403, 403, 403]


async def test_the_same_report_is_paper_and_who_asks_for_a_week_without_one_is_told_so(office: Office) -> None:
    ensure(*PAPER)
    await a_week_passes(office)
    async with office.as_("coordinator") as coordinator:
        paper = await coordinator.get(f"/weekly/paper?week={WEEK}")
        unknown = [await coordinator.get(f"/weekly/{kind}?week=2020-01-01") for kind in ("paper", "file")]
        unread = await coordinator.get("/weekly/file?week=2026-99-99")

    pdf = PdfReader(io.BytesIO(paper.content))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert (paper.headers["content-type"], "/MarkInfo" in pdf.root_object) == ("application/pdf", True)
    assert "W-2026-04-06" in text
    assert "新しく要確認になった" in text.replace("\n", "")
    assert [(each.status_code, "その週の報告は作られていません" in each.text) for each in unknown] == [(404, True)] * 2
    assert unread.status_code == 422
    kept = [(each.action, each.decision, each.reason_code) for each in await entries(office)]
    assert kept == [
        ("programme.weekly_report_printed", "permit", None),
        ("programme.weekly_report_printed", "deny", "no_such_week"),
        ("programme.weekly_report_taken", "deny", "no_such_week"),
    ]


async def test_two_at_once_make_one_report_and_nobody_changes_it(office: Office) -> None:
    async def make() -> None:
        async with office.service.work() as work:
            await make_what_is_due(work)

    await asyncio.gather(make(), make())

    async with acting(office, "system") as db:
        kept = await db.fetchval("select count(*) from weekly_report")
        changed = [
            await db.execute(f"{change} weekly_report{rest}") for change, rest in (("delete from", ""), ("update", " set made_at = now()"))
        ]
    assert (kept, changed) == (1, ["DELETE 0", "UPDATE 0"])
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(office, "coordinator") as db:
            await db.execute("insert into weekly_report values ($1, now(), '{}')", date(2026, 3, 2))
