"""Compares a record with a person, field by field. Spellings were folded before (`normalising`); here only slips are forgiven."""

from rapidfuzz.distance import OSA

from services.linker.domain.matching.levels import Agreement, Compared, Level, NamePart
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
    crossed = _crossed(record, person)
    return Compared(
        given=_given(record, person, crossed=crossed),
        family=_family(record, person, crossed=crossed),
        birth=birth_level(record, person),
        sex=_plain(record.sex, person.sex),
        address=address_level(record, person),
        guardian=_guardian(record, person),
        household=_plain(record.household_no, person.household_no),
    )


def _given(record: Profile, person: Profile, *, crossed: bool) -> NamePart:
    return _name(
        _kanji(record.given, person.given),
        _kana(record.given_kana, person.given_kana),
        otherwise=_whole(record, person, crossed=crossed),
    )


def _family(record: Profile, person: Profile, *, crossed: bool) -> NamePart:
    had_before = bool(record.former or person.former) and bool(
        _names_of(record) & person.former or record.former & (_names_of(person) | person.former)
    )
    return _name(
        _kanji(record.family, person.family),
        _kana(record.family_kana, person.family_kana),
        otherwise=Level.FORMER if had_before else _whole(record, person, crossed=crossed),
    )


def _names_of(side: Profile) -> frozenset[str]:
    return frozenset(name for name in (side.family, side.family_kana) if name)


def _name(kanji: Agreement, kana: Agreement, *, otherwise: Level | None) -> NamePart:
    if kanji is Agreement.EQUAL:
        level = Level.KANJI
    elif kana is Agreement.EQUAL:
        level = Level.KANA if kanji is Agreement.ABSENT else Level.HOMOPHONE
    elif otherwise is not None:
        level = otherwise
    elif kana is Agreement.NEAR:
        level = Level.NEAR
    else:
        level = Level.UNKNOWN if kanji is kana is Agreement.ABSENT else Level.OTHER
    return NamePart(level, kanji, kana)


def _whole(record: Profile, person: Profile, *, crossed: bool) -> Level | None:
    """How the whole name agrees where its parts do not."""
    if record.latin and person.latin and record.latin == person.latin:
        return Level.LATIN
    return Level.CROSSED if crossed else None


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
    if one == other:
        return Agreement.EQUAL
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
