"""The example of every event type is one that ingest would take."""

import json
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import pytest

from contracts.catalogue import EVENT_TYPES, AcquisitionMode, EventType, example_event, source, source_event_schema
from contracts.catalogue.entries import EventType as Entry
from contracts.values import Source
from services.ingest.domain.admission import Admitted, Door, Inlet, Purpose, judge
from services.ingest.domain.reading import read

TODAY = date(2026, 6, 30)


def door_of(login: Source) -> Door:
    inlet = Inlet.MEDIA if source(login).acquisition is AcquisitionMode.REMOVABLE_MEDIA else Inlet.AMQP
    return Door(login, inlet, TODAY, datetime(2026, 6, 30, 12, tzinfo=UTC), {each: Purpose(each, None) for each in Source})


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: f"{kind.source}-{kind.type}")
def test_an_example_passes_the_schema_and_the_door(kind: EventType) -> None:
    example = example_event(kind.source, kind.type)

    jsonschema.validate(example, source_event_schema(kind.source, kind.type))
    events = read(json.dumps(example).encode())
    assert isinstance(events, tuple)
    verdict = judge(events[0], door_of(kind.source))
    assert isinstance(verdict, Admitted), verdict
    assert verdict.remarks == ()


def test_every_schema_holds_its_example() -> None:
    assert all(source_event_schema(kind.source, kind.type)["examples"] == [example_event(kind.source, kind.type)] for kind in EVENT_TYPES)


def test_an_example_with_a_field_that_the_type_has_not_is_refused_by_name() -> None:
    said = {"source": "childcare", "type": "childcare.use_changed", "about": "child", "link": "open", "ja": "", "en": "", "subject": ()}
    fields: tuple[dict[str, Any], ...] = ()

    with pytest.raises(ValueError, match=r"the example of childcare.use_changed holds \['weight'\], which are no fields of it"):
        Entry.model_validate({**said, "fields": fields, "example": {"weight": 1}})
