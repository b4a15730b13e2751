"""A sealed log for attacks, and words for what is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from infra.testing.fixtures import START
from services.audit.domain.leaf import leaf_of
from services.audit.domain.merkle import leaf_hash, tree_root
from services.audit.domain.soundness.examiner import Report
from services.audit.domain.soundness.findings import FindingKind
from services.audit.offline.attesting import Register
from services.audit.verification import verify
from tests.integration.audit.log import ORIGIN, SIGNER
from tests.unit.audit.builders import access, event_of

ENTRIES = 600
"""Two whole tiles and a part of a third."""


@dataclass
class Attacked:
    """A log of ENTRIES entries sealed at 100, 300, 500 and 600, and a superuser with the guards off."""

    pool: asyncpg.Pool
    admin: asyncpg.Connection
    register: Register | None = None

    async def verified(self, *, anchors: Sequence[str] = (), at: datetime | None = None) -> Report:
        """What the verification says now, as the service's own login sees it."""
        async with self.pool.acquire() as db:
            return await verify(db, SIGNER.public_key, origin=ORIGIN, anchors=anchors, at=at, register=self.register)

    async def renumber(self, first: int, by: int) -> None:
        """Move the entries from `first` on by `by` places."""
        await self.admin.execute("update audit.entry set idx = idx + 100000 where idx >= $1", first)
        await self.admin.execute("update audit.entry set idx = idx - 100000 + $1 where idx >= 100000", by)

    async def change_leaf(self, index: int) -> None:
        """Write another deed into an entry: leaf, columns and hash agree."""
        leaf = leaf_of(event_of(access(index + 1, action="casework.list_opened")), START)
        await self.admin.execute(
            "update audit.entry set leaf = $1, hash = $2, action = 'casework.list_opened' where idx = $3", leaf, leaf_hash(leaf), index
        )

    async def keep_subtrees_anew(self) -> None:
        """Let the kept roots agree with the entries as they now are."""
        await self.admin.execute("delete from audit.subtree")
        for index in range(await self.pool.fetchval("select count(*) from entry") // 256):
            rows = await self.pool.fetch("select hash from entry where idx / 256 = $1 order by idx", index)
            await self.pool.execute("insert into subtree values (8, $1, $2)", index, tree_root([row["hash"] for row in rows]))


def places(report: Report, kind: FindingKind) -> list[tuple[int | None, int | None]]:
    return [(finding.first, finding.last) for finding in report.findings if finding.kind is kind]


def kinds(report: Report) -> set[FindingKind]:
    return {finding.kind for finding in report.findings}
