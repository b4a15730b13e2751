"""`tsunagu media …`: bundles of the school network, made there and taken here; media, signers, erases. Codes and places, no value."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from contracts.values import ServiceName, Source
from infra.local.deciding import Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root, reaching, settings_of
from infra.printing import Json, moment, print_json, print_table
from infra.settings import Settings
from infra.work import UnitOfWork
from services.ingest.settings import IngestSettings

if TYPE_CHECKING:
    from services.ingest.inlets.media.importing import Taken

T = TypeVar("T")

app = typer.Typer(help="Removable media of the school network (ACQ-03): make bundles, take them, record the erase.", no_args_is_help=True)

Code = Annotated[str, typer.Option(help="A code for a person; no name.")]
FAULTS_SHOWN = 20
SCHOOL = Path(__file__).with_name("school")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def pack(context: typer.Context) -> None:
    """Make a bundle, as the stand-alone package does on the school side. `tsunagu media pack --help` tells how."""
    _school("pack", context.args)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def keygen(context: typer.Context) -> None:
    """Make a signing key, as the stand-alone package does on the school side."""
    _school("keygen", context.args)


@app.command("map")
def map_file(
    file: Annotated[Path, typer.Argument(help="The owner's CSV.", exists=True, dir_okay=False)],
    adapter: Annotated[Path, typer.Option("--adapter", help="Adapter file (TOML), as for nightly extracts.", exists=True, dir_okay=False)],
    to: Annotated[Path, typer.Option("--to", help="Folder.", exists=True, file_okay=False)],
) -> None:
    """
    Write FILE as `pack` takes it: columns, days, codes and encoding by an adapter. Needs no server. One wrong row, and nothing is written.

    A row that is marked as taken back is refused: bring it with `op` = `void`.
    """
    from infra.clock import SystemClock
    from services.ingest.domain.extracts.adapter import AdapterWrong
    from services.ingest.inlets.extract.adapters import load
    from services.ingest.inlets.media.mapping import NotMapped, mapped

    clock = SystemClock()
    try:
        name, content, rows = mapped(file, load(adapter, by_media=True), today=clock.today(), now=clock.now())
    except (NotMapped, AdapterWrong) as refused:
        raise CannotDo(f"nothing was written\n{refused}") from None
    (to / name).write_bytes(content)
    print(f"{to / name}: {rows:,} rows, utf-8")


@app.command()
def wheel(to: Annotated[Path, typer.Option("--to", help="Folder.", exists=True, file_okay=False)]) -> None:
    """Build the package `tsunagu-media` for the school side."""
    import shutil
    import subprocess
    import sys
    from tempfile import TemporaryDirectory

    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation")
    with TemporaryDirectory() as folder:
        # Of a copy: a build leaves files beside what it builds.
        copy = shutil.copytree(SCHOOL, Path(folder) / "school", ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", to, copy], check=True)
    print(f"{next(to.glob('tsunagu_media-*.whl'))}; it needs cryptography, pydantic and pyrage")


@app.command()
def key(root: Root) -> None:
    """Print the city's public key, to which schools encrypt."""
    print(_recipient(settings_of(IngestSettings, root, ServiceName.INGEST)))


@app.command("import")
def import_bundle(
    bundle: Annotated[Path, typer.Argument(help="The bundle, on the medium.", exists=True, dir_okay=False)],
    operator: Code,
    verifier: Code,
    accept_gap: Annotated[
        str | None,
        typer.Option("--accept-gap", help="The numbers before it are missing for good: why, as a ticket."),
    ] = None,
    *,
    root: Root,
    as_json: Json = False,
) -> None:
    """Take BUNDLE, whole or not at all. What was broken off goes on when the same is imported again. Exit code 1 where it was refused."""
    from infra.logs import configure
    from infra.service import carry_out
    from services.ingest.inlets.media.at import taken
    from services.ingest.inlets.media.school.bundle import BUNDLE_BYTES_MAX
    from services.ingest.inlets.media.school.faults import NotTaken

    gap = code_of(accept_gap) if accept_gap is not None else None
    # What came of it is told in words below; the lines of a log would stand among them.
    configure(ServiceName.INGEST, "ERROR")
    try:
        with reaching(root):
            settings = settings_of(IngestSettings, root, ServiceName.INGEST)
            with bundle.open("rb") as file:
                # Of what is too large no more is read than tells so.
                content = file.read(BUNDLE_BYTES_MAX + 1)
            came = carry_out(taken(settings, content, operator=operator, verifier=verifier, gap=gap))
    except NotTaken as refused:
        told = [fault.told() for fault in refused.faults[:FAULTS_SHOWN]]
        more = len(refused.faults) - len(told)
        raise CannotDo("\n".join(["nothing was imported", *told, *([f"… and {more} more places"] if more else [])])) from None
    if as_json:
        print_json(_json(came))
        return
    print(*_lines(came), sep="\n")


