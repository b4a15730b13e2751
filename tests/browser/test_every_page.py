"""Every page of casework that there is, found by its routes: none can be forgotten (WCAG 2.2 AA as far as axe sees; casework.md §3.5)."""

import re

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from playwright.async_api import Page

from tests.browser.conftest import Desk, overflows, violations
from tests.browser.test_casework import CHILD, fill
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

pytestmark = pytest.mark.browser

NO_PAGES = {"/", "/login", "/session", "/health", "/ready", "/metrics", "/openapi.json"}
"""The login is looked at where people come in; the others are for programs."""

GIVEN_OUT = {"/weekly/paper", "/weekly/file", "/check/paper"}
"""What is no page: a PDF, a file."""

EXAMPLES = {"person_id": str(CHILD)}
"""What stands in an address."""

OTHER_SIDES = ("/manual?chapter=conference",)
"""Where one address is pages that look unlike."""

OF_A_PROTECTED_CHILD = EXAMPLES | {"person_id": str(b.person("p"))}
"""The same where only such a child has the page."""

WHO_MAY = ("hakata.clerk", "hakata.lead", "coordinator", "privacy.officer", "security.officer", "center.worker")


def addresses(office: Office) -> list[str]:
    """Return the address of every page; a part of an address without an example fails."""
    found = []
    for route in iter_route_contexts(office.service.app.routes):
        path = route.path or ""
        if "GET" in (route.methods or ()) and path not in NO_PAGES | GIVEN_OUT and not path.startswith(("/v1/", "/static/")):
            examples = OF_A_PROTECTED_CHILD if "/holders" in path else EXAMPLES
            found.append(re.sub(r"\{(\w+)(?::\w+)?\}", "{\\1}", path).format_map(examples))
    return sorted({*found, *OTHER_SIDES})


async def test_every_page_fits_window_and_paper_and_is_free_of_barriers(desk: Desk) -> None:
    await fill(desk)
    left = addresses(desk.office)
    found: dict[str, list[str]] = {}
    looked_at: set[tuple[str, str]] = set()
    for login in WHO_MAY:
        async with desk.page() as page:
            await desk.log_in(page, login)
            for address in tuple(left):
                if await shows_a_page(page, address):
                    left.remove(address)
                    # The address of a form leads back to its page: one that this person was shown already is not looked at again.
                    if (login, page.url) not in looked_at:
                        looked_at.add((login, page.url))
                        found[address] = await wrong(page)

    assert left == [], "nobody is shown these"
    assert {address: faults for address, faults in found.items() if faults} == {}
    assert len(found) > 5


async def shows_a_page(page: Page, address: str) -> bool:
    """Go to an address, and say whether there is a page for whoever is logged in."""
    answer = await page.goto(address)
    return answer is not None and answer.status == httpx.codes.OK and answer.headers["content-type"].startswith("text/html")


async def wrong(page: Page) -> list[str]:
    """Return what is wrong in a wide window, in a narrow one and on paper."""
    found = []
    for width in (1366, 320):
        await page.set_viewport_size({"width": width, "height": 768})
        found += [f"{width}: {each}" for each in await violations(page)]
        found += [f"{width}: wider than the window"] if await overflows(page) else []
    await page.emulate_media(media="print")
    found += [f"print: {each}" for each in await violations(page)]
    await page.emulate_media(media="screen")
    return found
