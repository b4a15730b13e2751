"""Builders: a child of the register, a record about them, and what is decided."""

from dataclasses import replace
from typing import Any

from services.linker.domain.matching.deciding import decide, read, weighed
from services.linker.domain.matching.decisions import Decision
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.profiles import profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Scale
from services.linker.domain.normalising import Raw, normalised

YUI = Raw(
    family="山田",
    given="結衣",
    family_kana="ヤマダ",
    given_kana="ユイ",
    birth_date="2014-05-01",
    sex="2",
    address="中央区天神1丁目8番1号",
    household_no="H1",
    guardian="山田 花子",
)
HARUTO = replace(YUI, given="陽翔", given_kana="ハルト", birth_date="2011-10-20", sex="1")
HANAKO = replace(YUI, given="花子", given_kana="ハナコ", birth_date="1985-03-04", guardian="")
STRANGERS = [
    Raw(family="佐藤", given=f"他人{number}", family_kana="サトウ", given_kana="タニン", birth_date=f"19{number:02}-01-02", sex="1")
    for number in range(60)
]


def about(raw: Raw = YUI, **changes: Any) -> Raw:
    """Return a record about somebody, as a school would send it."""
    return replace(raw, household_no="", **changes)


def decided(record: Raw, *people: Raw, number: str = "") -> Decision:
    """Return what is decided about a record where these people are in the register, each numbered by their place, beside strangers."""
    register = Register((str(place), profile(normalised(raw))) for place, raw in enumerate([*people, *STRANGERS]))
    scale = Scale(IN_USE, register, people=len(register))
    asked, slipped = read(record)
    number_row = register.row_of(number)
    rows = register.candidates(asked) | ({number_row} if number_row is not None else set())
    return decide(
        asked, weighed(asked, ((row, register.profiles[row]) for row in rows), scale), scale, number_row=number_row, slipped=slipped
    )
