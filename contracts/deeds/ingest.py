"""What ingest does: it refuses what is not allowed, and stops a feed; operators let it go on."""

from collections.abc import Mapping

from contracts.catalogue import DENIED
from contracts.deeds.deed import Deed, Keeping, ThingKind

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
