"""
The coordinators of a story: they say who is the same person by the real commands, each with a one-time code, and the audit log has it.

There are as many of them as a story needs: a one-time code counts once, and nobody waits for the next one.
"""

import asyncio
import sys
from datetime import UTC, date, datetime
from uuid import uuid4

import asyncpg

from contracts.values import Role, Section
from infra.city.story_format import Judged
from infra.city.story_people import NotDone
from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.local.access import Access
from infra.local.root import REPOSITORY
from infra.local.secrets import IDENTITY

_VALID = date(2099, 3, 31)
_COMMANDS = {"same": ("--by", "--code", "--second", "--second-code"), "not-same": ("--by", "--code")}
"""What each command asks of those who decide: two take two entries for one person's, one parts them."""


class Coordinators:
    """Those who decide in one story. `reason` is the ticket that the audit log has of all their decisions, and of no other story's."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.reason = f"STORY-{uuid4().hex}"

    async def say(self, word: str, judged: Judged) -> None:
        """Have `same` or `not-same` said of two entries of the register. Raises NotDone with what the command says."""
        asked = _COMMANDS[word]
        shown = [each for _ in asked[::2] for each in await self._somebody()]
        who = [each for pair in zip(asked, shown, strict=True) for each in pair]
        words = ["linker", word, judged.kept, judged.other, *who, "--reason", self.reason, "--root", str(self._access.root)]
        command = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "infra", *words, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        told, _ = await command.communicate()
        if command.returncode:
            raise NotDone(f"{word} {judged.kept} {judged.other}: {told.decode(errors='replace').strip()[-300:]}")

    async def _somebody(self) -> tuple[str, str]:
        """Register one more coordinator. Returns the login, and a one-time code of this moment."""
        login, may = f"coordinator.{uuid4().hex[:12]}", frozenset({Role.COORDINATOR})
        person = Person(login, "見本 わたる", Section.CHILD_FAMILY_DIVISION, None, may, _VALID)
        secret = credentials.new_totp_secret()
        db = await asyncpg.connect(self._access.database_url(IDENTITY))
        try:
            keys = Keys.of(self._access.secrets.parking_key)
            await register_staff(db, keys, person, password=credentials.new_password(), totp_secret=secret)
        finally:
            await db.close()
        return login, credentials.code_at(secret, datetime.now(UTC))
