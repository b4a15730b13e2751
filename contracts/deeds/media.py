"""What is done with removable media: who may sign and which media there are, what was brought on them, refused, and erased."""

from collections.abc import Mapping

from contracts.deeds.deed import Deed, Keeping, ThingKind
from contracts.deeds.ingest import NOT_THEIRS

_MEDIA_REFUSED: Mapping[str, str] = {
    "media_same_person": "取込担当者と確認者が同じ",
    "media_no_media_key": "媒体を開く鍵がない",
    "media_cannot_open": "開けない",
    "media_unknown_signer": "署名者が登録されていない",
    "media_revoked_signer": "署名者の登録が取り消されている",
    "media_bad_signature": "署名が合わない",
    "media_not_their_source": "署名者の受け持ちでないシステム",
    "media_unknown_medium": "媒体が登録されていない",
    "media_withdrawn_medium": "使用を終えた媒体",
    "media_not_by_media": "外部媒体で受け取らないシステム",
    "media_replayed": "通し番号が使用済み",
    "media_sequence_gap": "間の通し番号が届いていない",
    "media_made_ahead": "作成日時が未来",
    "media_complete_ahead": "到達日が未来",
    "media_too_large": "大きすぎる",
    "media_not_a_bundle": "形式が違う",
    "media_bad_archive": "ZIPとして読めない",
    "media_too_many_files": "ファイルが多すぎる",
    "media_bad_name": "ファイル名が使えない",
    "media_ratio": "圧縮率が異常",
    "media_manifest": "manifestが読めない",
    "media_files_differ": "ファイルがmanifestと違う",
    "media_wrong_hash": "ハッシュ値が違う",
    "media_wrong_encoding": "文字コードが宣言と違う",
    "media_has_bom": "宣言のないBOM",
    "media_forbidden_character": "使えない文字",
    "media_not_csv": "CSVとして読めない",
    "media_wrong_cells": "列の数が違う",
    "media_no_heading": "見出しがない",
    "media_repeated_column": "列名の重複",
    "media_unknown_column": "目録にない列",
    "media_missing_column": "必須の列がない",
    "media_wrong_count": "行数または列がmanifestと違う",
    "media_unknown_type": "そのシステムにない種類",
    "media_repeated_row": "同じ記録の行の重複",
    "media_no_key": "記録を特定する項目が空",
    "media_not_taken": "受け入れられない行",
}
"""Why a bundle was not taken; nothing of it was."""

MEDIA_OPENED = Deed(
    "media.media_opened",
    Keeping.ACCESS,
    of=(ThingKind.SOURCE,),
    screen="外部媒体",
    done="外部媒体の一覧を見た",
    attempted="外部媒体の一覧を見ようとした",
    reasons=NOT_THEIRS,
)

IMPORTED = Deed(
    "media.imported",
    Keeping.DECISION,
    of=(ThingKind.MEDIA_BATCH, ThingKind.SOURCE),
    screen="外部媒体の取込",
    done="外部媒体のデータを取り込んだ",
    attempted="外部媒体のデータを取り込もうとした",
    reasons={**_MEDIA_REFUSED, **NOT_THEIRS},
)

VERIFIED = Deed(
    "media.verified",
    Keeping.DECISION,
    of=(ThingKind.MEDIA_BATCH,),
    screen="外部媒体の取込",
    done="外部媒体のデータの取込を、確認者として確かめた",
    attempted="外部媒体のデータの取込を、確認者として確かめようとした",
)
"""By the second person, at the page; on a command line nobody shows who that is."""

BATCH_OPENED = Deed(
    "media.batch_opened",
    Keeping.ACCESS,
    of=(ThingKind.MEDIA_BATCH,),
    screen="外部媒体のデータ（1件）",
    done="外部媒体で届いたデータの取込結果を見た",
    attempted="外部媒体で届いたデータの取込結果を見ようとした",
    reasons=NOT_THEIRS,
)

GAP_ACCEPTED = Deed(
    "media.gap_accepted",
    Keeping.DECISION,
    of=(ThingKind.MEDIA_BATCH,),
    screen="外部媒体の取込",
    done="前の通し番号が欠番であると認めた",
    attempted="前の通し番号が欠番であると認めようとした",
    by_ticket=True,
)

MEDIUM_ERASED = Deed(
    "media.medium_erased",
    Keeping.DECISION,
    of=(ThingKind.MEDIUM, ThingKind.SOURCE),
    screen="外部媒体の管理",
    done="外部媒体の消去を記録した",
    attempted="外部媒体の消去を記録しようとした",
    reasons=NOT_THEIRS,
)

MEDIUM_REGISTERED = Deed(
    "media.medium_registered",
    Keeping.DECISION,
    of=(ThingKind.MEDIUM,),
    screen="外部媒体の管理",
    done="外部媒体を登録した",
    attempted="外部媒体を登録しようとした",
)

MEDIUM_WITHDRAWN = Deed(
    "media.medium_withdrawn",
    Keeping.DECISION,
    of=(ThingKind.MEDIUM,),
    screen="外部媒体の管理",
    done="外部媒体の使用を終えた",
    attempted="外部媒体の使用を終えようとした",
    by_ticket=True,
)

SIGNER_REGISTERED = Deed(
    "media.signer_registered",
    Keeping.DECISION,
    of=(ThingKind.MEDIA_SIGNER,),
    screen="外部媒体の管理",
    done="外部媒体の署名者を登録した",
    attempted="外部媒体の署名者を登録しようとした",
)

SIGNER_REVOKED = Deed(
    "media.signer_revoked",
    Keeping.DECISION,
    of=(ThingKind.MEDIA_SIGNER,),
    screen="外部媒体の管理",
    done="外部媒体の署名者の登録を取り消した",
    attempted="外部媒体の署名者の登録を取り消そうとした",
    by_ticket=True,
)
