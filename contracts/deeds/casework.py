"""What the ward's staff do in casework, and what it does by itself."""

from collections.abc import Mapping

from contracts.catalogue import ITEMS
from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind
from contracts.words import DISPUTES, LEADING

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
    "handover": "引継ぎの状況",
    "left_on": "市外へ転出した日",
    "history": "ケースの経過",
    "accesses": "ほかの職員の閲覧記録",
    "owner": "受け持ちの職員",
    "state": "段階",
    "due_on": "期限",
    "opened_on": "要確認に挙がった日",
    "closed_on": "終えた日",
    "outcome": "結果",
    "basis_changed": "理由の変化の印",
    "protected": "支援措置の印",
    "needed": "いまも要確認に当たるかどうか",
    "overdue_since": "見直しの遅れ",
    "disputes": "もとの課への確認",
    "support_unknown": "すでに支援中かどうか分からないことの印",
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
    "reads_only": "緊急の閲覧では、見ることだけができる",
    "own_deed": "自分がした閲覧は、自分では確かめられない",
    "too_often": "1時間に検索できる回数を超えた",
    "not_shared": "児童相談所に共有されていない",
}

WHY_NOT_MOVED: Mapping[str, str] = {
    "page_outdated": "画面を開いたあとに、ほかの操作があったか、新しい情報が届いた",
    "move_not_possible": "いまの段階からは進められない",
    "reasons_gone": "要確認のきっかけに当たらなくなった",
    "not_filled_in": "入力に誤りがある",
    "key_reused": "同じ画面から別の内容が送られた",
    "not_in_charge": "その手は、担当する課やとりまとめの職員のもの",
    "waits_for_another": "別の職員の決裁を待っている、または自分では決裁できない",
    "objected": "利用停止の求めについて、まだ決まっていない",
}

WHY_EXPORTED: Mapping[str, str] = {
    "list_for_conference": "三課の協議の準備のため",
    "list_for_visits": "訪問や連絡の予定を立てるため",
    "list_for_report": f"上司や{LEADING}への報告のため",
    "list_for_audit": "監査や点検に応じるため",
}

WHY_NOT_TAKEN: Mapping[str, str] = {
    "not_ready": "決裁されていない、期限を過ぎた、または廃棄した",
    "too_many": "申請した上限より、こどもが多い",
    "of_another": "ほかの職員が申請したもの",
}

WHY_SENSITIVE_OPENED: Mapping[str, str] = {
    "whether_to_investigate": "調査を始めるかどうかを確かめるため",
    "investigation": "調査のため",
    "conference": "会議のため",
}

WHY_SEARCHED: Mapping[str, str] = {
    "told_of": "相談や連絡を受けたため",
    "asked_by_office": "ほかの課や機関から照会があったため",
    "own_case": "受け持っているケースを進めるため",
    "conference": "会議のため",
    "by_name": "氏名で",
    "by_birth_date": "生年月日で",
    "by_household_no": "世帯番号で",
}
"""Why somebody searched, and by what. For whom, the log does not say: what was typed is about somebody, found or not."""

WHY_PRINTED: Mapping[str, str] = {
    "conference_sheet": "協議シート",
    "investigation_sheet": "調査票",
    "visit_form": "訪問票",
    "handover_sheet": "引継書",
    "for_conference": "三課の協議で使うため",
    "for_investigation": "調査の回答をまとめるため",
    "for_visit": "訪問に持っていくため",
    "for_handover": "引継ぎ先に渡すため",
    "for_approval": "決裁や上司への説明のため",
}
"""Which paper somebody printed, and what for."""

_PROTECTED: Mapping[str, str] = {"protected_person": "支援措置の対象者"}
"""Said of every look at a protected child, whatever else is the reason (`domain.md` §4.4)."""

_EMERGENCY: Mapping[str, str] = {"emergency": "緊急の閲覧"}
"""Said of every look in an emergency (S24)."""

_NAMESAKE: Mapping[str, str] = {"same_surname": "同じ名字のこども"}
"""Said of a look at a child whose family name is that of whoever looks (audit.md §5, `hints`)."""

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

