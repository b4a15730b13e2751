"""
The privacy check of every year (PRIV-02): what is looked at is a list, each line with the evidence that says how it stands.

The 管理者 checks whether rights and interests of individuals are protected; two people sign what was found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from contracts.ids import StaffId

UNUSED_DAYS = 90
"""An account with a right to see children that nobody used for so long is one too many [PROP]."""
ANSWER_DAYS = 30
"""So long an owner may take to say whether a record is right [PROP] (個人情報の保護に関する法律65条)."""


class Item(StrEnum):
    """What is looked at. Its code is kept with its evidence."""

    TRAINING = "training"
    UNUSED_ACCOUNTS = "unused_accounts"
    EXPORTS = "exports"
    EMERGENCIES = "emergencies"
    HOLDERS = "holders"
    HOLDERS_LEFT = "holders_left"
    EXPIRED_MEASURES = "expired_measures"
    REQUESTS = "requests"
    OBJECTIONS = "objections"
    DISPUTES = "disputes"
    FILES = "files"
    RETENTION = "retention"
    MASKED_EXPORTS = "masked_exports"
    MISUSE = "misuse"
    GUIDELINE = "guideline"


class Evidence(StrEnum):
    """Where the evidence comes from: the tables of this service, the register of staff, or somebody who looks elsewhere."""

    TABLES = "tables"
    REGISTER = "register"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the check: what is asked, on what it rests in the city's words, and what is counted (`domain.md` §1.3–§1.10, §4)."""

    item: Item
    title: str
    counted: str
    amiss: str
    basis: str
    evidence: Evidence = Evidence.TABLES
    where: str = ""
    """By hand: where somebody looks."""


CHECKS: tuple[Check, ...] = (
    Check(Item.TRAINING, "使える登録の職員は、研修の有効期限が切れていないか", "使える登録", "期限切れ", "職員の研修", Evidence.REGISTER),
    Check(
        Item.UNUSED_ACCOUNTS,
        f"こどもの記録を見られる登録で、{UNUSED_DAYS}日以上使われていないものはないか",
        "こどもの記録を見られる登録",
        "使われていない登録",
        "利用者の管理",
        Evidence.REGISTER,
    ),
    Check(Item.EXPORTS, "持ち出した対象者リストは、期限までに廃棄されたか", "受け取られたリスト", "期限を過ぎたもの", "持ち出しの管理"),
    Check(
        Item.EMERGENCIES, "緊急の閲覧は、期限までに別の職員が確かめたか", "緊急の閲覧", "期限までに確かめていないもの", "緊急の閲覧の手順"
    ),
    Check(
        Item.HOLDERS, "支援措置の対象のこどもには、所在を知る職員が指定されているか", "対象のこども", "指定のないこども", "支援措置の取扱い"
    ),
    Check(
        Item.HOLDERS_LEFT,
        "所在を知る職員に、いまは使えない登録の人が残っていないか",
        "指定された職員（延べ）",
        "使えない登録",
        "支援措置の取扱い",
        Evidence.REGISTER,
    ),
    Check(
        Item.EXPIRED_MEASURES,
        "期間の終わった支援措置は、解除するか続けるかが確かめられたか",
        "支援措置",
        "期間の終わったもの",
        "支援措置の取扱い",
    ),
    Check(
        Item.REQUESTS, "開示・訂正・利用停止の請求は、期限までに決定したか", "請求", "期限を過ぎたもの", "個人情報保護法83条・94条・102条"
    ),
    Check(Item.OBJECTIONS, "ケースで受けた利用停止の求めは、30日以内に決めたか", "求め", "期限を過ぎたもの", "個人情報保護法102条"),
    Check(
        Item.DISPUTES,
        f"誤り・古いとされた記録に、もとの課が{ANSWER_DAYS}日以内に答えたか",
        "確認の依頼",
        "答えのないもの",
        "個人情報保護法65条",
    ),
    Check(Item.FILES, "添付されたファイルは、有害でないか検査されたか", "添付", "検査されていないもの", "添付の取扱い"),
    Check(Item.RETENTION, "保存期間を過ぎたケースは、廃棄されたか", "終結したケース", "保存期間を過ぎたもの", "保存期間"),
    Check(
        Item.MASKED_EXPORTS,
        "分析に渡したマスキングデータは、削除の依頼のあと削除されたか",
        "渡したデータ",
        "期限を過ぎたもの",
        "マスキングデータの取扱い",
        Evidence.BY_HAND,
        "指標の仕組みの「マスキングデータ」の一覧",
    ),
    Check(
        Item.MISUSE,
        "目的の外の閲覧の疑いは、調べ終えたか",
        "挙がった疑い",
        "調べ終えていないもの",
        "アクセス履歴の調査",
        Evidence.BY_HAND,
        "監査の「確かめること」の一覧（監査の担当に聞く）",
    ),
    Check(
        Item.GUIDELINE,
        "使うデータの項目と目的外利用の根拠は、要綱・ガイドラインのとおりか",
        "使っている項目",
        "根拠の確かめられない項目",
        "個人情報保護法69条",
        Evidence.BY_HAND,
        "要綱・要領と、連携元ごとの根拠の記録",
    ),
)
BY_ITEM: Mapping[Item, Check] = MappingProxyType({check.item: check for check in CHECKS})
BY_HAND = frozenset(check.item for check in CHECKS if check.evidence is Evidence.BY_HAND)


