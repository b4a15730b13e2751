from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.identity.lasting import IDLE, LONGEST, Ended, Lasting, Why

OPENED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@given(st.timedeltas(min_value=timedelta(), max_value=LONGEST))
def test_a_session_never_lasts_longer_than_idle_nor_than_the_longest(used_after: timedelta) -> None:
    lasting = Lasting(OPENED, OPENED + used_after)

    left, longest = lasting.left(lasting.seen_at), lasting.longest_left(lasting.seen_at)

    assert 0 <= left <= longest <= LONGEST.total_seconds()
    assert left <= IDLE.total_seconds()


@pytest.mark.parametrize(
    ("seen_after", "looked_after", "why", "ended_after", "told"),
    [
        (timedelta(), IDLE, None, None, Why.IDLE),
        (LONGEST - SECOND, LONGEST, None, None, Why.LONGEST),
        (timedelta(), timedelta(hours=1), Why.ELSEWHERE, IDLE - SECOND, Why.ELSEWHERE),
        (timedelta(), timedelta(hours=1), Why.ELSEWHERE, IDLE, Why.IDLE),
        (timedelta(), timedelta(hours=1), Why.ADMINISTRATOR, SECOND, Why.ADMINISTRATOR),
        (timedelta(), timedelta(hours=1), Why.RIGHTS, None, Why.RIGHTS),
        (timedelta(), SECOND, None, None, Why.TRAINING),
    ],
)
def test_what_ended_a_session_first_is_what_is_told(
    seen_after: timedelta, looked_after: timedelta, why: str | None, ended_after: timedelta | None, told: Why
) -> None:
    at = None if ended_after is None else OPENED + ended_after

    assert Lasting(OPENED, OPENED + seen_after).ended(OPENED + looked_after, why, at).why is told


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words_for_its_person(why: Why) -> None:
    words = Ended(why).words

    assert words.endswith("。")
    assert words.isprintable()
    assert not any(letter.isascii() and letter.isalpha() for letter in words)


def test_a_second_login_is_told_with_its_time_and_whom_to_tell() -> None:
    assert Ended(Why.ELSEWHERE, OPENED).words == (
        "11月23日 13:00に、別の端末かブラウザーで、あなたのログイン名によるログインがあったため、こちらはログアウトしました。"
        "心当たりがないときは、すぐに情報セキュリティ担当へ知らせてください。"
    )
