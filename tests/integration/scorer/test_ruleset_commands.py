"""`tsunagu scorer ruleset …`, `simulate`, `list` and `export` on a real database: decided by people who show their own one-time code."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.messages import AccessRecorded
from contracts.values import Role, Section
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.local.root import CannotDo
from infra.testing.fixtures import Database, announced
from services.scorer.commands import app
from tests.integration.scorer.test_ruleset_changes import CHECKUPS_ALONE

pytestmark = pytest.mark.servers

KEY = "00" * 32
PEOPLE = {
    "coordinator": (Role.COORDINATOR, Section.CHILD_FAMILY_DIVISION),
    "privacy.officer": (Role.PRIVACY_OFFICER, Section.CHILD_FAMILY_DIVISION),
    "security.officer": (Role.SECURITY_OFFICER, Section.INFORMATION_SECURITY),
}


@dataclass
class Terminal:
    """A command line at which people show their codes."""

    database: Database
    root: Path
    secrets: dict[str, str] = field(default_factory=dict)

    async def says(self, *words: str) -> str:
        """Run a command, and return what it prints. Raises CannotDo."""
        result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--root", str(self.root)], catch_exceptions=True)
        if isinstance(result.exception, CannotDo):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    async def decides(self, login: str, *words: str) -> str:
        """Run a command as somebody, with a code that was not used yet."""
        async with (await self.database.pool("identity")).acquire() as db:
            await db.execute("update staff set totp_last_step = 0 where login = $1", login)
        return await self.says(*words, "--by", login, "--code", code_at(self.secrets[login], datetime.now(UTC)))

    async def register(self, login: str, role: Role, section: Section) -> None:
        secret = self.secrets[login] = new_totp_secret()
        person = Person(login, "見本 まもる", section, None, frozenset({role}), date(2099, 3, 31))
        async with (await self.database.pool("identity")).acquire() as db:
            await register_staff(db, Keys.of(KEY), person, password="a long enough pass phrase", totp_secret=secret)


@pytest.fixture
async def terminal(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    told = {
        "database_url": database.url("scorer"),
        "broker_url": "amqp://nobody",
        "identity_database_url": database.url("identity"),
        "identifier_key": KEY,
        "parking_key": KEY,
    }
    for name, value in told.items():
        monkeypatch.setenv(f"TSUNAGU_{name}".upper(), value)
    terminal = Terminal(database, tmp_path)
    for login, (role, section) in PEOPLE.items():
        await terminal.register(login, role, section)
    return terminal


async def test_two_people_bring_a_ruleset_into_use_on_the_command_line(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "FK-2.toml"
    file.write_text(CHECKUPS_ALONE, encoding="utf-8")

    assert "before" in await terminal.says("simulate", str(file))
    with pytest.raises(CannotDo, match="this role may not"):
        await terminal.decides("security.officer", "ruleset", "propose", str(file), "--grounds", "試すため")
    assert "proposed" in await terminal.decides(
        "coordinator", "ruleset", "propose", str(file), "--grounds", "早くたずねるため", "--analysis"
    )
    with pytest.raises(CannotDo, match="not simulated yet"):
        await terminal.decides("privacy.officer", "ruleset", "approve", "FK-2", "--from", "2099-04-01")
    numbers = json.loads(await terminal.decides("coordinator", "ruleset", "simulate", "FK-2", "--json"))
    with pytest.raises(CannotDo, match="another person"):
        await terminal.decides("coordinator", "ruleset", "approve", "FK-2", "--from", "2099-04-01")
    await terminal.decides("privacy.officer", "ruleset", "approve", "FK-2", "--from", "2099-04-01")
    shown = {row["name"]: row["standing"] for row in json.loads(await terminal.says("ruleset", "list", "--json"))}
    history = await terminal.says("ruleset", "history", "FK-2")

    assert numbers["ruleset"] == "FK-2"
    assert shown["FK-2"] == "approved"
    assert list(shown.values()).count("in_use") == 1
    assert [line.split()[3] for line in history.splitlines()[:3]] == ["proposed", "simulated", "approved"]
    assert "早くたずねるため" in history


async def test_a_wrong_ruleset_is_refused_with_the_field_named(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(CHECKUPS_ALONE.replace("groups_needed = 2", "groups_needed = 0").replace('"CONN"', '"ECON"'), encoding="utf-8")

    with pytest.raises(CannotDo, match="groups_needed: must be within: 1–8"):
        await terminal.says("simulate", str(file))
    with pytest.raises(CannotDo, match="groups_needed: must be within: 1–8"):
        await terminal.decides("coordinator", "ruleset", "propose", str(file), "--grounds", "試すため")
    assert json.loads(await terminal.says("ruleset", "list", "--json"))[0]["standing"] == "in_use"


async def test_a_list_is_printed_and_written_only_by_two_people(terminal: Terminal, tmp_path: Path) -> None:
    printed = await terminal.says("list", "--as-of", "2026-04-11", "--ward", "hakata")
    # SEC-T3: a list on a terminal is a look, which is kept before it is shown.
    [look] = [each for each in await announced(await terminal.database.pool("scorer")) if isinstance(each, AccessRecorded)]
    assert (look.action, look.thing.ward, look.count, look.origin) == ("scorer.candidates_shown", "hakata", 0, "command line")
    asked = await terminal.decides(
        "coordinator", "export", "request", "--purpose", "訪問の準備", "--as-of", "2026-04-11", "--ward", "hakata"
    )
    export_id = next(word for word in asked.split() if word.count("-") == 4)
    to = tmp_path / "list.csv"

    with pytest.raises(CannotDo, match="not approved"):
        await terminal.decides("coordinator", "export", "write", export_id, "--to", str(to))
    await terminal.decides("privacy.officer", "export", "approve", export_id)
    await terminal.decides("coordinator", "export", "write", export_id, "--to", str(to))

    assert to.read_text(encoding="utf-8") == printed
    assert "訪問の準備" in await terminal.says("export", "list")
    with pytest.raises(CannotDo, match="has not come yet"):
        await terminal.says("list", "--as-of", "2099-01-01")
