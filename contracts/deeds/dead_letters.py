"""What an operator does with messages that a service could not decode (`tsunagu dead`)."""

from contracts.deeds.deed import Keeping, ThingKind
from contracts.deeds.everywhere import at_every_service

SHOWN = at_every_service(
    "dead_letter_shown",
    Keeping.ACCESS,
    ThingKind.DEAD_LETTER,
    done="読めなかった電文の中身を見た",
    attempted="読めなかった電文の中身を見ようとした",
)
BROUGHT_BACK = at_every_service(
    "dead_letter_brought_back",
    Keeping.DECISION,
    ThingKind.DEAD_LETTER,
    done="読めなかった電文をもう一度受け付けさせた",
    attempted="読めなかった電文をもう一度受け付けさせようとした",
)
DISCARDED = at_every_service(
    "dead_letter_discarded",
    Keeping.DECISION,
    ThingKind.DEAD_LETTER,
    done="読めなかった電文を捨てた",
    attempted="読めなかった電文を捨てようとした",
)
