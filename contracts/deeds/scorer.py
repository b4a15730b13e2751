"""What the scorer does: it puts on a list what meets a rule. Only people judge (PUSH-10), and the words say so."""

from collections.abc import Mapping

from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind

REVIEW_NEEDED = Deed(
    "scorer.review_needed",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="指標の計算（自動）",
    done="要確認に挙げた",
    attempted="要確認に挙げようとした",
    by_rule=True,
)

PAST_FORGOTTEN = Deed(
    "scorer.past_forgotten",
    Keeping.DECISION,
    of=(ThingKind.PAST,),
    screen="保存期間（自動）",
    done="保存期間の過ぎた、以前の年度の記録を消した",
    attempted="保存期間の過ぎた、以前の年度の記録を消そうとした",
)

# --- Rulesets: proposed, simulated, approved by another person, in use ---

RULESET_IN_USE = Deed(
    "scorer.ruleset_in_use",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen="把握基準（自動）",
    done="承認された把握基準の使用を始めた",
    attempted="承認された把握基準の使用を始めようとした",
    by_rule=True,
)

_NOT_POSSIBLE: Mapping[str, str] = {
    **NO_RIGHT,
    "name_taken": "同じ名前の把握基準がある",
    "no_such_ruleset": "その把握基準はない",
    "not_simulated": "試算がまだ行われていない",
    "own_proposal": "自分の提案は、ほかの人が承認する",
    "decided_already": "すでに承認か取り下げがされている",
    "in_the_past": "開始日が過ぎている",
    "being_simulated": "試算がまだ終わっていない",
    "on_trial_already": "すでに試行中",
    "not_on_trial": "試行していない",
    "no_such_export": "その申請はない",
    "not_approved": "まだ承認されていない",
    "written_already": "すでに書き出されている",
    "no_such_dataset": "そのマスキングデータはない",
    "out_of_turn": "いまの段階ではできない",
    "would_identify": "個人を識別できるおそれがある",
    "nothing_left": "提供できる行がない",
}
_SCREEN = "把握基準"
_NOTHING_THERE: Mapping[str, str] = {**NO_RIGHT, "nothing_there": "あたるものがない"}
_ENTERED: Mapping[str, str] = {"document": "基準の内容", "grounds": "提案の理由"}


RULESET_PROPOSED = Deed(
    "scorer.ruleset_proposed",
    Keeping.DECISION,
    of=(ThingKind.RULESET, ThingKind.RULESETS),
    screen=_SCREEN,
    done="把握基準を提案した",
    attempted="把握基準を提案しようとした",
    fields=_ENTERED,
    reasons=_NOT_POSSIBLE,
)

RULESETS_OPENED = Deed(
    "scorer.rulesets_opened",
    Keeping.ACCESS,
    of=(ThingKind.RULESETS,),
    screen=_SCREEN,
    done="把握基準の一覧を見た",
    attempted="把握基準の一覧を見ようとした",
    reasons=NO_RIGHT,
)

RULESET_OPENED = Deed(
    "scorer.ruleset_opened",
    Keeping.ACCESS,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の内容と試算を見た",
    attempted="把握基準の内容と試算を見ようとした",
    fields={"simulation": "市全体の試算（人数）"},
    reasons=_NOTHING_THERE,
)

PROPOSAL_OPENED = Deed(
    "scorer.proposal_opened",
    Keeping.ACCESS,
    of=(ThingKind.RULESETS,),
    screen=_SCREEN,
    done="把握基準の案を書く画面を開いた",
    attempted="把握基準の案を書く画面を開こうとした",
    reasons=NO_RIGHT,
)

EVALUATION_OPENED = Deed(
    "scorer.evaluation_opened",
    Keeping.ACCESS,
    of=(ThingKind.RULESETS,),
    screen=_SCREEN,
    done="把握基準の評価（確認の結果の件数と割合）を見た",
    attempted="把握基準の評価を見ようとした",
    fields={"numbers": "確認の結果（件数と割合）"},
    reasons=NO_RIGHT,
)

SIMULATION_ASKED = Deed(
    "scorer.simulation_asked",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の案の試算を始めさせた",
    attempted="把握基準の案の試算を始めさせようとした",
    reasons=_NOT_POSSIBLE,
)

RULESET_SIMULATED = Deed(
    "scorer.ruleset_simulated",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の案を市全体で試算した",
    attempted="把握基準の案を市全体で試算しようとした",
    reasons=_NOT_POSSIBLE,
)

RULESET_APPROVED = Deed(
    "scorer.ruleset_approved",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準を承認した",
    attempted="把握基準を承認しようとした",
    fields={"effective_from": "使い始める日"},
    reasons=_NOT_POSSIBLE,
)

RULESET_WITHDRAWN = Deed(
    "scorer.ruleset_withdrawn",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の案を取り下げた",
    attempted="把握基準の案を取り下げようとした",
    reasons=_NOT_POSSIBLE,
)

