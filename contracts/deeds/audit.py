"""What is done with the log itself. Whoever reads it is in it."""

from collections.abc import Mapping

from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind

FILTERS: Mapping[str, str] = {
    "thing": "対象で検索",
    "actor": "職員で検索",
    "action": "操作で検索",
    "decision": "許可・拒否で検索",
    "since": "期間の初日で検索",
    "until": "期間の最終日で検索",
    "people": "職員の操作だけを検索",
}
"""By what was searched."""

UNATTESTED: Mapping[str, str] = {
    "unsigned": "署名がない",
    "key_unknown": "登録されていない鍵の署名",
    "key_ended": "使い終わった鍵の署名",
    "signature_wrong": "署名が内容と合わない",
}
"""Why something is not known to be its producer's word."""

MISUSE: Mapping[str, str] = {
    "out_of_ward": "ほかの区のこどもを、担当関係なしに見た",
    "bulk_browsing": "ふだんよりはるかに多くのこどもを見た",
    "odd_hours": "時間外に、当番でない職員が見た",
    "no_relation": "担当関係がなく、あとからもできなかった",
    "namesake": "同じ姓・同じ住所・同僚・家族のこどもを見た",
    "curiosity": "担当関係のない同じこどもを、くり返し見た",
    "protected_seen": "支援措置の対象者を見た",
    "attention_spike": "担当関係のない何人もが、同じこどもを見た",
    "break_glass": "緊急の閲覧をした",
    "denied_then_seen": "断られたあとに、同じこどもを見た",
    "dormant": "長く使われていなかった登録が使われた",
    "taken_away": "一日に多くの印刷・持ち出しをした",
}
"""Rules against misuse by those who may look (audit.md §5, reports)."""

FINDINGS: Mapping[str, str] = {
    **MISUSE,
    "numbers_missing": "届かない番号がある",
    "producer_silent": "記録の送り手がだまっている",
    "contradiction_found": "同じ番号で内容の違う記録が届いた",
    "unattested_found": "送り手の署名を確かめられない記録が届いた",
    "log_altered": "検証で、書き換えの疑いが見つかった",
    "log_incomplete": "検証で、足りないものが見つかった",
    "history_refused": "記録簿の過去が、封印したものと違う",
    "witness_away": "立会人の連署が遅れている",
}
"""What is found without anybody looking for it, and waits for people (audit.md §5, work queue of findings)."""

WHY_EXPLAINED: Mapping[str, str] = {
    "needed_for_work": "業務に必要だった",
    "slip": "操作の誤りだった",
    "technical_cause": "機械や通信の障害だった",
    "by_maintenance": "保守や移行の作業だった",
}
WHY_ESCALATED: Mapping[str, str] = {
    "not_explained": "説明が得られない",
    "misuse_suspected": "目的外の閲覧が疑われる",
    "tampering_suspected": "改ざんが疑われる",
    "too_large": "影響が大きい",
}
HOW_CLOSED: Mapping[str, str] = {
    "right_to_look": "正当な業務と確かめた",
    "put_right": "原因を取り除いた",
    "misuse_found": "目的外の閲覧と認められ、所属長に引き継いだ",
    "passed_to_authority": "処分や通報の手続に引き継いだ",
}
WHY_REOPENED: Mapping[str, str] = {"new_facts": "新しい事実が分かった", "closed_by_mistake": "誤って終えた"}
REASON_WRITTEN: Mapping[str, str] = {"words": "書かれた理由"}
WHY_NOT_HANDLED: Mapping[str, str] = {
    "about_themself": "自分についてのものは、自分では動かせない",
    "own_office": "同じ役割の職員についてのものは、別の役割の人が扱う",
    "not_from_here": "いまの段階からは、その操作ができない",
    "for_privacy_officer": "上申したものを終えるのは、プライバシー保護責任者",
    "no_such_finding": "ないもの",
}

WHY_EXTRACTED: Mapping[str, str] = {
    "disclosure_request": "本人などからの開示請求に応じるため",
    "misuse_inquiry": "目的外の閲覧を調べるため",
    "for_authority": "監査委員や捜査機関などに出すため",
}
"""Why somebody asks for an extract with signatures (audit.md §5, export)."""

