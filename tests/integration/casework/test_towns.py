"""Pages say what a part of the town is called, once the city's table is loaded."""

from pathlib import Path

import pytest

from infra.local.root import CannotDo
from services.casework import towns
from services.casework.commands import load
from services.casework.towns import Town
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

CHILD = f"/children/{b.person('a')}"


async def load_table(office: Office, *known: Town) -> None:
    async with office.service.work() as work:
        await towns.replace(work.db, known)


async def test_a_town_is_named_and_one_that_the_table_does_not_have_is_shown_by_its_code(office: Office) -> None:
    await office.hear(b.lives("a"), b.is_called("a", "見本 あおい"), b.needed("a"))

    async with office.as_("hakata.clerk") as clerk:
        await load_table(office, Town("40132001", "見本町1丁目"))
        named = (await clerk.get(CHILD)).text
        await load_table(office, Town("40132002", "見本町2丁目"))
        unnamed = (await clerk.get(CHILD)).text

    assert '博多区 <span class="num">見本町1丁目</span>' in named
    assert "40132001" not in named
    assert "町字 40132001" in unnamed


async def test_a_protected_childs_town_has_no_name_either(office: Office) -> None:
    await load_table(office, Town("40132001", "見本町1丁目"))
    await office.hear(b.measure(("a",), ("f",)), b.lives("a"), b.is_called("a", "見本 あおい"), b.needed("a"))

    async with office.as_("hakata.clerk") as clerk:
        page = (await clerk.get(CHILD)).text

    assert "保護措置のため表示しません" in page
    assert "見本町" not in page


@pytest.mark.parametrize("file", ["towns.csv", "missing.csv"])
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_loaded(tmp_path: Path, file: str) -> None:
    (tmp_path / "towns.csv").write_text("name\n", encoding="utf-8")

    with pytest.raises(CannotDo, match=rf"{file}: .*\. Nothing was loaded\."):
        load(tmp_path / file, tmp_path)