TODAY_OPENED = Deed(
    "casework.today_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="本日の画面",
    done="本日の画面を見た",
    attempted="本日の画面を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
    own=("本日の画面を開いた", "本日の画面を開こうとした"),
)

CLOSED_LIST_OPENED = Deed(
    "casework.closed_list_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="終結の一覧",
    done="終結の一覧を見た",
    attempted="終結の一覧を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
    own=("終結の一覧を開いた", "終結の一覧を開こうとした"),
)

STATISTICS_OPENED = Deed(
    "casework.statistics_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="統計",
    done="統計を見た",
    attempted="統計を見ようとした",
    reasons=WHY_REFUSED,
    own=("統計を開いた", "統計を開こうとした"),
)

CHILD_OPENED = Deed(
    "casework.child_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="こどもの情報を開いた",
    attempted="こどもの情報を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED, **_NAMESAKE, **_EMERGENCY},
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
    reasons={**WHY_REFUSED, **_PROTECTED, **_NAMESAKE, **WHY_SENSITIVE_OPENED},
    own=("福祉・保護者の健康・障がいの項目を開いた", "福祉・保護者の健康・障がいの項目を開こうとした"),
)

CHILD_PRINTED = Deed(
    "casework.child_printed",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="こどもの情報を印刷した",
    attempted="こどもの情報を印刷しようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED, **_NAMESAKE, **WHY_PRINTED},
)

SENSITIVE_PRINTED = Deed(
    "casework.sensitive_printed",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="特に慎重に扱う項目も載せて印刷した",
    attempted="特に慎重に扱う項目も載せて印刷しようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED, **_NAMESAKE, **WHY_PRINTED},
    own=("福祉・保護者の健康・障がいの項目も載せて印刷した", "福祉・保護者の健康・障がいの項目も載せて印刷しようとした"),
)

PAPER_NUMBERED = Deed(
    "casework.paper_numbered",
    Keeping.ACCESS,
    of=(ThingKind.PAPER,),
    screen="こどもの画面",
    done="この番号の紙を印刷した",
    attempted="この番号の紙を印刷しようとした",
    reasons={**_PROTECTED, **WHY_PRINTED},
)
"""The number of a paper, so that whoever finds one can be told who printed it, and about whom (`correlation`)."""

_FILES: Mapping[str, str] = {"name": "氏名", "files": "添付の名前", "file": "添付の中身"}

FILES_OPENED = Deed(
    "casework.files_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="添付",
    done="添付の一覧を見た",
    attempted="添付の一覧を見ようとした",
    fields=_FILES,
    reasons={**WHY_REFUSED, **_PROTECTED},
)

FILE_OPENED = Deed(
    "casework.file_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="添付",
    done="添付を取り出した",
    attempted="添付を取り出そうとした",
    fields=_FILES,
    reasons={**WHY_REFUSED, **_PROTECTED},
)

FILE_GIVEN_OUT = Deed(
    "casework.file_given_out",
    Keeping.ACCESS,
    of=(ThingKind.CASE_FILE,),
    screen="添付",
    done="この添付を取り出した",
    attempted="この添付を取り出そうとした",
    reasons=_PROTECTED,
)

FILE_ADDED = Deed(
    "casework.file_added",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="添付",
    done="ケースに添付した",
    attempted="ケースに添付しようとした",
    fields=_FILES,
)

FILE_ADDING_REFUSED = Deed(
    "casework.file_adding_refused",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="添付",
    done="ケースに添付することを断られた",
    attempted="ケースに添付しようとした",
    reasons={**WHY_REFUSED, **_PROTECTED, "not_in_charge": WHY_NOT_MOVED["not_in_charge"], "harmful": "検査で有害とされたファイル"},
)

SEARCH_OPENED = Deed(
    "casework.search_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD_SEARCH,),
    screen="さがす",
    done="検索の画面を開いた",
    attempted="検索の画面を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
)

SEARCHED = Deed(
    "casework.searched",
    Keeping.ACCESS,
    of=(ThingKind.CHILD_SEARCH,),
    screen="さがす",
    done="こどもを検索した",
    attempted="こどもを検索しようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **WHY_SEARCHED},
)

