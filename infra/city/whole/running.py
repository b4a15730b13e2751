"""`tsunagu bench city` from what the command line asked for to what it prints: which stack, which city, and the report."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from contracts.values import Source
from infra.city.sources import FIRST_THREE
from infra.city.whole import report
from infra.city.whole.blocks import CHILDREN_PER_BLOCK, RESIDENTS_PER_CHILD, Plan
from infra.city.whole.journal import Journal
from infra.city.whole.loading import Result, load
from infra.clock import JST
from infra.local.stack import Stack


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for."""

    children: int
    nights: int
    out: Path
    seed: int = 7
    residents: int | None = None
    block: int = CHILDREN_PER_BLOCK
    today: date | None = None
    root: Path | None = None
    sources: tuple[Source, ...] = FIRST_THREE
    postgres: Mapping[str, str] = field(default_factory=dict)
    """Settings of PostgreSQL over those of the stack."""


def run(wish: Wish, console: Console, *, as_json: bool) -> None:
    """Load the city, play the nights, write the report. Raises what `load` raises."""
    with _stack(wish) as stack:
        plan = _plan(wish, stack.root)
        _say_what_is_done(stack.root, console)
        try:
            result = load(stack, plan, wish.nights, console)
        except KeyboardInterrupt:
            if wish.root is not None:
                console.print(f"Broken off. The same command goes on where it was: --root {wish.root}", soft_wrap=True)
            raise
        _show(result, wish, console, as_json=as_json)


@contextmanager
def _stack(wish: Wish) -> Iterator[Stack]:
    if wish.root is not None:
        yield Stack(wish.root, postgres_settings=wish.postgres)
        return
    with Stack.temporary(postgres_settings=wish.postgres) as stack:
        yield stack


def _plan(wish: Wish, root: Path) -> Plan:
    kept = Journal.kept_in(root)
    # A load that goes on after midnight is still that of its first day.
    today = wish.today or (kept.plan.today if kept else datetime.now(JST).date())
    residents = wish.residents or wish.children * RESIDENTS_PER_CHILD
    return Plan(wish.seed, today, wish.children, residents, min(wish.block, wish.children), wish.sources)


def _say_what_is_done(root: Path, console: Console) -> None:
    kept = Journal.kept_in(root)
    if kept is not None:
        console.print(f"Goes on: {kept.blocks} of {len(kept.plan)} blocks and {kept.nights} nights are done ({kept.events:,} events).")


def _show(result: Result, wish: Wish, console: Console, *, as_json: bool) -> None:
    files = report.write(result, wish.out)
    if as_json:
        print(json.dumps(report.as_json(result), indent=1, ensure_ascii=False))
    else:
        print(report.as_markdown(result))
    console.print(f"Written: {', '.join(map(str, files))}", soft_wrap=True)
