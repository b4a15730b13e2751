"""
Whom a row of a school's list means that names no number: school, name, birth date and sex against the register (`domain.md` §6.5).

The matcher decides (`matching/`), by what it decides every record that carries no number. A list names no home; the school that the
register of children of school age (学齢簿) names says what a home says otherwise, and like a home it never links by itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import starmap
from typing import Any

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.writing.names import parted
from services.linker.domain.matches import BY_SCHOOL, Claimed, Matched, Shown
from services.linker.domain.matching import deciding, gate
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.decisions import Candidate, Decision, Verdict
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.matching.looking import worth_a_look
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.snapshots import IN_USE, SCALE
from services.linker.domain.normalising import Raw, normalised
from services.linker.domain.pupils import Name, written
from services.linker.domain.schooling import School, school, school_level
from services.linker.domain.statements import Born

FIRST_BIRTH_YEAR = 2000
"""Who was born earlier is on no list that is sent: the keys of a city's adults would be five times those of its children."""
_APART = "\x1f"

OTHER_SCHOOL = "the register names another school"
_MOST_SHOWN = 5
_DIGITS = 3


@quick(frozen=True, slots=True)
class Comparable:
    """A child of the register, in one spelling. A profile for each given name that it ever had: the newest last."""

    profiles: tuple[Profile, ...]
    schools: frozenset[School]


@quick(frozen=True, slots=True)
class Row:
    """A row of a school's list, in one spelling."""

    profile: Profile
    school: School


def comparable(names: Sequence[Name], born: Born, sex: str, household: str, schools: Iterable[School]) -> Comparable | None:
    """Return what is compared of a person, or None of whom no list can speak. `names` are all that they ever had, the newest last."""
    if born[0].year < FIRST_BIRTH_YEAR:
        return None
    given = dict.fromkeys(_given(each) for each in names)
    profiles = (_profile(_last(names, each), names, born, sex, household) for each in given)
    return Comparable(tuple(dict.fromkeys(profiles)), frozenset(schools))


def _given(name: Name) -> tuple[str, ...]:
    return tuple(parted(each or "")[1] for each in name)


def _last(names: Sequence[Name], given: tuple[str, ...]) -> Name:
    return next(each for each in reversed(names) if _given(each) == given)


def _profile(name: Name, names: Iterable[Name], born: Born, sex: str, household: str) -> Profile:
    (family, given), (family_kana, given_kana) = (parted(each or "") for each in name)
    families = dict.fromkeys(parted(each or "")[0] for other in names for each in other)
    former = " ".join(each for each in families if each not in (family, family_kana))
    raw = Raw(family, given, family_kana, given_kana, former_family=former, birth_date=written(born), sex=sex, household_no=household)
    return profile(normalised(raw))


def row_of(data: Mapping[str, Any]) -> Row:
    """Return what a row of a list says."""
    (family, given), (family_kana, given_kana) = (parted(str(data.get(each) or "")) for each in ("name", "kana"))
    raw = Raw(family, given, family_kana, given_kana, birth_date=str(data.get("birth_date") or ""), sex=str(data.get("sex") or ""))
    return Row(profile(normalised(raw)), school(data.get("school_code"), data.get("grade"), data.get("fiscal_year")))


# --- Under which keys they meet: those of `matching/blocking.py` that a list can ask by, which names no home -----------------------------


_Key = tuple[str, str]
"""What all keys of one birth date, one name or one school and year have in common, and the whole key."""


def keys_of(person: Comparable | None) -> frozenset[int]:
    """Return the keys under which a row finds a person: compound ones alone, a birth date or a school and something."""
    return frozenset(starmap(_number, _keys_of(person))) if person is not None else frozenset()


def keys_formerly(person: Comparable | None) -> frozenset[int]:
    """Return them by the numbers that releases up to migration 28 gave them: rows of those have these until they are decided again."""
    return frozenset(_number_formerly(key) for _, key in _keys_of(person)) if person is not None else frozenset()


