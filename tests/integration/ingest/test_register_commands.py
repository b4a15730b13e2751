"""`tsunagu ingest register …` and `owners …` on a real database: decided by people who show their own one-time code."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.values import Source
from infra.identity.credentials import code_at
from infra.identity.demonstration import owned as of_demonstration
from infra.local.root import CannotDo
from services.ingest import owning
from services.ingest.commands import app
from tests.integration.ingest.office import Office

pytestmark = pytest.mark.servers

HEALTH = Source.MATERNAL_CHILD_HEALTH.value


class Terminal:
    """A command line at which people show their codes."""

    def __init__(self, office: Office, root: Path) -> None:
        self.office = office
        self._root = root

    async def says(self, *words: str) -> str:
        """Run a command, and return what it prints. Raises CannotDo."""
        result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--root", str(self._root)], catch_exceptions=True)
        if isinstance(result.exception, CannotDo):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    async def decides(self, login: str, *words: str) -> str:
        """Run a command as somebody, with a code that was not used yet."""
        async with (await self.office.database.pool("identity")).acquire() as db:
            await db.execute("update staff set totp_last_step = 0 where login = $1", login)
        code = code_at(self.office.secrets[login], self.office.machine_time())
        return await self.says(*words, "--by", login, "--code", code)


@pytest.fixture
def terminal(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    settings = office.wired.service.settings
    for name in ("database_url", "broker_url", "identity_database_url", "identifier_key", "parking_key"):
        monkeypatch.setenv(f"TSUNAGU_{name}".upper(), getattr(settings, name).get_secret_value())
    return Terminal(office, tmp_path)


async def rows(terminal: Terminal) -> dict[str, dict[str, object]]:
    return {row["source"]: row for row in json.loads(await terminal.says("register", "--json"))}


async def test_two_people_renew_a_registration_on_the_command_line(terminal: Terminal) -> None:
    for login in ("health.owner", "coordinator"):
        await terminal.office.register(login)

    await terminal.decides("health.owner", "register", "propose", HEALTH, "--review-on", "2028-03-31")
    waits = await rows(terminal)
    with pytest.raises(CannotDo, match="this role may not do that"):
        await terminal.decides("health.owner", "register", "approve", HEALTH)
    await terminal.decides("coordinator", "register", "approve", HEALTH)
    now = await rows(terminal)
    steps = json.loads(await terminal.says("register", "history", HEALTH, "--json"))

    assert (waits[HEALTH]["waits_for_approval"], waits[HEALTH]["review_on"]) == (True, "2035-03-31")
    assert (now[HEALTH]["waits_for_approval"], now[HEALTH]["review_on"]) == (False, "2028-03-31")
    assert [(step["step"], step["by"] and step["by"].partition("（")[0]) for step in steps] == [
        ("approved", "見本 みどり"),
        ("proposed", "見本 けい"),
        ("entered", None),
    ]
    assert [row["source"] for row in json.loads(await terminal.says("register", "--on", "2022-04-01", "--json"))] == list(rows_of_all())
    told = [(each.action, each.decision, each.origin) for each in await terminal.office.decisions()]
    assert told == [
        ("ingest.registration_proposed", "done", "command line"),
        ("ingest.registration_approved", "deny", "command line"),
        ("ingest.registration_approved", "done", "command line"),
    ]


def rows_of_all() -> list[str]:
    return sorted(source.value for source in Source)


async def test_who_shows_no_code_of_their_own_decides_nothing(terminal: Terminal) -> None:
    await terminal.office.register("coordinator")
    await terminal.office.register("health.owner")
    of_another = code_at(terminal.office.secrets["health.owner"], terminal.office.machine_time())

    for code in ("000000", of_another, ""):
        with pytest.raises(CannotDo, match="one-time code"):
            await terminal.says("register", "suspend", HEALTH, "--why", "system_work", "--by", "coordinator", "--code", code)
    good = code_at(terminal.office.secrets["coordinator"], terminal.office.machine_time())
    await terminal.says("register", "suspend", HEALTH, "--why", "system_work", "--by", "coordinator", "--code", good)
    with pytest.raises(CannotDo, match="one-time code"):
        await terminal.says("register", "resume", HEALTH, "--why", "cause_gone", "--by", "coordinator", "--code", good)

    assert (await rows(terminal))[HEALTH]["standing"] == "suspended"


async def test_nobody_approves_the_own_proposal_on_the_command_line_either(terminal: Terminal) -> None:
    await terminal.office.register("coordinator")
    await terminal.decides("coordinator", "register", "propose", HEALTH, "--review-on", "2028-03-31")

    with pytest.raises(CannotDo, match="another person has to"):
        await terminal.decides("coordinator", "register", "approve", HEALTH)
    await terminal.decides("coordinator", "register", "decline", HEALTH)

    assert (await rows(terminal))[HEALTH]["review_on"] == "2035-03-31"


async def test_a_coordinator_names_owners_never_the_own_person_and_takes_them_away(terminal: Terminal) -> None:
    """ROLE-06."""
    office = terminal.office
    for login in ("coordinator", "second.coordinator", "health.owner", "hakata.clerk"):
        await office.register(login)

    for login, why in (("coordinator", "own rights"), ("hakata.clerk", "not registered with the role data_owner")):
        with pytest.raises(CannotDo, match=why):
            await terminal.decides("coordinator", "owners", "grant", login, "childcare", "--reason", "T-1")
    with pytest.raises(CannotDo, match="this role may not"):
        await terminal.decides("health.owner", "owners", "grant", "health.owner", "childcare", "--reason", "T-1")
    await terminal.decides("coordinator", "owners", "grant", "health.owner", "childcare", "disability", "--reason", "T-2")
    named = await owned(office)
    await terminal.decides("second.coordinator", "owners", "revoke", "health.owner", "childcare", HEALTH, "--reason", "T-3")
    listed = json.loads(await terminal.says("owners", "--json"))

    assert named == {"childcare", "disability", HEALTH}
    assert await owned(office) == {"disability"}
    assert [each["source"] for each in listed] == ["disability"]
    done = [(each.action, each.thing.id, each.fields, each.reason_code) for each in await office.decisions() if each.decision == "done"]
    assert done == [
        ("ingest.owners_named", str(office.ids["health.owner"]), ("childcare", "disability"), "T-2"),
        ("ingest.owners_revoked", str(office.ids["health.owner"]), ("childcare", HEALTH), "T-3"),
    ]


async def owned(office: Office) -> set[str]:
    async with office.pool.acquire() as db:
        return {source.value for source in await owning.owned_by(db, office.ids["health.owner"])}


async def test_owners_whom_a_demonstration_brings_are_registered_once(office: Office) -> None:
    for _ in range(2):
        async with office.pool.acquire() as db:
            for staff_id, label, sources in of_demonstration():
                await owning.bring(db, staff_id, label, sources)

    async with office.pool.acquire() as db:
        everybody = await owning.everybody(db)
        of_health = await owning.owners_of(db, Source.MATERNAL_CHILD_HEALTH)
    assert len(everybody) == sum(len(sources) for _, _, sources in of_demonstration())
    assert of_health == ["見本 けい（health.owner、データ所管課）"]
