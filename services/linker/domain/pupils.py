"""Who a pupil of a school's list is: whom its number names in the register, if all else that the list says agrees (`domain.md` §6.5)."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import DatePrecision
from contracts.writing.names import parted
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.decisions import Candidate
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.normalising import Raw, normalised
from services.linker.domain.statements import Born

Name = tuple[str | None, str | None]
"""A name as written and as read."""


@quick(frozen=True, slots=True)
class Registered:
    """What the register says of a person that a school's list can be held against. `names` are all that they ever had."""

    names: frozenset[Name]
    born: Born


@quick(frozen=True, slots=True)
class Pupil:
    """Whom a school's lists say that a pupil is: `linked` are whom they are linked to, `may_be` whom they name without being linked."""

    linked: frozenset[PersonId] = frozenset()
    may_be: frozenset[PersonId] = frozenset()


@quick(frozen=True, slots=True)
class SaidOfPupil:
    """What people said of a pupil: who it is, and who it is not."""

    person_id: PersonId | None = None
    apart: frozenset[PersonId] = frozenset()


NOTHING_SAID = SaidOfPupil()


def may_be(data: Mapping[str, Any], person: Registered) -> bool:
    """
    Whether a pupil may be whom their number names. Numbers are reused and mistyped, and the mother's stands where the child's is due.

    What is not said contradicts nothing; beside a given name that agrees, a slip in the birth date is no more than that. A whole name that
    no blank parts says a given name as well: it agrees as a whole or not at all, since a twin has the family name and the birth date, too.
    """
    pupil = _profile((data.get("name"), data.get("kana")), data.get("birth_date") or "")
    return any(_agree(pupil, each) for each in _profiles(person))


def _agree(pupil: Profile, person: Profile) -> bool:
    levels = compared(pupil, person)
    candidate = Candidate(0, person, levels, 0.0)
    if levels.birth in {Level.EQUAL, Level.PART, Level.UNKNOWN}:
        return candidate.given_agrees or (levels.given.level is Level.UNKNOWN and _says_no_other_name(candidate))
    return candidate.given_agrees and levels.birth is Level.NEAR


def _says_no_other_name(candidate: Candidate) -> bool:
    return candidate.family_agrees or candidate.compared.family.level is Level.UNKNOWN


def _profiles(person: Registered) -> Iterable[Profile]:
    born = written(person.born)
    return (_profile(name, born) for name in person.names or {(None, None)})


def _profile(name: Name, birth_date: str) -> Profile:
    (family, given), (family_kana, given_kana) = (parted(each or "") for each in name)
    return profile(normalised(Raw(family, given, family_kana, given_kana, birth_date=birth_date)))


def written(born: Born) -> str:
    """Return a birth date with zeros for what the register does not know of it."""
    day, precision = born
    whole = {DatePrecision.DAY: f"{day:%Y-%m-%d}", DatePrecision.MONTH: f"{day:%Y-%m}-00", DatePrecision.YEAR: f"{day:%Y}-00-00"}
    return whole.get(precision, "")