def _keys_of(person: Comparable) -> set[_Key]:
    found: set[_Key] = set()
    for each in person.profiles:
        givens, families = {each.given, each.given_kana} - {""}, {each.family, each.family_kana, *each.former} - {""}
        names = {(each.family, each.given), (each.family_kana, each.given_kana)}
        names |= {(family, given) for family in each.former for given in givens}
        found.update(_of_birth(each, givens, families), _of_names(each, names))
        for code, _ in person.schools:
            found.update(_of_school(code, each))
    return found


def keys_asked(row: Row) -> frozenset[int]:
    """Return the keys by which a row asks: also by what it may have wrong, the names in each other's place."""
    side = row.profile
    names = [(family, given) for family, given in ((side.family, side.given), (side.family_kana, side.given_kana)) if family and given]
    givens = {side.given, side.given_kana, *(family for family, _ in names)} - {""}
    families = {side.family, side.family_kana} - {""}
    keys = {*_of_birth(side, givens, families), *_of_names(side, names), *_of_school(row.school[0], side)}
    return frozenset(starmap(_number, keys))


def _of_birth(side: Profile, givens: Iterable[str], families: Iterable[str]) -> Iterator[_Key]:
    """By the birth date with a given name (month and day in either order), a family name, or the whole name, which a side may not part."""
    if side.birth is None:
        return
    year, month, day = side.year, side.month, side.day
    either = f"{year}{_APART}{min(month, day)}{_APART}{max(month, day)}{_APART}"
    for name in givens:
        yield either, f"birth, given{_APART}{either}{name}"
    on = f"{year}{_APART}{month}{_APART}{day}{_APART}"
    for name in families:
        yield either, f"birth, family{_APART}{on}{name}"
    for name in {side.family + side.given, side.family_kana + side.given_kana} - {""}:
        yield either, f"birth, whole{_APART}{on}{name}"


def _of_names(side: Profile, names: Iterable[tuple[str, str]]) -> Iterator[_Key]:
    """By the whole name, in either order, with the year or with month and day."""
    for pair in names:
        if all(pair):
            both = _APART.join(sorted(pair))
            if side.year:
                yield both, f"name, year{_APART}{both}{_APART}{side.year}"
            if side.month and side.day:
                yield both, f"name, day{_APART}{both}{_APART}{side.month}{_APART}{side.day}"


def _of_school(code: str, side: Profile) -> Iterator[_Key]:
    if code and side.year:
        of_year = f"{code}{_APART}{side.year}{_APART}"
        for name in {side.given, side.given_kana, side.family, side.family_kana} - {""}:
            yield of_year, f"school, year{_APART}{of_year}{name}"


_NEAR_BYTES, _KEY_BYTES = 3, 5


def _number(near: str, key: str) -> int:
    """
    A key as it is kept and looked for: 8 bytes, the first 3 of them of what it has in common with its neighbours.

    So keys that are written and asked for together lie together: on four pages of an index instead of sixteen. Two keys of one birth date
    (or name, or school) share a number with the chance of 2^-40, all others with that of 2^-64. Who meets by it is compared as well, and
    has nothing in common with the row.
    """
    return int.from_bytes(_place(near) + _digest(key)[:_KEY_BYTES], "big", signed=True)


@lru_cache(maxsize=1_024)
def _place(near: str) -> bytes:
    return _digest(near)[:_NEAR_BYTES]


def _number_formerly(key: str) -> int:
    return int.from_bytes(_digest(key)[:8], "big", signed=True)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


# --- Who is meant ---------------------------------------------------------------------------------------------------------------------


@quick(frozen=True, slots=True)
class Likely:
    """A child who shares a key with a row, and how their schools agree."""

    person_id: PersonId
    candidate: Candidate
    school: Level


