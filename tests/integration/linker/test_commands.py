"""`tsunagu linker same` and `not-same`: decided by coordinators who show their own one-time codes, and kept in the log."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from contracts.messages import DecisionRecorded
from contracts.values import Role, Section, ServiceName, Ward
from infra.clock import FixedClock
from infra.identity.credentials import code_at, new_totp_secret
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.local.root import CannotDo
from infra.testing.fixtures import KEY, Database, announced
from services.linker.commands import app
from tests.integration.linker.records import child, hear

pytestmark = pytest.mark.servers

VALID = date(2099, 3, 31)
PEOPLE = (
    Person("first", "見本 みどり", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
    Person("second", "見本 わたる", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), VALID),
    Person("clerk", "見本 ひかり", Section.CHILDCARE_SUPPORT, Ward.HAKATA, frozenset({Role.WARD_CLERK}), VALID),
)


class Terminal:
    """A command line at which people show their codes."""

    def __init__(self, database: Database, secrets: dict[str, str], root: Path) -> None:
        self._database, self._secrets, self._root = database, secrets, root

    async def decides(self, command: str, by: str, second: str | None = None) -> str:
        """Run a command about two entries, with codes that were not used yet. Raises CannotDo."""
        async with (await self._database.pool("identity")).acquire() as db:
            await db.execute("update staff set totp_last_step = 0")
        codes = {login: code_at(self._secrets[login], datetime.now(UTC)) for login in (by, second) if login is not None}
        who = ["--by", by, "--code", codes[by], *(["--second", second, "--second-code", codes[second]] if second is not None else [])]
        return await self.says(command, "R-1", "R-2", *who, "--reason", "T-1")

    async def says(self, *command: str) -> str:
        """Run a command and return what it prints. Raises CannotDo."""
        words = [*command, "--root", str(self._root)]
        result = await asyncio.to_thread(CliRunner().invoke, app, words, catch_exceptions=True)
        if isinstance(result.exception, CannotDo):
            raise result.exception
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output


@pytest.fixture
async def pool(database: Database, clock: FixedClock) -> asyncpg.Pool:
    """A linker that knows two children."""
    pool = await database.pool(ServiceName.LINKER)
    await hear(pool, clock, child("1", "2024-06-01", "H1"), child("2", "2024-06-01", "H1"))
    return pool


@pytest.fixture
async def terminal(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name, value in {
        "database_url": database.url(ServiceName.LINKER),
        "identity_database_url": database.url("identity"),
        "broker_url": "amqp://nobody:nothing@127.0.0.1:1/",
        "identifier_key": KEY.hex(),
        "parking_key": "00" * 32,
    }.items():
        monkeypatch.setenv(f"TSUNAGU_{name}".upper(), value)
    secrets = {each.login: new_totp_secret() for each in PEOPLE}
    async with (await database.pool("identity")).acquire() as db:
        for each in PEOPLE:
            await register_staff(db, Keys.of("00" * 32), each, password="a long enough pass phrase", totp_secret=secrets[each.login])
    return Terminal(database, secrets, tmp_path)


async def kept(pool: asyncpg.Pool) -> list[tuple[str, str, str | None]]:
    rows = await pool.fetch("select payload from outbox order by id")
    assert rows
    told = [each for each in await announced(pool) if isinstance(each, DecisionRecorded)]
    return [(each.action, each.decision, each.reason_code) for each in told]


async def words(pool: asyncpg.Pool) -> list[str]:
    return [row["word"] for row in await pool.fetch("select word from judgement order by judged_at")]


async def test_two_coordinators_take_two_for_one_and_one_of_them_takes_it_back(terminal: Terminal, pool: asyncpg.Pool) -> None:
    await terminal.decides("same", "first", "second")
    together = await pool.fetchval("select count(*) from person where registered")
    await terminal.decides("not-same", "second")

    listed = await terminal.says("judgements")
    assert [line.partition("  ")[2] for line in listed.splitlines()[:2]] == [
        "same     by clerk (T-1): R-1 R-2  - superseded",
        "not_same by clerk (T-1): R-1 R-2",
    ]
    assert listed.splitlines()[2] == "1 stand of 2"
    assert (together, await pool.fetchval("select count(*) from person where registered")) == (1, 2)
    assert await words(pool) == ["same", "not_same"]
    assert sorted(await kept(pool)) == [
        ("linker.persons_not_same", "done", "T-1"),
        ("linker.persons_not_same", "done", "T-1"),
        ("linker.persons_same", "done", "T-1"),
        ("linker.persons_same", "done", "T-1"),
        ("linker.persons_same_confirmed", "done", "T-1"),
        ("linker.persons_same_confirmed", "done", "T-1"),
    ]


async def test_nobody_without_the_right_decides_and_the_log_has_the_attempt(terminal: Terminal, pool: asyncpg.Pool) -> None:
    with pytest.raises(CannotDo, match="this role may not do that"):
        await terminal.decides("same", "first", "clerk")
    with pytest.raises(CannotDo, match="this role may not do that"):
        await terminal.decides("not-same", "clerk")

    assert await words(pool) == []
    assert {(decision, reason) for _, decision, reason in await kept(pool)} == {("deny", "role")}


async def test_one_person_is_no_two(terminal: Terminal, pool: asyncpg.Pool) -> None:
    with pytest.raises(CannotDo, match="one-time code"):
        await terminal.decides("same", "first", "first")

    assert await words(pool) == []
