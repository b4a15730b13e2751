"""`tsunagu linker bulk`: what it writes is what is decided record by record, also when it is killed and begins again."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from infra.city.linkage.writing import Wish, write
from infra.local.root import REPOSITORY
from services.linker.commands import app
from services.linker.domain.matching.decisions import Verdict
from services.linker.evaluation import measuring, tables
from tests.programs import by_itself

PEOPLE = 8_000


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write(Wish(PEOPLE, seed=5, corruption=0.3), folder, Console(file=io.StringIO()))
    return folder


@pytest.fixture(scope="module")
def whole(city: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of decisions that nothing disturbed."""
    to = tmp_path_factory.mktemp("whole") / "decisions.jsonl"
    assert CliRunner().invoke(app, words(city, to, "--processes", "1")).exit_code == 0
    return to.read_bytes()


def words(city: Path, to: Path, *more: str) -> list[str]:
    return ["bulk", "--register", str(city / "register.csv"), "--records", str(city / "records.csv"), "--to", str(to), *more]


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_file_says_of_each_record_what_an_evaluation_finds(city: Path, tmp_path: Path) -> None:
    to = tmp_path / "decisions.jsonl"

    done = by_itself("linker", *words(city, to, "--processes", "2", "--json"))

    assert done.returncode == 0, done.stderr
    head, *decisions, tail = told(to)
    register = measuring.load(tables.register(city / "register.csv"))
    entries = list(tables.records(city / "records.csv"))
    found = [(each.verdict, each.number or None, each.rule) for each in measuring.outcomes(register, entries, {})]
    assert [(each["decision"], each["person_no"], each["rule"]) for each in decisions] == found
    assert [each["record_id"] for each in decisions] == [entry.id for entry in entries]
    assert {each["decision"] for each in decisions} == set(Verdict)
    assert all(each["candidates"] for each in decisions if each["decision"] == "review")
    assert (head["model"], head["normaliser"]) == ("city-1", "normal-4")
    assert json.loads(done.stdout) == {name: count for name, count in tail.items() if name != "end"}

    assert by_itself("linker", *words(city, to)).returncode == 0
    assert told(to) == [head, *decisions, tail]


def test_killed_anywhere_it_goes_on_to_the_same_file_and_leaves_no_process(city: Path, whole: bytes, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"

    _killed_on_the_way(words(city, cut))

    written = cut.read_bytes()
    assert whole.startswith(written)
    assert 1 < written.count(b"\n") < whole.count(b"\n")
    for size in (len(written), len(written) - 7, 0):  # in the midst of a line, too
        cut.write_bytes(written[:size])
        assert by_itself("linker", *words(city, cut)).returncode == 0
        assert cut.read_bytes() == whole


def _killed_on_the_way(command: list[str]) -> None:
    """Run it by itself until the first of its processes is killed, behind a part that is written. Returns when the last one ended."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    program = [sys.executable, "-P", "-c", f"from tests.integration.linker.killed import run; run({command!r})"]
    # All of them have its output open: it ends with the last.
    done = subprocess.run(program, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL


def test_decisions_about_other_files_are_not_mixed_with_these(city: Path, tmp_path: Path) -> None:
    to = tmp_path / "decisions.jsonl"
    fewer = tmp_path / "records.csv"
    fewer.write_text("".join((city / "records.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:30]), encoding="utf-8")
    files = ["bulk", "--register", str(city / "register.csv"), "--to", str(to), "--processes", "1", "--records"]
    assert CliRunner().invoke(app, [*files, str(fewer)]).exit_code == 0
    before = to.read_bytes()

    refused = CliRunner().invoke(app, [*files, str(city / "records.csv")])

    assert refused.exit_code == 2
    assert "other files" in refused.output
    assert to.read_bytes() == before
    assert CliRunner().invoke(app, [*files, str(tmp_path / "nowhere.csv")]).exit_code == 2


def test_a_file_of_something_else_is_left_as_it_is(city: Path, tmp_path: Path) -> None:
    for content in (b"notes", b"notes\nof somebody\n"):
        to = tmp_path / "notes.txt"
        to.write_bytes(content)

        refused = CliRunner().invoke(app, words(city, to))

        assert refused.exit_code == 2
        assert to.read_bytes() == content
    for nowhere in (tmp_path / "nowhere" / "decisions.jsonl", Path("/dev/full")):
        assert CliRunner().invoke(app, words(city, nowhere)).exit_code == 2


def test_two_runs_never_write_one_file_at_once(city: Path, tmp_path: Path) -> None:
    to = tmp_path / "decisions.jsonl"
    held = [
        sys.executable,
        "-c",
        f"import fcntl; f = open({str(to)!r}, 'ab'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); input()",
    ]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

        refused = CliRunner().invoke(app, words(city, to))
        other.communicate("\n")

    assert (refused.exit_code, to.read_bytes()) == (2, b"")
    assert "another run" in refused.output


def test_it_goes_on_where_a_machine_without_power_left_something_that_cannot_be_read(city: Path, whole: bytes, tmp_path: Path) -> None:
    torn, lines = tmp_path / "torn.jsonl", whole.splitlines(keepends=True)
    torn.write_bytes(b"".join([*lines[:-40], b"\0" * 90 + b"\n", *lines[-39:-20]]))

    assert CliRunner().invoke(app, words(city, torn, "--processes", "1")).exit_code == 0
    assert torn.read_bytes() == whole
