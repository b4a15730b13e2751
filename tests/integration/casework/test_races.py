"""What happens between two statements: every look and every move is interrupted at each of them by a real, concurrent transaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts.messages import CaseOpened
from contracts.values import Relationship, Ward
from infra.postgres import Database
from services.casework import inspection
from services.casework.handlers import on_parcel
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import NOBODY, Office, somebody_waits

CHILD = b.person("a")
MOST_STATEMENTS = 30
START = {"move": "start_investigation", "sections": ["health_section"]}


class Interruption:
    """Something else that happens just before statement number `at` of a request, once."""

    def __init__(self, at: int, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._at = at
        self._meanwhile = meanwhile
        self.statements = 0
        self.happens = False

    async def before_a_statement(self) -> None:
        if self.statements == self._at:
            self.happens = True
            await self._meanwhile()
            self.happens = False
        self.statements += 1


class Interrupted:
    """A connection that is interrupted."""

    def __init__(self, db: Database, interruption: Interruption) -> None:
        self._db = db
        self._interruption = interruption

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._db, name)
        if name not in {"execute", "fetch", "fetchrow", "fetchval"}:
            return found

        async def interrupted(*arguments: Any) -> Any:
            await self._interruption.before_a_statement()
            return await found(*arguments)

        return interrupted


@contextmanager
def interrupting(office: Office, at: int, meanwhile: Callable[[], Awaitable[None]]) -> Iterator[Interruption]:
    """Interrupt what is asked next before its statement number `at`, in whichever unit of work; what happens meanwhile is left alone."""
    begin = office.service.begin
    interruption = Interruption(at, meanwhile)

    def begin_interrupted(db: Database) -> Any:
        return begin(db) if interruption.happens else begin(Interrupted(db, interruption))  # type: ignore[arg-type]

    office.service.begin = begin_interrupted  # type: ignore[method-assign]
    try:
        yield interruption
    finally:
        office.service.begin = begin  # type: ignore[method-assign]


async def until_done_or_waiting(office: Office, task: asyncio.Task[Any]) -> None:
    """Let `task` go as far as it comes while this transaction stays open."""
    while not task.done() and not await somebody_waits(office):  # noqa: ASYNC110 -- the condition lives in the database
        await asyncio.sleep(0.01)


async def a_child_at_an_old_address(office: Office, who: str) -> None:
    await office.hear(
        b.lives(who, household=f"old {who}"),
        b.lives("f", Ward.MINAMI),
        b.is_called(who, "見本 あお", address="旧町"),
        b.household("旧番", (who, Relationship.CHILD), name=f"old {who}"),
        b.needed(who),
    )


async def flees(office: Office, who: str) -> None:
    """Commit a measure, and the address to which the child fled under it."""
    await office.hear(
        b.measure((who,), ("f",)).model_copy(update={"measure_id": b.person(f"measure {who}")}),
        b.lives(who, household=f"new {who}", version=2),
        b.is_called(who, "見本 あお", version=2, address="新町"),
        b.household("新番", (who, Relationship.CHILD), name=f"new {who}"),
    )


@pytest.mark.parametrize("path", ["/children/{}", "/v1/children/{}", "/reviews", "/v1/reviews", "/me/accesses", "sensitive"])
async def test_a_measure_committed_at_any_moment_of_a_look_never_shows_the_new_address(office: Office, path: str) -> None:
    """S07: what is shown is decided on the facts of the row that is shown, not on what was read a statement earlier."""
    async with office.as_("hakata.clerk") as clerk:
        token = ""
        for at in range(MOST_STATEMENTS):
            who = f"child {at}"
            await a_child_at_an_old_address(office, who)
            if path == "sensitive" and not token:
                page = (await clerk.get(f"/children/{b.person(who)}")).text
                token = page.split('name="form_token" value="')[1].split('"')[0]

            with interrupting(office, at, lambda who=who: flees(office, who)) as interruption:  # type: ignore[misc]
                answer = await look(clerk, path, b.person(who), token)

            assert answer.status_code == 200
            assert "新町" not in answer.text, f"interrupted before statement {at}"
            assert "新番" not in answer.text, f"interrupted before statement {at}"
            if interruption.statements <= at:
                break
    assert 3 < at < MOST_STATEMENTS - 1


async def look(clerk: httpx.AsyncClient, path: str, person_id: UUID, token: str) -> httpx.Response:
    if path == "sensitive":
        return await clerk.post(f"/children/{person_id}/sensitive", data={"form_token": token, "reason": "investigation"})
    return await clerk.get(path.format(person_id))


async def test_a_child_hidden_at_any_moment_of_a_look_is_shown_whole_or_not_at_all(office: Office) -> None:
    """S07: an opponent who moves into the clerk's own ward; the page must neither fail nor show half a child."""
    async with office.as_("hakata.clerk") as clerk:
        for at in range(MOST_STATEMENTS):
            who, opponent = f"child {at}", f"opponent {at}"
            await office.hear(
                b.measure((who,), (opponent,)).model_copy(update={"measure_id": b.person(f"measure {who}")}),
                b.lives(who),
                b.is_called(who, "見本 あお"),
                b.lives(opponent, Ward.MINAMI),
                b.needed(who),
            )
            with interrupting(office, at, lambda opponent=opponent: office.hear(b.lives(opponent, version=2))) as interruption:  # type: ignore[misc]
                answer = await clerk.get(f"/children/{b.person(who)}")

            assert (answer.status_code, "見本 あお" in answer.text) in {(200, True), (404, False)}, f"interrupted before statement {at}"
            if interruption.statements <= at:
                break


