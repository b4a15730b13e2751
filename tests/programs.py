"""Commands in a process of their own."""

import subprocess
import sys

from infra.local.root import REPOSITORY


def by_itself(*words: str) -> subprocess.CompletedProcess[str]:
    """
    Run `tsunagu` in a process of its own: so must what forks.

    A fork of a process with threads, as a test run's is, may wait for ever for what a thread held that is not there.
    """
    command = [sys.executable, "-m", "infra", *words]
    return subprocess.run(command, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120)
