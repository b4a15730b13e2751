"""`tsunagu scorer retention`: what was known longer ago than it is kept, dropped now or only shown."""

from functools import partial
from typing import Annotated

import typer

from contracts.values import ServiceName
from infra.local.deciding import OPERATOR, act, work_at
from infra.local.root import Root, settings_of
from infra.printing import Json, print_json
from infra.settings import Settings
from services.scorer import retention as keeping
from services.scorer.settings import ScorerSettings


def retention(
    root: Root,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing: say what would be dropped.")] = False,
    as_json: Json = False,
) -> None:
    """Drop what was known longer ago than it is kept, by whole fiscal years (domain.md §4.6). The service does it by itself."""
    days = settings_of(ScorerSettings, root, ServiceName.SCORER).past_days

    async def plan(settings: Settings) -> dict[str, int]:
        async with work_at(ServiceName.SCORER, settings) as work:
            return await keeping.planned(work, days)

    async def keep(settings: Settings) -> keeping.Kept:
        return await keeping.keep_to(partial(work_at, ServiceName.SCORER, settings), days, OPERATOR)

    if dry_run:
        parts = act(root, ServiceName.SCORER, plan)
        if as_json:
            print_json({"parts": parts})
        for part, size in () if as_json else sorted(parts.items()):
            print(f"{part}: {size:,} bytes would be dropped")
        if not parts and not as_json:
            print("nothing is older than it may be")
        return
    kept = act(root, ServiceName.SCORER, keep)
    if as_json:
        print_json({"archived": kept.archived, "forgotten": kept.forgotten, "waiting": kept.waiting})
        return
    print(f"{kept.archived:,} answers that are believed no longer moved to the past")
    for table, rows in sorted(kept.forgotten.items()):
        print(f"{table}: {rows:,} rows of the past dropped")
    for table in kept.waiting:
        print(f"{table} waits: somebody reads it")
