"""Rows on their way to PostgreSQL and back: many of them go in one statement, as a list per column, for `unnest`."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

_PLAIN = re.compile(r"[\w.:/-]+")


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Return one list per column. Raises ValueError for a row that is not `width` wide."""
    if not rows:
        return [[] for _ in range(width)]
    turned = [list(column) for column in zip(*rows, strict=True)]
    if len(turned) != width:
        raise ValueError(f"the rows have {len(turned)} columns; expected {width}")
    return turned


def array(values: Iterable[object]) -> str:
    """
    Return an array as PostgreSQL's own text: unnest cannot take arrays of arrays of different lengths.

    For ids and fixed words, which need no quotes. Raises ValueError for anything else.
    """
    texts = [str(value) for value in values]
    if not all(map(_PLAIN.fullmatch, texts)):
        raise ValueError("an array of ids or fixed words was expected, and a value has other characters")
    return f"{{{','.join(texts)}}}"


def day(text: str | None) -> date | None:
    """Return the day in a JSON value."""
    return date.fromisoformat(text) if text else None
