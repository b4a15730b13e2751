"""
Plays stories: dated source events through the real inlets, the clock set to each date, and then the questions.

How a day is played is told in `tests/stories/README.md`. Days on which something becomes due between two steps are visited one by one,
so that everything is known on the day on which a running system would have known it.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from rich.console import Console

from contracts.values import ServiceName, Source
from infra.city import quiet, story_checks
from infra.city.books import Books, ask
from infra.city.sources import ALL, on_network
from infra.city.sources.pen import Event
from infra.city.story_events import events_of, watermarks_of
from infra.city.story_format import MalformedStory, Step, Story, StoryEvent, read_story
from infra.city.story_inlets import Answer, Inlets, NotAnswered
from infra.city.story_judging import Coordinators
from infra.city.story_people import NotDone, People
from infra.city.story_report import Check, StepResult, StoryResult, as_json, print_result
from infra.city.story_stage import empty, hinder, hinder_no_longer, set_day, take_up
from infra.city.story_state import ChildState, child_state, values_known, values_on
from infra.local.stack import Stack, running

SETTLE_SECONDS = 60.0
LOOK_SECONDS = 0.1
NETWORK = on_network(ALL)
"""What `watermarks: {all: …}` stands for: the sources on the network."""

PASSED, FAILED, MALFORMED, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True, slots=True)
class Played:
    """What was published and answered in one step."""

    answers: list[Answer]
    records: Mapping[str, str]
    """Event id to the story's record."""


