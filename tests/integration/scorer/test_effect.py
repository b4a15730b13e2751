"""`tsunagu scorer evaluate`: what casework told of ended reviews, held against what was known when they were asked for (EVAL-02)."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from contracts.ids import CaseId, PersonId, ReviewId
from contracts.messages import Message, ObservationRecorded, ReviewClosed, ReviewNeeded
from contracts.values import CaseOutcome, Item, Need, Observation, Source
from infra.local.root import CannotDo
from services.scorer.domain.effect.missed import missed
from services.scorer.domain.programme import IN_USE
from services.scorer.effect import report
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import AT, assistance, checkup, fact, fresh_id, measure, person, watermark
from tests.integration.scorer.test_ruleset_changes import CHECKUPS_ALONE, called
from tests.integration.scorer.test_ruleset_commands import Terminal, terminal

__all__ = ["terminal"]
pytestmark = pytest.mark.servers


def who(number: int) -> PersonId:
    return PersonId(UUID(int=0xC + number))


async def asked_about(scorer: Scorer, children: int) -> list[ReviewNeeded]:
    """Children who missed two checkups: people are asked to look at each. Every second one has welfare, too."""
    told: list[Message] = [person(f"2024-02-{1 + number % 10:02}", who=who(number)) for number in range(children)]
    told += [assistance("2026-04-01", f"W-{number}", who=who(number), member_from="2026-04-01") for number in range(0, children, 2)]
    await scorer.hears(told)
    await scorer.hears(watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")
    return [message for message in await scorer.told() if isinstance(message, ReviewNeeded)]


def ended(asked: ReviewNeeded, number: int, need: Need | None, *, unknown: bool = True) -> ReviewClosed:
    outcome = {Need.SUPPORT: CaseOutcome.NEEDED, Need.NOTHING: CaseOutcome.NOT_NEEDED, None: CaseOutcome.NOT_REACHED}[need]
    return ReviewClosed(
        event_id=fresh_id(),
        occurred_at=AT,
        review_id=ReviewId(UUID(int=number + 1)),
        person_id=asked.person_id,
        case_id=CaseId(UUID(int=number + 1)),
        version=3,
        ruleset=asked.ruleset,
        as_of=asked.as_of,
        asked_at=asked.occurred_at,
        closed_at=datetime(2026, 6, 1, tzinfo=UTC),
        outcome=outcome,
        need=need,
        previously_unknown=unknown,
    )


def by_number(asked: Iterable[ReviewNeeded]) -> list[ReviewNeeded]:
    """Of each child the last that was said."""
    last = {message.person_id: message for message in asked}
    return [last[person_id] for person_id in sorted(last)]


async def sixty_ended(scorer: Scorer) -> None:
    """Of sixty, those with welfare (the even ones): ten in need, twenty not; the others: eighteen in need, ten not, two not reached."""
    asked = by_number(await asked_about(scorer, 60))
    needs = [Need.SUPPORT] * 10 + [Need.NOTHING] * 20, [Need.SUPPORT] * 18 + [Need.NOTHING] * 10 + [None] * 2
    closed: list[Message] = [
        ended(each, number, needs[number % 2][number // 2], unknown=number % 4 < 2) for number, each in enumerate(asked)
    ]
    await scorer.day_comes("2026-06-02")
    await scorer.hears(closed[::2], closed[1::2])
    await scorer.hears(closed[:7])


async def test_outcomes_are_held_against_what_was_known_when_people_were_asked(scorer: Scorer) -> None:
    await sixty_ended(scorer)
    today = scorer.clock.today()
    # What comes afterwards changes nothing: the welfare ends as if it had never been, and the missed checkups turn up.
    await scorer.hears(*[assistance("2026-04-01", f"W-{number}", who=who(number), void=True, revision=2) for number in range(0, 60, 2)])
    await scorer.hears(*[checkup("18m", "2025-09-01", f"K-{number}", who=who(number)) for number in range(60)])
    found = await scorer.asked(report, None, today.replace(month=4), today, today, 0.2)
    items = {line.name: line for line in found.by_item}
    circumstances = {line.name: line for line in found.by_circumstance}

    assert (found.ruleset, found.total.reviews, found.total.assessed, found.total.needed) == (IN_USE.ruleset.name, 60, 58, 28)
    assert (items[Item.CHECKUP_18M_NOT_RECEIVED].reviews, items[Item.CHECKUP_18M_NOT_RECEIVED].lift) == (60, 1.0)
    welfare = circumstances[Item.HOUSEHOLD_PUBLIC_ASSISTANCE]
    assert (welfare.reviews, welfare.needed, welfare.ppv) == (30, 10, 0.333)
    assert found.total.unknown_share == 0.5
    assert [(line.name, line.reviews) for line in found.by_ward if line.reviews] == [("hakata", 60)]
    assert [(line.name, line.reviews) for line in found.by_age if line.reviews] == [("0-2", 60)]
    assert (await scorer.asked(report, None, today, today, today, 0.2)).total.reviews == 0


async def test_whose_need_became_known_otherwise_is_held_against_what_the_rule_said_just_before(scorer: Scorer) -> None:
    """Twelve of those who were listed, and twenty newborn of whom nothing was known: the guidance centre supports them now."""
    await sixty_ended(scorer)
    newborn = [who(number) for number in range(60, 80)]
    await scorer.hears([person("2026-04-05", who=each) for each in newborn])
    support = {"status": "open", "opened_on": "2026-06-01"}
    everybody = [*newborn, *(who(number) for number in range(12))]
    await scorer.hears(watermark("2026-06-01", Source.CHILD_CONSULTATION))
    told = [fact("consultation.status_changed", f"S-{each}", each, **support) for each in everybody]
    await scorer.hears([each.model_copy(update={"source": Source.CHILD_CONSULTATION}) for each in told])
    today = scorer.clock.today()

    found = await scorer.asked(report, None, today.replace(month=4), today, today, 0.2)

    assert found.missed is not None
    assert (found.missed.total.children, found.missed.total.missed, found.missed.total.share) == (32, 20, 0.625)
    assert found.missed.with_something == 0
    assert [(share.name, share.missed) for share in found.missed.by_age if share.children] == [("0-2", 20)]
    assert (await scorer.asked(report, None, date(2026, 1, 1), date(2026, 2, 1), today, 0.2)).missed == missed(IN_USE.ruleset, [])


async def test_a_false_hit_counts_when_staff_learn_of_it_however_the_case_goes_on_s13(scorer: Scorer) -> None:
    """Of thirty of whom nothing was heard for a year, staff saw twenty by spring; ten of these attend a place of which no record comes."""
    children = [who(number) for number in range(30)]
    await scorer.day_comes("2026-02-20")
    last = [("4m", "2022-06-15"), ("18m", "2023-08-15"), ("3y", "2025-02-03")]
    told: list[Message] = [checkup(which, day, f"{which}-{each}", who=each) for each in children for which, day in last]
    await scorer.hears([person("2022-01-15", who=each) for each in children], told, watermark("2026-02-20", *Source))
    asked = by_number(message for message in await scorer.told() if isinstance(message, ReviewNeeded))
    assert len(asked) == 30

    def saw(number: int, version: int, *seen: Observation) -> list[Message]:
        at, case = scorer.clock.now(), CaseId(UUID(int=number + 1))
        day = at.date()
        return [
            ObservationRecorded(
                event_id=fresh_id(),
                occurred_at=at,
                case_id=case,
                person_id=children[number],
                version=version,
                observation=each,
                observed_on=day,
            )
            for each in seen
        ]

    met, elsewhere, nowhere = Observation.MET, Observation.ENROLLED_ELSEWHERE, Observation.ENROLLED_NOWHERE
    await scorer.day_comes("2026-03-01")
    # One was told by mistake, and taken back for the same day; some were met first, and told of their place only later.
    await scorer.hears([said for number in range(20) for said in saw(number, 3, met, *([elsewhere] if number < 6 or number == 10 else []))])
    await scorer.day_comes("2026-03-02")
    taken_back = saw(10, 4, nowhere)
    await scorer.hears([said.model_copy(update={"observed_on": date(2026, 3, 1)}) for said in taken_back])
    before = await scorer.asked(report, None, date(2026, 2, 1), date(2026, 3, 2), date(2026, 3, 2), 0.2)
    await scorer.day_comes("2026-03-20")
    await scorer.hears([said for number in range(6, 10) for said in saw(number, 5, elsewhere)])
    # One case ends, and is found in need of something else; nobody else's has ended.
    await scorer.hears(ended(asked[0], 0, Need.SUPPORT))
    # Of whom nothing was said before, and of whom it is said too late for the report.
    await scorer.day_comes("2026-05-02")
    await scorer.hears(saw(25, 3, elsewhere))
    today = scorer.clock.today()

    found = await scorer.asked(report, None, date(2026, 2, 1), date(2026, 4, 30), today, 0.2)

    assert before.false_hits is not None
    assert (before.false_hits.seen, before.false_hits.false_hits) == (20, None), "six are too few to be told"
    assert found.false_hits is not None
    assert (found.false_hits.seen, found.false_hits.false_hits, found.false_hits.share) == (20, 10, 0.5)
    later = await scorer.asked(report, None, date(2026, 6, 1), date(2026, 6, 30), today, 0.2)
    assert later.false_hits is not None
    assert later.false_hits.seen == 0


async def test_where_a_protected_child_lived_is_not_told(scorer: Scorer) -> None:
    await sixty_ended(scorer)
    await scorer.hears(measure("2026-04-02"))
    today = scorer.clock.today()
    found = await scorer.asked(report, None, today.replace(month=4), today, today, 0.2)

    assert {line.name: line.reviews for line in found.by_ward} == {"hakata": None, "unknown": None}


async def test_the_command_prints_tables_numbers_and_a_chart(scorer: Scorer, terminal: Terminal, tmp_path: Path) -> None:
    await sixty_ended(scorer)
    file, other, picture = tmp_path / "FK-2.toml", tmp_path / "FK-9.toml", tmp_path / "chart.svg"
    file.write_text(CHECKUPS_ALONE, encoding="utf-8")
    other.write_text(called("FK-9").replace("at_least = 2", "at_least = 3"), encoding="utf-8")
    period = ("--from", "2026-04-01", "--to", "2026-06-30")

    numbers = json.loads(await terminal.says("evaluate", *period, "--what-if", str(other), "--json", "--chart", str(picture)))
    printed = await terminal.says("evaluate", *period, "--floor", "0.6", "--what-if", str(file))

    assert (numbers["total"]["needed"], numbers["total"]["assessed"], numbers["stands"]["city"]) == (28, 58, "holds")
    # By three missed checkups only those are listed who have welfare beside them.
    assert (numbers["what_if"]["listed"]["ppv"], numbers["what_if"]["not_listed"]["needed"]) == (0.333, 18)
    assert "below_the_floor_once" in printed
    assert "of these, by FK-2" in printed
    assert "28/58" in picture.read_text(encoding="utf-8")
    assert not any(str(who(number)) in printed + json.dumps(numbers) for number in range(60))


async def test_the_data_of_a_week_and_of_the_whole_time_are_counts_alone(scorer: Scorer, terminal: Terminal, tmp_path: Path) -> None:
    """REP-01: Monday 2026-06-01 to Sunday, in which all sixty ended; and the days of April in which they came onto the list."""
    await sixty_ended(scorer)
    await scorer.day_comes("2026-06-10")
    file = tmp_path / "week.csv"

    week = json.loads(await terminal.says("report", "--week", "2026-06-03", "--csv", str(file)))
    final = json.loads(await terminal.says("report", "--from", "2026-04-02", "--to", "2026-04-12"))

    assert (week["since"], week["until"]) == ("2026-06-01", "2026-06-07")
    assert (week["reviews"]["total"]["reviews"], week["lists"]["total"]["new"], final["lists"]["total"]["new"]) == (60, 0, 60)
    rows = file.read_text(encoding="utf-8").splitlines()
    assert "reviews,city,needed,28" in rows
    # A final report needs what an evaluation tells, too: by item and circumstance, whom it missed, what would follow (EVAL-02, EVAL-03).
    for row in (
        "reviews_by_item,checkup_18m_not_received,lift,1.0",
        "reviews_by_circumstance,household_public_assistance,ppv,0.333",
        "missed,city,children,0",
        "quiet_sample,city,drawn,0",
        "threshold,epds_high_from,in_use,9",
    ):
        assert row in rows
    assert any(row.startswith("stands,city,standing,") for row in rows)
    assert f"list,city,after,{week['lists']['total']['after']}" in rows
    assert not any(str(who(number)) in json.dumps([week, final]) + str(rows) for number in range(60))
    for wrong in (
        ("--week", "2099-06-12"),
        ("--week", "9999-12-31"),
        ("--from", "0001-01-01", "--to", "2026-06-01"),
        ("--from", "2026-06-01"),
        ("--from", "2026-06-02", "--to", "2026-06-01"),
    ):
        with pytest.raises(CannotDo):
            await terminal.says("report", *wrong)
    with pytest.raises(CannotDo, match="cannot be written"):
        await terminal.says("report", "--csv", str(tmp_path / "nowhere" / "week.csv"))
    with pytest.raises(CannotDo, match="--to: 9999-12-31"):
        await terminal.says("evaluate", "--to", "9999-12-31")
