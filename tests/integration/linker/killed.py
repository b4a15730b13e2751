"""`tsunagu linker bulk` with small parts, killed behind the third: for whoever looks at what is left."""

import os
import signal
from collections.abc import Sequence

from services.linker.bulk import commands, running
from services.linker.commands import app

PARTS = 3


class Killing(commands.Progress):
    """Kills the process that hears of so many parts."""

    def __init__(self) -> None:
        super().__init__()
        self._heard = 0

    def __call__(self, done: int, of: int) -> None:
        """Hear of a part that is written."""
        super().__call__(done, of)
        self._heard += 1
        if self._heard == PARTS:
            os.kill(os.getpid(), signal.SIGKILL)


def run(words: Sequence[str]) -> None:
    """Run the command until it is killed."""
    running.AT_ONCE = 20
    commands.Progress = Killing  # type: ignore[misc]
    app(list(words))
