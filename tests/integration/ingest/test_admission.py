"""One path for everything that comes in, on a real database."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest
from jsonschema import Draft202012Validator

from contracts.messages import RecordAccepted, RecordVoided
from contracts.replies import REPLY
from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.testing.fixtures import Database, unit_of_work
from services.ingest import inspection
from services.ingest.actions import admit
from services.ingest.domain.admission import Inlet
from services.ingest.domain.reading import EVENTS_MAX, read
from services.ingest.submissions import Submission
from tests.integration.ingest.conftest import HEALTH, SEALER, Ingest
from tests.unit.ingest.events import BAD, MY_NUMBER, Event, body, checkup, event, resident, watermark

pytestmark = pytest.mark.servers

SECRET = "口をふさいだと話す一八四七二"


async def everything_kept(database: Database) -> str:
    """Every value of every table of ingest's schema, as one text."""
    admin = await asyncpg.connect(database.admin_url)
    try:
        tables = await admin.fetch("select tablename from pg_tables where schemaname = 'ingest' order by tablename")
        texts = [
            await admin.fetchval(f"select coalesce(string_agg(row_to_json(t)::text, chr(10)), '') from ingest.\"{row['tablename']}\" t")
            for row in tables
        ]
    finally:
        await admin.close()
    return "\n".join(texts)


