"""Every source and event type that comes over the network has an example of an adapter, and each takes its example of a file."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, AcquisitionMode
from contracts.catalogue import source as source_entry
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.inlets.extract import adapters
from services.ingest.source_commands import app

FILES = sorted(adapters.EXAMPLES.glob("*.toml"))
ADAPTERS = {file: adapters.load(file) for file in FILES}


def example_of(adapter: Adapter) -> Path:
    return adapters.EXAMPLES / adapter.file.replace("{date}", "20260401")


def tried(file: Path, adapter: Path, *words: str) -> tuple[int, dict[str, Any]]:
    answer = CliRunner().invoke(app, ["try", str(file), "--adapter", str(adapter), "--today", "2026-04-01", "--json", *words])
    return answer.exit_code, json.loads(answer.stdout)


def test_every_event_type_that_comes_over_the_network_has_one() -> None:
    of_network = {
        (kind.source, kind.type)
        for kind in EVENT_TYPES
        if kind.type != WATERMARK_TYPE and source_entry(kind.source).acquisition is AcquisitionMode.NETWORK
    }

    assert {(each.source, each.event_type) for each in ADAPTERS.values()} == of_network


def test_no_two_take_the_same_file() -> None:
    assert len(adapters.load_all(adapters.EXAMPLES)) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_example_is_taken_row_by_row(file: Path) -> None:
    adapter = ADAPTERS[file]

    code, trial = tried(example_of(adapter), file, "--first", "100")

    assert trial["faults"] == []
    assert code == 0
    assert trial["records"] == trial["rows"] == len(trial["first"]) > 1


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_its_example_uses_every_field_of_the_adapter(file: Path) -> None:
    adapter = ADAPTERS[file]

    _, trial = tried(example_of(adapter), file, "--first", "100")

    said = {name for event in trial["first"] for name in event["data"]}
    assert said == set(adapter.fields)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_in_another_encoding_it_is_refused_with_row_and_byte(file: Path, tmp_path: Path) -> None:
    adapter = ADAPTERS[file]
    other = "cp932" if adapter.encoding == "utf-8" else "utf-8"
    wrong = tmp_path / example_of(adapter).name
    wrong.write_bytes(example_of(adapter).read_bytes().decode(adapter.encoding).removeprefix("\ufeff").encode(other))

    code, trial = tried(wrong, file)

    assert code == 1
    assert (trial["whole"]["code"], trial["whole"]["row"], trial["records"]) == ("wrong_encoding", 1, 0)
    assert isinstance(trial["whole"]["byte"], int)


def test_what_people_read_names_row_and_column_and_never_the_value(tmp_path: Path) -> None:
    file = next(file for file in FILES if file.stem.startswith("childcare"))
    content = example_of(ADAPTERS[file]).read_text(encoding="utf-8").replace(",4010002,3,", ",4010002,秘密,")
    wrong = tmp_path / "KODOMO_RIYO_20260401.csv"
    wrong.write_text(content, encoding="utf-8")

    answer = CliRunner().invoke(app, ["try", str(wrong), "--adapter", str(file), "--first", "0", "--today", "2026-04-01"])

    assert answer.exit_code == 1
    assert "row 3  施設区分  not_in_table" in answer.stdout
    assert "2 rows: 1 would be taken, 0 are marked as taken back, 1 refused" in answer.stdout
    assert "秘密" not in answer.stdout
