"""Copies of the repository's folders, in which tests go by the recipes of CONTRIBUTING."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]


def copied(parts: tuple[str, ...], to: Path, *, leaving_out: tuple[str, ...] = ()) -> None:
    """
    Copy folders of the repository to `to`, without what is named `leaving_out` (patterns).

    What Python compiled goes with its module, whose time is kept: a program run in the copy compiles only what the test changes. A file
    that another process is just writing (`name.pyc.123`) stays behind.
    """
    for part in parts:
        shutil.copytree(ROOT / part, to / part, ignore=shutil.ignore_patterns("*.pyc.*", *leaving_out))
