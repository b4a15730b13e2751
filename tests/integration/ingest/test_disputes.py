"""What staff of the wards call wrong or outdated comes to the owner of the source, whose answer goes back (issue 12 point 6)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.ids import DisputeId, EventId
from contracts.messages import DisputeAnswered, RecordKey, RecordsDisputed
from contracts.values import DisputeKind, Item, ServiceName, Source
from infra.testing.fixtures import announced, unit_of_work
from services.ingest.hearing import on_parcel
from tests.integration.ingest.office import Browser, Office

pytestmark = pytest.mark.servers

EXAM, WELFARE = (DisputeId(UUID(int=n)) for n in (1, 2))


def disputed(dispute: DisputeId, source: Source, item: Item, *records: str, words: str = "ほかの会場で受診") -> RecordsDisputed:
    return RecordsDisputed(
        event_id=EventId(UUID(int=dispute.int + 100)),
        occurred_at=datetime(2026, 4, 11, tzinfo=UTC),
        dispute_id=dispute,
        number=f"S-{dispute.int:06d}",
        source=source,
        item=item,
        kind=DisputeKind.WRONG,
        words=words,
        asked_on=date(2026, 4, 11),
        rests_on=bool(records),
        records=tuple(RecordKey(event_type="infant_checkup.recorded", record_id=record) for record in records),
    )


async def hear(office: Office, *said: RecordsDisputed) -> None:
    async with unit_of_work(office.pool, ServiceName.INGEST, office.clock) as work:
        await on_parcel(work, said)


async def answers(browser: Browser, answer: str, version: int, words: str = "") -> tuple[int, str]:
    await browser.opens(f"/disputes/{EXAM}")
    sent = await browser.sends(f"/disputes/{EXAM}/answer", answer=answer, version=str(version), words=words)
    return sent.status_code, sent.text


async def test_an_owner_sees_which_record_is_called_wrong_and_answers_each_time_on_what_was_seen(office: Office) -> None:
    exam = disputed(EXAM, Source.MATERNAL_CHILD_HEALTH, Item.CHECKUP_18M_NOT_RECEIVED, "K-18")
    welfare = disputed(WELFARE, Source.PUBLIC_ASSISTANCE, Item.HOUSEHOLD_PUBLIC_ASSISTANCE, words="")
    await hear(office, exam, welfare, exam)
    await hear(office, exam)
    async with office.at_work("health.owner") as owner:
        listed = (await owner.opens("/disputes")).text
        page = (await owner.opens(f"/disputes/{EXAM}")).text
        others = [await owner.opens(f"/disputes/{each}") for each in (WELFARE, UUID(int=9), "no-id")]
        foreign = await owner.sends(f"/disputes/{WELFARE}/answer", answer="right", version="0")
        looking = await answers(owner, "looking", 0, "会場に問い合わせています")
        late = await answers(owner, "right", 0, "書いた言葉")
        wrong = [
            await answers(owner, *given)
            for given in (("", 1), ("corrected", 1, "個人番号は123456789018です"), ("corrected", 1, "あ" * 501))
        ]
        settled = await answers(owner, "corrected", 1, "会場の報告を取り込みます")
        again = (await owner.opens("/disputes")).text

    assert ("S-000001" in listed, "S-000002" in listed, "回答待ち" in listed) == (True, False, True)
    assert ("K-18" in page, "ほかの会場で受診" in page, "1歳6か月児健診" in page) == (True, True, True)
    assert {each.status_code for each in (*others, foreign)} == {404}
    assert (looking[0], late[0], "書いた言葉" in late[1], [status for status, _ in wrong]) == (303, 409, True, [422, 422, 422])
    assert (settled[0], "回答待ち" in again, "誤りでした" in again) == (303, False, True)
    said = [each for each in await announced(office.pool) if isinstance(each, DisputeAnswered)]
    assert [(each.dispute_id, each.version, each.answer, each.words) for each in said] == [
        (EXAM, 1, "looking", "会場に問い合わせています"),
        (EXAM, 2, "corrected", "会場の報告を取り込みます"),
    ]
    kept = [(each.action, each.thing.kind, each.reason_code) for each in await office.decisions() if each.decision == "done"]
    assert kept == [("ingest.dispute_answered", "dispute", "looking"), ("ingest.dispute_answered", "dispute", "corrected")]
    assert ("ingest.dispute_opened", "not_owner") in {(each.action, each.reason_code) for each in await office.looks()}


async def test_where_nothing_of_the_child_ever_came_the_owner_is_told_whom_to_ask(office: Office) -> None:
    await hear(office, disputed(WELFARE, Source.PUBLIC_ASSISTANCE, Item.HOUSEHOLD_PUBLIC_ASSISTANCE, words=""))
    async with office.at_work("coordinator") as coordinator:
        page = (await coordinator.opens(f"/disputes/{WELFARE}")).text

    assert "番号（S-000002）を伝えて、こども家庭課に照会してください" in page
