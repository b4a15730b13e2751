"""Every address of the log's pages and interface that shows something leaves one entry, permitted or refused (audit.md §5, target 9)."""

from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from contracts.ids import StaffId
from contracts.messages import Actor
from contracts.values import ServiceName
from infra.identifiers import Identifiers
from infra.identity.walls import WalledRoute
from infra.testing.fixtures import unit_of_work
from services.audit import extracting, findings
from services.audit.domain.extracts import Asked, Kind, Of
from services.audit.domain.findings.hits import Hit, of_entry
from services.audit.domain.findings.moves import Move
from services.audit.extracting import Extract
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import hear, seal
from tests.integration.routes import differs
from tests.unit.audit.builders import CHILD, CLERK, access

FINDING = UUID("0f0e0d0c-0000-4000-8000-00000000f11d")
EXTRACT = UUID("0f0e0d0c-0000-4000-8000-0000000e87ac")
EXAMPLES = {
    "/": "/",
    "/entries": "/entries",
    "/entries/{index}": "/entries/0",
    "/extract": "/extract",
    "/extract.csv": "/extract.csv",
    "/things/{thing:path}": f"/things/{CHILD}",
    "/staff/{actor}": f"/staff/{CLERK}",
    "/findings": "/findings",
    "/extracts": "/extracts",
    "/extracts/{extract}": f"/extracts/{EXTRACT}",
    "/extracts/{extract}/report": f"/extracts/{EXTRACT}/report",
    "/extracts/{extract}/file": f"/extracts/{EXTRACT}/file",
    "/findings/{finding}": f"/findings/{FINDING}",
}
"""A path for each route of the pages; a new one fails until it has one."""

OF_THE_SEAL = {"/extract": 1, "/extracts/{extract}": 1, "/extracts/{extract}/report": 1, "/extracts/{extract}/file": 1}
"""
Entries more than one: the extract on paper says under which seal it stands, and that seal is taken like any other; one with signatures is
told of at whom it is about, too.
"""


class OneOf(Identifiers):
    """Draws one id, which stands in an address below."""

    def __init__(self, drawn: UUID) -> None:
        super().__init__(b"tests")
        self._drawn = drawn

    def random(self) -> UUID:
        return self._drawn


def pages(desk: Desk) -> set[str]:
    contexts = iter_route_contexts(desk.service.app.routes)
    walled = {each.path or "" for each in contexts if isinstance(each.original_route, WalledRoute) and "GET" in (each.methods or ())}
    # Addresses that a form is sent to lead back where they are typed.
    return {
        path
        for path in walled
        if not path.startswith("/v1/") and path.rpartition("/")[2] not in {"verifications", "ask", "approve", "decline", *Move}
    }


async def approve(desk: Desk, staff_id: StaffId) -> None:
    """An extract that somebody asked for and may take."""
    asked = Asked(
        EXTRACT,
        Kind.DISCLOSURE,
        Of.THING,
        CHILD,
        None,
        None,
        "disclosure_request",
        (),
        None,
        3,
        3,
        staff_id,
        "security_officer",
        desk.clock.at,
    )
    async with unit_of_work(desk.pool, ServiceName.AUDIT, desk.clock) as work:
        await extracting.ask(work, asked, Actor(id=staff_id, role="security_officer"), None)
        other = Actor(id=StaffId(UUID(int=9)), role="privacy_officer")
        assert await extracting.decide(work, Extract(asked, None), approved=True, actor=other, origin=None)


def test_every_address_of_pages_and_interface_is_declared(desk: Desk) -> None:
    assert differs(ServiceName.AUDIT, desk.service.app) == set()


def test_an_address_of_any_kind_that_is_not_declared_is_found() -> None:
    async def nothing() -> None:
        """Answer nothing."""

    app, plain = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    app.mount("/files", plain)
    app.add_api_websocket_route("/news", nothing)
    app.add_api_route("/any", nothing, methods=["HEAD"])
    app.add_api_route("/more", nothing, methods=["DELETE"])

    found = differs(ServiceName.AUDIT, app) - differs(ServiceName.AUDIT, plain)
    assert found == {
        ((method, path), False) for method, path in [("*", "/files/{path}"), ("*", "/news"), ("*", "/any"), ("DELETE", "/more")]
    }


async def test_each_page_is_one_entry_for_whoever_may_and_for_whoever_may_not(desk: Desk) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 4)])
    await seal(desk.pool, desk.clock)
    async with unit_of_work(desk.pool, ServiceName.AUDIT, desk.clock) as work:
        work.identifiers = OneOf(FINDING)
        await findings.raise_all(work, [Hit("log_altered", "somebody", [of_entry(0)])])
    assert pages(desk) == set(EXAMPLES)

    for login, decision, status in (("security.officer", "permit", 200), ("hakata.clerk", "deny", 403)):
        desk.browser.cookies.clear()
        staff_id = await desk.sit_down(login)
        if decision == "permit":
            await approve(desk, staff_id)
        for route, path in EXAMPLES.items():
            before = len(await desk.kept())
            answer = await desk.browser.get(path)
            new = (await desk.kept())[before:]
            expected = 1 + (OF_THE_SEAL.get(route, 0) if decision == "permit" else 0)
            assert (route, answer.status_code, [each.decision for each in new]) == (route, status, [decision] * expected)
