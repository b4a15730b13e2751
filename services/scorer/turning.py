"""
The turn of the school year (1 April): much begins on that day at once, and the wards are asked about it on the days after it.

Answers turn on their day, and a list of the day has everybody. Only the word to the ward waits.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import Item
from infra.clock import JST
from infra.postgres import Database
from services.scorer import loading
from services.scorer.domain.answer import Answer
from services.scorer.domain.spreading import asked_on, turned_alone
from services.scorer.store import Held, row_of


@quick(frozen=True, slots=True)
class Listed:
    """For which reasons the ward would be told of a child now, and when it was told of it last."""

    reasons: Sequence[Answer]
    told_at: datetime | None


@quick(frozen=True, slots=True)
class Waits:
    """Until which day nothing is said of these reasons of a child."""

    until: date
    items: Collection[Item]


async def who_waits(db: Database, now: datetime, listed: Mapping[PersonId, Listed]) -> dict[PersonId, Waits]:
    """
    Return those of the `listed` children for whom the new school year alone is the reason, and of whom it is too early to tell.

    One statement, and none where nobody has any.
    """
    turned = {who: begun for who, each in listed.items() if (begun := turned_alone(each.reasons, _day(each.told_at)))}
    if not turned:
        return {}
    held = await loading.answers_held(db, list(turned))
    today = now.astimezone(JST).date()
    found: dict[PersonId, Waits] = {}
    for who, begun in turned.items():
        until = {answer.item: asked_on(who, day, _known_on(who, answer, held.get(who, {}), now)) for answer, day in begun}
        items = frozenset(item for item, day in until.items() if day > today)
        if items:
            found[who] = Waits(min(until[item] for item in items), items)
    return found


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(JST).date() if instant is not None else None


def _known_on(who: PersonId, answer: Answer, held: Mapping[str, Held], now: datetime) -> date:
    """The day since which an answer is known: of one that is not held yet, today."""
    known = held.get(answer.item)
    return (known.known_at if known is not None and known.says(row_of(who, answer)) else now).astimezone(JST).date()
