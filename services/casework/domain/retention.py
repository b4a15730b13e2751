"""How long records of casework are kept, and what may be disposed of (`domain.md` §4.6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.casework.domain.calendar import add_months

YEARS_OF_A_REVIEW = 5
"""Reviews and cases are kept so long after they ended [PROP]."""


class ItemState(StrEnum):
    """Where a case of a list of disposal stands."""

    PROPOSED = "proposed"
    KEPT = "kept"
    """Somebody took it out of the list, or the list was not approved."""
    HELD = "held"
    """When its turn came, something held it, or it had been opened again."""
    DISPOSED = "disposed"


class Why(StrEnum):
    """Why a case is to stay."""

    LITIGATION = "litigation"
    REQUEST = "request"
    AUDIT = "audit"
    OTHER = "other"


WHYS = {Why.LITIGATION: "訴訟・審査請求", Why.REQUEST: "開示などの請求", Why.AUDIT: "監査・調査", Why.OTHER: "そのほか"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of record: how long it is kept, and what becomes of it then, where."""

    what: str
    how_long: str
    then: str


CLASSES: tuple[Kept, ...] = (
    Kept(
        "要確認とケース（要確認になった経過、調査から終結までの記録、添付、引継ぎを含む）",
        f"終結から{YEARS_OF_A_REVIEW}年",
        "この画面で廃棄する",
    ),
    Kept(
        "記録の確認の依頼、緊急の閲覧、閲覧の控え",
        "最後のケースと同じ",
        "一緒に廃棄する",
    ),
    Kept("持ち出した対象者リスト", "受け取りから30日", "受け取った職員が廃棄し、記録する"),
    Kept("開示などの請求の記録", "市の文書の定めによる", "この仕組みでは廃棄しない"),
    Kept("廃棄の記録、年度の点検、週次報告、検討会と課題", "期限なし（個人の記録はない）", "残す"),
    Kept("指標の計算と、つながりの記録", "指標の仕組みの設定による", "指標の仕組みで廃棄する（tsunagu scorer retention）"),
    Kept("監査記録簿", "7年以上", "監査の仕組みで残す"),
)
"""What is kept how long, by kind."""


def over_before(today: date) -> date:
    """Return the first day of which what ended is still kept: what ended earlier is over its years."""
    return add_months(today, -12 * YEARS_OF_A_REVIEW)
