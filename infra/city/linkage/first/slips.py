"""
What people get wrong when they type a child's data, and what has changed since they did: each slip spoils one field of a draft.

How often each of them is, among all, is assumed. A slip that changes nothing in a draft (a typo in a name that is not there) is not
counted: another is taken.
"""

from bisect import bisect
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random

from contracts.values import Sex
from infra.city.linkage.first.homes import Home, Member, address, whole
from infra.city.linkage.first.names import FAMILY_READ_ALIKE, GIVEN, GIVEN_READ_ALIKE, SURNAMES
from infra.city.linkage.first.spelling import Draft

ONE, TWO = 0.78, 0.96
"""Up to where a chance means one slip, or two; beyond, three."""

_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
_LOOK_ALIKE = {
    "シ": "ツ",
    "ツ": "シ",
    "ソ": "ン",
    "ン": "ソ",
    "ク": "ワ",
    "ワ": "ク",
    "チ": "テ",
    "テ": "チ",
    "ナ": "メ",
    "メ": "ナ",
    "ス": "ヌ",
    "ヌ": "ス",
    "コ": "ユ",
    "ユ": "コ",
    "ル": "レ",
    "レ": "ル",
    "マ": "ム",
    "ム": "マ",
    "ウ": "ワ",
    "ヒ": "ニ",
    "リ": "ソ",
}

Slip = Callable[[Random, Draft, Member, Home], bool]
"""Spoils a draft about a child of a home; says whether it did."""


def spoil(rng: Random, draft: Draft, child: Member, home: Home) -> tuple[Draft, str]:
    """Return the draft with one field or several spoiled, and what was done first."""
    chance = rng.random()
    wanted = 1 + (chance > ONE) + (chance > TWO)
    spoiled = draft
    done: list[str] = []
    while len(done) < wanted:
        name, slip = _SLIPS[bisect(_UNTIL, rng.random() * _UNTIL[-1])]
        tried = replace(spoiled)
        # A second slip that mends the first is none.
        if slip(rng, tried, child, home) and tried != draft:
            spoiled = tried
            done.append(name)
    return spoiled, done[0]


def mistyped(rng: Random, text: str) -> str:
    """Kana with one slip of a finger or an eye."""
    at, chance = int(rng.random() * len(text)), rng.random()
    if chance < 0.4:
        return text[:at] + _LOOK_ALIKE.get(text[at], _KANA[int(rng.random() * len(_KANA))]) + text[at + 1 :]
    if chance < 0.6:
        return text[:at] + _KANA[int(rng.random() * len(_KANA))] + text[at + 1 :]
    if chance < 0.75 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if chance < 0.9 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:]


# --- Names ---


