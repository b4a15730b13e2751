"""Why an event is not taken: a path, a code and a plain message, and never the value itself (§2.4, S18)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MESSAGES: dict[str, tuple[str, str]] = {
    # the body
    "too_large": ("本文が1 MiBを超えています。分けて送ってください。", "The body is larger than 1 MiB. Send it in parts."),
    "byte_order_mark": (
        "先頭にBOMがあります。BOMなしのUTF-8で送ってください。",
        "The body begins with a byte order mark. Send UTF-8 without one.",
    ),
    "not_utf8": ("UTF-8として読めません。", "The body is not UTF-8."),
    "not_json": ("JSONとして読めません。", "The body is not JSON."),
    "too_deep": ("入れ子が32段を超えています。", "The body is nested more than 32 deep."),
    "not_events": ("イベント、またはイベントの配列ではありません。", "The body is neither an event nor an array of events."),
    "too_many_events": ("一度に送れるのは200件までです。", "A batch holds at most 200 events."),
    "empty": ("本文が空です。", "The body is empty."),
    # what no store can hold
    "nul_character": ("文字U+0000は使えません。", "The character U+0000 cannot be stored."),
    "lone_surrogate": ("対になっていないサロゲートがあります。", "There is a surrogate without its pair."),
    "replacement_character": ("文字化けを示す文字U+FFFDがあります。", "There is a U+FFFD, the sign of a failed conversion."),
    "too_many_marks": (
        "結合文字（濁点・アクセントなど）が30個を超えて続いています。",
        "More than 30 combining marks (accents and the like) stand in a row.",
    ),
    "number_not_finite": ("有限の数ではありません。", "The number is not finite."),
    "integer_too_large": ("整数が大きすぎます。", "The integer does not fit into 64 bits."),
    "duplicate_key": ("同じ項目名が二度あります。", "The same name is given twice."),
    # the envelope
    "not_an_object": ("イベントがオブジェクトではありません。", "The event is not an object."),
    "missing": ("必須の項目がありません。", "A required field is missing."),
    "unknown_field": ("目録にない項目です。", "The catalogue does not name this field."),
    "unknown_attribute": ("封筒にない属性です。", "The envelope has no such attribute."),
    "in_content_type": (
        "本文の形式はContent-Typeだけで示します。同じ意味の属性は送れません（CloudEventsのバイナリーモード）。",
        "In binary mode the content type alone says what the body is; no attribute beside it may (CloudEvents).",
    ),
    "data_in_body": (
        "データは本文で送ります。この名前の属性はありません（CloudEventsのバイナリーモード）。",
        "In binary mode the data is the body; no attribute has this name (CloudEvents).",
    ),
    "unsupported_version": ("この版には対応していません。", "This version is not supported."),
    "wrong_form": ("書式が違います。", "The value does not have the expected form."),
    "not_in_list": ("定められた値ではありません。", "The value is not in the fixed list."),
    "out_of_range": ("範囲の外です（未来の日付は届けられません）。", "The value is out of range (a day of the future, for one)."),
    "time_ahead": (
        "発行時刻（time）が、こちらの時計より先です。送信側の時計を合わせて送ってください。",
        "The attribute `time` lies ahead of the clock here. Set the clock of the source right, and send it again.",
    ),
    "recordedat_ahead": (
        "記録時刻（recordedat）が、こちらの時計より先です。送信側の時計を合わせて送ってください。",
        "The attribute `recordedat` lies ahead of the clock here. Set the clock of the source right, and send it again.",
    ),
    "too_long": ("長すぎます。", "The value is too long."),
    "not_text": ("文字列で送ってください（番号の先頭の0は意味を持ちます）。", "Send this as text (leading zeros of a number count)."),
    "not_a_date": ("日付として読めません（例: 2026-04-11、令和8年4月11日）。", "This is not a day (e.g. 2026-04-11 or 令和8年4月11日)."),
    "birth_not_known": (
        "こどもかもしれない人の生年月日は、年月日まで必要です（不詳は18歳以上の人に限ります）。",
        "The birth date of whoever may be a child is needed to the day; of persons of 18 years or more it may be unknown.",
    ),
    "none_of": ("いずれか一つは必須です。", "At least one of several fields is required."),
    "contradiction": ("二つの項目が食い違っています。", "Two fields contradict each other."),
    # admission
    "unknown_source": ("登録されていないシステムです。", "No source system of that name is known."),
    "wrong_source": ("認証したシステムと、イベントのsourceが違います。", "The event names another source than the login."),
    "removable_media_only": (
        "このシステムは外部媒体でのみ受け取ります（ACQ-03）。",
        "This source is taken by removable media only (ACQ-03).",
    ),
    "no_purpose": (
        "利用目的と根拠が登録されていません（LAW-02）。",
        "No purpose with a legal basis is registered for this source (LAW-02).",
    ),
    "purpose_overdue": (
        "目的外利用の見直し期限を過ぎています（LAW-02）。",
        "The registered purpose is past its review date (LAW-02).",
    ),
    "purpose_suspended": (
        "この連携の利用は、市が一時停止しています（LAW-02）。再開の連絡があるまで、送らずに保管してください。",
        "The city has suspended the use of this source (LAW-02). Keep what you have until you are told that it goes on.",
    ),
    "no_owner": (
        "データの保有・管理主体が登録されていません（ROLE-02）。",
        "No unit is registered that holds and manages this source (ROLE-02).",
    ),
    "unknown_type": ("このシステムにない種類のイベントです。", "This source has no event type of that name."),
    # newness
    "revision_conflict": (
        "同じ改訂番号で内容の違うものを、すでに受け取っています。",
        "The same revision was already taken with other content. Send it with a higher one.",
    ),
    "id_reused": (
        "同じidを、別の内容にすでに使っています。新しいidで送ってください。同じ記録を改めるときは、新しいidと、より大きい改訂番号で送ってください。",
        "The id was already used for something else. Send it with a new id; to change the same record, a new id and a higher revision.",
    ),
    # trouble of our own
    "parked": (
        "処理できなかったため、係員が確認します。送り直しは不要です。",
        "It could not be handled; a person looks at it. No need to send it again.",
    ),
    "parked_expired": (
        "処理できないまま保存期間が過ぎたため、内容を消去しました。同じidと改訂番号で、もう一度送ってください。",
        "It could not be handled, and its body was kept as long as it may be. Send it again with the same id and revision.",
    ),
    "feed_stopped": (
        "個人番号とみられる番号が偶然を超えて現れたため、受け入れを止めています。届いたものは暗号化して保留しています。送り直しは不要です。",
        "More numbers look like My Numbers than by chance: the feed is stopped. What arrives is held, encrypted. No need to send it again.",
    ),
}
"""Messages by code, Japanese and English. They never quote the value."""

BODY = "body"
"""The path of a refusal that concerns the whole body."""

PATHS_MAX = 50
"""Places that one refusal names."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_LONG_NUMBER = re.compile(r"[0-9]{5}")
_HIDDEN_KEY = "*"


