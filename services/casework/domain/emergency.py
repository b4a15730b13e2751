"""Reading a child of another ward in an emergency: for which reasons, how long, and until when another person looks into it (S24)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.casework.domain.calendar import after_opening_days

LASTS = timedelta(hours=2)
"""How long one lasts that nobody ends (S24)."""

REVIEW_OPENING_DAYS = 1
"""In how many opening days another person looks into it (`audit.md` §5: flagged for review within one working day)."""


class EmergencyReason(StrEnum):
    """Why somebody reads a child who is not theirs to see; kept with the access."""

    LIFE_OR_SAFETY = "life_or_safety"
    URGENT_INQUIRY = "urgent_inquiry"
    HERE_NOW = "here_now"


class Verdict(StrEnum):
    """What became of looking into it."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class EndedWhy(StrEnum):
    """What ended it."""

    BY_HAND = "by_hand"
    TIME = "time"
    NOW_PROTECTED = "now_protected"


REASONS: Mapping[EmergencyReason, str] = {
    EmergencyReason.LIFE_OR_SAFETY: "こどもの生命や身体に危険が迫っている",
    EmergencyReason.URGENT_INQUIRY: "警察・医療機関などから緊急の照会を受けた",
    EmergencyReason.HERE_NOW: "こどもや家族が来所・電話していて、いま対応が要る",
}
VERDICTS: Mapping[Verdict, str] = {
    Verdict.JUSTIFIED: "必要な閲覧だった",
    Verdict.NOT_JUSTIFIED: "必要だったとは認められない",
}
ENDINGS: Mapping[EndedWhy, str] = {
    EndedWhy.BY_HAND: "本人が終えた",
    EndedWhy.TIME: "2時間で終わった",
    EndedWhy.NOW_PROTECTED: "支援措置の対象になり終わった",
}


def ends_at(started_at: datetime) -> datetime:
    """Return when one ends that was started then."""
    return started_at + LASTS


def review_due_on(started_on: date) -> date:
    """Return by which day another person has looked into one that was started on a day."""
    return after_opening_days(started_on, REVIEW_OPENING_DAYS)
