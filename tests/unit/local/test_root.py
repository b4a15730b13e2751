"""Which data folder a command means, and what it says where that is of no use."""

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from contracts.values import ServiceName
from infra import command_line
from infra.dead_letters import commands as dead_letters
from infra.identity import commands as identity
from infra.local import root as roots
from infra.local.access import NoStack
from infra.local.root import CannotDo, NotRunning, SettingsMissing, found_root, reaching, settings_of
from infra.local.secrets import Secrets, write_service_files
from infra.local.stack import NotADataFolder, Stack, StackBusy
from infra.parking import commands as parking
from infra.settings import Settings
from services.casework import commands as casework
from services.ingest import commands as ingest
from services.linker import commands as linker
from services.scorer import commands as scorer

PERSON = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set first, so that what a command sets is taken back too.
    for name in ("ROOT", "SECRETS_DIR", "DATABASE_URL", "BROKER_URL", "STAFF_FILE", "CLOCK_FILE", "PARTITIONS", "SIGNER_STATE"):
        monkeypatch.setenv(f"TSUNAGU_{name}", "")
        monkeypatch.delenv(f"TSUNAGU_{name}")


def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def started(root: Path) -> Path:
    """Make what a start leaves behind; nothing runs."""
    root.mkdir(parents=True, exist_ok=True)
    secrets = Secrets.kept_in(root / "secrets")
    port = closed_port()
    for name in ServiceName:
        write_service_files(root / "secrets", secrets, name, postgres=f"127.0.0.1:{port}", rabbitmq="127.0.0.1:1")
    told = {"first_port": port, "partitions": 3, "services": [*ServiceName]}
    (root / "stack.json").write_text(json.dumps(told), encoding="utf-8")
    (root / "lock").write_text("1\n", encoding="ascii")
    return root


