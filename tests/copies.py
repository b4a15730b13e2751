"""Copies of the repository's folders, in which tests go by the recipes of CONTRIBUTING."""

import os
import shutil
import subprocess
import sys
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


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, with the copy's modules."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=240)


def outcome_of(copy: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy. Of pytest's plugins those are there by which tests are written: the others take as long to import as pytest."""
    plugins = ("pytest_asyncio.plugin", "pytest_timeout", "no:cacheprovider")
    return run(copy, "-m", "pytest", "-q", *(word for plugin in plugins for word in ("-p", plugin)), *tests)
