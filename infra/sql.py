"""SQL is SQL: named statements in a file beside the code that runs them."""

import re
from pathlib import Path

_INCLUDE = re.compile(r"^-- include: (\S+)\s*$", re.MULTILINE)
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


class Queries:
    """The statements of one file, as attributes."""

    def __init__(self, statements: dict[str, str], origin: Path) -> None:
        self._statements = statements
        self.origin = origin

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the statements, in the order of the file."""
        return tuple(self._statements)

    def __getattr__(self, name: str) -> str:
        """Return the statement called `name`."""
        try:
            return self._statements[name]
        except KeyError:
            raise AttributeError(f"{self.origin} has no statement '{name}'") from None


def queries(beside: str, file: str = "queries.sql") -> Queries:
    """
    Load the statements of `file` beside the module `beside` (its `__file__`). Raises ValueError on a name given twice.

    A line `-- include: ../part.sql` stands for the text of that file: two statements that must count alike have one part in common.
    """
    path = Path(beside).with_name(file)
    parts = _NAME.split(_whole(path))
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path} names a statement twice")
    return Queries({name: body.strip() for name, body in zip(names, bodies, strict=True)}, path)


def _whole(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return _INCLUDE.sub(lambda named: _whole(path.parent / named[1]).strip(), text)
