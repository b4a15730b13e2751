"""
What the scorer's words about a child amount to: one open review, and what changed in it.

Words may come in any order and more than once; the state below depends on the set of them alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Any

from contracts.catalogue import ITEMS
from contracts.ids import ReviewId
from contracts.values import Group, IndicatorValue, Item, Source
from services.casework.domain.case import Outcome

PROTECTED_SEPARATION = "protected_separation"
RECORD_IN_HAND = "record_in_hand"


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
    evidence: tuple[str, ...] = ()
    """Ids of the messages on which it rests."""

    @property
    def stands(self) -> bool:
        """Whether it is TRUE, and of an age at which it counts."""
        return self.value is IndicatorValue.TRUE and self.counted

    @property
    def holds(self) -> bool:
        """Whether it is one of the reasons to look. What is only context never is, such as that somebody supports the child (§2.6)."""
        return self.stands and not ITEMS[self.item].context


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
    cool_down_days: int | None = None
    """For how long after a review the ruleset asks for no other; None where it was told by an older release."""


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


@dataclass(frozen=True, slots=True)
class Closure:
    """An earlier review that ended: with which word, on which day, how, and of which groups it was."""

    review_id: ReviewId
    version: int
    on: date
    outcome: Outcome
    groups: frozenset[Group]
    cool_down_days: int | None = None
    """Those of the ruleset that had asked, where it said so."""

    @property
    def quiet_until(self) -> date:
        """Until when what was known already asks for no new review."""
        days = COOL_DOWN_DAYS.get(self.outcome, 0)
        if self.cool_down_days is not None and days:
            days = self.cool_down_days if self.outcome in WITHOUT_NEED else min(days, self.cool_down_days)
        return self.on + timedelta(days=days)


WITHOUT_NEED = frozenset({Outcome.NOT_NEEDED, Outcome.ALREADY_SUPPORTED})
"""Ends after which the ruleset's own days count."""

COOL_DOWN_DAYS: Mapping[Outcome, int] = {
    Outcome.NOT_NEEDED: 180,
    Outcome.ALREADY_SUPPORTED: 180,
    Outcome.NEEDED: 90,
    Outcome.WATCH: 90,
}
"""
After how many days a fact of the same groups may ask again [PROP] (`casework.md` §2.4, `domain.md` §2.7). Where nothing was needed, the
ruleset that had asked says how many (`WITHOUT_NEED`); where something was, never more than it says.

After a mistake of the data, a contact that was never made, a move or a hand-over, the next word of the scorer asks at once: nothing of it
was looked at and found good.
"""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one request to look: for a review that goes on or has ended (None: the open one), or until when it is quiet."""

    disposition: Disposition
    closed: ReviewId | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What words amount to: the open review, if there is one, and what became of each request, by version."""

    open: ReviewState | None
    became: Mapping[int, Became]


def heard(words: Iterable[Word], closures: Iterable[Closure] = ()) -> Heard:
    """
    Return what `words` amount to after those reviews that people closed.

    A word that was there when a review ended belongs to it. Later ones are quiet until the cool-down is over or a new group joins.
    """
    ordered = sorted(words, key=lambda word: word.version)
    told = {word.version: word.cool_down_days for word in ordered}
    became: dict[int, Became] = {}
    last: Closure | None = None
    for ended in sorted(closures, key=lambda each: each.version):
        closure = replace(ended, cool_down_days=told.get(ended.version))
        of_it = [word for word in ordered if (last.version if last else 0) < word.version <= closure.version]
        became |= _became(of_it, last, closure.review_id)
        last = closure
    left = [word for word in ordered if last is None or word.version > last.version]
    became |= _became(left, last, None)
    opener = _opener(left, last)
    return Heard(_state(opener, [word for word in left if word.version >= opener.version]) if opener else None, became)


def state_of(words: Iterable[Word]) -> ReviewState | None:
    """Return the review that `words` amount to where none was closed before, or None while nobody was asked to look."""
    return heard(words).open


def _became(words: Sequence[Word], before: Closure | None, closed: ReviewId | None) -> dict[int, Became]:
    opener = _opener(words, before)
    found: dict[int, Became] = {}
    for word in words:
        if word.kind is not Kind.NEEDED:
            continue
        if opener is None or word.version < opener.version:
            assert before is not None  # noqa: S101 -- nothing is quiet where nothing was closed
            found[word.version] = Became(Disposition.SUPPRESSED, until=before.quiet_until)
        else:
            found[word.version] = Became(Disposition.OPENED if word is opener else Disposition.ATTACHED, closed)
    return found


def _opener(words: Sequence[Word], before: Closure | None) -> Word | None:
    """Return the word with which people are asked to look: after a review that ended, also news of facts (`domain.md` §2.8-22)."""
    if before is None:
        return next((word for word in words if word.kind is Kind.NEEDED), None)
    return next((word for word in words if word.needed and _breaks_quiet(word, before)), None)


def _breaks_quiet(word: Word, before: Closure) -> bool:
    return word.as_of >= before.quiet_until or not before.groups.issuperset(word.groups)


def _state(opener: Word, words: Sequence[Word]) -> ReviewState:
    latest = words[-1]
    return ReviewState(
        opened_version=opener.version,
        opened_on=opener.as_of,
        version=latest.version,
        groups=latest.groups,
        needed=latest.needed,
        # It stays said until a person has looked (S08): a later request does not take the news back.
        basis_changed=any(word.kind is Kind.BASIS_CHANGED and word.version > opener.version for word in words),
        oldest_known_at=min((reason.known_at for reason in latest.reasons if reason.holds), default=None),
    )


def changes(words: Sequence[Word]) -> Iterator[Change]:
    """
    Return what changed from the first word on, day by day, newest first. Only what stood before or stands now.

    What came and went within a day, as where a source was late for an hour, is none.
    """
    ordered = sorted(words, key=lambda word: word.version)
    last_of_days = [list(of_day)[-1] for _, of_day in groupby(ordered, key=lambda word: word.as_of)]
    for later, earlier in pairwise([*reversed(last_of_days), *ordered[:1]]):
        yield from _between(earlier, later)


def came_or_went(words: Sequence[Word]) -> bool:
    """Whether a reason came or went since the newest word that asked people to look; words that only tell newer days change none."""
    asked = max((word.version for word in words if word.kind is Kind.NEEDED), default=0)
    return next(changes([word for word in words if word.version >= asked]), None) is not None


def _between(earlier: Word, later: Word) -> Iterator[Change]:
    before = {reason.item: reason for reason in earlier.reasons}
    after = {reason.item: reason for reason in later.reasons}
    for item in Item:
        was, now = before.get(item), after.get(item)
        if (was is not None and was.stands) != (now is not None and now.stands):
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
        evidence=tuple(raw.get("evidence") or ()),
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