@contextmanager
def runs(root: Path) -> Iterator[None]:
    with (root / "lock").open("r+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- which folder ---


def test_with_nothing_started_a_command_means_the_folder_of_up(tmp_path: Path) -> None:
    assert found_root(tmp_path, tmp_path / "demo") == tmp_path


def test_a_stack_that_was_started_by_hand_is_found_where_there_is_no_demonstration(tmp_path: Path) -> None:
    started(tmp_path)

    assert found_root(tmp_path, tmp_path / "demo") == tmp_path


def test_the_demonstration_is_found_while_nothing_started_by_hand_runs(tmp_path: Path) -> None:
    started(tmp_path)
    demo = started(tmp_path / "demo")

    with runs(demo):
        assert found_root(tmp_path, demo) == demo


def test_a_running_stack_that_was_started_by_hand_goes_before_the_demonstration(tmp_path: Path) -> None:
    started(tmp_path)
    demo = started(tmp_path / "demo")

    with runs(tmp_path):
        assert found_root(tmp_path, demo) == tmp_path


def test_after_it_was_stopped_a_command_means_the_stack_that_ran_last(tmp_path: Path) -> None:
    demo, up = started(tmp_path / "demo"), started(tmp_path)

    for folder, seconds in ((demo, 100), (up, 200)):
        os.utime(folder / "stack.json", (seconds, seconds))
    assert found_root(up, demo) == up

    os.utime(demo / "stack.json", (300, 300))
    assert found_root(up, demo) == demo


def test_the_current_directory_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(tmp_path / ".tsunagu")
    monkeypatch.chdir(tmp_path)

    assert roots.REPOSITORY in found_root().parents


def test_every_command_takes_the_root_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSUNAGU_ROOT", str(tmp_path / "elsewhere"))

    for app, words in (
        (command_line.app, ["status"]),
        (parking.app, ["list", "linker"]),
        (dead_letters.app, ["list", "linker"]),
        (ingest.app, ["figures"]),
        (linker.app, ["waiting"]),
        (scorer.app, ["explain", PERSON]),
        (casework.app, ["figures"]),
    ):
        answer = CliRunner().invoke(app, words)

        assert isinstance(answer.exception, NoStack), words
        assert str(tmp_path / "elsewhere") in str(answer.exception)


def test_down_says_where_nothing_runs(tmp_path: Path) -> None:
    answer = CliRunner().invoke(command_line.app, ["down", "--root", str(tmp_path)])

    assert answer.stdout == f"Nothing runs in {tmp_path}.\n"


# --- what is said where it is of no use ---


def test_every_command_says_how_to_start_a_stopped_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started(tmp_path)

    for app, words in (
        (parking.app, ["list", "linker"]),
        (ingest.app, ["refused"]),
        (linker.app, ["waiting"]),
        (scorer.app, ["explain", PERSON]),
        (casework.app, ["figures"]),
    ):
        monkeypatch.delenv("TSUNAGU_SECRETS_DIR", raising=False)
        answer = CliRunner().invoke(app, [*words, "--root", str(tmp_path)])

        assert isinstance(answer.exception, NotRunning), (words, answer.exception)
        assert str(answer.exception) == f"the stack in {tmp_path} is not running; start it with ./tsunagu up --root {tmp_path}"


def test_a_database_of_another_stack_at_the_same_port_is_not_this_one(tmp_path: Path) -> None:
    with pytest.raises(NotRunning), reaching(tmp_path):
        raise asyncpg.InvalidPasswordError


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TSUNAGU_DATABASE_URL", "postgresql://linker@127.0.0.1/tsunagu")

    with pytest.raises(SettingsMissing, match="TSUNAGU_BROKER_URL, TSUNAGU_IDENTIFIER_KEY, TSUNAGU_PARKING_KEY;"):
        settings_of(Settings, tmp_path, ServiceName.LINKER)


def test_an_error_for_people_is_one_line_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["tsunagu", "status", "--root", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        command_line.main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == f"tsunagu: no stack was started in {tmp_path}\n"


def test_a_login_that_nobody_has_is_answered_with_those_there_are(tmp_path: Path) -> None:
    file = tmp_path / "staff.json"
    file.write_text("[]", encoding="utf-8")

    answer = CliRunner().invoke(identity.app, ["code", "nobody", "--file", str(file)])

    assert isinstance(answer.exception, CannotDo)
    assert str(answer.exception).startswith("there is no login nobody; ")


def test_a_folder_without_invented_staff_is_not_answered_with_another_folders(tmp_path: Path) -> None:
    answer = CliRunner().invoke(identity.app, ["code", "hakata.clerk", "--root", str(tmp_path)])

    assert isinstance(answer.exception, CannotDo)
    assert str(tmp_path / "secrets/staff.json") in str(answer.exception)


def test_what_the_machine_refuses_is_said_without_an_error_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(_root: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "lock"))

    monkeypatch.setattr("infra.local.stack.owner_of", refused)
    monkeypatch.setattr("sys.argv", ["tsunagu", "down", "--root", str(tmp_path)])

    with pytest.raises(SystemExit):
        command_line.main()

    assert capsys.readouterr().err == f"tsunagu: permission denied: {tmp_path}/lock\n"


def words_of(app: typer.Typer) -> set[str]:
    return set(get_command(app).commands)  # type: ignore[attr-defined] # a group


def test_whoever_names_a_command_waits_for_its_modules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = typer.Typer()
    monkeypatch.setattr(command_line, "app", whole)
    command_line._add_others("")
    found: dict[str, set[str]] = {}

    for word in words_of(whole):
        app = typer.Typer()
        monkeypatch.setattr(command_line, "app", app)
        command_line._add_others(word)
        found[word] = words_of(app)

    assert {word for word, there in found.items() if word not in there} == set()
    assert found["linker"] == {"linker"}
    assert found["code"] == {"code", "staff"}
    assert "linker" not in found["demo"]


def test_a_word_that_nobody_knows_is_looked_for_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    app = typer.Typer()
    monkeypatch.setattr(command_line, "app", app)

    command_line._add_others("nonsense")

    assert {"parked", "dead", "source", "media", "code", "demo", *ServiceName} <= words_of(app)


def test_the_version_is_the_projects() -> None:
    answer = CliRunner().invoke(command_line.app, ["--version"])

    version = tomllib.loads((roots.REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert answer.exit_code == 0
    assert answer.stdout.startswith(f"tsunagu {version} ")


def test_help_in_a_pipe_is_whole_and_without_drawings() -> None:
    done = subprocess.run([sys.executable, "-m", "infra", "--help"], cwd=roots.REPOSITORY, capture_output=True, text=True, check=True)

    assert not any(line.endswith("...") for line in done.stdout.splitlines()[1:])
    assert not any("─" <= character <= "╿" for character in done.stdout)


# --- clearing a folder ---


def test_a_stopped_stacks_folder_is_deleted_after_asking(tmp_path: Path) -> None:
    folder = started(tmp_path / "stack")

    kept = CliRunner().invoke(command_line.app, ["clean", "--root", str(folder)], input="n\n")
    assert (kept.exit_code, folder.exists()) == (1, True)

    gone = CliRunner().invoke(command_line.app, ["clean", "--root", str(folder)], input="y\n")
    assert (gone.exit_code, folder.exists()) == (0, False)
    assert f"Deleted {folder} (" in gone.stdout


def test_a_folder_that_is_not_ours_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"a picture")

    answer = CliRunner().invoke(command_line.app, ["clean", "--root", str(tmp_path), "--yes"])

    assert isinstance(answer.exception, CannotDo)
    assert (tmp_path / "photo.jpg").exists()


def test_a_running_stacks_folder_is_not_deleted(tmp_path: Path) -> None:
    started(tmp_path)

    with runs(tmp_path):
        answer = CliRunner().invoke(command_line.app, ["clean", "--root", str(tmp_path), "--yes"])

    assert isinstance(answer.exception, StackBusy)
    assert (tmp_path / "stack.json").exists()


def test_a_folder_that_is_not_ours_is_never_cleared(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/child.jpg").write_bytes(b"a picture")

    with pytest.raises(NotADataFolder, match="is not a data folder of Tsunagu; nothing was deleted"):
        Stack(tmp_path).clear()

    assert [each.name for each in tmp_path.iterdir()] == ["photos"]
    assert (tmp_path / "photos/child.jpg").exists()


def test_a_citys_own_duty_list_makes_no_folder_ours(tmp_path: Path) -> None:
    (tmp_path / "duty.csv").touch()

    with pytest.raises(NotADataFolder):
        Stack(tmp_path).clear()

    assert (tmp_path / "duty.csv").exists()


@pytest.mark.parametrize("name", ["secrets", "stack.json", "lock"])
def test_a_name_alone_makes_no_folder_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}", encoding="utf-8")
    (tmp_path / "mine").write_text("mine", encoding="utf-8")

    with pytest.raises(NotADataFolder):
        Stack(tmp_path).clear()

    assert {each.name for each in tmp_path.iterdir()} == {name, "mine"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(NotADataFolder):
        Stack(tmp_path / "file").clear()

    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_absent_or_empty_or_ours_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ours = started(tmp_path / "ours")
    broken_off = started(tmp_path / "broken off")
    (broken_off / "stack.json").unlink()
    demonstrations = [tmp_path / "a demonstration without room", tmp_path / "without packages"]
    for folder, names in zip(demonstrations, (("clock.json", "duty.csv", "lock"), ("clock.json", "duty.csv")), strict=True):
        folder.mkdir()
        for name in names:
            (folder / name).touch()

    for folder in (tmp_path / "absent", tmp_path / "empty", ours, broken_off, *demonstrations):
        Stack(folder).clear()

        assert not folder.exists()


def test_the_hint_at_a_running_stack_names_its_folder(tmp_path: Path) -> None:
    started(tmp_path)

    with runs(tmp_path), pytest.raises(StackBusy, match=f"tsunagu down --root {tmp_path}"):
        Stack(tmp_path).clear()
