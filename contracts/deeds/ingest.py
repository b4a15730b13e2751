"""What ingest does: it refuses what is not allowed, and stops a feed; people look after the sources and their registrations."""

from collections.abc import Mapping

from contracts.catalogue import DENIED, SOURCES
from contracts.deeds.deed import NO_RIGHT, Deed, Keeping, ThingKind
from contracts.words import OWNER_ANSWERS, OWNERS

_NOT_ALLOWED: Mapping[str, str] = {rule.item: rule.title for rule in DENIED}
"""Which item it was (ITEM-21)."""

DISALLOWED_ITEM_REJECTED = Deed(
    "ingest.disallowed_item_rejected",
    Keeping.DECISION,
    of=(ThingKind.SOURCE_EVENT,),
    screen="受け入れ処理（自動）",
    done="利用を認められていない項目を拒否した",
    attempted="利用を認められていない項目が届いた",
    fields={"questionnaire": "健診アンケート"},
    has_senders_fields=True,
    reasons=_NOT_ALLOWED,
)

FEED_STOPPED = Deed(
    "ingest.feed_stopped",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れ処理（自動）",
    done="個人番号とみられる番号が続いたため、受け入れを止めた",
    attempted="受け入れを止めようとした",
    has_senders_fields=True,
    reasons=_NOT_ALLOWED,
)

FEED_RELEASED = Deed(
    "ingest.feed_released",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="止まっていた受け入れを再開させた",
    attempted="止まっていた受け入れを再開させようとした",
    has_senders_fields=True,
    by_ticket=True,
)

NUMBERING_VOUCHED = Deed(
    "ingest.numbering_vouched",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="番号が個人番号でないと認め、受け入れを再開させた",
    attempted="番号が個人番号でないと認めようとした",
    has_senders_fields=True,
    by_ticket=True,
)

HELD_DROPPED = Deed(
    "ingest.held_dropped",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="保留していた事象をまとめて捨てた",
    attempted="保留していた事象をまとめて捨てようとした",
    by_ticket=True,
)

# --- The pages ---

_RECORD_IDS: Mapping[str, str] = {"record_ids": "記録番号"}
"""The number that a source gave a record: by it, its owner finds whom it is about."""

NOT_THEIRS: Mapping[str, str] = {
    **NO_RIGHT,
    "not_owner": "担当していない連携元のもの",
    "nothing_there": "あたるものがない",
}
"""Why a page, or an act on it, was refused."""

REGISTER_OPENED = Deed(
    "ingest.register_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="登録簿の一覧を見た",
    attempted="登録簿の一覧を見ようとした",
    reasons=NOT_THEIRS,
)

REGISTRATION_OPENED = Deed(
    "ingest.registration_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="連携元の登録と経過を見た",
    attempted="連携元の登録と経過を見ようとした",
    reasons=NOT_THEIRS,
)

# --- Data quality ---

QUALITY_SEEN = Deed(
    "ingest.quality_seen",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="データ品質の報告",
    done="データ品質の報告を見た",
    attempted="データ品質の報告を見ようとした",
    fields={"counts": "件数", **_RECORD_IDS},
    reasons=NOT_THEIRS,
)

GAIJI_ENTERED = Deed(
    "ingest.gaiji_entered",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="外字の対応表",
    done="外字の対応表を登録した",
    attempted="外字の対応表を登録しようとした",
    by_ticket=True,
)

PARKED_EXPIRED = Deed(
    "ingest.parked_expired",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れ処理（自動）",
    done="保存期間を過ぎた保留中の事象を、内容を消して拒否した",
    attempted="保存期間を過ぎた保留中の事象を消そうとした",
)

LEDGER_MONTH_DROPPED = Deed(
    "ingest.ledger_month_dropped",
    Keeping.DECISION,
    of=(ThingKind.LEDGER_MONTH,),
    screen="受け入れ処理（自動）",
    done="保存期間を過ぎた受け入れ台帳を、ひと月分まとめて消した",
    attempted="保存期間を過ぎた受け入れ台帳を消そうとした",
)

# --- The purpose register (LAW-02) ---

