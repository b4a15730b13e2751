"""The first page says the worst that is known, and calls a log sound only where it was looked at."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.standing import CLOCKS_DIFFER_BY, FULL_WITHIN, VERIFIED_WITHIN, Standing, Verified, standing

MINUTE = timedelta(minutes=1)
ages = st.timedeltas(timedelta(days=-60), timedelta(days=3))
outcomes = st.sampled_from(["sound", "tampered", "incomplete"])
verifications = st.none() | st.builds(Verified, size=st.integers(0, 300), outcome=outcomes, age=ages)


def stands(size: int, newest: Verified | None, full: Verified | None = None, **known: bool | int) -> Standing:
    return standing(
        size=size,
        newest=newest,
        full=full or newest,
        history_continues=bool(known.get("history_continues", True)),
        sealing_is_late=bool(known.get("sealing_is_late", False)),
        open_points=int(known.get("open_points", 0)),
    )


@given(size=st.integers(0, 300), newest=verifications, full=verifications, open_points=st.integers(0, 2))
def test_nothing_is_called_sound_that_was_not_looked_at_and_found_sound(
    size: int, newest: Verified | None, full: Verified | None, open_points: int
) -> None:
    said = standing(size=size, newest=newest, full=full, history_continues=True, sealing_is_late=False, open_points=open_points)

    if said is Standing.SOUND:
        assert newest is not None
        assert full is not None
        assert {newest.outcome, full.outcome} == {"sound"}
        assert newest.size > 0
        assert 2 * newest.size > size
        assert newest.size <= size
        assert newest.size == size or -CLOCKS_DIFFER_BY <= newest.age <= VERIFIED_WITHIN
        assert -CLOCKS_DIFFER_BY <= full.age <= FULL_WITHIN
        assert open_points == 0


@pytest.mark.parametrize(
    ("size", "newest", "expected"),
    [
        (147, None, Standing.UNVERIFIED),
        (147, Verified(0, "sound", MINUTE), Standing.UNVERIFIED),
        (147, Verified(73, "sound", MINUTE), Standing.UNVERIFIED),
        (147, Verified(146, "sound", MINUTE), Standing.SOUND),
        (147, Verified(146, "sound", VERIFIED_WITHIN + MINUTE), Standing.UNVERIFIED),
        (147, Verified(147, "sound", VERIFIED_WITHIN + MINUTE), Standing.SOUND),
        (147, Verified(147, "sound", FULL_WITHIN + MINUTE), Standing.UNVERIFIED),
        (147, Verified(147, "incomplete", MINUTE), Standing.INCOMPLETE),
        (147, Verified(147, "tampered", MINUTE), Standing.TAMPERED),
        (147, Verified(147, "sound", timedelta(days=-56)), Standing.UNVERIFIED),
        (147, Verified(146, "sound", -MINUTE), Standing.SOUND),
        (147, Verified(148, "sound", MINUTE), Standing.UNVERIFIED),
        (0, None, Standing.UNVERIFIED),
        (0, Verified(0, "sound", MINUTE), Standing.UNVERIFIED),
    ],
)
def test_the_verification_decides_where_nothing_else_is_known(size: int, newest: Verified | None, expected: Standing) -> None:
    assert stands(size, newest) is expected


def test_the_worst_that_is_known_is_said_first() -> None:
    sound = Verified(147, "sound", MINUTE)
    tampered = Verified(147, "tampered", MINUTE)

    assert stands(147, tampered, history_continues=False) is Standing.HISTORY_CHANGED
    assert stands(147, sound, tampered, sealing_is_late=True) is Standing.TAMPERED
    assert stands(147, sound, sealing_is_late=True, open_points=1) is Standing.SEALING_LATE
    assert stands(147, None, open_points=1) is Standing.INCOMPLETE
