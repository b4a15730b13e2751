"""Which quiet requests to look a person looks at all the same: so that it is known whom the quiet misses (`casework.md` §2.4)."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from contracts.ids import EventId, StaffId
from services.casework.domain.calendar import after_opening_days

LEAST, MOST, USUAL = 0.01, 1.0, 0.02
"""The share: no less than one in a hundred, usually two [PROP]. Where few are kept quiet, a city looks at more of them."""

JUDGE_OPENING_DAYS = 10
"""So many opening days after the request a sampled one is to be judged [PROP]: as long as until a conference."""

_BITS = 64


@dataclass(frozen=True, slots=True)
class Sampling:
    """
    How the sample is drawn: by a key of the city, a share of 0 to 1, and the request's id alone.

    Nobody without the key can tell who is drawn, and nobody chooses; the same request is drawn or not, however often and in whatever order
    it is heard, and whoever has the key can draw again.
    """

    key: bytes
    share: float

    @classmethod
    def of(cls, secret: str, share: float) -> Self:
        """Return the sampling by a secret of the city (hex), from which a key of its own is made."""
        return cls(hmac.digest(bytes.fromhex(secret), b"casework.sample", "sha256"), share)

    def draws(self, event_id: EventId) -> bool:
        """Whether the request with that id is in the sample."""
        drawn: int = int.from_bytes(hmac.digest(self.key, event_id.bytes, "sha256")[: _BITS // 8])
        return drawn < int(self.share * 2**_BITS)


def is_for_another(judge: StaffId, ended_by: frozenset[StaffId], colleagues: Iterable[StaffId]) -> bool:
    """
    Whether somebody leaves a request to one of these `colleagues`: they ended the review themselves that it follows.

    Who judges what the quiet after the own decision missed, judges that decision. Where nobody else can, it is judged all the same.
    """
    return judge in ended_by and any(each not in ended_by for each in colleagues)


def is_late(asked_on: date, today: date) -> bool:
    """Whether a request that was made on a day was to be judged before today."""
    return judge_by(asked_on) < today


def judge_by(asked_on: date) -> date:
    """Return the day until which somebody is to judge a request that was made on a day."""
    return after_opening_days(asked_on, JUDGE_OPENING_DAYS)
