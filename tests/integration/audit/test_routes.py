"""Every address of the log's pages and interface that shows something leaves one entry, permitted or refused (audit.md §5, target 9)."""

from fastapi.routing import iter_route_contexts

from infra.identity.walls import WalledRoute
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import hear, seal
from tests.unit.audit.builders import CHILD, CLERK, access

EXAMPLES = {
    "/": "/",
    "/entries": "/entries",
    "/entries/{index}": "/entries/0",
    "/extract": "/extract",
    "/extract.csv": "/extract.csv",
    "/things/{thing:path}": f"/things/{CHILD}",
    "/staff/{actor}": f"/staff/{CLERK}",
}
"""A path for each route of the pages; a new one fails until it has one."""

OF_THE_SEAL = {"/extract": 1}
"""Entries more than one: the extract on paper says under which seal it stands, and that seal is taken like any other."""


def pages(desk: Desk) -> set[str]:
    contexts = iter_route_contexts(desk.service.app.routes)
    walled = {each.path or "" for each in contexts if isinstance(each.original_route, WalledRoute) and "GET" in (each.methods or ())}
    return {path for path in walled if not path.startswith("/v1/") and path != "/verifications"}


async def test_each_page_is_one_entry_for_whoever_may_and_for_whoever_may_not(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 4)])
    await seal(desk.pool, desk.clock)
    assert pages(desk) == set(EXAMPLES)

    for login, decision, status in (("security.officer", "permit", 200), ("hakata.clerk", "deny", 403)):
        desk.browser.cookies.clear()
        await desk.sit_down(login)
        for route, path in EXAMPLES.items():
            before = len(await desk.kept())
            answer = await desk.browser.get(path)
            new = (await desk.kept())[before:]
            expected = 1 + (OF_THE_SEAL.get(route, 0) if decision == "permit" else 0)
            assert (route, answer.status_code, [each.decision for each in new]) == (route, status, [decision] * expected)
