"""A child on paper: tagged, numbered, masked as the page is, and in the log before it is there (casework.md §6.1, §6.3-10)."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from contracts.messages import AccessRecorded
from contracts.values import Relationship, Ward
from infra.identity.credentials import code_at
from infra.local.packages import PAPER, ensure
from infra.paper import pressing
from services.casework.screens import PAGES
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_pages import hidden_fields

CHILD = b.person("a")
SENSITIVE = ("生活保護", "11点")


@pytest.fixture(scope="module", autouse=True)
def press() -> None:
    ensure(*PAPER)


async def hear_of_a_child(office: Office, *more: object) -> None:
    await office.hear(
        *more,  # type: ignore[arg-type]
        b.lives("a"),
        b.is_called("a", "葛\U000e0100城 渡邊\U000e0108あお", "かつらぎ あお", address="町 a"),
        b.is_called("m", "見本 はは"),
        b.lives("m", birth=date(1990, 6, 3)),
        b.household("世帯 a", ("a", Relationship.CHILD), ("m", Relationship.HEAD)),
        b.needed("a", indicators=(b.NO_18M, b.EPDS, b.WELFARE)),
    )


async def printed(somebody: httpx.AsyncClient, kind: str, *, sensitive: bool = False, **more: str) -> tuple[int, bytes]:
    token = hidden_fields((await somebody.get(f"/children/{CHILD}")).text, "paper-title").get("form_token", "")
    form = {"form_token": token, "paper": kind, "purpose": "for_conference", **more}
    answer = await somebody.post(f"/children/{CHILD}/{'sensitive/' if sensitive else ''}paper", data=form)
    return answer.status_code, answer.content


async def name_holder(office: Office, login: str) -> None:
    admin = await asyncpg.connect(office.database.admin_url)
    holder = "insert into casework.whereabouts_holder select $1, id, id, now() from identity.staff where login = $2"
    await admin.execute(holder, CHILD, login)
    await admin.close()


def text_of(pdf: bytes) -> str:
    """The text of a PDF, without what lines and pages broke, and without the marks of variants."""
    pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(each for each in pages if not each.isspace() and not 0xE0100 <= ord(each) <= 0xE01EF)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts of a PDF, and whether each is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for reference in resources["/Font"].get_object().values():
            descendant = reference.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            found[descendant["/BaseFont"]] = any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
    return found


async def test_a_paper_is_a_tagged_pdf_with_its_fonts_and_says_what_the_page_says(office: Office) -> None:
    await hear_of_a_child(office)
    async with office.as_("hakata.clerk") as clerk:
        status, pdf = await printed(clerk, "conference_sheet")

    assert status == 200
    reader = PdfReader(io.BytesIO(pdf))
    root: Any = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == "ja"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("協議シート P-0")
    fonts = fonts_of(pdf)
    assert all(fonts.values())
    assert any("IPAmjMincho" in name for name in fonts), "names with variants are printed in the font that has them"
    text = text_of(pdf)
    for said in (
        "取扱注意",
        "印刷番号P-0",
        "博多区子育て支援課見本ひかりが印刷",
        "1/1ページ",
        "目的：三課の協議で使うため",
        "研修環境・架空データ",
    ):
        assert said in text, said
    for said in ("葛城渡邊あお", "かつらぎあお", "博多区", "1歳6か月児健診を受けた記録がない", "福祉の項目1件", "世帯のおとな", "見本はは"):
        assert said in text, said
    for hidden in SENSITIVE:
        assert hidden not in text


async def test_a_paper_is_in_the_log_with_its_number_its_purpose_and_all_that_it_shows(office: Office) -> None:
    await hear_of_a_child(office)
    async with office.as_("hakata.clerk") as clerk:
        _, pdf = await printed(clerk, "conference_sheet", sensitive=True)

    assert all(said in text_of(pdf) for said in SENSITIVE)
    said = [each for each in await office.said() if isinstance(each, AccessRecorded)]
    [look] = [each for each in said if each.action == "casework.sensitive_printed"]
    [paper] = [each for each in said if each.action == "casework.paper_numbered"]
    number = text_of(pdf).split("印刷番号")[1]
    assert look.reason_code == paper.reason_code == "conference_sheet.for_conference"
    assert number.startswith(paper.thing.id or "")
    assert paper.correlation == str(look.event_id)
    assert {"name", "ward", "household_no", "adults", b.EPDS.item, b.WELFARE.item} <= set(look.fields)
    assert [each.thing.kind for each in said if each.action == "casework.adult_shown"][-1] == "adult"


@pytest.mark.parametrize(
    ("kind", "sensitive", "form", "field"),
    [
        ("visit_form", True, {}, "paper"),
        ("", False, {}, "paper"),
        ("conference_sheet", False, {"purpose": "because"}, "purpose"),
    ],
)
async def test_nothing_is_printed_without_a_purpose_and_no_visit_form_with_sensitive_items(
    office: Office, kind: str, sensitive: bool, form: dict[str, str], field: str
) -> None:
    await hear_of_a_child(office)
    async with office.as_("hakata.clerk") as clerk:
        status, page = await printed(clerk, kind, sensitive=sensitive, **form)

    assert status == 422
    assert f'id="{field}-error"' in page.decode()
    assert not [each for each in await office.said() if isinstance(each, AccessRecorded) and "printed" in each.action]


async def test_where_a_protected_child_is_stands_on_paper_only_for_a_holder_who_shows_who_they_are(office: Office) -> None:
    """S07, casework.md §4.1."""
    await hear_of_a_child(office, b.measure(("a",), ("f",)), b.lives("f", Ward.MINAMI))
    await name_holder(office, "hakata.lead")
    async with office.as_("hakata.clerk") as clerk:
        _, by_clerk = await printed(clerk, "conference_sheet")
    async with office.as_("hakata.lead") as lead:
        _, without_code = await printed(lead, "conference_sheet")
        refused, _ = await printed(lead, "conference_sheet", code="000000")
        # A login's own code was used: the next one counts already.
        next_code = code_at(office.secrets["hakata.lead"], datetime.now(UTC) + timedelta(seconds=30))
        _, with_code = await printed(lead, "conference_sheet", code=next_code)

    for pdf in (by_clerk, without_code):
        assert "町a" not in text_of(pdf)
        assert "博多区" not in text_of(pdf), "nor the ward of whoever printed it"
        assert "が印刷" in text_of(pdf)
        assert "支援措置のため" in text_of(pdf)
    assert refused == 422
    assert "町a" in text_of(with_code)
    said = [each for each in await office.said() if isinstance(each, AccessRecorded) and each.action.startswith("casework.paper")]
    assert [each.actor.ward for each in said] == [None] * 3
    assert all((each.reason_code or "").startswith("protected_person.") for each in said)


async def test_what_cannot_be_printed_is_told_in_japanese(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await hear_of_a_child(office)
    monkeypatch.setattr(pressing, "PRESS", PAGES.parent / "no-such-press.py")
    async with office.as_("hakata.clerk") as clerk:
        status, page = await printed(clerk, "conference_sheet")
    assert (status, "印刷できませんでした" in page.decode()) == (503, True)

    monkeypatch.undo()
    monkeypatch.setattr(pressing, "SECONDS", 0.0)
    with pytest.raises(pressing.NotPrinted, match="時間内"):
        await pressing.printed("<p>x</p>")
    with pytest.raises(pressing.NotPrinted, match="長すぎます"):
        await pressing.printed("x" * (pressing.HTML_OCTETS + 1))


async def test_without_the_japanese_font_the_press_says_which_packages_are_missing() -> None:
    with pytest.raises(pressing.NoPress, match="fonts-noto-cjk"):
        await pressing.printed('<html lang="ja"><title>x</title><p style="font-family: serif">plain</p></html>')


async def test_the_press_reads_no_file_of_the_machine(tmp_path: Path) -> None:
    style = tmp_path / "style.css"
    style.write_text('p::after { content: "よまれた" }', encoding="utf-8")
    link, font = f'<link rel="stylesheet" href="{style.as_uri()}">', '<style>body { font-family: "Noto Sans CJK JP" }</style>'

    pdf = await pressing.printed(f'<html lang="ja"><title>x</title>{font}{link}<p>ほんぶん</p></html>')

    assert text_of(pdf) == "ほんぶん"


async def test_two_papers_are_printed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    async def slow(_given: bytes) -> tuple[int, bytes]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running -= 1
        return 0, b"%PDF"

    monkeypatch.setattr(pressing, "_press", slow)
    await asyncio.gather(*(pressing.printed("x") for _ in range(10)))

    assert most == pressing.AT_ONCE
