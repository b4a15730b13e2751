"""Every source of the city's table is registered for use (LAW-02), and what each may say comes in by the way that its owner really has."""

import json
from datetime import UTC, datetime

import asyncpg
import pytest

from contracts.catalogue import SOURCES, AcquisitionMode, example_event
from contracts.catalogue import source as entry_of
from contracts.values import Source
from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.ingest.domain.admission import Inlet
from tests.integration.ingest.conftest import HEALTH, Ingest
from tests.unit.ingest.events import body, checkup

pytestmark = pytest.mark.servers

NETWORK = (Inlet.AMQP, Inlet.HTTP)
EXAMPLES_ARE_PAST = datetime(2026, 6, 30, tzinfo=UTC)


async def test_every_source_of_the_catalogue_has_a_row_of_the_register_with_the_basis_that_the_catalogue_names(ingest: Ingest) -> None:
    rows = {row["source"]: row for row in await ingest.pool.fetch("select * from source_registration")}

    assert {row["source"]: row["owner_unit"] for row in rows.values()} == {each.code.value: each.data_owner for each in SOURCES}
    assert {row["source"]: row["basis"] for row in rows.values()} == {each.code.value: each.legal_basis for each in SOURCES}
    for row in rows.values():
        assert row["purpose"] == "EARLY_SUPPORT"
        assert row["nature"] == "standing"
        assert row["reason"]
        assert not row["suspended"]
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


async def test_without_its_row_nothing_of_a_source_comes_in(ingest: Ingest, clock: FixedClock, database: Database) -> None:
    """LAW-02."""
    clock.at = EXAMPLES_ARE_PAST
    admin = await asyncpg.connect(database.admin_url)
    await admin.execute("alter table ingest.register_step disable trigger no_change")
    await admin.execute("delete from ingest.register_step where source = $1", Source.CHILDCARE.value)
    await admin.execute("alter table ingest.register_step enable trigger no_change")
    await admin.close()
    event = example_event(Source.CHILDCARE, entry_of(Source.CHILDCARE).event_types[0])

    (answer,) = await ingest.takes(json.dumps(event).encode(), source=Source.CHILDCARE)

    assert (answer["outcome"], answer["code"], answer["path"]) == ("refused", "no_purpose", "source")


async def test_of_a_source_whose_owner_unit_is_not_known_nothing_comes_in(ingest: Ingest) -> None:
    """ROLE-02."""
    await ingest.enter(HEALTH, review_on=None, owner_unit=None)

    (answer,) = await ingest.takes(body(checkup()))

    assert (answer["outcome"], answer["code"], answer["path"]) == ("refused", "no_owner", "source")


async def test_no_step_of_the_register_can_be_overwritten_or_taken_away(ingest: Ingest) -> None:
    for statement in ("update register_step set approver = 'x'", "delete from register_step", "delete from owner_step"):
        with pytest.raises(asyncpg.RaiseError, match="a step that was taken stays"):
            await ingest.pool.execute(statement)