RULESET_TRIAL_BEGUN = Deed(
    "scorer.ruleset_trial_begun",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の試行を始めた（だれも要確認に挙げない）",
    attempted="把握基準の試行を始めようとした",
    reasons=_NOT_POSSIBLE,
)

RULESET_TRIAL_ENDED = Deed(
    "scorer.ruleset_trial_ended",
    Keeping.DECISION,
    of=(ThingKind.RULESET,),
    screen=_SCREEN,
    done="把握基準の試行を終えた",
    attempted="把握基準の試行を終えようとした",
    reasons=_NOT_POSSIBLE,
)

# --- Lists that leave the system (SEC-P3) ---

LIST_EXPORT_REQUESTED = Deed(
    "scorer.list_export_requested",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストの書き出しを申請した",
    attempted="対象者リストの書き出しを申請しようとした",
    reasons=_NOT_POSSIBLE,
)

LIST_EXPORT_APPROVED = Deed(
    "scorer.list_export_approved",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストの書き出しを承認した",
    attempted="対象者リストの書き出しを承認しようとした",
    reasons=_NOT_POSSIBLE,
)

LIST_EXPORTED = Deed(
    "scorer.list_exported",
    Keeping.DECISION,
    of=(ThingKind.LIST_EXPORT,),
    screen="対象者リスト",
    done="対象者リストを書き出した",
    attempted="対象者リストを書き出そうとした",
    fields={"ward": "区", "groups": "きっかけの分類", "counted_items": "きっかけになった項目"},
    reasons=_NOT_POSSIBLE,
)

# --- What a terminal shows of children: ids and codes, and still who they are to whoever can look them up (SEC-T3) ---

_TERMINAL = "コマンド（端末）"
CANDIDATES_SHOWN = Deed(
    "scorer.candidates_shown",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen=_TERMINAL,
    done="対象者リストを表示した",
    attempted="対象者リストを表示しようとした",
)
CANDIDATE_SHOWN = Deed(
    "scorer.candidate_shown",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen=_TERMINAL,
    done="対象者リストの中に表示した",
    attempted="対象者リストの中に表示しようとした",
    fields={"ward": "区", "groups": "きっかけの分類", "counted_items": "きっかけになった項目", "child": "対象になること"},
)
ANSWERS_SHOWN = Deed(
    "scorer.answers_shown",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen=_TERMINAL,
    done="指標の答えと、そのわけを表示した",
    attempted="指標の答えと、そのわけを表示しようとした",
    fields={"indicators": "指標の答え", "review": "区に伝えたこと", "page": "画面に出ること"},
)

# --- Masked datasets for the analysis body (MASK-01 to 03) ---

_MASKING = "分析用のマスキングデータ"
_LETTER: Mapping[str, str] = {"letter": "分析主体の文書の番号"}

MASKED_REQUESTED = Deed(
    "scorer.masked_requested",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="マスキングデータの作成を申請した",
    attempted="マスキングデータの作成を申請しようとした",
    fields={"purpose": "利用目的"},
    reasons=_NOT_POSSIBLE,
)

MASKED_APPROVED = Deed(
    "scorer.masked_approved",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="マスキングデータの提供を承認した",
    attempted="マスキングデータの提供を承認しようとした",
    reasons=_NOT_POSSIBLE,
)

MASKED_PROVIDED = Deed(
    "scorer.masked_provided",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="マスキングデータを分析主体に提供した",
    attempted="マスキングデータを分析主体に提供しようとした",
    reasons=_NOT_POSSIBLE,
)

MASKED_ANALYSIS_ENDED = Deed(
    "scorer.masked_analysis_ended",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="分析が終わったことを記録し、閲覧を止めた",
    attempted="分析が終わったことを記録しようとした",
    fields=_LETTER,
    reasons=_NOT_POSSIBLE,
)

MASKED_DELETION_REQUESTED = Deed(
    "scorer.masked_deletion_requested",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="分析主体の削除依頼を受けた",
    attempted="分析主体の削除依頼を受けようとした",
    fields=_LETTER,
    reasons=_NOT_POSSIBLE,
)

MASKED_DELETED = Deed(
    "scorer.masked_deleted",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="マスキングデータと仮名の鍵を削除した",
    attempted="マスキングデータと仮名の鍵を削除しようとした",
    fields={"evidence": "削除の証跡"},
    reasons=_NOT_POSSIBLE,
)

MASKED_CHECKED = Deed(
    "scorer.masked_checked",
    Keeping.DECISION,
    of=(ThingKind.MASKED_DATASET,),
    screen=_MASKING,
    done="マスキングデータから個人を識別できないか試した",
    attempted="マスキングデータから個人を識別できないか試そうとした",
    reasons=_NOT_POSSIBLE,
)
