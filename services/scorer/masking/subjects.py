"""Of whom a dataset speaks, and what was answered of them: as believed on a day, or of a past day by all that was known on a later one."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

import asyncpg

from contracts.ids import PersonId
from contracts.values import Item
from infra.postgres import Database
from infra.sql import queries
from services.scorer import loading, rulesets
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import Alike, evaluate
from services.scorer.domain.masking.columns import FIGURES, Given, Subject
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.simulating import scoped_born_from
from services.scorer.recalling import NotKept, as_known, check_kept, end_of
from services.scorer.simulation import in_batches

SQL = queries(__file__, "masking.sql")
_PREFETCH = 1_000

Answers = Mapping[Item, Given]


async def subjects(db: Database, as_of: date, known_on: date, today: date) -> list[Subject]:
    """
    Return every child in scope who lived here on `as_of`, as known at the end of `known_on`. Raises NotKept.

    As lists do: as believed then where the two days are one; else computed anew by what was held at the end of `known_on`.
    """
    if known_on > today or known_on < as_of:
        raise NotKept(f"{known_on} has not come yet, or nothing was known of {as_of} by then; it is {today} in Japan")
    if known_on < today:
        await check_kept(db, known_on)
    if as_of == known_on:
        children = await db.fetch(SQL.children_known, end_of(known_on), scoped_born_from(as_of), as_of)
        answers = await _believed(db, end_of(known_on))
    else:
        async with as_known(db, known_on, today):
            children = await db.fetch(SQL.children_held, scoped_born_from(as_of), as_of)
            answers = await _anew(db, [row["person_id"] for row in children], as_of, await _in_use(db, known_on))
    hidden = {row["person_id"] for row in await db.fetch(SQL.protected_by, as_of)}
    found = (_subject(row, as_of, answers.get(row["person_id"], {}), hidden) for row in children)
    return [each for each in found if each is not None]


async def _believed(db: Database, instant: datetime) -> dict[PersonId, Answers]:
    items = list(FIGURES)
    names = [name for name, _ in FIGURES.values()]
    same = _Same()
    found: dict[PersonId, Answers] = {}
    async with db.transaction():
        async for row in db.cursor(SQL.answers_known, instant, items, names, prefetch=_PREFETCH):
            told = zip(row["items"], row["answers"], row["classes"], row["figures"], strict=True)
            found[row["person_id"]] = same.of({Item(item): Given(value, klass, figure) for item, value, klass, figure in told})
    return found


async def _in_use(db: Database, known_on: date) -> Programme:
    used = await rulesets.used_at(db, end_of(known_on))
    return used.programme if used is not None else IN_USE


async def _anew(db: Database, children: list[PersonId], day: date, programme: Programme) -> dict[PersonId, Answers]:
    feeds = await loading.feeds(db)
    programme = feeds.programme(programme)
    same = _Same()
    alike = Alike(feeds.watermarks, day, programme.parameters)
    found: dict[PersonId, Answers] = {}
    for some in in_batches(children):
        for case in await loading.load(db, some, programme, feeds, only=frozenset(Item), on=day):
            answers = evaluate(case.child, case.facts(programme.parameters), feeds.watermarks, day, programme.parameters, alike=alike)
            found[case.person_id] = same.of({answer.item: _given(answer) for answer in answers})
    return found


def _given(answer: Answer) -> Given:
    figure = answer.detail.get(FIGURES[answer.item][0]) if answer.item in FIGURES else None
    return Given(answer.value.value, answer.klass, figure if isinstance(figure, int) else None)


class _Same:
    """Most children have the answers of many others: they are held once."""

    def __init__(self) -> None:
        self._known: dict[frozenset[tuple[Item, Given]], Answers] = {}

    def of(self, answers: Answers) -> Answers:
        return self._known.setdefault(frozenset(answers.items()), answers)


def _subject(row: asyncpg.Record, as_of: date, answers: Answers, hidden: Iterable[PersonId]) -> Subject | None:
    day = as_of.isoformat()
    holds = [ward for start, end, ward in json.loads(row["places"]) if (start is None or start <= day) and (end is None or day < end)]
    if not holds:
        return None
    ward = None if row["person_id"] in hidden else holds[0]
    return Subject(row["person_id"], row["birth_date"], row["sex"], ward, answers)
