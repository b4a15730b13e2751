"""What the sources beside the first three say: about the same families, at plausible rates, and nothing that moves the first three."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, EventType, FieldType
from contracts.kinds import EventKind
from contracts.values import Source
from infra.city.events import City, build
from infra.city.schooling import entry_year, school_of
from infra.city.sources import ALL, FIRST_THREE, NoSuchSource, named, on_network
from infra.city.sources.pen import Event
from infra.city.spelling import half_width
from infra.city.whole.blocks import Plan, draw
from infra.city.whole.nights import night
from services.ingest.domain.admission import Admitted, Inlet, judge
from services.ingest.domain.envelope import instant_of
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from tests.unit.ingest.events import door

TODAY = date(2026, 11, 26)
DAY = date(2026, 9, 1)
MEDIA = frozenset(ALL) - frozenset(on_network(ALL))


@cache
def city(children: int = 1500, today: date = TODAY) -> City:
    return build(7, today, children, scenes=True, sources=ALL)


@cache
def by_type(source: Source, kind: EventKind) -> tuple[Event, ...]:
    """Each record of a type as it stands at the end."""
    latest: dict[str, Event] = {}
    for event in city().events:
        if event["source"] == source and event["type"] == kind:
            before = latest.get(event["subject"])
            if before is None or event["revision"] > before["revision"]:
                latest[event["subject"]] = event
    return tuple(latest.values())


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def digest(events: Iterable[Event]) -> str:
    return hashlib.sha256(json.dumps(list(events), ensure_ascii=False).encode()).hexdigest()


def without_weights(events: Iterable[Event]) -> list[Event]:
    """All of it but what infants weigh: that follows sex and age since items 9a and 9b are there. It draws no more numbers than before."""
    return [
        {**event, "data": {name: value for name, value in event["data"].items() if name != "weight_kg"}}
        if event["type"] == EventKind.INFANT_CHECKUP_RECORDED
        else event
        for event in events
    ]


def of_the_first(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event["source"] in FIRST_THREE and event["type"] != EventKind.SCHOOL_REGISTER_CHANGED]


# --- the first three stay as they were ---------------------------------------------------------------------------------


def test_the_first_three_say_byte_for_byte_what_they_said_before_there_were_others() -> None:
    # Computed by a release that still said byte for byte what the one said that knew three sources only.
    plan = Plan(7, DAY, 600, 4800, block=300)

    later = night(plan, 2)

    assert digest(without_weights(build(7, DAY, 300, days_before=(28, 9, 2), scenes=True).all_events)).startswith("694cca4c98b1763f")
    assert digest(without_weights(build(11, DAY, 120).all_events)).startswith("4ac971013fe7bbe3")
    assert digest(without_weights(draw(Plan(7, DAY, 4000, 32000), 3).events)).startswith("742ed935f3a9eef1")
    assert digest(without_weights((*later.events, *later.marks))).startswith("7af0ecfb43ce0552")


def test_all_sixteen_say_byte_for_byte_what_they_said_before_the_city_was_drawn_faster() -> None:
    # Computed by a release that still said byte for byte what the one said that drew it slowly.
    city = build(7, DAY, 120, days_before=(28, 9, 2), scenes=True, sources=ALL)

    assert digest(without_weights(city.all_events)).startswith("3ccdb2302401f380")
    assert digest(without_weights(draw(Plan(7, DAY, 4000, 32000, 250, ALL), 3).events)).startswith("e2fe5d5380edd053")


def test_the_others_change_nothing_of_it() -> None:
    alone, with_all = build(7, DAY, 300, days_before=(9,), scenes=True), build(7, DAY, 300, days_before=(9,), scenes=True, sources=ALL)

    assert of_the_first(with_all.all_events) == list(alone.all_events)
    assert with_all.spoiled == alone.spoiled
    assert of_the_first(draw(Plan(7, DAY, 80, 640, 40, ALL), 1).events) == list(draw(Plan(7, DAY, 80, 640, 40), 1).events)


@pytest.mark.parametrize("source", ALL)
def test_what_a_source_says_does_not_depend_on_who_else_plays(source: Source) -> None:
    alone, with_all = build(3, DAY, 60, sources=(source,)), build(3, DAY, 60, sources=ALL)

    def said(found: City) -> list[tuple[str, object]]:
        others = EventKind.SCHOOL_REGISTER_CHANGED
        return [(event["id"], event["data"]) for event in found.events if event["source"] == source and event["type"] != others]

    assert said(alone) == said(with_all)
    assert {event["source"] for event in alone.events} == {source}


# --- all of it is what the catalogue asks for ----------------------------------------------------------------------------


def test_every_event_type_of_every_source_is_told() -> None:
    told = {(event["source"], event["type"]) for event in city().events}

    assert told >= {(entry.source, entry.type) for entry in EVENT_TYPES}


def test_ingest_takes_everything_but_what_was_spoiled() -> None:
    latest = instant_of("2026-11-27T00:00:00Z")
    doors = {source: door(source, today=TODAY, latest=latest, inlet=Inlet.MEDIA if source in MEDIA else Inlet.AMQP) for source in ALL}
    spoiled = {(each.source, each.record_id) for each in city().spoiled}

    judged = [(event, judge(RawEvent(event), doors[Source(event["source"])])) for event in city().events if event["type"] != WATERMARK_TYPE]

    refused = {(event["source"], event["subject"]) for event, outcome in judged if isinstance(outcome, Refusal)}
    assert refused == spoiled
    assert all(isinstance(outcome, Admitted) for event, outcome in judged if (event["source"], event["subject"]) not in spoiled)


def test_an_id_belongs_to_one_event_of_all() -> None:
    by_id = defaultdict(list)
    for event in city().events:
        by_id[event["id"]].append({key: value for key, value in event.items() if key != "time"})

    assert all(event == same[0] for same in by_id.values() for event in same)


def test_no_record_is_told_by_two_entries_of_one_revision() -> None:
    said: dict[tuple[str, str, str, int], str] = {}
    for event in city().events:
        key = (event["source"], event["type"], event["subject"], event["revision"])
        assert said.setdefault(key, event["id"]) == event["id"], key


# --- about the same families ---------------------------------------------------------------------------------------------


@cache
def registered() -> dict[str, dict[str, object]]:
    """What the register knows of each person, by number; the latest entry."""
    found = {}
    for event in sorted(by_type(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED), key=lambda event: event["effectiveon"]):
        found[event["data"]["person_no"]] = event["data"]
    return found


@pytest.mark.parametrize("entry", [entry for entry in EVENT_TYPES if entry.type != WATERMARK_TYPE], ids=lambda e: f"{e.source}-{e.type}")
def test_whoever_is_named_is_in_the_register(entry: EventType) -> None:
    strangers: set[str] = set()
    spoiled = {each.record_id for each in city().spoiled}
    for event in by_type(entry.source, EventKind(entry.type)):
        for field in entry.fields if event["subject"] not in spoiled else ():
            if field.type == FieldType.PERSON_NO and field.name in event["data"]:
                value = event["data"][field.name]
                strangers |= {*(value if field.list else [value])} - registered().keys()

    # Grandparents of another municipality are in nobody's register here (住登外者).
    assert {number[0] for number in strangers} <= ({"7"} if entry.source == Source.LONG_TERM_CARE else set())


def test_a_pupil_is_in_the_school_of_the_part_of_the_town_and_in_the_grade_of_the_birth_date() -> None:
    keys = set()
    for event in by_type(Source.PUPIL_REGISTRY, EventKind.PUPIL_REGISTERED):
        told = event["data"]
        keys.add((told["school_code"], told["pupil_key"]))
        assert told["grade"] == 2026 - entry_year(date.fromisoformat(told["birth_date"])) + 1
        if "person_no" in told and "enrolled_to" not in told:
            home = registered()[told["person_no"]]
            assert told["school_code"] == school_of(str(home["address_code"]), told["grade"])

    assert len(keys) > 600
    for source in (Source.SCHOOL_AFFAIRS, Source.LIFESTYLE_LEARNING_SURVEY, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE):
        told_there = [event["data"] for event in city().events if event["source"] == source and "pupil_key" in event["data"]]
        assert told_there
        assert {(each["school_code"], each["pupil_key"]) for each in told_there} <= keys


@pytest.mark.parametrize(
    ("birth", "year"),
    [(date(2020, 4, 1), 2026), (date(2020, 4, 2), 2027), (date(2020, 2, 29), 2026), (date(2019, 12, 31), 2026)],
)
def test_who_is_born_on_the_first_of_april_enters_school_a_year_before_those_of_the_second(birth: date, year: int) -> None:
    assert entry_year(birth) == year


def test_a_pupil_who_moves_is_told_of_by_both_schools_and_nobody_goes_to_two_at_once() -> None:
    terms = defaultdict(list)
    for event in by_type(Source.PUPIL_REGISTRY, EventKind.PUPIL_REGISTERED):
        told = event["data"]
        if "person_no" in told:
            terms[told["person_no"]].append((told["enrolled_from"], told.get("enrolled_to", "9999")))

    moved = [sorted(each) for each in terms.values() if len(each) > 1]

    assert moved
    assert all(first[1] <= second[0] for each in moved for first, second in pairwise(each))


def test_attendance_is_told_of_each_month_that_is_over_but_august() -> None:
    rows = by_type(Source.SCHOOL_AFFAIRS, EventKind.ATTENDANCE_MONTH_REPORTED)

    months = Counter(row["data"]["month"] for row in rows)

    assert set(months) == {4, 5, 6, 7, 9, 10}
    for row in rows:
        told = row["data"]
        assert told["absent_days"] + told["suspended_days"] <= told["school_days"] <= 22
        assert told["tardy_count"] <= told["school_days"]


def test_until_may_the_school_year_before_is_told_too() -> None:
    spring = build(7, date(2027, 5, 20), 100, sources=(Source.SCHOOL_AFFAIRS,))

    years = {(event["data"]["fiscal_year"], event["data"]["month"]) for event in spring.events if "month" in event["data"]}

    assert {(2026, 3), (2027, 4)} <= years
    assert (2027, 5) not in years


# --- at plausible rates --------------------------------------------------------------------------------------------------


def children() -> set[str]:
    return {number for number, told in registered().items() if str(told["birth_date"]) > "2010-04-01" and not told.get("resident_to")}


def test_nearly_every_child_is_in_a_list_of_the_child_allowance_and_about_one_in_eight_in_that_of_single_parents() -> None:
    entitled = by_type(Source.CHILD_ALLOWANCES, EventKind.ALLOWANCE_ENTITLEMENT_CHANGED)
    lists: dict[str, set[str]] = defaultdict(set)
    for event in entitled:
        if "entitled_to" not in event["data"]:
            lists["rearing" if event["data"]["kind"] == "child_rearing" else "child"] |= set(event["data"]["child_no"])

    now = children()

    assert 0.88 < len(lists["child"] & now) / len(now) < 0.97
    assert 0.05 < len(lists["rearing"] & now) / len(now) < 0.16


def test_other_rates_are_those_of_a_city() -> None:
    now = children()
    pupils = {event["data"]["pupil_key"] for event in by_type(Source.PUPIL_REGISTRY, EventKind.PUPIL_REGISTERED)}
    aided = {
        event["data"]["pupil_key"]
        for event in by_type(Source.SCHOOL_AID, EventKind.SCHOOL_AID_DECIDED)
        if event["data"]["decision"] in {"認定", "approved"}
    }
    subsidised = {
        event["data"]["person_no"]
        for event in by_type(Source.MEDICAL_SUBSIDY, EventKind.MEDICAL_SUBSIDY_CHANGED)
        if event["subject"].endswith("-C")
    }
    absent: Counter[str] = Counter()
    for row in by_type(Source.SCHOOL_AFFAIRS, EventKind.ATTENDANCE_MONTH_REPORTED):
        absent[row["data"]["pupil_key"]] += row["data"]["absent_days"]

    assert 0.10 < len(aided) / len(pupils) < 0.30
    assert len(subsidised & now) / len(now) > 0.95
    assert 0.01 < sum(days >= 30 for days in absent.values()) / len(absent) < 0.09


def test_heights_and_weights_are_those_of_their_grade() -> None:
    exams = by_type(Source.SCHOOL_AFFAIRS, EventKind.SCHOOL_HEALTH_EXAM_RECORDED)

    rohrer = [event["data"]["weight_kg"] / event["data"]["height_cm"] ** 3 * 1e7 for event in exams]
    first_grade = [event["data"]["height_cm"] for event in exams if event["data"]["grade"] == 1]

    assert 112 < sum(first_grade) / len(first_grade) < 121
    assert all(70 < value < 220 for value in rohrer)
    assert 0.02 < sum(value < 100 for value in rohrer) / len(rohrer) < 0.25


# --- as a city writes it down --------------------------------------------------------------------------------------------


def test_records_come_late_corrected_twice_and_out_of_order() -> None:
    others = [event for event in city().events if event["source"] not in FIRST_THREE and event["type"] != WATERMARK_TYPE]
    places: dict[str, list[int]] = defaultdict(list)
    for event in others:
        places[f"{event['source']} {event['type']} {event['subject']}"].append(event["revision"])

    again = [revisions for revisions in places.values() if len(revisions) > len(set(revisions))]
    overtaken = [revisions for revisions in places.values() if revisions != sorted(revisions)]
    late = [event for event in others if (_day(event["recordedat"]) - _day(event["effectiveon"])).days >= 60]

    assert len(again) > 10
    assert len(overtaken) > 5
    assert len(late) > 10


def test_schools_write_names_otherwise_than_the_register() -> None:
    pairs = [
        (event["data"]["name"], event["data"]["kana"], registered()[event["data"]["person_no"]])
        for event in by_type(Source.PUPIL_REGISTRY, EventKind.PUPIL_REGISTERED)
        if "person_no" in event["data"]
    ]

    assert any("高橋" in name and "髙橋" in str(there["name"]) for name, _, there in pairs)
    assert any(kana == half_width(str(there["kana"])) for _, kana, there in pairs)
    assert any(name.split()[0] != str(there["name"]).split()[0] and "高" not in name for name, _, there in pairs)


def test_kana_of_half_width_have_their_marks_apart() -> None:
    assert half_width("ガク パーティ ショウジ") == "ｶﾞｸ ﾊﾟｰﾃｨ ｼｮｳｼﾞ"


# --- who plays -----------------------------------------------------------------------------------------------------------


def test_sources_are_named_by_group_or_by_code() -> None:
    assert named("first") == FIRST_THREE
    assert set(named("all")) == set(Source)
    assert set(named("all")) - set(named("network")) == {Source.SCHOOL_AFFAIRS, Source.LIFESTYLE_LEARNING_SURVEY}
    assert named("childcare, school_aid") == (Source.CHILDCARE, Source.SCHOOL_AID)
    with pytest.raises(NoSuchSource, match="kindergarten"):
        named("childcare,kindergarten")
