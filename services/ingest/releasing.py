"""What people decide about a stopped feed. Each decision is kept in the audit log with its reason."""

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Source
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.work import UnitOfWork
from services.ingest import numbering, store
from services.ingest.actions import let_go
from services.ingest.domain.answers import answer
from services.ingest.feeds import FEED_STOPPED
from services.ingest.replies import reply

_REPLIES_TOGETHER = 200
_MY_NUMBER = "my_number", "MY-NUMBER"
"""Code and item of a refusal because of a My Number."""


async def release(work: UnitOfWork, source: Source, reason: str, *, vouch: bool = False) -> list[str]:
    """
    Let a stopped feed go on, counting anew, and have what is held handled. Returns the fields it was stopped for; none if it was not.

    With `vouch` those fields are watched no more: somebody knows that their numbers have such a check digit of their own.
    """
    await store.take_all_lanes(work.db)
    fields = [place.field for place in await numbering.release_feed(work.db, source, vouch=vouch)]
    if fields:
        await store.take_up_held(work.db, source, FEED_STOPPED)
        _tell_audit(work, deeds.NUMBERING_VOUCHED if vouch else deeds.FEED_RELEASED, source, reason, fields)
    return fields


async def drop(work: UnitOfWork, source: Source, reason: str) -> int:
    """Throw away what is held of a stopped feed, and tell its source that it is refused. Returns how many events that were."""
    await store.take_all_lanes(work.db)
    refused = await store.refuse_held(work.db, source, FEED_STOPPED, *_MY_NUMBER)
    answers = [answer(entry, again=False) for entry in refused]
    for first in range(0, len(answers), _REPLIES_TOGETHER):
        reply(work, source, answers[first : first + _REPLIES_TOGETHER])
    await let_go(work, [entry.key for entry in refused])
    if refused:
        _tell_audit(work, deeds.HELD_DROPPED, source, reason, [])
    return len(refused)


def _tell_audit(work: UnitOfWork, deed: Deed, source: Source, reason: str, fields: list[str]) -> None:
    thing = Thing(kind=ThingKind.SOURCE, id=source.value)
    work.keep(deed, actor=OPERATOR, thing=thing, fields=tuple(fields), reason_code=reason, origin=COMMAND_LINE)
