"""Why a bundle, or a file for one, is not taken: a code, a place and plain words, and never a value."""

from dataclasses import dataclass

WORDS: dict[str, tuple[str, str]] = {
    # people and keys
    "same_person": ("取込担当者と確認者が同じ人です。別の人が確認してください。", "Operator and verifier are the same person."),
    "no_media_key": ("この環境には媒体を開く鍵がありません。", "No key to open bundles is set up here."),
    "cannot_open": (
        "開けません。壊れているか、この市の公開鍵で暗号化されたものではありません。",
        "It cannot be opened: it is damaged, or was not encrypted to the city's key.",
    ),
    "unknown_signer": ("登録されていない署名者です。", "The signer is not registered."),
    "revoked_signer": ("登録を取り消された署名者です。", "The signer's registration was revoked."),
    "bad_signature": ("署名が合いません。", "The signature is wrong."),
    "not_their_source": ("この署名者は、このシステムのデータを署名できません。", "The signer may not sign for this source."),
    "unknown_medium": ("登録されていない媒体です。", "The medium is not registered."),
    "withdrawn_medium": ("使用を終えた媒体です。", "The medium was withdrawn from use."),
    "not_by_media": ("このシステムは外部媒体では受け取りません。", "This source is not taken by removable media."),
    # order
    "replayed": ("同じ通し番号のものを、別の内容ですでに取り込んでいます。", "The sequence number was already used for something else."),
    "sequence_gap": (
        "間の通し番号がまだ届いていません。先にそれを取り込むか、欠番であることを確かめて理由を付けてください。",
        "Sequence numbers before this one have not come. Import them first, or state why they are missing.",
    ),
    "made_ahead": (
        "作成日時（made_at）が未来です。作成した端末の時計を合わせてください。",
        "It was made in the future: set the clock right.",
    ),
    "complete_ahead": (
        "到達日（complete_through）が未来です。そこまでのデータは、まだそろっていません。",
        "It says that everything up to a day of the future was sent.",
    ),
    # the container
    "too_large": ("大きすぎます。分けて作成してください。", "It is too large. Make several."),
    "not_a_bundle": ("媒体用のまとまり（bundle）の形式ではありません。", "This is not a bundle."),
    "bad_archive": ("ZIPとして読めません。", "The archive cannot be read."),
    "too_many_files": ("ファイルが多すぎます。", "There are too many files."),
    "bad_name": ("ファイル名が使えません（英数字・点・ハイフンだけです）。", "A file has a name that is not allowed."),
    "ratio": ("圧縮率が異常です。", "The archive expands too much."),
    "manifest": ("manifest.jsonが読めません。", "manifest.json is missing or not as it must be."),
    "files_differ": ("manifest.jsonにあるファイルと、入っているファイルが違います。", "The files are not those of manifest.json."),
    "wrong_hash": ("ファイルのハッシュ値がmanifest.jsonと違います。", "The hash of a file is not that of manifest.json."),
    # the files
    "wrong_encoding": ("宣言された文字コードで読めません。", "It is not in the encoding that was declared."),
    "has_bom": ("BOMがあります。文字コードをutf-8-sigと宣言してください。", "It begins with a BOM: declare utf-8-sig."),
    "forbidden_character": ("使えない文字（U+0000など）があります。", "It has a character that cannot be kept."),
    "not_csv": ("CSVとして読めません。", "It is not CSV."),
    "wrong_cells": ("列の数が見出しと違います。", "A row has more or fewer cells than the heading."),
    "no_heading": ("見出しの行がありません。", "There is no heading."),
    "repeated_column": ("同じ列名が二度あります。", "A column is named twice."),
    "unknown_column": ("目録にない列です。", "The catalogue names no such column."),
    "missing_column": ("必須の列がありません。", "A required column is missing."),
    "wrong_count": ("行数または列がmanifest.jsonと違います。", "Rows or columns are not as manifest.json says."),
    "unknown_type": ("このシステムにない種類のファイルです。", "This source has no such event type."),
    "repeated_row": ("同じ記録の行が二度あります。", "Two rows are about the same record."),
    "no_key": ("記録を特定する項目が空です。", "A field that the record is known by is empty."),
    "not_taken": ("受け入れられない行があります。", "A row is refused."),
    # OneRoster
    "oneroster_version": ("対応していない版のOneRosterです（1.2、1.2_JP）。", "Only OneRoster 1.2 and 1.2_JP are known."),
    "oneroster_file": ("OneRosterの必要なファイルまたは列がありません。", "A file or column of OneRoster is missing."),
    "oneroster_link": ("ほかのファイルにないsourcedIdを指しています。", "A sourcedId points to nothing."),
    "no_stable_key": ("userMasterIdentifierがありません。", "A pupil has no userMasterIdentifier."),
}
"""Japanese and English by code."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `row` is a line of the file (the heading is 1), `column` its place in it, both counted from 1."""

    code: str
    file: str | None = None
    row: int | None = None
    column: int | None = None
    detail: str | None = None
    """A path and code of the catalogue where a row is refused, or a byte; never a value."""

    def told(self) -> str:
        """The fault in one line, Japanese first."""
        ja, en = WORDS[self.code]
        places = (("", self.file), ("行", self.row), ("列", self.column), ("", self.detail))
        where = " ".join(f"{word}{value}" for word, value in places if value is not None)
        return f"{where}: {ja} {en}" if where else f"{ja} {en}"


class NotTaken(Exception):
    """Nothing of it is taken. `faults` say why, at least one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(fault.told() for fault in faults))
        self.faults = faults

    @property
    def code(self) -> str:
        """Of the first fault."""
        return self.faults[0].code
