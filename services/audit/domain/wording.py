"""The log in plain Japanese: one table from the names of actions, roles and decisions to what a reader should see."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """Where (どの画面で) and what (なにを) of an action. `attempt` is the deed where it was refused: then it did not happen."""

    screen: str
    deed: str
    attempt: str


ACTIONS: dict[str, Wording] = {
    # every service with a login page
    "identity.logged_in": Wording("ログイン画面", "ログインした", "ログインしようとした"),
    "identity.login_refused": Wording("ログイン画面", "ログインを断られた", "ログインしようとした"),
    "identity.logged_out": Wording("各画面の上部", "ログアウトした", "ログアウトしようとした"),
    # casework
    "casework.list_opened": Wording("要確認の一覧", "一覧を見た", "一覧を見ようとした"),
    "casework.child_opened": Wording("こどもの画面", "こどもの情報を開いた", "こどもの情報を開こうとした"),
    "casework.child_listed": Wording("要確認の一覧", "一覧の1行として見た", "一覧の1行として見ようとした"),
    "casework.sibling_shown": Wording("きょうだいの画面", "世帯のこどもとして見た", "世帯のこどもとして見ようとした"),
    "casework.child_named": Wording("自分の閲覧記録", "自分の閲覧記録の中で氏名を見た", "自分の閲覧記録の中で氏名を見ようとした"),
    "casework.sensitive_opened": Wording("こどもの画面", "特に慎重に扱う項目を開いた", "特に慎重に扱う項目を開こうとした"),
    "casework.own_accesses_opened": Wording("自分の閲覧記録", "自分の閲覧記録を見た", "自分の閲覧記録を見ようとした"),
    "casework.investigation_started": Wording("こどもの画面", "調査を始めた", "調査を始めようとした"),
    "casework.move_refused": Wording("こどもの画面", "ケースを進めることを断られた", "ケースの段階を進めようとした"),
    "casework.review_received": Wording("要確認の受け付け（自動）", "要確認として受け付けた", "要確認として受け付けようとした"),
    # ingest
    "ingest.record_accepted": Wording("受け入れ処理（自動）", "記録を受け入れた", "記録を受け入れようとした"),
    "ingest.record_refused": Wording("受け入れ処理（自動）", "記録を拒否した", "受け入れられない記録が届いた"),
    "ingest.disallowed_item_rejected": Wording(
        "受け入れ処理（自動）", "利用を認められていない項目を拒否した", "利用を認められていない項目が届いた"
    ),
    "ingest.event_parked": Wording("受け入れ処理（自動）", "事象を保留した", "事象を保留しようとした"),
    "ingest.feed_stopped": Wording(
        "受け入れ処理（自動）", "個人番号とみられる番号が続いたため、受け入れを止めた", "受け入れを止めようとした"
    ),
    "ingest.feed_released": Wording("受け入れの管理", "止まっていた受け入れを再開させた", "止まっていた受け入れを再開させようとした"),
    "ingest.numbering_vouched": Wording(
        "受け入れの管理", "番号が個人番号でないと認め、受け入れを再開させた", "番号が個人番号でないと認めようとした"
    ),
    "ingest.held_dropped": Wording("受け入れの管理", "保留していた事象をまとめて捨てた", "保留していた事象をまとめて捨てようとした"),
    # linker
    "linker.record_linked": Wording("名寄せ処理（自動）", "記録を本人に結び付けた", "記録を本人に結び付けようとした"),
    "linker.records_in_review": Wording("名寄せ処理（自動）", "人の確認が要る記録とした", "人の確認が要る記録としようとした"),
    "linker.persons_merged": Wording("名寄せ処理", "同じ人としてまとめた", "同じ人としてまとめようとした"),
    "linker.person_split": Wording("名寄せ処理", "別の人として分けた", "別の人として分けようとした"),
    # scorer: it puts on a list what meets the rule. Only people judge (PUSH-10).
    "scorer.review_needed": Wording("指標の計算（自動）", "要確認に挙げた", "要確認に挙げようとした"),
    "scorer.review_basis_changed": Wording("指標の計算（自動）", "要確認の根拠の変化を知らせた", "要確認の根拠の変化を知らせようとした"),
    "scorer.ruleset_approved": Wording("基準の管理", "基準を承認した", "基準を承認しようとした"),
    # audit
    "audit.overview_opened": Wording("監査記録簿の状態", "状態を見た", "状態を見ようとした"),
    "audit.searched": Wording("監査記録の検索", "監査記録を検索した", "監査記録を検索しようとした"),
    "audit.elsewhere_opened": Wording("監査記録簿（ない画面）", "ない画面を開いた", "ない画面を開こうとした"),
    "audit.entry_opened": Wording("監査記録（1件）", "監査記録を1件開いた", "監査記録を1件開こうとした"),
    "audit.checkpoint_taken": Wording(
        "監査記録簿の封印", "封印（チェックポイント）または証明を取り出した", "封印（チェックポイント）または証明を取り出そうとした"
    ),
    "audit.verification_asked": Wording("監査記録簿の状態", "全件検証を始めさせた", "全件検証を始めさせようとした"),
    "linker.revision_same": Wording("名寄せの確認", "住民記録の訂正を同じ人のものと認めた", "住民記録の訂正を同じ人のものと認めようとした"),
    "linker.revision_other": Wording(
        "名寄せの確認", "住民記録の訂正を別の人のものとして除いた", "住民記録の訂正を別の人のものとして除こうとした"
    ),
    "linker.number_same": Wording("名寄せの確認", "記録の宛名番号を同じ人のものと認めた", "記録の宛名番号を同じ人のものと認めようとした"),
    "linker.number_other": Wording("名寄せの確認", "記録の宛名番号を別の人のものとした", "記録の宛名番号を別の人のものとしようとした"),
    "audit.gap_explained": Wording("監査記録簿の管理", "欠けた番号の理由を記録した", "欠けた番号の理由を記録しようとした"),
    "audit.history_accepted": Wording(
        "監査記録簿の管理", "バックアップから戻した記録簿を受け入れた", "バックアップから戻した記録簿を受け入れようとした"
    ),
    "audit.contradiction_kept": Wording(
        "監査記録簿（自動）", "同じ番号で内容の違う記録を隔離した", "同じ番号で内容の違う記録を隔離しようとした"
    ),
}
"""Actions by name. Those of parked events exist in every service and are in PARKED."""

PARKED: dict[str, tuple[str, str]] = {
    "parked_shown": ("保留中の事象の中身を見た", "保留中の事象の中身を見ようとした"),
    "parked_replayed": ("保留中の事象をやり直させた", "保留中の事象をやり直させようとした"),
    "parked_discarded": ("保留中の事象を捨てた", "保留中の事象を捨てようとした"),
    "parking_resumed": ("保留が多すぎて止まった受付を再開させた", "保留が多すぎて止まった受付を再開させようとした"),
    "dead_letter_shown": ("読めなかった電文の中身を見た", "読めなかった電文の中身を見ようとした"),
    "dead_letter_brought_back": ("読めなかった電文をもう一度受け付けさせた", "読めなかった電文をもう一度受け付けさせようとした"),
    "dead_letter_discarded": ("読めなかった電文を捨てた", "読めなかった電文を捨てようとした"),
}
"""The second words of the actions of the command lines `tsunagu parked` and `tsunagu dead`: deed and attempt."""

BY_RULE = frozenset({"scorer.review_needed", "casework.review_received"})
"""Actions of a machine that follow from a rule, which their reason names: the words say both."""

REASONS: dict[str, str] = {
    # casework: why somebody was refused
    "role": "その役割では使えない",
    "section": "その課では使えない",
    "other_ward": "ほかの区のこども",
    "opponents_ward": "支援措置の相手方が住む区からの閲覧",
    "protected": "支援措置の対象者で、知る権限がない",
    "not_under_protection": "支援措置の対象者ではない（総括は対象者だけを見られる）",
    "no_review": "要確認に挙がっていない、または存在しないこども",
    # casework: why somebody's move was not made
    "page_outdated": "画面を開いたあとに、ほかの操作があったか、新しい情報が届いた",
    "move_not_possible": "いまの段階からは進められない",
    "reasons_gone": "要確認のきっかけに当たらなくなった",
    "not_filled_in": "入力に誤りがある",
    "key_reused": "同じ画面から別の内容が送られた",
    # casework: what is said about a permitted look
    "protected_person": "支援措置の対象者",
    "whether_to_investigate": "調査を始めるかどうかを確かめるため",
    "investigation": "調査のため",
    "conference": "会議のため",
    # identity: why nobody was let in
    "unknown_login": "登録のないログイン名",
    "wrong_password": "パスワードの誤り",
    "wrong_code": "確認コードの誤り",
    "code_used_before": "使用済みの確認コード",
    "not_active": "使えない職員登録",
    "training_expired": "研修の有効期限切れ",
    "too_many_failures": "続けて失敗したための待ち時間中",
    # audit: what is the matter with an event
    "equivocation": "同じ番号で内容の違う記録",
    # ingest: which item is not allowed (ITEM-21)
    "ITEM-01": "項目1 要対協への登録歴",
    "ITEM-02": "項目2 一時保護の履歴",
    "ITEM-04": "項目4 健診アンケート「感情的に叩いた」",
    "ITEM-05": "項目5 健診アンケート「家に残して外出」",
    "ITEM-06": "項目6 健診アンケート「長時間食事を与えなかった」",
    "ITEM-07": "項目7 健診アンケート「口をふさいだ」",
    "ITEM-08": "項目8 健診アンケート「激しく揺さぶった」",
    "ITEM-04…08": "項目4～8 健診アンケートの回答",
    "ITEM-14": "項目14 こども自身の心身の不調や希死念慮",
    "ITEM-14 / EPDS": "EPDSの質問ごとの回答",
    "FREE-TEXT": "自由記述の面談・相談の記録",
    "MY-NUMBER": "個人番号（マイナンバー）とみられる数字",
}
"""Reason codes of all services. Several are joined by dots; a ruleset's name reads as 基準; a ticket of the operators stays."""

