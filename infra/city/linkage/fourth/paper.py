"""What a source's paper says of a child, and how it is copied into the three tables."""

from dataclasses import dataclass
from datetime import date
from random import Random

from contracts.values import Source
from infra.city.linkage.fourth.people import DAY_OF_THE_REGISTER, Soul
from infra.city.linkage.tables import Person, Record

_ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"))
_HALF = dict(
    zip(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー",
        "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ",
        strict=True,
    )
)
_PLAIN = str.maketrans("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", "カキクケコサシスセソタチツテトハヒフヘホ")
_FULL_FIGURES = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(slots=True)
class Paper:
    """A child as a source has them, before it is written down."""

    source: Source
    number: str
    family: str
    given: str
    family_kana: str
    given_kana: str
    latin: str
    born: str
    sex: str
    place: str
    guardian: str
    former: str = ""
    household: str = ""


def in_register(one: Soul) -> Person:
    """The register's row."""
    lately, latin = one.maiden.signs if one.maiden else "", latin_name(one)
    family, given, family_kana, given_kana = _names(one)
    sex, guardians = "女" if one.woman else "男", "、".join(whole(each) for each in one.guardians)
    names = (family, given, family_kana, given_kana, lately, "", latin)
    return Person(one.number, *names, one.born.isoformat(), sex, one.place, one.household, guardians)


def whole(one: Soul) -> str:
    """A whole name, a blank between."""
    family, given, family_kana, given_kana = _names(one)
    return f"{family} {given}" if family else f"{family_kana} {given_kana}"


def _names(one: Soul) -> tuple[str, str, str, str]:
    if one.stranger is None:
        return one.family.signs, one.given.signs, one.family.reading, one.given.reading
    return "", "", one.stranger.family[1][0], "・".join(kana[0] for _, kana in one.stranger.given)


def latin_name(one: Soul) -> str:
    """As in a passport; empty for who has none."""
    return "" if one.stranger is None else " ".join((one.stranger.family[0][0], *(latin[0] for latin, _ in one.stranger.given)))


def filled(rng: Random, one: Soul, source: Source) -> Paper:
    """What a source has when nothing is wrong: some of it, each in its own way of writing."""
    family, given, family_kana, given_kana = _names(one)
    paper = Paper(
        source=source,
        number="",
        family=family,
        given=given,
        family_kana=family_kana,
        given_kana=given_kana,
        latin=latin_name(one),
        born=day(rng, one.born),
        sex=rng.choice(("女", "2", "F") if one.woman else ("男", "1", "M")),
        place=_place(rng, one.place),
        guardian=whole(rng.choice(one.guardians)) if one.guardians else "",
    )
    if source in {Source.SCHOOL_LUNCH_FEE, Source.LIFESTYLE_LEARNING_SURVEY} and rng.random() < 0.5 and family:
        paper.family = paper.given = ""
    if source is Source.SCHOOL_LUNCH_FEE and rng.random() < 0.3:
        paper.family_kana, paper.given_kana = half(paper.family_kana), half(paper.given_kana)
    if source is Source.LIFESTYLE_LEARNING_SURVEY:
        paper.guardian = ""
    return paper


def day(rng: Random, born: date) -> str:
    """A day of birth as papers write it."""
    way = rng.random()
    if way < 0.4:
        return born.isoformat()
    if way < 0.55:
        return f"{born:%Y/%m/%d}"
    _, word, letter = next(era for era in _ERAS if born >= era[0])
    year = in_era(born)
    if way < 0.8:
        return f"{word}{'元' if year == 1 else year}年{born.month}月{born.day}日"
    if way < 0.93:
        return f"{letter}{year}.{born.month}.{born.day}"
    return f"{word}{year}年{born.month}月{born.day}日".translate(_FULL_FIGURES)


def in_era(born: date) -> int:
    """The year of its era."""
    return born.year - next(begun for begun, _, _ in _ERAS if born >= begun).year + 1


def half(kana: str) -> str:
    """Half-width kana, a voice as a sign of its own."""
    return "".join(_HALF.get(sign, sign) if sign.translate(_PLAIN) == sign else _HALF[sign.translate(_PLAIN)] + "ﾞ" for sign in kana)


def _place(rng: Random, where: str) -> str:
    plain, way = where, rng.random()
    if " " in plain and rng.random() < 0.4:
        plain = plain.partition(" ")[0]
    if way < 0.35:
        plain = plain.replace("丁目", "-").replace("番", "-", 1).replace("号", "", 1)
    elif way < 0.5:
        plain = plain.translate(_FULL_FIGURES)
    return plain.removeprefix("福岡市") if rng.random() < 0.5 else f"福岡県{plain}" if rng.random() < 0.2 else plain


def school_year(one: Soul) -> int:
    """1 to 9 at school, less before."""
    begins = one.born.year + (7 if (one.born.month, one.born.day) >= (4, 2) else 6)
    return DAY_OF_THE_REGISTER.year - begins + 1


def copied(rng: Random, paper: Paper, record_id: str, year: int) -> Record:
    """The record's row."""
    at_school = 1 <= year <= 9
    school = f"第{rng.randint(1, 60)}{'小' if year <= 6 else '中'}学校" if at_school else ""
    return Record(
        record_id,
        paper.source.value,
        paper.number,
        paper.family,
        paper.given,
        paper.family_kana,
        paper.given_kana,
        paper.former,
        "",
        paper.latin,
        paper.born,
        paper.sex,
        paper.place,
        paper.household,
        paper.guardian,
        school,
        str(year) if at_school else "",
        str(rng.randint(1, 5)) if at_school else "",
    )
