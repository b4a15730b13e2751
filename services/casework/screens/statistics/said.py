"""What the statistics say: tables with small numbers left out, and a bar for each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from contracts.catalogue import ITEMS
from contracts.values import Ward
from contracts.words import WARDS
from services.casework.domain.results import RESULT_TITLES, Result, hit_rate
from services.casework.domain.suppression import suppressed
from services.casework.screens.reviews.rows import Tab
from services.casework.screens.reviews.screen import TAB_TITLES
from services.casework.screens.statistics.rows import APART, PLACES, Numbers, Statistics
from services.casework.sheets import PLAIN, Sheet

HIDDEN = "秘匿"
STAGES = (Tab.NOT_STARTED, Tab.INVESTIGATION, Tab.CONFERENCE, Tab.GOING_ON, Tab.DEFERRED, Tab.REASONS_GONE)
DEADLINES: Mapping[str, str] = {"kept": "期限まで", "late": "期限のあと"}
_BAR_WIDTH = 560
_SPACE = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """A number as a bar: how long it is, in units of the picture; of a number that is left out there is no length."""

    label: str
    text: str
    length: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: of what, and its numbers as they are shown."""

    label: str
    cells: tuple[str, ...]
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its picture: `columns` are the names of its numbers, with their sum last."""

    key: str
    title: str
    hint: str
    of: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    list_address: str = ""

    @property
    def described(self) -> str:
        """Say the picture in words."""
        return "、".join(f"{bar.label} {bar.text}" for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Choice:
    """A year that may be chosen."""

    year: int
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class StatisticsSheet(Sheet):
    """The page: numbers only, of nobody."""

    title: Annotated[str, PLAIN]
    day: Annotated[str, PLAIN]
    year_label: Annotated[str, PLAIN]
    years: Annotated[tuple[Choice, ...], PLAIN]
    is_city: Annotated[bool, PLAIN]
    tables: Annotated[tuple[Table, ...], PLAIN]


def tables_of(found: Statistics, ward: Ward | None, year: str) -> tuple[Table, ...]:
    """Return the tables of a ward, or of the city."""
    stages = {tab.value: TAB_TITLES[tab] for tab in STAGES}
    return (
        _by_place("stages", "いまの件数（段階別）", "", stages, found.stages, ward),
        _by_place(
            "deadlines",
            "期限を守れたか",
            f"{year}に次の段階へ進んだもの。この画面ができる前に進んだものは数えていません。",
            DEADLINES,
            found.deadlines,
            ward,
        ),
        _by_place("results", "終えたときの結果", f"{year}に終えたもの。", _results(), found.results, ward),
        _by_reason(found, year),
    )


def _results() -> Mapping[str, str]:
    return {result.value: RESULT_TITLES[result] for result in Result}


def _by_place(key: str, title: str, hint: str, kinds: Mapping[str, str], numbers: Numbers, ward: Ward | None) -> Table:
    # A ward is shown its row of the city's table: were its numbers left out by themselves, both tables together would say more than each.
    shown = suppressed(numbers.rows(PLACES, tuple(kinds)))
    rows = [*zip(PLACES, shown, strict=False), ("", shown[-1])]
    if ward is not None:
        rows = [(place, row) for place, row in rows if place == ward]
    labels = tuple(kinds.values())
    return Table(
        key=key,
        title=title,
        hint=hint,
        of="区",
        columns=(*labels, "計"),
        rows=tuple(Row(_place(place), tuple(map(_text, row)), is_sum=not place) for place, row in rows),
        bars=_bars(labels, rows[-1][1]),
        list_address="/reviews?tab=all" if ward is not None and key == "stages" else "",
    )


def _by_reason(found: Statistics, year: str) -> Table:
    rows = []
    for item in found.items:
        # Each by itself: a child stands under each of its reasons, so that the rows have no sum.
        [shown] = suppressed(found.reasons.rows((item,), tuple(Result)))
        rate = hit_rate(dict(zip(Result, shown, strict=False)))
        rows.append(Row(ITEMS[item].present, (*map(_text, shown), HIDDEN if rate is None else f"{rate}%")))
    return Table(
        key="reasons",
        title="理由ごとの当たり",
        hint=f"{year}に終えたもの。調査を始めたときにあった理由ごとに数えます。当たりは、支援が必要か見守りになったものの割合で、「わからない」は除きます。",
        of="理由",
        columns=(*_results().values(), "計", "当たり"),
        rows=tuple(rows),
        bars=(),
    )


def _place(place: str) -> str:
    if place == APART:
        return "区を示さないもの"
    return WARDS[Ward(place)] if place else "全市"


def _text(number: int | None) -> str:
    return HIDDEN if number is None else f"{number:,}"


def _bars(labels: Sequence[str], row: Sequence[int | None]) -> tuple[Bar, ...]:
    numbers = row[: len(labels)]
    most = max((number for number in numbers if number is not None), default=0) or 1
    return tuple(
        Bar(label, _text(number), None if number is None else round((_BAR_WIDTH - _SPACE) * number / most))
        for label, number in zip(labels, numbers, strict=True)
    )
