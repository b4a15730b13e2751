"""`tsunagu ingest retention`: what is older than it may be kept, dropped now or only shown."""

from functools import partial
from typing import Annotated

import typer

from contracts.values import ServiceName
from infra.local.deciding import OPERATOR, act, work_at
from infra.local.root import Root, settings_of
from infra.printing import Json, print_json
from infra.settings import Settings
from services.ingest import retention as keeping
from services.ingest.settings import IngestSettings

app = typer.Typer()


@app.command()
def retention(
    root: Root,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing: say what would be dropped.")] = False,
    as_json: Json = False,
) -> None:
    """Drop months of the ledger and bodies of parked events that were kept long enough (domain.md §4.6). The service does it once a day."""

    async def keep(settings: Settings) -> keeping.Kept:
        terms = keeping.terms_of(settings_of(IngestSettings, root, ServiceName.INGEST))
        if not dry_run:
            return await keeping.keep_to(partial(work_at, ServiceName.INGEST, settings), terms, OPERATOR)
        async with work_at(ServiceName.INGEST, settings) as work:
            return await keeping.planned(work, terms)

    kept = act(root, ServiceName.INGEST, keep)
    if as_json:
        print_json({"months": dict(kept.months), "parked": {s.value: n for s, n in sorted(kept.parked.items())}, "waiting": kept.waiting})
        return
    would = "would be " if dry_run else ""
    for month, events in kept.months:
        print(f"{month}: {events:,} events of the ledger {would}dropped")
    for source, events in sorted(kept.parked.items()):
        print(f"{source.value}: {events:,} parked events {would}refused, their bodies deleted")
    for month in kept.waiting:
        print(f"{month} stays: an event in it is parked, or somebody reads it")
    if not (kept.months or kept.parked or kept.waiting):
        print("nothing is older than it may be")