@app.command()
def erased(medium: str, by: Annotated[str, typer.Option("--by", help="Who erased it: a code, no name.")], root: Root) -> None:
    """Record that MEDIUM was erased. It must be within 24 hours after something on it was brought, or an alarm is raised."""
    batches = _decide(root, lambda work: _keeping().erased(work, medium, code_of(by)))
    if not batches:
        raise CannotDo(f"nothing on {medium} waits to be erased; `tsunagu media list` shows what does")
    print(f"{medium} was erased: {batches} batches")


@app.command()
def register_medium(medium: str, root: Root) -> None:
    """Take MEDIUM into use: the code that is written on it."""
    code_of(medium.replace(".", "-"))
    if not _decide(root, lambda work: _keeping().register_medium(work, medium)):
        raise CannotDo(f"{medium} is registered already; a medium that was withdrawn is not used again")
    print(f"{medium} is registered")


@app.command()
def withdraw_medium(medium: str, reason: Reason, root: Root) -> None:
    """Take MEDIUM out of use, as one that was lost."""
    if not _decide(root, lambda work: _keeping().withdraw_medium(work, medium, code_of(reason))):
        raise CannotDo(f"{medium} is not in use")
    print(f"{medium} is out of use")


@app.command()
def register_signer(
    public_key: Annotated[str, typer.Argument(help="What `keygen` showed on the school side.")],
    source: Annotated[list[Source], typer.Option("--source", help="What it may sign for; again for each.")],
    label: Annotated[str, typer.Option(help="Whose key it is: the school's code.")],
    root: Root,
) -> None:
    """Let a key of the school side sign for sources."""
    try:
        name = _decide(root, lambda work: _keeping().register_signer(work, public_key, source, code_of(label)))
    except ValueError:
        raise CannotDo("this is no public key: 64 digits in hex, as `keygen` shows it") from None
    print(f"signer {name} may sign for {', '.join(source)}")


@app.command()
def revoke_signer(signer: str, reason: Reason, root: Root) -> None:
    """Let SIGNER sign no more, as when its key was lost."""
    if not _decide(root, lambda work: _keeping().revoke_signer(work, signer, code_of(reason))):
        raise CannotDo(f"{signer} is no signer")
    print(f"{signer} may sign no more")


@app.command("list")
def list_all(
    source: Annotated[Source | None, typer.Option("--source", help="Only batches of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many batches at most.")] = 20,
    *,
    root: Root,
    as_json: Json = False,
) -> None:
    """Show signers, media, and what was brought: by whom, what became of it, and whether it was erased."""
    from services.ingest.inlets.media import store

    found = _decide(root, lambda work: store.listed(work.db, source, limit))
    if as_json:
        print_json(found)
        return
    print_table(("signer", "label", "sources", ""), [_signer(row) for row in found["signers"]])
    print_table(("medium", "not erased since", ""), [_medium(row) for row in found["media"]])
    print_table(("brought", "source", "number", "medium", "state", "rows", "erased"), [_batch(row) for row in found["batches"]])


def _signer(row: dict[str, Any]) -> list[object]:
    return [row["signer_id"], row["label"], " ".join(row["sources"]), "revoked" if row["revoked_at"] else ""]


def _medium(row: dict[str, Any]) -> list[object]:
    since = row["not_erased_since"]
    return [row["medium_id"], moment(since) if since else "", "withdrawn" if row["withdrawn_at"] else ""]


def _batch(row: dict[str, Any]) -> list[object]:
    erase = moment(row["erased_at"]) if row["erased_at"] else ""
    rows = "" if row["rows"] is None else row["rows"]
    return [moment(row["brought_at"]), row["source"], row["sequence"], row["medium_id"], row["state"], rows, erase]


def _json(came: "Taken") -> dict[str, Any]:
    known = {"batch": str(came.manifest.batch_id), "source": came.manifest.source, "sequence": came.manifest.sequence}
    return known | {"turn": came.turn.value, "rows": came.rows, "ignored": came.ignored, "outcomes": dict(came.outcomes)}


def _lines(came: "Taken") -> list[str]:
    from services.ingest.inlets.media.order import Turn

    batch = f"batch {came.manifest.batch_id}, number {came.manifest.sequence} of {came.manifest.source}"
    if came.turn is Turn.DONE:
        return [f"{batch}: imported before, nothing changed"]
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(came.outcomes.items())) or "no rows"
    ignored = [f"{name}: the same file was imported before" for name in came.ignored]
    return [
        f"{batch}: {outcomes}",
        *ignored,
        f"erase {came.manifest.media_id} now, then: tsunagu media erased {came.manifest.media_id} --by CODE",
    ]


def _recipient(settings: IngestSettings) -> str:
    from pyrage import x25519

    if settings.media_identity is None:
        raise CannotDo("no media key is set up here (TSUNAGU_MEDIA_IDENTITY)")
    return str(x25519.Identity.from_str(settings.media_identity.get_secret_value()).to_public())


def _school(command: str, arguments: list[str]) -> None:
    from services.ingest.inlets.media.school.__main__ import main

    main([command, *arguments], program="tsunagu media")


def _keeping() -> Any:
    from services.ingest.inlets.media import keeping

    return keeping


def _decide(root: Path, decision: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    async def decide(settings: Settings) -> T:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await decision(work)

    return act(root, ServiceName.INGEST, decide)
