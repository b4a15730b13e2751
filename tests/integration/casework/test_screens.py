"""Every screen, however one comes to it: one main entry in the log for who sees it, and one for who does not."""

from collections.abc import Callable
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from contracts.deeds import casework as deeds
from contracts.messages import AccessRecorded
from contracts.values import Relationship, ServiceName
from infra.identity.credentials import code_at
from services.casework.domain.policy import RIGHTS, Action
from services.casework.screens import PAGES, SCREENS
from services.casework.seeing import AnyScreen
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import PEOPLE, Office
from tests.integration.casework.test_accesses import entries
from tests.integration.routes import Witness

CHILD = b.person("a")
FORMS = {
    "sensitive": {"reason": "investigation"},
    "found": {"reason": "own_case", "birth_date": b.BIRTH.isoformat()},
    "file": {"file": str(b.person("file"))},
    "assignment": {},
    "export_file": {"export": str(b.person("list")), "code": "000000"},
    "privacy_compiled": {"request": str(b.person("request")), "code": "000000"},
    "paper": {"paper": "conference_sheet", "purpose": "for_conference"},
    "sensitive_paper": {"paper": "conference_sheet", "purpose": "for_conference"},
}
"""What is filled in for screens that open by a form."""
ALSO = {
    "file": deeds.FILE_GIVEN_OUT,
    "export_file": deeds.LIST_EXPORT_GIVEN_OUT,
    "paper": deeds.PAPER_NUMBERED,
    "sensitive_paper": deeds.PAPER_NUMBERED,
}
"""What a screen gives out has an entry of its own."""
A_FILE = """
    insert into casework.cases (case_id, person_id, ward, noticed_in, state, version, opened_at, opened_by, opened_by_name, due_on)
        values ($1, $2, 'hakata', 'hakata', 'investigation', 1, now(), $1, 'x', '2026-04-17');
    insert into casework.case_file values ($3, $1, $2, 'x.pdf', 'application/pdf', 1, '', 'clean', now(), $1, 'x', 'x');
    insert into casework.case_file_body select file_id, 'x' from casework.case_file where ($1::uuid, $2::uuid, $3::uuid) is not null;
"""
A_LIST = """
    insert into casework.list_export
        select $1, 'L-000001', 'hakata', 'list_for_visits', 'x', null, 'csv', 9, now(), id, name, 'x', now(), $1, 'x', true, '2026-04-17'
        from identity.staff where login = 'hakata.lead'
"""


A_REQUEST = """
    with request as (
        insert into casework.privacy_request values ($1, 'R-000001', 'disclosure', '2026-04-10', 'self', 'x', 'y', 'z') returning request_id
    ), word as (
        insert into casework.privacy_request_word select request_id, 1, 'check', '{}', null, null, now(), $1, 'x' from request
    )
    insert into casework.privacy_request_person select request_id, $2 from request
"""

WITNESS = Witness(
    ServiceName.CASEWORK,
    planted={
        "name": "架空 あお",
        "kana": "かくう あお",
        "birth_date": "令和6年2月10日|2024-02-10",
        "address_code": "新町",
        "household_no": "M-777",
    },
)
"""By which words one knows what is shown of the child."""


def strangers_to(screen: AnyScreen) -> list[str]:
    """Who has no right to a screen, whichever child it is of."""
    return [login for login, (_, _, role) in PEOPLE.items() if screen.right not in RIGHTS[role]]


EVERY_DOOR: list[tuple[AnyScreen, str]] = [(screen, "") for screen in SCREENS] + [(screen, "/v1") for screen in SCREENS if screen.json]


def doors(are: Callable[[AnyScreen], object]) -> pytest.MarkDecorator:
    """Every way to the screens that are so: as a page, and as JSON."""
    chosen = [pytest.param(screen, prefix, id=f"{screen.name}{prefix and ' as JSON'}") for screen, prefix in EVERY_DOOR if are(screen)]
    return pytest.mark.parametrize(("screen", "prefix"), chosen)


async def come_in(client: httpx.AsyncClient, screen: AnyScreen, prefix: str, **typed: str) -> httpx.Response:
    address = prefix + screen.address.format(person_id=CHILD)
    if screen.opening is None:
        return await client.get(address)
    if prefix:
        return await client.post(address, json=FORMS[screen.name])
    token = (await client.get("/session")).json()["form_token"]
    return await client.post(address, data=FORMS[screen.name] | typed | {"form_token": token})


async def add_a_file(office: Office) -> None:
    admin = await asyncpg.connect(office.database.admin_url)
    for statement in filter(str.strip, A_FILE.split(";")):
        values = (b.person("case"), CHILD, b.person("file"))
        await admin.execute(statement, *values[: 2 if "into casework.cases" in statement else 3])
    await admin.close()


