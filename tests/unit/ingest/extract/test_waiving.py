"""Whom a refused row is about."""

import pytest

from contracts.values import Source
from services.ingest.inlets.extract import adapters
from services.ingest.inlets.extract.waiving import person_in

WELFARE = adapters.taking(adapters.load_all(adapters.EXAMPLES), Source.PUBLIC_ASSISTANCE, "SEIHO_SETAIIN_20260331.csv")


@pytest.mark.parametrize(
    ("data", "wrong", "person_no"),
    [
        ({"person_no": "000000000000001"}, (), "000000000000001"),
        ({"person_no": "000000000000001"}, ("started_on",), "000000000000001"),
        ({"person_no": "000000000000001"}, ("person_no",), None),
        ({"person_no": "１２３"}, (), None),
        ({}, (), None),
    ],
)
def test_it_is_told_only_where_the_row_says_it_and_that_is_not_what_is_wrong(
    data: dict[str, str], wrong: tuple[str, ...], person_no: str | None
) -> None:
    assert WELFARE is not None
    assert person_in(WELFARE, data, wrong) == person_no
