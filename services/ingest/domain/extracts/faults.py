"""What is wrong with an extract: as a whole, or in one row and column. Never a value."""

from typing import NamedTuple

from services.ingest.domain.refusals import MESSAGES, Words

WORDS: dict[str, tuple[str, str]] = {
    # the file
    "wrong_encoding": (
        "文字コードが、アダプターの宣言と違います。宣言どおりに書き出してください。",
        "The file is not in the encoding that its adapter declares. Write it in that one.",
    ),
    "column_missing": ("列がありません。", "The column is not there."),
    "column_twice": ("同じ名前の列が二つあります。", "Two columns have this name."),
    "column_unknown": (
        "アダプターにない列です。列を除くか、アダプターのignoreに加えてください。",
        "The adapter does not name this column. Leave it out, or add it to `ignore` in the adapter.",
    ),
    "column_denied": (
        "集めてはならない項目の列です。この列を除いて書き出してください。何も読んでいません。",
        "The column is of something that must not be collected. Leave it out; nothing was read.",
    ),
    "quote_open": ("引用符が閉じていません。", "A quotation mark is not closed."),
    "no_rows": ("見出しの行がありません。", "There is no row of headings."),
    "no_date": (
        "抽出日が分かりません（ファイル名またはマニフェスト）。",
        "The date of the extract is not told (by the file's name, or its manifest).",
    ),
    "date_ahead": ("抽出日が未来です。", "The date of the extract lies in the future."),
    "older": (
        "これより新しい抽出をすでに取り込んでいます。",
        "A newer extract was taken already.",
    ),
    "rows_differ": ("行数がマニフェストと違います。", "The manifest tells another number of rows."),
    "manifest_unreadable": ("マニフェストが読めません。", "The manifest cannot be read."),
    "changed_while_read": ("読み取り中にファイルが変わりました。", "The file changed while it was read."),
    # waiting
    "half_written": (
        "書き込みの途中か、マニフェストと一致しません。まだ読みません。",
        "It is still being written, or does not agree with its manifest. It is not read yet.",
    ),
    "cannot_read": (
        "読み取る権限がありません。ファイルとフォルダーの権限を確かめてください。",
        "The service may not read it: look at the rights of the file and its folder.",
    ),
    "no_adapter": ("このファイル名のアダプターがありません。", "No adapter takes a file of this name."),
    "shrunk": (
        "前回から大きく減っています。確認のうえ、--accept-shrinkで取り込んでください。",
        "Too many records are gone since the last one. Look into it; --accept-shrink takes it.",
    ),
    # a row
    "wrong_width": ("列の数が見出しと違います。", "The row has another number of columns than the headings."),
    "not_csv": ("CSVとして読めません。", "The row is not CSV."),
    "id_missing": ("記録を特定する列が空です。", "A column that makes the record's number is empty."),
    "id_form": (
        "記録を特定する列に使えない文字があるか、長すぎます。",
        "A column that makes the record's number holds what no number may, or is too long.",
    ),
    "twice": ("同じ記録の行が二つ以上あります。", "The same record stands in more than one row."),
    "not_in_table": ("コード表にない値です。", "The code table has no such value."),
    "not_a_number": ("数として読めません。", "This is not a number."),
    "not_an_instant": ("日時として読めません。", "This is not an instant."),
}
"""Messages by code, Japanese and English, beside those of every inlet (`refusals.MESSAGES`)."""


class RowFault(NamedTuple):
    """What is wrong in one row. Rows are counted as a spreadsheet does: the headings are row 1. `column` is empty for the whole row."""

    row: int
    column: str
    code: str


class FileRefused(Exception):
    """The file is not taken as a whole. `octet` counts the bytes before the place, from 0."""

    def __init__(self, code: str, *, row: int | None = None, octet: int | None = None, column: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.row = row
        self.octet = octet
        self.column = column


def words_of(code: str) -> Words:
    """What people are told of a code."""
    return Words(*(WORDS.get(code) or MESSAGES.get(code) or ("", "")))
