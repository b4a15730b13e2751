"""The log in plain Japanese: one table from the names of actions, roles and decisions to what a reader should see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Where (どの画面で) and what (なにを) of an action."""

    screen: str
    deed: str


ACTIONS: dict[str, Wording] = {
    # every service with a login page
    "identity.logged_in": Wording("ログイン画面", "ログインした"),
    "identity.login_refused": Wording("ログイン画面", "ログインを拒否された"),
    "identity.logged_out": Wording("各画面の上部", "ログアウトした"),
    # casework
    "casework.list_opened": Wording("要確認の一覧", "一覧を見た"),
    "casework.child_opened": Wording("こどもの画面", "こどもの情報を開いた"),
    "casework.sensitive_opened": Wording("こどもの画面", "特に慎重に扱う項目を開いた"),
    "casework.own_accesses_opened": Wording("自分の閲覧記録", "自分の閲覧記録を見た"),
    "casework.investigation_started": Wording("こどもの画面", "調査を始めた"),
    "casework.move_refused": Wording("こどもの画面", "ケースの段階を進めようとして断られた"),
    "casework.review_received": Wording("要確認の受け付け(自動)", "要確認として受け付けた"),
    # ingest
    "ingest.record_accepted": Wording("受け入れ処理(自動)", "記録を受け入れた"),
    "ingest.record_refused": Wording("受け入れ処理(自動)", "記録を拒否した"),
    "ingest.disallowed_item_rejected": Wording("受け入れ処理(自動)", "利用を認められていない項目を拒否した"),
    "ingest.event_parked": Wording("受け入れ処理(自動)", "事象を保留した"),
    # linker
    "linker.record_linked": Wording("名寄せ処理(自動)", "記録を本人に結び付けた"),
    "linker.records_in_review": Wording("名寄せ処理(自動)", "人の確認が要る記録とした"),
    "linker.persons_merged": Wording("名寄せ処理", "同じ人としてまとめた"),
    "linker.person_split": Wording("名寄せ処理", "別の人として分けた"),
    # scorer
    "scorer.review_needed": Wording("指標の計算(自動)", "確認が必要と判定した"),
    "scorer.review_basis_changed": Wording("指標の計算(自動)", "確認の根拠が変わったと判定した"),
    "scorer.ruleset_approved": Wording("判定ルールの管理", "判定ルールを承認した"),
    # audit
    "audit.overview_opened": Wording("監査記録簿の状態", "状態を見た"),
    "audit.searched": Wording("監査記録の検索", "監査記録を検索した"),
    "audit.entry_opened": Wording("監査記録(1件)", "監査記録を1件開いた"),
    "audit.checkpoint_taken": Wording("監査記録簿の封印", "封印(チェックポイント)または証明を取り出した"),
}
"""Actions by name. Those of parked events exist in every service and are in PARKED."""

PARKED: dict[str, str] = {
    "parked_shown": "保留中の事象の中身を見た",
    "parked_replayed": "保留中の事象をやり直させた",
    "parked_discarded": "保留中の事象を捨てた",
}
"""The second words of the actions of the command line `tsunagu parked`."""

ROLES: dict[str, str] = {
    "ward_clerk": "区 担当職員",
    "ward_lead": "区 とりまとめ職員",
    "coordinator": "こども家庭課 総括",
    "security_officer": "情報セキュリティ担当",
    "privacy_officer": "プライバシー保護責任者",
    "operator": "運用担当(コマンド)",
    "nobody": "ログインしていない人",
    "source": "連携元システム",
}
"""Roles by name. A service that acts by itself has the role `service:<name>`."""

PRODUCERS: dict[str, str] = {
    "ingest": "受け入れ",
    "linker": "名寄せ",
    "scorer": "指標",
    "casework": "ケース支援",
    "audit": "監査記録",
}

DECISIONS: dict[str, str] = {"permit": "許可", "deny": "拒否", "done": "実施"}

RELATIONS: dict[str, str] = {"assigned": "担当者", "team": "担当チーム", "none": "担当関係なし"}

PURPOSES: dict[str, str] = {
    "EARLY_SUPPORT": "支援が必要なこどもの早期把握",
    "AUDIT": "監査・追跡調査",
}

THINGS: dict[str, str] = {
    "person": "こども・本人",
    "child": "こども",
    "case": "ケース",
    "household": "世帯",
    "record": "連携元の記録",
    "review": "要確認",
    "review_list": "要確認の一覧",
    "source_event": "連携元から届いた事象",
    "ruleset": "判定ルール",
    "session": "ログイン",
    "staff": "職員",
    "audit_entry": "監査記録(1件)",
    "audit_log": "監査記録簿",
    "audited_thing": "対象者・対象物の記録",
    "parked_event": "保留中の事象",
}

WARDS: dict[str, str] = {
    "higashi": "東区",
    "hakata": "博多区",
    "chuo": "中央区",
    "minami": "南区",
    "jonan": "城南区",
    "sawara": "早良区",
    "nishi": "西区",
}


def action_wording(action: str) -> Wording:
    """How an action reads. One that the table does not know keeps its own name: it must never vanish from the page."""
    known = ACTIONS.get(action)
    if known is not None:
        return known
    service, _, deed = action.partition(".")
    if deed in PARKED:
        return Wording(f"保留の管理({PRODUCERS.get(service, service)})", PARKED[deed])
    return Wording(PRODUCERS.get(service, "不明"), action)


def role_wording(role: str) -> str:
    """How a role reads."""
    kind, _, name = role.partition(":")
    if kind in {"service", "source"} and name:
        return f"{PRODUCERS.get(name, name)}(自動)" if kind == "service" else f"連携元システム({name})"
    return ROLES.get(role, role)
