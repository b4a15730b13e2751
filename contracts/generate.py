"""
`python -m contracts.generate`: writes `kinds.py`, `facts.py`, JSON Schemas, AsyncAPI and OpenAPI from the contract. All are committed.

`--check` writes nothing and fails if a committed file is not what the contract says today. `--golden FOLDER` also moves the
kept versions (`tests/golden/`) forward: it adds new messages and additive changes, and refuses a breaking one.
"""

import sys
from pathlib import Path

from contracts.kinds_text import kinds_text

KINDS_FILE = Path(__file__).parent / "kinds.py"


def main(arguments: list[str]) -> None:
    """The command."""
    kinds = kinds_text()
    is_current = KINDS_FILE.exists() and KINDS_FILE.read_text(encoding="utf-8") == kinds
    if "--check" in arguments:
        if not is_current:
            sys.exit("Not current (run `python -m contracts.generate`): kinds.py")
        _check()
        return
    if not is_current:
        KINDS_FILE.write_text(kinds, encoding="utf-8")
    _write(arguments)


# Everything else imports the kinds, and a new source is no kind until they are written: hence the late imports.


def _check() -> None:
    from contracts.generated import FOLDER, stale

    if found := stale():
        sys.exit("Not current (run `python -m contracts.generate`): " + ", ".join(str(path.relative_to(FOLDER)) for path in found))


def _write(arguments: list[str]) -> None:
    from contracts.generated import keep, write

    if "--golden" in arguments:
        keep(Path(arguments[arguments.index("--golden") + 1]))
    write()


if __name__ == "__main__":
    main(sys.argv[1:])
