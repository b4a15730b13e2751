"""Names as they came: nothing folded, and what nobody else may be able to read told of by its place."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import EVENT_TYPES, EventType, FieldType, SourceField
from contracts.values import Source
from services.ingest.domain.admission import Admitted, Inlet, judge
from services.ingest.domain.characters import DOUBTFUL, MESSAGES, doubts_in, is_selector, is_standard, remarks_on, told
from services.ingest.domain.ledger import identity_of, is_same_event
from services.ingest.domain.newness import Held, Newness, against, is_hash_of, key_of, settled
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import Refusal
from tests.unit.catalogue.test_catalogue import example
from tests.unit.ingest.events import body, door, event, resident

TEXTS = [(kind, field) for kind in EVENT_TYPES for field in kind.fields if field.type is FieldType.TEXT]
PAIRS = {"\ufa10": "\u585a", "\ufa19": "\u795e", "\uf9dc": "\u9686", "\ufa26": "\u90fd", "\U0002f818": "\u51ac", "が": "か\u3099"}
"""Characters that registers tell apart, and what a normal form makes of each, or is made of."""

HASH_OF_BEFORE = bytes.fromhex("beea0f41a4b3bfb086d1c397572872953d5b70af2ad44ea43eea9de056ccf8ff")
"""What the release before made of this resident's entry (it composed the name)."""
OF_BEFORE = resident({"name": "\ufa10本 \ufa19か\u3099"})


def batched(characters: list[str], length: int) -> Iterator[list[str]]:
    return (characters[start : start + length] for start in range(0, len(characters), length))


def of_cp932() -> list[str]:
    """Every character that CP932 has, what it has for a city's own (外字) included."""
    codes = [bytes(code) for width in (1, 2) for code in product(range(256), repeat=width)]
    decoded = {code.decode("cp932", "ignore") for code in codes}
    return sorted(each for each in decoded if len(each) == 1 and each not in "\x00\ufffd")


CP932 = of_cp932()


def admitted(sent: dict[str, object]) -> Admitted:
    events = read(body(sent))
    assert not isinstance(events, Refusal), events
    verdict = judge(events[0], door(Source(str(sent["source"])), inlet=Inlet.MEDIA, today=date(2027, 1, 1)))
    assert isinstance(verdict, Admitted), verdict
    return verdict


def named(name: str, **changes: object) -> Admitted:
    return admitted(resident({"name": name}, **changes))


def entry(kind: EventType, field: SourceField, text: str) -> dict[str, object]:
    data = {key: said for key, said in example(kind).items() if said is not None}
    return event(kind.source, kind.type, {**data, field.name: text})


@pytest.mark.parametrize(("kind", "field"), TEXTS, ids=[f"{kind.type}-{field.name}" for kind, field in TEXTS])
def test_every_character_of_cp932_is_kept_in_every_text(kind: EventType, field: SourceField) -> None:
    for text in ("".join(characters) for characters in batched(CP932, field.max_length or 1)):
        assert admitted(entry(kind, field, text)).data[field.name] == text


def test_what_unicode_would_fold_is_among_them() -> None:
    folded = {each for each in CP932 if unicodedata.normalize("NFC", each) != each}

    assert {"\ufa10", "\ufa19", "\uf9dc", "\ufa26"} <= folded


@given(
    st.text(
        st.sampled_from(sorted({*CP932, *"".join([*PAIRS, *PAIRS.values()]), *"\u3099\U000e0100\ufe00〓\ue000"})), min_size=1, max_size=20
    )
)
def test_a_name_is_kept_as_it_came(name: str) -> None:
    assert named(name).data["name"] == name


@pytest.mark.parametrize(("one", "other"), PAIRS.items())
def test_the_other_character_is_a_change_and_no_repetition(one: str, other: str) -> None:
    first, second, later = named(f"{one}本"), named(f"{other}本"), named(f"{other}本", revision=2)

    assert [each.newness for each in settled({}, [first, second, later])] == [Newness.NEWER, Newness.CONFLICTING, Newness.NEWER]
    assert not is_same_event(identity_of(resident(), first.source, first), second)


