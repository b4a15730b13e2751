"""The log reads as Japanese, and hides nothing that it cannot translate."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.catalogue import DENIED
from infra.identity.sessions import Refusal
from services.audit.domain.filters import Filters
from services.audit.domain.wording import (
    ACTIONS,
    FIELDS,
    PARKED,
    REASONS,
    THINGS,
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

ROOT = Path(__file__).parents[3]
SERVICES = ("ingest", "linker", "scorer", "casework", "audit", "identity")
KEEPERS = {"access", "decision", "Question"}
"""Calls that keep an entry, or describe one."""


def keeping_modules() -> Iterator[ast.Module]:
    """Every module of the product that writes entries. The benchmark's (infra/city) are of nobody's deeds."""
    for file in sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "infra").rglob("*.py")]):
        module = ast.parse(file.read_text(encoding="utf-8"))
        if "city" not in file.parts and any(name_of(call) in KEEPERS for call in calls(module)):
            yield module


def calls(module: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(node: ast.AST) -> Iterator[str]:
    return (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def is_logging(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "log"


def actions_used() -> set[str]:
    used: set[str] = set()
    for module in keeping_modules():
        logged = {text for call in calls(module) if is_logging(call) for text in texts(call)}
        used |= {text for text in texts(module) if text.isascii() and text.partition(".")[0] in SERVICES and text.count(".") == 1} - logged
    return {text for text in used if text.replace(".", "").replace("_", "").isalpha()}


def keywords_used(name: str) -> set[str]:
    """The texts given as this argument to any call of a module that writes entries."""
    given = (each.value for module in keeping_modules() for call in calls(module) for each in call.keywords if each.arg == name)
    return {text for value in given if not isinstance(value, ast.JoinedStr) for text in texts(value)}


def fields_used() -> set[str]:
    """The fields named in calls, and in the tuples that they are taken from (`…_FIELDS`)."""
    tuples = [
        node.value
        for module in keeping_modules()
        for node in module.body
        if isinstance(node, ast.Assign) and str(getattr(node.targets[0], "id", "")).endswith("_FIELDS")
    ]
    return keywords_used("fields") | {text for each in tuples for text in texts(each)}


def test_every_action_that_is_kept_has_words() -> None:
    used = actions_used()

    assert {"casework.child_opened", "audit.searched", "identity.logged_in", "scorer.review_needed"} <= used
    assert used - ACTIONS.keys() == set()


def test_every_field_that_is_kept_has_words() -> None:
    asked = Filters.__dataclass_fields__.keys() - {"cursor", "limit"}
    used = fields_used() | asked

    assert {"name", "address_code", "sections", "due_on"} <= used
    assert used - FIELDS.keys() == set()


def test_every_reason_that_is_kept_has_words() -> None:
    used = {*Reason, *OpeningReason, *Refusal, *(rule.item for rule in DENIED), SP_1.name, *keywords_used("reason_code")}

    assert {code for code in used if code not in REASONS and reason_wording(code) == code} == set()
    assert reason_wording("protected_person.conference") == "支援措置の対象者、会議のため（protected_person.conference）"


def test_every_kind_of_thing_that_is_kept_has_words() -> None:
    used = keywords_used("kind")

    assert {"child", "staff"} <= used
    assert used - THINGS.keys() == set()


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
