"""Why a child is, or was, on the list or not: the answers of a day and what a page shows of them."""

from datetime import date
from typing import Any

from contracts.ids import PersonId
from infra.postgres import Database
from services.scorer import inspection, rulesets
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.saying import page_of
from services.scorer.recalling import as_known, check_days, check_kept, end_of


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
    page = page_of(answers, programme.ruleset.on(as_of)) if answers else None
    return {"as_of": as_of, "known_at": known_on, "indicators": answers, "page": page, "review": told if known_on == today else None}


async def _programme(db: Database, known_on: date, today: date) -> Programme:
    used = await (rulesets.used_now(db) if known_on == today else rulesets.used_at(db, end_of(known_on)))
    return used.programme if used is not None else IN_USE
