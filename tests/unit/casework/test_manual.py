"""What readers say of the manual holds nothing that leads to a child (EVAL-01; SEC-T2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.manual import tells_of_somebody

SEEN = ("見本 あおい", "みほん あおい", "葛󠄀城 ゆい")


@pytest.mark.parametrize(
    "words",
    [
        "見本あおいさんのとき分からなかった",
        "見本　あおい",
        "世帯番号 1234567 の家で迷った",
        "１２３-４５６７",
        "090-1234-5678に電話",
        "2019年6月3日生まれの子",
        "平成31. 4. 3",
        "R元年5月1日",
        "葛󠄀城ゆい",
        "ミホンアオイさんのとき",
        "ﾐﾎﾝ ｱｵｲ",
        "見本アオイ",
        "（見本・あおい）の画面",
        "葛城ユイ",
        "あ" * 398 + "みほんあおい",
    ],
)
def test_a_name_that_was_seen_a_number_or_a_birth_date_is_not_taken(words: str) -> None:
    assert tells_of_somebody(words, SEEN)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "三課の出席が足りないとき、どう書くのか分からない",
        "5開庁日の数え方",
        "180日と90日のちがい",
        "見本の書き方があるとよい",
        "12か月以内とは",
    ],
)
def test_what_tells_of_nobody_is_taken(words: str) -> None:
    assert not tells_of_somebody(words, SEEN)


@given(
    st.text(alphabet="あいうえおかきくけこ", min_size=3, max_size=8), st.text(alphabet=" 　"), st.text(alphabet="らりるれろ", max_size=5)
)
def test_a_name_is_found_wherever_it_stands_and_however_it_is_spaced(name: str, space: str, around: str) -> None:
    assert tells_of_somebody(f"{around}{name[:1]}{space}{name[1:]}{around}", (name,))
