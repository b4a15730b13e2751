"""The log reads as Japanese, and hides nothing that it cannot translate."""

import pytest

from contracts.catalogue import DENIED
from infra.identity.sessions import Refusal
from services.audit.domain.wording import (
    ACTIONS,
    PARKED,
    REASONS,
    Wording,
    action_wording,
    deed_wording,
    field_wording,
    reason_wording,
    role_wording,
)
from services.casework.actions import OpeningReason
from services.casework.domain.policy import Reason
from services.scorer.domain.rulesets import SP_1

SERVICES = ("ingest", "linker", "scorer", "casework", "audit", "identity")


def test_every_reason_that_is_kept_has_words() -> None:
    used = {*Reason, *OpeningReason, *Refusal, *(rule.item for rule in DENIED), SP_1.name}

    assert {code for code in used if code not in REASONS and reason_wording(code) == code} == set()
    assert reason_wording("protected_person.conference") == "支援措置の対象者、会議のため（protected_person.conference）"


def test_a_known_action_reads_as_screen_and_deed() -> None:
    words = action_wording("casework.child_opened")

    assert words == Wording("こどもの画面", "こどもの情報を開いた", "こどもの情報を開こうとした")


@pytest.mark.parametrize("action", [*ACTIONS, *(f"linker.{deed}" for deed in PARKED), "casework.new_thing"])
def test_what_was_refused_never_reads_as_if_it_had_happened(action: str) -> None:
    refused, done = deed_wording(action, "deny", "role"), deed_wording(action, "permit", None)

    assert refused != done
    assert "しようとした" in refused or "うとした" in refused or refused.endswith("届いた")


def test_what_a_rule_did_reads_as_the_rules_and_as_no_judgement() -> None:
    words = deed_wording("scorer.review_needed", "done", "SP-1")

    assert words == "要確認に挙げた（自動、基準 SP-1）"
    assert not any("判定" in each.deed for each in ACTIONS.values())


def test_what_was_done_to_a_parked_event_reads_alike_in_every_service() -> None:
    words = action_wording("linker.parked_shown")

    assert (words.screen, words.deed) == ("保留の管理（名寄せ）", "保留中の事象の中身を見た")


def test_a_role_reads_as_whose_it_is() -> None:
    roles = ("ward_clerk", "service:scorer", "source:resident_registry", "operator", "something new")

    assert [role_wording(role) for role in roles] == [
        "担当職員",
        "指標（自動）",
        "連携元システム（resident_registry）",
        "運用担当（コマンド）",
        "something new",
    ]


def test_a_code_stays_beside_its_words_and_an_unknown_one_stays() -> None:
    codes = [reason_wording(code) for code in ("other_ward", "SP-1", "TICKET-17", "protected_person.new")]

    assert codes == ["ほかの区のこども（other_ward）", "基準 SP-1", "TICKET-17", "protected_person.new"]
    assert [field_wording(name) for name in ("kana", "new_field")] == ["フリガナ（kana）", "new_field"]


def test_an_unknown_action_keeps_its_name() -> None:
    words = action_wording("casework.new_thing")

    assert (words.screen, words.deed) == ("ケース支援", "casework.new_thing")


def test_every_action_belongs_to_a_service() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} <= set(SERVICES)
