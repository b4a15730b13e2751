"""What people paste into the search is understood as they mean it."""

from uuid import UUID

import pytest

from services.audit.domain.filters import is_id, parse_filters

ID = "0f0e0d0c-0b0a-4000-8000-00000000000a"


@pytest.mark.parametrize(
    "typed",
    [
        ID,
        ID.upper(),
        f"  {ID.upper()} ",
        f"http://127.0.0.1:8080/children/{ID}",
        f"https://tsunagu.example/children/{ID.upper()}?tab=all#why",
        f"/things/{ID}",
    ],
)
def test_an_id_is_found_however_it_was_copied(typed: str) -> None:
    asked = parse_filters({"thing": typed, "actor": typed})

    assert (asked.thing, asked.actor) == (ID, UUID(ID))


def test_an_id_is_told_from_a_login() -> None:
    assert [is_id(text) for text in (ID, ID.replace("-", ""), ID.upper(), "hakata.clerk", "")] == [True, True, True, False, False]


@pytest.mark.parametrize("typed", ["17", "Some Thing", f"{ID} and more"])
def test_what_is_no_id_stays_as_it_was_typed(typed: str) -> None:
    assert parse_filters({"thing": typed}).thing == typed
