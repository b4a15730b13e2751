"""
What two records say of the same person, field by field, and how much each field weighs (`domain/matching/weighing.py`).

Of somebody whom a measure protects neither address nor household is shown or weighed (`domain.md` §4.4, `linkage.md` §4).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.quick import quick
from contracts.writing.names import parted
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.levels import Compared, Field, Level
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.weighing import Scale
from services.linker.domain.normalising import Raw, normalised

SHOWN = (
    "name",
    "kana",
    "birth_date",
    "sex",
    "person_no",
    "household_no",
    "relationship_to_head",
    "ward_code",
    "address_code",
    "resident_from",
    "resident_to",
    "school_code",
    "fiscal_year",
    "grade",
    "pupil_key",
)
"""What is shown of a record: what says who somebody is, and nothing of what is told of them."""
WHEREABOUTS = frozenset({"household_no", "ward_code", "address_code", "school_code", "pupil_key"})
"""What nobody sees of whom a measure protects: the number of the household is the address of all who live there."""
_OF_HOME = frozenset({Field.ADDRESS, Field.GUARDIAN, Field.HOUSEHOLD, "school"})


@quick(frozen=True, slots=True)
class Line:
    """A field as two records have it. `claim` is what it says for or against; None for what is not weighed."""

    name: str
    one: str | None
    other: str | None
    hidden: bool = False

    @property
    def differs(self) -> bool:
        """Whether both say it, and not the same."""
        return not self.hidden and None not in (self.one, self.other) and self.one != self.other


@quick(frozen=True, slots=True)
class Weighed:
    """What one field says, also the school, which the matcher's own fields have not."""

    field: str
    level: Level
    bits: float
    detail: str = ""


@quick(frozen=True, slots=True)
class Evidence:
    """What speaks for and against: the prior, what each field adds, and the sum, in bits (0 is even odds, +10 about 1000 to 1)."""

    prior_bits: float
    claims: tuple[Weighed, ...]
    hidden: bool
    model: str

    @property
    def bits(self) -> float:
        """All together."""
        return self.prior_bits + sum(claim.bits for claim in self.claims)

    @property
    def says_anything(self) -> bool:
        """Whether a field could be compared at all."""
        return any(claim.level is not Level.UNKNOWN for claim in self.claims)


def lines(one: Mapping[str, Any], other: Mapping[str, Any], *, hidden: bool) -> Iterator[Line]:
    """Return what two records say, for people to compare; whereabouts are left out where they are `hidden`."""
    for name in SHOWN:
        both = _said(one, name), _said(other, name)
        if any(each is not None for each in both):
            covered = hidden and name in WHEREABOUTS
            yield Line(name, *((None, None) if covered else both), covered)


def evidence(one: Mapping[str, Any], other: Mapping[str, Any], scale: Scale, *, hidden: bool) -> Evidence:
    """Return what each field says for or against both being about one person."""
    left, right = profile_of(one), profile_of(other)
    levels = compared(left, right)
    if hidden:
        levels = _without_home(levels)
    claims = tuple(Weighed(each.field, each.level, each.bits, each.detail) for each in scale.claims(levels, right))
    return Evidence(scale.prior_bits, claims, hidden, scale.model.version)


def as_weighed(claims: Iterable[Mapping[str, Any]], prior_bits: float, model: str, *, hidden: bool) -> Evidence:
    """Return what was weighed when it was decided. Of whom a measure protects the school is not told."""
    told = tuple(Weighed(each["field"], Level(each["level"]), each["bits"], each.get("detail", "")) for each in claims)
    return Evidence(prior_bits, tuple(each for each in told if not hidden or each.field not in _OF_HOME), hidden, model)


def profile_of(said: Mapping[str, Any]) -> Profile:
    """Return what is compared of a record. The register tells the block of the town by a code, and no more of the address."""
    (family, given), (family_kana, given_kana) = (parted(_said(said, name) or "") for name in ("name", "kana"))
    raw = Raw(
        family,
        given,
        family_kana,
        given_kana,
        birth_date=_said(said, "birth_date") or "",
        sex=_said(said, "sex") or "",
        household_no=_said(said, "household_no") or "",
    )
    return replace(profile(normalised(raw)), town=_said(said, "address_code") or "")


def _without_home(levels: Compared) -> Compared:
    return replace(levels, address=Level.UNKNOWN, guardian=Level.UNKNOWN, household=Level.UNKNOWN)


def _said(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value not in (None, "") else None


def says_who(said: Mapping[str, Any]) -> bool:
    """Whether a record says more of somebody than a number."""
    return any(_said(said, name) is not None for name in ("name", "kana", "birth_date"))


@quick(frozen=True, slots=True)
class Bar:
    """A step of the waterfall: from one sum to the next."""

    field: str
    level: str
    start: float
    end: float


def waterfall(found: Evidence) -> Sequence[Bar]:
    """Return the steps from what is known before anything is compared to the sum: one for each field that says something."""
    bars, level = [Bar("prior", "", 0.0, found.prior_bits)], found.prior_bits
    for claim in found.claims:
        if claim.level is not Level.UNKNOWN:
            bars.append(Bar(claim.field, claim.level, level, level + claim.bits))
            level += claim.bits
    return [*bars, Bar("sum", "", 0.0, level)]
