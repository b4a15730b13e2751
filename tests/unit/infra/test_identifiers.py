from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infra.identifiers import Identifiers, caused


@given(st.text(), st.text())
def test_the_same_thing_has_the_same_identifier_and_another_another(left: str, right: str) -> None:
    identifiers = Identifiers(b"key")

    same = identifiers.derive("person", left) == identifiers.derive("person", right)

    assert (left == right) is same


def test_without_the_key_an_identifier_cannot_be_derived() -> None:
    assert Identifiers(b"one").derive("person", "100") != Identifiers(b"two").derive("person", "100")


def test_parts_do_not_run_into_each_other() -> None:
    identifiers = Identifiers(b"key")

    assert identifiers.derive("record", "ab", "c") != identifiers.derive("record", "a", "bc")


@given(st.binary(min_size=16, max_size=16))
def test_identifiers_are_of_version_8(drawn: bytes) -> None:
    made = Identifiers(b"key", lambda _: drawn).random()

    assert (made.version, made.variant) == (8, "specified in RFC 4122")


def test_a_replay_says_the_same_id_again() -> None:
    cause = UUID(int=7)

    assert caused(cause, "RecordLinked") == caused(cause, "RecordLinked")
    assert caused(cause, "RecordLinked") != caused(cause, "PersonChanged")