_RULESET = re.compile(r"[A-Z]{2}-[0-9]+")

FIELDS: dict[str, str] = {
    # casework: the list, a child's page, a move
    "name": "氏名",
    "kana": "フリガナ",
    "age": "年齢",
    "birth_date": "生年月日",
    "sex": "性別",
    "ward": "区",
    "address": "住所",
    "address_code": "住所（町の番号）",
    "household": "世帯の構成",
    "household_no": "世帯番号",
    "reasons": "挙がった理由",
    "case": "ケースの状況",
    "accesses": "ほかの職員の閲覧記録",
    "state": "段階",
    "due_on": "期限",
    "opened_on": "要確認に挙がった日",
    "basis_changed": "理由の変化の印",
    "protected": "支援措置の印",
    "needed": "いまも要確認に当たるかどうか",
    "overdue_since": "見直しの遅れ",
    "voided": "住民記録の取消しの印",
    "hidden_items": "特に慎重に扱う項目の件数",
    "checkup_4m_not_received": "4か月児健診の受診",
    "checkup_18m_not_received": "1歳6か月児健診の受診",
    "checkup_3y_not_received": "3歳児健診の受診",
    "late_pregnancy_notification": "妊娠届出の時期",
    "no_prenatal_checkups": "妊婦健診の受診",
    "epds_high": "産婦健診のこころの質問票（EPDS）",
    "household_public_assistance": "世帯の生活保護",
    "sections": "調査を依頼した課",
    # audit: by what was searched
    "thing": "対象で検索",
    "actor": "職員で検索",
    "action": "操作で検索",
    "decision": "許可・拒否で検索",
    "since": "期間の初日で検索",
    "until": "期間の最終日で検索",
    # ingest: the outermost key of what was refused, where it is a usual one
    "questionnaire": "健診アンケート",
}
"""Names of fields that were shown or changed. Those of refused source events come from their senders: any may occur."""

