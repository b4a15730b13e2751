"""Families at random: how many children, who raises them, when they came, moved and left (shares are plausible, not measured)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from contracts.quick import quick
from contracts.values import Sex, Ward
from infra.city.dates import Shares, between, days_after, happens, months_after, whole
from infra.city.names import BOYS, FATHERS, GIRLS, MOTHERS, SURNAMES
from infra.city.population import Circumstances, Expected, Protection, Resident, Statement

WARD_WEIGHTS: dict[Ward, int] = {
    Ward.HIGASHI: 32,
    Ward.HAKATA: 25,
    Ward.CHUO: 20,
    Ward.MINAMI: 27,
    Ward.JONAN: 13,
    Ward.SAWARA: 22,
    Ward.NISHI: 21,
}
"""Inhabitants in 10,000, rounded."""

_WARDS = Shares(tuple(WARD_WEIGHTS), tuple(WARD_WEIGHTS.values()))

_CHILDREN, _MOVES = Shares((1, 2, 3, 4), (40, 43, 14, 3)), Shares((0, 1, 2), (84, 13, 3))
"""Children of a family, and moves within the city since; how often of 100."""

OLDEST_CHILD_MONTHS = 16 * 12
ORDINALS = ("長", "二", "三", "四", "五")


@dataclass(slots=True)
class Numbers:
    """The city's running numbers. 宛名番号 have ten digits: of twelve one in ten would look like a My Number."""

    persons: int = 0
    households: int = 0
    pregnancies: int = 0
    cases: int = 0

    def person(self) -> str:
        """The next 宛名番号. Not consecutive, as real ones are not."""
        self.persons += 1
        return f"{1_000_000 + self.persons * 7:010d}"

    def household(self) -> str:
        """The next 世帯番号."""
        self.households += 1
        return f"{40_000_000 + self.households * 3:d}"

    def pregnancy(self) -> str:
        """The next number of a pregnancy."""
        self.pregnancies += 1
        return f"N-{self.pregnancies:07d}"

    def case(self) -> str:
        """The next number of a welfare case."""
        self.cases += 1
        return f"SH-{self.cases:06d}"


@quick(frozen=True, slots=True)
class Home:
    """A family at the start: numbers, surname, the children's birth days."""

    household_no: str
    surname: tuple[str, str]
    births: tuple[date, ...]
    """Oldest first; twins share a day."""
    since: date
    """Since when the parents live in the city."""


@quick(frozen=True, slots=True)
class Address:
    """A ward and a 町丁目 in it."""

    ward: Ward
    town: str


WARD_CODES: dict[Ward, str] = {
    Ward.HIGASHI: "40131",
    Ward.HAKATA: "40132",
    Ward.CHUO: "40133",
    Ward.MINAMI: "40134",
    Ward.NISHI: "40135",
    Ward.JONAN: "40136",
    Ward.SAWARA: "40137",
}
"""The national codes of the seven wards."""

TOWNS_IN_A_WARD = 180


def circumstances(rng: Random, births: tuple[date, ...], today: date) -> Circumstances:
    """The circumstances of an ordinary family, by chance."""
    hard = happens(rng, 0.03)
    single = happens(rng, 0.25 if hard else 0.08)
    youngest, oldest = births[-1], births[0]
    arrived = between(rng, months_after(oldest, -24), days_after(today, -30)) if happens(rng, 0.14) else None
    leaving_from = max(days_after(youngest, 60), months_after(today, -18), arrived or youngest)
    left = between(rng, leaving_from, today) if happens(rng, 0.03) and leaving_from <= today else None
    return Circumstances(
        hard_to_reach=hard,
        single_parent=single,
        on_welfare=happens(rng, 0.14 if single else 0.02),
        arrived_on=arrived,
        left_on=left if left is not None and (arrived is None or left > days_after(arrived, 30)) else None,
        moves=_moves(rng, max(arrived or oldest, oldest), left or today),
    )


