"""What sources of the second population write about a child: a sheet of what they know, and the sheet as a row of their file."""

from dataclasses import dataclass
from datetime import date
from random import Random

from contracts.values import Source
from infra.city.linkage.second.people import DAY, Someone
from infra.city.linkage.tables import Record

ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018}
"""The year before the first of each."""

LETTERS = {"昭和": "S", "平成": "H", "令和": "R"}
_REIWA, _HEISEI = date(2019, 5, 1), date(1989, 1, 8)

WITH_NUMBER = (Source.CHILDCARE, Source.MEDICAL_SUBSIDY)
"""Sources that hold the child's number, and the household's now and then."""

_FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(slots=True)
class Sheet:
    """What is known of a child, right or wrong."""

    source: Source
    number: str
    family: str
    given: str
    family_kana: str
    given_kana: str
    latin: str
    year: int
    month: int
    day: int
    woman: bool
    place: str
    home: str
    guardian: str
    former: str = ""
    wrong_era: bool = False
    """The era that is written is another one."""
    shift: int = 0
    """Columns by which the row is shifted, from `shift_from` on: 1 to the right, -1 to the left."""
    shift_from: str = ""


def school_year(born: date) -> int:
    """The grade in the school year of the register's day; under 1 for those who do not go to school yet."""
    return DAY.year - born.year - 6 - (1 if born.month > 4 or (born.month == 4 and born.day > 1) else 0) + 1


def sheet(rng: Random, who: Someone, source: Source) -> Sheet:
    """Everything as it is."""
    numbered = source in WITH_NUMBER
    guardian = rng.choice(who.parents) if who.parents else None
    known = Sheet(
        source=source,
        number=who.number if numbered else "",
        family=who.family.signs,
        given=who.given.signs,
        family_kana=who.family.reading,
        given_kana=who.given.reading,
        latin="",
        year=who.born.year,
        month=who.born.month,
        day=who.born.day,
        woman=who.woman,
        place=who.place if source is not Source.SCHOOL_AFFAIRS else "",
        home=who.home if numbered and rng.random() < 0.3 else "",
        guardian=_guardian(rng, guardian),
    )
    if who.from_elsewhere is not None:
        family, given = who.from_elsewhere
        known.family, known.given = family.kana[0], given.kana[0]
        known.family_kana, known.given_kana = family.kana[0], given.kana[0]
        known.latin = f"{family.latin[0]} {given.latin[0]}" if rng.random() < 0.7 else ""
    if who.once and rng.random() < 0.1:
        known.former = who.once[-1]
    return known


def _guardian(rng: Random, guardian: Someone | None) -> str:
    if guardian is None:
        return ""
    if guardian.from_elsewhere is not None:
        family, given = guardian.from_elsewhere
        return f"{family.kana[0]} {given.kana[0]}"
    chance = rng.random()
    if chance < 0.15:
        return f"{guardian.family.reading} {guardian.given.reading}"
    return f"{guardian.family.signs}{' ' if chance < 0.6 else '　'}{guardian.given.signs}"


_SHIFTED = (
    *("family", "given", "family_kana", "given_kana", "former_family", "former_given"),
    *("latin", "birth_date", "sex", "address", "household_no", "guardian"),
)
"""The columns of a row that a lost or a surplus comma shifts."""


def row(rng: Random, known: Sheet, record_id: str, born: date) -> Record:
    """Return the row that the source writes. `born` is when the child was: the school knows the grade, whatever the sheet says."""
    year = school_year(born)
    at_school = known.source not in WITH_NUMBER and 1 <= year <= 9
    columns = {
        "family": known.family,
        "given": known.given,
        "family_kana": _kana(rng, known.family_kana),
        "given_kana": _kana(rng, known.given_kana),
        "former_family": known.former,
        "former_given": "",
        "latin": known.latin,
        "birth_date": _birth(rng, known),
        "sex": rng.choice(("女子", "女", "2", "female")) if known.woman else rng.choice(("男子", "男", "1", "male")),
        "address": _place(rng, known.place),
        "household_no": known.home,
        "guardian": known.guardian,
    }
    _shift(known, columns)
    return Record(
        record_id=record_id,
        source=known.source.value,
        person_no=known.number,
        **columns,
        school=f"第{born.toordinal() % 60 + 1}{'小' if year < 7 else '中'}学校" if at_school else "",
        grade=str(year) if at_school else "",
        school_class=rng.choice("1234") if at_school else "",
    )


def _shift(known: Sheet, columns: dict[str, str]) -> None:
    if not known.shift:
        return
    names = _SHIFTED[_SHIFTED.index(known.shift_from) :]
    values = [columns[name] for name in names]
    moved = ["", *values[:-1]] if known.shift > 0 else [*values[1:], ""]
    columns.update(zip(names, moved, strict=True))


def _kana(rng: Random, text: str) -> str:
    return text if rng.random() < 0.7 else text.translate(_TO_HIRAGANA)


def era_of(year: int, month: int, day: int) -> str:
    """The era of a day."""
    if (year, month, day) >= (_REIWA.year, _REIWA.month, _REIWA.day):
        return "令和"
    return "平成" if (year, month, day) >= (_HEISEI.year, _HEISEI.month, _HEISEI.day) else "昭和"


def _birth(rng: Random, known: Sheet) -> str:
    year, month, day = known.year, known.month, known.day
    era = era_of(year, month, day)
    count = year - ERAS[era]
    if known.wrong_era:
        era = rng.choice([other for other in ERAS if other != era])
        year = ERAS[era] + count
    chance = rng.random()
    if chance < 0.25:
        return f"{year:04d}-{month:02d}-{day:02d}"
    if chance < 0.4:
        return f"{year}年{month}月{day}日"
    if chance < 0.5:
        return f"{year}.{month:02d}.{day:02d}"
    if chance < 0.7:
        return f"{era}{count:02d}年{month:02d}月{day:02d}日".translate(_FULL_WIDTH if chance < 0.6 else {})
    if chance < 0.85:
        return f"{LETTERS[era]}{count}/{month}/{day}"
    return f"{LETTERS[era]}{count:02d}{month:02d}{day:02d}"


def _place(rng: Random, text: str) -> str:
    """An address as a form has it: without the city, with hyphens, at full width, with ノ for ケ's sake."""
    chance = rng.random()
    if not text or chance < 0.3:
        return text
    short = text.removeprefix("福岡市")
    if chance < 0.6:
        short = short.replace("丁目", "-").replace("番地", "-").replace("番", "-").replace("号", "", 1)
    elif chance < 0.75:
        short = short.translate(_FULL_WIDTH)
    elif chance < 0.85:
        short = short.replace("ヶ", "ケ").replace("番", "番地の", 1).replace("番地の地", "番地") if "号" in short else short
    return short if chance < 0.95 else short.partition(" ")[0]
