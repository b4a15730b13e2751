"""Staff call a reason wrong: its source's owner is told which records it rests on, and nothing of the child (domain.md §4.7)."""

from datetime import date
from uuid import UUID

import pytest

from contracts.ids import DisputeId, EventId
from contracts.messages import ReasonDisputed, RecordsDisputed
from contracts.values import DisputeKind, Item, Source
from infra.testing.fixtures import announced
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import AT, CHILD, assistance, checkup, fresh_id, kinship, notified, person

pytestmark = pytest.mark.servers
HEALTH = Source.MATERNAL_CHILD_HEALTH


def disputed(number: int, item: Item, *evidence: EventId, source: Source = HEALTH) -> ReasonDisputed:
    return ReasonDisputed(
        event_id=fresh_id(),
        occurred_at=AT,
        dispute_id=DisputeId(UUID(int=number)),
        number=f"S-{number:06d}",
        person_id=CHILD,
        source=source,
        item=item,
        kind=DisputeKind.WRONG,
        words="ほかの会場で受診",
        asked_on=date(2026, 4, 1),
        evidence=evidence,
    )


async def test_the_owner_is_told_the_records_behind_an_answer_or_what_else_it_sent_of_the_child(scorer: Scorer) -> None:
    notice, late = notified("2023-10-02", 21), checkup("4m", "2024-06-20", "K-4")
    of_mother = disputed(1, Item.LATE_PREGNANCY_NOTIFICATION, notice.event_id)
    absent = disputed(2, Item.CHECKUP_18M_NOT_RECEIVED)
    superseded = disputed(3, Item.EPDS_HIGH, fresh_id())
    nothing = disputed(4, Item.EPDS_HIGH, source=Source.CHILDCARE)
    # Before what it is about, and again afterwards.
    await scorer.hears(nothing, person("2024-02-10"), *kinship(), notice, late, assistance("2025-02-01"))
    await scorer.hears(of_mother, absent, superseded)
    await scorer.hears(of_mother)

    said = [each for each in await announced(scorer.pool) if isinstance(each, RecordsDisputed)]
    told = {each.number: (each.source, each.rests_on, [record.record_id for record in each.records]) for each in said}
    assert told == {
        "S-000001": (HEALTH, True, ["N-1"]),
        "S-000002": (HEALTH, False, ["K-4"]),
        "S-000003": (HEALTH, False, ["K-4"]),
        "S-000004": (Source.CHILDCARE, False, []),
    }
    assert len({each.event_id for each in said if each.number == "S-000001"}) == 1
    assert str(CHILD) not in "".join(each.as_json() for each in said)
