"""What holds for whatever anybody writes: never an error, soon, the same again, one for every spelling, two for two things."""

import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, fields, replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.writing import kana, names
from contracts.writing.characters import LONGEST, folded, letters
from services.linker.domain.normalising import Birth, Normal, Raw, addresses, dates, latin, normalised
from services.linker.domain.normalising.addresses import Address
from tests.unit.linker.normalising import different, spellers

FIELDS = [each.name for each in fields(Raw)]
PIECES = (
    *(
        "福岡県福岡市",
        "東区",
        "天神",
        "一丁目",
        "8番",
        "号室",
        "大字",
        "字",
        "コーポ",
        "-",
        "の",
        "ー",
        "〒810-0001",
        "六本松",
        "十",
        "千",
        "外",
        " ",
        "　",
        "F",
    ),
    *(
        "令和",
        "元年",
        "H",
        "31",
        "年",
        "月",
        "00",
        "不詳",
        "99",
        "X",
        "/",
        ".",
        "T",
        "12:00",
        "㍻",
        "々",
        "ヽ",
        "ヾ",
        "ヶ",
        "ッ",
        "髙",
        "𠮷",
        "\U000e0100",
        "゛",
    ),
    *(
        "(",
        ")",
        "旧姓",
        "、",
        "O'",
        "é",
        "ß",
        "ﾞ",
        "ﾊ",
        "\u0301",
        "\ue000",
        "?",
        "\u200b",
        "\x00",
        "ニ",
        "Æ",
        "ǅ",
        "İ",
        "ﬁ",
        "㈱",
        "½",
        "①",
        "５",
    ),
)


def texts() -> st.SearchStrategy[str]:
    """Any text, and texts of pieces that mean something to some rule."""
    return st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def raws() -> st.SearchStrategy[Raw]:
    return st.builds(Raw, **{name: texts() for name in FIELDS})


def written_again(normal: Normal) -> Raw:
    """What was normalised, as a source would send it."""
    return Raw(
        family=normal.family,
        given=normal.given,
        family_kana=normal.family_kana,
        given_kana=normal.given_kana,
        former_family="、".join(normal.former_family),
        former_given="、".join(normal.former_given),
        latin=" ".join(normal.latin),
        birth_date=str(normal.birth),
        sex=normal.sex,
        address=str(normal.address),
        household_no=normal.household_no,
        guardian="、".join(normal.guardian),
    )


@example(Raw(household_no="A\u0300\u0300"), "")
@given(raws(), spellers.places().flatmap(spellers.spelled_place))
def test_what_is_normalised_is_normal(raw: Raw, address: str) -> None:
    once = normalised(replace(raw, address=address))

    assert normalised(written_again(once)) == once


@given(texts())
def test_the_parts_of_what_is_no_address_are_in_one_form_too(text: str) -> None:
    found = addresses.address(text)

    assert [letters(folded(part)) for part in (found.town, found.building)] == [found.town, found.building]


@given(texts())
@example("母ー々")
def test_what_is_heard_is_heard_the_same_again(text: str) -> None:
    heard = kana.sound(kana.spelled(text))

    assert kana.sound(kana.spelled(heard)) == heard


@given(raws())
def test_nothing_that_stands_there_is_an_error_and_nothing_is_read_out_of_nothing(raw: Raw) -> None:
    normal = normalised(raw)

    assert isinstance(normal, Normal)
    assert hash(normal) == hash(normalised(raw))
    assert normalised(Raw()) == Normal("", "", "", "", (), (), (), Birth(), "", Address(), "", ())


@given(texts())
def test_a_birth_date_is_a_day_of_the_calendar_as_far_as_it_is_known(text: str) -> None:
    birth = dates.birth(text)

    date(birth.year or 2024, birth.month or 1, birth.day or 1)
    assert birth.year is None or 1868 <= birth.year <= 2199


NASTY = (
    "々",
    "ヾ",
    "(",
    "あー",
    "1-",
    "1 ",
    "一の",
    "字",
    "ｶﾞ",
    "か\u0301",
    "\u0301",
    "é",
    "ﷺ",
    "元",
    "一",
    "  ",
    "H1.",
    "'",
    "大字",
    "1号室",
    "\U000e0100",
)


