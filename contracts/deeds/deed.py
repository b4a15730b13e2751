"""What a deed is: something that the audit may be told, with the words that its readers see."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Literal, Self, TypeAlias

Purpose: TypeAlias = Literal["EARLY_SUPPORT", "AUDIT"]

RULESET = re.compile(r"[A-Z]{2}-[0-9]+")
"""The form of a ruleset's name."""

_CODE = re.compile(r"[a-z]+\.[a-z_]+")

NO_RIGHT: Mapping[str, str] = {"role": "その役割では使えない"}
"""The reason of every wall that asks for a role."""


class Keeping(Enum):
    """As what the log keeps it: that somebody saw, or was refused to see, something; or that somebody, or a rule, decided something."""

    ACCESS = "access"
    DECISION = "decision"


class ThingKind(StrEnum):
    """What can be acted on: the log's code, and how it reads."""

    words: str

    def __new__(cls, code: str, words: str) -> Self:
        """Make a kind out of its code and its words: there is none without."""
        kind = str.__new__(cls, code)
        kind._value_ = code
        kind.words = words
        return kind

    CHILD = "child", "こども"
    ADULT = "adult", "世帯のおとな"
    REVIEW_LIST = "review_list", "要確認の一覧"
    CHILD_SEARCH = "child_search", "こどもの検索"
    HANDOVERS = "handovers", "引継ぎの状況"
    EMERGENCIES = "emergencies", "緊急の閲覧の一覧"
    OBJECTIONS = "objections", "利用停止の求め"
    MANUAL = "manual", "使い方の説明"
    WEEKLY_REPORT = "weekly_report", "週次報告"
    PROGRAMME = "programme", "事業の予定"
    REVIEW_BOARD = "review_board", "検討会と課題"
    PRIVACY_REQUEST = "privacy_request", "開示・訂正・利用停止の請求"
    PRIVACY_CHECK = "privacy_check", "個人情報の取扱いの点検"
    DISPOSAL_LIST = "disposal_list", "廃棄の一覧"
    STAFF = "staff", "職員"
    PAPER = "paper", "印刷した紙"
    CASE_FILE = "case_file", "ケースの添付"
    SOURCE = "source", "連携元システム"
    DISPUTE = "dispute", "記録の確認の依頼"
    SOURCE_EVENT = "source_event", "連携元から届いた事象"
    REGISTER_REVISION = "register_revision", "住民記録の訂正"
    REGISTER_NUMBER = "register_number", "記録の宛名番号"
    REGISTER_ENTRY = "register_entry", "住民記録（1件）"
    LINK_QUEUE = "link_queue", "名寄せの確認の一覧"
    LINK_QUESTION = "link_question", "名寄せの確認（1件）"
    AUDIT_LOG = "audit_log", "監査記録簿"
    AUDIT_ENTRY = "audit_entry", "監査記録（1件）"
    AUDITED_THING = "audited_thing", "対象者・対象物の記録"
    AUDIT_NUMBERS = "audit_numbers", "監査記録の番号"
    AUDIT_CHECKPOINT = "audit_checkpoint", "監査記録簿の封印"
    QUARANTINED_EVENT = "quarantined_event", "隔離した記録"
    PRODUCER_KEY = "producer_key", "記録の送り手の公開鍵"
    FINDING = "finding", "確かめること（1件）"
    FINDINGS = "findings", "確かめることの一覧"
    SIGNED_EXTRACT = "signed_extract", "署名付きの抽出（1件）"
    SIGNED_EXTRACTS = "signed_extracts", "署名付きの抽出の一覧"
    SERVICE = "service", "サービス"
    LEDGER_MONTH = "ledger_month", "受け入れ台帳（1か月分）"
    PARKED_EVENT = "parked_event", "保留中の事象"
    DEAD_LETTER = "dead_letter", "読めなかった電文"
    MEDIA_BATCH = "media_batch", "外部媒体のデータ"
    MEDIUM = "medium", "外部媒体"
    MEDIA_SIGNER = "media_signer", "外部媒体の署名者"
    RULESET = "ruleset", "把握基準"
    PAST = "past", "過去の記録（指標の計算）"
    RULESETS = "rulesets", "把握基準の一覧"
    LIST_EXPORT = "list_export", "対象者リストの持ち出し"
    MASKED_DATASET = "masked_dataset", "マスキングデータ"


@dataclass(frozen=True, slots=True, eq=False)
class Deed:
    """
    Something that can be done, and how it reads: on which `screen` (どの画面で), what was `done` (なにを), and what was `attempted`
    where it was refused, for then it did not happen.

    `of` are the kinds of thing that it can be done to, `fields` the names of what it can show or change, `reasons` the codes it can
    be given, each with its words. A code may join several by dots.
    """

    code: str
    keeping: Keeping
    of: tuple[ThingKind, ...]
    screen: str
    done: str
    attempted: str
    fields: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    has_senders_fields: bool = False
    """The fields are a sender's: any name may occur, `fields` has words for the usual ones."""
    by_ticket: bool = False
    """The reason is what an operator types, a ticket or a code: it reads as it is."""
    by_rule: bool = False
    """A machine does it because a rule says so. Its reason is the ruleset's name, and the words say both."""
    purpose: Purpose = "EARLY_SUPPORT"
    own: tuple[str, str] | None = None
    """`done` and `attempted` in the list of what one did oneself, where they read differently there."""

    def __post_init__(self) -> None:
        """Raise ValueError for a deed that has no words, no thing, or a name that is not `<who>.<what>`."""
        words = (self.screen, self.done, self.attempted, *self.fields.values(), *self.reasons.values())
        if not self.of or not all(words):
            raise ValueError(f"{self.code} needs a kind of thing that it is done to, and words for all that it can say")
        if self.done == self.attempted:
            raise ValueError(f"{self.code} reads the same where it was refused: then it did not happen")
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"{self.code} is no name of a deed: <who>.<what>, in small letters")

    def must_allow(self, thing: str, fields: Collection[str], reason: str | None) -> None:
        """Raise ValueError for a kind of thing, a field or a reason for which this deed has no words."""
        if thing not in self.of:
            raise ValueError(f"{self.code} is done to {' or '.join(self.of)}, not to {thing!r}")
        wordless = [] if self.has_senders_fields else sorted(name for name in fields if name not in self.fields)
        if wordless:
            raise ValueError(f"{self.code} has no words for the fields {wordless}: add them to its deed")
        if reason is not None and not self.gives(reason):
            raise ValueError(f"{self.code} has no words for the reason {reason!r}: add it to its deed")

    def gives(self, reason: str) -> bool:
        """Whether this may be the reason of the deed."""
        if self.by_ticket or (self.by_rule and RULESET.fullmatch(reason)):
            return True
        return reason in self.reasons or all(part in self.reasons for part in reason.split("."))
