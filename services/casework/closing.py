"""What the scorer is told when people close a review, or open it again (`domain.md` §2.8-22): what it came to, and what asked for it."""

from contracts.messages import ReviewClosed
from contracts.values import CaseState
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.casework import cases, store
from services.casework.cases import LockedReview
from services.casework.domain.case import Case
from services.casework.domain.casefile import CaseFile
from services.casework.domain.findings import need_of, was_unknown
from services.casework.domain.review import heard


async def announce(work: UnitOfWork, review: LockedReview, file: CaseFile, case: Case) -> None:
    """Say what became of the review whose case stood as `file` has it, and now is `case`; nothing where it goes on as before."""
    if (file.standing.state is CaseState.CLOSED) is (case.state is CaseState.CLOSED):
        return
    words = [word for _, word in (await store.words_of(work.db, [case.person_id]))[case.person_id]]
    others = [
        each for each in (await store.closures_of(work.db, [case.person_id])).get(case.person_id, ()) if each.review_id != review.review_id
    ]
    opened = heard(words, others).open
    assert opened is not None  # noqa: S101 -- a review is there because a word opened it
    asked = await cases.asked_by(work.db, case.person_id, opened.opened_version)
    closed = case.state is CaseState.CLOSED
    said = ReviewClosed(
        event_id=caused(review.review_id, f"closed:{case.version}"),
        occurred_at=work.now,
        review_id=review.review_id,
        person_id=case.person_id,
        case_id=case.case_id,
        version=case.version,
        ruleset=asked.ruleset,
        as_of=asked.as_of,
        asked_at=asked.at,
        closed_at=work.now if closed else None,
        outcome=case.outcome if closed else None,
        need=need_of(case.outcome, file.past) if closed and case.outcome else None,
        previously_unknown=was_unknown(file.past) if closed else None,
    )
    work.announce(said, key=str(case.person_id))