WHY_WITHHELD: Mapping[str, str] = {
    "child_protection": "こどもの保護に差し支える",
    "third_party": "ほかの人の権利や利益を害する",
    "office_work": "調査などの事務に差し支える",
}
"""Why entries are left out of what is disclosed: the exemptions of 個人情報保護法78条, of which a person thinks each time."""

WHY_NOT_EXTRACTED: Mapping[str, str] = {
    "no_such_extract": "ないもの",
    "own_request": "自分が申請したものは、自分では決裁できない",
    "about_themself": "自分についてのものは、自分では動かせない",
    "extract_decided": "もう決裁されている",
    "not_approved": "まだ承認されていない",
    "of_another": "ほかの職員が申請したもの",
    "extract_over": "承認から7日を過ぎた",
}

OVERVIEW_OPENED = Deed(
    "audit.overview_opened",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG,),
    screen="監査記録簿の状態",
    done="状態を見た",
    attempted="状態を見ようとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

SEARCHED = Deed(
    "audit.searched",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG, ThingKind.AUDITED_THING, ThingKind.STAFF),
    screen="監査記録の検索",
    done="監査記録を検索した",
    attempted="監査記録を検索しようとした",
    fields=FILTERS,
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

EXTRACTED = Deed(
    "audit.extracted",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG, ThingKind.AUDITED_THING),
    screen="監査記録の抽出",
    done="監査記録を抽出した（印刷用・CSV）",
    attempted="監査記録を抽出しようとした",
    fields=FILTERS,
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

ELSEWHERE_OPENED = Deed(
    "audit.elsewhere_opened",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG,),
    screen="監査記録簿（ない画面）",
    done="ない画面を開いた",
    attempted="ない画面を開こうとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

ENTRY_OPENED = Deed(
    "audit.entry_opened",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_ENTRY,),
    screen="監査記録（1件）",
    done="監査記録を1件開いた",
    attempted="監査記録を1件開こうとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

CHECKPOINT_TAKEN = Deed(
    "audit.checkpoint_taken",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG,),
    screen="監査記録簿の封印",
    done="封印（チェックポイント）または証明を取り出した",
    attempted="封印（チェックポイント）または証明を取り出そうとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

HANDED_AGAIN = Deed(
    "audit.handed_again",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG,),
    screen="立会人への提供（自動）",
    done="立会人がすでに連署した記録を、もう一度渡した",
    attempted="立会人がすでに連署した記録を、もう一度渡そうとした",
    purpose="AUDIT",
)

