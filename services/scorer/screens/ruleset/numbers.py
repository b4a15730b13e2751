"""The numbers of a simulation as charts and tables: of parts of the city, never of anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from contracts.values import Group
from services.scorer import parts
from services.scorer.charts import Pair, drawn
from services.scorer.parts import FEW_CHILDREN as FEW
from services.scorer.wording import GROUPS


@dataclass(frozen=True, slots=True)
class Table:
    """A chart, and the table that says the same."""

    title: str
    about: str
    chart: Markup
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Page:
    """What a simulation found."""

    at: str
    day: str
    instead_of: str
    children: str
    total: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


def page_of(told: Mapping[str, Any], at: str) -> Page:
    """Return the numbers that are kept of a simulation (`Simulation.as_numbers`) as the page shows them."""
    total = told["total"]
    words = (("いまの基準で", "before"), ("この基準で", "after"), ("新しく挙がる", "new"), ("挙がらなくなる", "gone"))
    wards = sorted(told["by_ward"], key=lambda part: parts.place(part["name"]))
    ages, sexes = told["by_age"], told["by_sex"]
    return Page(
        at,
        told["day"],
        told["instead_of"],
        f"{total['children']:,}",
        tuple((name, _count(total[key])) for name, key in words),
        (
            _rates("区ごと", wards, parts.ward),
            _rates("年齢ごと", ages, parts.age),
            _rates("性別ごと", sexes, parts.sex),
            _groups(told["by_group"]),
        ),
    )


def _rates(title: str, of_kind: Sequence[Mapping[str, Any]], words: Any) -> Table:
    pairs = [Pair(words(part["name"]), part["rate_before"], part["rate_after"]) for part in of_kind]
    heads = ("", "こどもの数", "前", "後", "新しく", "挙がらなくなる", "千人あたり（前）", "千人あたり（後）")
    rows = [
        (
            words(part["name"]),
            f"{part['children']:,}人",
            *(_count(part[key]) for key in ("before", "after", "new", "gone")),
            *(_rate(part[key]) for key in ("rate_before", "rate_after")),
        )
        for part in of_kind
    ]
    about = "こども千人のうち、要確認に挙がる人数。特に高いところは、その背景と、見る側の体制を確かめてください。"
    return Table(title, about, drawn(f"{title}、千人あたりの人数（前と後）", pairs, unit="人", few=FEW), heads, rows)


def _groups(of_kind: Sequence[Mapping[str, Any]]) -> Table:
    pairs = [Pair(GROUPS[Group(part["name"])], part["before"], part["after"]) for part in of_kind]
    rows = [(GROUPS[Group(part["name"])], *(_count(part[key]) for key in ("before", "after", "new", "gone"))) for part in of_kind]
    about = "挙がる人のうち、その分類にも該当する人数。1人が複数の分類に入ります。"
    chart = drawn("分類ごとの人数（前と後）", pairs, unit="人", few=FEW)
    return Table("分類ごと", about, chart, ("", "前", "後", "新しく", "挙がらなくなる"), rows)


def _count(number: int | None) -> str:
    return FEW if number is None else f"{number:,}人"


def _rate(number: float | None) -> str:
    return "—" if number is None else f"{number:,g}人"
