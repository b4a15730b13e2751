"""
How far a source is complete, by the watermarks it has said: each a record with revisions, as its others are.

What holds is the latest day of those that are not taken back. A void, or a higher revision with an earlier day, takes one back: then
nothing may be concluded from absence beyond what is left (`domain.md` §2.2, §2.8-15).
"""

from collections.abc import Iterable
from datetime import date

from contracts.feeds import NOWHERE
from contracts.quick import quick
from services.ingest.domain.newness import Newness

OF_BEFORE = ""
"""Under this number stands, with revision 0, how far a source had come by an older release; and watermarks without a number."""


@quick(frozen=True, slots=True)
class Mark:
    """The newest revision of a watermark: complete from and up to which day. `through` is None where it was taken back."""

    revision: int
    through: date | None
    since: date | None = None


@quick(frozen=True, slots=True)
class Reach:
    """What holds of a source. `version` counts its changes, so that a later word is known from a late one."""

    through: date
    since: date | None
    version: int


def against(held: Mark | None, said: Mark) -> Newness:
    """
    Compare a watermark with what is held under its number.

    One revision may move on: sources that do not count revisions say later days under the same number.
    """
    if held is None or said.revision > held.revision:
        return Newness.NEWER
    if said.revision < held.revision or said == held:
        return Newness.OLDER
    if said.through is None or held.through is None:
        return Newness.CONFLICTING
    return Newness.NEWER if said.through > held.through else Newness.OLDER


def after(marks: Iterable[Mark], before: Reach | None) -> Reach:
    """
    What holds once `marks` are what a source has said: what the one that reaches furthest says.

    The same object as `before` where that holds already.
    """
    told = [mark for mark in marks if mark.through is not None]
    furthest = max(told, key=lambda mark: mark.through or NOWHERE, default=Mark(0, NOWHERE))
    through, since = furthest.through or NOWHERE, furthest.since
    if before is not None and (through, since) == (before.through, before.since):
        return before
    return Reach(through, since, before.version + 1 if before is not None else 1)
