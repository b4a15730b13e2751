"""What the scorer does: it puts on a list what meets a rule. Only people judge (PUSH-10), and the words say so."""

from contracts.deeds.deed import Deed, Keeping, ThingKind

REVIEW_NEEDED = Deed(
    "scorer.review_needed",
    Keeping.DECISION,
    of=(ThingKind.CHILD,),
    screen="指標の計算（自動）",
    done="要確認に挙げた",
    attempted="要確認に挙げようとした",
    by_rule=True,
)
