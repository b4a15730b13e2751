"""
`tsunagu scorer list` and `tsunagu scorer export …`: candidate lists of any day, and how one leaves the system.

On the terminal a list has ids and codes alone; a file is written for a purpose, after another person approved it.
"""

from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from contracts.values import Ward
from infra.local.root import CannotDo, Root
from infra.options import takes
from infra.printing import print_table
from infra.work import UnitOfWork
from services.scorer import exporting, lists, shown
from services.scorer.deciders import Decider
from services.scorer.domain.lists import Asked, text
from services.scorer.domain.standing import NotAllowed
from services.scorer.recalling import NotKept, check_days
from services.scorer.ruleset_commands import Person, asked, decided, person_of

T = TypeVar("T")
app = typer.Typer(help="Lists that leave the system: for a purpose, approved by another person, written once.", no_args_is_help=True)

AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day of the list; else today.")]
KnownAt = Annotated[
    datetime | None, typer.Option("--known-at", formats=["%Y-%m-%d"], help="As known at the end of that day; else of --as-of.")
]
OfWard = Annotated[Ward | None, typer.Option("--ward", help="One ward; else the city.")]
Named = Annotated[str | None, typer.Option("--ruleset", help="By that ruleset; else by the one that was in use.")]
_PURPOSE_MOST = 500


def list_candidates(root: Root, as_of: AsOf = None, known_at: KnownAt = None, ward: OfWard = None, ruleset: Named = None) -> None:
    """Print whom a ruleset lists: the same bytes for the same day, however much is told later. Who is shown is in the audit log before."""

    async def read(work: UnitOfWork) -> str:
        which = await _which(work, as_of, known_at, ward, ruleset)
        found = await lists.list_of(work.db, which, work.today)
        shown.keep_candidates(work, ward, (each.person_id for each in found), shown.OF_A_LIST)
        return text(which, found)

    print(asked(root, lambda work: or_say_why(read(work))), end="")


@app.command()
@takes(person=person_of)
def request(
    person: Person,
    *,
    purpose: Annotated[str, typer.Option(help="What it is for, in Japanese.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    ward: OfWard = None,
    ruleset: Named = None,
) -> None:
    """Ask for the export of a list."""
    if not purpose.strip() or len(purpose) > _PURPOSE_MOST:
        raise typer.BadParameter(f"1 to {_PURPOSE_MOST} characters", param_hint="--purpose")

    async def ask(work: UnitOfWork, who: Decider) -> UUID | NotAllowed:
        return await exporting.request(work, who, await or_say_why(_which(work, as_of, known_at, ward, ruleset)), purpose)

    export_id = decided(person, ask)
    print(f"asked for; another person approves it: tsunagu scorer export approve {export_id} --by LOGIN")


@app.command()
@takes(person=person_of)
def approve(export_id: UUID, person: Person) -> None:
    """Approve an export that another person asked for."""
    decided(person, lambda work, who: exporting.approve(work, who, export_id))
    print(f"approved: tsunagu scorer export write {export_id} --to FILE --by LOGIN")


@app.command()
@takes(person=person_of)
def write(export_id: UUID, person: Person, *, to: Annotated[Path, typer.Option(help="The file, which must not be there yet.")]) -> None:
    """Write an approved list to a file, once."""
    try:
        # Before anything is decided: a list is written once, and where it cannot be it is not.
        to.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise CannotDo(f"{to} is there already, or cannot be written") from error
    try:
        written = decided(person, lambda work, who: or_say_why(exporting.write(work, who, export_id)))
    except BaseException:
        to.unlink()
        raise
    to.write_text(str(written), encoding="utf-8")
    print(f"{to} is written; it is deleted when the purpose is reached")


@app.command("list")
def list_exports(root: Root) -> None:
    """Show every export that was asked for, the newest first."""
    found = asked(root, lambda work: exporting.exports(work.db))
    columns = ("id", "ruleset", "as of", "ward", "purpose", "asked for by", "approved by", "written", "sha256")
    rows = [
        (
            each.export_id,
            each.asked.ruleset,
            each.asked.as_of,
            each.asked.ward,
            each.purpose,
            each.requested_label,
            each.approved_label,
            each.written_at,
            each.sha256,
        )
        for each in found
    ]
    print_table(columns, rows)


async def _which(work: UnitOfWork, as_of: datetime | None, known_at: datetime | None, ward: Ward | None, ruleset: str | None) -> Asked:
    day = as_of.date() if as_of is not None else work.today
    known = known_at.date() if known_at is not None else day
    check_days(day, known, work.today)
    return await lists.asked_for(work.db, ruleset, day, known, ward)


async def or_say_why(question: Awaitable[T]) -> T:
    """Return the answer. Raises CannotDo where it is not kept."""
    try:
        return await question
    except NotKept as error:
        raise CannotDo(str(error)) from error
