"""What `contracts/README.md` shows the maker of a nightly extract is taken as it stands there."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from services.ingest.source_commands import app

README = Path(__file__).parents[4] / "contracts/README.md"


def block(name: str) -> str:
    found = re.search(rf"```\w+ {name}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_worked_example_is_taken(tmp_path: Path) -> None:
    (tmp_path / "seiho.toml").write_text(block("vendor-adapter"), encoding="utf-8")
    (tmp_path / "SEIHO_20260401.csv").write_text(block("vendor-extract"), encoding="cp932")

    answer = CliRunner().invoke(
        app, ["try", str(tmp_path / "SEIHO_20260401.csv"), "--adapter", str(tmp_path / "seiho.toml"), "--json", "--today", "2026-04-01"]
    )

    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["records"], told["faults"]) == (0, 2, [])
    assert told["first"][1]["data"]["member_to"] == "2026-03-01"
    assert told["first"][1]["subject"] == "W-0001-000000000012346"
