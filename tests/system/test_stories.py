"""The stories of `domain.md` §8, played on one running system through its real inlets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from infra.city.story import Player, read_all
from infra.city.story_format import Story, parse_story
from infra.city.story_report import StoryResult, lines
from infra.local.stack import Stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

STORIES = read_all([Path(__file__).parent.parent / "stories"])


def told(name: str) -> tuple[Story, Path]:
    return next((story, file) for story, file in STORIES if file.stem.startswith(name))


def unmet(result: StoryResult) -> str:
    return "\n".join(line.plain for line in lines(result) if "  ok  " not in line.plain)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def player() -> AsyncIterator[Player]:
    with Stack.temporary() as stack:
        await asyncio.to_thread(stack.start)
        async with Player(stack.root) as player:
            yield player
        await asyncio.to_thread(stack.stop)


@pytest.mark.parametrize(("story", "file"), STORIES, ids=[path.stem for _, path in STORIES])
async def test_the_story_comes_out_as_the_domain_says(player: Player, story: Story, file: Path) -> None:
    result = await player.play(story, file.name)

    assert result.passed, unmet(result)


@pytest.mark.parametrize("name", ["S01", "S07"])
async def test_the_order_in_which_a_days_events_arrive_changes_nothing(player: Player, name: str) -> None:
    story, file = told(name)
    backwards = tuple(step.model_copy(update={"events": step.events[::-1]}) for step in story.steps)

    result = await player.play(story.model_copy(update={"steps": backwards}), file.name)

    assert result.passed, unmet(result)


async def test_a_story_told_again_on_the_same_stage_comes_out_the_same(player: Player) -> None:
    """Nothing of one story reaches the next one: neither its facts nor the ids of its events."""
    story, file = told("S08")

    first, second = [await player.play(story, file.name) for _ in range(2)]

    assert (first.passed, second.passed) == (True, True)
    assert [step.state["totals"] for step in first.steps] == [step.state["totals"] for step in second.steps]


async def test_the_machine_opens_no_case_where_people_stay_idle(player: Player) -> None:
    story, file = told("S08")
    idle = story.model_copy(
        update={"clerks": "idle", "steps": tuple(step.model_copy(update={"expect": type(step.expect)()}) for step in story.steps)}
    )

    result = await player.play(idle, file.name)

    assert result.trouble is None
    assert (result.steps[-1].state["totals"]["reviews"], result.steps[-1].state["totals"]["cases"]) == (1, 0)


async def test_an_expectation_that_is_not_met_fails_the_story_and_says_what_was_found(player: Player) -> None:
    wrong = parse_story("story: nobody\nsteps: [{at: 2026-04-01, expect: {persons: 1, children: {7: {known: true}}}}]", "wrong.yaml")

    result = await player.play(wrong, "wrong.yaml")

    assert {(check.place, check.expected, check.got) for check in result.failures} == {("persons", 1, 0), ("7.known", True, False)}
