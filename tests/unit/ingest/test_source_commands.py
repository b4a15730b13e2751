"""What a source system's maker is told without any server."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from contracts.catalogue import EVENT_TYPES, example_event
from infra.local.root import CannotDo
from services.ingest.source_commands import app


def checked(content: str | bytes, *words: str) -> tuple[int, list[dict[str, Any]]]:
    body = content if isinstance(content, bytes) else content.encode()
    answer = CliRunner().invoke(app, ["check", "-", "--json", *words], input=body)
    return answer.exit_code, json.loads(answer.stdout)


def checkup(**data: object) -> dict[str, Any]:
    event = example_event("maternal_child_health", "infant_checkup.recorded")
    return event | {"data": event["data"] | data}


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: f"{kind.source}-{kind.type}")
def test_what_the_example_command_prints_is_what_the_check_command_takes(kind: Any) -> None:
    printed = CliRunner().invoke(app, ["example", kind.source, kind.type])

    assert checked(printed.stdout, "--today", "2026-06-30")[0] == 0


def test_each_wrong_place_is_named_with_its_own_code_and_what_is_allowed() -> None:
    code, [told] = checked(json.dumps(checkup(checkup_type="19m", weight_kg="heavy")))

    assert code == 1
    errors = {error["path"]: error for error in told["errors"]}
    assert errors["checkup_type"]["code"] == "not_in_list"
    assert errors["checkup_type"]["allowed"] == ["4m", "10m", "18m", "3y"]
    assert errors["weight_kg"]["code"] == "wrong_form"


def test_a_file_of_lines_is_a_file_of_events() -> None:
    lines = "\n".join(json.dumps(checkup() | {"id": f"e{n}"}) for n in range(3))

    assert [told["id"] for told in checked(lines)[1]] == ["e0", "e1", "e2"]


def test_an_array_is_a_batch() -> None:
    assert len(checked(json.dumps([checkup(), checkup()]))[1]) == 2


@pytest.mark.parametrize(
    ("body", "code"), [(b"", "empty"), (b"{", "not_json"), (b"\xff", "not_utf8"), (b'\xef\xbb\xbf{"a":1}', "byte_order_mark")]
)
def test_a_body_that_cannot_be_read_is_refused_as_a_whole(body: bytes, code: str) -> None:
    ended, [told] = checked(body)

    assert ended == 1
    assert [(error["path"], error["code"]) for error in told["errors"]] == [("body", code)]


def test_with_a_login_an_event_of_another_source_is_refused() -> None:
    _, [told] = checked(json.dumps(checkup()), "--source", "public_assistance")

    assert [error["code"] for error in told["errors"]] == ["wrong_source"]


def test_no_value_is_repeated() -> None:
    answer = CliRunner().invoke(app, ["check", "-"], input=json.dumps(checkup(weight_kg="秘密の値")))

    assert answer.exit_code == 1
    assert "秘密の値" not in answer.stdout


def test_an_event_type_that_the_source_has_not_is_answered_with_those_it_has() -> None:
    answer = CliRunner().invoke(app, ["example", "childcare", "childcare.closed"])

    assert isinstance(answer.exception, CannotDo)
    assert "childcare.use_changed" in str(answer.exception)


def test_a_file_is_read_from_where_the_caller_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "event.json").write_text(json.dumps(checkup()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(app, ["check", "event.json"]).exit_code == 0


@pytest.mark.parametrize("denied", ["123456789018 a", "要対協 山田"])
def test_an_id_that_holds_something_denied_is_told_to_nobody(denied: str) -> None:
    answer = CliRunner().invoke(app, ["check", "-"], input=json.dumps(checkup() | {"id": denied}))

    assert answer.exit_code == 1
    assert denied not in answer.stdout


@pytest.mark.parametrize("source", [["resident_registry"], {}, 7, None])
def test_a_source_that_is_no_text_is_refused_and_breaks_nothing(source: object) -> None:
    code, [told] = checked(json.dumps(checkup() | {"source": source}))

    assert code == 1
    assert told["errors"]


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["check", str(tmp_path / "nowhere.json")])

    assert isinstance(answer.exception, CannotDo)
    assert str(answer.exception) == f"no such file or directory: {tmp_path}/nowhere.json"
