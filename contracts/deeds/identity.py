"""What every service with a login page tells of it."""

from collections.abc import Mapping

from contracts.deeds.deed import Deed, Keeping, ThingKind

WHY_NOT_LET_IN: Mapping[str, str] = {
    "unknown_login": "登録のないログイン名",
    "wrong_password": "パスワードの誤り",
    "wrong_code": "確認コードの誤り",
    "code_used_before": "使用済みの確認コード",
    "not_active": "使えない職員登録",
    "training_expired": "研修の有効期限切れ",
    "too_many_failures": "続けて失敗したための待ち時間中",
}

LOGGED_IN = Deed(
    "identity.logged_in",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="ログイン画面",
    done="ログインした",
    attempted="ログインしようとした",
)

LOGIN_REFUSED = Deed(
    "identity.login_refused",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="ログイン画面",
    done="ログインを断られた",
    attempted="ログインしようとした",
    reasons=WHY_NOT_LET_IN,
    own=("ログインしようとした", "あなたのログイン名でログインしようとした"),
)

LOGGED_OUT = Deed(
    "identity.logged_out",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="各画面の上部",
    done="ログアウトした",
    attempted="ログアウトしようとした",
)
