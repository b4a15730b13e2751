"""
What reviews came to, as casework tells: kept so that a rule can be held against what people found (EVAL-02, EVAL-03).

Nothing is decided by it here. That a review that ended is not asked for again at once is casework's (`casework.md` §2.4): it has the
outcome and the request in one place, and says of each request what became of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from contracts.ids import CaseId, PersonId, ReviewId
from contracts.messages import ReviewClosed, SampleDrawn, SampleJudged
from contracts.values import CaseOutcome, Need
from infra.postgres import Database
from infra.rows import columns
from infra.sql import queries
from services.scorer.domain.news import newest

SQL = queries(__file__, "outcomes.sql")


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What a closed review came to. The answers that were believed at `asked_at` were the reasons for it."""

    review_id: ReviewId
    person_id: PersonId
    case_id: CaseId
    ruleset: str
    as_of: date
    asked_at: datetime
    closed_at: datetime
    outcome: CaseOutcome
    need: Need | None
    """None where nobody could tell: it never counts as not in need."""
    previously_unknown: bool | None


async def hear_outcomes(db: Database, closed: Sequence[ReviewClosed]) -> None:
    """Keep what reviews came to; of one that was opened again, that it came to nothing yet."""
    rows = [
        (
            r.review_id,
            r.person_id,
            r.case_id,
            r.version,
            r.ruleset,
            r.as_of,
            r.asked_at,
            r.closed_at,
            r.outcome,
            r.need,
            r.previously_unknown,
        )
        for r in newest(closed, lambda r: r.review_id, lambda r: r.version)
    ]
    if rows:
        await db.execute(SQL.hear_outcomes, *columns(rows, 11))


@dataclass(frozen=True, slots=True)
class Sample:
    """A request that was kept quiet and drawn: it stands for 1 / `share` of those. `needed` is what somebody judged; None: nobody yet."""

    person_id: PersonId
    asked_at: datetime
    share: float
    needed: bool | None


async def hear_drawn(db: Database, drawn: Sequence[SampleDrawn]) -> None:
    """Keep which quiet requests were drawn for people to judge, and which left before anybody did."""
    last = {each.signal_id: each for each in sorted(drawn, key=lambda each: each.left_at is not None)}
    rows = [(d.signal_id, d.person_id, d.ruleset, d.as_of, d.asked_at, d.share, d.left_at) for d in last.values()]
    if rows:
        await db.execute(SQL.hear_drawn, *columns(rows, 7))


async def hear_judgements(db: Database, judged: Sequence[SampleJudged]) -> None:
    """Keep what people said of quiet requests; each is judged once."""
    rows = [(j.signal_id, j.person_id, j.ruleset, j.as_of, j.asked_at, j.judged_at, j.needed, j.share) for j in judged]
    if rows:
        await db.execute(SQL.hear_judgements, *columns(rows, 8))


async def samples(db: Database, ruleset: str, since: date, until: date) -> list[Sample]:
    """
    Return the quiet requests of a ruleset that people judged in these days, and those that waited for it at the end of the last one.

    A judgement that came without word of the draw counts all the same.
    """
    return [Sample(*row.values()) for row in await db.fetch(SQL.samples, ruleset, since, until)]


async def outcomes(db: Database) -> list[ReviewOutcome]:
    """Return what every closed review came to, the earliest first."""
    return [
        ReviewOutcome(
            ReviewId(row["review_id"]),
            PersonId(row["person_id"]),
            CaseId(row["case_id"]),
            row["ruleset"],
            row["as_of"],
            row["asked_at"],
            row["closed_at"],
            CaseOutcome(row["outcome"]),
            Need(row["need"]) if row["need"] else None,
            row["previously_unknown"],
        )
        for row in await db.fetch(SQL.outcomes)
    ]
