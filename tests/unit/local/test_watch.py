"""The watch over the parts of the stack."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.process import Child, StartFailed
from infra.local.watch import Watch, Watched


class Part:
    """A part of the stack that only sleeps; its first starts can fail, or take until they are let go on."""

    def __init__(self, folder: Path, *, failures: int = 0, patience: float = 0.0) -> None:
        self.wanted = True
        self.patience = patience
        self.ails: str | None = None
        self.starts = 0
        self.looks = 0
        self.may_start = threading.Event()
        self.may_start.set()
        self.child = Child("part", process_file=folder / "part.pid", log_file=folder / "part.log")
        self._folder = folder
        self._failures = failures

    @property
    def pid(self) -> int | None:
        return self.child.pid

    def trouble(self) -> str | None:
        self.looks += 1
        return self.ails

    def start_again(self) -> None:
        self.starts += 1
        while self.wanted and not self.may_start.wait(0.02):
            pass
        if self._failures:
            self._failures -= 1
            raise StartFailed("not now")
        if self.wanted:
            self.child.end(signal.SIGKILL, seconds=5)
            self.child.spawn(["sleep", "60"], environment={"PATH": "/usr/bin:/bin"}, folder=self._folder)


@contextmanager
def watched(folder: Path, **parts: Part) -> Iterator[Watch]:
    known: dict[str, Watched] = dict(parts)
    watch = Watch(known, folder / "watch.log", look_seconds=0.05)
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
        for part in parts.values():
            part.child.end(signal.SIGKILL, seconds=5)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited 10 s"
        time.sleep(0.02)


def test_a_crashed_part_is_started_again(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.start_again()
    before = part.pid

    with watched(tmp_path, part=part):
        part.child.send(signal.SIGKILL)

        wait_until(lambda: part.pid not in {None, before})
    assert "part is not running" in (tmp_path / "watch.log").read_text()


def test_a_part_that_does_not_start_is_tried_again(tmp_path: Path) -> None:
    part = Part(tmp_path, failures=2)

    with watched(tmp_path, part=part):
        wait_until(lambda: part.pid is not None)

    assert (tmp_path / "watch.log").read_text().count("did not start: not now") == 2


def test_a_part_that_is_not_wanted_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "idle").mkdir()
    (tmp_path / "busy").mkdir()
    idle, busy = Part(tmp_path / "idle"), Part(tmp_path / "busy")
    idle.wanted = False

    with watched(tmp_path, idle=idle, busy=busy):
        wait_until(lambda: busy.pid is not None)

        assert idle.pid is None


def test_a_part_that_is_slow_to_come_back_keeps_no_other_waiting(tmp_path: Path) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "other").mkdir()
    slow, other = Part(tmp_path / "slow"), Part(tmp_path / "other")
    slow.may_start.clear()

    with watched(tmp_path, slow=slow, other=other):
        wait_until(lambda: slow.starts == 1)
        wait_until(lambda: other.pid is not None)
        other.child.send(signal.SIGKILL)

        wait_until(lambda: other.starts == 2)
        assert slow.pid is None


def test_a_part_that_runs_without_serving_is_started_again_once_patience_is_over(tmp_path: Path) -> None:
    part = Part(tmp_path, patience=0.2)
    part.start_again()
    before = part.pid

    with watched(tmp_path, part=part):
        part.ails = "has queues without a leader"

        wait_until(lambda: part.pid not in {None, before})
        part.ails = None
    assert "part runs, but has queues without a leader; starting it again" in (tmp_path / "watch.log").read_text()


def test_trouble_that_passes_before_patience_is_over_starts_nothing(tmp_path: Path) -> None:
    part = Part(tmp_path, patience=60)
    part.start_again()

    with watched(tmp_path, part=part):
        part.ails = "does not answer"
        wait_until(lambda: part.looks > 5)

        assert part.starts == 1


def test_a_part_that_a_new_start_does_not_mend_is_started_ever_less_often(tmp_path: Path) -> None:
    part = Part(tmp_path, patience=0.25)
    part.start_again()
    part.ails = "has queues without a leader"
    began = time.monotonic()

    with watched(tmp_path, part=part):
        wait_until(lambda: part.starts == 4)

    assert time.monotonic() - began > 0.25 * (1 + 2 + 4)


def test_the_end_of_the_watch_waits_for_no_start(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.may_start.clear()

    with watched(tmp_path, part=part) as watch:
        wait_until(lambda: part.starts == 1)
        began = time.monotonic()
        watch.stop()

        assert time.monotonic() - began < 5
        assert part.pid is None


def test_whatever_a_look_comes_to_the_watch_goes_on(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.start_again()

    def broken() -> str | None:
        raise OSError("too many open files")

    part.trouble = broken  # type: ignore[method-assign]
    with watched(tmp_path, part=part):
        wait_until((tmp_path / "watch.log").exists)
        part.child.send(signal.SIGKILL)

        wait_until(lambda: part.starts == 2)
