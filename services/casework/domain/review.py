"""
What the scorer's words about a child amount to: one open review, and what changed in it.

Words may come in any order and more than once; the state below depends on the set of them alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, NewType
from uuid import UUID

from contracts.values import Group, IndicatorValue, Item, Source

PROTECTED_SEPARATION = "protected_separation"
RECORD_IN_HAND = "record_in_hand"

ReviewId = NewType("ReviewId", UUID)
"""One time at which people were asked to look at a child, from then until somebody closes it."""


class Kind(StrEnum):
    """What a word was: a request to look, or news about an earlier one."""

    NEEDED = "needed"
    BASIS_CHANGED = "basis_changed"


class Disposition(StrEnum):
    """What became of one request to look. Exactly one of these, always (`casework.md` §2.4)."""

    OPENED = "opened"
    ATTACHED = "attached"
    SUPPRESSED = "suppressed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reason:
    """One indicator as it was told: its value, since when, from where."""

    item: Item
    value: IndicatorValue
    counted: bool
    reason_code: str
    source: Source
    known_at: datetime
    klass: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    fresh_through: date | None = None
    detail: Mapping[str, Any] | None = None
    stale_since: date | None = None
    """Since when the feed is silent on whose open-ended record the value rests (`domain.md` §2.8-1)."""

    @property
    def holds(self) -> bool:
        """Whether it is one of the reasons to look: TRUE, and of an age at which it counts."""
        return self.value is IndicatorValue.TRUE and self.counted


@dataclass(frozen=True, slots=True)
class Word:
    """One message of the scorer about one child."""

    version: int
    kind: Kind
    ruleset: str
    as_of: date
    needed: bool
    groups: tuple[Group, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The open review of one child."""

    opened_version: int
    """Version of the word that opened it: it names the review, whichever word came first."""
    opened_on: date
    version: int
    groups: tuple[Group, ...]
    needed: bool
    basis_changed: bool
    oldest_known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """One reason that came or went between two words."""

    on: date
    before: Reason | None
    after: Reason | None

    @property
    def item(self) -> Item:
        """Which indicator changed."""
        reason = self.after or self.before
        assert reason is not None  # noqa: S101 - made by `changes` only, of at least one
        return reason.item


def state_of(words: Iterable[Word]) -> ReviewState | None:
    """Return the review that `words` amount to, or None while nobody was asked to look."""
    ordered = sorted(words, key=lambda word: word.version)
    requests = [word for word in ordered if word.kind is Kind.NEEDED]
    if not requests:
        return None
    latest = ordered[-1]
    return ReviewState(
        opened_version=requests[0].version,
        opened_on=requests[0].as_of,
        version=latest.version,
        groups=latest.groups,
        needed=latest.needed,
        # It stays said until a person has looked (S08): a later request does not take the news back.
        basis_changed=any(word.kind is Kind.BASIS_CHANGED and word.version > requests[0].version for word in ordered),
        oldest_known_at=min((reason.known_at for reason in latest.reasons if reason.holds), default=None),
    )


def disposition_of(version: int, opened_version: int) -> Disposition:
    """Return what became of the request to look with `version`: it opened the review, or was added to it."""
    return Disposition.OPENED if version == opened_version else Disposition.ATTACHED


def changes(words: Sequence[Word]) -> Iterator[Change]:
    """Return what changed from word to word, newest first. Only reasons that held before or hold now."""
    ordered = sorted(words, key=lambda word: word.version, reverse=True)
    for later, earlier in pairwise(ordered):
        yield from _between(earlier, later)


def _between(earlier: Word, later: Word) -> Iterator[Change]:
    before = {reason.item: reason for reason in earlier.reasons}
    after = {reason.item: reason for reason in later.reasons}
    for item in Item:
        was, now = before.get(item), after.get(item)
        if (was is not None and was.holds) != (now is not None and now.holds):
            yield Change(later.as_of, was, now)


def reason_from(raw: Mapping[str, Any]) -> Reason:
    """Return the reason in a stored indicator (the JSON of `contracts.messages.IndicatorState`)."""
    return Reason(
        item=Item(raw["item"]),
        value=IndicatorValue(raw["value"]),
        counted=raw["counted"],
        reason_code=raw["reason_code"],
        source=Source(raw["source"]),
        known_at=datetime.fromisoformat(raw["known_at"]),
        klass=raw.get("klass"),
        valid_from=_day(raw.get("valid_from")),
        valid_to=_day(raw.get("valid_to")),
        fresh_through=_day(raw.get("fresh_through")),
        detail=raw.get("detail") or {},
        stale_since=_day(raw.get("stale_since")),
    )


def without_opponent(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Return an indicator (JSON) as this service may keep it.

    That a record was set aside because an opponent is in it would tell of the opponent (`domain.md` §2.8-8). It is kept as any
    record that people have to settle: what is not here cannot be shown.
    """
    if raw["reason_code"] != PROTECTED_SEPARATION:
        return raw
    nothing: Mapping[str, Any] = {"klass": None, "valid_from": None, "valid_to": None, "stale_since": None, "evidence": [], "detail": {}}
    return {**raw, **nothing, "reason_code": RECORD_IN_HAND}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
