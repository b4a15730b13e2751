"""One feed: what came of it day by day, how far behind it was, and how much of it could not be taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.feeds import FRESH_WITHIN_DAYS
from infra.pages.dates import era_date, moment
from infra.work import UnitOfWork
from services.ingest import charts, days, standing
from services.ingest.charts import Series
from services.ingest.days import DayOf, Volume
from services.ingest.seeing import Asking, Question, Said, Screen
from services.ingest.standing import Feed
from services.ingest.wording import STANDINGS, TAGS, rate

DAYS = 30


@dataclass(frozen=True, slots=True)
class Content:
    """A feed as it stands, and its days."""

    feed: Feed
    volume: Volume
    trend: Sequence[DayOf]


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content | None:
    """Read the feed that the address names."""
    if asking.source is None:
        return None
    [feed] = [feed for feed in await standing.feeds(work.db, work.today) if feed.source is asking.source]
    volumes = await days.volumes(work.db, [asking.source], work.today, DAYS)
    return Content(feed, volumes.get(asking.source, Volume()), await days.trend(work.db, asking.source, work.today, DAYS))


def show(content: Content, _asking: Asking[Question]) -> Said:
    """Say it on a page."""
    feed, trend = content.feed, content.trend
    entry, limit = entry_of(feed.source), FRESH_WITHIN_DAYS[feed.source]
    words = [f"{each.day.month}/{each.day.day}" for each in trend]
    taken = [each.events - each.refused - each.parked for each in trend]
    volume = charts.bars(
        f"{entry.system}の1日ごとの件数",
        words,
        [
            Series("受け取った", "taken", taken),
            Series("拒否", "refused", [each.refused for each in trend]),
            Series("保留", "parked", [each.parked for each in trend]),
        ],
    )
    behind = charts.steps(
        f"{entry.system}の届いている日からの遅れ", words, Series("遅れ", "behind", [each.days_behind for each in trend]), limit, unit="日"
    )
    errors = charts.bars(f"{entry.system}の誤りの割合", words, [Series("誤り", "refused", [each.error_rate for each in trend])], unit="%")
    return Said(
        {
            "source": feed.source.value,
            "system": entry.system,
            "standing": STANDINGS[feed.standing],
            "tag": TAGS[feed.standing],
            "facts": _facts(content, limit),
            "limit": limit,
            "charts": (volume, behind, errors),
            "lines": [_line(each) for each in reversed(trend)],
            "days": DAYS,
            "failed": content.volume.refused + content.volume.parked,
        },
        count=len(trend),
    )


def _facts(content: Content, limit: int) -> tuple[tuple[str, str], ...]:
    feed, volume = content.feed, content.volume
    entry, facts = entry_of(feed.source), feed.facts
    return (
        ("番号", entry.feed),
        ("保有・管理主体", entry.data_owner),
        ("いつの分まで届いているか", era_date(facts.complete_through) if facts.complete_through is not None else "まだ分からない"),
        ("最後に届いた日時", moment(facts.last_at) if facts.last_at is not None else "まだ届いていない"),
        ("途絶えたとみなすまで", f"{limit}日"),
        (f"最近{DAYS}日の件数", f"{volume.events:,}件（誤りの割合 {rate(volume.error_rate)}）"),
        ("いまも拒否・保留のもの", f"拒否 {volume.refused:,}件　保留 {volume.parked:,}件"),
    )


def _line(day: DayOf) -> dict[str, str]:
    return {
        "day": era_date(day.day),
        "events": f"{day.events:,}",
        "refused": f"{day.refused:,}",
        "parked": f"{day.parked:,}",
        "rate": rate(day.error_rate),
        "behind": f"{day.days_behind}日" if day.days_behind is not None else "—",
    }


SCREENS = (Screen(name="feed", address="/feeds/{source}", deed=deeds.FEED_OPENED, read=read, show=show, under="feeds"),)
