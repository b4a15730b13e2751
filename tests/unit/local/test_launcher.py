"""Which Python the launcher makes its environment with."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

LAUNCHER = (Path(__file__).parents[3] / "tsunagu").read_text(encoding="utf-8")
FUNCTIONS = re.search(r"^is_recent\(\).*?(?=^# Debian keeps)", LAUNCHER, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for Pythons, and a distribution's that is none of them."""
    return tmp_path


def python(folder: Path, name: str, *lacks: str) -> str:
    """Put a Python there that is a real one, but for what it lacks: recent, optimised or ensurepip."""
    words = {"recent": "version_info", "optimised": "CONFIG_ARGS", "ensurepip": "ensurepip"}
    refusals = "".join(f'case "$2" in *{words[each]}*) exit 1;; esac\n' for each in lacks)
    granted = "".join(f'case "$2" in *{word}*) exit 0;; esac\n' for each, word in words.items() if each not in lacks)
    file = folder / name
    file.write_text(f'#!/bin/bash\n{refusals}{granted}exec {sys.executable} "$@"\n', encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def chosen(folder: Path) -> str:
    assert FUNCTIONS is not None
    # The machine's own Pythons are left out: they are what differs from one machine to the next.
    functions = FUNCTIONS[0].replace(" /usr/bin/python3;", f" {folder}/distribution;")
    script = f"set -euo pipefail\n{functions}\nchosen_python || echo none"
    done = subprocess.run(
        ["/bin/bash", "-c", script], env={**os.environ, "PATH": str(folder)}, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_an_optimised_python_is_preferred_wherever_it_stands(folder: Path) -> None:
    python(folder, "python3", "optimised")
    distributed = python(folder, "distribution")

    assert chosen(folder) == distributed


def test_the_first_optimised_one_is_taken(folder: Path) -> None:
    first = python(folder, "python3")
    python(folder, "distribution")

    assert chosen(folder) == first


def test_one_that_can_make_environments_is_preferred_to_an_optimised_one_that_cannot(folder: Path) -> None:
    able = python(folder, "python3.13", "optimised")
    python(folder, "distribution", "ensurepip")

    assert chosen(folder) == able


def test_without_any_that_can_the_first_recent_one_is_taken_and_its_package_installed(folder: Path) -> None:
    python(folder, "python3", "recent")
    recent = python(folder, "python3.12", "ensurepip")

    assert chosen(folder) == recent


def test_an_old_python_alone_is_none(folder: Path) -> None:
    python(folder, "python3", "recent")

    assert chosen(folder) == "none"
