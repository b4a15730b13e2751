"""What an outcome says of the request to look: whether it hit, in the few kinds that statistics tell apart (`casework.md` §2.5)."""

from collections.abc import Mapping
from enum import StrEnum

from services.casework.domain.case import Outcome


class Result(StrEnum):
    """Whether people found a need. Who was not reached, or left, is unknown and never counts as not in need."""

    SUPPORT = "support"
    WATCH = "watch"
    NOTHING = "nothing"
    DATA_ERROR = "data_error"
    UNKNOWN = "unknown"


RESULT_TITLES: Mapping[Result, str] = {
    Result.SUPPORT: "支援が必要",
    Result.WATCH: "見守り",
    Result.NOTHING: "支援は不要",
    Result.DATA_ERROR: "記録の誤り",
    Result.UNKNOWN: "わからない",
}
_OF: Mapping[Outcome, Result] = {
    Outcome.NEEDED: Result.SUPPORT,
    Outcome.ALREADY_SUPPORTED: Result.SUPPORT,
    Outcome.GUIDANCE_CENTER: Result.SUPPORT,
    Outcome.WATCH: Result.WATCH,
    Outcome.NOT_NEEDED: Result.NOTHING,
    Outcome.DATA_ERROR: Result.DATA_ERROR,
    Outcome.NOT_REACHED: Result.UNKNOWN,
    Outcome.MOVED_OUT: Result.UNKNOWN,
    Outcome.CAME_OF_AGE: Result.UNKNOWN,
}


def result_of(outcome: Outcome) -> Result:
    """Return what an outcome says."""
    return _OF[outcome]


def hit_rate(shown: Mapping[Result, int | None]) -> int | None:
    """
    Return in how many of a hundred a reason hit: a need among what is known; None where too little is shown to say so.

    Worked out from what is shown alone, so that it tells nothing that the numbers do not.
    """
    known = [shown[result] for result in Result if result is not Result.UNKNOWN]
    numbers = [number for number in known if number is not None]
    if len(numbers) < len(known) or not sum(numbers):
        return None
    hits = (shown[Result.SUPPORT] or 0) + (shown[Result.WATCH] or 0)
    return round(100 * hits / sum(numbers))
