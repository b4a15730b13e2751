"""What people decide about who is who. What the linker links by itself is no entry: there are millions, each with its rule."""

from collections.abc import Mapping

from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind

REVISION_SAME = Deed(
    "linker.revision_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_REVISION,),
    screen="名寄せの確認",
    done="住民記録の訂正を同じ人のものと認めた",
    attempted="住民記録の訂正を同じ人のものと認めようとした",
    by_ticket=True,
)

REVISION_OTHER = Deed(
    "linker.revision_other",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_REVISION,),
    screen="名寄せの確認",
    done="住民記録の訂正を別の人のものとして除いた",
    attempted="住民記録の訂正を別の人のものとして除こうとした",
    by_ticket=True,
)

NUMBER_SAME = Deed(
    "linker.number_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_NUMBER,),
    screen="名寄せの確認",
    done="記録の宛名番号を同じ人のものと認めた",
    attempted="記録の宛名番号を同じ人のものと認めようとした",
    by_ticket=True,
)

NUMBER_OTHER = Deed(
    "linker.number_other",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_NUMBER,),
    screen="名寄せの確認",
    done="記録の宛名番号を別の人のものとした",
    attempted="記録の宛名番号を別の人のものとしようとした",
    by_ticket=True,
)

_NOT_POSSIBLE = {"role": "その役割では使えない", "one_person": "2人で決める必要がある"}

