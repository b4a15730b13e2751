"""What an inlet hands over, and what of it is put aside and taken up again."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from contracts.catalogue import WATERMARK_TYPE
from contracts.values import Source
from infra.identifiers import Identifiers
from services.ingest.domain import ledger
from services.ingest.domain.admission import Inlet, kind_of
from services.ingest.domain.denial import denial_in
from services.ingest.domain.reading import RawEvent, examine
from services.ingest.domain.refusals import Refusal


class NothingKept(Exception):
    """A parked event of which nothing was kept, because something in it is denied or could not be looked through."""


@dataclass(frozen=True, slots=True)
class Submission:
    """
    One message or request of one source: its events, or why it could not be read.

    `name`, with the place in it counted from `offset`, stands for an event that has no id of its own; a redelivery must have the same.
    """

    source: Source
    inlet: Inlet
    events: tuple[RawEvent, ...] | Refusal
    name: str
    traceparent: str | None = None
    offset: int = 0
    octets: int = 0
    """How long the body was."""
    again: bool = False
    """Whether it lay in the parking and is taken up again."""
    message_id: str | None = None
    """What the sender called the message: told back, so that it knows which one an answer is about."""
    together: bool = False
    """Whether its sender asked for one reply to the message, with what it must look at alone."""
    receipt: UUID | None = None
    """Under which receipt its sender may ask for it later, where it wanted one."""

    @property
    def size(self) -> int:
        """How many events the ledger will count for it."""
        return 1 if isinstance(self.events, Refusal) else len(self.events)

    @property
    def tells_watermark(self) -> bool:
        """Whether an event of it says, or tries to, how far its source is complete."""
        return not isinstance(self.events, Refusal) and any(event.content.get("type") == WATERMARK_TYPE for event in self.events)


def submission_name(identifiers: Identifiers, body: bytes, message_id: str | None = None) -> str:
    """
    What stands for a message whose events have no ids, the same when it is delivered again.

    Keyed, because a bare hash of a body that must not be kept would let its content be guessed.
    """
    return str(identifiers.derive("submission", message_id or "", sha256(body).hexdigest()))


def key_at(submission: Submission, position: int) -> UUID:
    """The ledger's key of an event: by its id, or by its place where it has none that can be read."""
    event_id = None if isinstance(submission.events, Refusal) else ledger.readable_id(submission.events[position].content)
    if event_id is None:
        return ledger.nameless_key(submission.source, submission.name, submission.offset + position)
    return ledger.event_key(submission.source, event_id)


def unparked(body: bytes) -> Submission:
    """The submission of an event that was parked. Raises NothingKept; other errors where the body is not what `park` wrote."""
    kept = json.loads(body)
    if kept["event"] is None:
        raise NothingKept
    return Submission(
        Source(kept["source"]), Inlet(kept["inlet"]), (examine(kept["event"]),), kept["name"], offset=kept["offset"], again=True
    )


def parked_body(submission: Submission) -> bytes:
    """What is sealed of the only event of a submission: nothing of it where something in it is denied."""
    event = None if isinstance(submission.events, Refusal) else _keepable(submission.events[0], submission.source)
    kept = {
        "source": submission.source.value,
        "inlet": submission.inlet.value,
        "name": submission.name,
        "offset": submission.offset,
        "event": event,
    }
    return json.dumps(kept).encode()


def _keepable(raw: RawEvent, source: Source) -> dict[str, Any] | None:
    try:
        return raw.content if raw.defect is None and denial_in(raw.content, kind_of(raw.content, source)) is None else None
    except Exception:  # noqa: BLE001 -- what cannot even be looked through may hold anything
        return None


def singles(submission: Submission) -> list[Submission]:
    """Return a submission for each event of one, in their order; one that could not be read as events stays whole."""
    if not isinstance(submission.events, tuple):
        return [submission]
    return [replace(submission, events=(event,), offset=submission.offset + position) for position, event in enumerate(submission.events)]
