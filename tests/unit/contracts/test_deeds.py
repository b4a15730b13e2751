"""What the audit may be told: every deed has all its words, and takes nothing that has none."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.deeds import (
    DEEDS,
    OF_OPERATORS,
    OF_SERVICES,
    _by_code,
    _merged,
    casework,
    deeds_of,
    identity,
    ingest,
    linker,
    parking,
    scorer,
)
from contracts.deeds.deed import Deed
from contracts.values import ServiceName

OPERATORS_CODES = [deed.code for module in OF_OPERATORS for deed in deeds_of(module)]
EVERY = [pytest.param(deed, id=code) for code, deed in DEEDS.items()]


def words_of(deed: Deed) -> list[str]:
    """All that a deed can say."""
    return [
        deed.screen,
        deed.done,
        deed.attempted,
        *(deed.own or ()),
        *deed.fields.values(),
        *deed.reasons.values(),
        *(kind.words for kind in deed.of),
    ]


@pytest.mark.parametrize("deed", EVERY)
def test_all_that_a_deed_can_say_reads_in_japanese(deed: Deed) -> None:
    assert [text for text in words_of(deed) if text.isascii()] == []


@pytest.mark.parametrize("deed", EVERY)
def test_what_was_refused_never_reads_as_if_it_had_happened(deed: Deed) -> None:
    assert deed.attempted.endswith(("うとした", "届いた"))
    assert deed.own is None or deed.own[1].endswith("うとした")


@pytest.mark.parametrize("module", OF_SERVICES)
def test_a_deed_is_called_after_the_module_and_the_constant(module: object) -> None:
    service = vars(module)["__name__"].rpartition(".")[2]

    called = {name: value.code for name, value in vars(module).items() if isinstance(value, Deed)}

    assert called
    assert called == {name: f"{service}.{name.lower()}" for name in called}


def test_an_operators_deeds_are_there_at_every_service() -> None:
    by_service = {
        service: {code.partition(".")[2] for code in OPERATORS_CODES if code.startswith(f"{service}.")} for service in ServiceName
    }

    assert all(verbs == by_service[ServiceName.LINKER] for verbs in by_service.values())
    assert by_service[ServiceName.LINKER] >= {"parked_shown", "parked_discarded", "dead_letter_shown", "dead_letter_discarded"}
    assert parking.SHOWN[ServiceName.LINKER].screen == "保留の管理（名寄せ）"


@pytest.mark.parametrize("deed", EVERY)
def test_no_words_call_a_childs_circumstances_a_judgement(deed: Deed) -> None:
    assert [text for text in words_of(deed) if "判定" in text] == []


def test_a_field_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"casework\.child_opened has no words for the fields \['shoe_size'\]"):
        casework.CHILD_OPENED.must_allow("child", ("name", "shoe_size"), None)


def test_the_fields_of_a_refused_event_are_its_senders() -> None:
    ingest.DISALLOWED_ITEM_REJECTED.must_allow("source_event", ("data.anything[3]",), "ITEM-01")

    with pytest.raises(ValueError, match="has no words for the fields"):
        replace(ingest.DISALLOWED_ITEM_REJECTED, has_senders_fields=False).must_allow("source_event", ("data.anything[3]",), "ITEM-01")


def test_a_kind_of_thing_that_the_deed_is_not_done_to_is_refused() -> None:
    with pytest.raises(ValueError, match="is done to review_list, not to 'child'"):
        casework.LIST_OPENED.must_allow("child", (), None)


@pytest.mark.parametrize(
    ("deed", "reason", "has_words"),
    [
        (casework.SENSITIVE_OPENED, "protected_person.conference", True),
        (casework.SENSITIVE_OPENED, "protected_person.curiosity", False),
        (casework.CHILD_OPENED, "conference", False),
        (casework.CHILD_OPENED, "", False),
        (identity.LOGGED_IN, "wrong_code", False),
        (scorer.REVIEW_NEEDED, "SP-1", True),
        (scorer.REVIEW_NEEDED, "because", False),
        (ingest.FEED_STOPPED, "MY-NUMBER", True),
        (linker.NUMBER_SAME, "TICKET-17", True),
    ],
)
def test_a_reason_needs_words_in_the_deed(deed: Deed, reason: str, has_words: bool) -> None:
    assert deed.gives(reason) is has_words


def test_one_code_never_reads_in_two_ways() -> None:
    with pytest.raises(ValueError, match="name reads as 氏名 and as 名称"):
        _merged([{"name": "氏名"}, {"kana": "カナ"}, {"name": "名称"}])

    assert _merged([{"name": "氏名"}, {"name": "氏名"}]) == {"name": "氏名"}


def test_no_two_deeds_have_one_code() -> None:
    with pytest.raises(ValueError, match=r"two deeds are called casework\.child_opened"):
        _by_code([casework.CHILD_OPENED, replace(casework.CHILD_OPENED)])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"of": ()}, "needs a kind of thing"),
        ({"screen": ""}, "words for all that it can say"),
        ({"fields": {"name": ""}}, "words for all that it can say"),
        ({"reasons": {"conference": ""}}, "words for all that it can say"),
        ({"attempted": casework.CHILD_OPENED.done}, "reads the same where it was refused"),
        ({"code": "casework.Child-Opened"}, "is no name of a deed"),
    ],
)
def test_a_deed_that_would_be_misread_cannot_be_declared(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(casework.CHILD_OPENED, **change)


def test_nobody_changes_a_deed_that_was_declared() -> None:
    with pytest.raises(AttributeError):
        casework.CHILD_OPENED.code = "casework.other"  # type: ignore[misc]
