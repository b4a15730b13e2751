"""
How forms of the third population come to be wrong.

Each mistake changes a form in place and says whether it could be made. What was meant by it stands beside it; how often, at the end.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from infra.city.linkage.third.forms import NUMBERED, Form
from infra.city.linkage.third.homes import One, address, next_door
from infra.city.linkage.third.names import family, given

Mistake = Callable[[Random, Form, One], bool]

_PLAIN, _VOICED = "カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ"
_OTHER_VOICE = {**dict(zip(_PLAIN, _VOICED, strict=True)), **dict(zip(_VOICED, _PLAIN, strict=True))}
_LARGE = dict(zip("ァィゥェォッャュョ", "アイウエオツヤユヨ", strict=True))
_O_ROW, _U_ROW = "オコソトノホモヨロゴゾドボョ", "ウクスツヌフムユルグズブュ"
_LOOKS_LIKE = {
    "シ": "ツ",
    "ツ": "シ",
    "ソ": "ン",
    "ン": "ソ",
    "ク": "ワ",
    "コ": "ロ",
    "ロ": "コ",
    "ナ": "メ",
    "メ": "ナ",
    "マ": "ア",
    "ア": "マ",
}
_DIGITS = {"1": "7", "7": "1", "3": "8", "8": "3", "6": "0", "0": "6", "5": "6", "4": "9", "9": "4", "2": "7"}


def wrong_signs(rng: Random, form: Form, one: One) -> bool:
    """Other signs of the same sound, as a conversion offers them first."""
    which = rng.choice(("given", "given", "family"))
    choices = (one.given if which == "given" else one.family).alike
    if not choices or one.foreign is not None:
        return False
    setattr(form, which, rng.choice(choices))
    return True


def voice(rng: Random, form: Form, _: One) -> bool:
    """Heard with a voiced sound that is none, or the other way round."""
    which = rng.choice(("given_kana", "family_kana"))
    text = getattr(form, which)
    places = [at for at, sign in enumerate(text) if sign in _OTHER_VOICE]
    if not places:
        return False
    at = rng.choice(places)
    setattr(form, which, text[:at] + _OTHER_VOICE[text[at]] + text[at + 1 :])
    return True


def long_vowel(rng: Random, form: Form, _: One) -> bool:
    """コウ as コー, コオ or コ; ショ as シヨ; ユ as ユウ."""
    which = rng.choice(("given_kana", "given_kana", "family_kana"))
    text = getattr(form, which)
    ways: list[str] = []
    for at, sign in enumerate(text):
        ahead = text[at + 1 : at + 2]
        if sign in _O_ROW + _U_ROW and ahead == "ウ":
            ways += [text[: at + 1] + other + text[at + 2 :] for other in ("ー", "", "オ" if sign in _O_ROW else "ー")]
        elif sign in "ユュ":
            ways.append(f"{text[: at + 1]}ウ{text[at + 1 :]}")
        if sign in _LARGE:
            ways.append(text[:at] + _LARGE[sign] + text[at + 1 :])
    if not ways:
        return False
    setattr(form, which, rng.choice(ways))
    return True


def misread(rng: Random, form: Form, _: One) -> bool:
    """A scanned kana or digit taken for what looks like it."""
    if rng.random() < 0.5:
        which = rng.choice(("given_kana", "family_kana"))
        text = getattr(form, which)
        places = [at for at, sign in enumerate(text) if sign in _LOOKS_LIKE]
        if places:
            at = rng.choice(places)
            setattr(form, which, text[:at] + _LOOKS_LIKE[text[at]] + text[at + 1 :])
        return bool(places)
    year, month, day = form.date
    digits, at = list(f"{day:02d}"), rng.randrange(2)
    digits[at] = _DIGITS[digits[at]]
    form.date = (year, month, int("".join(digits)))
    return 1 <= form.date[2] <= 28


def era_taken(rng: Random, form: Form, _: One) -> bool:
    """The year of one era under the name of another."""
    form.era_of = rng.choice(((2020, 1, 1), (1990, 1, 1), (1960, 1, 1)))
    own = form.date >= (2019, 5, 1)
    return form.era_of[0] != (2020 if own else 1990)


def era_counted(rng: Random, form: Form, _: One) -> bool:
    """A year reckoned from an era and off by one: the first year counted as none, or twice."""
    year, month, day = form.date
    form.date = (year + rng.choice((-1, 1)), month, day)
    return True


def day_for_month(_: Random, form: Form, __: One) -> bool:
    """The day where the month belongs."""
    year, month, day = form.date
    form.date = (year, day, month)
    return day <= 12 and day != month


def called_so(rng: Random, form: Form, one: One) -> bool:
    """What everybody calls the child."""
    if one.foreign is not None:
        part = rng.choice(one.foreign.given)
        form.given = form.given_kana = part.kana[0][: rng.choice((2, 3, 9))]
        return True
    short = one.given.reading[: rng.choice((1, 2, 2))]
    form.given_kana = rng.choice((f"{short}チャン", f"{short}クン", f"{short}ー", short + short, short))
    form.given = rng.choice(("", form.given_kana, one.given.signs[:1]))
    return form.given_kana != one.given.reading


def anothers_number(rng: Random, form: Form, one: One) -> bool:
    """The number of the mother, on whose form the child is entered as well."""
    mothers = [each for each in one.guardians if each.woman and each.number]
    if not mothers:
        return False
    form.source, form.number = rng.choice(NUMBERED), mothers[0].number
    return True


def order_of_parts(rng: Random, form: Form, one: One) -> bool:
    """A name from elsewhere in another order, with another transcription, run together, or without its second given name."""
    if one.foreign is None:
        return False
    first, second = rng.randrange(2), rng.randrange(2)
    parts = [one.foreign.family, *one.foreign.given]
    said = [rng.choice(part.kana) if first else part.kana[0] for part in parts]
    spelled = [rng.choice(part.latin) if second else part.latin[0] for part in parts]
    if len(said) > 2 and rng.random() < 0.4:
        del said[2], spelled[2]
    turned = rng.choice(("as it is", "given first", "all in one", "rotated"))
    if turned == "given first":
        said, spelled = [*said[1:], said[0]], [*spelled[1:], spelled[0]]
    elif turned == "rotated":
        said, spelled = [said[-1], *said[:-1]], [spelled[-1], *spelled[:-1]]
    form.family, form.given = ("", "".join(said)) if turned == "all in one" else (said[0], rng.choice((" ", "・")).join(said[1:]))
    form.family_kana, form.given_kana = form.family, form.given
    form.latin = rng.choice(("", " ".join(spelled), ", ".join((spelled[0], " ".join(spelled[1:]))), "".join(spelled).title()))
    return True


def shifted_row(rng: Random, form: Form, _: One) -> bool:
    """A cell lost or inserted in a spreadsheet: the rest of the row moves by one."""
    starts = ("family", "given", "family_kana", "given_kana", "former_family", "latin", "birth_date", "sex", "address", "household_no")
    form.shift = (rng.choice((1, -1)), rng.choice(starts))
    return True


def other_name(_: Random, form: Form, one: One) -> bool:
    """The family name of the other parent, or of those with whom the child lives."""
    if one.other_family is None:
        return False
    form.family, form.family_kana = one.other_family.signs, one.other_family.reading
    return True


def moved(rng: Random, form: Form, one: One) -> bool:
    """Where the family lived, or will live; now and then the house next to it."""
    if not form.where:
        return False
    chance = rng.random()
    if chance < 0.15:
        form.where = next_door(rng, form.where)
    else:
        form.where = one.before if one.before and chance < 0.7 else address(rng)
    return True


def signed_by(rng: Random, form: Form, one: One) -> bool:
    """A grandmother, an aunt or a new husband signs."""
    if not form.guardian:
        return False
    elder = rng.choice(one.elders) if one.elders and rng.random() < 0.6 else None
    if elder is not None:
        form.guardian = f"{elder.family.signs} {elder.given.signs}"
        return True
    name = one.family if rng.random() < 0.4 else family(rng)
    form.guardian = f"{name.signs} {given(rng, woman=rng.random() < 0.6, grown=True).signs}"
    return True


def left_out(rng: Random, form: Form, _: One) -> bool:
    """Two things at most that the form did not ask for."""
    for which in rng.sample(("signs", "kana", "where", "guardian"), rng.choice((1, 1, 2))):
        if which == "signs":
            form.family = form.given = ""
        elif which == "kana":
            form.family_kana = form.given_kana = ""
        else:
            setattr(form, which, "")
    return bool(form.given or form.given_kana)


def cut_off(_: Random, form: Form, __: One) -> bool:
    """A field of four signs for a name of more."""
    long = len(form.family_kana) > 4 or len(form.given_kana) > 4
    form.family_kana, form.given_kana = form.family_kana[:4], form.given_kana[:4]
    return long


def in_one_cell(rng: Random, form: Form, one: One) -> bool:
    """The whole name in the column of the family name, or of the given name."""
    whole, kana = form.family + form.given, form.family_kana + form.given_kana
    if rng.random() < 0.5:
        form.family, form.given, form.family_kana, form.given_kana = whole, "", kana, ""
    else:
        form.family, form.given, form.family_kana, form.given_kana = "", whole, "", kana
    return one.foreign is None


MISTAKES: dict[str, tuple[int, Mistake]] = {
    "wrong_signs": (16, wrong_signs),
    "voice": (10, voice),
    "long_vowel": (10, long_vowel),
    "misread": (8, misread),
    "era_taken": (6, era_taken),
    "era_counted": (5, era_counted),
    "day_for_month": (7, day_for_month),
    "called_so": (6, called_so),
    "anothers_number": (5, anothers_number),
    "order_of_parts": (40, order_of_parts),
    "shifted_row": (5, shifted_row),
    "other_name": (14, other_name),
    "moved": (9, moved),
    "signed_by": (7, signed_by),
    "left_out": (6, left_out),
    "cut_off": (3, cut_off),
    "in_one_cell": (4, in_one_cell),
}
"""How often each is tried beside the others. Those that only some children can meet with are tried the more."""

_NAMES, _OFTEN = tuple(MISTAKES), tuple(often for often, _ in MISTAKES.values())
AGAIN = 0.12
"""Of wrong forms: those with a second mistake."""


def mistaken(rng: Random, form: Form, one: One) -> tuple[Form, str]:
    """Return the form with a mistake in it, and the mistake's name; where there are two, the first one's."""
    named = ""
    for _ in range(2 if rng.random() < AGAIN else 1):
        while True:
            (name,) = rng.choices(_NAMES, _OFTEN)
            tried = replace(form)
            if MISTAKES[name][1](rng, tried, one) and tried != form:
                break
        form, named = tried, named or name
    return form, named