ORIGINS: dict[str, str] = {
    "command line": "コマンド",
    "amqp": "連携元からの接続（AMQP）",
    "http": "連携元からの接続（HTTP）",
    "media": "媒体での持ち込み",
}
"""Ways in that are no terminal's address."""

ROLES: dict[str, str] = {
    "ward_clerk": "担当職員",
    "ward_lead": "とりまとめ職員",
    "coordinator": "こども家庭課 総括",
    "security_officer": "情報セキュリティ担当",
    "privacy_officer": "プライバシー保護責任者",
    "operator": "運用担当（コマンド）",
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
    "register_revision": "住民記録の訂正",
    "register_number": "記録の宛名番号",
    "person": "こども・本人",
    "child": "こども",
    "case": "ケース",
    "household": "世帯",
    "record": "連携元の記録",
    "review": "要確認",
    "review_list": "要確認の一覧",
    "source_event": "連携元から届いた事象",
    "source": "連携元システム",
    "ruleset": "基準",
    "session": "ログイン",
    "staff": "職員",
    "audit_entry": "監査記録（1件）",
    "audit_log": "監査記録簿",
    "audited_thing": "対象者・対象物の記録",
    "audit_numbers": "監査記録の番号",
    "audit_checkpoint": "監査記録簿の封印",
    "quarantined_event": "隔離した記録",
    "parked_event": "保留中の事象",
    "dead_letter": "読めなかった電文",
    "service": "サービス",
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
        return Wording(f"保留の管理（{PRODUCERS.get(service, service)}）", *PARKED[deed])
    return Wording(PRODUCERS.get(service, "不明"), action, f"{action}（しようとした）")


def deed_wording(action: str, decision: str, reason_code: str | None) -> str:
    """What was done, or, where it was refused, what somebody wanted to do."""
    words = action_wording(action)
    if decision == "deny":
        return words.attempt
    if action in BY_RULE and reason_code:
        return f"{words.deed}（自動、基準 {reason_code}）"
    return words.deed


def reason_wording(code: str) -> str:
    """How a reason reads, with its code. A code that nobody gave words to stays as it is, e.g. an operator's ticket."""
    if code in REASONS:
        return f"{REASONS[code]}（{code}）"
    if _RULESET.fullmatch(code):
        return f"基準 {code}"
    parts = code.split(".")
    return f"{'、'.join(REASONS[part] for part in parts)}（{code}）" if all(part in REASONS for part in parts) else code


def field_wording(name: str) -> str:
    """How a field reads, with its name. One that nobody gave words to stays as it is."""
    return f"{FIELDS[name]}（{name}）" if name in FIELDS else name


def role_wording(role: str) -> str:
    """How a role reads."""
    kind, _, name = role.partition(":")
    if kind in {"service", "source"} and name:
        return f"{PRODUCERS.get(name, name)}（自動）" if kind == "service" else f"連携元システム（{name}）"
    return ROLES.get(role, role)
