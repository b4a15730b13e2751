"""What keeps a stack from starting is named before it is tried, with what to do."""

import json
import os
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra import command_line
from infra.local import doctor, packages, place
from infra.local.doctor import Finding, State, findings
from infra.local.packages import Need
from infra.local.secrets import Secrets


def named(found: list[Finding], what: str) -> Finding:
    return next(each for each in found if each.what == what)


@pytest.fixture
def _nothing_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_can_install", lambda: False)


def test_a_machine_that_can_run_a_stack_is_told_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command_line.app, ["doctor", "--root", str(tmp_path / "new")])

    assert answer.exit_code == 0
    assert answer.stdout.endswith("A stack can start.\n")
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("_nothing_installs")
def test_a_missing_server_is_named_with_the_command_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "SERVERS", (Need("rabbitmq-server", "the message broker", "/nowhere/rabbitmq-server"),))

    found = named(findings(tmp_path), "rabbitmq-server")

    assert found.state is State.BAD
    assert found.how == "missing: the message broker"
    assert found.do == "as root: apt-get install --no-install-recommends rabbitmq-server"


@pytest.mark.usefixtures("_nothing_installs")
def test_what_only_the_tests_need_keeps_no_stack_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "TESTS", (Need("chromium", "tests in a browser", "/nowhere/chromium"),))

    assert named(findings(tmp_path), "chromium").state is State.DOUBTFUL


def test_an_old_server_is_named_with_the_oldest_that_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "13/bin").mkdir(parents=True)
    monkeypatch.setattr(doctor, "programs", lambda: tmp_path / "13/bin")

    found = named(findings(tmp_path), "PostgreSQL")

    assert (found.state, found.how) == (State.BAD, "13 is too old")
    assert "PostgreSQL 15 or newer" in found.do


def test_a_full_disk_is_bad_and_says_how_much_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = os.statvfs(tmp_path)
    monkeypatch.setattr(place, "ROOM", disk.f_bavail * disk.f_frsize + 10**12)

    answer = CliRunner().invoke(command_line.app, ["doctor", "--root", str(tmp_path), "--json"])

    told = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert told["can_start"] is False
    assert next(each["how"] for each in told["findings"] if each["what"] == "disk").endswith("please make room")


def test_a_file_in_the_place_of_the_folder_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine", encoding="utf-8")

    assert named(findings(tmp_path / "data"), "data folder").state is State.BAD


def test_a_taken_port_of_a_stopped_stack_is_named(tmp_path: Path) -> None:
    Secrets.kept_in(tmp_path / "secrets")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        told = {"first_port": taken, "partitions": 1, "services": []}
        (tmp_path / "stack.json").write_text(json.dumps(told), encoding="utf-8")

        found = named(findings(tmp_path), "ports")

    assert found.state is State.DOUBTFUL
    assert f"{taken} (PostgreSQL)" in found.how