async def test_an_event_is_kept_announced_and_answered(ingest: Ingest) -> None:
    sent = checkup({"weight_kg": 10.9, "result_status": "受診"}, traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")

    (answer,) = await ingest.takes(body(sent))

    (said,) = await ingest.records()
    assert isinstance(said, RecordAccepted)
    assert (said.source, said.event_type, said.record_id, said.revision) == (HEALTH, "infant_checkup.recorded", "K-1", 1)
    assert (said.person_no, said.effective_on, said.traceparent) == ("0000000100", date(2026, 3, 31), sent["traceparent"])
    assert said.data == {**sent["data"], "result_status": "attended"}
    assert (answer["id"], answer["outcome"], answer["code"], answer["path"]) == (sent["id"], "accepted", None, None)
    assert await ingest.replies() == [("maternal_child_health.accepted", answer)]
    kept = await ingest.pool.fetchval("select row_to_json(r)::text || row_to_json(l)::text from record r cross join event_log l")
    assert [value for value in said.data.values() if isinstance(value, str) and value in kept and value != said.person_no] == []


async def test_bad_input_is_answered_counted_once_and_poisons_nothing(ingest: Ingest) -> None:
    """All of it in one database, because what one leaves behind must not hurt the next."""
    for number, bad in enumerate(BAD):
        first = await ingest.takes(bad.body, body(checkup(subject=f"good-{number}")))
        again = await ingest.takes(bad.body, body(checkup(subject=f"better-{number}")))

        found = [(each["outcome"], each["code"], each["path"]) for each in first]
        assert found == [("refused", bad.code, bad.path), ("accepted", None, None)], bad.name
        assert [each["outcome"] for each in again] == ["refused", "accepted"], bad.name
        assert await ingest.figures() == {"accepted": 2 * number + 2, "refused": number + 1}, bad.name

    assert len(await ingest.records()) == 2 * len(BAD)
    assert Counter(key for key, _ in await ingest.replies()) == {
        "maternal_child_health.accepted": 2 * len(BAD),
        "maternal_child_health.refused": 2 * len(BAD),
    }


async def test_an_event_delivered_again_has_one_effect_and_one_row(ingest: Ingest) -> None:
    sent = checkup()

    outcomes = [await ingest.takes_events(sent), await ingest.takes_events(sent, sent)]

    assert outcomes == [["accepted"], ["duplicate", "duplicate"]]
    assert await ingest.figures() == {"accepted": 1}
    assert list((await ingest.ids_said()).values()) == [1]
    assert (await ingest.asked(inspection.ledger))[HEALTH] == {
        "accepted": 1, "refused": 0, "parked": 0, "superseded": 0, "duplicate": 2, "received": 3,
    }  # fmt: skip
    assert await ingest.asked(inspection.outcome, HEALTH, [sent["id"], "never seen"]) == {sent["id"]: ("accepted", None, None)}


async def test_the_same_revision_with_other_content_is_refused_and_the_same_content_is_a_duplicate(ingest: Ingest) -> None:
    outcomes = await ingest.takes_events(checkup({"weight_kg": 10.9}), checkup({"weight_kg": 10.9}), checkup({"weight_kg": 14.9}))

    assert outcomes == ["accepted", "duplicate", "refused"]
    refused = [reply for key, reply in await ingest.replies() if key.endswith("refused")]
    assert [(reply["path"], reply["code"]) for reply in refused] == [("revision", "revision_conflict")]


@pytest.mark.parametrize("together", [True, False])
async def test_revisions_in_the_wrong_order_end_in_the_highest(ingest: Ingest, together: bool) -> None:
    revisions = [checkup({"weight_kg": 10.0 + number}, revision=number) for number in (2, 4, 1, 3)]

    if together:
        outcomes = await ingest.takes_events(*revisions)
    else:
        outcomes = [outcome for revision in revisions for outcome in await ingest.takes_events(revision)]

    assert outcomes == ["accepted", "accepted", "superseded", "superseded"]
    assert [said.revision for said in await ingest.records()] == [2, 4]
    assert await ingest.pool.fetchval("select revision from record") == 4


async def test_a_record_taken_back_keeps_nothing_and_stays_taken_back(ingest: Ingest) -> None:
    await ingest.takes_events(checkup(), checkup(revision=3, op="void", data=None), checkup(revision=2))

    voided = (await ingest.records())[-1]
    assert isinstance(voided, RecordVoided)
    assert (voided.revision, voided.person_no) == (3, "0000000100")
    assert await ingest.pool.fetchval("select array[operation, doubts::text] from record") == ["void", None]


async def test_a_record_taken_back_before_it_came_never_comes(ingest: Ingest) -> None:
    outcomes = await ingest.takes_events(checkup(revision=2, op="void", data=None), checkup(revision=1))

    assert outcomes == ["accepted", "superseded"]


async def test_an_id_used_for_two_records_is_refused_the_second_time(ingest: Ingest) -> None:
    first, second = checkup(id="1"), checkup(id="1", subject="K-2")

    outcomes = [await ingest.takes_events(first, second), await ingest.takes_events(second), await ingest.takes_events(first)]

    assert outcomes == [["accepted", "refused"], ["refused"], ["duplicate"]]
    assert await ingest.figures() == {"accepted": 1, "refused": 1}


async def test_a_mended_event_is_taken_under_its_old_id_and_revision(ingest: Ingest) -> None:
    """S18: a resend without the item is accepted as the same revision."""
    bad = checkup({"questionnaire": {"hit_emotionally": True}})
    good = {**bad, "data": checkup()["data"]}

    apart = [await ingest.takes_events(bad), await ingest.takes_events(good), await ingest.takes_events(good)]
    other = checkup({"questionnaire": {}}, subject="K-2")
    together = await ingest.takes_events(other, {**other, "data": checkup()["data"]})

    assert apart == [["refused"], ["accepted"], ["duplicate"]]
    assert together == ["refused", "accepted"]
    assert await ingest.figures() == {"accepted": 2}
    assert len(await ingest.decisions()) == 2


S18: tuple[tuple[str, Event, Source, str, str], ...] = (
    ("a", checkup({"questionnaire": {"hit_emotionally": SECRET}}), HEALTH, "questionnaire", SECRET),
    (
        "b",
        event(
            Source.CHILD_CONSULTATION,
            "consultation.status_changed",
            {"person_no": "1", "status": "open", "opened_on": "2026-01-01", "temporary_custody_from": "2031-12-24"},
        ),
        Source.CHILD_CONSULTATION,
        "temporary_custody_from",
        "2031-12-24",
    ),
    (
        "c",
        event(Source.SCHOOL_AFFAIRS, "attendance.month_reported", {"pupil_key": "2", "note": "死にたいと話す"}),
        Source.SCHOOL_AFFAIRS,
        "note",
        "死にたい",
    ),
    (
        "d",
        event(
            HEALTH,
            "postpartum_checkup.recorded",
            {"person_no": "1", "exam_date": "2026-03-01", **{f"q{number}": 70_007 + number for number in range(1, 11)}},
        ),
        HEALTH,
        "q1",
        "70017",
    ),
    ("e", resident({"name": f"山田 {MY_NUMBER}"}), Source.RESIDENT_REGISTRY, "name", MY_NUMBER),
    ("e beside the record's number", resident(subject=f"番号 {MY_NUMBER}"), Source.RESIDENT_REGISTRY, "subject", MY_NUMBER),
    ("e as a key", resident({MY_NUMBER: 1}), Source.RESIDENT_REGISTRY, "*", MY_NUMBER),
)


@pytest.mark.parametrize(("name", "sent", "source", "path", "value"), S18, ids=[case[0] for case in S18])
async def test_s18_a_disallowed_item_is_refused_whole_audited_once_and_nowhere_to_be_found(
    ingest: Ingest, database: Database, name: str, sent: Event, source: Source, path: str, value: str
) -> None:
    for _ in range(3):
        (answer,) = await ingest.takes(body(sent), source=source)
        assert (answer["outcome"], answer["path"]) == ("refused", path), name
        assert answer["message"]["ja"]

    (decision,) = await ingest.decisions()
    assert (decision.action, decision.decision, decision.fields) == ("ingest.disallowed_item_rejected", "deny", (path,))
    assert await ingest.figures(source) == {"refused": 1}
    assert await ingest.pool.fetchval("select count(*) from record") == 0
    kept = await everything_kept(database)
    assert "disallowed_item_rejected" in kept
    assert value not in kept
    assert json.dumps(value)[1:-1] not in kept


@pytest.mark.parametrize("together", [True, False])
async def test_s18_each_other_refusal_of_an_event_is_audited_under_an_id_of_its_own(ingest: Ingest, together: bool) -> None:
    """An id said twice is dropped by the audit, and its number missing for ever."""
    first = checkup({"questionnaire": {"hit_emotionally": True}})
    second = {**first, "data": {**checkup()["data"], "council_status": "open"}}
    sendings = [first, first, second, second, first, first]

    if together:
        answers = await ingest.takes(*map(body, sendings))
    else:
        answers = [answer for sent in sendings for answer in await ingest.takes(body(sent))]

    assert [answer["path"] for answer in answers] == [path for path in ("questionnaire", "council_status", "questionnaire") for _ in "12"]
    decisions = await ingest.decisions()
    assert [decision.fields for decision in decisions] == [("questionnaire",), ("council_status",), ("questionnaire",)]
    assert len({decision.event_id for decision in decisions}) == 3
    assert len({decision.thing.id for decision in decisions}) == 1
    assert await ingest.figures() == {"refused": 1}
    assert await ingest.pool.fetchval("select repeats from event_log") == len(sendings) - 1


async def test_a_mended_event_sent_twice_at_once_is_taken_once_and_the_second_is_a_duplicate(ingest: Ingest) -> None:
    bad = checkup({"questionnaire": {}})
    mended = {**bad, "data": checkup()["data"]}

    outcomes = [await ingest.takes_events(bad), await ingest.takes_events(mended, mended)]

    assert outcomes == [["refused"], ["accepted", "duplicate"]]


async def test_a_purpose_past_its_review_stops_its_feed_until_it_was_looked_at(ingest: Ingest, clock: FixedClock) -> None:
    """LAW-02."""
    sent = checkup()
    taken = checkup(subject="K-0")
    await ingest.takes_events(taken)
    await ingest.enter(HEALTH, review_on=date(2026, 4, 1))

    on_the_day = await ingest.takes_events(checkup(subject="K-9"))
    clock.at = clock.at.replace(day=2)
    (after,) = await ingest.takes(body(sent))
    redelivered = await ingest.takes_events(taken)
    await ingest.enter(HEALTH, review_on=None)
    mended = await ingest.takes_events(sent)

    assert (on_the_day, after["outcome"], after["code"], after["path"]) == (["accepted"], "refused", "purpose_overdue", "source")
    assert redelivered == ["duplicate"]
    assert mended == ["accepted"]


async def test_a_watermark_moves_on_and_never_back(ingest: Ingest) -> None:
    outcomes = await ingest.takes_events(*(watermark(f"2026-03-{day}", id=str(day)) for day in (10, 20, 15, 20)))

    assert outcomes == ["accepted", "accepted", "superseded", "duplicate"]
    assert [said.complete_through.day for said in await ingest.watermarks()] == [10, 20]
    assert await ingest.pool.fetchval("select complete_through from watermark") == date(2026, 3, 20)


async def test_who_asks_for_one_reply_to_a_message_has_totals_and_is_told_of_what_it_must_look_at_alone(ingest: Ingest) -> None:
    registry = Source.RESIDENT_REGISTRY
    good = [resident(subject=f"R-{number}") for number in range(3)]
    doubtful, bad = resident({"name": "〓田 花"}, subject="R-3"), resident({"mood": 1}, subject="R-4")
    older = resident(subject="R-0", revision=0)

    answers = await ingest.takes(body(*good, good[0], doubtful, bad, older), body(*good), b"[]", source=registry, together=True)

    replies = await ingest.whole_replies()
    for _, reply in replies:
        Draft202012Validator(REPLY).validate(reply)
    mixed, again, empty = (reply for _, reply in replies)
    assert [key for key, _ in replies] == [f"{registry}.refused", f"{registry}.accepted", f"{registry}.accepted"]
    assert mixed["totals"] == {"accepted": 4, "duplicate": 1, "refused": 1, "superseded": 1}
    assert mixed["outcomes"] == [each for each in answers if each["id"] in {doubtful["id"], bad["id"]}]
    assert [each["position"] for each in mixed["outcomes"]] == [4, 5]
    assert (again["totals"], again["outcomes"]) == ({"duplicate": 3}, [])
    assert (empty["totals"], empty["outcomes"]) == ({}, [])


async def test_two_sources_in_one_transaction_are_answered_apart(ingest: Ingest) -> None:
    await ingest.takes_events(checkup(), checkup({"mood": 1}, subject="K-2"))
    await ingest.takes_events(resident(), source=Source.RESIDENT_REGISTRY)

    keys = [key for key, _ in await ingest.replies()]

    assert keys == [
        "maternal_child_health.accepted",
        "maternal_child_health.refused",
        "resident_registry.accepted",
    ]


async def test_content_depends_on_what_was_said_and_not_on_how_it_came(ingest: Ingest) -> None:
    events = [checkup({"weight_kg": 9.0 + n}, subject=f"K-{n % 5}", revision=n // 5 + 1) for n in range(20)]
    bad = [checkup({"mood": n}, subject=f"X-{n}") for n in range(3)]

    for sent in [*events, *bad]:
        await ingest.takes_events(sent)
    before: str = await ingest.asked(inspection.content_hash)
    await ingest.takes_events(*events[:7])
    repeated = await ingest.asked(inspection.content_hash)
    await ingest.pool.execute("delete from record; delete from event_log; delete from day_tally; delete from outbox")
    await ingest.takes_events(*reversed(bad), *reversed(events))
    backwards = await ingest.asked(inspection.content_hash)
    await ingest.takes_events(checkup({"weight_kg": 3.3}, subject="K-0", revision=9))

    assert before == repeated == backwards
    assert before != await ingest.asked(inspection.content_hash)
    assert await ingest.asked(inspection.received) == len(events) + len(bad) + 1


async def test_a_full_batch_is_admitted_as_a_whole(ingest: Ingest) -> None:
    batch = [checkup(subject=f"K-{n}") for n in range(EVENTS_MAX)]
    batch[17]["data"]["mood"] = "good"

    answers = await ingest.takes(body(*batch))

    outcomes: list[Any] = [answer["outcome"] for answer in answers]
    assert (outcomes.count("accepted"), outcomes[17]) == (EVENTS_MAX - 1, "refused")


async def test_the_login_of_ingest_may_not_touch_other_schemas(database: Database) -> None:
    pool = await database.pool(ServiceName.INGEST)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.fetch("select * from linker.outbox")


async def test_the_ledger_names_a_refused_record_by_its_number_of_twelve_digits_and_keeps_none_in_words(ingest: Ingest) -> None:
    await ingest.takes_events(checkup({"mood": 1}, id=MY_NUMBER, subject=MY_NUMBER), checkup({"mood": 1}, subject=f"no {MY_NUMBER}"))

    rows = await ingest.pool.fetch("select event_id, record_id from event_log order by event_id")

    assert {row["record_id"]: row["event_id"] for row in rows}[MY_NUMBER] == MY_NUMBER
    assert {row["record_id"] for row in rows} == {MY_NUMBER, None}


async def test_a_clock_that_runs_ahead_is_refused_alone_and_taken_once_its_time_has_come(ingest: Ingest, clock: FixedClock) -> None:
    soon, later = clock.at + timedelta(minutes=5), clock.at + timedelta(minutes=6)
    good, within = checkup(subject="A-1"), checkup(subject="A-2", time=soon.isoformat(), recordedat=soon.isoformat())
    ahead = checkup(subject="A-3", recordedat=later.isoformat())

    first = await ingest.takes(body(good, ahead, within))
    clock.at += timedelta(minutes=1)
    again = await ingest.takes(body(ahead))

    found = [(each["outcome"], each["path"]) for each in first + again]
    assert found == [("accepted", None), ("refused", "recordedat"), ("accepted", None), ("accepted", None)]
    assert [said.record_id for said in await ingest.records()] == ["A-1", "A-2", "A-3"]


async def test_how_far_a_clock_may_run_ahead_is_a_parameter(ingest: Ingest, clock: FixedClock) -> None:
    sent = read(body(checkup(time=(clock.at + timedelta(seconds=30)).isoformat())))

    async with unit_of_work(ingest.pool, ServiceName.INGEST, clock) as work:
        ((answer,),) = await admit(work, [Submission(HEALTH, Inlet.AMQP, sent, "message")], SEALER, ahead=timedelta(seconds=29))

    assert (answer.outcome, answer.path) == ("refused", "time")