REGISTERED: Mapping[str, str] = {
    "purpose": "利用目的",
    "basis": "根拠",
    "nature": "性質",
    "reason": "相当の理由",
    "approver": "承認した所属",
    "owner_unit": "保有・管理主体",
    "review_on": "見直し期限",
}
"""What a registration says."""

SUSPENDED_FOR: Mapping[str, str] = {
    "owner_asked": "所管課の申し出",
    "data_doubtful": "データの誤りの疑い",
    "use_doubtful": "利用が目的に沿うかの確認",
    "system_work": "システムの切り替えや作業",
}
RESUMED_FOR: Mapping[str, str] = {"cause_gone": "停止した理由がなくなった", "by_mistake": "誤って停止した"}

_NOT_POSSIBLE: Mapping[str, str] = {
    **NOT_THEIRS,
    "same_person": "申請した本人による承認",
    "nothing_proposed": "承認を待つ申請がない",
    "proposed_already": "承認を待つ申請がすでにある",
    "suspended_already": "すでに停止している",
    "not_suspended": "停止していない",
    "not_registered": "登録がない",
    "changed_meanwhile": "画面を開いたあとに登録が変わった",
    "proposal_past": "申請された期限を過ぎている",
}

REGISTRATION_PROPOSED = Deed(
    "ingest.registration_proposed",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="登録の更新を申請した",
    attempted="登録の更新を申請しようとした",
    fields=REGISTERED,
    reasons=_NOT_POSSIBLE,
)

REGISTRATION_APPROVED = Deed(
    "ingest.registration_approved",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="登録の更新を承認した",
    attempted="登録の更新を承認しようとした",
    fields=REGISTERED,
    reasons=_NOT_POSSIBLE,
)

REGISTRATION_DECLINED = Deed(
    "ingest.registration_declined",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="登録の更新の申請を取り下げた",
    attempted="登録の更新の申請を取り下げようとした",
    reasons=_NOT_POSSIBLE,
)

FEED_SUSPENDED = Deed(
    "ingest.feed_suspended",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="連携元の利用を一時停止した",
    attempted="連携元の利用を一時停止しようとした",
    reasons={**SUSPENDED_FOR, **_NOT_POSSIBLE},
)

FEED_RESUMED = Deed(
    "ingest.feed_resumed",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="目的外利用の登録簿",
    done="一時停止していた連携元の利用を再開した",
    attempted="一時停止していた連携元の利用を再開しようとした",
    reasons={**RESUMED_FOR, **_NOT_POSSIBLE},
)

# --- The quarantine ---

QUARANTINE_REPLAYED = Deed(
    "ingest.quarantine_replayed",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="保留中の事象をまとめてやり直させた",
    attempted="保留中の事象をまとめてやり直させようとした",
    reasons=NOT_THEIRS,
    by_ticket=True,
)

FEEDS_OPENED = Deed(
    "ingest.feeds_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="連携の状況",
    done="連携元ごとの状況を見た",
    attempted="連携元ごとの状況を見ようとした",
    reasons=NOT_THEIRS,
)

FEED_OPENED = Deed(
    "ingest.feed_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="連携の状況",
    done="連携元の日ごとの件数と遅れを見た",
    attempted="連携元の日ごとの件数と遅れを見ようとした",
    reasons=NOT_THEIRS,
)

QUARANTINE_OPENED = Deed(
    "ingest.quarantine_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="拒否と保留",
    done="拒否・保留の一覧を見た",
    attempted="拒否・保留の一覧を見ようとした",
    fields=_RECORD_IDS,
    reasons=NOT_THEIRS,
)

DISPUTES_LISTED = Deed(
    "ingest.disputes_listed",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="記録の確認の依頼",
    done="記録の確認の依頼の一覧を見た",
    attempted="記録の確認の依頼の一覧を見ようとした",
    reasons=NOT_THEIRS,
)

DISPUTE_OPENED = Deed(
    "ingest.dispute_opened",
    Keeping.ACCESS,
    of=(ThingKind.DISPUTE,),
    screen="記録の確認の依頼",
    done="記録の確認の依頼を1件見た",
    attempted="記録の確認の依頼を1件見ようとした",
    fields={**_RECORD_IDS, "words_to_owner": "もとの課に伝えたこと"},
    reasons=NOT_THEIRS,
)

