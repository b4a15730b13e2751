import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.catalogue import EVENT_TYPES, FieldType, event_type
from contracts.texts import compatible
from contracts.values import Source
from services.ingest.domain.admission import kind_of
from services.ingest.domain.denial import (
    _KNOWN_NAMES,
    _PLAIN_NAME,
    _WORDS,
    _denied_key,
    _denied_word,
    _is_suspicious,
    _my_number,
    _set_apart,
    _tree_of,
    _word_in_part,
    denial_in,
    denies_key,
    denies_name,
    denies_text,
)
from services.ingest.domain.my_number import holds_my_number, joined
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import MY_NUMBER, Event, checkup, event, resident


def denial(sent: Event, source: Source = Source.MATERNAL_CHILD_HEALTH) -> Refusal | None:
    return denial_in(sent, kind_of(sent, source))


CASES: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("S18a", {"questionnaire": {"hit_emotionally": True}}, "questionnaire", "ITEM-04…08"),
    ("S18b", {"temporary_custody_from": "2026-01-01"}, "temporary_custody_from", "ITEM-02"),
    ("S18c", {"note": "死にたいと話す"}, "note", "ITEM-14"),
    ("S18d", {f"q{number}": 1 for number in range(1, 11)}, "q1", "ITEM-14 / EPDS"),
    ("S18d as a list", {"epds_answers": [0, 1, 2]}, "epds_answers", "ITEM-14 / EPDS"),
    ("S18e", {"memo": f"番号 {MY_NUMBER}"}, "memo", "MY-NUMBER"),
    ("a My Number as a number", {"memo": int(MY_NUMBER)}, "memo", "MY-NUMBER"),
    ("the council", {"councilMember": True}, "councilMember", "ITEM-01"),
    ("the council in Japanese", {"要対協登録": True}, "要対協", "ITEM-01"),
    ("custody in Japanese", {"一時保護歴": "有"}, "一時保護", "ITEM-02"),
    ("camel case", {"temporaryCustodyHistory": True}, "temporaryCustodyHistory", "ITEM-02"),
    ("hyphens", {"child-distress-ideation": 1}, "child-distress-ideation", "ITEM-14"),
    ("full-width letters", {"ｑｕｅｓｔｉｏｎｎａｉｒｅ": {}}, "*", "ITEM-04…08"),
    ("deep inside", {"a": [{"b": {"interview_text": "…"}}]}, "a.0.b.interview_text", "FREE-TEXT"),
    ("the outermost counts", {"a": {"council": 1}, "distress": 2}, "distress", "ITEM-14"),
    ("a key before a word", {"note": "一時保護", "z": {"ideation": 1}}, "z.ideation", "ITEM-14"),
    ("a word in a list", {"notes": ["ok", "口をふさいだ"]}, "notes.1", "ITEM-07"),
    ("half-width kana", {"note": "ﾏｲﾅﾝﾊﾞｰ"}, "note", "MY-NUMBER"),
    ("spaces between letters", {"note": "死 に　た\nい"}, "note", "ITEM-14"),
    ("signs between letters", {"note": "一・時＿保_護"}, "note", "ITEM-02"),
    ("nothing seen between letters", {"note": "自\u200b殺"}, "note", "ITEM-14"),
    ("katakana", {"note": "シニタイ"}, "note", "ITEM-14"),
    ("half-width katakana", {"note": "ｼﾆﾀｲ"}, "note", "ITEM-14"),
    ("hiragana", {"note": "まいなんばー"}, "note", "MY-NUMBER"),
    ("a text that begins in English", {"note": "Q7: 口をふさぐ"}, "note", "ITEM-07"),
    ("another spelling", {"note": "激しく揺さ振った"}, "note", "ITEM-08"),
    ("custody behind something", {"has_temporary_custody": 1}, "has_temporary_custody", "ITEM-02"),
    ("a slash", {"temporary/custody": 1}, "*", "ITEM-02"),
    ("a questionnaire of ours", {"健診アンケート": {}}, "アンケート", "ITEM-04…08"),
    ("a questionnaire in hiragana", {"あんけーと": {}}, "*", "ITEM-04…08"),
    ("an interview sheet", {"乳児問診票": 1}, "問診", "ITEM-04…08"),
    ("distress, with more words", {"心身の大きな不調": 1}, "*", "ITEM-14"),
    ("a question by its number", {"質問１０": 1}, "*", "ITEM-14 / EPDS"),
    ("free text in Japanese", {"自由記述": "…"}, "自由記", "FREE-TEXT"),
    ("an interview in Japanese", {"面談メモ": "…"}, "面談", "FREE-TEXT"),
    ("a My Number in sixes", {"memo": f"{MY_NUMBER[:6]}/{MY_NUMBER[6:]}"}, "memo", "MY-NUMBER"),
    ("3-year payloads too", {"checkup_type": "3y", "shook_child": True}, "shook_child", "ITEM-08"),
)