class Player:
    """Plays stories, one after the other, on one running stack. Use as a context manager."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stack = AsyncExitStack()
        self._hindered: Counter[ServiceName] = Counter()

    async def __aenter__(self) -> Self:
        self._books = await self._stack.enter_async_context(Books(self._root))
        self._inlets = await self._stack.enter_async_context(Inlets(self._books.access))
        self._people = await self._stack.enter_async_context(People(self._books.access))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def play(self, story: Story, file: str) -> StoryResult:
        """Play a story on an emptied stage. What keeps it from being played to its end is the result's `trouble`."""
        result = StoryResult(story.story, file)
        try:
            await self._begin(story)
            for number, step in enumerate(story.steps):
                result.steps.append(await self._step(story, number, step))
        except (quiet.NotAtRest, NotAnswered, NotDone) as error:
            result.trouble = f"{type(error).__name__}: {error}"
        return result

    async def _begin(self, story: Story) -> None:
        await self._settle()
        await hinder_no_longer(self._books.access)
        await empty(self._books.access)
        self._hindered.clear()
        self._coordinators = Coordinators(self._books.access)
        await self._inlets.forget_replies()
        set_day(self._books.access.clock_file, story.steps[0].at)

    async def _step(self, story: Story, number: int, step: Step) -> StepResult:
        await self._let_time_pass(step.at)
        await self._hinder(step)
        played = await self._publish(list(events_of(story, number)))
        await self._publish([(None, event) for event in watermarks_of(story, number, NETWORK)])
        await self._judge(step)
        if await self._act(story, step):
            await self._settle()
        return await self._ask(story, number, step, played)

    async def _hinder(self, step: Step) -> None:
        """Have handled what was put aside, if the step says so; then let services fail at what it says they put aside."""
        if step.handled:
            await hinder_no_longer(self._books.access)
            await take_up(self._books.access)
            await self._until_handled()
            await self._settle()
        for event in step.events:
            if event.parked_by is not None:
                await hinder(self._books.access, event.parked_by, event.record)
                self._hindered[event.parked_by] += 1

    async def _until_handled(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while self._hindered:
            service = next(iter(self._hindered))
            if not await self._books.parked(service):
                del self._hindered[service]
            elif time.monotonic() > deadline:
                raise NotDone(f"{service} could not handle what it had put aside")
            else:
                await asyncio.sleep(LOOK_SECONDS)

    async def _let_time_pass(self, until: date) -> None:
        """Visit every day before `until` on which something is due, and then `until` itself."""
        day = await ask(self._books, ServiceName.SCORER, "next_due", None)
        while day is not None and day < until:
            set_day(self._books.access.clock_file, max(day, quiet.today(self._books)))
            await self._settle()
            day = await ask(self._books, ServiceName.SCORER, "next_due", day)
        set_day(self._books.access.clock_file, until)
        await self._settle()

    async def _publish(self, events: Sequence[tuple[StoryEvent | None, Event]]) -> Played:
        """Publish, and wait until all that follows has been done. Where nothing is said nothing has to come to rest."""
        if not events:
            return Played([], {})
        times: dict[str, int] = {}
        for said, event in events:
            times[event["id"]] = times.get(event["id"], 0) + (said.times if said else 1)
            for _ in range(said.times if said else 1):
                await self._inlets.publish(event, said.via if said else "amqp")
        sources = sorted({Source(event["source"]) for _, event in events})
        answers = await self._inlets.answers(sources, times)
        await self._settle()
        return Played(answers, {event["id"]: event["subject"] for _, event in events})

    async def _settle(self) -> None:
        await quiet.until_quiet(self._books, seconds=SETTLE_SECONDS)

    async def _judge(self, step: Step) -> None:
        for word, judged in (("same", step.same), ("not-same", step.not_same)):
            if judged is not None:
                await self._coordinators.say(word, judged)
                await self._settle()

    async def _act(self, story: Story, step: Step) -> bool:
        """Let people move cases, as the step says, and take up those that wait. Returns whether anybody did anything."""
        waiting: Sequence[tuple[UUID, str]] = ()
        for move in step.moves:
            state = await child_state(self._books, move.child)
            if state.person_id is None:
                raise NotAnswered(f"nobody has the number {move.child}, whom {move.by} shall move")
            if not await self._people.move(move.by, state.person_id, move.move, move.filled_in):
                raise NotDone(f"{move.by} does not see the child {move.child}")
        if (step.clerks or story.clerks) == "act":
            waiting = await ask(self._books, ServiceName.CASEWORK, "reviews_without_case")
            for person_id, ward in waiting:
                await self._people.start_investigation(f"{ward}.clerk", person_id)
        return bool(step.moves or waiting)

    async def _ask(self, story: Story, number: int, step: Step, played: Played) -> StepResult:
        expected = step.expect
        totals = await self._totals()
        states = {name: await child_state(self._books, name) for name in _named(story, number)}
        checks: list[Check] = [
            *story_checks.refusals(expected, played.answers, played.records),
            *story_checks.totals(expected, totals),
            *story_checks.feeds(expected, await ask(self._books, ServiceName.INGEST, "feeds", quiet.today(self._books))),
            *story_checks.records(
                expected, {name: await ask(self._books, ServiceName.LINKER, "record_states", name) for name in expected.records}
            ),
            *story_checks.logged(expected, await ask(self._books, ServiceName.AUDIT, "decided_for", self._coordinators.reason)),
            *await self._parked(),
        ]
        questions = story_checks.Questions(
            known=partial(values_known, self._books),
            on=partial(values_on, self._books),
            opens=self._people.opens,
            lists=self._people.lists,
        )
        for name, wanted in expected.children.items():
            checks += await story_checks.child(name, wanted, states[name], questions)
        return StepResult(step.at, step.note, tuple(checks), _seen(states, played, totals))

    async def _parked(self) -> list[Check]:
        """An event that a service could not handle, and that the story does not say so of, fails it with the service's reason."""
        checks: list[Check] = []
        for service in ServiceName:
            parked, expected = await self._books.parked(service), self._hindered[service]
            found = sum(each.n for each in parked)
            if found != expected:
                why = "; ".join(f"{each.n} {each.type}: {each.reason}" for each in parked)
                checks.append(Check(f"parked by {service}", expected, why or found))
        return checks

    async def _totals(self) -> dict[str, int]:
        linker = await ask(self._books, ServiceName.LINKER, "figures")
        reviews = (await ask(self._books, ServiceName.CASEWORK, "figures"))["reviews_by_ward"]
        cases = await ask(self._books, ServiceName.CASEWORK, "open_cases")
        return {"persons": linker["persons"], "reviews": sum(sum(states.values()) for states in reviews.values()), "cases": cases}


def _named(story: Story, number: int) -> list[str]:
    """Everybody whom the story asks about, now or before, and every child of its register so far."""
    steps = story.steps[: number + 1]
    asked = [name for step in steps for name in step.expect.children]
    registered = [str(said.data["person_no"]) for step in steps for said in step.events if "person_no" in said.data]
    return list(dict.fromkeys([*asked, *registered]))


def _seen(states: Mapping[str, ChildState], played: Played, totals: Mapping[str, int]) -> dict[str, Any]:
    refused = [{"record": played.records[a.event_id], "path": a.path} for a in played.answers if a.outcome == "refused"]
    children = {name: state.as_json() for name, state in states.items() if state.indicators}
    return {"children": children, "refused": refused, "totals": dict(totals)}


def read_all(files: Sequence[Path]) -> list[tuple[Story, Path]]:
    """All stories, folders included. Raises MalformedStory for the first one that cannot be played."""
    return [(read_story(path), path) for path in _found(files)]


def _found(files: Sequence[Path]) -> Iterator[Path]:
    for path in files:
        if path.is_dir():
            yield from sorted(path.glob("*.yaml"))
        else:
            yield path


async def play_all(root: Path, stories: Sequence[tuple[Story, Path]], show: Console | None = None) -> list[StoryResult]:
    """Play stories on the running stack in `root`, printing each as it ends."""
    results: list[StoryResult] = []
    async with Player(root) as player:
        for story, path in stories:
            results.append(await player.play(story, str(path)))
            if show is not None:
                print_result(results[-1], show)
    return results


def play_files(files: Sequence[Path], *, json_output: bool = False, keep: bool = False) -> int:
    """The command `tsunagu story`. Returns its exit code: 0 passed, 1 an expectation was not met, 2 a story is malformed, 130 Ctrl-C."""
    try:
        stories = read_all(files)
    except MalformedStory as error:
        print(error, file=sys.stderr)
        return MALFORMED
    show = None if json_output else Console(highlight=False, soft_wrap=True)
    try:
        with Stack.temporary() as stack, running(stack):
            results = asyncio.run(play_all(stack.root, stories, show))
            if json_output:
                print(json.dumps(as_json(results), ensure_ascii=False, indent=1))
            if keep:
                _keep_until_told(stack)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    return PASSED if all(result.passed for result in results) else FAILED


def _keep_until_told(stack: Stack) -> None:
    staff = stack.root / "secrets/staff.json"
    print(f"The stack stays up, with the last story in it: {stack.access.service_url(ServiceName.CASEWORK)}/", file=sys.stderr)
    print(f"Logins and passwords: {staff}; one-time codes: ./tsunagu code LOGIN --file {staff}", file=sys.stderr)
    try:
        input("Enter ends it. ")
    except (EOFError, KeyboardInterrupt):
        return
