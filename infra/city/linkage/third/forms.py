"""What a source of the third population knows of a child, and how its file writes that; also how the register does."""

from dataclasses import dataclass
from random import Random

from contracts.values import Source
from infra.city.linkage.tables import Person, Record
from infra.city.linkage.third.homes import TODAY, One

NUMBERED = (Source.CHILDCARE, Source.MEDICAL_SUBSIDY)
"""Sources that know 宛名番号, and 世帯番号 mostly."""

_BEGAN = (("令和", "R", (2019, 5, 1)), ("平成", "H", (1989, 1, 8)), ("昭和", "S", (1926, 12, 25)))
_WIDE = str.maketrans("0123456789-.", "０１２３４５６７８９－．")
_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_OLD = str.maketrans("沢広恵真竜桜栄寿", "澤廣惠眞龍櫻榮壽")


@dataclass(slots=True)
class Form:
    """What is written down about a child, right or wrong."""

    source: Source
    number: str
    family: str
    given: str
    family_kana: str
    given_kana: str
    former: str
    latin: str
    date: tuple[int, int, int]
    woman: bool
    where: str
    home: str
    guardian: str
    era_of: tuple[int, int, int] | None = None
    """The day whose era is written, if it is another one than that of `date`."""
    shift: tuple[int, str] | None = None
    """By how many columns the row is shifted, and from which on."""


def school_year(one: One) -> int:
    """The year at school, from 1 to 9 for those who go."""
    entered = one.born.year if (one.born.month, one.born.day) >= (4, 2) else one.born.year - 1
    return TODAY.year - 6 - entered


def filled_in(rng: Random, one: One, source: Source) -> Form:
    """Return the form without any mistake."""
    signer = rng.choice(one.guardians) if one.guardians else None
    form = Form(
        source=source,
        number=one.number if source in NUMBERED else "",
        family=one.family.signs,
        given=one.given.signs,
        family_kana=one.family.reading,
        given_kana=one.given.reading,
        former=one.former[-1].signs if one.former and rng.random() < 0.15 else "",
        latin="",
        date=(one.born.year, one.born.month, one.born.day),
        woman=one.woman,
        where=one.where,
        home=one.home if source in NUMBERED and rng.random() < 0.6 else "",
        guardian=_signed(rng, signer) if signer and source is not Source.SCHOOL_AFFAIRS else "",
    )
    if one.foreign is not None:
        form.family, form.given = kana_name(one)
        form.family_kana, form.given_kana = form.family, form.given
        form.latin = latin_name(one) if rng.random() < 0.5 else ""
    return form


def _signed(rng: Random, one: One) -> str:
    if one.foreign is not None:
        return " ".join(kana_name(one))
    if rng.random() < 0.2:
        return f"{one.family.reading}　{one.given.reading}"
    return one.family.signs + rng.choice((" ", "　", "　")) + one.given.signs


def kana_name(one: One) -> tuple[str, str]:
    """Family and given name of somebody from elsewhere, as the register reads them."""
    if one.foreign is None:
        return one.family.reading, one.given.reading
    return one.foreign.family.kana[0], " ".join(part.kana[0] for part in one.foreign.given)


def latin_name(one: One) -> str:
    """The name in Latin letters as the register has it, family name first."""
    return " ".join(part.latin[0] for part in (one.foreign.family, *one.foreign.given)) if one.foreign else ""


def registered(rng: Random, one: One) -> Person:
    """Return the row of the register."""
    family, given, (family_kana, given_kana) = one.family.signs, one.given.signs, kana_name(one)
    if one.foreign is not None:
        family, given = (family_kana, given_kana) if rng.random() < 0.4 else ("", "")
    return Person(
        person_no=one.number,
        family=family,
        given=given,
        family_kana=family_kana,
        given_kana=given_kana,
        former_family="、".join(each.signs for each in one.former),
        former_given="",
        latin=latin_name(one),
        birth_date=one.born.isoformat(),
        sex="女" if one.woman else "男",
        address=one.where,
        household_no=one.home,
        guardian="、".join(
            " ".join(kana_name(each)) if each.foreign else f"{each.family.signs} {each.given.signs}" for each in one.guardians
        ),
    )


_IN_ORDER = (
    *("family", "given", "family_kana", "given_kana", "former_family", "former_given"),
    *("latin", "birth_date", "sex", "address", "household_no", "guardian"),
)


def row(rng: Random, form: Form, record_id: str, year: int) -> Record:
    """Return the row of the source's file; `year` is the year at school, which the school knows whatever the form says."""
    school = form.source not in NUMBERED and 1 <= year <= 9
    values = {
        "family": form.family.translate(_OLD) if rng.random() < 0.05 else form.family,
        "given": form.given.translate(_OLD) if rng.random() < 0.05 else form.given,
        "family_kana": form.family_kana,
        "given_kana": form.given_kana,
        "former_family": form.former,
        "former_given": "",
        "latin": form.latin,
        "birth_date": _day(rng, form),
        "sex": rng.choice("女F2") if form.woman else rng.choice("男M1"),
        "address": _place(rng, form.where),
        "household_no": form.home,
        "guardian": form.guardian,
    }
    if rng.random() < 0.25:
        for name in ("family_kana", "given_kana"):
            values[name] = values[name].translate(_HIRAGANA)
    if form.shift is not None:
        _shift(form.shift, values)
    return Record(
        record_id=record_id,
        source=form.source.value,
        person_no=form.number,
        **values,
        school=f"{rng.choice('東西南北')}{'中' if year > 6 else '小'}学校" if school else "",
        grade=str(year) if school else "",
        school_class=str(rng.randint(1, 5)) if school else "",
    )


def _shift(shift: tuple[int, str], values: dict[str, str]) -> None:
    by, start = shift
    names = _IN_ORDER[_IN_ORDER.index(start) :]
    old = [values[name] for name in names]
    values.update(zip(names, ["", *old[:-1]] if by > 0 else [*old[1:], ""], strict=True))


def _day(rng: Random, form: Form) -> str:
    year, month, day = form.date
    if not year:
        return ""
    name, letter, (first, _, _) = next(each for each in _BEGAN if (form.era_of or form.date) >= each[2])
    count = year - first + 1
    if form.era_of is not None:
        first = next(each[2][0] for each in _BEGAN if form.date >= each[2])
        count = year - first + 1
    eras = (
        f"{name}{'元' if count == 1 else count}年{month}月{day}日",
        f"{letter}{count:02d}.{month:02d}.{day:02d}",
        f"{letter}{count}-{month}-{day}".translate(_WIDE),
        f"{letter}{count:02d}{month:02d}{day:02d}",
    )
    west = (f"{year}/{month}/{day}", f"{year:04d}{month:02d}{day:02d}", f"{year:04d}-{month:02d}-{day:02d}", f"{year}年{month}月{day}日")
    return rng.choice(eras if form.era_of is not None or rng.random() < 0.5 else west)


def _place(rng: Random, where: str) -> str:
    chance = rng.random()
    if chance < 0.35:
        return where
    short = where.removeprefix("福岡市") if chance < 0.8 else f"福岡県{where}"
    if chance < 0.6:
        short = short.replace("号室", "").replace("丁目", "-").replace("番地の", "-").replace("番", "-").replace("号", "")
    elif chance < 0.7:
        short = short.translate(_WIDE)
    return short.partition(" ")[0] if chance > 0.5 and rng.random() < 0.5 else short