@dataclass(frozen=True, slots=True)
class Found:
    """Evidence of an item: how much was looked at, and how much of it is amiss; `words` where somebody looked it up."""

    item: Item
    looked_at: int
    amiss: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All evidence that was gathered at one moment."""

    number: int
    at: datetime
    by_name: str
    found: Mapping[Item, Found]

    @property
    def missing(self) -> tuple[Item, ...]:
        """Return what nobody has looked up yet."""
        return tuple(check.item for check in CHECKS if check.item not in self.found)


class FindingState(StrEnum):
    """Where something stands that is to be mended."""

    OPEN = "open"
    MENDED = "mended"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is to be mended: who sees to it until when, and what came of it."""

    id: UUID
    version: int
    item: Item
    title: str
    owner: str
    due_on: date
    state: FindingState
    words: str
    at: datetime
    by_name: str

    def is_late(self, today: date) -> bool:
        """Whether it should have been mended."""
        return self.state is FindingState.OPEN and self.due_on < today


class Seat(StrEnum):
    """For whom somebody signs."""

    COORDINATOR = "coordinator"
    PRIVACY_OFFICER = "privacy_officer"


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's word that the check of a year is as it is said to be."""

    seat: Seat
    run: int
    words: str
    at: datetime
    by: StaffId
    by_name: str


class NotSigned(StrEnum):
    """Why nobody can sign yet."""

    NO_EVIDENCE = "no_evidence"
    NOT_LOOKED_UP = "not_looked_up"
    NO_FINDING = "no_finding"
    SIGNED = "signed"
    OTHER_RUN = "other_run"


def why_not_signed(
    run: Run | None, findings: Sequence[Finding], signatures: Iterable[Signature], seat: Seat, seen: int
) -> NotSigned | None:
    """
    Say why the check of a year cannot be signed, or None.

    All is looked up, whatever is amiss has a finding with an owner and a day, and one signs what one has `seen`: the newest run.
    """
    if run is None:
        return NotSigned.NO_EVIDENCE
    if any(each.seat is seat for each in signatures):
        return NotSigned.SIGNED
    if run.number != seen:
        return NotSigned.OTHER_RUN
    if run.missing:
        return NotSigned.NOT_LOOKED_UP
    return NotSigned.NO_FINDING if without_finding(run, findings) else None


def without_finding(run: Run, findings: Sequence[Finding]) -> tuple[Item, ...]:
    """Return what is amiss and nobody has said of what becomes of it."""
    told = {finding.item for finding in findings}
    return tuple(item for item, found in run.found.items() if found.amiss and item not in told)
