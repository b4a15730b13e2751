from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Source
from services.ingest.domain.denial import (
    _KNOWN_NAMES,
    _WORDS,
    _denied_key,
    _denied_word,
    _is_suspicious,
    _my_number,
    _tree_of,
    denial_in,
    denies_key,
    denies_text,
)
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import MY_NUMBER, checkup, event

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
    found = denial_in(checkup(data))

    assert isinstance(found, Refusal), name
    assert (path, item) == (found.path, found.item)


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_message_says_what_is_not_used_and_never_what_was_sent(case: tuple[str, dict[str, Any], str, str]) -> None:
    found = denial_in(checkup(case[1]))

    assert found is not None
    assert found.ja
    assert found.en
    assert MY_NUMBER not in str(found)
    assert "死にたい" not in str(found)


def test_an_attribute_of_the_envelope_is_denied_too() -> None:
    found = denial_in(checkup(councilregistration="yes"))

    assert found is not None
    assert found.path == "councilregistration"


def test_a_trace_context_is_not_taken_for_a_my_number() -> None:
    assert denial_in(checkup(traceparent=f"00-{'0' * 20}{MY_NUMBER}-{'a' * 4}{MY_NUMBER}-01")) is None


def test_an_ordinary_event_passes() -> None:
    data = {"person_no": "000000000000001", "name": "山田 太郎", "birth_date": "2024-02-10", "address_code": "401320010"}

    assert denial_in(event(Source.RESIDENT_REGISTRY, "resident.changed", data)) is None


def test_names_that_every_event_may_use_are_not_denied() -> None:
    assert not [name for name in _KNOWN_NAMES if denies_key(name) or denies_text(name)]


def test_every_denied_word_is_japanese_from_its_first_letter_to_its_last() -> None:
    """The quick look passes over what is ASCII."""
    assert not [word for word in _WORDS if any(letter.isascii() for letter in word)]


def test_letters_and_digits_keep_words_apart() -> None:
    assert denial_in(checkup({"a": "死に1たい", "b": "死に", "c": "たい"})) is None


def test_a_text_of_nothing_but_marks_is_looked_through_in_no_time() -> None:
    """Sorting 480,000 marks would take minutes, and this comes before any refusal."""
    marks = "\u0300\u0323" * 240_000

    found = denial_in(checkup({"a": marks, "b": {marks: "死にたい"}}, subject=marks + "\uff9e\u0334" * 10_000))

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


@given(st.dictionaries(words | st.sampled_from(["data", "traceparent"]), trees, max_size=4))
def test_the_quick_look_misses_nothing_that_the_slow_search_finds(sent: dict[str, Any]) -> None:
    tree = _tree_of(sent)
    slow = _denied_key(tree) or _denied_word(tree) or _my_number(tree)

    assert _is_suspicious(sent) or slow is None
    assert denial_in(sent) == slow
