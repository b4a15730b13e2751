"""What of that which was come upon is new, and what joins a finding that there is. Pure: rows and ids are given."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias
from uuid import UUID

from services.audit.domain.findings.hits import Hit, joined
from services.audit.domain.findings.moves import State

Place: TypeAlias = tuple[UUID, Hit, int]
"""A finding's id, what is told of it, and its how-manieth episode or growth that is."""


def sort_out(
    hits: Sequence[Hit], known: set[tuple[str, str, str]], newest: Mapping[tuple[str, str], Any], drawn: Callable[[], UUID]
) -> tuple[dict[tuple[str, str], Place], dict[tuple[str, str], Place], list[tuple[str, str, str, UUID, int | None]]]:
    """Sort hits into findings that are new, findings that grow, and the signs of both. `known` signs are left out, and grow, too."""
    made: dict[tuple[str, str], Place] = {}
    grown: dict[tuple[str, str], Place] = {}
    signs: list[tuple[str, str, str, UUID, int | None]] = []
    for hit in hits:
        key, last = key_of(hit), newest.get(key_of(hit))
        new = [sign for sign in dict.fromkeys(hit.signs) if (*key, sign.name) not in known]
        if not new:
            continue
        if last is None or last["state"] == State.CLOSED:
            place = made.get(key) or (drawn(), hit, 1 if last is None else last["episode"] + 1)
            place = made[key] = (place[0], joined(place[1], hit), place[2])
        else:
            place = grown.get(key) or (last["id"], _before(hit, last), last["growths"] + 1)
            place = grown[key] = (place[0], joined(place[1], hit), place[2])
        signs += [(*key, sign.name, place[0], sign.index) for sign in new]
        known |= {(*key, sign.name) for sign in new}
    return made, grown, signs


def key_of(hit: Hit) -> tuple[str, str]:
    """By what hits are one finding."""
    return hit.kind, hit.about


def _before(hit: Hit, row: Any) -> Hit:
    """What was told of the finding that a hit joins."""
    return replace(hit, first_at=row["first_at"], last_at=row["last_at"], figures=json.loads(row["figures"]))