DISPUTE_ANSWERED = Deed(
    "ingest.dispute_answered",
    Keeping.DECISION,
    of=(ThingKind.DISPUTE,),
    screen="記録の確認の依頼",
    done="記録の確認の依頼に回答した",
    attempted="記録の確認の依頼に回答しようとした",
    reasons={**NOT_THEIRS, **{answer.value: words for answer, words in OWNER_ANSWERS.items()}},
)

QUARANTINED_OPENED = Deed(
    "ingest.quarantined_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE_EVENT,),
    screen="拒否と保留",
    done="拒否・保留の1件を見た",
    attempted="拒否・保留の1件を見ようとした",
    fields=_RECORD_IDS,
    reasons=NOT_THEIRS,
)

QUARANTINED_BODY_OPENED = Deed(
    "ingest.quarantined_body_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE_EVENT,),
    screen="拒否と保留",
    done="保留中の事象の中身を開いた",
    attempted="保留中の事象の中身を開こうとした",
    fields={**_RECORD_IDS, "other_fields": "データ項目の一覧にない項目"},
    has_senders_fields=True,
    by_ticket=True,
)

QUARANTINED_REPLAYED = Deed(
    "ingest.quarantined_replayed",
    Keeping.DECISION,
    of=(ThingKind.SOURCE_EVENT,),
    screen="拒否と保留",
    done="保留中の事象をやり直させた",
    attempted="保留中の事象をやり直させようとした",
    reasons=NOT_THEIRS,
    by_ticket=True,
)

QUARANTINED_DISCARDED = Deed(
    "ingest.quarantined_discarded",
    Keeping.DECISION,
    of=(ThingKind.SOURCE_EVENT,),
    screen="拒否と保留",
    done="保留中の事象を捨てた",
    attempted="保留中の事象を捨てようとした",
    reasons=NOT_THEIRS,
    by_ticket=True,
)

RESEND_LIST_TAKEN = Deed(
    "ingest.resend_list_taken",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="送り直してもらう事象の一覧を取り出した",
    attempted="送り直してもらう事象の一覧を取り出そうとした",
    fields=_RECORD_IDS,
    reasons=NOT_THEIRS,
    by_ticket=True,
)

EXTRACT_SHRINK_ACCEPTED = Deed(
    "ingest.extract_shrink_accepted",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="前回から大きく減った夜間抽出を、確認のうえ取り込んだ",
    attempted="前回から大きく減った夜間抽出を取り込もうとした",
    by_ticket=True,
)

EXTRACT_ROWS_WAIVED = Deed(
    "ingest.extract_rows_waived",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="夜間抽出で受け入れられない行を、直さないままにすると決めた",
    attempted="夜間抽出で受け入れられない行を、直さないままにしようとした",
    by_ticket=True,
)

EXTRACT_WAIVER_ENDED = Deed(
    "ingest.extract_waiver_ended",
    Keeping.DECISION,
    of=(ThingKind.SOURCE,),
    screen="受け入れの管理",
    done="直さないままにしていた夜間抽出の行を、また受け入れの対象にした",
    attempted="直さないままにしていた夜間抽出の行を、また受け入れの対象にしようとした",
    by_ticket=True,
)

# --- Who answers for a source (ROLE-06) ---

_SYSTEMS: Mapping[str, str] = {entry.code.value: entry.system for entry in SOURCES}

OWNERS_NAMED = Deed(
    "ingest.owners_named",
    Keeping.DECISION,
    of=(ThingKind.STAFF, ThingKind.SOURCE),
    screen=f"{OWNERS}の担当者",
    done="連携元の担当者に登録した",
    attempted="連携元の担当者に登録しようとした",
    fields=_SYSTEMS,
    by_ticket=True,
)

OWNERS_REVOKED = Deed(
    "ingest.owners_revoked",
    Keeping.DECISION,
    of=(ThingKind.STAFF,),
    screen=f"{OWNERS}の担当者",
    done="連携元の担当者から外した",
    attempted="連携元の担当者から外そうとした",
    fields=_SYSTEMS,
    by_ticket=True,
)
