"""The form of signed checkpoints, against texts that other programs wrote."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.note import (
    Checkpoint,
    Note,
    NoteMalformed,
    Signature,
    checkpoint_text,
    key_id,
    note_text,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
    verifier_key,
)

# Key and note of the documentation of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SUM_DB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

checkpoints = st.builds(
    Checkpoint,
    origin=st.from_regex(r"\A[a-z0-9./-]{1,40}\Z"),
    size=st.integers(0, 2**60),
    root=st.binary(min_size=32, max_size=32),
)


def test_a_note_that_go_signed_verifies_with_its_key() -> None:
    name, public_key = parse_verifier_key(GO_KEY)

    note = parse_note(GO_NOTE)

    assert [(each.name, each.key_id) for each in note.signatures] == [(name, key_id(name, public_key))]
    Ed25519PublicKey.from_public_bytes(public_key).verify(note.signatures[0].value, note.text.encode())


def test_the_key_of_the_go_checksum_database_has_the_id_that_it_states() -> None:
    name, public_key = parse_verifier_key(SUM_DB_KEY)

    assert name == "sum.golang.org"
    assert verifier_key(name, public_key) == SUM_DB_KEY


def test_a_key_with_a_wrong_id_or_another_kind_is_refused() -> None:
    for line in (SUM_DB_KEY.replace("033de0ae", "033de0af"), SUM_DB_KEY.replace("+Ac4z", "+Bc4z"), "sum.golang.org", ""):
        with pytest.raises(NoteMalformed):
            parse_verifier_key(line)


@given(checkpoint=checkpoints, value=st.binary(min_size=64, max_size=64), identity=st.binary(min_size=4, max_size=4))
def test_a_signed_checkpoint_reads_back_as_it_was_written(checkpoint: Checkpoint, value: bytes, identity: bytes) -> None:
    note = Note(checkpoint_text(checkpoint), (Signature(checkpoint.origin, identity, value),))

    read = parse_note(note_text(note))

    assert read == note
    assert parse_checkpoint(read.text) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        "log\n01\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "log\n-1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "log\n１\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB1=\n",
        "log\n1\nbjQL\n",
        "\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\nmore\n",
    ],
)
def test_a_checkpoint_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        parse_checkpoint(text)


@pytest.mark.parametrize("text", ["", "text\n", "text\n\n", "text\n\n- name AAAA\n", "text\n\n— name AAAA\n", "text\n\n— name !\n"])
def test_a_note_without_a_signature_line_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        parse_note(text)


def with_signatures(number: int) -> str:
    checkpoint = checkpoint_text(Checkpoint("log", 1, bytes(32)))
    return note_text(Note(checkpoint, (Signature("log", bytes(4), bytes(64)),) * number))


def test_a_note_with_more_than_a_hundred_signatures_is_refused() -> None:
    assert len(parse_note(with_signatures(100)).signatures) == 100
    with pytest.raises(NoteMalformed, match="at most 100 signatures"):
        parse_note(with_signatures(101))


@pytest.mark.parametrize("length", [1, 32, 63, 65, 72, 2420])
def test_signatures_of_witnesses_of_other_kinds_do_no_harm(length: int) -> None:
    note = Note(GO_NOTE.partition("\n\n")[0] + "\n", (*parse_note(GO_NOTE).signatures, Signature("witness", bytes(4), bytes(length))))

    assert parse_note(note_text(note)) == note


@pytest.mark.parametrize("text", ["a\tb\n\n— log AAAAAAAA\n", "a\x00\n\n— log AAAAAAAA\n", "a\r\n\n— log AAAAAAAA\n"])
def test_a_note_with_control_characters_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed, match="control character"):
        parse_note(text)


def test_a_checkpoint_of_a_size_beyond_all_measure_is_refused() -> None:
    with pytest.raises(NoteMalformed):
        parse_checkpoint("log\n" + "9" * 5000 + "\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n")