PERSONS_SAME = Deed(
    "linker.persons_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件を同じ人のものとした",
    attempted="住民記録の2件を同じ人のものとしようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)

PERSONS_SAME_CONFIRMED = Deed(
    "linker.persons_same_confirmed",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件が同じ人のものであることを、2人目として確認した",
    attempted="住民記録の2件が同じ人のものであることを、2人目として確認しようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)

PERSONS_NOT_SAME = Deed(
    "linker.persons_not_same",
    Keeping.DECISION,
    of=(ThingKind.REGISTER_ENTRY,),
    screen="名寄せの確認",
    done="住民記録の2件を別の人のものとした",
    attempted="住民記録の2件を別の人のものとしようとした",
    reasons=_NOT_POSSIBLE,
    by_ticket=True,
)

COMPARED_ANEW = Deed(
    "linker.compared_anew",
    Keeping.DECISION,
    of=(ThingKind.LINK_QUEUE,),
    screen="名寄せの確認",
    done="学校の名簿と住民記録を比べ直した",
    attempted="学校の名簿と住民記録を比べ直そうとした",
    by_ticket=True,
)

# --- The pages ---

_NOT_THEIRS: Mapping[str, str] = {**NO_RIGHT, "nothing_there": "あたるものがない"}
_PROTECTED: Mapping[str, str] = {"protected_person": "支援措置の対象者"}
"""Said of every look at a protected person, and of every answer about one (`domain.md` §4.4)."""


def compared(name: str) -> str:
    """Return what the log calls a field of two records that were compared."""
    return f"compared_{name}"


COMPARED: Mapping[str, str] = {
    "name": "氏名",
    "kana": "氏名カナ",
    "birth_date": "生年月日",
    "sex": "性別",
    "person_no": "宛名番号",
    "household_no": "世帯番号",
    "relationship_to_head": "続柄",
    "ward_code": "区",
    "address_code": "町丁目コード",
    "resident_from": "住民となった日",
    "resident_to": "住民でなくなった日",
    "school_code": "学校コード",
    "fiscal_year": "年度",
    "grade": "学年",
    "pupil_key": "児童生徒キー",
}
"""What a page shows of two records, and what it is called there."""
_COMPARED: Mapping[str, str] = {compared(name): f"比べた記録の{words}" for name, words in COMPARED.items()}

WHY_ANSWERED: Mapping[str, str] = {
    "match_papers": "同一人物：戸籍・住民票などの書類で確かめた",
    "match_section": "同一人物：所管課に確かめた",
    "match_evidence": "同一人物：記録の一致から判断した",
    "back_papers": "取り消し：戸籍・住民票などの書類で誤りと分かった",
    "back_section": "取り消し：所管課から誤りと知らされた",
    "back_mistake": "取り消し：答えを取り違えた",
    "not_papers": "別人：戸籍・住民票などの書類で確かめた",
    "not_section": "別人：所管課に確かめた",
    "not_evidence": "別人：記録の食い違いから判断した",
    "cant_tell_little": "判断できない：手がかりが足りない",
    "cant_tell_contradictory": "判断できない：手がかりどうしが食い違う",
    "cant_tell_asked": "判断できない：所管課に照会中",
}

QUEUE_OPENED = Deed(
    "linker.queue_opened",
    Keeping.ACCESS,
    of=(ThingKind.LINK_QUEUE,),
    screen="名寄せの確認",
    done="確認を待つものの一覧を見た",
    attempted="確認を待つものの一覧を見ようとした",
    reasons=_NOT_THEIRS,
)

FIGURES_OPENED = Deed(
    "linker.figures_opened",
    Keeping.ACCESS,
    of=(ThingKind.LINK_QUEUE,),
    screen="名寄せの確認の実績",
    done="確認の件数と一致の度合いを見た",
    attempted="確認の件数と一致の度合いを見ようとした",
    reasons=_NOT_THEIRS,
)

QUESTION_OPENED = Deed(
    "linker.question_opened",
    Keeping.ACCESS,
    of=(ThingKind.LINK_QUESTION,),
    screen="名寄せの確認（1件）",
    done="2つの記録を並べて見た",
    attempted="2つの記録を並べて見ようとした",
    fields=_COMPARED,
    reasons={**_NOT_THEIRS, **_PROTECTED},
)

PERSON_COMPARED = Deed(
    "linker.person_compared",
    Keeping.ACCESS,
    of=(ThingKind.CHILD, ThingKind.ADULT),
    screen="名寄せの確認（1件）",
    done="並べた記録の人として見た",
    attempted="並べた記録の人として見ようとした",
    fields=_COMPARED,
    reasons=_PROTECTED,
)

_OF_ANSWERS = (ThingKind.LINK_QUESTION, ThingKind.CHILD, ThingKind.ADULT)

QUESTION_ANSWERED = Deed(
    "linker.question_answered",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="同じ人の記録かどうかを答えた",
    attempted="同じ人の記録かどうかを答えようとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED},
)

ANSWER_PROPOSED = Deed(
    "linker.answer_proposed",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="同じ人の記録かどうかを、1人目として答えた",
    attempted="同じ人の記録かどうかを、1人目として答えようとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED},
)

ANSWER_CONFIRMED = Deed(
    "linker.answer_confirmed",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="1人目の答えを、2人目として認めた",
    attempted="1人目の答えを、2人目として認めようとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED, "one_person": _NOT_POSSIBLE["one_person"]},
)

ANSWER_DECLINED = Deed(
    "linker.answer_declined",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="1人目の答えを差し戻した",
    attempted="1人目の答えを差し戻そうとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED},
)

ANSWER_TAKEN_BACK = Deed(
    "linker.answer_taken_back",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="同じ人の記録かどうかの判断を取り消した",
    attempted="同じ人の記録かどうかの判断を取り消そうとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED, "one_person": _NOT_POSSIBLE["one_person"]},
)

TAKING_BACK_PROPOSED = Deed(
    "linker.taking_back_proposed",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="同じ人の記録かどうかの判断の取り消しを、1人目として申し出た",
    attempted="同じ人の記録かどうかの判断の取り消しを、1人目として申し出ようとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED},
)

TAKING_BACK_DECLINED = Deed(
    "linker.taking_back_declined",
    Keeping.DECISION,
    of=_OF_ANSWERS,
    screen="名寄せの確認（1件）",
    done="判断の取り消しの申し出を差し戻した",
    attempted="判断の取り消しの申し出を差し戻そうとした",
    reasons={**_NOT_THEIRS, **WHY_ANSWERED},
)

DECISIONS_OPENED = Deed(
    "linker.decisions_opened",
    Keeping.ACCESS,
    of=(ThingKind.LINK_QUEUE,),
    screen="名寄せの判断の一覧",
    done="判断したものの一覧を見た",
    attempted="判断したものの一覧を見ようとした",
    reasons=_NOT_THEIRS,
)
