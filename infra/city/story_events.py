"""A story's events as CloudEvents: what a story leaves out is filled in here, always in the same way."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from contracts.catalogue import NotInCatalogue, event_type
from contracts.catalogue.entries import FieldType
from contracts.kinds import EventKind
from contracts.values import Operation, Source
from infra.city.sources.pen import Event
from infra.city.story_format import Step, Story, StoryEvent
from infra.clock import JST

HOUR_OF_EVENTS = time(9)
"""When a story's day plays, in Japan."""

TEXTS = frozenset({FieldType.TEXT, FieldType.IDENTIFIER, FieldType.PERSON_NO, FieldType.ENUM})
"""Types of fields in which a number without quotes was meant as a text."""


def moment(day: date) -> datetime:
    """The instant at which a story's day plays."""
    return datetime.combine(day, HOUR_OF_EVENTS, JST)


def events_of(story: Story, number: int) -> Iterator[tuple[StoryEvent, Event]]:
    """The CloudEvents of step `number`, each with what the story says of it, in order."""
    step = story.steps[number]
    for index, said in enumerate(step.events):
        yield said, _event(step, said, f"{story.story}/{number}/{index}")


def watermarks_of(story: Story, number: int, network: tuple[Source, ...]) -> list[Event]:
    """The watermark events of step `number`. `all` stands for the sources in `network`."""
    step = story.steps[number]
    days = dict.fromkeys(network, step.watermarks["all"]) if "all" in step.watermarks else {}
    days |= {Source(source): day for source, day in step.watermarks.items() if source != "all"}
    return [_watermark(story, step, number, source, day) for source, day in days.items()]


def _event(step: Step, said: StoryEvent, place: str) -> Event:
    recorded, published = (_instant(given, step.at) for given in (said.recorded_at, said.published_at))
    event: Event = {
        "specversion": "1.0",
        "id": said.id or _identifier(place),
        "source": str(said.source),
        "type": said.type,
        "time": published,
        "subject": said.record,
        "schemaversion": "1",
        "revision": said.revision,
        "op": str(said.op),
        "effectiveon": (said.effective_on or step.at).isoformat(),
        "recordedat": recorded,
        "datacontenttype": "application/json",
    }
    if said.data or said.op is Operation.UPSERT:
        event["data"] = _data(said)
    return event


def _watermark(story: Story, step: Step, number: int, source: Source, day: date) -> Event:
    said = StoryEvent(source=source, type=EventKind.FEED_WATERMARK.value, record=f"W-{number}", data={"complete_through": day})
    return _event(step, said, f"{story.story}/{number}/watermark/{source}")


def _identifier(place: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"tsunagu:story:{place}"))


def _instant(given: date | datetime | None, day: date) -> str:
    if isinstance(given, datetime):
        return (given if given.tzinfo else given.replace(tzinfo=JST)).isoformat()
    return moment(given or day).isoformat()


def _data(said: StoryEvent) -> dict[str, Any]:
    texts = _text_fields(said)
    return {key: _plain(_as_text(value) if key in texts else value) for key, value in said.data.items()}


def _text_fields(said: StoryEvent) -> frozenset[str]:
    try:
        entry = event_type(said.source, said.type)
    except NotInCatalogue:
        return frozenset()
    return frozenset(field.name for field in entry.fields if field.type in TEXTS)


def _as_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _plain(value: Any) -> Any:
    """YAML's dates as JSON has them."""
    if isinstance(value, datetime):
        return _instant(value, value.date())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
