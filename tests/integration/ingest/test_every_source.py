"""Every source of the city's table is registered for use (LAW-02), and what each may say comes in by the way that its owner really has."""

import json
from datetime import UTC, datetime

import pytest

from contracts.catalogue import SOURCES, AcquisitionMode, example_event
from contracts.catalogue import source as entry_of
from contracts.values import Source
from infra.clock import FixedClock
from services.ingest.domain.admission import Inlet
from tests.integration.ingest.conftest import Ingest

pytestmark = pytest.mark.servers

NETWORK = (Inlet.AMQP, Inlet.HTTP)
EXAMPLES_ARE_PAST = datetime(2026, 6, 30, tzinfo=UTC)


async def test_every_source_of_the_catalogue_has_a_row_of_the_register_with_the_basis_that_the_catalogue_names(ingest: Ingest) -> None:
    rows = {row["source"]: row for row in await ingest.pool.fetch("select * from source_registration")}

    assert {row["source"]: row["basis"] for row in rows.values()} == {each.code.value: each.legal_basis for each in SOURCES}
    for row in rows.values():
        assert row["purpose"] == "EARLY_SUPPORT"
        assert row["nature"] == "standing"
        assert row["reason"]
        assert row["approver"]
        assert row["since"] <= ingest.clock.now().date() <= row["review_on"]
        assert ("教育委員会" in row["reason"]) == row["basis"].endswith("第3号")


@pytest.mark.parametrize("source", Source)
async def test_an_event_of_each_type_comes_in_by_the_way_of_its_owner_and_by_no_other(
    ingest: Ingest, clock: FixedClock, source: Source
) -> None:
    """ACQ-03, ACQ-04."""
    clock.at = EXAMPLES_ARE_PAST
    of_media = entry_of(source).acquisition is AcquisitionMode.REMOVABLE_MEDIA

    for kind in entry_of(source).event_types:
        event = example_event(source, kind)
        for inlet in NETWORK:
            (answer,) = await ingest.takes(json.dumps(event).encode(), source=source, inlet=inlet)
            expected = ("refused", "removable_media_only") if of_media else ("accepted" if inlet is Inlet.AMQP else "duplicate", None)
            assert (answer["outcome"], answer["code"]) == expected, kind
        if of_media:
            (answer,) = await ingest.takes(json.dumps(event).encode(), source=source, inlet=Inlet.MEDIA)
            assert (answer["outcome"], answer["code"]) == ("accepted", None), kind


async def test_without_its_row_nothing_of_a_source_comes_in(ingest: Ingest, clock: FixedClock) -> None:
    """LAW-02."""
    clock.at = EXAMPLES_ARE_PAST
    await ingest.pool.execute("delete from source_registration where source = $1", Source.CHILDCARE.value)
    event = example_event(Source.CHILDCARE, entry_of(Source.CHILDCARE).event_types[0])

    (answer,) = await ingest.takes(json.dumps(event).encode(), source=Source.CHILDCARE)

    assert (answer["outcome"], answer["code"], answer["path"]) == ("refused", "no_purpose", "source")
