"""JSON logs: event names with keys. Never a name, a date of birth, a number of a person or free text."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog


def configure(service: str, level: str) -> None:
    """Send structured lines to standard error, one JSON object each."""
    number = logging.getLevelNamesMapping()[level.upper()]
    # Texts of libraries may quote data: only who logged and how grave it was is kept.
    form = '{"event":"library.log","logger":"%(name)s","level":"%(levelname)s","timestamp":"%(asctime)s"}'
    lines = cast("TextIO", _Unfailing(sys.stderr))
    handler = logging.StreamHandler(lines)
    handler.setFormatter(_WithoutTexts(form))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=lines),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def tell(say: Callable[..., Any], event: str, **facts: Any) -> None:
    """
    Say `event`, and go on if that fails.

    For places where an error of the log itself (a full disk) would end a task for ever, or have a good message rejected.
    """
    with suppress(Exception):
        say(event, **facts)


class _Unfailing:
    """Writes lines where it can. A line that finds no room is lost: no work may end because of it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


class _WithoutTexts(logging.Formatter):
    """Formats what libraries log without the texts of errors, which quote data."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's name
        error = ei[1]
        return json.dumps(whereabouts(error)) if error is not None else ""

    def formatStack(self, stack_info: str) -> str:  # noqa: N802, ARG002 -- logging's name
        return ""


def whereabouts(error: BaseException) -> dict[str, str]:
    """
    Describe an error by its class and place, without its text.

    Texts of errors quote the data that caused them (PostgreSQL's DETAIL, pydantic's input), and data do not belong in logs.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return {"error": f"{type(error).__module__}.{type(error).__qualname__}", "at": place}