CHILD_FOUND = Deed(
    "casework.child_found",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="さがす",
    done="検索の結果の1行として見た",
    attempted="検索の結果の1行として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
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

HANDOVERS_OPENED = Deed(
    "casework.handovers_opened",
    Keeping.ACCESS,
    of=(ThingKind.HANDOVERS,),
    screen="引継ぎの状況",
    done="受領を待っている引継ぎの件数を見た",
    attempted="受領を待っている引継ぎの件数を見ようとした",
    fields={"handovers": "引継ぎの件数"},
    reasons=WHY_REFUSED,
    own=("引継ぎの状況を開いた", "引継ぎの状況を開こうとした"),
)

CENTER_OPENED = Deed(
    "casework.center_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="児童相談所の受付",
    done="児童相談所の受付の一覧を見た",
    attempted="児童相談所の受付の一覧を見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
    own=("児童相談所の受付を開いた", "児童相談所の受付を開こうとした"),
)

HOLDERS_OPENED = Deed(
    "casework.holders_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="住所を知る職員",
    done="住所を知る職員の一覧を見た",
    attempted="住所を知る職員の一覧を見ようとした",
    fields={"name": "氏名", "holders": "住所を知る職員"},
    reasons={**WHY_REFUSED, **_PROTECTED},
)

HOLDER_NAMED = Deed(
    "casework.holder_named",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="住所を知る職員",
    done="住所を知る職員を指定した",
    attempted="住所を知る職員を指定しようとした",
    reasons=_PROTECTED,
)

HOLDER_ENDED = Deed(
    "casework.holder_ended",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="住所を知る職員",
    done="住所を知る職員の指定を終えた",
    attempted="住所を知る職員の指定を終えようとした",
    reasons=_PROTECTED,
)

LIST_EXPORTS_OPENED = Deed(
    "casework.list_exports_opened",
    Keeping.ACCESS,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストの申請の一覧を見た",
    attempted="対象者リストの画面を使おうとした",
    reasons={**WHY_REFUSED, **WHY_NOT_TAKEN},
)

LIST_EXPORT_ASKED = Deed(
    "casework.list_export_asked",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストを申請した",
    attempted="対象者リストを申請しようとした",
    reasons=WHY_EXPORTED,
)

LIST_EXPORT_APPROVED = Deed(
    "casework.list_export_approved",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストを決裁した",
    attempted="対象者リストを決裁しようとした",
)

LIST_EXPORT_DECLINED = Deed(
    "casework.list_export_declined",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストを認めなかった",
    attempted="対象者リストを認めないことにしようとした",
)

LIST_EXPORT_TAKEN = Deed(
    "casework.list_export_taken",
    Keeping.ACCESS,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストを受け取った",
    attempted="対象者リストを受け取ろうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **WHY_NOT_TAKEN},
)

LIST_EXPORT_GIVEN_OUT = Deed(
    "casework.list_export_given_out",
    Keeping.ACCESS,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="この番号の対象者リストを受け取った",
    attempted="この番号の対象者リストを受け取ろうとした",
    reasons=WHY_EXPORTED,
)

LIST_EXPORT_DELETED = Deed(
    "casework.list_export_deleted",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="受け取った対象者リストを廃棄したと記録した",
    attempted="対象者リストの廃棄を記録しようとした",
)

FILTERS_OPENED = Deed(
    "casework.filters_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="保存した条件",
    done="保存した条件の一覧を見た",
    attempted="保存した条件の画面を使おうとした",
    reasons=WHY_REFUSED,
)

FILTER_SAVED = Deed(
    "casework.filter_saved",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_LIST,),
    screen="保存した条件",
    done="一覧の条件を保存した",
    attempted="一覧の条件を保存しようとした",
)

FILTER_FORGOTTEN = Deed(
    "casework.filter_forgotten",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_LIST,),
    screen="保存した条件",
    done="保存した条件を消した",
    attempted="保存した条件を消そうとした",
)

ASSIGNMENTS_OPENED = Deed(
    "casework.assignments_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="受け持ち",
    done="職員ごとの受け持ちを見た",
    attempted="受け持ちの画面を使おうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
)

