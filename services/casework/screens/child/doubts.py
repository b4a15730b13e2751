"""What is said beside a reason whose record somebody called wrong or outdated."""

from collections.abc import Mapping, Sequence

from contracts.values import Item
from contracts.words import DISPUTES
from services.casework.domain.dispute import Dispute, Stands, open_on
from services.casework.domain.review import Word

STANDS: Mapping[Stands, str] = {
    Stands.ASKED: "もとの課の回答を待っています",
    Stands.LOOKING: "もとの課が調べています",
    Stands.KNOWN_WRONG: "誤りと分かっています。訂正した記録は、まだ届いていません",
    Stands.CORRECTED: "誤りでした。このあと、記録の内容が変わっています",
    Stands.RIGHT: "もとの課が、記録のとおりと回答しました",
    Stands.RECORD_IS_NEW: "頼んだあとに、記録の内容が変わっています",
}


def in_doubt(disputes: Sequence[Dispute], latest: Word) -> Mapping[Item, str]:
    """Say of each reason that is in doubt how that stands."""
    return {
        item: f"▲ 「{DISPUTES[each.kind]}」：{STANDS[stands]}（{each.number}）"
        for item, (each, stands) in open_on(disputes, latest).items()
    }