def _given_kana_typo(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    draft.given_kana = mistyped(rng, draft.given_kana) if draft.given_kana else ""
    return draft.given_kana not in {"", child.given.kana}


def _family_kana_typo(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    draft.family_kana = mistyped(rng, draft.family_kana) if draft.family_kana else ""
    return draft.family_kana not in {"", child.family.kana}


def _given_other_signs(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    """Other signs of the same reading: what a keyboard offers first."""
    others = [signs for signs in GIVEN_READ_ALIKE.get(child.given.kana, ()) if signs != draft.given]
    if not draft.given or not others:
        return False
    draft.given = others[int(rng.random() * len(others))]
    return True


def _family_other_signs(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    others = [signs for signs in FAMILY_READ_ALIKE.get(child.family.kana, ()) if signs != draft.family]
    if not draft.family or not others:
        return False
    draft.family = others[int(rng.random() * len(others))]
    return True


def _given_wrong_sign(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    """One sign taken for another that is common in names."""
    if not draft.given:
        return False
    at, other = int(rng.random() * len(draft.given)), GIVEN[child.sex].draw(rng).kanji
    draft.given = draft.given[:at] + other[0] + draft.given[at + 1 :]
    return draft.given != child.given.kanji


def _swapped_names(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    """Family and given name in each other's field."""
    draft.family, draft.given = draft.given, draft.family
    draft.family_kana, draft.given_kana = draft.given_kana, draft.family_kana
    return (draft.family, draft.family_kana) != (draft.given, draft.given_kana)


def _swapped_writing(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    """Kana where signs belong, and the other way round."""
    if not draft.given or not draft.given_kana:
        return False
    draft.family, draft.family_kana = draft.family_kana, draft.family
    draft.given, draft.given_kana = draft.given_kana, draft.given
    return draft.given != draft.given_kana


def _whole_name_in_one(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    """Family and given name both in the field of the family name."""
    if not draft.family or not draft.given:
        return False
    draft.family, draft.given = f"{draft.family} {draft.given}", ""
    return True


def _no_kana(_: Random, draft: Draft, child: Member, __: Home) -> bool:
    if not draft.given_kana or not child.given.kanji:
        return False
    draft.family_kana = draft.given_kana = ""
    return bool(draft.given)


def _no_signs(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    if not draft.given or not draft.given_kana:
        return False
    draft.family = draft.given = ""
    return True


def _another_family_name(rng: Random, draft: Draft, child: Member, home: Home) -> bool:
    """One that the child uses at school and that no register knows: a mother's from before, or one to come."""
    mother = home.parents[-1] if home.parents else child
    other = mother.former or SURNAMES.draw(rng)
    if not child.family.kanji or other == child.family:
        return False
    draft.family, draft.family_kana = draft.family and other.kanji, draft.family_kana and other.kana
    return True


# --- Birth date and sex ---


def _birth_day(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    if not draft.month or not draft.day:
        return False
    before = draft.day
    chance = rng.random()
    tens, ones = divmod(before, 10)
    day = ones * 10 + tens if chance < 0.3 else before + rng.choice((-1, 1, 10, -10)) if chance < 0.8 else whole(rng, 1, 28)
    draft.day = day if 1 <= day <= monthrange(draft.year, draft.month)[1] else before
    return draft.day != before


def _birth_month(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    if not draft.month or not draft.day:
        return False
    before, month = draft.month, whole(rng, 1, 12)
    draft.month = month if draft.day <= monthrange(draft.year, month)[1] else before
    return draft.month != before


def _birth_year(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    if not draft.year or (draft.month, draft.day) == (2, 29):
        return False
    draft.year += rng.choice((-10, -2, -1, -1, 1, 1, 2))
    return True


def _birth_in_part(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    """The day is not known, or neither month nor day."""
    if not draft.day:
        return False
    draft.day = 0
    draft.month = 0 if rng.random() < 0.3 else draft.month
    return True


def _no_birth(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    known = bool(draft.year)
    draft.year = draft.month = draft.day = 0
    return known


def _other_sex(_: Random, draft: Draft, child: Member, __: Home) -> bool:
    draft.sex = Sex.MALE if child.sex is Sex.FEMALE else Sex.FEMALE
    return True


# --- Home ---


def _moved(rng: Random, draft: Draft, _: Member, home: Home) -> bool:
    """An address that the register does not have, any more or yet."""
    if draft.address is None:
        return False
    draft.address = home.before if home.before is not None and rng.random() < 0.7 else address(rng)
    return True


def _house_number(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    if draft.address is None:
        return False
    before = draft.address
    draft.address = replace(before, plot=whole(rng, 1, 30)) if rng.random() < 0.4 else replace(before, house=whole(rng, 1, 28))
    return draft.address != before


def _other_town(rng: Random, draft: Draft, _: Member, __: Home) -> bool:
    if draft.address is None:
        return False
    before = draft.address
    draft.address = replace(before, town=address(rng).town)
    return draft.address != before


def _no_address(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    known = draft.address is not None
    draft.address = None
    return known and any(draft.guardian)


def _other_guardian(rng: Random, draft: Draft, child: Member, _: Home) -> bool:
    """A grandparent, or whoever came with the form."""
    if not any(draft.guardian):
        return False
    sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
    draft.guardian = (child.family.kanji or child.family.kana, GIVEN[sex].draw(rng).kanji)
    return True


def _no_guardian(_: Random, draft: Draft, __: Member, ___: Home) -> bool:
    known = any(draft.guardian)
    draft.guardian = ("", "")
    return known and draft.address is not None


SLIPS: Sequence[tuple[str, float, Slip]] = (
    ("given_kana_typo", 12, _given_kana_typo),
    ("family_kana_typo", 7, _family_kana_typo),
    ("given_other_signs", 9, _given_other_signs),
    ("family_other_signs", 4, _family_other_signs),
    ("given_wrong_sign", 5, _given_wrong_sign),
    ("swapped_names", 4, _swapped_names),
    ("swapped_writing", 3, _swapped_writing),
    ("whole_name_in_one_field", 2, _whole_name_in_one),
    ("no_kana", 4, _no_kana),
    ("no_signs", 4, _no_signs),
    ("family_name_not_in_register", 3, _another_family_name),
    ("birth_day", 7, _birth_day),
    ("birth_month", 4, _birth_month),
    ("birth_year", 4, _birth_year),
    ("birth_date_in_part", 2, _birth_in_part),
    ("no_birth_date", 1, _no_birth),
    ("other_sex", 3, _other_sex),
    ("moved", 9, _moved),
    ("house_number", 7, _house_number),
    ("other_town", 2, _other_town),
    ("no_address", 2, _no_address),
    ("other_guardian", 5, _other_guardian),
    ("no_guardian", 2, _no_guardian),
)
"""What can go wrong, and how often it does beside the others."""

_UNTIL = list(accumulate(weight for _, weight, _ in SLIPS))
_SLIPS = [(name, slip) for name, _, slip in SLIPS]
