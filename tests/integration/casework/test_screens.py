"""Every screen, however one comes to it: one main entry in the log for who sees it, and one for who does not."""

import httpx
import pytest

from contracts.messages import AccessRecorded
from services.casework.domain.policy import RIGHTS
from services.casework.screens import PAGES, SCREENS
from services.casework.seeing import AnyScreen
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PEOPLE, Office
from tests.integration.casework.test_accesses import entries

CHILD = b.person("a")
FORMS = {"sensitive": {"reason": "investigation"}}
"""What is filled in for screens that open by a form."""

DOORS = [pytest.param(screen, "", id=screen.name) for screen in SCREENS] + [
    pytest.param(screen, "/v1", id=f"{screen.name} as JSON") for screen in SCREENS if screen.json
]


async def come_in(client: httpx.AsyncClient, screen: AnyScreen, prefix: str) -> httpx.Response:
    address = prefix + screen.address.format(person_id=CHILD)
    if screen.opening is None:
        return await client.get(address)
    token = (await client.get("/session")).json()["form_token"]
    return await client.post(address, data=FORMS[screen.name] | {"form_token": token})


async def main_entries(office: Office, screen: AnyScreen) -> list[AccessRecorded]:
    """The entries of looks at the screen; those of whom it showed beside are apart, and nothing else is kept."""
    kept = await entries(office)
    assert {each.action for each in kept} <= {deed.code for deed in (screen.deed, screen.beside) if deed}
    return [each for each in kept if each.action == screen.deed.code]


@pytest.mark.parametrize(("screen", "prefix"), DOORS)
async def test_who_sees_a_screen_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        answer = await come_in(clerk, screen, prefix)

    [entry] = await main_entries(office, screen)
    assert (answer.status_code, entry.decision, entry.type) == (200, "permit", "AccessRecorded")


@pytest.mark.parametrize(("screen", "prefix"), DOORS)
async def test_who_has_no_right_to_a_screen_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    refused = [login for login, (_, _, role) in PEOPLE.items() if screen.right not in RIGHTS[role]]
    if not refused:
        # Nobody can be turned away: everybody sees the own deeds.
        assert all(screen.right in rights for rights in RIGHTS.values())
        return
    async with office.as_(refused[0]) as somebody:
        answer = await come_in(somebody, screen, prefix)

    [entry] = await main_entries(office, screen)
    assert (answer.status_code, entry.decision, entry.reason_code, entry.fields) == (403, "deny", "role", ())


@pytest.mark.parametrize(("screen", "prefix"), [door for door in DOORS if door.values[0].facts])  # type: ignore[union-attr]
@pytest.mark.parametrize("child", ["a", "nobody"])
async def test_who_may_not_see_a_child_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str, child: str) -> None:
    await office.hear(*((b.lives("a"), b.needed("a")) if child == "a" else ()))
    async with office.as_("nishi.clerk") as stranger:
        answer = await come_in(stranger, screen, prefix)

    [entry] = await main_entries(office, screen)
    assert (answer.status_code, entry.decision, entry.fields) == (404, "deny", ())
    assert entry.reason_code == ("other_ward" if child == "a" else "no_review")


def test_every_folder_of_screens_is_found_with_its_page_and_every_screen_has_an_address_of_its_own() -> None:
    folders = {page.parent.name for page in PAGES.glob("*/page.html")}

    assert {screen.folder or screen.name for screen in SCREENS} == folders
    assert len({screen.name for screen in SCREENS}) == len({screen.address for screen in SCREENS}) == len(SCREENS)
