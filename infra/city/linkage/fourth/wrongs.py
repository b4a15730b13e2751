"""What goes wrong on the way from hand to hand: each takes a child's paper and says by which name it went wrong."""

from collections.abc import Callable
from random import Random

from infra.city.linkage.fourth.names import misheard, pet_name
from infra.city.linkage.fourth.paper import Paper, half, in_era, whole
from infra.city.linkage.fourth.people import Soul, place, spelled_anew

Wrong = Callable[[Random, Paper, Soul], bool]
"""Changes a paper; False if it has nothing of that kind to be wrong."""


def _other_signs(rng: Random, paper: Paper, one: Soul) -> bool:
    """Whoever took it down by telephone chose other signs."""
    part = rng.choice(("family", "given", "given"))
    name = one.family if part == "family" else one.given
    if not getattr(paper, part) or one.stranger or not name.others:
        return False
    setattr(paper, part, spelled_anew(rng, name).signs)
    if rng.random() < 0.3:
        paper.family_kana = paper.given_kana = ""
    return True


def _misheard(rng: Random, paper: Paper, one: Soul) -> bool:
    part = rng.choice(("family_kana", "given_kana"))
    if not getattr(paper, part) or one.stranger:
        return False
    reading = one.family.reading if part == "family_kana" else one.given.reading
    setattr(paper, part, misheard(rng, reading))
    return True


def _wrong_era(rng: Random, paper: Paper, one: Soul) -> bool:
    """The year counted in the era before or behind, or the calendar's last two figures taken for the era's."""
    month, day = one.born.month, one.born.day
    year, way = in_era(one.born), rng.random()
    if way < 0.5:
        paper.born = f"{'平成' if one.born.year >= 2019 else '令和'}{year}年{month}月{day}日"
    elif way < 0.8:
        paper.born = f"R{one.born.year % 100}.{month}.{day}"
    else:
        paper.born = f"{one.born.year + rng.choice((-1, 1))}-{month:02}-{day:02}"
    return True


def _month_for_day(_rng: Random, paper: Paper, one: Soul) -> bool:
    if one.born.day > 12 or one.born.day == one.born.month:
        return False
    paper.born = f"{one.born.year}/{one.born.day}/{one.born.month}"
    return True


def _number_of_the_mother(_rng: Random, paper: Paper, one: Soul) -> bool:
    mother = next((each for each in one.guardians if each.woman and each.number), None)
    paper.number = mother.number if mother else ""
    return mother is not None


def _pet_name(rng: Random, paper: Paper, one: Soul) -> bool:
    if one.stranger:
        return False
    paper.given, paper.given_kana = "", pet_name(one.given)
    if rng.random() < 0.4:
        paper.family = ""
    return True


def _transcribed(rng: Random, paper: Paper, one: Soul) -> bool:
    """Another order, another spelling, in kana or in Latin letters alone, a part left out."""
    if one.stranger is None:
        return False
    parts = [one.stranger.family, *one.stranger.given]
    latin, kana = [rng.choice(each[0]) for each in parts], [rng.choice(each[1]) for each in parts]
    way = rng.random()
    if way < 0.35:
        latin, kana = [*latin[1:], latin[0]], [*kana[1:], kana[0]]
    elif way < 0.5 and len(parts) > 2:
        latin, kana = latin[:-1], kana[:-1]
    paper.latin = " ".join(latin) if rng.random() < 0.7 else ""
    paper.family_kana, paper.given_kana = kana[0], "・".join(kana[1:])
    if rng.random() < 0.25:
        paper.family, paper.given = latin[0], " ".join(latin[1:])
        paper.family_kana = paper.given_kana = ""
    return True


def _shifted(rng: Random, paper: Paper, _one: Soul) -> bool:
    """A column too many or too few: from some place on every value stands one further left or right."""
    columns = ["family", "given", "family_kana", "given_kana", "latin", "born", "sex", "place", "household", "guardian"]
    at = rng.randrange(6)
    values = [getattr(paper, column) for column in columns]
    moved = [*values[:at], "", *values[at:-1]] if rng.random() < 0.6 else [*values[:at], *values[at + 1 :], ""]
    for column, value in zip(columns, moved, strict=True):
        setattr(paper, column, value)
    return moved != values


def _old_place(rng: Random, paper: Paper, one: Soul) -> bool:
    paper.place = one.before or place(rng)
    return True


def _old_name(_rng: Random, paper: Paper, one: Soul) -> bool:
    if one.lately is None:
        return False
    paper.family, paper.family_kana = one.lately.signs if paper.family else "", one.lately.reading
    return True


def _signed_by_kin(rng: Random, paper: Paper, one: Soul) -> bool:
    """An uncle or a grandmother who signed, whom nobody has as a guardian."""
    if not paper.guardian:
        return False
    paper.guardian = f"{one.family.signs} {rng.choice('昭正治忠秀キフハル')}{rng.choice('一三夫子江代')}"
    return True


def _smudged(rng: Random, paper: Paper, one: Soul) -> bool:
    """A figure that a fax made another one: in the day or in the house."""
    if rng.random() < 0.5:
        other = rng.choice([day for day in range(1, 29) if day != one.born.day])
        paper.born = f"{one.born.year}-{one.born.month:02}-{other:02}"
        return True
    figures = [at for at, sign in enumerate(paper.place) if sign.isascii() and sign.isdigit()]
    if not figures:
        return False
    at = rng.choice(figures)
    paper.place = paper.place[:at] + rng.choice([sign for sign in "123456789" if sign != paper.place[at]]) + paper.place[at + 1 :]
    return True


def _half_empty(rng: Random, paper: Paper, _one: Soul) -> bool:
    for column in rng.sample(("place", "guardian", "sex", "family_kana", "latin"), 2):
        setattr(paper, column, "")
    return True


def _whole_in_one(rng: Random, paper: Paper, one: Soul) -> bool:
    """The whole name in the cell of the family name; in half width with a small blank."""
    if one.stranger:
        return False
    blank = rng.choice((" ", "　", ""))
    paper.family, paper.given = (whole(one).replace(" ", blank), "") if paper.family else ("", "")
    paper.family_kana, paper.given_kana = half(f"{one.family.reading} {one.given.reading}"), ""
    return True


WRONGS: dict[str, tuple[float, Wrong]] = {
    "other_signs": (3, _other_signs),
    "misheard": (3, _misheard),
    "wrong_era": (1.5, _wrong_era),
    "month_for_day": (2, _month_for_day),
    "number_of_the_mother": (1.5, _number_of_the_mother),
    "pet_name": (1.5, _pet_name),
    "transcribed": (9, _transcribed),
    "shifted_cells": (1.5, _shifted),
    "old_place": (2.5, _old_place),
    "old_name": (4, _old_name),
    "signed_by_kin": (2, _signed_by_kin),
    "smudged": (2, _smudged),
    "half_empty": (1.5, _half_empty),
    "whole_in_one": (1, _whole_in_one),
}
"""How often, compared with each other, where a paper has something of that kind."""
_KINDS, _SHARES = tuple(WRONGS), tuple(share for share, _ in WRONGS.values())


def gone_wrong(rng: Random, paper: Paper, one: Soul) -> str:
    """Let something go wrong, and return what."""
    while True:
        kind = rng.choices(_KINDS, _SHARES)[0]
        if WRONGS[kind][1](rng, paper, one):
            return kind