ASSIGNMENT_PREVIEWED = Deed(
    "casework.assignment_previewed",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="受け持ち",
    done="受け持ちを決めるとどうなるかを確かめた",
    attempted="受け持ちを決めるとどうなるかを確かめようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=WHY_REFUSED,
)

CHILD_OF_ASSIGNMENT = Deed(
    "casework.child_of_assignment",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="受け持ち",
    done="受け持ちの画面の1行として表示した",
    attempted="受け持ちの画面の1行として表示しようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

CHILDREN_ASSIGNED = Deed(
    "casework.children_assigned",
    Keeping.DECISION,
    of=(ThingKind.REVIEW_LIST,),
    screen="受け持ち",
    done="選んだこどもの受け持ちを決めた",
    attempted="選んだこどもの受け持ちを決めようとした",
    reasons=WHY_REFUSED,
)

CHILD_ASSIGNED = Deed(
    "casework.child_assigned",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="受け持ち",
    done="このこどもの受け持ちを決めた",
    attempted="このこどもの受け持ちを決めようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

CHILD_EXPORTED = Deed(
    "casework.child_exported",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="対象者リスト",
    done="受け取った対象者リストの1行として載せた",
    attempted="対象者リストの1行として載せようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

WHY_JUDGED: Mapping[str, str] = {
    "needed": "知らせるべきだった",
    "not_needed": "知らせなくてよかった",
}
"""What somebody judged of a request that was kept quiet."""

SAMPLES_OPENED = Deed(
    "casework.samples_opened",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="抜取りの確認",
    done="抜取りの確認の一覧を見た",
    attempted="抜取りの確認の画面を使おうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, "not_in_charge": WHY_NOT_MOVED["not_in_charge"]},
)

SAMPLED_CHILD_LISTED = Deed(
    "casework.sampled_child_listed",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="抜取りの確認",
    done="抜取りの確認の1件として見た",
    attempted="抜取りの確認の1件として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

SAMPLE_JUDGED = Deed(
    "casework.sample_judged",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="抜取りの確認",
    done="知らせなかった要確認について、知らせるべきだったかを判断した",
    attempted="知らせなかった要確認について、判断しようとした",
    reasons={**_PROTECTED, **WHY_JUDGED},
)

OWNER_ASKING_REFUSED = Deed(
    "casework.owner_asking_refused",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="もとの課への確認について、操作を断られた",
    attempted="もとの課に記録を確かめるよう頼むか、その回答を確かめようとした",
    reasons={**WHY_REFUSED, **_PROTECTED, "not_in_charge": WHY_NOT_MOVED["not_in_charge"]},
)

OWNER_ASKED = Deed(
    "casework.owner_asked",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="理由のもとになった記録について、もとの課に確かめるよう頼んだ",
    attempted="理由のもとになった記録について、もとの課に確かめるよう頼もうとした",
    fields={**{item: entry.field for item, entry in ITEMS.items()}, "words_to_owner": "もとの課に伝えたこと"},
    reasons={**_PROTECTED, **{kind.value: f"記録が{words}ため" for kind, words in DISPUTES.items()}},
)

OWNER_ANSWER_SEEN = Deed(
    "casework.owner_answer_seen",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="もとの課からの回答を確かめた",
    attempted="もとの課からの回答を確かめようとした",
    reasons=_PROTECTED,
)

OBJECTIONS_OPENED = Deed(
    "casework.objections_opened",
    Keeping.ACCESS,
    of=(ThingKind.OBJECTIONS,),
    screen="利用停止の求め",
    done="利用停止の求めの一覧を見た",
    attempted="利用停止の求めの一覧を見ようとした",
    fields={"objections": "利用停止の求め"},
    reasons=WHY_REFUSED,
)

OBJECTION_DECIDED = Deed(
    "casework.objection_decided",
    Keeping.DECISION,
    of=(ThingKind.OBJECTIONS,),
    screen="利用停止の求め",
    done="利用停止の求めについて決めた",
    attempted="利用停止の求めについて決めようとした",
    reasons={
        "approach_permitted": "決めるまでのあいだ、新しい働きかけを認める",
        "refused": "利用停止はしない",
        "granted": "利用を停止する",
    },
)

MANUAL_OPENED = Deed(
    "casework.manual_opened",
    Keeping.ACCESS,
    of=(ThingKind.MANUAL,),
    screen="使い方",
    done="使い方の説明を読んだ",
    attempted="使い方の説明を読もうとした",
    fields={"version": "説明の版"},
    reasons=WHY_REFUSED,
)

MANUAL_FEEDBACK_GIVEN = Deed(
    "casework.manual_feedback_given",
    Keeping.DECISION,
    of=(ThingKind.MANUAL,),
    screen="使い方",
    done="使い方の説明が分かったかを知らせた",
    attempted="使い方の説明が分かったかを知らせようとした",
    reasons=WHY_REFUSED,
)

MANUAL_FEEDBACK_OPENED = Deed(
    "casework.manual_feedback_opened",
    Keeping.ACCESS,
    of=(ThingKind.MANUAL,),
    screen="使い方への声",
    done="使い方への声の一覧を見た",
    attempted="使い方への声の一覧を見ようとした",
    fields={"feedback": "使い方への声"},
    reasons=WHY_REFUSED,
)

MANUAL_FEEDBACK_ANSWERED = Deed(
    "casework.manual_feedback_answered",
    Keeping.DECISION,
    of=(ThingKind.MANUAL,),
    screen="使い方への声",
    done="使い方への声に返事をした",
    attempted="使い方への声に返事をしようとした",
    reasons=WHY_REFUSED,
)

EMERGENCY_FORM_OPENED = Deed(
    "casework.emergency_form_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD_SEARCH,),
    screen="緊急の閲覧",
    done="緊急の閲覧の画面を開いた",
    attempted="緊急の閲覧の画面を開こうとした",
    reasons=WHY_REFUSED,
)

EMERGENCIES_OPENED = Deed(
    "casework.emergencies_opened",
    Keeping.ACCESS,
    of=(ThingKind.EMERGENCIES,),
    screen="緊急の閲覧の一覧",
    done="緊急の閲覧の一覧を見た",
    attempted="緊急の閲覧の一覧を見ようとした",
    fields={"emergencies": "緊急の閲覧の記録"},
    reasons=WHY_REFUSED,
    own=("緊急の閲覧の一覧を開いた", "緊急の閲覧の一覧を開こうとした"),
)

EMERGENCY_STARTED = Deed(
    "casework.emergency_started",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="緊急の閲覧",
    done="緊急の閲覧を始めた",
    attempted="緊急の閲覧を始めようとした",
    reasons={
        **WHY_REFUSED,
        "life_or_safety": "こどもの生命や身体に危険が迫っている",
        "urgent_inquiry": "警察・医療機関などから緊急の照会を受けた",
        "here_now": "こどもや家族が来所・電話していて、いま対応が要る",
    },
)
"""DICOM's "Emergency Override Started" (110127); it is over with the next."""

EMERGENCY_ENDED = Deed(
    "casework.emergency_ended",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="緊急の閲覧",
    done="緊急の閲覧を終えた",
    attempted="緊急の閲覧を終えようとした",
    reasons={"by_hand": "本人が終えた", "time": "2時間がたった", "now_protected": "支援措置の対象になった"},
)

EMERGENCY_REVIEWED = Deed(
    "casework.emergency_reviewed",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="緊急の閲覧の一覧",
    done="緊急の閲覧が必要だったかを確かめた",
    attempted="緊急の閲覧が必要だったかを確かめようとした",
    reasons={"justified": "必要な閲覧だった", "not_justified": "必要だったとは認められない"},
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

CHILD_OF_TODAY = Deed(
    "casework.child_of_today",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="本日の画面",
    done="本日の画面の1行として見た",
    attempted="本日の画面の1行として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

CHILD_AT_CENTER = Deed(
    "casework.child_at_center",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="児童相談所の受付",
    done="児童相談所の受付の1行として見た",
    attempted="児童相談所の受付の1行として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

CLOSED_CHILD_LISTED = Deed(
    "casework.closed_child_listed",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="終結の一覧",
    done="終結の一覧の1行として見た",
    attempted="終結の一覧の1行として見ようとした",
    fields=SHOWN_OF_A_CHILD,
    reasons=_PROTECTED,
)

VISIT_TOGETHER_OPENED = Deed(
    "casework.visit_together_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="きょうだいと一緒の訪問・連絡",
    done="きょうだいと一緒に訪問・連絡を記録する画面を開いた",
    attempted="きょうだいと一緒に訪問・連絡を記録する画面を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED},
)

CONFERENCE_TOGETHER_OPENED = Deed(
    "casework.conference_together_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="きょうだいと一緒の協議",
    done="きょうだいと一緒に協議の結果を記録する画面を開いた",
    attempted="きょうだいと一緒に協議の結果を記録する画面を開こうとした",
    fields=SHOWN_OF_A_CHILD,
    reasons={**WHY_REFUSED, **_PROTECTED},
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

WRITTEN_IN_A_CASE: Mapping[str, str] = {
    "state": "段階",
    "due_on": "期限",
    "sections": "調査を依頼した課",
    "error_kind": "誤りの種類",
    "correction_asked_of": "訂正を依頼した先",
    "why": "理由",
    "siblings_checked": "きょうだいの確認",
    "held_on": "協議の日",
    "missing_reason": "回答のないまま進める理由",
    "present": "出席した課",
    "agreed_in_writing": "書面で同意した課",
    "approach_method": "方法",
    "lead_section": "担当する課",
    "person_in_charge": "担当者",
    "look_again_on": "次に確かめる日",
    "resume_on": "再開する日",
    "outcome": "結果",
    "contacted_on": "接触した日",
    "method": "接触の方法",
    "result": "接触の結果",
    "met_whom": "会えた人",
    "sighted": "現認",
    "enrolment": "園などに通っているか",
    "findings": "聞いたこと・見たこと",
    "assessment": "アセスメント",
    "kinds": "支援の種類",
    "plan": "プラン",
    "wish_of_guardian": "保護者の意向",
    "wish_of_child": "こどもの意向",
    "nothing_left_to_do": "未了の確認",
    "moved_out_on": "転出した日",
    "information_to_new_city": "転出先への情報提供",
    "received_on": "受領された日",
    "receipt": "受領",
    "handed_to_or_why_not": "引継ぎ",
    "held": "自課の関わり",
    "text": "書いた内容",
    "reported_to": "通告した先",
    "to_ward": "引継ぎ先の区",
    "shares": "共有に含めるもの",
    "answer": "児童相談所の回答",
    "recipient": "引き継いだ相手",
    "contents": "引き継いだ内容",
    "legal_basis": "提供の根拠",
    "handed_on": "引き継いだ日",
    "consented_by": "同意した人",
    "consented_on": "同意の日",
    "withdrawn_by": "撤回した人",
    "withdrawn_on": "撤回の日",
    "objected_by": "利用停止を求めた人",
    "objected_on": "利用停止の求めのあった日",
}
"""Everything that people write in a case, by name: what was written is in no log."""

_MOVES: Mapping[str, tuple[str, str]] = {
    "withdraw_as_error": ("誤りとして取り下げた", "誤りとして取り下げようとした"),
    "put_on_agenda": ("協議の議題にした", "協議の議題にしようとした"),
    "decide_approach": ("方針を決めた", "方針を決めようとした"),
    "watch_through_contacts": ("既存の関わりで見守ることにした", "既存の関わりで見守ることにしようとした"),
    "defer": ("見送った", "見送ろうとした"),
    "close_without_need": ("支援不要で終えた", "支援不要で終えようとした"),
    "met": ("会えたことを記録した", "会えたことを記録しようとした"),
    "not_met": ("会えずに協議へ戻した", "会えずに協議へ戻そうとした"),
    "need_found": ("要支援と判断した", "要支援と判断しようとした"),
    "watch_found": ("見守りと判断した", "見守りと判断しようとした"),
    "no_need_found": ("支援不要と判断した", "支援不要と判断しようとした"),
    "decide_plan": ("プランを決めた", "プランを決めようとした"),
    "reassess": ("見直しを始めた", "見直しを始めようとした"),
    "move_to_watch": ("見守りへ移した", "見守りへ移そうとした"),
    "support_again": ("再び支援することにした", "再び支援しようとした"),
    "finish": ("ケースを終えた", "ケースを終えようとした"),
    "resume": ("見送りから再開した", "見送りから再開しようとした"),
    "choose_section_anew": ("担当を決め直すことにした", "担当を決め直そうとした"),
    "moved_out": ("市外転出で終えた", "市外転出で終えようとした"),
    "sent_to_guidance_center": ("児童相談所へ送致して終えた", "児童相談所へ送致して終えようとした"),
    "came_of_age": ("年齢到達で終えた", "年齢到達で終えようとした"),
    "reopen": ("終えたケースを再び開いた", "終えたケースを再び開こうとした"),
    "answer_investigation": ("調査に回答した", "調査に回答しようとした"),
    "record_contact": ("接触を記録した", "接触を記録しようとした"),
    "add_note": ("経過を書き加えた", "経過を書き加えようとした"),
    "report_urgently": ("児童相談所への通告を記録した", "児童相談所への通告を記録しようとした"),
    "approve": ("決裁した", "決裁しようとした"),
    "send_back": ("決裁の依頼を差し戻した", "決裁の依頼を差し戻そうとした"),
    "take_back": ("決裁の依頼を取り下げた", "決裁の依頼を取り下げようとした"),
    "hand_over_outside": ("市外の自治体への引継ぎを記録した", "市外の自治体への引継ぎを記録しようとした"),
    "record_consent": ("情報の共有への同意を記録した", "情報の共有への同意を記録しようとした"),
    "withdraw_consent": ("同意の撤回を記録した", "同意の撤回を記録しようとした"),
    "record_objection": ("利用停止の求めを記録した", "利用停止の求めを記録しようとした"),
    "offer_handover": ("ほかの区への引継ぎを申し出た", "ほかの区への引継ぎを申し出ようとした"),
    "accept_handover": ("引継ぎを受領した", "引継ぎを受領しようとした"),
    "return_handover": ("引継ぎを差し戻した", "引継ぎを差し戻そうとした"),
    "revoke_handover": ("引継ぎの申出を取り消した", "引継ぎの申出を取り消そうとした"),
    "send_to_guidance_center": ("児童相談所への送致を申し出た", "児童相談所への送致を申し出ようとした"),
    "receive_at_guidance_center": ("児童相談所として送致を受理した", "児童相談所として送致を受理しようとした"),
    "answer_from_guidance_center": ("児童相談所として区に回答した", "児童相談所として区に回答しようとした"),
}


def _moved(key: str, done: str, attempted: str) -> Deed:
    return Deed(
        f"casework.{key}",
        Keeping.DECISION,
        of=(ThingKind.CHILD,),
        screen="こどもの画面",
        done=done,
        attempted=attempted,
        fields=WRITTEN_IN_A_CASE,
    )


CASE_MOVES: Mapping[str, Deed] = {key: _moved(key, *words) for key, words in _MOVES.items()}
"""Everything that is done with a case after it was begun, by the key of its move."""

APPROVAL_ASKED = Deed(
    "casework.approval_asked",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="決裁を依頼した",
    attempted="決裁を依頼しようとした",
    fields=WRITTEN_IN_A_CASE,
    reasons={key: f"決裁の対象：{done}" for key, (done, _) in _MOVES.items()},
)

MOVE_REFUSED = Deed(
    "casework.move_refused",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="こどもの画面",
    done="ケースを進めることを断られた",
    attempted="ケースの段階を進めようとした",
    reasons={**WHY_REFUSED, **WHY_NOT_MOVED},
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

HANDOVER_OFFERED = Deed(
    "casework.handover_offered",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="引継ぎの申出（自動）",
    done="ほかの区への引継ぎを自動で申し出た",
    attempted="ほかの区への引継ぎを自動で申し出ようとした",
    reasons={"moved": "住民記録で区が変わった"},
)

HANDOVER_TAKEN_BACK = Deed(
    "casework.handover_taken_back",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="引継ぎの申出（自動）",
    done="引継ぎの申出を自動で取り消した",
    attempted="引継ぎの申出を自動で取り消そうとした",
    reasons={
        "moved_again": "住民記録で、さらに別の区に変わった",
        "moved_back": "住民記録で、担当の区に戻った",
        "now_protected": "支援措置の対象になった",
    },
)
