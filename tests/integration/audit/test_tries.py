"""What whoever may not read the log tries is in it, however it was written (audit.md §5)."""

from collections.abc import AsyncIterator

import asyncpg

from contracts.values import ServiceName
from tests.integration.audit.conftest import Desk
from tests.integration.audit.test_pages import decided
from tests.integration.identity.tries import JUNK, OPEN, tries, without_wall
from tests.integration.routes import deeds_at
from tests.unit.audit.builders import CHILD, CLERK

WITNESSES = frozenset({"/witness/checkpoint", "/witness/tile/{path}", "/witness/tile/{path:path}", "/witness/cosigned"})
"""For a machine with a word of its own, which no staff has: 401 (`test_witness.py`)."""


async def tried(desk: Desk) -> list[tuple[str, str, str | None, str | None]]:
    """What the service kept since it was asked last, but for logins."""
    kept = [each for each in [*await desk.kept(), *await decided(desk)] if not each.action.startswith("identity.")]
    await desk.pool.execute("delete from outbox")
    return [(each.action, each.decision, each.reason_code, each.thing.id) for each in kept]


def test_every_route_is_behind_a_wall_but_those_that_show_nothing(desk: Desk) -> None:
    assert without_wall(desk.service.app) <= OPEN | WITNESSES


async def test_whatever_somebody_without_the_right_tries_is_in_the_log_once_before_it_is_read(desk: Desk) -> None:
    """`/staff/<login>`, `/entries/abc` and bad filters gave 404 or 422, and no entry."""
    await desk.sit_down("hakata.clerk")
    ids = {CHILD, str(CLERK), "12"}

    for attempt in tries(desk.service.app, *ids, but=WITNESSES):
        answer = await attempt.by(desk.browser)

        [(action, decision, reason, thing)] = await tried(desk)
        assert (answer.status_code, decision, reason) == (403, "deny", "role"), attempt
        assert action in deeds_at(ServiceName.AUDIT, attempt), attempt
        assert thing is None or thing in ids, attempt
        assert JUNK not in answer.text, attempt


async def test_the_log_says_of_whom_an_attempt_was_where_it_names_an_id(desk: Desk) -> None:
    await desk.sit_down("coordinator")
    expected = {
        f"/things/{CHILD}": CHILD,
        f"/things/http://127.0.0.1:8080/children/{CHILD.upper()}": CHILD,
        f"/entries?thing={CHILD}&limit=x": CHILD,
        f"/staff/{CLERK}": str(CLERK),
        "/staff/hakata.clerk": None,
        "/entries/12": "12",
        "/v1/entries/12/proof": "12",
        "/entries/abc": None,
    }

    things = {}
    for path in expected:
        await desk.browser.get(path)
        [(*_, things[path])] = await tried(desk)

    assert things == expected


async def test_of_a_body_that_somebody_without_the_right_sends_nothing_is_read(desk: Desk) -> None:
    await desk.sit_down("hakata.clerk")

    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("the body")
        yield b""

    for path in ("/verifications", "/v1/entries", "/nothing"):
        answer = await desk.browser.post(path, content=body(), headers={"content-type": "application/json"})

        assert (answer.status_code, len(await tried(desk)), read) == (403, 1, [])


async def test_who_looks_where_nothing_is_tries_too(desk: Desk) -> None:
    await desk.sit_down("hakata.clerk")

    for path in ("/staff/a/b", "/entries/", "/entries/1/proof", "/v1", "/admin", "//evil.example"):
        answer = await desk.browser.get(desk.browser.base_url.copy_with(raw_path=path.encode()))

        assert answer.status_code == 403
        assert await tried(desk) == [("audit.elsewhere_opened", "deny", "role", None)]


async def test_who_may_read_the_log_is_told_what_is_wrong_and_nothing_is_refused(desk: Desk) -> None:
    await desk.sit_down("security.officer")

    answers = {
        path: (await desk.browser.get(path)).status_code
        for path in ("/entries/abc", "/staff/nobody.here", "/entries?limit=x", "/v1/entries/x", "/nothing")
    }

    assert answers == {"/entries/abc": 404, "/staff/nobody.here": 422, "/entries?limit=x": 422, "/v1/entries/x": 422, "/nothing": 404}
    assert (await desk.browser.delete("/entries")).status_code == 405
    assert await tried(desk) == []


async def test_without_a_durable_record_nobody_is_told_anything(desk: Desk) -> None:
    await desk.sit_down("hakata.clerk")
    owner = await asyncpg.connect(desk.database.admin_url)
    await owner.execute("revoke insert on audit.outbox from audit")
    await owner.close()

    answers = [await desk.browser.get(path) for path in ("/entries/abc", "/v1/entries/x", "/nothing")]

    assert [answer.status_code for answer in answers] == [503] * 3