def expecting(expected: Expected) -> Circumstances:
    """A family that stayed, and whose youngest child missed a checkup: one more event opens a review."""
    return Circumstances(expected=expected)


def birth_days(rng: Random, today: date, at_most: int) -> tuple[date, ...]:
    """Birth days of one family's children, none older than the scope, oldest first; twins now and then."""
    wanted = min(at_most, _CHILDREN.draw(rng))
    births = [between(rng, days_after(months_after(today, -OLDEST_CHILD_MONTHS), 1), days_after(today, -3))]
    while len(births) < wanted:
        births.append(births[-1] if happens(rng, 0.015) else days_after(births[-1], rng.uniform(500, 1900)))
    return tuple(day for day in births if day < today)


def expected_birth_days(rng: Random, today: date) -> tuple[date, ...]:
    """One child between 27 and 34 months: past the limit of the 18-month checkup, not yet three."""
    return (between(rng, months_after(today, -34), months_after(today, -27)),)


def home(rng: Random, numbers: Numbers, births: tuple[date, ...], lot: Circumstances) -> Home:
    """A household for children born on `births`."""
    since = lot.arrived_on or days_after(births[0], -rng.uniform(500, 4000))
    return Home(numbers.household(), rng.choice(SURNAMES), births, since)


def adults(rng: Random, numbers: Numbers, at: Home, lot: Circumstances, places: tuple[Address, ...]) -> tuple[Resident, ...]:
    """Father and mother, or one of them; the mother second, as 妻 of the head."""
    mother_age = rng.uniform(20, 36)
    mother_birth = days_after(at.births[0], -mother_age * 365.25)
    father_birth = days_after(mother_birth, -rng.uniform(-1200, 3000))
    alone = lot.single_parent
    mother_word = "世帯主" if alone else "妻"
    mother = resident(rng, numbers, at, lot, places, (Sex.FEMALE, mother_birth, mother_word, MOTHERS))
    if alone:
        return (mother,)
    return (resident(rng, numbers, at, lot, places, (Sex.MALE, father_birth, "世帯主", FATHERS)), mother)


def children(rng: Random, numbers: Numbers, at: Home, lot: Circumstances, places: tuple[Address, ...]) -> tuple[Resident, ...]:
    """The children, each as 長男, 二女 … of the head."""
    counted = {Sex.MALE: 0, Sex.FEMALE: 0}
    born = []
    for birth in at.births:
        sex = rng.choice((Sex.MALE, Sex.FEMALE))
        word = ORDINALS[counted[sex]] + ("男" if sex is Sex.MALE else "女")
        counted[sex] += 1
        born.append(resident(rng, numbers, at, lot, places, (sex, birth, word, BOYS if sex is Sex.MALE else GIRLS)))
    return tuple(born)


def addresses(rng: Random, count: int) -> tuple[Address, ...]:
    """Where a family lives in turn; it often stays in the ward."""
    found = [address(rng, _WARDS.draw(rng))]
    while len(found) < count:
        stays = happens(rng, 0.45)
        found.append(address(rng, found[-1].ward if stays else rng.choice(_WARDS.values)))
    return tuple(found)


def separate(
    rng: Random,
    numbers: Numbers,
    adults_there: tuple[Resident, ...],
    children_there: tuple[Resident, ...],
    today: date,
    ward: Ward | None = None,
) -> tuple[tuple[Resident, ...], tuple[Resident, ...], Protection]:
    """Mother and children flee (to `ward`, or to any) and are protected from the father, who stays (`domain.md` §4.4)."""
    father, mother = adults_there
    fled_on = between(rng, days_after(today, -300), days_after(today, -20))
    refuge, household_no = address(rng, ward) if ward else addresses(rng, 1)[0], numbers.household()
    moved_mother = _flee(mother, fled_on, refuge, household_no, "世帯主")
    moved_children = tuple(_flee(child, fled_on, refuge, household_no, child.statements[-1].relationship) for child in children_there)
    measure = Protection(
        applicant_no=mother.person_no,
        covered_nos=tuple(child.person_no for child in children_there),
        opponent_nos=(father.person_no,),
        valid_from=fled_on,
        valid_to=days_after(months_after(fled_on, 12), -1),
    )
    return (father, moved_mother), moved_children, measure


