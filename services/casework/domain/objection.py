"""
What a family agreed to, and what it objects to (S17).

Linkage rests on the law (個人情報保護法69条2項) and not on consent: reasons go on. What rests on consent ends with it, on the same day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAYS_TO_DECIDE = 30
"""Until when it is decided on a request to suspend the use of data (`domain.md` §4.1)."""


class Verdict(StrEnum):
    """What the privacy officer says: meanwhile, that the family may be approached; in the end, whether the use is suspended."""

    APPROACH_PERMITTED = "approach_permitted"
    REFUSED = "refused"
    GRANTED = "granted"


VERDICT_TITLES = {
    Verdict.APPROACH_PERMITTED: "決めるまでのあいだ、新しい働きかけを認める",
    Verdict.REFUSED: "利用停止はしない（理由を説明する）",
    Verdict.GRANTED: "利用を停止する",
}
FINAL = frozenset({Verdict.REFUSED, Verdict.GRANTED})


@dataclass(frozen=True, slots=True)
class Consent:
    """To whom what may be passed on, since when; `withdrawn_on` where that ended."""

    recipient: str
    contents: str
    by: str
    since: date
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """A request to suspend the use of a child's data: the version of the case with which it came, and what was decided."""

    version: int
    objected_on: date
    verdicts: frozenset[Verdict] = frozenset()

    @property
    def due_on(self) -> date:
        """Until when it is decided."""
        return self.objected_on + timedelta(days=DAYS_TO_DECIDE)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return not self.verdicts & FINAL

    @property
    def stops_approach(self) -> bool:
        """Whether nobody approaches the family anew [PROP]: until it is decided or permitted, and where the use is suspended."""
        return Verdict.GRANTED in self.verdicts or not self.verdicts
