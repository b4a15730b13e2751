"""The offline verification as one file for another machine: the very modules that run here, in a zip that Python runs."""

import ast
import zipfile
from pathlib import Path

ENTRANCE = "services.audit.offline.command"
BESIDE = "cryptography"
"""What the file needs besides Python's own library."""

_SOURCES = Path(__file__).resolve().parents[3]
_OURS = ("contracts", "services")
_MAIN = f"""import sys

from {ENTRANCE} import main

sys.exit(main(sys.argv[1:], "tsunagu-audit-verify"))
"""
_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the same modules make the same file, byte for byte."""


def pack(file: Path) -> None:
    """Write the verifier to `file`."""
    parts = {f"{path}": source for path, source in sorted(_modules().items())} | {"__main__.py": _MAIN}
    with file.open("wb") as out:
        out.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, source in parts.items():
                archive.writestr(zipfile.ZipInfo(path, _ALWAYS), source)
    file.chmod(0o755)


def _modules() -> dict[str, str]:
    """The source of every module of ours that the entrance needs, by its path."""
    found: dict[str, str] = {}
    waiting = [ENTRANCE]
    while waiting:
        name = waiting.pop()
        file = _file_of(name)
        path = str(file.relative_to(_SOURCES)) if file is not None else ""
        if file is None or path in found:
            continue
        found[path] = file.read_text(encoding="utf-8")
        parents = name.split(".")
        waiting += [".".join(parents[:length]) for length in range(1, len(parents))]
        waiting += _imports(found[path])
    return found


def _imports(source: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            # What is imported from a package may be a module of it.
            names += [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return [name for name in names if name.split(".")[0] in _OURS]


def _file_of(name: str) -> Path | None:
    base = _SOURCES.joinpath(*name.split("."))
    return next((file for file in (base / "__init__.py", base.with_suffix(".py")) if file.is_file()), None)