@pytest.mark.parametrize(("name", "data", "path", "item"), CASES, ids=[case[0] for case in CASES])
def test_what_is_denied_is_named_by_its_outermost_place(name: str, data: dict[str, Any], path: str, item: str) -> None:
    found = denial(checkup(data))

    assert isinstance(found, Refusal), name
    assert (path, item) == (found.path, found.item)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_message_says_what_is_not_used_and_never_what_was_sent(case: tuple[str, dict[str, Any], str, str]) -> None:
    found = denial(checkup(case[1]))

    assert found is not None
    assert found.ja
    assert found.en
    assert MY_NUMBER not in str(found)
    assert "死にたい" not in str(found)


def test_an_attribute_of_the_envelope_is_denied_too() -> None:
    found = denial(checkup(councilregistration="yes"))

    assert found is not None
    assert found.path == "councilregistration"


def test_a_trace_context_is_not_taken_for_a_my_number() -> None:
    assert denial(checkup(traceparent=f"00-{'0' * 20}{MY_NUMBER}-{'a' * 4}{MY_NUMBER}-01")) is None


def test_an_ordinary_event_passes() -> None:
    data = {"person_no": "000000000000001", "name": "山田 太郎", "birth_date": "2024-02-10", "address_code": "401320010"}

    assert denial(event(Source.RESIDENT_REGISTRY, "resident.changed", data), Source.RESIDENT_REGISTRY) is None


def test_names_that_every_event_may_use_are_not_denied() -> None:
    assert not [name for name in _KNOWN_NAMES if denies_key(name) or denies_text(name)]


def test_every_denied_word_is_japanese_from_its_first_letter_to_its_last() -> None:
    """The quick look passes over what is ASCII."""
    assert not [word for word in _WORDS if any(letter.isascii() for letter in word)]


def test_letters_and_digits_keep_words_apart() -> None:
    assert denial(checkup({"a": "死に1たい", "b": "死に", "c": "たい"})) is None


def test_a_text_of_nothing_but_marks_is_looked_through_in_no_time() -> None:
    """Sorting 480,000 marks would take minutes, and this comes before any refusal."""
    marks = "\u0300\u0323" * 240_000

    found = denial(checkup({"a": marks, "b": {marks: "死にたい"}}, subject=marks + "\uff9e\u0334" * 10_000))

    assert found is not None
    assert found.path == "b.*"


numbers = [MY_NUMBER, MY_NUMBER[:6], MY_NUMBER[6:], "1234", "7", "٣", "-", "_", " ", "ー", "\x1f"]
pieces = st.sampled_from(
    [*numbers, "死にたい", "死に", "タイ", "一時保護", "a", "ｃｏｕｎｃｉｌ", "questionnaire", "person_no", "ﾞ", "\u0301"]
)
words = st.lists(pieces, max_size=4).map("".join)
trees = st.recursive(
    words | st.integers(10**11, 10**12) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=12,
)