VERIFICATION_ASKED = Deed(
    "audit.verification_asked",
    Keeping.DECISION,
    of=(ThingKind.AUDIT_LOG,),
    screen="監査記録簿の状態",
    done="全件検証を始めさせた",
    attempted="全件検証を始めさせようとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

GAP_EXPLAINED = Deed(
    "audit.gap_explained",
    Keeping.DECISION,
    of=(ThingKind.AUDIT_NUMBERS,),
    screen="監査記録簿の管理",
    done="欠けた番号の理由を記録した",
    attempted="欠けた番号の理由を記録しようとした",
    by_ticket=True,
    purpose="AUDIT",
)

HISTORY_ACCEPTED = Deed(
    "audit.history_accepted",
    Keeping.DECISION,
    of=(ThingKind.AUDIT_CHECKPOINT,),
    screen="監査記録簿の管理",
    done="バックアップから戻した記録簿を受け入れた",
    attempted="バックアップから戻した記録簿を受け入れようとした",
    by_ticket=True,
    purpose="AUDIT",
)

CONTRADICTION_KEPT = Deed(
    "audit.contradiction_kept",
    Keeping.DECISION,
    of=(ThingKind.QUARANTINED_EVENT,),
    screen="監査記録簿（自動）",
    done="同じ番号で内容の違う記録を隔離した",
    attempted="同じ番号で内容の違う記録を隔離しようとした",
    reasons={"equivocation": "同じ番号で内容の違う記録"},
)

UNATTESTED_KEPT = Deed(
    "audit.unattested_kept",
    Keeping.DECISION,
    of=(ThingKind.QUARANTINED_EVENT,),
    screen="監査記録簿（自動）",
    done="送り手の署名を確かめられない記録を隔離した",
    attempted="送り手の署名を確かめられない記録を隔離しようとした",
    reasons=UNATTESTED,
)

ROLL_REFUSED = Deed(
    "audit.roll_refused",
    Keeping.DECISION,
    of=(ThingKind.SERVICE,),
    screen="監査記録簿（自動）",
    done="送り手の署名を確かめられない点呼（最後の番号の知らせ）を退けた",
    attempted="送り手の署名を確かめられない点呼（最後の番号の知らせ）を退けようとした",
    reasons=UNATTESTED,
)

PRODUCER_KEY_TAKEN = Deed(
    "audit.producer_key_taken",
    Keeping.DECISION,
    of=(ThingKind.PRODUCER_KEY,),
    screen="監査記録簿（自動）",
    done="記録の送り手の公開鍵を受け入れた",
    attempted="記録の送り手の公開鍵を受け入れようとした",
    purpose="AUDIT",
)

FINDINGS_LISTED = Deed(
    "audit.findings_listed",
    Keeping.ACCESS,
    of=(ThingKind.FINDINGS,),
    screen="確かめること",
    done="確かめることの一覧を見た",
    attempted="確かめることの一覧を見ようとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

FINDING_OPENED = Deed(
    "audit.finding_opened",
    Keeping.ACCESS,
    of=(ThingKind.FINDING,),
    screen="確かめること（1件）",
    done="確かめることを1件開いた",
    attempted="確かめることを1件開こうとした",
    fields={"finding": "見つかったこと", "steps": "これまでの扱い", "words": "書かれた理由"},
    reasons={**NO_RIGHT, "no_such_finding": WHY_NOT_HANDLED["no_such_finding"]},
    purpose="AUDIT",
)

FINDING_RAISED = Deed(
    "audit.finding_raised",
    Keeping.DECISION,
    of=(ThingKind.FINDING,),
    screen="確かめること（自動）",
    done="確かめることを一覧に加えた",
    attempted="確かめることを一覧に加えようとした",
    reasons=FINDINGS,
    purpose="AUDIT",
)

FINDING_EXPLAINED = Deed(
    "audit.finding_explained",
    Keeping.DECISION,
    of=(ThingKind.FINDING,),
    screen="確かめること（1件）",
    done="説明を記録した",
    attempted="説明を記録しようとした",
    fields=REASON_WRITTEN,
    reasons={**NO_RIGHT, **WHY_NOT_HANDLED, **WHY_EXPLAINED},
    purpose="AUDIT",
)

FINDING_ESCALATED = Deed(
    "audit.finding_escalated",
    Keeping.DECISION,
    of=(ThingKind.FINDING,),
    screen="確かめること（1件）",
    done="上申した",
    attempted="上申しようとした",
    fields=REASON_WRITTEN,
    reasons={**NO_RIGHT, **WHY_NOT_HANDLED, **WHY_ESCALATED},
    purpose="AUDIT",
)

FINDING_CLOSED = Deed(
    "audit.finding_closed",
    Keeping.DECISION,
    of=(ThingKind.FINDING,),
    screen="確かめること（1件）",
    done="確かめ終えた",
    attempted="確かめ終えようとした",
    fields=REASON_WRITTEN,
    reasons={**NO_RIGHT, **WHY_NOT_HANDLED, **HOW_CLOSED},
    purpose="AUDIT",
)

FINDING_REOPENED = Deed(
    "audit.finding_reopened",
    Keeping.DECISION,
    of=(ThingKind.FINDING,),
    screen="確かめること（1件）",
    done="もう一度確かめることにした",
    attempted="もう一度確かめることにしようとした",
    fields=REASON_WRITTEN,
    reasons={**NO_RIGHT, **WHY_NOT_HANDLED, **WHY_REOPENED},
    purpose="AUDIT",
)

RULE_TRIED = Deed(
    "audit.rule_tried",
    Keeping.ACCESS,
    of=(ThingKind.AUDIT_LOG,),
    screen="監査記録簿の管理",
    done="目的外の閲覧を見つける規則を、過去の記録で試した",
    attempted="目的外の閲覧を見つける規則を、過去の記録で試そうとした",
    reasons=MISUSE,
    purpose="AUDIT",
)

REASONS_SHREDDED = Deed(
    "audit.reasons_shredded",
    Keeping.DECISION,
    of=(ThingKind.AUDITED_THING,),
    screen="監査記録簿の管理",
    done="書かれた理由の鍵を廃棄し、読めなくした",
    attempted="書かれた理由の鍵を廃棄し、読めなくしようとした",
    by_ticket=True,
    purpose="AUDIT",
)

EXTRACTS_LISTED = Deed(
    "audit.extracts_listed",
    Keeping.ACCESS,
    of=(ThingKind.SIGNED_EXTRACTS,),
    screen="署名付きの抽出",
    done="署名付きの抽出の一覧を見た",
    attempted="署名付きの抽出の一覧を見ようとした",
    reasons=NO_RIGHT,
    purpose="AUDIT",
)

EXTRACT_OPENED = Deed(
    "audit.extract_opened",
    Keeping.ACCESS,
    of=(ThingKind.SIGNED_EXTRACT,),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出の申請と中身を見た",
    attempted="署名付きの抽出の申請と中身を見ようとした",
    reasons={**NO_RIGHT, **WHY_NOT_EXTRACTED},
    purpose="AUDIT",
)

EXTRACT_ASKED = Deed(
    "audit.extract_asked",
    Keeping.DECISION,
    of=(ThingKind.SIGNED_EXTRACT, ThingKind.SIGNED_EXTRACTS),
    screen="署名付きの抽出",
    done="署名付きの抽出を申請した",
    attempted="署名付きの抽出を申請しようとした",
    fields={"withheld": "載せない記録"},
    reasons={**NO_RIGHT, **WHY_EXTRACTED},
    purpose="AUDIT",
)

EXTRACT_APPROVED = Deed(
    "audit.extract_approved",
    Keeping.DECISION,
    of=(ThingKind.SIGNED_EXTRACT,),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出を承認した",
    attempted="署名付きの抽出を承認しようとした",
    reasons={**NO_RIGHT, **WHY_NOT_EXTRACTED},
    purpose="AUDIT",
)

EXTRACT_DECLINED = Deed(
    "audit.extract_declined",
    Keeping.DECISION,
    of=(ThingKind.SIGNED_EXTRACT,),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出を認めなかった",
    attempted="署名付きの抽出を認めないことにしようとした",
    reasons={**NO_RIGHT, **WHY_NOT_EXTRACTED},
    purpose="AUDIT",
)

EXTRACT_TAKEN = Deed(
    "audit.extract_taken",
    Keeping.ACCESS,
    of=(ThingKind.SIGNED_EXTRACT,),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出を取り出した（ファイル・報告書）",
    attempted="署名付きの抽出を取り出そうとした",
    fields={"signed_file": "署名付きのファイル", "disclosure_report": "報告書"},
    reasons={**NO_RIGHT, **WHY_NOT_EXTRACTED},
    purpose="AUDIT",
)

EXTRACT_OF_OPENED = Deed(
    "audit.extract_of_opened",
    Keeping.ACCESS,
    of=(ThingKind.AUDITED_THING, ThingKind.STAFF),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出の申請で、その記録を見た",
    attempted="署名付きの抽出の申請で、その記録を見ようとした",
    purpose="AUDIT",
)

EXTRACT_OF_TAKEN = Deed(
    "audit.extract_of_taken",
    Keeping.ACCESS,
    of=(ThingKind.AUDITED_THING, ThingKind.STAFF),
    screen="署名付きの抽出（1件）",
    done="署名付きの抽出に載せて取り出した（ファイル・報告書）",
    attempted="署名付きの抽出に載せて取り出そうとした",
    fields={"signed_file": "署名付きのファイル", "disclosure_report": "報告書"},
    purpose="AUDIT",
)
