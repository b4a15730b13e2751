"""
What goes with a case: its rows, table by table, and what the scorer had said for it.

With the last case of a child goes what was kept of the child besides.
"""

from collections.abc import Mapping
from uuid import UUID

from contracts.ids import PersonId
from infra.postgres import Database
from infra.sql import queries

SQL = queries(__file__, "disposed.sql")


async def dispose_of(db: Database, case_id: UUID, person_id: PersonId) -> Mapping[str, int]:
    """Delete a case with all that stands with it; with the last one, what was kept of the child besides. Returns rows by table."""
    said = await db.fetchrow(SQL.words_of_review, case_id, person_id)
    assert said is not None  # noqa: S101 -- a case goes with its review
    words = (person_id, said["after"], said["until"])
    went = {
        "objection_verdict": await db.fetchval(SQL.objection_verdict, case_id),
        "case_move": await db.fetchval(SQL.case_move, case_id),
        "handover": await db.fetchval(SQL.handover, case_id),
        "case_file": await db.fetchval(SQL.case_file, case_id),
        "review": await db.fetchval(SQL.review, case_id, person_id),
        "cases": await db.fetchval(SQL.cases, case_id),
        "sample": await db.fetchval(SQL.sample, *words),
        "disposition": await db.fetchval(SQL.disposition, *words),
        "review_word": await db.fetchval(SQL.review_word, *words),
    }
    if not await db.fetchval(SQL.is_left, person_id):
        went |= {
            "dispute_answer": await db.fetchval(SQL.dispute_answer, person_id),
            "dispute": await db.fetchval(SQL.dispute, person_id),
            "emergency": await db.fetchval(SQL.emergency, person_id),
            "assignment": await db.fetchval(SQL.assignment, person_id),
            "access_note": await db.fetchval(SQL.access_note, person_id),
        }
    return {table: rows for table, rows in went.items() if rows}
