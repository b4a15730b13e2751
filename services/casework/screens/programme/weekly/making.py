"""Makes the weekly report: by the clock, and at the latest when somebody opens it. One that was made is never made again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

import asyncpg

from infra.clock import JST
from infra.postgres import Database
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import store
from services.casework.domain.calendar import born_from
from services.casework.domain.feeds import freshness
from services.casework.domain.suppression import suppressed
from services.casework.domain.weekly import WEEK, Row, Table, as_kept, day_of_making, weeks_due
from services.casework.screens.reviews.rows import feeds
from services.casework.screens.reviews.said import FeedLine, feed_lines
from services.casework.screens.reviews.screen import TAB_TITLES
from services.casework.screens.statistics import rows as statistics
from services.casework.screens.statistics.rows import PLACES, Numbers, numbers_of
from services.casework.screens.statistics.said import STAGES
from services.casework.store import Acting

SQL = queries(__file__)
MOVEMENTS: Mapping[str, str] = {
    "noticed": "新しく要確認になった",
    "started": "調査を始めた",
    "contact": "家庭への接触（回）",
}


async def make_what_is_due(work: UnitOfWork) -> None:
    """Make the reports of weeks that are over and have none. Acts as the system from here on: the numbers are of all wards."""
    await store.act_as(work.db, Acting.SYSTEM)
    latest = await work.db.fetchval(SQL.latest)
    for first_day in weeks_due(latest, day_of_making(work.now, JST)):
        tables = await _tables(work.db, first_day, work.today)
        content = as_kept(tables, tuple(_late(await _feeds_that_do_not_come(work))))
        await work.db.execute(SQL.keep, first_day, work.now, content)


async def _tables(db: Database, first_day: date, today: date) -> tuple[Table, ...]:
    days = first_day, first_day + WEEK
    instants = tuple(datetime.combine(day, time(), JST) for day in days)
    moved = numbers_of(await db.fetch(SQL.by_movement, *days, *instants))
    late = numbers_of(await db.fetch(SQL.by_lateness, today))
    standing = numbers_of(await db.fetch(statistics.SQL.by_stage, born_from(today)))
    return tables_made(moved, standing, late)


def tables_made(moved: Numbers, standing: Numbers, late: Numbers) -> tuple[Table, ...]:
    """
    Return a report's tables, small numbers left out.

    How cases ended and whether time limits were kept is counted by year, in the statistics, and never by week: a week's number that is left
    out would be the year's without the other weeks'.
    """
    stages = {tab.value: TAB_TITLES[tab] for tab in STAGES}
    return (
        _beside("movement", "この週の動き", "接触は、会えなかった回も数えます。きょうだいを一緒に訪ねたときは1回です。", MOVEMENTS, moved),
        _together("stages", "作成した時の件数（段階別）", "", stages, standing),
        _beside("overdue", "作成した時に期限を過ぎていたもの", "", {"overdue": "期限を過ぎたケース"}, late),
    )


def _together(key: str, title: str, hint: str, kinds: Mapping[str, str], numbers: Numbers) -> Table:
    """Kinds of which each counts once: they have a sum."""
    return _table(key, title, hint, (*kinds.values(), "計"), suppressed(numbers.rows(PLACES, tuple(kinds))))


def _beside(key: str, title: str, hint: str, kinds: Mapping[str, str], numbers: Numbers) -> Table:
    """Kinds that are counted each by itself: what one hides follows from none of the others, and they have no sum."""
    columns = [suppressed(numbers.rows(PLACES, (kind,))) for kind in kinds]
    rows = [tuple(column[place][0] for column in columns) for place in range(len(PLACES) + 1)]
    return _table(key, title, hint, tuple(kinds.values()), rows)


def _table(key: str, title: str, hint: str, columns: tuple[str, ...], rows: Sequence[Sequence[int | None]]) -> Table:
    return Table(key, title, hint, columns, tuple(Row(place, tuple(row)) for place, row in zip((*PLACES, ""), rows, strict=True)))


async def _feeds_that_do_not_come(work: UnitOfWork) -> tuple[tuple[FeedLine, ...], tuple[FeedLine, ...]]:
    standing = freshness(await feeds(work.db), work.today)
    return feed_lines(standing.silent), feed_lines(standing.shut)


def _late(found: tuple[tuple[FeedLine, ...], tuple[FeedLine, ...]]) -> Iterator[str]:
    """Say what did not come, for such a week may look quieter than it was."""
    silent, shut = found
    for feed in silent:
        yield (
            f"{feed.section}の記録は、{feed.through}の分まで届いています。" if feed.through else f"{feed.section}の記録は、届いていません。"
        )
    for feed in shut:
        yield f"{feed.section}の記録は、{feed.shut_since or feed.through}から受け入れが止まっています。"


async def report_row(db: Database, first_day: date | None) -> asyncpg.Record | None:
    """Return the report of a week, or the newest."""
    return await db.fetchrow(SQL.report, first_day)


async def weeks(db: Database, many: int) -> list[asyncpg.Record]:
    """Return the weeks that have a report, the newest first."""
    return await db.fetch(SQL.weeks, many)
