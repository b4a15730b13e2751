"""Who is to be evaluated, what is answered and what is told: a constant number of statements for any number of children."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from json.encoder import encode_basestring_ascii
from typing import NamedTuple, TypeAlias

from contracts.ids import PersonId
from contracts.quick import quick
from contracts.values import Item
from infra.postgres import Database
from infra.rows import array, columns
from infra.sql import queries
from services.scorer.domain.ages import iso
from services.scorer.domain.answer import Answer, Detail
from services.scorer.domain.patience import Patience
from services.scorer.domain.review import Signal
from services.scorer.keeping import Touched

SQL = queries(__file__)

AT_ONCE = 20
"""Of a lot that is put off, so many rested children are evaluated all the same: some hundredths of a second."""


class Row(NamedTuple):
    """An answer in the form of its columns, as they are written: what is compared with what is held, and what is saved."""

    person_id: PersonId
    item: str
    value: str
    klass: str | None
    counted: bool
    valid_from: date | None
    valid_to: date | None
    reason_code: str
    evidence: str
    detail: str
    needed_on: date | None
    stale_since: date | None
    rests_on_feed: bool

    @property
    def answer(self) -> tuple[str, str | None, bool, date | None]:
        """The answer itself: more evidence, or a later end, is no other one (`domain.md` §2.8-7)."""
        return self.value, self.klass, self.counted, self.valid_from


@quick(frozen=True, slots=True)
class Held:
    """An answer as it is stored."""

    evaluation_id: int
    known_at: datetime
    row: Row

    def says(self, row: Row) -> bool:
        """Whether `row` gives the same answer."""
        return self.row.answer == row.answer


def row_of(person_id: PersonId, answer: Answer) -> Row:
    """Return the columns of an answer."""
    return Row(person_id, *cells_of(answer))


Cells: TypeAlias = tuple[str, str, str | None, bool, date | None, date | None, str, str, str, date | None, date | None, bool]
"""An answer in the form of its columns, but for whose it is."""


def cells_of(answer: Answer) -> Cells:
    """Return the columns of an answer, but for whose it is."""
    return (
        answer.item,
        answer.value,
        answer.klass,
        answer.counted,
        answer.valid_from,
        answer.valid_to,
        answer.reason_code,
        # Ids need no quotes in PostgreSQL's text of an array.
        f"{{{','.join(map(str, answer.evidence))}}}" if answer.evidence else "{}",
        detail_text(answer.detail) if answer.detail else "{}",
        answer.needed_on,
        answer.stale_since,
        answer.rests_on_feed,
    )


_NONE = str(None)
_TRUTH = (str(False), str(True))


def text_of(cells: Cells) -> str:
    """Return the columns of an answer as one text: two that differ in any never have the same."""
    item, value, klass, counted, valid_from, valid_to, reason, evidence, detail, needed_on, stale_since, rests = cells
    return "\x1f".join(
        (
            item,
            value,
            _NONE if klass is None else klass,
            _TRUTH[counted],
            _NONE if valid_from is None else iso(valid_from),
            _NONE if valid_to is None else iso(valid_to),
            reason,
            evidence,
            detail,
            _NONE if needed_on is None else iso(needed_on),
            _NONE if stale_since is None else iso(stale_since),
            _TRUTH[rests],
        )
    )


def digest_of(texts: Iterable[str]) -> bytes:
    """Return what a child's answers are known by: by it alone is told that none of them is another than the one that is held."""
    return blake2b("\x1e".join(texts).encode(), digest_size=16).digest()


def detail_text(detail: Detail) -> str:
    """Return what `json.dumps` does, at a third of its price; spelled the same, or rows that were written before would look changed."""
    return (
        "{"
        + ", ".join(
            [
                f"{encode_basestring_ascii(name)}: {encode_basestring_ascii(value) if type(value) is str else _value_text(value)}"
                for name, value in detail.items()
            ]
        )
        + "}"
    )


def _value_text(value: str | int | bool) -> str:
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    return json.dumps(value) if isinstance(value, bool) else repr(value)


NewsOf: TypeAlias = Mapping[PersonId, frozenset[str] | None]
"""Of children, of which event types their own records are that alone are news; None: news of anything."""


@quick(frozen=True, slots=True)
class Turn:
    """A child whose turn has come: by news of its own records of these event types alone, or, with None, by anything."""

    person_id: PersonId
    event_types: frozenset[str] | None = None


