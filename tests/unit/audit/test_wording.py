"""The log reads as Japanese, and hides nothing that it cannot translate."""

from services.audit.domain.wording import ACTIONS, Wording, action_wording


def test_a_known_action_reads_as_screen_and_deed() -> None:
    assert action_wording("casework.child_opened") == Wording("こどもの画面", "こどもの情報を開いた")


def test_an_unknown_action_keeps_its_name() -> None:
    assert action_wording("casework.new_thing") == Wording("ケース支援", "casework.new_thing")


def test_every_action_belongs_to_a_service() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} <= {"ingest", "linker", "scorer", "casework", "audit"}
