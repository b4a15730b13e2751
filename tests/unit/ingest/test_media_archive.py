"""A zip of a stranger is refused in words whatever its bytes are, and no more of it is held than the limits say."""

import io
import struct
import tracemalloc
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.inlets.media.school.archive import FILES_MAX, opened
from services.ingest.inlets.media.school.bundle import FileEntry, encrypted, signed
from services.ingest.inlets.media.school.faults import NotTaken
from services.ingest.inlets.media.school.oneroster import pupils
from services.ingest.inlets.media.school.tables import RECORD_CHARACTERS_MAX, ROWS_MAX, read_table
from tests.integration.ingest.media import RECIPIENT
from tests.unit.ingest.test_media_bundle import FILES, SCHOOL
from tests.unit.ingest.test_media_bundle import code_of as code_of_bundle
from tests.unit.ingest.test_media_oneroster import HANA, roster

FILE = "pupil.registered.csv"
MIB = 2**20


def zipped(*names: str, method: int = zipfile.ZIP_DEFLATED, content: bytes = b"a,b\r\n" * 40) -> bytes:
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", method) as archive:
        for name in names:
            archive.writestr(name, content)
    return within.getvalue()


def code_of_zip(content: bytes) -> str:
    with pytest.raises(NotTaken) as refused:
        opened(content)
    return refused.value.code


def beyond_any_file(content: bytes) -> bytes:
    """A zip whose first entry says, in 64 bits, that it begins beyond any file."""
    table = content.index(b"PK\x01\x02")
    head, entry = content[:table], bytearray(content[table:])
    name_length = struct.unpack_from("<H", entry, 28)[0]
    extra = struct.pack("<HHQQQ", 1, 24, 5, 5, 2**64 - 1)
    entry[20:28], entry[42:46], entry[30:32] = b"\xff" * 8, b"\xff" * 4, struct.pack("<H", len(extra))
    entry[46 + name_length : 46 + name_length] = extra
    end = entry.rindex(b"PK\x05\x06")
    entry[end + 12 : end + 16] = struct.pack("<L", end)
    return head + bytes(entry)


def test_an_entry_that_begins_beyond_any_file_is_no_error_of_ours() -> None:
    bundle = encrypted(signed(beyond_any_file(zipped("manifest.json", *FILES)), SCHOOL.signer.key), RECIPIENT)

    assert code_of_bundle(bundle) == "manifest"
    with pytest.raises(NotTaken):
        pupils(beyond_any_file(roster()))


def test_a_table_of_very_many_entries_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zipped(*(f"n{number}" for number in range(40 * FILES_MAX)), content=b"")
    monkeypatch.setattr("services.ingest.inlets.media.school.archive.zipfile.ZipFile", None)

    assert code_of_zip(many) == "too_many_files"


def test_an_archive_of_64_bits_is_refused_because_its_table_is_counted_elsewhere() -> None:
    content = zipped("a.csv")
    at = content.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)

    assert code_of_zip(content[:at] + locator + content[at:]) == "bad_archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_to_pack_that_no_school_uses_are_not_known(method: int) -> None:
    assert code_of_zip(zipped("a.csv", method=method)) == "bad_archive"


def test_a_comment_at_its_end_is_no_fault() -> None:
    within = io.BytesIO(roster())
    with zipfile.ZipFile(within, "a") as archive:
        archive.comment = b"made by a school"

    assert pupils(within.getvalue()) == [HANA]


def test_a_roster_with_a_file_twice_is_refused() -> None:
    within = io.BytesIO(roster())
    with zipfile.ZipFile(within, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.csv", b"x")

    with pytest.raises(NotTaken) as refused:
        pupils(within.getvalue())
    assert refused.value.code == "bad_archive"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(roster()) - 1), st.binary(min_size=1, max_size=8))
def test_a_roster_that_is_damaged_anywhere_is_read_or_refused_in_words(place: int, bytes_: bytes) -> None:
    content = roster()

    with suppress(NotTaken):
        assert pupils(content[:place] + bytes_ + content[place + len(bytes_) :]) == [HANA]


# -- what is packed small and is large -----------------------------------------------------------------------------------------


def refusal(content: bytes, told: FileEntry | None = None) -> tuple[str, int | None]:
    with pytest.raises(NotTaken) as error:
        read_table(FILE, content, "utf-8", told)
    return error.value.code, error.value.faults[0].row


def test_a_file_with_more_rows_than_are_taken_is_refused_where_they_begin() -> None:
    assert refusal(b"a\r\n" * (ROWS_MAX + 5)) == ("too_large", ROWS_MAX + 2)


def test_of_a_file_that_is_longer_than_its_manifest_says_no_more_is_kept() -> None:
    content = b"a\r\n" * MIB
    told = FileEntry(name=FILE, sha256="0" * 64, rows=3, columns=("a",))

    tracemalloc.start()
    code, _ = refusal(content, told)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert code == "wrong_count"
    assert peak < 2 * len(content)


def test_a_heading_of_very_many_columns_is_refused_before_it_is_cut() -> None:
    assert refusal(b"a," * RECORD_CHARACTERS_MAX) == ("too_large", 1)


def test_a_record_that_does_not_end_is_refused() -> None:
    lines = RECORD_CHARACTERS_MAX // len('"\n",')

    code, row = refusal(b"a\r\n" + b'"\n",' * (2 * lines))

    assert code == "too_large"
    assert row is not None
    assert abs(row - lines) < 10