@dataclass(frozen=True, slots=True)
class Words:
    """A message in Japanese and in English."""

    ja: str
    en: str


class Fault(NamedTuple):
    """What is wrong in one place."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """One event is not taken. `faults` are what is wrong with it, at least one; `item` is set for a 無し item."""

    faults: tuple[Fault, ...]
    ja: str
    en: str
    item: str | None = None

    @property
    def path(self) -> str:
        """Of the first fault."""
        return self.faults[0].path

    @property
    def code(self) -> str:
        """Of the first fault."""
        return self.faults[0].code

    @property
    def paths(self) -> tuple[str, ...]:
        """The places that are wrong."""
        return tuple(fault.path for fault in self.faults)


def refuse(path: str, code: str) -> Refusal:
    """A refusal for one thing that is wrong, with the message of its code."""
    return refuse_for([(path, code)])


def refuse_for(faults: Sequence[tuple[str, str]]) -> Refusal:
    """A refusal for all of `faults` (path and code), of which it names at most PATHS_MAX and says how many more there are."""
    # A place may be tried in several ways; that it is wrong is said once for each code.
    distinct = [Fault(*fault) for fault in dict.fromkeys(faults)]
    ja, en = MESSAGES[distinct[0].code]
    more = len(distinct) - PATHS_MAX
    if more > 0:
        ja, en = f"{ja}（ほかに{more}か所）", f"{en} ({more} more places.)"
    return Refusal(tuple(distinct[:PATHS_MAX]), ja, en)


def shown_key(key: str) -> str:
    """
    A field name as a path may show it.

    What does not look like a field name is hidden: a sender can write a person's name or number where a key belongs.
    """
    plain = _PLAIN_KEY.fullmatch(key) is not None and _LONG_NUMBER.search(key) is None
    return key if plain else _HIDDEN_KEY


def path_of(steps: Sequence[str | int]) -> str:
    """A dotted path, without the word `data` in front, because that is where everything lies."""
    inside = steps[1:] if len(steps) > 1 and steps[0] == "data" else steps
    return ".".join(str(step) if isinstance(step, int) else shown_key(step) for step in inside)
