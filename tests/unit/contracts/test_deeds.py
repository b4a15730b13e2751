"""What the audit may be told: every deed has all its words, and takes nothing that has none."""

from dataclasses import replace

import pytest

from contracts.deeds import DEEDS, FIELDS, OF_OPERATORS, OF_SERVICES, REASONS, casework, deeds_of, identity, ingest, linker, parking, scorer
from contracts.deeds.deed import Deed, Keeping, ThingKind
from contracts.values import ServiceName

EVERY = [pytest.param(deed, id=code) for code, deed in DEEDS.items()]


@pytest.mark.parametrize("deed", EVERY)
def test_every_deed_has_words_for_all_that_it_can_say(deed: Deed) -> None:
    words = [deed.screen, deed.done, deed.attempted, *deed.fields.values(), *deed.reasons.values(), *(kind.words for kind in deed.of)]

    assert deed.of
    assert [text for text in words if not text or text.isascii()] == []


@pytest.mark.parametrize("deed", EVERY)
def test_what_was_refused_never_reads_as_if_it_had_happened(deed: Deed) -> None:
    assert deed.attempted != deed.done
    assert deed.attempted.endswith(("うとした", "届いた"))
    assert deed.own is None or deed.own[1].endswith("うとした")


@pytest.mark.parametrize("module", OF_SERVICES)
def test_a_deed_is_called_after_the_module_and_the_constant(module: object) -> None:
    service = vars(module)["__name__"].rpartition(".")[2]

    called = {name: value.code for name, value in vars(module).items() if isinstance(value, Deed)}

    assert called == {name: f"{service}.{name.lower()}" for name in called}
    assert called


def test_an_operators_deeds_are_there_at_every_service() -> None:
    codes = [deed.code for module in OF_OPERATORS for deed in deeds_of(module)]

    assert len(codes) == 7 * len(ServiceName)
    assert set(codes) <= DEEDS.keys()
    assert parking.SHOWN[ServiceName.LINKER].screen == "保留の管理（名寄せ）"


def test_no_words_call_a_childs_circumstances_a_judgement() -> None:
    assert not any("判定" in deed.done for deed in DEEDS.values())


def test_a_field_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"casework\.child_opened has no words for the fields \['shoe_size'\]"):
        casework.CHILD_OPENED.must_allow("child", ("name", "shoe_size"), None)


def test_the_fields_of_a_refused_event_are_its_senders() -> None:
    ingest.DISALLOWED_ITEM_REJECTED.must_allow("source_event", ("data.anything[3]",), "ITEM-01")


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


def test_words_of_all_deeds_agree_on_each_code() -> None:
    assert all(FIELDS[name] == words for deed in DEEDS.values() for name, words in deed.fields.items())
    assert all(REASONS[code] == words for deed in DEEDS.values() for code, words in deed.reasons.items())


def test_a_deed_and_its_kind_of_entry_are_frozen() -> None:
    deed = replace(casework.CHILD_OPENED, code="casework.child_seen")

    assert deed.keeping is Keeping.ACCESS
    assert f"{ThingKind.CHILD}" == "child"
    with pytest.raises(AttributeError):
        deed.code = "casework.other"  # type: ignore[misc]
