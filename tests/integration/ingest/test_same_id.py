"""An id is used once: the same id with other content is refused by name, never taken for a repetition and lost."""

from typing import Any

import pytest

from tests.integration.ingest.test_inlets import Running, running
from tests.unit.ingest.events import Event, body, checkup

__all__ = ["running"]
pytestmark = pytest.mark.servers


def other_day(event: Event) -> Event:
    return {**event, "data": {**event["data"], "exam_date": "2025-11-02"}}


def taken_back(event: Event) -> Event:
    return {key: value for key, value in event.items() if key != "data"} | {"op": "void"}


@pytest.mark.parametrize("corrected", [other_day, taken_back])
async def test_a_correction_under_the_id_of_what_it_corrects_is_refused_by_name(running: Running, corrected: Any) -> None:
    event = checkup()
    first = await running.post(body(event))

    again = await running.post(body(event))
    other = await running.post(body(corrected(event)))

    assert [answer.status_code for answer in (first, again, other)] == [200, 200, 422]
    assert again.json()["outcomes"][0]["outcome"] == "duplicate"
    errors = other.json()["errors"]
    assert [(error["path"], error["code"]) for error in errors] == [("id", "id_reused"), ("revision", "revision_conflict")]
    assert "new id and a higher revision" in errors[0]["message"]["en"]
    assert "新しいidと、より大きい改訂番号" in errors[0]["message"]["ja"]


@pytest.mark.parametrize("changes", [{"subject": "K-other"}, {"revision": 2}, {"revision": 0}])
async def test_an_id_of_another_record_or_revision_is_refused_for_the_id_alone(running: Running, changes: Event) -> None:
    event = checkup(subject=f"K-{next(iter(changes))}-{changes.get('revision')}")
    await running.post(body(event))

    other = await running.post(body({**other_day(event), **changes}))
    with_new_id = await running.post(body({**other_day(event), **changes, "id": event["id"] + "-new"}))

    assert [(error["path"], error["code"]) for error in other.json()["errors"]] == [("id", "id_reused")]
    assert with_new_id.status_code == 200
    assert with_new_id.json()["outcomes"][0]["outcome"] == ("superseded" if changes.get("revision") == 0 else "accepted")


async def test_a_correction_with_a_new_id_and_the_old_revision_is_told_to_be_sent_with_a_higher_one(running: Running) -> None:
    event = checkup(subject="K-revision")
    await running.post(body(event))
    again = {**other_day(event), "id": event["id"] + "-new"}

    refused = await running.post(body(again))
    mended = await running.post(body({**again, "revision": 2}))

    assert [(error["path"], error["code"]) for error in refused.json()["errors"]] == [("revision", "revision_conflict")]
    assert mended.json()["outcomes"][0]["outcome"] == "accepted"


async def test_a_refused_event_may_be_mended_under_its_own_id(running: Running) -> None:
    event = {**checkup(), "subject": "K-mended"}
    refused = await running.post(body({**event, "data": {**event["data"], "checkup_type": "19m"}}))

    mended = await running.post(body(event))

    assert [refused.status_code, mended.status_code] == [422, 200]
    assert mended.json()["outcomes"][0]["outcome"] == "accepted"
