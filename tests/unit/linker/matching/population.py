"""A small city of families with known answers, drawn from a seed: for tests that count. All of it is invented."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from services.linker.domain.normalising import Raw
from services.linker.evaluation.tables import Answer, Entry, Person

_FAMILY_KANA = (
    "ヤマ タ ナカ ムラ カワ モト ハヤシ イ ウエ ノ フジ シマ ハラ イシ マツ キ オカ イケ ハシ モリ サキ タニ ハマ ミヤ フク タカ フル"
)
_GIVEN_KANA = "ハル ユウ ユ アイ ココ ミ リ ナ ショウ タ ト マ ナ キ ハナ ウミ オト ハ ツキ カ リ サキ ユウ ダイ カズ ジュ レン コ オ ジン"
_FAMILY_SIGNS = tuple(zip("山田中村川本林井上野藤島原石松木岡池橋森崎谷浜宮福高古", _FAMILY_KANA.split(), strict=True))
_GIVEN_SIGNS = tuple(zip("陽悠結愛心美莉菜翔太斗真奈希花海音葉月香里咲優大和樹蓮子央仁", _GIVEN_KANA.split(), strict=True))
_WARDS = ("中央区", "博多区", "東区", "南区")
_TOWNS = tuple(f"{ward}{town}" for ward in _WARDS for town in ("天神", "大名", "千代", "香椎", "野間", "平尾", "荒江"))
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロ"


@dataclass(frozen=True, slots=True)
class City:
    """A register, records of its children, and whom they are about."""

    people: list[Person]
    entries: list[Entry]
    answers: dict[str, Answer]


def city(seed: int, *, families: int, corruption: float, unregistered: float = 0.05) -> City:
    """Draw families, and one record of each child, each field of which is wrong or missing with the probability `corruption` or so."""
    draw = Random(seed)
    found = City([], [], {})
    for number in range(families):
        _family(draw, number, found, corruption, unregistered)
    return found


def _family(draw: Random, number: int, found: City, corruption: float, unregistered: float) -> None:
    family = _name(draw, _FAMILY_SIGNS)
    address = f"{draw.choice(_TOWNS)}{draw.randint(1, 6)}丁目{draw.randint(1, 30)}番{draw.randint(1, 25)}号"
    parents = [_name(draw, _GIVEN_SIGNS) for _ in range(2)]
    guardian = f"{family[0]} {parents[0][0]}"
    years = sorted(draw.sample(range(2006, 2020), draw.choice((1, 1, 2, 2, 3))))
    births = [f"{year}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}" for year in years]
    if draw.random() < 0.02:
        births.append(births[-1])  # twins
    for place, parent in enumerate(parents):
        birth = f"{years[0] - draw.randint(22, 38)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        found.people.append(Person(f"P{number}-{place}", _raw(family, parent, birth, draw.choice("12"), address, number, "")))
    for place, birth in enumerate(births):
        child = _raw(family, _name(draw, _GIVEN_SIGNS), birth, draw.choice("12"), address, number, guardian)
        registered = draw.random() >= unregistered
        if registered:
            found.people.append(Person(f"C{number}-{place}", child))
        entry = Entry(f"R{number}-{place}", "pupil_registry", "", _corrupted(draw, replace(child, household_no=""), corruption))
        found.entries.append(entry)
        found.answers[entry.id] = Answer(f"C{number}-{place}" if registered else "")


def _name(draw: Random, signs: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    one, other = (signs[min(int(draw.expovariate(1 / 9)), len(signs) - 1)] for _ in range(2))
    return one[0] + other[0], one[1] + other[1]


def _raw(family: tuple[str, str], given: tuple[str, str], birth: str, sex: str, address: str, household: int, guardian: str) -> Raw:
    return Raw(
        family=family[0],
        given=given[0],
        family_kana=family[1],
        given_kana=given[1],
        birth_date=birth,
        sex=sex,
        address=address,
        household_no=str(household),
        guardian=guardian,
    )


def _corrupted(draw: Random, raw: Raw, share: float) -> Raw:
    """The record of a child: several sources do not write signs, and each field may be wrong or missing."""
    changes: dict[str, str] = {}
    if draw.random() < 0.15:
        changes |= {"family": "", "given": ""}
    elif draw.random() < 0.15:
        changes |= {"family_kana": "", "given_kana": ""}
    if draw.random() < 0.25:
        changes["guardian"] = ""
    for field, spoiled in _SPOILED.items():
        if getattr(raw, field) and field not in changes and draw.random() < share * 0.5:
            changes[field] = spoiled(draw, getattr(raw, field))
    if draw.random() < share * 0.2:
        changes["family"], changes["family_kana"] = _name(draw, _FAMILY_SIGNS)
    return replace(raw, **changes)


def slip(draw: Random, text: str) -> str:
    place = draw.randrange(len(text))
    return text[:place] + draw.choice(_KANA) + text[place + draw.choice((0, 1)) :]


def _other_day(draw: Random, birth: str) -> str:
    year, month, day = birth.split("-")
    return draw.choice((f"{year}-{day}-{month}", f"{year}-{month}-{draw.randint(1, 28):02}", "", f"{year}-{month}-00"))


def _other_kanji(draw: Random, _: str) -> str:
    return _name(draw, _GIVEN_SIGNS)[0]


def _moved(draw: Random, _: str) -> str:
    return f"{draw.choice(_TOWNS)}{draw.randint(1, 6)}-{draw.randint(1, 30)}-{draw.randint(1, 25)}"


_SPOILED: dict[str, Callable[[Random, str], str]] = {
    "given": _other_kanji,
    "given_kana": slip,
    "family_kana": slip,
    "birth_date": _other_day,
    "address": _moved,
    "guardian": lambda draw, text: f"{text.split()[0]} {_name(draw, _GIVEN_SIGNS)[0]}",
    "sex": lambda _, text: {"1": "2", "2": "1"}[text],
}