def decide(row: Row, people: Mapping[PersonId, Comparable]) -> Matched:
    """Decide whom a row means. `people` are all who share a key with it; the same people give the same decision."""
    found = [_likely(row, place, who, people[who]) for place, who in enumerate(sorted(people))]
    likely = sorted(found, key=lambda each: (-each.candidate.weight, each.person_id))
    candidates = [each.candidate for each in likely]
    decision = deciding.decide(row.profile, candidates, SCALE)
    if decision.verdict is Verdict.NEW:
        decision = _at_school(decision, likely)
    elif decision.candidate is not None:
        decision = _by_school(decision, next(each for each in likely if each.candidate is decision.candidate), candidates)
    shown = [each for one in decision.shown for each in likely if each.candidate is one] or likely[:2]
    runner_up = next((each for each in likely if each is not shown[0]), None) if shown else None
    return Matched(
        verdict=decision.verdict,
        rule=decision.rule,
        reasons=decision.reasons,
        candidates=tuple(map(_shown, shown)),
        runner_up=runner_up.person_id if runner_up is not None else None,
        margin=round(shown[0].candidate.weight - runner_up.candidate.weight, _DIGITS) if runner_up is not None else None,
        model=decision.model_version,
        normaliser=decision.normaliser_version,
        gate=decision.gate_version,
    )


def _likely(row: Row, place: int, who: PersonId, person: Comparable) -> Likely:
    """A person by the name of theirs that speaks most for it."""
    level = school_level(row.school, person.schools)
    each = [(name, compared(row.profile, name)) for name in person.profiles]
    weighed = [Candidate(place, name, levels, SCALE.weight(levels, name) + IN_USE.school[level]) for name, levels in each]
    return Likely(who, max(weighed, key=lambda candidate: candidate.weight), level)


def _at_school(decision: Decision, likely: Sequence[Likely]) -> Decision:
    """
    Return the decision, or one that shows people whoever they would be shown of a home: of a list it is the school that is the child's.

    A given name with a slip, or none, beside the child's school, family name and birth date may be the child's: nobody else would see it.
    """
    shown = [each.candidate for each in likely if each.school is Level.EQUAL and worth_a_look(each.candidate, beside=1)]
    if not shown:
        return decision
    reasons = (deciding.NO_PATTERN,)
    return replace(decision, verdict=Verdict.REVIEW, rule=reasons[0], reasons=reasons, shown=tuple(shown[:_MOST_SHOWN]))


def _by_school(decision: Decision, best: Likely, candidates: Sequence[Candidate]) -> Decision:
    """
    Return the decision, turned into a link where all that was in its way is that a list names no home, and the school is the child's.

    Then school, grade, birth date and the whole name agree, nothing in any of them speaks against it, and nobody else of the register has
    that name and birth date (`domain.md` §6.5). Where the register names another school, it is people's: a namesake's row looks like that,
    however rare the name, and like one of a child that has just changed schools.
    """
    if decision.verdict is Verdict.AUTO and best.school is Level.OTHER:
        return replace(decision, verdict=Verdict.REVIEW, rule=OTHER_SCHOOL, reasons=(OTHER_SCHOOL,), shown=tuple(candidates[:_MOST_SHOWN]))
    agreed = best.candidate.compared
    agrees = best.candidate.family_agrees and agreed.birth is Level.EQUAL and agreed.sex is not Level.OTHER
    if agrees and best.school is Level.EQUAL and (decision.verdict is Verdict.AUTO or decision.reasons == (gate.NO_HOME,)):
        return replace(decision, verdict=Verdict.AUTO, rule=BY_SCHOOL, reasons=(), shown=())
    return decision


def _shown(likely: Likely) -> Shown:
    candidate = likely.candidate
    claims = SCALE.claims(candidate.compared, candidate.person)
    told = [Claimed(each.field, each.level, round(each.bits, _DIGITS), each.detail) for each in claims if each.field in _LISTED]
    told.append(Claimed("school", likely.school, round(IN_USE.school[likely.school], _DIGITS)))
    return Shown(likely.person_id, round(candidate.weight, _DIGITS), tuple(told))


_LISTED = frozenset({Field.GIVEN, Field.FAMILY, Field.BIRTH, Field.SEX})
"""What a list says beside the school."""