async def add_a_list(office: Office) -> dict[str, str]:
    """Approve a list of `hakata.lead`, half a minute after the login. Returns the code of that moment."""
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(A_LIST, b.person("list"))
    await admin.execute("update identity.staff set totp_last_step = 0")
    await admin.close()
    return {"code": code_at(office.secrets["hakata.lead"], datetime.now(UTC))}


async def add_a_request(office: Office) -> dict[str, str]:
    """Let the coordinator examine a request about the child. Returns the code of that moment."""
    admin = await asyncpg.connect(office.database.admin_url)
    await admin.execute(A_REQUEST, b.person("request"), CHILD)
    await admin.execute("update identity.staff set totp_last_step = 0")
    await admin.close()
    return {"code": code_at(office.secrets["coordinator"], datetime.now(UTC))}


async def main_entries(office: Office, screen: AnyScreen) -> list[AccessRecorded]:
    """The entries of looks at the screen; those of whom it showed beside are apart, and nothing else is kept."""
    kept = await entries(office)
    assert {each.action for each in kept} <= {deed.code for deed in (screen.deed, screen.beside, ALSO.get(screen.name)) if deed}
    return [each for each in kept if each.action == screen.deed.code]


@doors(lambda _screen: True)
async def test_who_sees_a_screen_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str) -> None:
    hidden = (b.measure(("a",), ("f",)),) if screen.right is Action.NAME_HOLDERS else ()
    house = b.household("M-777", ("a", Relationship.CHILD))
    await office.hear(*hidden, b.lives("a"), b.is_called("a", "架空 あお", "かくう あお", address="新町"), house, b.needed("a"))
    await add_a_file(office)
    login = next(
        each
        for each in ("hakata.clerk", "coordinator", "privacy.officer", "hakata.lead", "center.worker")
        if screen.right in RIGHTS[PEOPLE[each][2]]
    )
    async with office.as_(login) as somebody:
        typed = await add_a_list(office) if screen.right is Action.EXPORT_LIST else {}
        typed |= await add_a_request(office) if screen.right is Action.COMPILE_PRIVACY_REQUEST else {}
        answer = await come_in(somebody, screen, prefix, **typed)

    [entry] = await main_entries(office, screen)
    _, ward, role = PEOPLE[login]
    assert (answer.status_code, entry.decision) == (200, "permit")
    assert (entry.actor.role, entry.actor.ward, entry.thing.kind) == (role, ward, screen.deed.of[0])
    assert screen.facts is None or (entry.thing.id == str(CHILD) and entry.fields)
    assert set(entry.fields) <= screen.deed.fields.keys()
    # What was sent is what the entries say, those of whom it showed beside included (audit.md §5, target 9).
    if answer.headers["content-type"].startswith(("text/", "application/json")):
        assert WITNESS.told_otherwise(answer.text, await entries(office)) is None


@doors(strangers_to)
async def test_who_has_no_right_to_a_screen_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    for login in strangers_to(screen):
        async with office.as_(login) as somebody:
            answer = await come_in(somebody, screen, prefix)
        assert (answer.status_code, answer.text.count(str(CHILD))) == (403, 0)

    turned_away = [(entry.decision, entry.reason_code, entry.fields, entry.actor.role) for entry in await main_entries(office, screen)]
    assert turned_away == [("deny", "role", (), PEOPLE[login][2]) for login in strangers_to(screen)]


def test_nobody_is_a_stranger_to_the_list_of_the_own_deeds_and_to_the_manual_alone() -> None:
    assert [screen.name for screen in SCREENS if not strangers_to(screen)] == ["manual", "own_accesses"]


@doors(lambda screen: screen.facts and "nishi.clerk" not in strangers_to(screen))
@pytest.mark.parametrize("child", ["a", "nobody"])
async def test_who_may_not_see_a_child_leaves_one_main_entry(office: Office, screen: AnyScreen, prefix: str, child: str) -> None:
    await office.hear(*((b.lives("a"), b.needed("a")) if child == "a" else ()))
    async with office.as_("nishi.clerk") as stranger:
        answer = await come_in(stranger, screen, prefix)

    [entry] = await main_entries(office, screen)
    assert (answer.status_code, entry.decision, entry.fields) == (404, "deny", ())
    assert entry.reason_code == ("other_ward" if child == "a" else "no_review")


def test_every_folder_of_screens_is_found_with_its_page_and_every_screen_has_an_address_of_its_own() -> None:
    folders = {page.parent.relative_to(PAGES).as_posix() for page in PAGES.rglob("page.html")}

    assert {screen.folder or screen.name for screen in SCREENS} == folders
    assert len({screen.name for screen in SCREENS}) == len({screen.address for screen in SCREENS}) == len(SCREENS)
