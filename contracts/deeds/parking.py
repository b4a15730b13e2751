"""What an operator does with events that a service could not handle (`tsunagu parked`)."""

from contracts.deeds.deed import Keeping, ThingKind
from contracts.deeds.everywhere import at_every_service

SHOWN = at_every_service(
    "parked_shown",
    Keeping.ACCESS,
    ThingKind.PARKED_EVENT,
    done="保留中の事象の中身を見た",
    attempted="保留中の事象の中身を見ようとした",
)
REPLAYED = at_every_service(
    "parked_replayed",
    Keeping.DECISION,
    ThingKind.PARKED_EVENT,
    done="保留中の事象をやり直させた",
    attempted="保留中の事象をやり直させようとした",
)
DISCARDED = at_every_service(
    "parked_discarded",
    Keeping.DECISION,
    ThingKind.PARKED_EVENT,
    done="保留中の事象を捨てた",
    attempted="保留中の事象を捨てようとした",
)
RESUMED = at_every_service(
    "parking_resumed",
    Keeping.DECISION,
    ThingKind.SERVICE,
    done="保留が多すぎて止まった受付を再開させた",
    attempted="保留が多すぎて止まった受付を再開させようとした",
)
