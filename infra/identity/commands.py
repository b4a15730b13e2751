"""Staff on the command line: for a demonstration, whose passwords and secrets lie in a file of the person who runs it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from infra.identity import credentials
from infra.identity.demonstration import Credential, read_credentials
from infra.local.root import DEMO_ROOT, UP_ROOT, CannotDo, Root
from infra.printing import Json, print_json, print_table

app = typer.Typer(help="The people of a demonstration.", no_args_is_help=True)
StaffFile = Annotated[
    Path | None,
    typer.Option("--file", envvar="TSUNAGU_STAFF_FILE", help="The staff's passwords and secrets. Default: those in the data folder."),
]


@app.command()
def code(login: Annotated[str, typer.Argument(help="e.g. hakata.clerk")], root: Root, file: StaffFile = None) -> None:
    """Print the one-time code of this moment, as the person's telephone would show it."""
    known = {each.login: each for each in _read(root, file)}
    if login not in known:
        raise CannotDo(f"there is no login {login}; there are:\n  " + "\n  ".join(known))
    print(credentials.code_at(known[login].totp_secret, datetime.now(UTC)))


@app.command()
def staff(root: Root, file: StaffFile = None, *, as_json: Json = False) -> None:
    """List everybody with password. One-time codes come from `tsunagu code LOGIN`."""
    known = _read(root, file)
    if as_json:
        print_json([{"login": each.login, "password": each.password, "name": each.name, "place": each.place} for each in known])
        return
    print_table(("login", "password", "name", "place"), [(each.login, each.password, each.name, each.place) for each in known])


def _read(root: Path, file: Path | None) -> list[Credential]:
    # A stack of `tsunagu up` has no invented staff; who asks then means the demonstration's.
    folders = (root, DEMO_ROOT) if root == UP_ROOT else (root,)
    kept = [file] if file is not None else [folder / "secrets/staff.json" for folder in folders]
    try:
        return read_credentials(next((each for each in kept if each.is_file()), kept[0]))
    except FileNotFoundError:
        raise CannotDo(f"{kept[0]} is not there; `./tsunagu demo` makes it") from None
