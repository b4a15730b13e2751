from datetime import UTC, datetime, timedelta

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError
from hypothesis import given
from hypothesis import strategies as st

from infra.identity import credentials

NOW = datetime(2026, 11, 23, 4, 0, 10, tzinfo=UTC)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_the_code_is_that_of_rfc_6238_appendix_b() -> None:
    # The RFC's SHA-1 vector for 59 s is 94287082; six digits keep its tail.
    assert credentials.code_at(SECRET, datetime.fromtimestamp(59, UTC)) == "287082"


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_telephone_may_be_one_step_off(off: int) -> None:
    code = credentials.code_at(SECRET, NOW + timedelta(seconds=off))

    assert credentials.matching_step(SECRET, code, NOW) == (int(NOW.timestamp()) + off) // 30


@pytest.mark.parametrize("off", [-90, -60, 60, 90])
def test_an_older_or_later_code_is_none(off: int) -> None:
    code = credentials.code_at(SECRET, NOW + timedelta(seconds=off))

    assert credentials.matching_step(SECRET, code, NOW) is None


@given(st.text(max_size=12))
def test_any_text_may_be_typed_as_a_code(text: str) -> None:
    assert credentials.matching_step(SECRET, text, NOW) in {None, *(int(NOW.timestamp()) // 30 + step for step in (-1, 0, 1))}


async def test_a_password_matches_itself_only() -> None:
    hashed = await credentials.hash_password("correct horse")

    assert hashed.startswith("$argon2id$")
    assert await credentials.password_matches(hashed, "correct horse")
    assert not await credentials.password_matches(hashed, "correct hors")


async def test_nobody_has_no_password() -> None:
    assert not await credentials.password_matches(None, "")


def test_what_the_log_and_the_forms_hold_does_not_show_the_token() -> None:
    token = credentials.new_token()

    shown = {credentials.session_name(token), credentials.form_token(token), credentials.fingerprint(token).hex()}

    assert len(shown) == 3
    assert not any(token in each for each in shown)


def test_what_nobodys_password_is_compared_with_costs_as_much_as_somebodys() -> None:
    nobodys = credentials._NOBODYS_HASH

    assert extract_parameters(nobodys) == extract_parameters(credentials.PASSWORD_HASHER.hash("of somebody"))
    with pytest.raises(VerifyMismatchError):
        credentials.PASSWORD_HASHER.verify(nobodys, "of somebody")
