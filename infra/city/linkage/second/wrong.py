"""
How the second population's data go wrong: not fingers that slip, but people and programs that understand something else.

A conversion that takes the wrong sign of a reading, a listener who hears サキ for ザキ, an era that nobody noted, an American date,
the mother's number on the child's form, the name that everybody calls the child, a clerk who writes a foreign name as it sounds,
a surplus comma.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

from infra.city.linkage.second.files import WITH_NUMBER, Sheet
from infra.city.linkage.second.names import MEN, WOMEN, called
from infra.city.linkage.second.people import Someone, place

TWO_AT_ONCE = 0.15

_VOICED = dict(zip("カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ", strict=True))
_SILENT = {voiced: plain for plain, voiced in _VOICED.items()}
_TWINS = {"ヂ": "ジ", "ヅ": "ズ", "ジ": "ヂ", "ズ": "ヅ", "ヲ": "オ"}
_SMALL = dict(zip("ャュョッァィゥェォ", "ヤユヨツアイウエオ", strict=True))


def homophone(rng: Random, known: Sheet, who: Someone) -> bool:
    """Other signs of the same reading, in the given name or the family name."""
    if rng.random() < 0.7 and who.given.others:
        known.given = rng.choice(who.given.others)
    elif who.family.others:
        known.family = rng.choice(who.family.others)
    else:
        return False
    return who.from_elsewhere is None


def voiced(rng: Random, known: Sheet, _: Someone) -> bool:
    """A voiced sound for a plain one, or the other way round; ヂ and ジ, ヅ and ズ."""
    which = "given_kana" if rng.random() < 0.45 else "family_kana"
    text = getattr(known, which)
    places = [at for at, sign in enumerate(text) if at and (sign in _VOICED or sign in _SILENT or sign in _TWINS)]
    if not places:
        return False
    at = rng.choice(places)
    sign = text[at]
    other = _TWINS[sign] if sign in _TWINS and rng.random() < 0.5 else _VOICED.get(sign) or _SILENT.get(sign) or _TWINS[sign]
    setattr(known, which, text[:at] + other + text[at + 1 :])
    return True


def long_sound(rng: Random, known: Sheet, _: Someone) -> bool:
    """A long vowel as ー, or short, or small signs written large: ユウト, ユート, ユト; ショウ, シヨウ."""
    which = "given_kana" if rng.random() < 0.6 else "family_kana"
    text = getattr(known, which)
    longs = [
        at for at in range(1, len(text)) if text[at] in "ウオ" and text[at - 1] in "ウクスツヌユュルオコゴソトドノホボモヨョロフムウオ"
    ]
    smalls = [at for at, sign in enumerate(text) if sign in _SMALL]
    if longs and (not smalls or rng.random() < 0.7):
        at = rng.choice(longs)
        setattr(known, which, text[:at] + rng.choice(("ー", "")) + text[at + 1 :])
    elif smalls:
        at = rng.choice(smalls)
        setattr(known, which, text[:at] + _SMALL[text[at]] + text[at + 1 :])
    else:
        return False
    return True


def era(_: Random, known: Sheet, __: Someone) -> bool:
    """Another era for the same year of an era: 平成2 for 令和2."""
    known.wrong_era = True
    return bool(known.year)


def month_and_day(_: Random, known: Sheet, __: Someone) -> bool:
    """The month where the day belongs."""
    if known.day > 12 or known.day == known.month:
        return False
    known.month, known.day = known.day, known.month
    return True


def nickname(rng: Random, known: Sheet, who: Someone) -> bool:
    """What the child is called: half of the name, or with ちゃん, in kana."""
    short = who.given.reading[:2]
    called_so = rng.choice((short, f"{short}ちゃん", f"{short}くん", f"{short}っち", who.given.reading))
    hiragana = "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in called_so)
    known.given = hiragana
    known.given_kana = rng.choice((short, known.given_kana, ""))
    return who.from_elsewhere is None


def mothers_number(rng: Random, known: Sheet, who: Someone) -> bool:
    """The mother's number in the child's row."""
    mothers = [parent.number for parent in who.parents if parent.woman and parent.number]
    if not mothers:
        return False
    known.source, known.number = rng.choice(WITH_NUMBER), mothers[0]
    return True


def transcription(rng: Random, known: Sheet, who: Someone) -> bool:
    """A name from elsewhere in another spelling and another order, in Latin letters or as it sounds."""
    if who.from_elsewhere is None:
        return False
    family, given = who.from_elsewhere
    names = [rng.choice(family.latin), *rng.choice(given.latin).split()]
    rng.shuffle(names)
    written = rng.choice((" ", "", ", ", "・")).join(names) if rng.random() < 0.3 else " ".join(names)
    known.latin = rng.choice((written, written.title(), ""))
    known.family, known.given = rng.choice(family.kana), rng.choice(given.kana)
    known.family_kana, known.given_kana = rng.choice(family.kana), rng.choice(given.kana)
    if rng.random() < 0.4:
        known.family, known.given = known.given, known.family
        known.family_kana, known.given_kana = known.given_kana, known.family_kana
    return True


def shifted(rng: Random, known: Sheet, _: Someone) -> bool:
    """A comma too many or too few: from one column on everything stands beside its place."""
    known.shift = 1 if rng.random() < 0.6 else -1
    known.shift_from = rng.choice(("family", "given", "family_kana", "given_kana", "latin", "birth_date", "sex", "address"))
    return True


def old_place(rng: Random, known: Sheet, who: Someone) -> bool:
    """Where the child lived before, or where nobody knows of."""
    if not known.place:
        return False
    known.place = who.old_place or place(rng)
    return True


def other_guardian(rng: Random, known: Sheet, who: Someone) -> bool:
    """An aunt, a grandfather, a neighbour."""
    woman = rng.random() < 0.5
    known.guardian = f"{who.family.signs} {called(rng, WOMEN if woman else MEN).signs}"
    return bool(known.place)


def not_there(rng: Random, known: Sheet, _: Someone) -> bool:
    """A column that this year's form had not."""
    which = rng.choice(("guardian", "family_kana", "place", "signs"))
    if which == "signs":
        known.family = known.given = ""
    elif which == "family_kana":
        known.family_kana = known.given_kana = ""
    elif which == "place":
        known.place = ""
    else:
        known.guardian = ""
    return bool((known.given or known.given_kana) and (known.place or known.guardian))


