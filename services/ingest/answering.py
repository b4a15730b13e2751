"""Who sent something is told what became of it: in the reply to the source, and over the line on which it waits."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from infra.work import UnitOfWork
from services.ingest.arrivals import Arrival, Judged, Repetition
from services.ingest.domain import characters
from services.ingest.domain.admission import Admitted
from services.ingest.domain.answers import Answers, answer, message_of
from services.ingest.domain.ledger import Entry, Outcome
from services.ingest.replies import reply
from services.ingest.submissions import Submission


def answered_to(work: UnitOfWork, submissions: Sequence[Submission], came: Sequence[Judged | Repetition]) -> list[Answers]:
    """Answer every event, in its order: in the reply to its source, and to whoever waits for the submission."""
    last: dict[UUID, Entry] = {}
    answers: list[Answers] = [[] for _ in submissions]
    names = [message_of(submission.message_id) for submission in submissions]
    for each in came:
        arrival = each.arrival
        # A repetition within the transaction came to what the one before it came to.
        entry = last[arrival.key] = each.entry or last[arrival.key]
        # Of what is put aside nothing is told but what the ledger keeps: its number may be what was wrong with it.
        if entry.identity is not arrival.identity and entry.outcome is not Outcome.PARKED:
            entry = replace(entry, identity=arrival.identity)
        submission, answered = submissions[arrival.submission], answers[arrival.submission]
        said = answer(
            entry,
            again=isinstance(each, Repetition),
            warnings=_warned(arrival, entry),
            position=submission.offset + len(answered),
            message_id=names[arrival.submission],
        )
        answered.append(said)
    for submission, told in zip(submissions, answers, strict=True):
        reply(work, submission.source, told, message_id=submission.message_id, together=submission.together)
    return answers


def _warned(arrival: Arrival, entry: Entry) -> tuple[characters.Warned, ...]:
    remarks = arrival.verdict.remarks if isinstance(arrival.verdict, Admitted) else ()
    return characters.told(remarks) if remarks and entry.outcome.final else ()
