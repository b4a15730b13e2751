"""What somebody without the right tries is in the log, however it was written, and before it is read."""

from collections.abc import Iterable

import httpx
import pytest

from contracts.messages import AccessRecorded
from contracts.values import ServiceName, Ward
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_accesses import entries
from tests.integration.identity.tries import JUNK, OPEN, Try, tries, without_wall
from tests.integration.routes import deeds_at, differs

CHILD = str(b.person("a"))
NOBODY = str(b.person("nobody"))
OWN = frozenset({"/me/accesses", "/manual", "/manual/feedback"})
"""Everybody may see the own accesses, and read the manual and say what is not clear in it."""


async def kept_news(office: Office) -> list[AccessRecorded]:
    """What the service kept since it was asked last, but for logins."""
    kept = await entries(office)
    await office.service.pool.execute("delete from casework.outbox")
    return kept


async def tried(office: Office) -> list[tuple[str, str, str | None]]:
    """The same, as far as it tells of refusals."""
    return [(each.decision, each.reason_code or "", each.thing.id) for each in await kept_news(office)]


def test_every_route_is_behind_a_wall_but_those_that_show_nothing(office: Office) -> None:
    assert without_wall(office.service.app) <= OPEN


def test_of_every_route_it_is_declared_what_it_owes_the_log(office: Office) -> None:
    assert differs(ServiceName.CASEWORK, office.service.app) == set()


async def turned_away(office: Office, officer: httpx.AsyncClient, attempts: Iterable[Try]) -> None:
    """
    Somebody without any right tries: each attempt is refused by the role and in the log once, as what the address is for, and nothing of
    what it says comes back.
    """
    for attempt in attempts:
        answer = await attempt.by(officer)

        [kept] = await kept_news(office)
        assert (answer.status_code, kept.decision, kept.reason_code, kept.fields) == (403, "deny", "role", ()), attempt
        assert kept.thing.id in {None, CHILD, NOBODY}, attempt
        assert kept.action in deeds_at(ServiceName.CASEWORK, attempt), attempt
        assert JUNK not in answer.text, attempt


async def test_whatever_somebody_without_the_right_tries_is_in_the_log_once_before_it_is_read(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("security.officer") as officer:
        await tried(office)
        await turned_away(office, officer, tries(office.service.app, CHILD, NOBODY, but=OWN))


async def test_what_a_stranger_sends_about_a_child_is_in_the_log_once_before_it_is_read(office: Office) -> None:
    """Of a ward that is not the child's: role and form tell nothing, only the child does."""
    await office.hear(b.lives("a", Ward.HAKATA), b.needed("a"))
    async with office.as_("nishi.clerk") as stranger:
        await tried(office)
        for attempt in tries(office.service.app, CHILD, NOBODY, but=OWN):
            child = next((child for child in (CHILD, NOBODY) if child in attempt.address), None)
            if child is None or attempt.method == "GET":
                continue
            answer = await attempt.by(stranger)

            # To name who knows where a child is, is nobody's of a ward, whichever child it is.
            denied = (404, "other_ward" if child == CHILD else "no_review") if "/holders" not in attempt.address else (403, "role")
            assert (answer.status_code, await tried(office)) == (denied[0], [("deny", denied[1], child)]), attempt


@pytest.mark.parametrize("query", ["", "?done=zzz", "?done=true&x=%00"])
@pytest.mark.parametrize("path", ["/children/{}", "/v1/children/{}"])
async def test_a_look_at_a_child_of_another_ward_is_in_the_log_whatever_stands_behind_the_address(
    office: Office, path: str, query: str
) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("nishi.clerk") as stranger:
        await tried(office)
        answer = await stranger.get(path.format(CHILD) + query)

    assert (answer.status_code, await tried(office)) == (404, [("deny", "other_ward", CHILD)])


async def test_who_has_the_right_is_told_what_is_wrong_and_nothing_is_refused(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await tried(office)
        answers = [
            (await clerk.get("/children/abc")).status_code,
            (await clerk.get("/reviews?after=x")).status_code,
            (await clerk.post(f"/v1/reviews/{CHILD}/moves", content=b"{")).status_code,
            (await clerk.post(f"/children/{CHILD}/moves", data={"form_token": "x"})).status_code,
            (await clerk.delete(f"/children/{CHILD}")).status_code,
        ]

    assert (answers, await tried(office)) == ([422, 422, 422, 403, 405], [])
