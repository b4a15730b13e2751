from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.identity.limits import LIMITS, Counted, Limit, counted_by, site_of
from infra.identity.login import wait_in_words

limits = st.sampled_from(list(LIMITS.values()))
DAY = timedelta(days=1)


class Count:
    """A count, as the database keeps one."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.failures = 0.0
        self.last_at = timedelta()

    def fail(self, at: timedelta) -> None:
        self.failures = self.limit.one_more(self.limit.left(self.failures, at - self.last_at))
        self.last_at = at

    @property
    def free_at(self) -> timedelta:
        return self.last_at + self.limit.wait_after(self.failures)


def guess_for_a_day(*counts: Count) -> list[timedelta]:
    """Fail as soon as every count lets it, for a day."""
    guesses = [timedelta()]
    while guesses[-1] < DAY:
        for count in counts:
            count.fail(guesses[-1])
        guesses.append(max(guesses[-1] + timedelta(seconds=1), *(count.free_at for count in counts)))
    return guesses


@given(limits, st.floats(min_value=0, max_value=1e9))
def test_the_wait_never_shrinks_with_more_failures_and_ends_at_the_longest(limit: Limit, failures: float) -> None:
    wait = limit.wait_after(failures)

    assert wait <= limit.wait_after(failures + 1) <= limit.longest
    assert (wait == timedelta()) == (failures <= limit.free)


@given(limits, st.floats(min_value=0, max_value=1e3), st.timedeltas(max_value=timedelta(days=9)))
def test_time_forgives_and_a_clock_that_went_back_does_not(limit: Limit, failures: float, elapsed: timedelta) -> None:
    left = limit.left(failures, elapsed)

    assert 0 <= left <= failures
    assert elapsed > timedelta() or left == failures


@given(limits, st.floats(min_value=0, max_value=1e3))
def test_a_row_is_forgotten_when_nothing_of_it_is_left(limit: Limit, failures: float) -> None:
    after = limit.forgotten_after(failures)

    assert limit.left(failures, after + timedelta(milliseconds=1)) < 1e-3


def test_one_address_guesses_a_login_about_a_hundred_times_a_day() -> None:
    """NIST SP 800-63B-4 §3.2.2 allows a hundred failures in a row."""
    assert len(guess_for_a_day(Count(LIMITS[Counted.PAIR]))) <= 115


def test_one_address_never_makes_the_login_wait_elsewhere() -> None:
    login = Count(LIMITS[Counted.LOGIN])

    for guess in guess_for_a_day(Count(LIMITS[Counted.PAIR])):
        login.fail(guess)
        assert login.free_at == login.last_at


def test_one_password_for_all_logins_is_slowed_after_ten() -> None:
    guesses = guess_for_a_day(Count(LIMITS[Counted.ADDRESS]))
    gaps = [later - earlier for earlier, later in pairwise(guesses)]

    assert gaps[9] == timedelta(seconds=1)
    assert gaps[15] > timedelta(seconds=30)
    assert len(guesses) <= 200


def test_a_login_that_fails_from_everywhere_waits_five_minutes_at_most() -> None:
    limit = LIMITS[Counted.LOGIN]

    assert limit.wait_after(limit.most) == timedelta(minutes=5)
    assert len(guess_for_a_day(Count(limit))) <= 330


def test_others_add_nothing_to_what_a_known_browser_is_counted_by() -> None:
    stranger = counted_by(is_known_browser=False, is_known_address=False)
    same_address = counted_by(is_known_browser=False, is_known_address=True)

    assert counted_by(is_known_browser=True, is_known_address=True) == (Counted.BROWSER,)
    assert Counted.BROWSER not in {*stranger, *same_address}
    assert Counted.LOGIN not in same_address


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("testclient", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
        ("１９２.0.2.7", "unknown"),
    ],
)
def test_an_address_counts_with_its_network(address: str | None, site: str) -> None:
    assert site_of(address) == site


@given(st.text(max_size=40))
def test_any_text_may_stand_for_an_address(text: str) -> None:
    assert site_of(text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "あと2秒たってから、もう一度お試しください。"),
        (0.2, "あと1秒たってから、もう一度お試しください。"),
        (59.5, "あと1分ほどたってから（13時02分以降に）、もう一度お試しください。"),
        (128, "あと3分ほどたってから（13時03分以降に）、もう一度お試しください。"),
        (900, "あと15分ほどたってから（13時16分以降に）、もう一度お試しください。"),
    ],
)
def test_the_wait_is_told_in_words(seconds: float, words: str) -> None:
    now = datetime(2026, 11, 23, 4, 0, 10, tzinfo=UTC)

    assert wait_in_words(timedelta(seconds=seconds), now) == words
