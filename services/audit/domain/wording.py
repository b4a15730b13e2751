"""The log in plain Japanese: one table from the names of actions, roles and decisions to what a reader should see."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Where (どの画面で) and what (なにを) of an action."""

    screen: str
    deed: str


ACTIONS: dict[str, Wording] = {
    # casework
    "casework.signed_in": Wording("ログイン画面", "ログインした"),
    "casework.sign_in_refused": Wording("ログイン画面", "ログインできなかった"),
    "casework.signed_out": Wording("ケース支援の画面", "ログアウトした"),
    "casework.reviews_listed": Wording("要確認の一覧", "一覧を見た"),
    "casework.review_listed": Wording("要確認の一覧", "一覧でこどもを見た"),
    "casework.child_opened": Wording("こどもの画面", "こどもの情報を開いた"),
    "casework.child_searched": Wording("さがす画面", "こどもをさがした"),
    "casework.case_opened": Wording("こどもの画面", "ケースを開始した"),
    "casework.case_moved": Wording("こどもの画面", "ケースの段階を進めた"),
    "casework.investigation_started": Wording("こどもの画面", "調査を始めた"),
    "casework.review_opened": Wording("自動処理(要確認)", "要確認として受け付けた"),
    "casework.parked_inspected": Wording("保留の管理", "保留中の事象を見た"),
    "casework.parked_replayed": Wording("保留の管理", "保留中の事象をやり直した"),
    "casework.parked_discarded": Wording("保留の管理", "保留中の事象を捨てた"),
    # ingest
    "ingest.record_accepted": Wording("受け入れ処理", "記録を受け入れた"),
    "ingest.record_refused": Wording("受け入れ処理", "記録を拒否した"),
    "ingest.disallowed_item_rejected": Wording("受け入れ処理", "利用を認められていない項目を拒否した"),
    # linker
    "linker.record_linked": Wording("名寄せ処理", "記録を本人に結び付けた"),
    "linker.persons_merged": Wording("名寄せ処理", "同じ人としてまとめた"),
    "linker.person_split": Wording("名寄せ処理", "別の人として分けた"),
    # scorer
    "scorer.review_needed": Wording("指標の計算", "確認が必要と判定した"),
    "scorer.review_basis_changed": Wording("指標の計算", "確認の根拠が変わったと判定した"),
    "scorer.ruleset_approved": Wording("判定ルールの管理", "判定ルールを承認した"),
    # audit
    "audit.overview_opened": Wording("監査記録(状態)", "監査記録簿の状態を見た"),
    "audit.searched": Wording("監査記録(検索)", "監査記録を検索した"),
    "audit.entry_opened": Wording("監査記録(1件)", "監査記録を1件開いた"),
    "audit.page_refused": Wording("監査記録", "監査記録を見ようとして断られた"),
    "audit.verified": Wording("監査記録(検証)", "監査記録簿の全件検証を行った"),
}

ROLES: dict[str, str] = {
    "ward_clerk": "区 子育て支援課 職員",
    "ward_manager": "区 子育て支援課 管理職",
    "coordinator": "こども家庭課(総括管理)",
    "security_officer": "セキュリティ担当",
    "privacy_officer": "プライバシー保護責任者",
    "analyst": "分析担当",
    "administrator": "システム管理者",
    "source": "連携元システム",
    "service": "システム(自動処理)",
    "ingest": "受け入れ処理(自動)",
    "linker": "名寄せ処理(自動)",
    "scorer": "指標の計算(自動)",
    "casework": "ケース支援(自動)",
    "audit": "監査記録(自動)",
}

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
    "OPERATIONS": "システムの運用",
}

THINGS: dict[str, str] = {
    "person": "こども・本人",
    "child": "こども",
    "case": "ケース",
    "household": "世帯",
    "record": "連携元の記録",
    "review": "要確認",
    "reviews": "要確認の一覧",
    "ruleset": "判定ルール",
    "session": "ログイン",
    "staff": "職員",
    "audit_entry": "監査記録(1件)",
    "audit_log": "監査記録簿",
    "parked": "保留中の事象",
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
    return known if known is not None else Wording(PRODUCERS.get(action.partition(".")[0], "不明"), action)