@pytest.mark.parametrize("piece", NASTY)
@pytest.mark.parametrize("length", [LONGEST, 1_000_000])
def test_no_text_takes_longer_than_its_length(piece: str, length: int) -> None:
    text = (piece * length)[:length]
    raw = Raw(**dict.fromkeys(FIELDS, text))

    begun = time.process_time()
    normal = normalised(raw)

    # A million characters of which nothing is read: twelve looks at each. What grows with the square would take hours.
    assert time.process_time() - begun < 5
    assert all(len(part) <= LONGEST for part in (normal.family, normal.given_kana, str(normal.birth), normal.address.town))


# --- One for every spelling -------------------------------------------------------------------------------------------


@given(st.data(), st.sampled_from(spellers.FAMILIES))
def test_every_form_of_a_family_name_is_one(data: st.DataObject, name: str) -> None:
    assert names.family(data.draw(spellers.spelled_kanji(name))) == names.family(name)


@given(st.data(), st.sampled_from([name for name in spellers.GIVENS if "斎" not in name]))
def test_every_form_of_a_given_name_is_one(data: st.DataObject, name: str) -> None:
    assert names.given(data.draw(spellers.spelled_kanji(name))) == names.given(name)


@given(st.data(), st.sampled_from(spellers.READINGS))
def test_every_spelling_of_a_reading_is_one(data: st.DataObject, reading: str) -> None:
    assert kana.spelled(data.draw(spellers.spelled_reading(reading))) == kana.spelled(reading)


@given(st.data(), st.sampled_from(spellers.LATIN))
def test_every_order_and_every_sign_of_a_latin_name_is_one(data: st.DataObject, parts: tuple[str, ...]) -> None:
    assert latin.tokens(data.draw(spellers.spelled_latin(parts))) == tuple(sorted(parts))


@given(st.data(), spellers.days())
def test_every_way_to_write_a_day_says_that_day(data: st.DataObject, day: date) -> None:
    written = data.draw(spellers.spelled_day(day))

    assert dates.birth(written) == Birth(day.year, day.month, day.day), written


@given(st.data(), spellers.places())
def test_every_way_to_write_an_address_says_that_place(data: st.DataObject, place: spellers.Place) -> None:
    written = data.draw(spellers.spelled_place(place))

    found = addresses.address(written)

    assert (found.ward, found.numbers, found.room) == (place.ward, "-".join(map(str, place.numbers)), str(place.room or "")), written
    assert (found.town, found.building) == (place.town, place.building), written


# --- Two for two things -----------------------------------------------------------------------------------------------

APART: Sequence[tuple[str, Callable[[str], Any], Sequence[str]]] = (
    ("family names", names.family, different.FAMILIES),
    ("given names", names.given, different.GIVENS),
    ("readings", kana.spelled, [each for each in different.READINGS if each != "ユーキチ"]),
    ("what is heard", lambda text: kana.sound(kana.spelled(text)), different.READINGS),
    ("Latin names", latin.tokens, different.LATIN),
    ("addresses", addresses.address, different.ADDRESSES),
    ("days", dates.birth, different.DAYS),
)


@pytest.mark.parametrize(("read", "texts"), [pytest.param(read, texts, id=name) for name, read, texts in APART])
def test_things_that_are_different_stay_so(read: Callable[[str], Any], texts: Sequence[str]) -> None:
    assert [(one, other) for one, other in combinations(dict.fromkeys(texts), 2) if read(one) == read(other)] == []


@given(st.data())
def test_different_names_stay_so_in_whatever_spelling(data: st.DataObject) -> None:
    one, other = data.draw(st.permutations(spellers.FAMILIES))[:2]
    spelled = data.draw(spellers.spelled_kanji(one)), data.draw(spellers.spelled_kanji(other))

    assert names.family(spelled[0]) != names.family(spelled[1])


@given(raws())
def test_the_raw_values_are_left_as_they_came(raw: Raw) -> None:
    before = astuple(raw)

    normalised(raw)

    assert astuple(raw) == before
