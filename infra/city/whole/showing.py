"""What is seen while a city is loaded: events done, events per second, and how long it still takes."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

RATE_SECONDS = 60.0
"""The rate is that of the last minute."""

LINE_SECONDS = 30.0
"""Where nobody looks at a terminal, a line is printed so often instead."""


@dataclass(slots=True)
class Shown:
    """A bar in a terminal, lines in a pipe. Use as a context manager."""

    console: Console
    _progress: Progress | None = None
    _task: TaskID | None = None
    _seen: deque[tuple[float, int]] = field(default_factory=deque)
    _printed_at: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[figures]}"))
            self._progress = Progress(*columns, TimeElapsedColumn(), console=self.console)
            self._progress.start()
            self._task = self._progress.add_task("", total=None, figures="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def go_on(self, stage: str, done: int, total: int) -> None:
        """So many of about so many events are done."""
        now = time.monotonic()
        self._seen.append((now, done))
        while now - self._seen[0][0] > RATE_SECONDS:
            self._seen.popleft()
        figures = self.figures(done, total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=stage, completed=done, total=total, figures=figures)
        elif now - self._printed_at >= LINE_SECONDS:
            self._printed_at = now
            self.console.print(f"{stage}: {figures}")

    def figures(self, done: int, total: int) -> str:
        """Say it in words: 1,204,000 of 8,200,000 events, 3,050/s, 0:38:14 to go."""
        (since, before), (now, _) = self._seen[0], self._seen[-1]
        rate = (done - before) / (now - since) if now > since else 0.0
        said = f"{done:,} of {total:,} events, {rate:,.0f}/s"
        return f"{said}, {timedelta(seconds=round((total - done) / rate))} to go" if rate > 0 and total > done else said
