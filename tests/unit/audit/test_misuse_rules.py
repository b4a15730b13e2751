"""What rules against misuse leave out, and where thresholds lie (audit.md §5). What each finds: integration/audit/test_misuse.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from contracts.deeds import audit as deeds
from services.audit.domain.misuse.duty import DutyListMalformed, days_on_duty, parse_duty_list
from services.audit.domain.misuse.looks import DayOf, Look, Period
from services.audit.domain.misuse.rules import (
    BY_CODE,
    RULES,
    attention_spike,
    bulk_browsing,
    curiosity,
    dormant,
    namesake,
    no_relation,
    odd_hours,
    out_of_ward,
    protected,
    taken_away,
)
from services.audit.domain.misuse.thresholds import Thresholds

START = datetime(2026, 4, 6, 1, tzinfo=UTC)  # a Monday, ten o'clock in Japan
ALL = Period(START - timedelta(days=400), START + timedelta(days=400), START + timedelta(days=400))
DAY = timedelta(days=1)
T = Thresholds()


def look(index: int = 1, at: datetime = START, **more: Any) -> Look:
    told: dict[str, Any] = {"actor": UUID(int=1), "role": "ward_clerk", "action": "casework.child_opened", "thing_kind": "child"}
    return Look(index, at, **(told | {"thing_id": "a child", "actor_ward": "hakata", "thing_ward": "hakata"} | more))


def day(number: int, children: int, actor: int = 1, rows: int = 0) -> DayOf:
    at = START + number * DAY
    return DayOf(UUID(int=actor), "ward_clerk", at.date(), children, rows, range(children), 7, at, at)


def test_every_rule_has_its_words_and_a_code_of_its_own() -> None:
    assert set(BY_CODE) == set(deeds.MISUSE)
    assert len(RULES) == len(BY_CODE)


def test_a_threshold_that_cannot_be_is_told_by_its_name() -> None:
    with pytest.raises(ValidationError, match="spike_actors"):
        Thresholds(spike_actors=0)
    with pytest.raises(ValidationError, match="spike_actor\n"):
        Thresholds.model_validate({"spike_actor": 5})
    with pytest.raises(ValidationError, match="curiousity"):
        Thresholds(off=frozenset({"curiousity"}))
    with pytest.raises(ValidationError, match="day_ends"):
        Thresholds(day_begins=8, day_ends=8)


def test_an_emergency_has_a_rule_of_its_own() -> None:
    urgent = [look(1, thing_ward="nishi", reason_code="emergency"), look(2, reason_code="emergency")]

    assert [*out_of_ward.judge(urgent, ALL, T), *no_relation.judge(urgent, ALL, T)] == []


def test_a_relation_within_a_day_entitles_and_until_then_nobody_judges() -> None:
    late = Period(ALL.since, ALL.until, START + timedelta(hours=23))

    assert list(no_relation.judge([look(related_at=START + timedelta(hours=2))], ALL, T)) == []
    assert list(no_relation.judge([look()], late, T)) == []
    assert len(list(no_relation.judge([look()], ALL, T))) == 1


def test_coming_back_on_one_day_is_no_curiosity_and_after_a_year_neither() -> None:
    once = [look(1), look(2, START + timedelta(hours=3))]
    far = [look(1), look(2, START + 380 * DAY)]

    assert [*curiosity.judge(once, ALL, T), *curiosity.judge(far, ALL, T)] == []
    assert [hit.figures["days"] for hit in curiosity.judge([look(1), look(2, START + 300 * DAY)], ALL, T)] == [2]


def test_who_stands_in_for_a_protected_child_is_not_curious() -> None:
    stands_in = [look(n, START + n * DAY, actor_ward=None, reason_code="protected_person") for n in range(3)]

    assert list(curiosity.judge(stands_in, ALL, T)) == []


def test_a_crowd_is_more_than_five_people_within_seven_days() -> None:
    def crowd(people: int, apart: timedelta) -> list[Look]:
        return [look(n, START + n * apart, actor=UUID(int=n + 1)) for n in range(people)]

    assert [len(list(attention_spike.judge(crowd(*each), ALL, T))) for each in ((5, DAY), (6, DAY), (6, 2 * DAY), (7, DAY))] == [0, 1, 0, 1]
    assert [hit.actor for hit in attention_spike.judge(crowd(6, DAY), ALL, T)] == [None]


def test_bulk_is_judged_by_what_is_usual_for_the_person_and_for_the_role() -> None:
    others = [day(n, 10, actor=2) for n in range(-10, 1)]
    busy = [day(n, 45) for n in range(-10, 0)]

    def children_found(*days: DayOf) -> list[int]:
        return [hit.figures["children"] for hit in bulk_browsing.judge([*others, *days], Period(START, START + DAY, ALL.now), T)]

    assert children_found(day(0, 20)) == []
    assert children_found(day(0, 31)) == [31]  # more than three times what the role does
    assert children_found(*busy, *busy, day(0, 80)) == []  # a role whose median is high, and a busy person
    assert children_found(*busy, *busy, day(0, 95)) == [95]
    assert [hit.figures["rows"] for hit in bulk_browsing.judge([day(0, 1, rows=201)], ALL, T)] == [201]


def test_what_is_after_midnight_is_of_the_evening_before() -> None:
    evening = [look(1, datetime(2026, 4, 6, 13, tzinfo=UTC)), look(2, datetime(2026, 4, 6, 17, tzinfo=UTC), thing_id="another")]

    (hit,) = odd_hours.judge(evening, ALL, T)

    assert (hit.about, hit.figures["children"]) == (f"{UUID(int=1)} {date(2026, 4, 6)}", 2)


def test_a_namesake_with_whom_one_works_is_told_of_when_one_comes_back_without_the_case() -> None:
    once, back = look(1, relation="team", reason_code="same_surname"), look(2, START + DAY, relation="team", reason_code="same_surname")
    mine = look(2, START + DAY, relation="assigned", reason_code="same_surname")

    found = [len(list(namesake.judge(looks, ALL, T))) for looks in ([once], [once, back], [once, mine])]

    assert found == [0, 1, 0]
    assert len(list(namesake.judge([look(relation="assigned", reason_code="protected_person.own_family")], ALL, T))) == 1


def test_each_look_at_a_protected_address_is_told_of_and_others_by_sample() -> None:
    seen = [look(n, reason_code="protected_person", thing_id=str(n)) for n in range(1_000)]

    assert 70 <= len(list(protected.judge(seen, ALL, T))) <= 130
    assert len(list(protected.judge([look(n, reason_code="protected_person", shows_address=True) for n in range(9)], ALL, T))) == 1


def test_papers_of_one_day_and_months_of_nothing_have_their_thresholds() -> None:
    def papers(count: int) -> list[Look]:
        return [look(n, action="casework.child_printed") for n in range(count)]

    assert [len(list(taken_away.judge(papers(n), ALL, T))) for n in (20, 21)] == [0, 1]
    assert [len(list(dormant.judge([look(idle_since=START - n * DAY)], ALL, T))) for n in (90, 91)] == [0, 1]


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule is not bulk_browsing.RULE], ids=lambda rule: rule.code)
def test_nothing_outside_the_period_is_told(rule: Any) -> None:
    every = [
        look(n, START + n * timedelta(hours=1), actor=UUID(int=n % 7 + 1), thing_ward=("nishi", "hakata")[n % 2], reason_code=reason)
        for n, reason in enumerate(["protected_person", "emergency", "own_family", None] * 20)
    ]
    later = Period(START + 50 * DAY, START + 60 * DAY, ALL.now)

    assert list(rule.judge(every, later, T)) == []


def test_a_duty_list_is_read_as_a_spreadsheet_leaves_it_and_a_turn_covers_its_days() -> None:
    head, old = "\ufeffログイン名,初日,最終日\n# April\n\n", "old.hand,2020-01-01,2020-12-31,\n"
    listed = f"{head}hakata.clerk,2026/4/3,2026/4/5\nhakata.lead, 2026-04-04 \n{old}"

    with pytest.raises(DutyListMalformed, match=r"^line 6 of the duty list: "):
        parse_duty_list(listed)
    turns = parse_duty_list(listed.replace("2020-12-31,", "2020-12-31"))

    assert list(days_on_duty(turns, date(2026, 4, 4), date(2026, 4, 9))) == [
        ("hakata.clerk", date(2026, 4, 4)),
        ("hakata.clerk", date(2026, 4, 5)),
        ("hakata.lead", date(2026, 4, 4)),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hakata.clerk", "commas"),
        (",2026-04-01", "login"),
        ("hakata.clerk,soon", "from: a day is written"),
        ("hakata.clerk,2026-04-01,2026-02-30", "to: a day is written"),
        ("hakata.clerk,2026-04-02,2026-04-01", "to: it is before"),
    ],
)
def test_a_mistake_in_a_duty_list_is_told_by_its_line_and_column_and_names_nobody(line: str, says: str) -> None:
    with pytest.raises(DutyListMalformed, match=rf"^line 2 of the duty list.*{says}") as refused:
        parse_duty_list(f"login,from,to\n{line}\n")

    assert "hakata" not in str(refused.value)
