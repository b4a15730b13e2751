"""Questions about the scorer's state, for stories, tests and `tsunagu status --check`. Nothing here changes anything."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import asyncpg

from contracts.ids import PersonId
from contracts.kinds import EventKind
from contracts.values import Item
from infra.postgres import Database
from services.scorer import loading, rulesets
from services.scorer.domain.ages import DAY
from services.scorer.domain.answer import Answer
from services.scorer.domain.evaluation import evaluate
from services.scorer.domain.indicators import SOURCE_OF
from services.scorer.domain.programme import IN_USE, Programme
from services.scorer.domain.rulesets.rule import Setting
from services.scorer.domain.saying import Held
from services.scorer.recalling import end_of
from services.scorer.simulation import simulate
from services.scorer.store import SQL, row_of

QUARANTINED = ("measurement_quarantined", "month_quarantined")
"""Reasons that say that a record cannot be as it was told."""


async def content_hash(db: Database) -> str:
    """
    Return the SHA-256 of the current state, in hex.

    It depends on what was heard and on the day up to which everything due was done: not on instants, versions, ids of
    messages or the order in which they came.
    """
    digest = sha256()
    for row in await db.fetch(SQL.state):
        digest.update(row["line"].encode() + b"\n")
    return digest.hexdigest()


async def figures(db: Database) -> dict[str, Any]:
    """Return numbers for a report: children, facts, indicators TRUE by item, reviews told and still needed."""
    counts = await db.fetchrow(SQL.counts)
    true = await db.fetch(SQL.count_true)
    return dict(counts or {}) | {"true": {row["item"]: row["n"] for row in true}}


async def due_on_or_before(db: Database, day: date) -> int:
    """Return how many children wait to be evaluated on `day`."""
    return int(await db.fetchval(SQL.count_due, day))


async def next_due(db: Database, after: date | None) -> date | None:
    """Return the first day after `after` (None: the first of all) on which an answer can change by time alone."""
    found: date | None = await db.fetchval(SQL.next_due, after)
    return found


async def indicators(db: Database, person_id: PersonId) -> list[dict[str, Any]]:
    """Return the answers for a person as believed now, by item."""
    return [_answer(row) for row in await db.fetch(SQL.indicators, person_id)]


async def indicators_known(db: Database, person_ids: Sequence[PersonId], known_on: date) -> dict[PersonId, list[dict[str, Any]]]:
    """Return the answers as they were believed at the end of `known_on` in Japan: the list of that day (S06, REP-02)."""
    found: defaultdict[PersonId, list[dict[str, Any]]] = defaultdict(list)
    for row in await db.fetch(SQL.indicators_known, list(person_ids), end_of(known_on)):
        found[row["person_id"]].append(_answer(row))
    return dict(found)


async def indicators_as_of(db: Database, person_id: PersonId, day: date) -> list[dict[str, Any]]:
    """Return the answers for a person as they were believed at the end of `day` in Japan."""
    return (await indicators_known(db, [person_id], day)).get(person_id, [])


async def held_until(db: Database, person_id: PersonId, since: date, day: date) -> list[Held]:
    """Return every answer for a person that was believed on a day from `since` to `day` in Japan, with the instant since when it was."""
    rows = await db.fetch(SQL.held_until, person_id, end_of(day), end_of(since - DAY))
    return [Held(Item(row["item"]), row["stands"], row["written_at"]) for row in rows]


async def indicators_on(db: Database, person_id: PersonId, day: date, programme: Programme = IN_USE) -> dict[str, str]:
    """
    Return item to value for `day` as known now (`domain.md` §2.8-6): computed again from all facts, not read from what was believed.

    So a spell that was over before it became known holds on its days, and no day without residence has an answer.
    """
    return {answer.item: answer.value for _, answer in await _computed(db, person_id, day, programme)}


async def answers_on(db: Database, person_id: PersonId, day: date, programme: Programme) -> list[dict[str, Any]]:
    """Return the same with all that `indicators` tells; since when an answer is known where the one held now is the same."""
    return [
        {
            "item": answer.item.value,
            "value": answer.value.value,
            "class": answer.klass,
            "counted": answer.counted,
            "valid_from": answer.valid_from,
            "valid_to": answer.valid_to,
            "known_at": held.known_at if (held := case.held.get(answer.item)) and held.says(row_of(person_id, answer)) else None,
            "reason_code": str(answer.reason_code),
            "evidence": list(answer.evidence),
            "detail": dict(answer.detail),
            "stale_since": answer.stale_since,
        }
        for case, answer in sorted(await _computed(db, person_id, day, programme), key=lambda each: each[1].item)
    ]


async def _computed(db: Database, person_id: PersonId, day: date, programme: Programme) -> list[tuple[loading.Case, Answer]]:
    feeds = await loading.feeds(db)
    programme = feeds.programme(programme)
    cases = await loading.load(db, [person_id], programme, feeds)
    return [
        (case, answer)
        for case in cases
        for answer in evaluate(case.child, case.facts(programme.parameters), feeds.watermarks, day, programme.parameters)
    ]


async def what_if(db: Database, today: date, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Return what the city's list would be, as numbers, if the ruleset in use set these parameters so. Nothing is kept, nobody is told."""
    now = await rulesets.in_use(db)
    then = replace(now.ruleset, parameters={**now.ruleset.parameters, **settings})
    outcome = await simulate(db, today, now, Programme.of(then))
    return outcome.simulation.as_numbers()


async def overdue(db: Database) -> list[dict[str, Any]]:
    """Return the children whose evaluation failed, with the first day on which it did."""
    return [dict(row) for row in await db.fetch(SQL.overdue)]


async def separated(db: Database) -> list[dict[str, Any]]:
    """Return the children in a welfare case, or on a list, of an opponent, since when, and the records that their owner is to say anew."""
    return [dict(row) for row in await db.fetch(SQL.separated, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED)]


async def doubtful(db: Database) -> list[dict[str, Any]]:
    """Return answers that wait for a record's owner: what cannot be, and what contradicts itself (`domain.md` §2.5, §2.8-14 and 17)."""
    return [dict(row) | {"source": SOURCE_OF[Item(row["item"])]} for row in await db.fetch(SQL.doubtful, QUARANTINED)]


async def review_signal(db: Database, person_id: PersonId, programme: Programme = IN_USE) -> dict[str, Any] | None:
    """Return what the ward was last told about a person by a ruleset; None if nothing ever."""
    row = await db.fetchrow(SQL.review_signal, person_id, programme.ruleset.name)
    return dict(row) if row else None


def _answer(row: asyncpg.Record) -> dict[str, Any]:
    answer = dict(row) | {"detail": json.loads(row["detail"]), "evidence": list(row["evidence"])}
    answer.pop("person_id", None)
    return answer
