"""What may be concluded from absence, and until when (`domain.md` §2.2, §2.8-1, 2, 12, 15)."""

from datetime import date

from tests.unit.scorer.oracle.world import Whom, World, days

FRESH_WITHIN = {"school_affairs": 45, "school_lunch_fee": 45, "lifestyle_learning_survey": 400}
DAILY = 7


def fresh_within(source: str) -> int:
    """How many days after its last word a source's silence still tells something."""
    return FRESH_WITHIN.get(source, DAILY)


def in_hand(world: World, source: str, *whom: Whom) -> bool:
    """Whether a record of a source is held that may concern one of these, or anybody."""
    return any((source, each) in world.in_hand for each in (*whom, "anybody"))


def is_since_the_child_came(world: World, source: str, on: date) -> bool:
    """
    Whether a source has told anything since the child is here.

    While it has not, though it is still fresh, the specification can be read either way: by rulings 1 and 15 absence is concluded, and §2.2
    wants a watermark that is no older than the day that is needed.
    """
    feed = world.feeds.get(source)
    came = max(world.birth, on)
    while earlier := [start for start, end in world.stays if start < came and (end is None or end >= came)]:
        came = min(earlier)
    return feed is not None and feed.complete_through >= max(came, world.birth)


def why_not(world: World, source: str, *, since: date, needed: date, on: date, whom: tuple[Whom, ...] = ("child",)) -> tuple[str, ...]:
    """
    Why nothing can be concluded on a day from the absence of records of [since, on]: every reason there is; none where it can.

    `needed` is the day up to which the source must have told everything.
    """
    reasons = []
    if in_hand(world, source, *whom):
        reasons.append("record_in_hand")
    feed = world.feeds.get(source)
    if feed is None or feed.complete_through < needed or on > feed.complete_through + days(fresh_within(source)):
        reasons.append("feed_stale")
    if source in world.begun and since < world.begun[source]:
        reasons.append("before_feed")
    return tuple(reasons)
