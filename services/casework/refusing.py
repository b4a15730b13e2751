"""Why a move was not made, in the words of the page and of the JSON API alike."""

from collections.abc import Mapping
from typing import assert_never

from contracts.deeds.casework import WHY_NOT_TAKEN
from contracts.ids import PersonId
from infra.identity.staff import Staff
from services.casework import moved
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, decide
from services.casework.moved import Errors, NotMade, Since

SINCE: Mapping[Since, str] = {
    Since.OWN_MOVE: "あなたがすでに操作しています",
    Since.COLLEAGUES_MOVE: "ほかの職員が先に操作しました",
    Since.NEW_FACTS: "新しい情報が届きました",
}
NOT_NOW: Mapping[type[NotMade], str] = {
    moved.NotPossible: "すでに次の段階に進んでいるため、この操作はできません。",
    moved.NotDecided: "別の職員の決裁を待っているか、あなたでは決裁できないため、この操作はできません。",
    moved.NotHandedOver: "引継ぎはすでに申し出ているか、受領・差戻し・取消しが済んでいるため、この操作はできません。",
    moved.Objected: "利用停止の求めがあり、プライバシー保護責任者が決めるまで、新しい働きかけは決められません。",
    moved.NotNeeded: "いまの記録では、要確認のきっかけに当たらなくなったため、調査を始められません。",
}
PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("読み取れません", "送られた内容を JSON として読み取れません。"),
    401: (
        "ログインしていません",
        "ログインの時間が切れたか、まだログインしていません。/login にログイン名・パスワード・確認コードを送ってください。",
    ),
    403: ("使えません", "あなたの登録では、この操作は使えません。または、別の画面から送られた操作です。"),
    404: ("見つかりません", "このこどもの要確認は、ないか、あなたの登録では見られません。"),
    405: ("この方法では受け付けられません", "このアドレスで使える方法は、Allow ヘッダーにあります。"),
    413: ("受け付けられません", "送られた内容が長すぎます。"),
    415: ("受け付けられません", "application/json で送ってください。"),
    422: ("内容に誤りがあります", "errors にある項目を直して、もう一度送ってください。"),
    429: ("検索の回数が多すぎます", "検索は1時間に60回までです。しばらくしてから、もう一度お試しください。超えたことは記録されました。"),
    428: ("版と鍵が要ります", "If-Match にこどもの ETag を、Idempotency-Key に操作ごとの新しい UUID を入れて送ってください。"),
    503: ("いまは使えません", "閲覧や操作の記録を残せないため、何も表示・変更していません。しばらくしてから、もう一度送ってください。"),
}
"""What a program is told, by HTTP status, where nothing more can be said."""


OF_NO_CHILD: Mapping[str, tuple[tuple[int, str, str], tuple[str, str]]] = {
    **{
        reason: (
            (403, "受け取れません", f"この対象者リストは受け取れません：{words}。受け取ろうとしたことは記録されました。"),
            ("/exports", "対象者リストへ"),
        )
        for reason, words in WHY_NOT_TAKEN.items()
    },
    "not_compiled": (
        (409, "まとめられません", "この請求は、記録をまとめる段階にないか、この仕組みに記録がありません。"),
        ("/requests", "開示などの請求へ"),
    ),
    "no_such_week": ((404, "見つかりません", "その週の報告は作られていません。"), ("/weekly", "週次報告へ")),
}
"""Why something that is about no child is not given out, whoever asks: what is said, and where they go on."""


def in_an_emergency(staff: Staff, person_id: PersonId | None) -> Mapping[str, str] | None:
    """Return the way to whoever must be seen at once, for those who may go it: the same for a child that there is not."""
    if person_id is None or not isinstance(decide(viewer_of(staff), Action.BREAK_GLASS, None), Permit):
        return None
    text = "こどもの生命や身体に関わるなど、緊急のときに限り、理由を記録して2時間だけ開けます。"
    return {"address": "/emergency", "name": "child", "value": str(person_id), "text": text, "label": "緊急の閲覧へ"}


def errors_of(outcome: NotMade) -> tuple[int, Errors]:
    """Return the status of the answer, and what is wrong by field."""
    match outcome:
        case moved.Stale():
            return 412, (("version", f"画面を開いたあとに、{SINCE[outcome.since]}。最新の内容を確かめてください。"),)
        case moved.NotPossible() | moved.NotDecided() | moved.NotHandedOver() | moved.Objected() | moved.NotNeeded():
            return 409, (("move", NOT_NOW[type(outcome)]),)
        case moved.Invalid():
            return 422, outcome.errors
        case moved.KeyReused():
            return 422, (("key", "同じ画面から別の内容が送られました。画面を開き直してください。"),)
        case _:
            assert_never(outcome)
