"""The demonstration's city: delivered in several nights, with families drawn by hand, and an afternoon that goes on."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import islice
from random import Random

import pytest

from contracts.values import Ward
from infra.city.events import City, build, still_to_come
from infra.city.families import Numbers
from infra.city.populating import populate
from infra.city.scenes import SCENES, families_of_scenes
from infra.city.sources import FIRST

TODAY = date(2026, 11, 26)
NIGHTS = (28, 9, 2)


@cache
def city(children: int = 600) -> City:
    return build(7, TODAY, children, days_before=NIGHTS, scenes=True)


def test_each_night_delivers_what_was_written_down_since_the_one_before_it() -> None:
    before = date.min
    for night in city().nights:
        written = {date.fromisoformat(event["recordedat"][:10]) for event in night.events}
        assert before < min(written)
        assert max(written) <= night.day
        before = night.day

    assert [night.day for night in city().nights] == [TODAY - timedelta(days=days) for days in (*NIGHTS, 0)]


def test_each_night_ends_with_the_watermarks_of_its_day() -> None:
    for night in city().nights:
        marks = night.events[-len(FIRST) :]
        assert [(mark["type"], mark["data"]["complete_through"]) for mark in marks] == [("feed.watermark", night.day.isoformat())] * len(
            FIRST
        )


def test_nothing_is_published_after_its_night() -> None:
    assert all(event["time"] < night.day.isoformat() for night in city().nights for event in night.events)


def test_nights_change_nothing_about_the_city_but_when_it_is_told() -> None:
    at_once, in_nights = build(3, TODAY, 300), build(3, TODAY, 300, days_before=NIGHTS)

    def told(found: City) -> Counter[tuple[str, int, str]]:
        records = (event for event in found.events if event["type"] != "feed.watermark")
        return Counter((event["subject"], event["revision"], str(event["data"])) for event in records)

    assert told(at_once) == told(in_nights)


def test_every_ward_has_every_scene_and_a_small_city_has_them_in_one_ward() -> None:
    by_ward: defaultdict[str, int] = defaultdict(int)
    for family in families_of_scenes(Random(1), Numbers(), TODAY, 600):
        by_ward[family.children[-1].statements[-1].ward] += 1

    assert by_ward == dict.fromkeys(Ward, len(SCENES))
    assert len(list(families_of_scenes(Random(1), Numbers(), TODAY, 100))) == len(SCENES)


@pytest.mark.parametrize("children", [100, 600])
def test_scenes_are_among_the_children_that_were_asked_for(children: int) -> None:
    assert sum(len(family.children) for family in populate(Random(7), TODAY, children, scenes=True)) == children


def test_the_city_has_children_of_every_age_of_the_programme() -> None:
    families = populate(Random(7), TODAY, 2000, scenes=True)

    ages = {(TODAY - child.birth_date).days // 366 for family in families for child in family.children}

    assert ages >= set(range(15))


def test_a_late_record_was_made_in_time_and_told_of_only_yesterday() -> None:
    late = [
        event
        for event in city().nights[-1].events
        if event["type"] == "infant_checkup.recorded" and event["effectiveon"] < (TODAY - timedelta(days=100)).isoformat()
    ]

    assert len(late) >= len(Ward)
    assert {event["recordedat"][:10] for event in late} == {(TODAY - timedelta(days=1)).isoformat()}


def test_an_afternoon_that_goes_on_says_first_what_was_kept_for_it_and_then_higher_revisions_without_end() -> None:
    kept = city().afternoon
    events = list(islice(still_to_come(city(), kept), 3000))

    corrections = events[len(kept) :]
    assert [event["id"] for event in events[: len(kept)]] == [timed.event["id"] for timed in kept]
    assert len({event["id"] for event in events}) == 3000
    revisions = defaultdict(list)
    for event in corrections:
        revisions[event["subject"]].append(event["revision"])
    assert all(told == sorted(set(told)) and told[0] == 3 for told in revisions.values())


def test_an_afternoon_that_goes_on_is_the_same_for_the_same_city() -> None:
    first, again = (list(islice(still_to_come(city(), city().afternoon), 200)) for _ in range(2))

    assert first == again
