import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.identity.requests import carries, comes_from_us, own_path

HOST = {"host": "casework.example:8000"}


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://casework.example:8000"}, False),
        ({"origin": "http://casework.example:8000"}, True),
        ({"origin": "http://casework.example"}, False),
        ({"origin": "https://casework.example:8000"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_only_our_own_pages_and_programs_may_change_something(headers: dict[str, str], ours: bool) -> None:
    assert comes_from_us(HOST | headers, "http") is ours


@pytest.mark.parametrize("given", [None, "", "other", 1, "t\u00f6ken", "\ud800"])
def test_a_form_without_its_token_is_not_ours(given: object) -> None:
    assert not carries("token", given)
    assert carries("token", "token")


@pytest.mark.parametrize("given", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\r\nSet-Cookie: x", "/こ"])
def test_the_login_leads_nowhere_else(given: str) -> None:
    assert own_path(given) == "/"


@given(st.text(alphabet="abc/-", max_size=20))
def test_a_path_of_ours_is_kept(path: str) -> None:
    kept = own_path(f"/x{path}")

    assert kept == f"/x{path}"
