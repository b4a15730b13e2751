"""The tables of weights, a file each. One that was ever in use is not changed: a decision names the version that it rests on."""

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from services.linker.domain.matching.weighing import Model, model_of


class NoSuchModel(Exception):
    """There is no table of weights of that name."""


def load(source: Traversable | Path) -> Model:
    """Read a table of weights. Raises `ModelIncomplete` where a field or a level is missing."""
    return model_of(tomllib.loads(source.read_text(encoding="utf-8")))


def named(version: str) -> Model:
    """Return a model of this folder. Raises `NoSuchModel`."""
    source = files(__package__) / f"{version}.toml"
    if not source.is_file():
        raise NoSuchModel(f"there is no model {version!r}")
    return load(source)


IN_USE = named("city-1")
"""What the city links by."""
