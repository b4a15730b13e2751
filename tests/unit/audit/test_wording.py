"""The log reads as Japanese, and hides nothing that it cannot translate."""

import pytest

from contracts.catalogue import DENIED, ITEMS
from contracts.deeds import DEEDS
from infra.identity.sessions import Refusal
from services.audit.domain.filters import Filters
from services.audit.domain.wording import deed_of, entitled, field_of, reason_of, role_of, screen_of, searchable_actions


def read_as(action: str) -> tuple[str, str]:
    return screen_of(action), deed_of(action, "permit", None)


def test_every_reason_that_is_kept_has_words() -> None:
    used = {*(code for deed in DEEDS.values() for code in deed.reasons), *Refusal, *(rule.item for rule in DENIED)}

    assert {code for code in used if reason_of(code) == code} == set()
    assert reason_of("protected_person.conference") == "支援措置の対象者、会議のため（protected_person.conference）"


def test_every_filter_that_a_search_is_kept_with_has_words() -> None:
    asked = Filters.__dataclass_fields__.keys() - {"cursor", "limit"}

    assert [name for name in asked if field_of(name) == name] == []


def test_every_item_has_a_name_in_the_log() -> None:
    assert [field_of(item) for item in ITEMS] == [f"{entry.field}（{item}）" for item, entry in ITEMS.items()]


def test_a_known_action_reads_as_screen_and_deed() -> None:
    assert read_as("casework.child_opened") == ("こどもの画面", "こどもの情報を開いた")


def test_a_search_offers_what_people_and_rules_do() -> None:
    offered = dict(searchable_actions())

    assert offered["audit.searched"] == "監査記録の検索：監査記録を検索した"
    assert offered.keys() < DEEDS.keys()
    assert "linker.parked_shown" not in offered


@pytest.mark.parametrize("action", [*DEEDS, "casework.new_thing"])
def test_what_was_refused_never_reads_as_if_it_had_happened(action: str) -> None:
    refused, done = deed_of(action, "deny", "role"), deed_of(action, "permit", None)

    assert refused != done
    assert "うとした" in refused or refused.endswith("届いた")


def test_what_a_rule_did_reads_as_the_rules() -> None:
    assert deed_of("scorer.review_needed", "done", "SP-1") == "要確認に挙げた（自動、基準 SP-1）"


def test_what_was_done_to_a_parked_event_reads_alike_in_every_service() -> None:
    assert read_as("linker.parked_shown") == ("保留の管理（名寄せ）", "保留中の事象の中身を見た")


def test_a_role_reads_as_whose_it_is() -> None:
    roles = ("ward_clerk", "service:scorer", "operator", "something new")

    assert [role_of(role) for role in roles] == [
        "担当職員",
        "指標（自動）",
        "運用担当（コマンド）",
        "something new",
    ]


def test_a_code_stays_beside_its_words_and_an_unknown_one_stays() -> None:
    codes = [reason_of(code) for code in ("other_ward", "SP-1", "TICKET-17", "protected_person.new")]

    assert codes == ["ほかの区のこども（other_ward）", "基準 SP-1", "TICKET-17", "protected_person.new"]
    assert [field_of(name) for name in ("kana", "new_field")] == ["フリガナ（kana）", "new_field"]


def test_an_unknown_action_keeps_its_name() -> None:
    assert read_as("casework.new_thing") == ("ケース支援", "casework.new_thing")


def test_whoever_decides_from_another_office_did_not_look_without_a_relation() -> None:
    assert [entitled("none", decision, is_emergency=False)[1] for decision in ("permit", "done", "deny")] == [True, False, False]
    assert entitled("team", "done", is_emergency=False) == ("担当チームとして", False)