def birth_as_today(_: Random, known: Sheet, who: Someone) -> bool:
    """The day on which the form was filled in, in the year of birth."""
    filled_in = date(who.born.year, 4, 1 + who.born.day % 20)
    if filled_in == who.born:
        return False
    known.month, known.day = filled_in.month, filled_in.day
    return True


WRONGS: dict[str, tuple[int, Callable[[Random, Sheet, Someone], bool]]] = {
    "homophone": (17, homophone),
    "voiced": (12, voiced),
    "long_sound": (12, long_sound),
    "era": (9, era),
    "month_and_day": (9, month_and_day),
    "nickname": (8, nickname),
    "mothers_number": (5, mothers_number),
    "transcription": (60, transcription),
    "shifted": (6, shifted),
    "old_place": (9, old_place),
    "other_guardian": (5, other_guardian),
    "not_there": (4, not_there),
    "birth_as_today": (1, birth_as_today),
}
"""How often each of them is tried beside the others (a foreign name is spelled otherwise more often than not), and what it does."""

_NAMES = tuple(WRONGS)
_OFTEN = tuple(often for often, _ in WRONGS.values())


def go_wrong(rng: Random, known: Sheet, who: Someone) -> tuple[Sheet, str]:
    """Return the sheet with one thing gone wrong, now and then a second, and what went wrong first."""
    first, wrong = "", known
    for _ in range(2 if rng.random() < TWO_AT_ONCE else 1):
        while True:
            (name,) = rng.choices(_NAMES, _OFTEN)
            tried = replace(wrong)
            if WRONGS[name][1](rng, tried, who) and tried != known:
                break
        first, wrong = first or name, tried
    return wrong, first
