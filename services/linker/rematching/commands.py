"""`tsunagu linker rematch`: it prints counts alone, by source."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated

import typer

from contracts.deeds import linker as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName
from infra.local.deciding import COMMAND_LINE, OPERATOR, act, code_of, work_at
from infra.local.root import Root
from infra.settings import Settings
from infra.work import UnitOfWork
from services.linker.rematching.running import ANOTHER, LINKED, PEOPLE, Moved, compare_anew, counted, join, left

_ALWAYS_TOLD = ((LINKED, PEOPLE), (PEOPLE, LINKED), (LINKED, ANOTHER))


def rematch(
    root: Root,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only try, and say what would change. The service waits meanwhile.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why, as a ticket number or code; kept in the audit log.")] = None,
) -> None:
    """
    Compare the rows of the schools' lists that name no number with the register anew, after a new model, normaliser or gate.

    What was decided by the versions in use stays; what people said holds. Stopped or killed, the same command goes on where it was.
    """
    if not dry_run:
        if reason is None:
            raise typer.BadParameter("give a reason, or --dry-run to see first what would change", param_hint="--reason")
        code_of(reason)

    async def anew(settings: Settings) -> Moved:
        return await _tried(settings) if dry_run else await _done(settings, str(reason))

    for line in _lines(act(root, ServiceName.LINKER, anew), "would go" if dry_run else "went"):
        print(line)


async def _tried(settings: Settings) -> Moved:
    async with work_at(ServiceName.LINKER, settings) as work:
        # Nobody else has the linker's tables until it is undone: everything is one transaction, and nothing of it is said.
        mark, trial = work.mark(), work.db.transaction()
        await trial.start()
        moved = await _through(lambda: nullcontext(work), *await left(work))
        await trial.rollback()
        work.forget_since(mark)
    return moved


async def _done(settings: Settings, reason: str) -> Moved:
    async with work_at(ServiceName.LINKER, settings) as work:
        children, pupils = await left(work)
        thing = Thing(kind=ThingKind.LINK_QUEUE, id=None)
        work.keep(deeds.COMPARED_ANEW, actor=OPERATOR, thing=thing, reason_code=reason, origin=COMMAND_LINE)
    return await _through(lambda: _one(settings), children, pupils)


@asynccontextmanager
async def _one(settings: Settings) -> AsyncIterator[UnitOfWork]:
    async with work_at(ServiceName.LINKER, settings) as work:
        yield work


async def _through(opened: Callable[[], AbstractAsyncContextManager[UnitOfWork]], children: int, pupils: int) -> Moved:
    done, decided = 0, 0
    moved: Moved = {}
    async for step in compare_anew(opened):
        done, decided = done + step.children, decided + step.pupils
        join(moved, step.moved)
        if step.children or step.pupils:
            typer.echo(f"{done:,} of {children:,} children compared anew, {decided:,} of at most {pupils:,} pupils decided again", err=True)
    return moved


def _lines(moved: Moved, went: str) -> list[str]:
    told: list[str] = []
    for source, counts in counted(moved).items():
        ways = {**dict.fromkeys(_ALWAYS_TOLD, 0), **counts}
        told.append(f"{source}: " + ", ".join(f"{count} {before} -> {now}" for (before, now), count in ways.items()))
    return [*told, f"{len(moved)} records {went} elsewhere"]