def rename(rng: Random, residents: tuple[Resident, ...], on: date) -> tuple[Resident, ...]:
    """A new family name for all of them after a divorce (S04): one more statement each."""
    written, kana = rng.choice(SURNAMES)
    return tuple(_rename(resident, written, kana, on) for resident in residents)


def _rename(resident: Resident, written: str, kana: str, on: date) -> Resident:
    last = resident.statements[-1]
    if last.effective_on >= on:
        return resident
    named = replace(
        last,
        effective_on=on,
        reason="氏変更",
        name=f"{written} {last.name.split()[1]}",
        kana=f"{kana} {last.kana.split()[1]}",
    )
    return replace(resident, statements=(*resident.statements, named))


def _flee(resident: Resident, on: date, to: Address, household_no: str, word: str) -> Resident:
    last = resident.statements[-1]
    moved = replace(last, effective_on=on, reason="転居", household_no=household_no, relationship=word, ward=to.ward, town=to.town)
    return replace(resident, statements=(*resident.statements, moved))


def _moves(rng: Random, start: date, end: date) -> tuple[date, ...]:
    count = _MOVES.draw(rng)
    drawn = sorted(between(rng, days_after(start, 30), days_after(end, -20)) for _ in range(count))
    return tuple(day for day in drawn if day < end)


def address(rng: Random, ward: Ward) -> Address:
    """A 町丁目 of a ward."""
    return Address(ward, town_code(ward, whole(rng, 1, TOWNS_IN_A_WARD)))


def town_code(ward: Ward, number: int) -> str:
    """Return the register's code of a 町丁目."""
    return f"{WARD_CODES[ward]}{number:03d}"


def resident(
    rng: Random,
    numbers: Numbers,
    at: Home,
    lot: Circumstances,
    places: tuple[Address, ...],
    person: tuple[Sex, date, str, tuple[tuple[str, str], ...]],
) -> Resident:
    """One person of a household, with an entry for each of its moves; `person` is sex, birth day, 続柄 and the given names to draw from."""
    sex, birth, word, given_names = person
    given, given_kana = rng.choice(given_names)
    start = max(birth, at.since)
    moved_before = sum(move <= start for move in lot.moves)
    first = Statement(
        effective_on=start,
        reason="出生" if start == birth else "転入",
        name=f"{at.surname[0]} {given}",
        kana=f"{at.surname[1]} {given_kana}",
        household_no=at.household_no,
        relationship=word,
        ward=places[moved_before].ward,
        town=places[moved_before].town,
        resident_from=start,
    )
    return Resident(numbers.person(), sex, birth, tuple(_history(first, lot, places[moved_before + 1 :])))


def _history(first: Statement, lot: Circumstances, places: tuple[Address, ...]) -> Iterator[Statement]:
    yield first
    latest = first
    later = [move for move in lot.moves if move > first.effective_on]
    for move, place in zip(later, places, strict=True):
        latest = _moved(latest, move, place)
        yield latest
    if lot.left_on is not None:
        yield replace(latest, effective_on=lot.left_on, reason="転出", resident_to=lot.left_on)


def _moved(last: Statement, on: date, to: Address) -> Statement:
    """The next entry after a move within the city. Written out: most entries are such, and `replace` takes three times as long."""
    return Statement(
        effective_on=on,
        reason="転居",
        name=last.name,
        kana=last.kana,
        household_no=last.household_no,
        relationship=last.relationship,
        ward=to.ward,
        town=to.town,
        resident_from=last.resident_from,
        resident_to=last.resident_to,
    )