@pytest.fixture(params=["the child moves", "the child moves and a measure bars the ward"])
def move(request: pytest.FixtureRequest) -> tuple[Any, ...]:
    """What is heard while somebody starts an investigation."""
    moved: tuple[Any, ...] = (b.lives("a", Ward.NISHI, version=2),)
    return moved if request.param == "the child moves" else (*moved, b.measure(("a",), ("f",)))


async def start(clerk: httpx.AsyncClient) -> httpx.Response:
    headers = {"idempotency-key": str(uuid4()), "if-match": '"1.0"'}
    return await clerk.post(f"/v1/reviews/{CHILD}/moves", json=START, headers=headers)


@asynccontextmanager
async def a_child_in_hakata(office: Office) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    async with office.as_("hakata.clerk") as old, office.as_("nishi.clerk") as new:
        await office.hear(b.lives("a"), b.is_called("a", "見本 あお"), b.lives("f"), b.needed("a"))
        yield old, new


async def seen_by(office: Office, old: httpx.AsyncClient, new: httpx.AsyncClient) -> tuple[str | None, str | None, int, int]:
    """Return the wards of case and review, and what the old ward's clerk and the new one's are answered."""
    async with office.service.pool.acquire() as db:
        case, review = await inspection.case_of(db, CHILD), await inspection.review_of(db, CHILD)
    answers = [await each.get(f"/v1/children/{CHILD}") for each in (old, new)]
    return case["ward"] if case else None, review["ward"], answers[0].status_code, answers[1].status_code


ENDS = {
    # The investigation came first: the case, and the child's page, stay with the ward that started it; the new one reads it.
    ("hakata", "hakata", 200, 200),
    # … unless an opponent lives there: then the ward where the child lives now has the page.
    ("hakata", "nishi", 404, 200),
    # The move came first: nobody of the old ward may start anything.
    (None, "nishi", 404, 200),
}


@pytest.mark.parametrize("at", range(12))
async def test_a_move_heard_at_any_moment_of_starting_an_investigation_leaves_case_and_review_together(
    office: Office, move: tuple[Any, ...], at: int
) -> None:
    async with a_child_in_hakata(office) as (old, new):
        hearing: list[asyncio.Task[None]] = []

        async def meanwhile() -> None:
            hearing.append(asyncio.create_task(office.hear(*move)))
            await until_done_or_waiting(office, hearing[0])

        with interrupting(office, at, meanwhile):
            answer = await start(old)
        await asyncio.gather(*hearing or [asyncio.create_task(office.hear(*move))])

        end = await seen_by(office, old, new)
    assert end in ENDS
    barred = len(move) > 1
    assert end == (
        (None, "nishi", 404, 200)
        if answer.status_code == 404
        else ("hakata", "nishi", 404, 200)
        if barred
        else ("hakata", "hakata", 200, 200)
    )
    assert len([each for each in await office.said() if isinstance(each, CaseOpened)]) == (answer.status_code == 201)


@pytest.mark.parametrize("at", range(14))
async def test_an_investigation_started_at_any_moment_of_hearing_a_move_leaves_case_and_review_together(
    office: Office, move: tuple[Any, ...], at: int
) -> None:
    async with a_child_in_hakata(office) as (old, new):
        starting: list[asyncio.Task[httpx.Response]] = []

        async def meanwhile() -> None:
            starting.append(asyncio.create_task(start(old)))
            await until_done_or_waiting(office, starting[0])

        with interrupting(office, at, meanwhile):
            async with office.service.work() as work:
                await on_parcel(work, move, NOBODY)
        answers = await asyncio.gather(*starting or [asyncio.create_task(start(old))])

        end = await seen_by(office, old, new)
    assert end in ENDS
    assert (end[0] is None) is (answers[0].status_code == 404)
