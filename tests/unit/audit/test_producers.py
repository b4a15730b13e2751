"""Whose word an entry is: the register of producers' keys, signatures, last numbers (audit.md §5)."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.canonical import NotCanonical
from contracts.messages import AccessRecorded
from contracts.values import ServiceName
from infra.testing.fixtures import START
from services.audit.domain.absences import Absence, absences, watch_of
from services.audit.domain.admission import admit, read
from services.audit.domain.explaining import Explanation
from services.audit.domain.leaf import LeafMalformed, columns_of, leaf_of, signed_in
from services.audit.domain.producers import Fault, RegisterMalformed, keys_told, parse_register
from services.audit.domain.sequences import LaneWatch, Numbers
from services.audit.domain.soundness.rolls import Roll, RollsMalformed, parse_rolls, rolls_text, settled
from services.audit.offline.attesting import Register
from tests.unit.audit.builders import KEYS, NOON, REGISTER, access, lanes_told, signed

LINE = KEYS[ServiceName.CASEWORK].line


def leaf(message: AccessRecorded) -> bytes:
    return leaf_of(message.told(), NOON, key=message.key, signature=message.signature)


def fault(message: AccessRecorded, register: Register = REGISTER) -> Fault | None:
    kept = leaf(message)
    return register.fault(columns_of(kept), kept)


def test_what_a_producer_signed_is_its_word_and_the_same_is_signed_alike() -> None:
    assert fault(signed(access())) is None
    assert signed(access()) == signed(signed(access()))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (access(), Fault.UNSIGNED),
        (KEYS[ServiceName.LINKER].signed(access()), Fault.KEY_UNKNOWN),
        (signed(access()).model_copy(update={"key": "00000000"}), Fault.KEY_UNKNOWN),
        (signed(access()).model_copy(update={"key": None}), Fault.KEY_UNKNOWN),
        (signed(access()).model_copy(update={"signature": None}), Fault.SIGNATURE_WRONG),
        (signed(access()).model_copy(update={"signature": "A" * 86 + "=="}), Fault.SIGNATURE_WRONG),
        (signed(access()).model_copy(update={"signature": "not base64"}), Fault.SIGNATURE_WRONG),
        (signed(access()).model_copy(update={"action": "casework.list_opened"}), Fault.SIGNATURE_WRONG),
        (signed(access()).model_copy(update={"sequence": 2}), Fault.SIGNATURE_WRONG),
        (signed(access()).model_copy(update={"fields": ()}), Fault.SIGNATURE_WRONG),
    ],
)
def test_what_is_not_signed_by_its_producers_key_over_these_very_words_is_not_its_word(message: AccessRecorded, expected: Fault) -> None:
    assert fault(message) is expected


def test_no_byte_of_a_signed_leaf_can_be_changed_unseen() -> None:
    kept = leaf(signed(access()))
    received = b'"received":"2026-04-11T03:00:00.000000Z"'
    start = kept.index(received)
    for place in (place for place in range(len(kept)) if not start <= place < start + len(received)):
        changed = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
        # A leaf that cannot be read is a finding of its own.
        with suppress(NotCanonical, LeafMalformed):
            assert REGISTER.fault(columns_of(changed), changed) is not None, (place, changed)


def test_a_leaf_that_only_looks_signed_is_malformed() -> None:
    with pytest.raises(LeafMalformed):
        signed_in(b'{"event":{},"key":1,"received":"","signature":"","v":2}')
    with pytest.raises(LeafMalformed):
        signed_in(b'{"event":{},"received":"","v":2}')


def test_what_was_told_before_a_producer_signed_may_come_unsigned_for_a_day() -> None:
    since = Register.read(f"{LINE} since=2026-04-11T03:00:30.000000Z")
    before, after = access(10), access(50)

    assert (fault(before, since), fault(after, since)) == (None, Fault.UNSIGNED)
    late = leaf_of(before.told(), NOON + timedelta(days=2))
    assert since.fault(columns_of(late), late) is Fault.UNSIGNED
    assert fault(access(), Register()) is None


def test_a_key_counts_until_its_end_for_what_is_received() -> None:
    assert fault(signed(access()), Register.read(f"{LINE} until=2026-04-11T03:00:00.000001Z")) is None
    assert fault(signed(access()), Register.read(f"{LINE} until=2026-04-11T03:00:00.000000Z")) is Fault.KEY_ENDED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("casework+00000000+AAAA", "line 1"),
        (f"# a comment\n\n{LINE}\n{LINE}", "line 4"),
        (f"{LINE} since=yesterday", "line 1"),
        (f"{LINE} since=2026-04-11T03:00:00.000000Z since=2026-04-11T03:00:00.000000Z", "each once"),
        (f"{LINE} for=ever", "for=ever"),
    ],
)
def test_a_register_that_cannot_be_read_names_the_line(text: str, said: str) -> None:
    with pytest.raises(RegisterMalformed, match=said):
        parse_register(text)


def test_a_register_says_again_what_it_read() -> None:
    text = f"{LINE} since=2026-04-11T03:00:00.000000Z until=2026-05-11T03:00:00.000000Z"

    assert Register.read(text).lines == (text,)
    assert keys_told([LINE, "what is no key", text]) == Register.read(text).keys


def test_another_word_under_a_number_of_a_forger_does_not_stand_in_the_way_of_the_producers() -> None:
    forged, true = access(1, action="casework.list_opened"), signed(access(1))

    admission = admit(read([forged, true, true], START, REGISTER.fault).events, {}, 0)

    assert [entry.columns.action for entry in admission.entries] == ["casework.child_opened"]
    assert [each.reason for each in admission.aside] == [Fault.UNSIGNED]


def test_what_is_set_aside_has_one_name_whenever_it_is_received() -> None:
    one, other = (admit(read([access()], at, REGISTER.fault).events, {}, 0).aside[0] for at in (START, START + timedelta(hours=1)))

    assert one.leaf != other.leaf
    assert one.said == other.said
    assert admit(read([access(2)], START, REGISTER.fault).events, {}, 0).aside[0].said != one.said


def roll(minutes: int, **lanes: int) -> Roll:
    told, heard = signed(lanes_told(lanes=lanes)), START + timedelta(minutes=minutes)
    return Roll("casework", heard, leaf_of(told.told(), heard, key=told.key, signature=told.signature))


def test_a_lane_is_held_to_the_last_numbers_that_had_time_to_come() -> None:
    rolls = [roll(0, **{"0": 1}), roll(1, **{"0": 2}), roll(3, **{"0": 3})]

    assert settled(rolls, START + timedelta(minutes=5))["casework"].lanes() == {0: 2}
    assert settled(rolls, None)["casework"].lanes() == {0: 3}
    assert settled(rolls, START) == {}


def test_rolls_in_a_file_are_read_as_they_were_and_what_is_none_is_named() -> None:
    rolls = [roll(0, **{"0": 1}), roll(1, **{"3": 2})]

    assert parse_rolls(rolls_text(rolls)) == rolls
    for text in ("casework", "casework 2026 AAAA", "casework 2026-04-01T00:00:00.000000Z !"):
        with pytest.raises(RollsMalformed, match="line 1"):
            parse_rolls(text)


def test_last_numbers_were_never_told_without_a_signature() -> None:
    since = Register.read(f"{LINE} since=2099-04-11T03:00:00.000000Z")
    unsigned = Roll("casework", START, leaf_of(lanes_told().told(), START))

    assert since.fault(unsigned, unsigned.leaf) is Fault.UNSIGNED
    assert since.fault(roll(0), roll(0).leaf) is None


def test_a_roll_that_is_another_producers_tells_nothing() -> None:
    true = roll(0, **{"0": 1})

    assert Roll("linker", true.heard, true.leaf).lanes() is None
    assert Roll("casework", true.heard, b"nothing").lanes() is None


def test_what_is_missing_is_named_below_the_highest_and_above_it_where_the_producer_told_more() -> None:
    watched = {("casework", 0): watch_of([Numbers(1, 4), Numbers(7, 9)]), ("scorer", 1): watch_of([Numbers(2, 2)])}
    explained = [Explanation(9, "casework", 0, Numbers(5, 5), "T-1", NOON)]

    found = list(absences(watched, {"casework": {0: 11}, "linker": {3: 2}, "scorer": {1: 1}}, explained))

    assert found == [
        Absence("casework", 0, Numbers(6, 6)),
        Absence("casework", 0, Numbers(10, 11)),
        Absence("linker", 3, Numbers(1, 2)),
        Absence("scorer", 1, Numbers(1, 1)),
    ]


@given(st.sets(st.integers(1, 30)))
def test_a_lane_made_of_its_ranges_is_the_one_that_saw_each_number(numbers: set[int]) -> None:
    seen = LaneWatch()
    for number in numbers:
        seen.see(number)
    islands: list[Numbers] = []
    for number in sorted(numbers):
        if islands and islands[-1].last == number - 1:
            islands[-1] = Numbers(islands[-1].first, number)
        else:
            islands.append(Numbers(number, number))

    assert watch_of(islands) == seen
