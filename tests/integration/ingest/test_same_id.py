"""An id is used once: the same id with other content is refused by name, never taken for a repetition and lost."""

from typing import Any

import pytest

from tests.integration.ingest.test_inlets import Running, running, stack
from tests.unit.ingest.events import Event, body, checkup

__all__ = ["running", "stack"]
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
    assert (other.json()["errors"][0]["path"], other.json()["errors"][0]["code"]) == ("id", "id_reused")


async def test_a_refused_event_may_be_mended_under_its_own_id(running: Running) -> None:
    event = {**checkup(), "subject": "K-mended"}
    refused = await running.post(body({**event, "data": {**event["data"], "checkup_type": "19m"}}))

    mended = await running.post(body(event))

    assert [refused.status_code, mended.status_code] == [422, 200]
    assert mended.json()["outcomes"][0]["outcome"] == "accepted"
