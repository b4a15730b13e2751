"""Compares a record with a person, field by field. Spellings were folded before (`normalising`); here only slips are forgiven."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from services.linker.domain.matching.levels import Agreement, Compared, Level, comparison
from services.linker.domain.matching.profiles import Profile, is_reading

ERAS = frozenset({1, 10, 30, 63, 93})
"""Years between a date and what becomes of it by a wrong digit, or by a wrong era: Reiwa 1 = 2019, Heisei 1 = 1989, Showa 1 = 1926."""
KANA_LENGTH = 3
"""A reading of two kana has no room for a slip: ユイ and ユナ are two names."""
WHOLE_LENGTH = 3
"""A whole name of two signs is too short to be told from another one by its order."""
_TOWN_AND_NUMBER = 2
VOICED = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォッャュョ",
    "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホウアイウエオツヤユヨ",
)


def compared(record: Profile, person: Profile) -> Compared:
    """Return how a record and a person of the register agree."""
    return comparison(
        _given(record, person),
        _family(record, person),
        birth_level(record, person),
        _plain(record.sex, person.sex),
        address_level(record, person),
        _guardian(record, person),
        _plain(record.household_no, person.household_no),
    )


_Part = tuple[Level, Agreement, Agreement]
"""A level of a name, and how signs and reading compare."""


def _given(record: Profile, person: Profile) -> _Part:
    kanji, kana = _kanji(record.given, person.given), _kana(record.given_kana, person.given_kana)
    return _equal(kanji, kana) or _otherwise(kanji, kana, _whole(record, person))


def _family(record: Profile, person: Profile) -> _Part:
    kanji, kana = _kanji(record.family, person.family), _kana(record.family_kana, person.family_kana)
    if (equal := _equal(kanji, kana)) is not None:
        return equal
    return _otherwise(kanji, kana, Level.FORMER if _had_before(record, person) else _whole(record, person))


def _had_before(record: Profile, person: Profile) -> bool:
    if not record.former and not person.former:
        return False
    return bool(_names_of(record) & person.former or record.former & (_names_of(person) | person.former))


def _names_of(side: Profile) -> frozenset[str]:
    return frozenset(name for name in (side.family, side.family_kana) if name)


def _equal(kanji: Agreement, kana: Agreement) -> _Part | None:
    if kanji is Agreement.EQUAL:
        return Level.KANJI, kanji, kana
    if kana is Agreement.EQUAL:
        return (Level.KANA if kanji is Agreement.ABSENT else Level.HOMOPHONE), kanji, kana
    return None


def _otherwise(kanji: Agreement, kana: Agreement, whole: Level | None) -> _Part:
    if whole is not None:
        return whole, kanji, kana
    if kana is Agreement.NEAR:
        return Level.NEAR, kanji, kana
    return (Level.UNKNOWN if kanji is kana is Agreement.ABSENT else Level.OTHER), kanji, kana


def _whole(record: Profile, person: Profile) -> Level | None:
    """How the whole name agrees where its parts do not."""
    if record.latin and person.latin and record.latin == person.latin:
        return Level.LATIN
    return Level.CROSSED if _crossed(record, person) else None


def _crossed(record: Profile, person: Profile) -> bool:
    """Whether the whole name is one, though divided or ordered in another way."""
    return _one_name((record.family, record.given), (person.family, person.given)) or _one_name(
        (record.family_kana, record.given_kana), (person.family_kana, person.given_kana)
    )


def _one_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    if one == other:
        return False
    whole = one[0] + one[1]
    return len(whole) >= WHOLE_LENGTH and whole in (other[0] + other[1], other[1] + other[0])


def _kanji(one: str, other: str) -> Agreement:
    """Signs have no near: children of a family often share one of two (陽翔, 陽太)."""
    if not one or not other:
        return Agreement.ABSENT
    if one == other:
        return Agreement.EQUAL
    return Agreement.ABSENT if is_reading(one) or is_reading(other) else Agreement.OTHER


def _kana(one: str, other: str) -> Agreement:
    if not one or not other:
        return Agreement.ABSENT
    return Agreement.EQUAL if one == other else _slip(one, other)


@lru_cache(maxsize=131_072)
def _slip(one: str, other: str) -> Agreement:
    """Whether two readings that are not one are near. Siblings and parents are compared again and again."""
    if one.translate(VOICED) == other.translate(VOICED):
        return Agreement.NEAR
    near = max(len(one), len(other)) >= KANA_LENGTH and OSA.distance(one, other, score_cutoff=1) <= 1
    return Agreement.NEAR if near else Agreement.OTHER


def birth_level(record: Profile, person: Profile) -> Level:
    """Return how two birth dates agree. NEAR is one wrong part, a wrong era, or month and day in each other's place."""
    if record.birth is not None and record.birth == person.birth:
        return Level.EQUAL
    pairs = ((record.year, person.year), (record.month, person.month), (record.day, person.day))
    known = [(one, other) for one, other in pairs if one and other]
    wrong = [index for index, (one, other) in enumerate(pairs) if one and other and one != other]
    if not known:
        return Level.UNKNOWN
    if not wrong:
        return _all_agree(len(known))
    if len(known) < len(pairs):
        return Level.OTHER
    return Level.NEAR if _is_a_slip(record, person, wrong) else Level.OTHER


def _all_agree(known: int) -> Level:
    if known == 1:
        return Level.UNKNOWN
    return Level.PART if known == 2 else Level.EQUAL  # noqa: PLR2004 (two of the three parts of a date)


def _is_a_slip(record: Profile, person: Profile, wrong: list[int]) -> bool:
    if wrong == [0]:
        return abs(record.year - person.year) in ERAS
    if len(wrong) == 1:
        return True
    return wrong == [1, 2] and (record.month, record.day) == (person.day, person.month)


def address_level(record: Profile, person: Profile) -> Level:
    """Return how two addresses agree; one that names no town says nothing."""
    if not record.town or not person.town:
        return Level.UNKNOWN
    if record.town != person.town or (record.ward and person.ward and record.ward != person.ward):
        return Level.OTHER
    return Level.EQUAL if _one_house(record.numbers, person.numbers) else Level.TOWN


def _one_house(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two block numbers are one house: 1-8-1 and 1-8-1-203 are, 1 and 1-8 are not known to be."""
    if one == other:
        return bool(one)
    known = min(len(one), len(other))
    return known >= _TOWN_AND_NUMBER and one[:known] == other[:known]


def _guardian(record: Profile, person: Profile) -> Level:
    if not record.guardians or not person.guardians:
        return Level.UNKNOWN
    return Level.EQUAL if record.guardians & person.guardians else Level.OTHER


def _plain(one: str, other: str) -> Level:
    if not one or not other:
        return Level.UNKNOWN
    return Level.EQUAL if one == other else Level.OTHER
