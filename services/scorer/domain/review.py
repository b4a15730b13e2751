"""
What to tell the ward about a child: nothing, a review that is needed, or that the facts behind an announced one changed.

The scorer never closes a review, and never opens it again by the same facts: that is for people, in casework.
"""

from enum import Enum
from hashlib import sha256
from json import dumps

from contracts.quick import quick
from contracts.values import Group
from services.scorer.domain.answer import Answer
from services.scorer.domain.rulesets import Verdict


class Say(Enum):
    """Which message a change is told by."""

    REVIEW_NEEDED = "ReviewNeeded"
    BASIS_CHANGED = "ReviewBasisChanged"


@quick(frozen=True, slots=True)
class Signal:
    """What was last told about a child. `version` grows with every message."""

    version: int
    needed: bool
    groups: tuple[Group, ...]
    digest: str


@quick(frozen=True, slots=True)
class Announcement:
    """What is to be told now, and the signal that it leaves behind."""

    say: Say
    signal: Signal


def announcement(told: Signal | None, verdict: Verdict, spoken: int = 0) -> Announcement | None:
    """
    What `verdict` adds to what was `told` by the same ruleset.

    A review that is open stays open while the child is supported already; that only keeps one from being opened (`domain.md` §2.8-22).
    That somebody supports the child is news to whoever looks at it.
    `spoken` is the last version of what was told of the child by any ruleset: versions go on across rulesets, because the ward hears one
    row of words about a child.
    """
    needed = verdict.needed or (verdict.is_suppressed and told is not None and told.needed)
    if told is None and not needed:
        return None
    last = max(spoken, told.version if told else 0)
    digest = digest_of((*verdict.reasons, *verdict.support))
    signal = Signal(last + 1, needed, verdict.groups, digest)
    if verdict.needed and (told is None or not told.needed or set(verdict.groups) - set(told.groups)):
        return Announcement(Say.REVIEW_NEEDED, signal)
    if told is not None and (told.needed != needed or told.digest != digest):
        return Announcement(Say.BASIS_CHANGED, signal)
    return None


def digest_of(reasons: tuple[Answer, ...]) -> str:
    """A fingerprint of what the reasons say, without their evidence: the same facts sent again are no news (S15)."""
    said = sorted([i.item, i.klass, str(i.valid_from), str(i.valid_to), str(i.stale_since), sorted(i.detail.items())] for i in reasons)
    return sha256(dumps(said, default=str).encode()).hexdigest()