declared = st.sampled_from(["data", "traceparent", "id", "subject", "person_no", "kana", "covered_persons"])


@given(st.dictionaries(words | declared, trees, max_size=4), st.dictionaries(words | declared, trees, max_size=4), st.booleans())
def test_the_quick_look_misses_nothing_that_the_slow_search_finds(sent: dict[str, Any], data: dict[str, Any], known: bool) -> None:
    event = {**sent, "data": data} if data else sent
    kind = event_type(Source.RESIDENT_REGISTRY, "resident.changed") if known else None
    loose, names = _set_apart(event, kind)
    tree = _tree_of(loose, names)
    slow = _denied_key(tree) or _denied_word(tree) or _my_number(tree)

    assert _is_suspicious(loose, names.values()) or slow is None
    assert denial_in(event, kind) == slow


# -- numbers of a source's own ---------------------------------------------------------------------------------------------


def numbering() -> list[tuple[str, str, str, bool]]:
    return [
        (kind.source, kind.type, field.name, field.list)
        for kind in EVENT_TYPES
        for field in kind.fields
        if field.type in {FieldType.IDENTIFIER, FieldType.PERSON_NO}
    ]


@pytest.mark.parametrize(("source", "kind", "name", "many"), numbering(), ids=str)
@pytest.mark.parametrize("written", [MY_NUMBER, f"{MY_NUMBER[:4]}-{MY_NUMBER[4:8]}-{MY_NUMBER[8:]}", f"K-{MY_NUMBER}"])
def test_a_number_that_its_source_declared_its_own_may_have_twelve_digits(
    source: Source, kind: str, name: str, many: bool, written: str
) -> None:
    declared = event_type(source, kind)
    assert declared is not None
    in_groups = name in declared.one_piece and written.count("-") == 2

    found = denial(event(source, kind, {name: [written, "2"] if many else written}), source)

    # A code out of a table has no groups; a My Number on its card has. S18 wants it found there.
    assert (found and found.path) == (name if in_groups else None)


@pytest.mark.parametrize("name", ["id", "subject", "personno"])
def test_ids_of_events_and_records_may_have_twelve_digits(name: str) -> None:
    assert denial(checkup(**{name: MY_NUMBER})) is None


