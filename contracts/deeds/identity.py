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
    "provider_proved_nobody": "市の認証で本人と確かめられなかった",
    "another_person_of_the_provider": "市の認証で、そのログイン名が別の人のものになっている",
}

LOGGED_IN = Deed(
    "identity.logged_in",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="ログイン画面",
    done="ログインした",
    attempted="ログインしようとした",
    reasons={"by_provider": "市の認証で"},
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

SECOND_REFUSED = Deed(
    "identity.second_refused",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="二人で行う操作",
    done="二人目の職員の確認を断られた",
    attempted="二人目の職員の確認コードを示そうとした",
    reasons=WHY_NOT_LET_IN,
    own=("二人目の職員の確認を断られた", "あなたを二人目の職員として、確認コードを示そうとした"),
)
"""Whoever is logged in brings a second person, whose login and one-time code are not those of anybody who may."""

LOGGED_OUT = Deed(
    "identity.logged_out",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen="各画面の上部",
    done="ログアウトした",
    attempted="ログアウトしようとした",
)
