"""Adapter files, loaded and checked: those that came with ingest as examples, or an operator's own folder."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from contracts.values import Source
from services.ingest.domain.extracts.adapter import Adapter, AdapterWrong, adapter_of

EXAMPLES = Path(__file__).parent / "examples"
"""One for every source and event type that comes over the network, with an example of a file beside each. All data are invented."""


def load(file: Path, *, by_media: bool = False) -> Adapter:
    """One adapter; `by_media` is set for files that are carried (ACQ-03). Raises AdapterWrong, naming file and key."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise AdapterWrong(file.name, [("file", error.strerror or "cannot be read")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AdapterWrong(file.name, [("file", str(error))]) from None
    return adapter_of(told, file.name, by_media=by_media)


def load_all(folder: Path) -> tuple[Adapter, ...]:
    """Every adapter of a folder. Raises AdapterWrong for the first that is wrong, or where two take files of one name."""
    found = {file.name: load(file) for file in sorted(folder.glob("*.toml"))}
    names: dict[tuple[Source, str], str] = {}
    for name, adapter in found.items():
        other = names.setdefault((adapter.source, adapter.file), name)
        if other != name:
            raise AdapterWrong(name, [("file", f"{other} takes files of this name too")])
    return tuple(found.values())


def taking(adapters: Iterable[Adapter], source: Source, file_name: str) -> Adapter | None:
    """The adapter of a source that takes a file by its name."""
    return next((each for each in adapters if each.source is source and each.date_in(file_name) is not None), None)