@pytest.mark.parametrize(
    ("sent", "path"),
    [
        (checkup({"exam_place_kind": MY_NUMBER}), "exam_place_kind"),
        (checkup({"remark": MY_NUMBER}), "remark"),
        (checkup({"person_no": {"of": MY_NUMBER}}), "person_no.of"),
        (checkup({"person_no": f"個人 {MY_NUMBER}"}), "person_no"),
        (checkup(subject="".join(chr(ord(digit) + 0xFEE0) for digit in MY_NUMBER)), "subject"),
        (checkup(cityextension=MY_NUMBER), "cityextension"),
        (checkup({MY_NUMBER: 1}), "*"),
        (checkup(type="infant_checkup.noted", data={"person_no": MY_NUMBER}), "person_no"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_is_not_declared_as_a_number_is_still_searched(sent: Event, path: str) -> None:
    found = denial(sent)

    assert found is not None
    assert (found.code, found.path) == ("my_number", path)


# -- names and addresses ---------------------------------------------------------------------------------------------------

WITH_NAMES = ((Source.RESIDENT_REGISTRY, "resident.changed"), (Source.PUPIL_REGISTRY, "pupil.registered"))
between = st.sampled_from([" ", "\u3000", "・", "･", "\u00a0", "\u200b", "\t", "、", "=", "－", "  "])
kana = st.sampled_from(
    ["シニ", "タイ", "タイゾウ", "ニシ", "ニタイ", "シ", "ニ", "タ", "イ", "マイ", "ナンバー", "マイナ", "ﾆｼ", "ﾀｲ", "にし", "たい"]
)


def test_every_name_in_the_catalogue_is_known_to_have_parts() -> None:
    found = {(kind.source, kind.type) for kind in EVENT_TYPES if kind.in_parts}
    texts = {field.name for kind in EVENT_TYPES for field in kind.fields if field.type is FieldType.TEXT and not field.in_parts}

    assert found == set(WITH_NAMES)
    assert texts == {"responsible_org"}


@given(kana, kana, between, st.sampled_from(["name", "kana"]), st.sampled_from(WITH_NAMES))
def test_a_name_of_two_parts_is_never_refused_for_the_word_that_they_spell(
    family: str, given_name: str, between: str, field: str, kind: tuple[Source, str]
) -> None:
    assert denial(event(*kind, {field: family + between + given_name}), kind[0]) is None


@pytest.mark.parametrize("unspaced", ["カシニタイゾウ", "ニシニタイチ", "ｶｼﾆﾀｲｿﾞｳ", "マイナンバーグ"])
def test_neither_is_one_whose_parts_are_written_without_a_space(unspaced: str) -> None:
    assert denial(resident({"kana": unspaced}), Source.RESIDENT_REGISTRY) is None


@pytest.mark.parametrize(
    ("field", "text"),
    [("kana", "シニタイ"), ("kana", "シニタイ ハナコ"), ("name", "山田（死にたい）"), ("name", "一時保護 太郎"), ("name", "マイナンバー")],
)
def test_a_word_within_one_part_of_a_name_is_found(field: str, text: str) -> None:
    found = denial(resident({field: text}), Source.RESIDENT_REGISTRY)

    assert found is not None
    assert (found.code, found.path) == ("disallowed_item", field) or found.item == "MY-NUMBER"


def test_a_my_number_in_a_name_is_found_across_its_parts() -> None:
    found = denial(resident({"name": f"山田 {MY_NUMBER[:6]} {MY_NUMBER[6:]}"}), Source.RESIDENT_REGISTRY)

    assert found is not None
    assert (found.code, found.path) == ("my_number", "name")


def test_a_name_where_no_name_is_declared_is_free_text() -> None:
    """So is one that is given as something else than a text, and whatever stands beside it."""
    sent: list[tuple[dict[str, Any], str]] = [
        ({"kana": ["シニ タイ"]}, "kana.0"),
        ({"kana_of_mother": "シニ タイ"}, "kana_of_mother"),
        ({"kana": {"a": "シニ タイ"}}, "kana.a"),
    ]

    found = [denial(resident(data), Source.RESIDENT_REGISTRY) for data, _ in sent]

    assert [each and each.path for each in found] == [path for _, path in sent]


@pytest.mark.parametrize("spread", ["シニ タイ", "死 に た い", "死\u200bにたい", "死に　たい"])
def test_a_word_in_one_free_text_is_found_however_it_is_spread(spread: str) -> None:
    sent = event(Source.CHILD_CONSULTATION, "consultation.status_changed", {"responsible_org": spread})

    found = denial(sent, Source.CHILD_CONSULTATION)

    assert found is not None
    assert found.path == "responsible_org"


@given(st.lists(kana | between | pieces | st.sampled_from(["死に", "一時保護", "山田", "シニタイ", " ", "々"]), max_size=5).map("".join))
def test_a_plain_name_is_denied_for_what_any_name_would_be(name: str) -> None:
    apart = joined((name,))

    assert denies_name(name) == (_word_in_part(apart) is not None or holds_my_number(apart))


def test_the_letters_of_a_plain_name_have_one_spelling_and_are_no_digits() -> None:
    letters = [chr(code) for code in range(0x110000) if _PLAIN_NAME.fullmatch(chr(code)) and not chr(code).isspace()]

    assert len(letters) > 20_000
    assert not [
        each for each in letters if compatible(each) != each or not re.fullmatch(r"\w", each) or re.fullmatch(r"\d|[_A-Za-z]", each)
    ]
