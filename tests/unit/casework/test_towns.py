"""A table of towns is taken whole or not at all."""

import pytest

from infra.city import towns as invented
from services.casework.towns import Town, Unreadable, read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_table_is_read_as_programs_and_as_spreadsheets_write_it(encoding: str, ending: str) -> None:
    body = ending.join(("address_code,name", "40132001,見本町1丁目", '40132002,"見本町, 2丁目"', "")).encode(encoding)

    assert read(body) == (Town("40132001", "見本町1丁目"), Town("40132002", "見本町, 2丁目"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1 must read address_code,name"),
        ("code,name\n1,a\n", "line 1 must read address_code,name"),
        ("address_code,name\n", "there is no town in it"),
        ("address_code,name\n1,a\n2\n", "line 3 must have a code and a name"),
        ("address_code,name\n1, \n", "line 2 must have a code and a name"),
        ("address_code,name\n1,a,b\n", "line 2 must have a code and a name"),
        (f"address_code,name\n1,{'a' * 65}\n", "of 64 characters at most"),
        ("address_code,name\n1,a\n1,b\n", "line 3 names the code 1 again"),
    ],
)
def test_what_is_no_table_says_in_which_line(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(text.encode())


def test_bytes_that_are_no_text_are_said_to_be_none() -> None:
    with pytest.raises(Unreadable, match="neither UTF-8 nor Shift_JIS"):
        read(b"address_code,name\n1,\x81\n")


def test_the_invented_city_has_a_table_that_can_be_loaded() -> None:
    towns = read(invented.as_csv())

    assert len(towns) == 7 * 180
    assert towns[0] == Town("40131001", "青葉町1丁目")
