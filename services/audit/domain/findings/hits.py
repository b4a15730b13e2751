"""What somebody, or a rule, came upon, before it is known whether it is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sign:
    """
    One thing on which a finding rests: an entry of the log, or what else is there, under a name of its own.

    A sign is told of once: the same one never makes a second finding of its kind.
    """

    name: str
    index: int | None = None


def of_entry(index: int) -> Sign:
    """An entry as a sign."""
    return Sign(f"entry {index}", index)


@dataclass(frozen=True, slots=True)
class Hit:
    """
    What was come upon: of which `kind` (a key of `contracts.deeds.audit.FINDINGS`), and `about` whom or what, as a name that groups.

    Hits of one kind about one thing are one finding until that is closed; what is new after that is another. `figures` are numbers for
    people to read, by their names (`wording.FIGURES`). Of persons it has what entries have: ids.
    """

    kind: str
    about: str
    signs: Sequence[Sign]
    actor: UUID | None = None
    actor_role: str | None = None
    thing_kind: str | None = None
    thing_id: str | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None
    figures: Mapping[str, int] = field(default_factory=dict)


def joined(before: Hit, after: Hit) -> Hit:
    """
    Two hits of one kind about one thing as one: all that either rests on, from the first to the last, and of each figure the greater.

    Each was counted over what it saw, which may be a part: in whatever order they come, and however often, it is the same. Of first
    numbers the smaller is the first.
    """
    starts = [at for at in (before.first_at, after.first_at) if at is not None]
    ends = [at for at in (before.last_at, after.last_at) if at is not None]
    names = [*before.figures, *(name for name in after.figures if name not in before.figures)]
    figures = {
        name: (min if name == "first" else max)(each.figures[name] for each in (before, after) if name in each.figures) for name in names
    }
    signs = tuple(dict.fromkeys((*before.signs, *after.signs)))
    return replace(before, signs=signs, first_at=min(starts, default=None), last_at=max(ends, default=None), figures=figures)
