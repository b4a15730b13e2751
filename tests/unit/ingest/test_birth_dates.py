"""Birth dates of which the register does not know everything (不詳)."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Source
from services.ingest.domain.admission import Admitted, judge
from services.ingest.domain.envelope import instant_of
from services.ingest.domain.normalise import birth_day, iso_day
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import TODAY, door, resident

WRITTEN = {
    "1985-06-11": "1985-06-11",
    "昭和60年6月11日": "1985-06-11",
    "1985": "1985",
    "1985年": "1985",
    "1985-00-00": "1985",
    "19850000": "1985",
    "1985/00/00": "1985",
    "1985年不詳": "1985",
    "1985年月日不詳": "1985",
    "昭和60年不詳": "1985",
    "昭和６０年　不詳": "1985",
    "昭和60年月日不詳": "1985",
    "昭和60年以下不詳": "1985",
    "S60.00.00": "1985",
    "昭和元年不詳": "1926",
    "1985-99-99": "1985",
    "19859999": "1985",
    "1985-XX-XX": "1985",
    "1985/**/**": "1985",
    "昭和６０年＊＊月＊＊日": "1985",
    "昭和60年月日": "1985",
    "昭和60年未詳": "1985",
    "S60-00-00": "1985",
    "1985-06": "1985-06",
    "1985-06-99": "1985-06",
    "1985-06-XX": "1985-06",
    "昭和60年6月日": "1985-06",
    "昭和60年6月**日": "1985-06",
    "1985-06-00": "1985-06",
    "19850600": "1985-06",
    "1985年6月不詳": "1985-06",
    "昭和60年6月日不詳": "1985-06",
    "昭和60年6月不詳日": "1985-06",
    "昭和60年06月00日": "1985-06",
    "不詳": "unknown",
    "不明": "unknown",
    "生年月日不詳": "unknown",
    "年月日不詳": "unknown",
    "昭和年月日不詳": "unknown",
    "0000-00-00": "unknown",
    "00000000": "unknown",
    "unknown": "unknown",
    "UNKNOWN": "unknown",
    "未詳": "unknown",
    "生年不詳": "unknown",
    "0000/00/00": "unknown",
    "0000年00月00日": "unknown",
    "99999999": "unknown",
    "9999-99-99": "unknown",
    "XXXX-XX-XX": "unknown",
    "0000": "unknown",
}
NO_DATES = [
    "1985-13-00",
    "1985-00-11",
    "19850611x",
    "昭和0年不詳",
    "昭和元年6月日不詳",
    "不詳です",
    "60年不詳",
    "",
    "1985-6-3-1",
    "0000-06-00",
    "19851",
    "昭和601",
    "昭和610611",
    "1985年年",
    "9999-12-31",
    "0000-06-11",
    "1985-99-11",
    "1985-98-00",
    "198X",
    "1985日",
]


def judged(**data: str) -> Admitted | Refusal:
    return judge(RawEvent(resident(data)), door(Source.RESIDENT_REGISTRY))


@pytest.mark.parametrize(("written", "meant"), WRITTEN.items())
def test_a_birth_date_is_read_as_far_as_the_register_knows_it(written: str, meant: str) -> None:
    assert birth_day(written) == meant
    found = judged(birth_date=written, relationship_to_head="head")

    assert isinstance(found, Admitted)
    assert found.data["birth_date"] == meant


@pytest.mark.parametrize("written", NO_DATES)
def test_what_is_no_form_of_not_known_is_refused(written: str) -> None:
    assert isinstance(judged(birth_date=written, relationship_to_head="head"), Refusal)


@pytest.mark.parametrize(
    ("written", "relationship"),
    [
        (f"{TODAY.year - 17}", "head"),
        (f"{TODAY.year}-00-00", "head"),
        (f"{TODAY.year - 17}-01-00", "spouse"),
        (f"{TODAY.year - 18}-{TODAY.month + 1:02}-00", "head"),
        ("不詳", "child"),
        ("不詳", "孫"),
    ],
)
def test_a_birth_date_that_is_not_known_of_whoever_may_be_a_child_is_refused_by_path(written: str, relationship: str) -> None:
    found = judged(birth_date=written, relationship_to_head=relationship)

    assert isinstance(found, Refusal)
    assert (found.path, found.code) == ("birth_date", "birth_not_known")


@pytest.mark.parametrize("written", [f"{TODAY.year - 18}", f"{TODAY.year - 18}-{TODAY.month:02}"])
def test_whoever_may_have_come_of_age_is_an_adult_also_a_child_of_the_head(written: str) -> None:
    assert isinstance(judged(birth_date=written, relationship_to_head="child"), Admitted)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_day_that_is_not_known_stands_for_births_alone(written: str) -> None:
    found = judged(birth_date="1985-06-11", resident_from=written)

    assert isinstance(found, Refusal) is ("11" not in written)


@pytest.mark.parametrize(("written", "accepted"), [("1868-01-25", True), ("1899-12-31", True), ("1868-01-24", False), ("1868", False)])
def test_one_bound_of_days_holds_for_births(written: str, accepted: bool) -> None:
    assert isinstance(judged(birth_date=written), Admitted) is accepted


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("1868-01-25T00:00:00+09:00", True),
        ("1868-01-25T00:00:00+14:00", False),
        ("1868-01-24T23:00:00Z", False),
        ("2200-01-01T00:00:00+14:00", False),
        ("2199-12-31T23:59:59Z", False),
        ("0001-01-01T00:00:00+14:00", False),
        ("9999-12-31T23:59:59-12:00", False),
    ],
)
def test_one_bound_of_days_holds_for_instants_by_the_day_in_japan(written: str, accepted: bool) -> None:
    assert (instant_of(written) is not None) is accepted


@pytest.mark.parametrize(
    ("written", "accepted"), [("1868-01-25", True), ("1868-01-24", False), ("2199-12-31", True), ("2200-01-01", False)]
)
def test_one_bound_of_days_holds_for_the_effective_day(written: str, accepted: bool) -> None:
    found = judge(RawEvent(resident(effectiveon=written)), door(Source.RESIDENT_REGISTRY))

    assert isinstance(found, Admitted) is accepted


@given(
    st.dates(date(1926, 12, 25), date(1989, 1, 7)), st.sampled_from(["1985-06-11", "昭和60年6月11日", "S60.6.11", "昭和６０年６月１１日"])
)
def test_a_day_that_is_known_is_read_as_every_other_day(day: date, form: str) -> None:
    written = day.isoformat()
    if form != "1985-06-11":
        digits = str.maketrans("0123456789", "０１２３４５６７８９") if "６" in form else {}
        parts = f"{day.year - 1925}年{day.month}月{day.day}日".translate(digits)
        written = "昭和" + parts if form.startswith("昭") else f"S{day.year - 1925}.{day.month}.{day.day}"

    assert birth_day(written) == iso_day(written) == day.isoformat()


@given(st.integers(1868, 2199), st.integers(1, 12), st.sampled_from(["00", "99", "XX", "**", "不詳"]), st.sampled_from(["-", "/", ".", ""]))
def test_a_month_or_a_year_is_read_from_any_filling(year: int, month: int, filling: str, sign: str) -> None:
    assert birth_day(f"{year}{sign}{month:02}{sign}{filling}") == f"{year}-{month:02}"
    assert birth_day(f"{year}{sign}{filling}{sign if filling != '不詳' else ''}{filling if filling != '不詳' else ''}") == f"{year}"


@given(st.text(max_size=60) | st.text("0123456789-/.年月日不詳明昭和元*x", max_size=14))
def test_whatever_a_register_writes_comes_to_one_of_four_forms_or_none(written: str) -> None:
    found = birth_day(written)

    assert found is None or found == "unknown" or re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2])|-[0-9]{2}-[0-9]{2})?", found)
