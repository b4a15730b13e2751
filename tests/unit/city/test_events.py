"""What the synthetic city publishes."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache

import pytest

from contracts.values import Source
from infra.city.events import City, build
from infra.city.sources import FIRST
from infra.city.sources.pen import Event

TODAY = date(2026, 11, 23)
SEEDS = (1, 7, 99)


@cache
def city(seed: int = 7, children: int = 400) -> City:
    return build(seed, TODAY, children)


def test_the_same_seed_and_day_give_the_same_events() -> None:
    first = build(7, TODAY, 120)

    second = build(7, TODAY, 120)

    assert first == second


def test_another_seed_gives_another_city() -> None:
    assert build(7, TODAY, 60).events != build(8, TODAY, 60).events


@pytest.mark.parametrize("seed", SEEDS)
def test_the_city_has_as_many_children_as_asked_for(seed: int) -> None:
    lived_on = {event["data"]["person_no"]: event["data"]["birth_date"] for event in _of_type(city(seed), "resident.changed")}

    children = [number for number, birth in lived_on.items() if birth > (TODAY - timedelta(days=16 * 366)).isoformat()]

    assert city(seed).children == 400
    assert len(children) == 400


@pytest.mark.parametrize("seed", SEEDS)
def test_every_source_ends_the_night_with_its_watermark(seed: int) -> None:
    last = city(seed).events[-len(FIRST) :]

    assert [(event["source"], event["type"]) for event in last] == [(source, "feed.watermark") for source in FIRST]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_id_belongs_to_one_event_however_often_it_is_sent(seed: int) -> None:
    by_id = defaultdict(list)
    for event in city(seed).events:
        by_id[event["id"]].append({key: value for key, value in event.items() if key != "time"})

    assert all(event == same[0] for same in by_id.values() for event in same)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_recorded_or_effective_after_today(seed: int) -> None:
    late = [
        event["subject"]
        for event in city(seed).events
        if max(event["effectiveon"], event["recordedat"][:10], event["data"].get("exam_date", "")) > TODAY.isoformat()
    ]

    assert late == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_number_has_twelve_digits_because_it_might_be_taken_for_a_my_number(seed: int) -> None:
    numbers = {str(value) for event in city(seed).events for value in event["data"].values() if isinstance(value, str)}

    assert [number for number in numbers if number.isdigit() and len(number) == 12] == []


def test_ordinary_infants_received_their_checkups_and_a_few_did_not() -> None:
    born = {
        event["data"]["person_no"]
        for event in _of_type(city(children=2000), "resident.changed")
        if event["data"]["change_reason"] == "出生" and "2020-01-01" < event["data"]["birth_date"] < "2024-01-01"
    }
    moved_away = {e["data"]["person_no"] for e in _of_type(city(children=2000), "resident.changed") if "resident_to" in e["data"]}
    seen = {
        event["data"]["person_no"]
        for event in _of_type(city(children=2000), "infant_checkup.recorded")
        if event["data"].get("checkup_type") == "18m" and event["op"] == "upsert"
    }

    stayed = born - moved_away

    assert 0.88 < len(stayed & seen) / len(stayed) < 0.995


def test_the_city_holds_what_is_rare() -> None:
    types = Counter(event["type"] for event in city().events)
    outcomes = Counter(event["data"].get("outcome") for event in city().events)
    operations = Counter((event["revision"], event["op"]) for event in city(children=2000).events)

    assert types["resident.protection_measure"] >= 2
    assert outcomes["stillbirth"] >= 2
    assert operations[2, "upsert"] > 0
    assert operations[2, "void"] > 0


def test_a_larger_city_has_the_events_that_the_demonstration_promises() -> None:
    assert 20_000 <= len(city(children=2000).all_events) <= 25_000


def test_each_spoiled_event_is_known_beforehand_with_its_path() -> None:
    found = city(children=2000)

    by_record = {(event["source"], event["subject"]): event for event in found.events}

    assert {spoiled.path for spoiled in found.spoiled} == {"questionnaire", "favourite_colour", "exam_date", "weight_kg"}
    assert all(spoiled.path in by_record[spoiled.source, spoiled.record_id]["data"] for spoiled in found.spoiled)


def test_the_afternoon_holds_one_event_for_each_expected_review() -> None:
    found = city()

    assert len(found.afternoon) == 8
    assert len({timed.person_no for timed in found.afternoon}) == 8
    assert {timed.event["source"] for timed in found.afternoon} == {Source.PUBLIC_ASSISTANCE, Source.MATERNAL_CHILD_HEALTH}


def _of_type(found: City, event_type: str) -> list[Event]:
    return [event for event in found.events if event["type"] == event_type]
