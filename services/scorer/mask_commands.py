"""
`tsunagu scorer mask …`: masked datasets for the analysis body, from the request to the evidence of deletion (MASK-01 to 03, S20).

Who decides is a registered person, who shows the one-time code of the moment. What the analysis body says is taken down with the number of
its letter.
"""

import secrets
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from infra.local.deciding import code_of
from infra.local.root import CannotDo, Root
from infra.options import takes
from infra.printing import Json, print_json, print_table
from infra.work import UnitOfWork
from services.scorer.deciders import Decider
from services.scorer.domain.masking.anonymity import KEY_BYTES
from services.scorer.domain.masking.attack import Dataset, Findings
from services.scorer.domain.masking.course import DAYS_TO_ASK, Step
from services.scorer.domain.standing import NotAllowed
from services.scorer.list_commands import AsOf, KnownAt, or_say_why
from services.scorer.masking import files, steps
from services.scorer.masking.steps import Kept, Provided
from services.scorer.recalling import NotKept, check_days
from services.scorer.ruleset_commands import Person, asked, decided, person_of

app = typer.Typer(
    help="Masked datasets for the analysis body: asked for, approved by another person, given, deleted.", no_args_is_help=True
)

Letter = Annotated[str, typer.Option("--letter", help="The number of the analysis body's letter: letters, digits, - and _.")]
_PURPOSE_MOST = 500


@app.command()
@takes(person=person_of)
def request(
    person: Person,
    *,
    purpose: Annotated[str, typer.Option(help="What is to be analysed, in Japanese. No names.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Ask for a masked dataset of a day."""
    if not purpose.strip() or len(purpose) > _PURPOSE_MOST:
        raise typer.BadParameter(f"1 to {_PURPOSE_MOST} characters", param_hint="--purpose")

    async def ask(work: UnitOfWork, who: Decider) -> UUID | NotAllowed:
        day = as_of.date() if as_of is not None else work.today
        known = known_at.date() if known_at is not None else day
        try:
            check_days(day, known, work.today)
        except NotKept as error:
            raise CannotDo(str(error)) from error
        return await steps.request(work, who, day, known, purpose)

    dataset_id = decided(person, ask)
    print(f"asked for; another person approves it: tsunagu scorer mask approve {dataset_id} --by LOGIN")


@app.command()
@takes(person=person_of)
def approve(dataset_id: UUID, person: Person) -> None:
    """Approve a dataset that another person asked for."""
    decided(person, lambda work, who: steps.approve(work, who, dataset_id))
    print(f"approved: tsunagu scorer mask provide {dataset_id} --to FOLDER --by LOGIN")


@app.command()
@takes(person=person_of)
def provide(
    dataset_id: UUID, person: Person, *, to: Annotated[Path, typer.Option(help="A folder for the files, which must not be there yet.")]
) -> None:
    """Make the dataset, and give it to the analysis body if nobody can be found in it: files, and the rows for its login."""
    if to.exists():
        raise CannotDo(f"{to} is there already")
    key = secrets.token_bytes(KEY_BYTES)
    # Before anything is decided: a dataset is given once, and where it cannot be written it is not.
    to.mkdir(mode=0o700, parents=True)
    try:
        provided = decided(person, lambda work, who: or_say_why(steps.provide(work, who, dataset_id, key)))
    except BaseException:
        to.rmdir()
        raise
    if isinstance(provided, Provided):
        digests = files.write(provided, to)
        print(f"{len(provided.masked.rows)} rows, {provided.masked.left_out} children left out; in {to}:")
        print_table(("file", "sha256"), digests.items())


@app.command()
@takes(person=person_of)
def ended(dataset_id: UUID, person: Person, *, letter: Letter) -> None:
    """Take down that the analysis ended: from now on its body reads nothing more of it."""
    number = code_of(letter)
    decided(person, lambda work, who: steps.end_analysis(work, who, dataset_id, number))
    print(f"within {DAYS_TO_ASK} days the analysis body asks for deletion: tsunagu scorer mask deletion-requested {dataset_id}")


@app.command("deletion-requested")
@takes(person=person_of)
def deletion_requested(dataset_id: UUID, person: Person, *, letter: Letter) -> None:
    """Take down that the analysis body asks for deletion."""
    number = code_of(letter)
    decided(person, lambda work, who: steps.request_deletion(work, who, dataset_id, number))
    print(f"next: tsunagu scorer mask delete {dataset_id} --by LOGIN")


@app.command()
@takes(person=person_of)
def delete(dataset_id: UUID, person: Person) -> None:
    """Delete the rows and the key by which pseudonyms were made, and keep the evidence."""
    proof = decided(person, lambda work, who: steps.delete(work, who, dataset_id))
    print(f"deleted; the evidence's SHA-256: {proof}")


@app.command()
@takes(person=person_of)
def check(
    dataset_id: UUID,
    person: Person,
    *,
    file: Annotated[
        Path | None, typer.Option(help="A CSV file that is said to be the dataset; else the rows that lie here.", exists=True)
    ] = None,
    as_json: Json = False,
) -> None:
    """Try to find somebody again in a dataset, with all that the city knows. Fails where it succeeds."""
    given = _read(file) if file is not None else None
    findings = decided(person, lambda work, who: or_say_why(steps.check(work, who, dataset_id, given)))
    if not isinstance(findings, Findings):
        return
    if as_json:
        print_json(findings.as_numbers())
    else:
        print_table(("", ""), _shown(findings))
    if not findings.holds:
        raise CannotDo("somebody can be found again in it: it must not leave the city")


@app.command("list")
def list_datasets(root: Root, *, as_json: Json = False) -> None:
    """Show every dataset and where it stands, the one asked for last first."""
    _show(asked(root, lambda work: steps.datasets(work.db)), as_json=as_json)


@app.command()
def overdue(root: Root, *, as_json: Json = False) -> None:
    """Show whose analysis ended, or of which deletion was asked, more than 30 days ago, and nothing followed."""

    async def late(work: UnitOfWork) -> list[Kept]:
        return [kept for kept in await steps.datasets(work.db) if kept.course.is_overdue(work.today)]

    _show(asked(root, late), as_json=as_json)


def _show(found: list[Kept], *, as_json: bool) -> None:
    columns = ("id", "as_of", "known_on", "purpose", "stands", "since", "rows", "left_out", "requested_by", "approved_by", "evidence")
    rows = [_row(kept) for kept in found]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows)


def _row(kept: Kept) -> tuple[object, ...]:
    by = {step: taken.label for step in Step if (taken := kept.course.taken(step)) is not None}
    last = kept.course.steps[-1]
    head = (kept.dataset_id, kept.as_of, kept.known_on, kept.purpose, last.step.value, last.on, kept.rows, kept.left_out)
    return (*head, by.get(Step.REQUESTED), by.get(Step.APPROVED), kept.evidence_sha256)


def _shown(findings: Findings) -> list[tuple[str, object]]:
    numbers = findings.as_numbers()
    success = numbers.pop("success")
    return [*numbers.items(), *((f"chance by {attack}", chance) for attack, chance in success.items())]


def _read(file: Path) -> Dataset:
    try:
        return files.read(file)
    except (ValueError, UnicodeDecodeError) as error:
        raise CannotDo(f"{file.name} is no dataset: {error}") from error