def test_a_repetition_of_what_was_taken_before_texts_were_kept_as_they_came_is_one() -> None:
    again, composed, other = admitted(OF_BEFORE), named("塚本 神が"), named("塚本 神か")
    held, kept = Held(1, HASH_OF_BEFORE, None, hashed_composed=True), Held(1, HASH_OF_BEFORE, None)

    assert [against(held, each) for each in (again, composed, other)] == [Newness.SAME, Newness.SAME, Newness.CONFLICTING]
    assert [against(kept, each) for each in (again, composed)] == [Newness.CONFLICTING, Newness.SAME]
    assert settled({key_of(again): held}, [named("塚本 神が", revision=2)])[0].held.hashed_composed is False


@given(st.text(min_size=1, max_size=8), st.booleans())
def test_a_hash_is_always_of_what_it_was_made_of(name: str, composed: bool) -> None:
    verdict = judge(RawEvent(resident({"name": name})), door(Source.RESIDENT_REGISTRY))

    if isinstance(verdict, Admitted):
        assert is_hash_of(verdict.content_hash, verdict, composed=composed)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("塚\ufa10", []),
        ("\ue000", ["private_use_character"]),
        ("山\uf8ff田", ["private_use_character"]),
        ("\U000f0000", ["private_use_character"]),
        ("\U0010fffd", ["private_use_character"]),
        ("〓田", ["geta_mark"]),
        ("\ue757〓", ["private_use_character", "geta_mark"]),
        ("ascii", []),
        ("\U00020bb7\u91ce", []),
        ("\u9089\U000e0101", []),
        ("\ua66e", ["character_outside_standard"]),
        ("\u5c71\U0001f600〓", ["geta_mark", "character_outside_standard"]),
    ],
)
@pytest.mark.parametrize(("kind", "field"), TEXTS, ids=[f"{kind.type}-{field.name}" for kind, field in TEXTS])
def test_private_use_and_geta_are_kept_and_told_of_by_path_and_code(
    kind: EventType, field: SourceField, text: str, codes: list[str]
) -> None:
    found = admitted(entry(kind, field, text))

    assert found.data[field.name] == text
    assert [(each.path, each.code) for each in found.remarks] == [(field.name, code) for code in codes]
    assert not codes or text not in str(told(found.remarks))


@settings(deadline=None)
@given(st.characters())
def test_exactly_what_unicode_leaves_for_private_use_is_told_of(character: str) -> None:
    remarks = remarks_on(TEXTS[0][0], {TEXTS[0][1].name: character})

    assert ("private_use_character" in [each.code for each in remarks]) is (unicodedata.category(character) == "Co")


@settings(deadline=None)
@given(st.characters(exclude_categories=("Cs", "Cc", "Cf")))
def test_what_jis_x_0213_has_is_standard(character: str) -> None:
    """Python's codec is the other witness: what it encodes is never told of but for 〓, which JIS X 0213 has."""
    try:
        character.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return

    assert doubts_in(character) == (("geta_mark",) if character == "〓" else ())


@settings(deadline=None)
@given(st.text(max_size=30))
def test_the_quick_look_for_doubtful_characters_finds_what_a_look_at_each_finds(text: str) -> None:
    looked_at = {
        "private_use_character": any(unicodedata.category(each) == "Co" for each in text),
        "geta_mark": "〓" in text,
        "character_outside_standard": any(
            not is_standard(each) and not is_selector(each) and unicodedata.category(each) != "Co" for each in text
        ),
    }

    assert set(doubts_in(text)) == {code for code, found in looked_at.items() if found}


@pytest.mark.parametrize("character", ["辻", "﨑", "髙", "𠮷", "\u3402", "\U00030000", "ｱ", "ゐ", "〜", "～", "\u309a"])
def test_characters_of_registers_are_standard(character: str) -> None:
    assert is_standard(character) is (character != "\U00030000")


def test_every_remark_has_its_message() -> None:
    assert set(MESSAGES) == set(DOUBTFUL)
