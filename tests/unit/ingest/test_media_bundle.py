"""A bundle that is not what a registered signer made is refused, whatever was done to it, before anything in it is parsed."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.inlets.media.school.archive import FILE_BYTES_MAX, FILES_MAX
from services.ingest.inlets.media.school.bundle import (
    MAGIC,
    MANIFEST,
    SIGNATURE_BYTES,
    SIGNER_BYTES,
    Signer,
    Unverified,
    encrypted,
    signed,
)
from services.ingest.inlets.media.school.faults import NotTaken
from tests.integration.ingest.media import ATTENDANCE, IDENTITY, RECIPIENT, School, attendance, month_of

SCHOOL = School()
BATCH = SCHOOL.batch(month_of(2026, 9))
FILES = {f"{ATTENDANCE}.csv": attendance(9, 1, 2)}
BUNDLE = SCHOOL.packs(BATCH, FILES)
PLAIN: bytes = pyrage.decrypt(BUNDLE, [IDENTITY])
HEAD = len(MAGIC) + SIGNER_BYTES + SIGNATURE_BYTES


def opened(bundle: bytes, signer: Signer = SCHOOL.signer) -> list[tuple[Any, bytes]]:
    unverified = Unverified(bundle, str(IDENTITY))
    if unverified.signer != signer.name:
        raise AssertionError("the city does not know this signer")
    return list(unverified.opened(signer.key.public_key()).verified())


def code_of(bundle: bytes) -> str:
    with pytest.raises(NotTaken) as refused:
        opened(bundle)
    return refused.value.code


def flipped(content: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def archived(fill: Callable[[zipfile.ZipFile], None], signer: Signer = SCHOOL.signer) -> bytes:
    """A bundle with any archive, rightly signed."""
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return encrypted(signed(within.getvalue(), signer.key), RECIPIENT)


def test_an_unharmed_bundle_opens() -> None:
    assert [content for _, content in opened(BUNDLE)] == list(FILES.values())


def test_every_flipped_byte_of_the_encrypted_bundle_is_refused() -> None:
    assert {code_of(flipped(BUNDLE, place, place % 8)) for place in range(len(BUNDLE))} == {"cannot_open"}


def test_every_flipped_byte_within_is_refused_also_from_somebody_who_encrypts_it_anew() -> None:
    """The city's key is public: whoever has it can encrypt anything."""
    for place in range(len(PLAIN)):
        if len(MAGIC) <= place < len(MAGIC) + SIGNER_BYTES:
            continue  # names another signer, whom nobody registered
        code = code_of(encrypted(flipped(PLAIN, place, place % 8), RECIPIENT))
        assert code == ("not_a_bundle" if place < len(MAGIC) else "bad_signature")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_a_bundle_opens(data: st.DataObject) -> None:
    cut, end = sorted(data.draw(st.tuples(*[st.integers(0, len(BUNDLE))] * 2)))
    mutated = BUNDLE[:cut] + data.draw(st.binary(max_size=40)) + BUNDLE[end:]

    if mutated != BUNDLE:
        assert code_of(mutated) in {"cannot_open", "not_a_bundle"}


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=400), whole=st.booleans())
def test_whatever_a_signer_signs_is_refused_in_words(content: bytes, *, whole: bool) -> None:
    archive = PLAIN[HEAD : HEAD + 60] + content if whole else content

    assert code_of(encrypted(signed(archive, SCHOOL.signer.key), RECIPIENT)) == "bad_archive"


def test_another_key_does_not_sign_for_it() -> None:
    with pytest.raises(NotTaken) as refused:
        Unverified(BUNDLE, str(IDENTITY)).opened(Signer.drawn().key.public_key())
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize(
    "name", ["../attendance.month_reported.csv", "/etc/passwd", "a\\b.csv", "attendance.month_reported.csv/", "名前.csv", "x.csv"]
)
def test_a_name_that_is_a_path_or_no_event_type_is_refused(name: str) -> None:
    assert code_of(SCHOOL.packs_anyway(BATCH, {}, entries=[(name, b"x")])) == "bad_name"


def test_the_same_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        bundle = SCHOOL.packs_anyway(BATCH, FILES, entries=[(f"{ATTENDANCE}.csv", b"x")])

    assert code_of(bundle) == "bad_archive"


def test_a_file_that_the_manifest_does_not_name_is_refused() -> None:
    assert code_of(SCHOOL.packs_anyway(BATCH, FILES, entries=[(f"{ATTENDANCE}.more.csv", b"x")])) == "files_differ"


def test_a_bundle_that_expands_too_much_is_refused_unread() -> None:
    zeros = bytes(FILE_BYTES_MAX // 4)

    assert code_of(archived(lambda archive: archive.writestr(f"{ATTENDANCE}.csv", zeros))) == "ratio"


def test_a_file_that_is_longer_than_the_archive_says_is_not_unpacked_further() -> None:
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b" " * 100_000)
    lying = within.getvalue().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    assert code_of(encrypted(signed(lying, SCHOOL.signer.key), RECIPIENT)) == "manifest"


def test_too_many_files_are_refused() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(FILES_MAX + 2):
            archive.writestr(f"{ATTENDANCE}.{number}.csv", b"x")

    assert code_of(archived(fill)) == "too_many_files"


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{}", b"[]", b"\xff", b'{"batch_id": 1, "batch_id": 2}', b"[" * 9_000, b'{"sequence": NaN}'],
    ids=["empty", "nothing", "list", "no text", "twice", "deep", "NaN"],
)
def test_a_manifest_that_is_none_is_refused(manifest: bytes) -> None:
    assert code_of(archived(lambda archive: archive.writestr(MANIFEST, manifest))) == "manifest"


@pytest.mark.parametrize(
    "said",
    [
        {"made_by": "山田 太郎"},
        {"sequence": 0},
        {"sequence": 2**31},
        {"encoding": "shift_jis"},
        {"files": ()},
        {"school_year": 10**30},
        {"made_at": datetime.fromisoformat("0001-01-01T00:00:00+14:00")},
        {"made_at": datetime.fromisoformat("9999-12-31T23:59:59-14:00"), "complete_through": date(2026, 9, 30)},
        {"complete_through": BATCH.made_at.date() + timedelta(days=1)},
    ],
)
def test_what_the_manifest_may_not_say_is_refused(said: dict[str, Any]) -> None:
    code = code_of(SCHOOL.packs_anyway(BATCH, FILES, manifest=said))

    assert code == ("files_differ" if "files" in said else "manifest")


def test_a_manifest_that_says_what_cannot_be_is_told_which_field_it_is() -> None:
    with pytest.raises(NotTaken) as refused:
        opened(SCHOOL.packs_anyway(BATCH, FILES, manifest={"complete_through": date(9999, 12, 31)}))

    assert refused.value.faults[0].detail == "complete_through"
