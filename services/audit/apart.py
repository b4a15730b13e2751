"""Work for a process of its own: what computes for minutes must not stand in the way of those who wait for an answer."""

import asyncio
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


class WorkerLost(Exception):
    """The process ended without an answer, e.g. because the machine ran out of memory."""


async def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """
    Return what `function` returns, or raise what it raises, in a fresh process; everything passed must be picklable.

    The process ends with this call, also when it is cancelled, and at the latest with ours. Raises WorkerLost.
    """
    # Not forked: a fork would inherit connections, threads and locks in whatever state they are.
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, function, args, kwargs), daemon=True)

    def converse() -> tuple[T | None, Exception | None]:
        process.start()
        # Ours alone would keep it open after the other process is gone.
        theirs.close()
        return cast("tuple[T | None, Exception | None]", ours.recv())

    try:
        answer, error = await asyncio.to_thread(converse)
    except EOFError as gone:
        raise WorkerLost(f"{function.__name__} ended without an answer") from gone
    finally:
        if process.pid is not None:
            process.terminate()
            process.join()
        ours.close()
    if error is not None:
        raise error
    return cast("T", answer)


def _work(answers: Connection, function: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    try:
        answers.send((function(*args, **kwargs), None))
    except Exception as error:  # noqa: BLE001 -- whoever waits is told
        answers.send((None, error))
