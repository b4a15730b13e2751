"""Every address of ingest leaves one entry, permitted or refused, that says what was shown: no more and no less (audit.md §5, target 9)."""

from uuid import UUID

import pytest

from contracts.values import Item, ServiceName, Source
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.office import Office
from tests.integration.ingest.test_disputes import EXAM, disputed, hear
from tests.integration.ingest.test_feed_pages import WRONG, key_of, parks, takes
from tests.integration.routes import Witness, differs
from tests.unit.ingest.events import checkup

pytestmark = pytest.mark.servers

BATCH = UUID(int=7)
WORDS = "ほかの会場で受診"
PARKED = checkup({"mood": "calm"}, subject="P-1")
PLANTED = {
    "record_ids": "W-1|K-18|P-1",
    "words_to_owner": WORDS,
    "person_no": r"0000000100",
    "exam_date": r"2026-03-20",
    "other_fields": "calm",
}
"""By which words one knows what is shown: record numbers, what a dispute says, what a parked event says, an unknown field included."""


async def test_each_is_declared_and_leaves_one_entry_that_says_what_was_shown(office: Office) -> None:
    assert differs(ServiceName.INGEST, office.wired.service.app) == set()
    await takes(office, WRONG)
    await parks(office, PARKED)
    await hear(office, disputed(EXAM, Source.MATERNAL_CHILD_HEALTH, Item.CHECKUP_18M_NOT_RECEIVED, "K-18", words=WORDS))
    body = f"/quarantine/{key_of(PARKED)}/body?ticket=T-7"
    named = {
        "source": HEALTH.value, "event": key_of(WRONG), "dispute": str(EXAM), "batch": str(BATCH), "/quarantine/{event}/body": body
    }  # fmt: skip
    witness = Witness(ServiceName.INGEST, office.pool, named, PLANTED)

    async with office.at_work("hakata.clerk") as stranger:
        assert await witness.turned_away(stranger.http) == []
    async with office.at_work("coordinator") as coordinator:
        assert await witness.shown(coordinator.http, but={"/media/batches/{batch}"}) == []
        # What there is not is one refusal, and no more.
        assert (await coordinator.opens(f"/media/batches/{BATCH}")).status_code == 404
    assert [(look.action, look.decision, look.reason_code) for look in await office.looks()] == [
        ("media.batch_opened", "deny", "nothing_there")
    ]
