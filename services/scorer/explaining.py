"""Why a child is, or was, on the list or not: the answers of a day and what a page shows of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from contracts.ids import PersonId
from contracts.values import Source
from infra.pages.dates import era_date, local_day
from infra.postgres import Database
from services.scorer import inspection, loading, rulesets
from services.scorer.domain.ages import fy
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.saying import changes, page_of
from services.scorer.recalling import NotKept, as_known, check_days, check_kept, end_of


async def explained(db: Database, person_id: PersonId, as_of: date, known_on: date, today: date) -> dict[str, Any]:
    """
    Return the answers for a person and what a page shows: of `as_of`, as known at the end of `known_on`.

    On one and the same day as it was believed then; of an earlier one computed anew by all that was known. Raises NotKept.
    """
    check_days(as_of, known_on, today)
    if known_on < today:
        await check_kept(db, known_on)
    programme = await _programme(db, known_on, today)
    if as_of == known_on:
        answers = await (inspection.indicators(db, person_id) if as_of == today else inspection.indicators_as_of(db, person_id, as_of))
    else:
        async with as_known(db, known_on, today):
            answers = await inspection.answers_on(db, person_id, as_of, programme)
    told = await inspection.review_signal(db, person_id, programme)
    page = page_of(answers, programme.ruleset.on(as_of), await _fresh(db, known_on, today), era_date) if answers else None
    if page is not None:
        # Of the fiscal year of that day: it is kept as long as the day is (`retention.py`), so that the answer stays the same.
        begin = date(fy(known_on), 4, 1)
        page["changed"] = changes(await inspection.held_until(db, person_id, begin, known_on), local_day, begin)
    return {"as_of": as_of, "known_at": known_on, "indicators": answers, "page": page, "review": told if known_on == today else None}


async def _fresh(db: Database, known_on: date, today: date) -> Mapping[Source, date]:
    """Up to which day each source had delivered, as known; nothing where that was not kept so long."""
    try:
        async with as_known(db, known_on, today):
            return (await loading.feeds(db)).watermarks
    except NotKept:
        return {}


async def _programme(db: Database, known_on: date, today: date) -> Programme:
    used = await (rulesets.used_now(db) if known_on == today else rulesets.used_at(db, end_of(known_on)))
    return used.programme if used is not None else IN_USE
