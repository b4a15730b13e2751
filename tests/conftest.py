"""Fixtures for all tests: they start the servers that they need, on ports of their own."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

from infra.testing.fixtures import clock, database, postgres, template
from infra.testing.memory import folder_in_memory
from tests.dealing import Dealer, turn

# How long an example takes measures the machine and whatever else it does meanwhile.
settings.register_profile("tsunagu", deadline=None)
settings.load_profile("tsunagu")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Dealer | None:
    """Deal out files to several processes."""
    return Dealer(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest first where several processes share the work."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: turn(item.nodeid))


def pytest_configure(config: pytest.Config) -> None:
    """
    Let the whole suite write into memory: whoever deals out tests makes the folder, for all.

    Where one process runs some tests, what they leave stays on disk, to be looked at.
    """
    deals_out = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if deals_out and (folder := folder_in_memory()):
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are imported and collected: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:  # noqa: ARG001 (pytest's name)
    """Take what was imported and collected out of every later collection of garbage: it stays until the end."""
    gc.freeze()


__all__ = ["clock", "database", "postgres", "template"]
