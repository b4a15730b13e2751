"""What the ward's staff do in casework, and what it does by itself."""

from collections.abc import Mapping

from contracts.catalogue import ITEMS
from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind

SHOWN_OF_A_CHILD: Mapping[str, str] = {
    "name": "氏名",
    "kana": "フリガナ",
    "age": "年齢",
    "birth_date": "生年月日",
    "sex": "性別",
    "ward": "区",
    "address_code": "住所（町）",
    "household": "世帯の構成",
    "household_no": "世帯番号",
    "adults": "世帯のおとな",
    "doubles": "同じ方とされた記録",
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
    **{item: entry.field for item, entry in ITEMS.items()},
}
"""What a page or an answer can show of a child, a sibling's line included."""

WHY_REFUSED: Mapping[str, str] = {
    **NO_RIGHT,
    "section": "その課では使えない",
    "other_ward": "ほかの区のこども",
    "opponents_ward": "支援措置の相手方が住む区からの閲覧",
    "protected": "支援措置の対象者で、知る権限がない",
    "not_under_protection": "支援措置の対象者ではない（総括は対象者だけを見られる）",
    "no_review": "要確認に挙がっていない、または存在しないこども",
}

WHY_NOT_MOVED: Mapping[str, str] = {
    "page_outdated": "画面を開いたあとに、ほかの操作があったか、新しい情報が届いた",
    "move_not_possible": "いまの段階からは進められない",
    "reasons_gone": "要確認のきっかけに当たらなくなった",
    "not_filled_in": "入力に誤りがある",
    "key_reused": "同じ画面から別の内容が送られた",
}

WHY_SENSITIVE_OPENED: Mapping[str, str] = {
    "whether_to_investigate": "調査を始めるかどうかを確かめるため",
    "investigation": "調査のため",
    "conference": "会議のため",
}

_PROTECTED: Mapping[str, str] = {"protected_person": "支援措置の対象者"}
"""Said of every look at a protected child, whatever else is the reason (`domain.md` §4.4)."""

LIST_OPENED = Deed(
    "casework.list_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="要確認の一覧",
    done="一覧を見た",
    attempted="一覧を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
    own=("要確認の一覧を開いた", "要確認の一覧を開こうとした"),
)

CHILD_OPENED = Deed(
    "casework.child_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="こどもの情報を開いた",
    attempted="こどもの情報を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED},
    own=("こどもの画面を開いた", "こどもの画面を開こうとした"),
)

SENSITIVE_OPENED = Deed(
    "casework.sensitive_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="特に慎重に扱う項目を開いた",
    attempted="特に慎重に扱う項目を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED, **WHY_SENSITIVE_OPENED},
    own=("福祉・保護者の健康の項目を開いた", "福祉・保護者の健康の項目を開こうとした"),
)

OWN_ACCESSES_OPENED = Deed(
    "casework.own_accesses_opened",
    Keeping.ACCESS,
    of=(ThingKind.STAFF,),
    screen="自分の閲覧記録",
    done="自分の閲覧記録を見た",
    attempted="自分の閲覧記録を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
    own=("自分の閲覧記録を開いた", "自分の閲覧記録を開こうとした"),
)

CHILD_LISTED = Deed(
    "casework.child_listed",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="要確認の一覧",
    done="一覧の1行として見た",
    attempted="一覧の1行として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

SIBLING_SHOWN = Deed(
    "casework.sibling_shown",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="きょうだいの画面",
    done="世帯のこどもとして見た",
    attempted="世帯のこどもとして見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

ADULT_SHOWN = Deed(
    "casework.adult_shown",
    Keeping.ACCESS,
    of=(ThingKind.ADULT,),
    screen="こどもの画面",
    done="世帯のおとなとして氏名を見た",
    attempted="世帯のおとなとして氏名を見ようとした",
    fields={"name": "氏名", "relationship": "続柄"},
    reasons=_PROTECTED,
)

DOUBLE_SHOWN = Deed(
    "casework.double_shown",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="同じ方とされた、もう1件の要確認があることを見た",
    attempted="同じ方とされた、もう1件の要確認があることを見ようとした",
    fields={"state": "段階"},
    reasons=_PROTECTED,
)

CHILD_NAMED = Deed(
    "casework.child_named",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="自分の閲覧記録",
    done="自分の閲覧記録の中で氏名を見た",
    attempted="自分の閲覧記録の中で氏名を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

INVESTIGATION_STARTED = Deed(
    "casework.investigation_started",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="調査を始めた",
    attempted="調査を始めようとした",
    fields={"state": "段階", "sections": "調査を依頼した課", "due_on": "期限"},
)

MOVE_REFUSED = Deed(
    "casework.move_refused",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="ケースを進めることを断られた",
    attempted="ケースの段階を進めようとした",
    reasons={**WHY_REFUSED, **WHY_NOT_MOVED},
    own=("調査を始めようとした", "調査を始めようとした"),
)

REVIEW_RECEIVED = Deed(
    "casework.review_received",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="要確認の受け付け（自動）",
    done="要確認として受け付けた",
    attempted="要確認として受け付けようとした",
    by_rule=True,
)
