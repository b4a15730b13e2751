"""The watch over the parts of the stack."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.process import Child, StartFailed
from infra.local.service_process import Watch, Watched


class Part:
    """A part of the stack that only sleeps; its first starts can fail."""

    def __init__(self, folder: Path, *, failures: int = 0) -> None:
        self.wanted = True
        self.child = Child("part", process_file=folder / "part.pid", log_file=folder / "part.log")
        self._folder = folder
        self._failures = failures

    @property
    def pid(self) -> int | None:
        return self.child.pid

    def start(self) -> None:
        if self._failures:
            self._failures -= 1
            raise StartFailed("not now")
        self.child.spawn(["sleep", "60"], environment={"PATH": "/usr/bin:/bin"}, folder=self._folder)


@contextmanager
def watched(part: Part, folder: Path) -> Iterator[None]:
    parts: dict[str, Watched] = {"part": part}
    watch = Watch(parts, folder / "watch.log")
    watch.start()
    try:
        yield
    finally:
        watch.stop()
        part.child.end(signal.SIGKILL, seconds=5)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited 10 s"
        time.sleep(0.02)


def test_a_crashed_part_is_started_again(tmp_path: Path) -> None:
    part = Part(tmp_path)
    part.start()
    before = part.pid

    with watched(part, tmp_path):
        part.child.send(signal.SIGKILL)

        wait_until(lambda: part.pid not in {None, before})
    assert "part is not running" in (tmp_path / "watch.log").read_text()


def test_a_part_that_does_not_start_is_tried_again(tmp_path: Path) -> None:
    part = Part(tmp_path, failures=2)

    with watched(part, tmp_path):
        wait_until(lambda: part.pid is not None)

    assert (tmp_path / "watch.log").read_text().count("did not start: not now") == 2


def test_a_part_that_is_not_wanted_is_left_alone(tmp_path: Path) -> None:
    idle, busy = Part(tmp_path / "idle"), Part(tmp_path / "busy")
    idle.wanted = False
    (tmp_path / "busy").mkdir()

    watch = Watch({"idle": idle, "busy": busy}, tmp_path / "watch.log")
    watch.start()
    wait_until(lambda: busy.pid is not None)
    watch.stop()

    assert idle.pid is None
    busy.child.end(signal.SIGKILL, seconds=5)
