"""
Candidate lists of any day (REP-02): by a ruleset, as of a day, as known at the end of one.

As known then, a list is read from what was believed: what comes later, corrects or voids changes nothing of it. As known later, a day is
computed anew from all that was held by then (`recalling.py`; `domain.md` §2.8-6), which changes no more either.
"""

import json
from collections.abc import AsyncIterator
from datetime import date

import asyncpg

from contracts.ids import PersonId
from contracts.values import IndicatorValue, Item, Ward
from infra.postgres import Database
from infra.sql import queries
from services.scorer import loading, rulesets
from services.scorer.domain.evaluation import Alike, evaluate
from services.scorer.domain.lists import Asked, Candidate, Ground, by_child, candidates, place_on
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.simulating import scoped_born_from
from services.scorer.recalling import NotKept, as_known, check_kept, end_of
from services.scorer.simulation import in_batches

SQL = queries(__file__, "lists.sql")


async def asked_for(db: Database, name: str | None, as_of: date, known_on: date, ward: Ward | None) -> Asked:
    """Return which list is meant: by the ruleset called `name`, or by the one that was in use. Raises NotKept."""
    if known_on < as_of:
        raise NotKept("nothing of a day is known before it")
    if name is None:
        used = await rulesets.used_at(db, end_of(known_on))
        name = used.ruleset if used is not None else IN_USE.ruleset.name
        document = used.document if used is not None else await rulesets.named(db, name)
    else:
        document = await rulesets.named(db, name)
    if document is None:
        raise NotKept(f"there is no ruleset {name}")
    return Asked(name, document, as_of, known_on, ward)


async def list_of(db: Database, asked: Asked, today: date) -> list[Candidate]:
    """Return the candidates. Raises NotKept."""
    if asked.known_on < today:
        await check_kept(db, asked.known_on)
    programme = rulesets.programme_of(asked.document)
    if asked.as_of == asked.known_on and await _answers_were_made_by(db, programme, asked.known_on):
        rows = await db.fetch(SQL.counted_known, end_of(asked.known_on))
        grounds = by_child((row["person_id"], _ground(row)) for row in rows)
    else:
        async with as_known(db, asked.known_on, today):
            found = [each async for each in _anew(db, programme, asked)]
        grounds = by_child(sorted(found, key=lambda each: each[1].item))
    places = await db.fetch(SQL.places_known, end_of(asked.known_on), list(grounds))
    wards = {row["person_id"]: place_on(json.loads(row["places"]), asked.as_of) for row in places}
    return candidates(programme.ruleset.on(asked.as_of), grounds, wards, asked.ward)


async def _answers_were_made_by(db: Database, programme: Programme, day: date) -> bool:
    """Answers stand as they were made: whoever asks by a ruleset that sets parameters otherwise has them computed by its own."""
    used = await rulesets.used_at(db, end_of(day))
    made_by = used.programme if used is not None else IN_USE
    return made_by.ruleset.parameters == programme.ruleset.parameters


async def _anew(db: Database, programme: Programme, asked: Asked) -> AsyncIterator[tuple[PersonId, Ground]]:
    """What counted on the day by all that is held."""
    day = asked.as_of
    feeds = await loading.feeds(db)
    programme = feeds.programme(programme)
    children = [row["person_id"] for row in await db.fetch(SQL.everybody, scoped_born_from(day))]
    alike = Alike(feeds.watermarks, day, programme.parameters)
    for some in in_batches(children):
        for case in await loading.load(db, some, programme, feeds, only=frozenset(Item), on=day):
            answers = evaluate(case.child, case.facts(programme.parameters), feeds.watermarks, day, programme.parameters, alike=alike)
            for answer in answers:
                if answer.value is IndicatorValue.TRUE and answer.counted:
                    yield case.person_id, Ground(answer.item, answer.klass, answer.valid_from, end_of(asked.known_on), answer.reason_code)


def _ground(row: asyncpg.Record) -> Ground:
    return Ground(Item(row["item"]), row["klass"], row["valid_from"], row["known_at"], row["reason_code"])