async def affected_children(db: Database, touched: Touched, born_from: date) -> NewsOf:
    """Return the children whose answers news of `touched` may change, and what the news of each is."""
    rows = await db.fetch(
        SQL.affected_children, list(touched.persons), list(touched.pregnancies), born_from, list(touched.relatives), list(touched.at_home)
    )
    return {row["person_id"]: None if row["by_others"] else touched.own_records.get(row["person_id"]) for row in rows}


async def put_off(db: Database, news: NewsOf, ruleset: str | None = None, rested: Sequence[PersonId] = ()) -> list[PersonId]:
    """
    Leave these children to the ticker. Returns those who are not to wait, and of whom nothing is kept.

    These are of whom the ward was told by `ruleset` that people should look, and up to `AT_ONCE` of the `rested` who were evaluated before
    and of whom no news waits. With neither, all are left to it.
    """
    event_types = [array(sorted(each)) if each is not None else None for each in news.values()]
    return [row["person_id"] for row in await db.fetch(SQL.put_off, list(news), ruleset, rested, AT_ONCE, event_types)]


async def lock_children(db: Database, children: Sequence[PersonId]) -> None:
    """Let nobody else evaluate `children` until the transaction ends."""
    await db.execute(SQL.lock_children, children)


async def anybody_waits(db: Database, today: date) -> bool:
    """Whether somebody may be due by `today`."""
    return bool(await db.fetchval(SQL.anybody_waits, today))


async def claim_due(db: Database, today: date, limit: int, ruleset: str, patience: Patience) -> list[Turn]:
    """Lock and return up to `limit` children whose turn has come, longest due first, and forget the news of them."""
    waits = (patience.calm_seconds, patience.alone_seconds, patience.longest_seconds, patience.most_waiting)
    rows = await db.fetch(SQL.claim_due, today, limit, ruleset, *waits)
    return [Turn(row["person_id"], frozenset(row["event_types"].split()) if row["event_types"] else None) for row in rows]


async def save_evaluations(
    db: Database, superseded: Sequence[int], rows: Sequence[tuple[Row, datetime]], parameters_version: str, now: datetime
) -> None:
    """
    Close what is believed no longer, and write what is believed from `now` on, each with the instant since when it is known.

    Where a clock was set back, from the instant on at which the newest of what is closed was written: nothing is believed beside it.
    """
    since: datetime = await db.fetchval(SQL.supersede, superseded, now) if superseded else now
    if rows:
        await db.execute(SQL.save_evaluations, [(*row, known_at) for row, known_at in rows], parameters_version, since)


async def counted(db: Database, children: Sequence[PersonId]) -> dict[PersonId, frozenset[Item]]:
    """Return the items of each child that are TRUE and count, as they are held. Nothing is asked for nobody."""
    if not children:
        return {}
    rows = await db.fetch(SQL.counted, children)
    return dict.fromkeys(children, frozenset[Item]()) | {row["person_id"]: frozenset(map(Item, row["items"])) for row in rows}


async def save_due(db: Database, due: Mapping[PersonId, tuple[date | None, bytes | None]]) -> None:
    """Write when each child is to be evaluated again (None is never by time alone), and by what its answers are known, if they are new."""
    await db.execute(SQL.save_due, *columns([(person_id, *each) for person_id, each in due.items()], 3))


async def bring_due_forward(db: Database, asked: Mapping[PersonId, tuple[date | None, bool]]) -> None:
    """Write of children of whom only some items were asked when one of these answers changes by time, and whether one has changed now."""
    if asked:
        await db.execute(SQL.bring_due_forward, *columns([(person_id, *each) for person_id, each in asked.items()], 3))


async def mark_overdue(db: Database, person_id: PersonId, today: date) -> tuple[date, int] | None:
    """Keep that the evaluation of a child failed today. Returns since when, and the version of the news, if it is any."""
    row = await db.fetchrow(SQL.mark_overdue, person_id, today)
    return (row["since"], row["version"]) if row else None


async def no_longer_overdue(db: Database, children: Sequence[PersonId]) -> dict[PersonId, int]:
    """Keep that `children` were evaluated. Returns those that had been overdue, with the version of the news."""
    return {row["person_id"]: row["version"] for row in await db.fetch(SQL.no_longer_overdue, children)}


async def save_signals(db: Database, signals: Mapping[PersonId, Signal], ruleset: str, now: datetime) -> None:
    """Write what the ward is told."""
    if signals:
        rows = [(person_id, s.version, s.needed, array(s.groups), s.digest) for person_id, s in signals.items()]
        await db.execute(SQL.save_signals, *columns(rows, 5), ruleset, now)
