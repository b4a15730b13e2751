"""Children that are recognised again."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.place import reachable
from infra.local.process import Account, Child

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


def child(folder: Path) -> Child:
    return Child("sleeper", process_file=folder / "sleeper.pid", log_file=folder / "log/sleeper.log")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited 10 s"
        time.sleep(0.02)


def test_a_child_is_recognised_by_another_owner(tmp_path: Path) -> None:
    started = child(tmp_path)
    started.spawn(["sleep", "60"], environment=ENVIRONMENT, folder=tmp_path)

    seen = child(tmp_path)

    assert started.pid == seen.pid is not None
    started.end(signal.SIGTERM, seconds=5)
    assert seen.pid is None


def test_another_process_with_the_same_id_is_not_taken_for_the_child(tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        (tmp_path / "sleeper.pid").write_text(f"{stranger.pid} 1\n")

        child(tmp_path).end(signal.SIGKILL, seconds=1)

        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("damaged", ["", "x", "1", "1 2 3", "-5 0"])
def test_a_damaged_process_file_means_that_nothing_runs(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "sleeper.pid").write_text(damaged)

    assert child(tmp_path).pid is None


def test_a_child_that_ignores_the_request_is_made_to_end(tmp_path: Path) -> None:
    stubborn = child(tmp_path)
    stubborn.spawn(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], environment=ENVIRONMENT, folder=tmp_path)
    wait_until(lambda: "ready" in stubborn.last_words())

    stubborn.end(signal.SIGTERM, seconds=0.2)

    assert stubborn.pid is None


def test_a_child_does_not_outlive_an_owner_that_was_killed(tmp_path: Path) -> None:
    owner = f"""
from pathlib import Path; import time
from infra.local.process import Child
Child("s", process_file=Path({str(tmp_path)!r}) / "sleeper.pid", log_file=Path({str(tmp_path)!r}) / "log/s.log").spawn(
    ["sleep", "60"], environment={ENVIRONMENT!r}, folder=Path("/"))
print("started", flush=True); time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        # Until the child itself runs: setpriv, which becomes it, has asked for the signal by then.
        wait_until(lambda: Path(f"/proc/{child(tmp_path).pid}/comm").read_text().strip() == "sleep")

        process.kill()

    wait_until(lambda: child(tmp_path).pid is None)


def test_the_last_lines_of_the_log_are_told(tmp_path: Path) -> None:
    talker = child(tmp_path)

    talker.spawn(["sh", "-c", "seq 1 40"], environment=ENVIRONMENT, folder=tmp_path)

    assert talker.wait(5)
    assert [str(number) for number in range(26, 41)] == talker.last_words().splitlines()


def test_a_closed_folder_is_not_reachable_for_another_account(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    assert not reachable(closed, Account(65_534, 65_534))
    assert reachable(closed, Account())
    assert reachable(Path("/usr"), Account(65_534, 65_534))
