"""`tsunagu scorer mask …` on a real database: from the request to the deletion, and back as a proposal (S20, MASK-04)."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.local.root import CannotDo
from services.scorer.commands import app
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.test_masking import forty_children
from tests.integration.scorer.test_ruleset_changes import LOWER_EPDS
from tests.integration.scorer.test_ruleset_commands import Terminal, terminal

__all__ = ["terminal"]
pytestmark = pytest.mark.servers


def checked(file: Path) -> str:
    """What `ruleset check FILE` prints: it needs no stack."""
    result = CliRunner().invoke(app, ["ruleset", "check", str(file)])
    assert result.exit_code == 0, result.output
    return result.output


async def test_a_dataset_goes_its_way_and_its_result_comes_back_as_a_proposal(scorer: Scorer, terminal: Terminal, tmp_path: Path) -> None:
    await forty_children(scorer)
    asked = await terminal.decides("coordinator", "mask", "request", "--purpose", "EPDSの基準の見直し", "--as-of", "2026-04-11")
    dataset = next(word for word in asked.split() if word.count("-") == 4)
    to, bad = tmp_path / "given", tmp_path / "bad.csv"

    with pytest.raises(CannotDo, match="another step comes first"):
        await terminal.decides("coordinator", "mask", "provide", dataset, "--to", str(to))
    with pytest.raises(CannotDo, match="another person"):
        await terminal.decides("coordinator", "mask", "approve", dataset)
    await terminal.decides("privacy.officer", "mask", "approve", dataset)
    assert "dataset.parquet" in await terminal.decides("coordinator", "mask", "provide", dataset, "--to", str(to))
    about = json.loads((to / "about.json").read_text(encoding="utf-8"))
    found = json.loads(await terminal.decides("privacy.officer", "mask", "check", dataset, "--json"))
    lines = (to / "dataset.csv").read_text(encoding="utf-8").splitlines()
    bad.write_text("\n".join(lines[:4]) + "\n", encoding="utf-8")
    with pytest.raises(CannotDo, match="somebody can be found"):
        await terminal.decides("privacy.officer", "mask", "check", dataset, "--file", str(bad))

    file = tmp_path / "FK-3.toml"
    file.write_text(LOWER_EPDS, encoding="utf-8")
    await terminal.decides("coordinator", "ruleset", "propose", str(file), "--grounds", f"分析の結果（{dataset}）", "--analysis")
    # The analysis body knows figures, and no rule of the city: thresholds alone come back, of a dataset that it was given.
    result = tmp_path / "result.toml"
    said = f'\ufeffdataset = "{dataset}"\ngrounds = "9点以上では変わらない。"\n[parameters]\nepds_high_from = 12\n'
    result.write_text(said.replace(dataset, dataset[::-1]), encoding="utf-8")
    with pytest.raises(CannotDo, match="dataset: no masked dataset of that id was given"):
        await terminal.decides("coordinator", "ruleset", "propose", str(result), "--analysis")
    result.write_text(said.replace("epds_high_from = 12", "epds_high_from = 31"), encoding="utf-8")
    with pytest.raises(CannotDo, match=r"parameters\.epds_high_from: must be within"):
        await terminal.decides("coordinator", "ruleset", "propose", str(result), "--analysis")
    result.write_text(said, encoding="utf-8")
    assert f"of the dataset {dataset}: it sets epds_high_from" in await asyncio.to_thread(checked, result)
    assert "ruleset simulate SP-4" in await terminal.decides("coordinator", "ruleset", "propose", str(result), "--analysis")
    await terminal.decides("coordinator", "ruleset", "propose", str(result), "--analysis", "--grounds", "別の理由。")
    again = await terminal.says("ruleset", "history", "SP-5")
    assert [words in again for words in ("別の理由。", dataset, "9点以上では変わらない。")] == [True, True, False]
    history = await terminal.says("ruleset", "history", "SP-4")
    assert [words in history for words in ("origin: analysis", "9点以上では変わらない。", dataset, "epds_high_from = 12")] == [True] * 4
    await terminal.decides("coordinator", "mask", "ended", dataset, "--letter", "A-14")
    assert dataset not in await terminal.says("mask", "overdue")
    await terminal.decides("coordinator", "mask", "deletion-requested", dataset, "--letter", "A-15")
    assert "deleted" in await terminal.decides("coordinator", "mask", "delete", dataset)
    with pytest.raises(CannotDo, match="another step comes first"):
        await terminal.decides("privacy.officer", "mask", "check", dataset, "--file", str(to / "dataset.csv"))

    [shown] = json.loads(await terminal.says("mask", "list", "--json"))
    assert (shown["stands"], shown["rows"], len(shown["evidence"])) == ("deleted", about["rows"], 64)
    assert found == about["check"]
    assert found["holds"]
    assert "proposed" in await terminal.says("ruleset", "history", "FK-3")
