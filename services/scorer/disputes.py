"""
Staff call a reason wrong or outdated: its source's owner is told which records that is about (`domain.md` §4.7).

A ward knows what an answer says, an owner knows its own records, and here is kept on which of them the answer rests. Of the child nothing
goes on.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from contracts.messages import ReasonDisputed, RecordKey, RecordsDisputed
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.scorer import loading, rulesets
from services.scorer.domain.reading import Record

MOST_RECORDS = 20
"""More records are named of no dispute: an owner begins with these, and asks."""


async def pass_on(work: UnitOfWork, disputes: Sequence[ReasonDisputed]) -> None:
    """Tell the owners. What is said twice is the same message."""
    if not disputes:
        return
    programme = await rulesets.in_use(work.db)
    children = sorted({each.person_id for each in disputes})
    cases = await loading.load(work.db, children, programme, await loading.feeds(work.db), held=False)
    known = {case.person_id: case for case in cases}
    for dispute in disputes:
        work.announce(_named(dispute, known.get(dispute.person_id)), key=dispute.source)


def _named(dispute: ReasonDisputed, case: loading.Case | None) -> RecordsDisputed:
    """Return the dispute with the records that it is about, newest first; none where nothing of the source is held any more."""
    own = [record for record in _records(case) if record.source == dispute.source] if case is not None else []
    rests_on = [record for record in own if record.event_id in dispute.evidence]
    # Where an answer rests on the absence of a record, what else the source sent of the child leads its owner to it.
    of_child = [record for record in case.own if record.source == dispute.source] if case is not None else []
    return RecordsDisputed(
        event_id=caused(dispute.event_id, "records"),
        occurred_at=dispute.occurred_at,
        dispute_id=dispute.dispute_id,
        number=dispute.number,
        source=dispute.source,
        item=dispute.item,
        kind=dispute.kind,
        words=dispute.words,
        asked_on=dispute.asked_on,
        rests_on=bool(rests_on),
        records=_keys(rests_on or of_child),
    )


def _records(case: loading.Case) -> Iterator[Record]:
    """Return everything that reaches the child and may be told of it: never what is an opponent's (`domain.md` §2.8-8)."""
    yield from case.own
    for delivery in case.deliveries:
        yield from (*delivery.linked, *delivery.loose)
    if case.mother is not None:
        yield from (*case.mother.loose, *case.mother.unborn)
    yield from (other.record for other in case.others if not other.parted)


def _keys(records: Iterable[Record]) -> tuple[RecordKey, ...]:
    newest = sorted(records, key=lambda record: (record.said_on or date.min, record.record_id), reverse=True)
    return tuple(dict.fromkeys(RecordKey(event_type=each.event_type, record_id=each.record_id) for each in newest))[:MOST_RECORDS]
