"""What staff do where people ask what is held of them, and where the city checks itself (個人情報の保護に関する法律, PRIV-02)."""

from contracts.deeds.casework import WHY_REFUSED
from contracts.deeds.deed import Deed, Keeping, ThingKind

REQUESTS_OPENED = Deed(
    "privacy.requests_opened",
    Keeping.ACCESS,
    of=(ThingKind.PRIVACY_REQUEST,),
    screen="開示などの請求",
    done="開示などの請求の画面を見た",
    attempted="開示などの請求の画面を使おうとした",
    fields={"privacy_requests": "請求の一覧", "privacy_request": "請求の内容"},
    reasons=WHY_REFUSED,
)

REQUEST_CHANGED = Deed(
    "privacy.request_changed",
    Keeping.DECISION,
    of=(ThingKind.PRIVACY_REQUEST,),
    screen="開示などの請求",
    done="請求について記録した",
    attempted="請求について記録しようとした",
    reasons={
        "request_received": "請求を受け付けた",
        "request_ask_to_complete": "補正を求めた",
        "request_complete": "補正された",
        "request_check": "本人を確認した",
        "request_consult": "第三者に照会した",
        "request_hear": "第三者の意見を受けた",
        "request_extend": "期限を延ばした",
        "request_propose": "決定の案を出した",
        "request_send_back": "案を差し戻した",
        "request_decide": "決定した",
        "request_reconsider": "決定をやり直すことにした",
        "request_carry_out": "通知・実施した",
        "request_withdraw": "取り下げられた",
        "request_transfer": "移送した",
        "request_note": "経過を書き加えた",
        "decided_whole": "全部認める",
        "decided_part": "一部認める",
        "decided_none": "認めない",
        "decided_not_held": "保有していない",
        "decided_no_answer": "記録の有無を答えない",
    },
)

CHILD_OF_REQUEST = Deed(
    "privacy.child_of_request",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="開示などの請求",
    done="請求の対象のこどもとして結びつけた",
    attempted="請求の対象のこどもとして結びつけようとした",
)

REQUEST_COMPILED = Deed(
    "privacy.request_compiled",
    Keeping.ACCESS,
    of=(ThingKind.PRIVACY_REQUEST,),
    screen="開示などの請求",
    done="請求の審査のために記録をまとめた",
    attempted="請求の審査のために記録をまとめようとした",
    fields={"compiled": "まとめた記録"},
    reasons={
        **WHY_REFUSED,
        "not_compiled": "その請求は、記録をまとめる段階にない",
    },
)

CHILD_COMPILED = Deed(
    "privacy.child_compiled",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="開示などの請求",
    done="開示請求の審査のために、記録をまとめて見た",
    attempted="開示請求の審査のために、記録をまとめようとした",
    fields={"review_words": "要確認になった経過", "case": "ケースの状況", "accesses": "ほかの職員の閲覧記録"},
    reasons={"protected_person": "支援措置の対象者"},
)

CHECK_OPENED = Deed(
    "privacy.check_opened",
    Keeping.ACCESS,
    of=(ThingKind.PRIVACY_CHECK,),
    screen="年度の点検",
    done="個人情報の取扱いの点検を見た",
    attempted="個人情報の取扱いの点検の画面を使おうとした",
    fields={"privacy_check": "点検の内容"},
    reasons=WHY_REFUSED,
)

CHECK_PRINTED = Deed(
    "privacy.check_printed",
    Keeping.ACCESS,
    of=(ThingKind.PRIVACY_CHECK,),
    screen="年度の点検",
    done="個人情報の取扱いの点検をPDFにした",
    attempted="個人情報の取扱いの点検をPDFにしようとした",
    fields={"privacy_check": "点検の内容"},
    reasons=WHY_REFUSED,
)

CHECK_CHANGED = Deed(
    "privacy.check_changed",
    Keeping.DECISION,
    of=(ThingKind.PRIVACY_CHECK,),
    screen="年度の点検",
    done="個人情報の取扱いの点検について記録した",
    attempted="個人情報の取扱いの点検について記録しようとした",
    reasons={
        "check_gathered": "根拠を集めた",
        "check_looked_up": "ほかの所で確かめた",
        "check_found": "直すことを加えた",
        "check_open": "直すことを対応中に戻した",
        "check_mended": "直したとした",
        "check_accepted": "このままとした",
        "check_signed_coordinator": "総括の立場で署名した",
        "check_signed_privacy_officer": "プライバシー保護責任者の立場で署名した",
    },
)

DISPOSAL_OPENED = Deed(
    "privacy.disposal_opened",
    Keeping.ACCESS,
    of=(ThingKind.DISPOSAL_LIST,),
    screen="保存期間と廃棄",
    done="廃棄の一覧を見た",
    attempted="廃棄の画面を使おうとした",
    fields={"disposal": "廃棄の一覧"},
    reasons=WHY_REFUSED,
)

DISPOSAL_CHANGED = Deed(
    "privacy.disposal_changed",
    Keeping.DECISION,
    of=(ThingKind.DISPOSAL_LIST,),
    screen="保存期間と廃棄",
    done="廃棄について記録した",
    attempted="廃棄について記録しようとした",
    reasons={
        "disposal_proposed": "廃棄の一覧を作った",
        "disposal_case_kept": "一覧のケースを残すことにした",
        "disposal_looked_through": "一覧を見直した",
        "disposal_approved": "廃棄を承認した",
        "disposal_declined": "廃棄を認めなかった",
        "disposal_held": "ケースを保留した",
        "disposal_released": "保留を終えた",
    },
)

CASES_DISPOSED = Deed(
    "privacy.cases_disposed",
    Keeping.DECISION,
    of=(ThingKind.DISPOSAL_LIST,),
    screen="保存期間と廃棄",
    done="承認された一覧のケースを廃棄した",
    attempted="承認された一覧のケースを廃棄しようとした",
)
