"""The log reads as Japanese, and hides nothing that it cannot translate."""

from services.audit.domain.wording import ACTIONS, Wording, action_wording, role_wording


def test_a_known_action_reads_as_screen_and_deed() -> None:
    assert action_wording("casework.child_opened") == Wording("こどもの画面", "こどもの情報を開いた")


def test_what_was_done_to_a_parked_event_reads_alike_in_every_service() -> None:
    assert action_wording("linker.parked_shown") == Wording("保留の管理(名寄せ)", "保留中の事象の中身を見た")


def test_a_role_reads_as_whose_it_is() -> None:
    roles = ("ward_clerk", "service:scorer", "source:resident_registry", "operator", "something new")

    assert [role_wording(role) for role in roles] == [
        "区 担当職員",
        "指標(自動)",
        "連携元システム(resident_registry)",
        "運用担当(コマンド)",
        "something new",
    ]


def test_an_unknown_action_keeps_its_name() -> None:
    assert action_wording("casework.new_thing") == Wording("ケース支援", "casework.new_thing")


def test_every_action_belongs_to_a_service() -> None:
    assert {action.partition(".")[0] for action in ACTIONS} <= {"ingest", "linker", "scorer", "casework", "audit", "identity"}
