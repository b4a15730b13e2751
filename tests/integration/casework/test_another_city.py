"""Another city uses the product without a change of code: its file is all that differs (issue 12, point 5)."""

import asyncio
import json
import os
import sys
from pathlib import Path

from infra.testing.fixtures import Database

HERE = Path(__file__).parent
NAMES_OF_THE_FIRST_CITY = (
    "福岡市",
    "博多区",
    "東区",
    "早良区",
    "子育て支援課",
    "地域保健福祉課",
    "こども家庭課",
    "情報セキュリティ担当",
    "データ所管課",
)


async def test_the_pages_of_another_city_name_its_wards_and_sections_and_none_of_the_first_one(database: Database) -> None:
    environment = {**os.environ, "TSUNAGU_ORGANISATION": str(HERE / "another_city.toml")}
    program = [sys.executable, "-m", "tests.integration.casework.another_city", database.url("casework"), database.url("identity")]
    process = await asyncio.create_subprocess_exec(
        *program, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()[-2000:]

    read = json.loads(out)

    assert "要確認　北まち区" in read["list"]
    assert "見本 あお" in read["list"]
    # The three sections that confer are asked by the names that the city gives them.
    assert all(name in read["child"] for name in ("こども未来室", "ふくし室", "保健室", "北まち区"))
    assert "こども総務室に連絡します。（こども総務室　電話 000-111-2222）" in read["manual"]
    assert "こども総務室　電話 000-111-2222" in read["nobody"]
    assert "こども未来室・ふくし室・保健室の三課" in read["first"]
    assert "情報管理室に知らせてください" in read["first"]
    assert "情報管理室に申し出てください" in read["accesses"]
    assert [(name, each) for name, page in read.items() for each in NAMES_OF_THE_FIRST_CITY if each in page] == []
