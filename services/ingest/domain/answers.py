"""What a sender is told of one event."""

from typing import TypeAlias
from uuid import UUID

from contracts.quick import quick
from services.ingest.domain.characters import Warned
from services.ingest.domain.ledger import Entry, Outcome, harmless
from services.ingest.domain.refusals import Words
from services.ingest.domain.telling import Wrong, errors_of


@quick(frozen=True, slots=True)
class Answer:
    """
    What became of an event.

    `id` is the event's own, `event` the city's. `first` is what became of it when it came first, `position` its place in what was
    sent: for a sender whose event had no id that could be read.
    """

    id: str | None
    event: UUID
    outcome: Outcome
    message: Words | None = None
    errors: tuple[Wrong, ...] = ()
    item: str | None = None
    first: Outcome | None = None
    warnings: tuple[Warned, ...] = ()
    position: int | None = None
    message_id: str | None = None

    @property
    def code(self) -> str | None:
        """Of the first error."""
        return self.errors[0].code if self.errors else None

    @property
    def path(self) -> str | None:
        """Of the first error."""
        return self.errors[0].path if self.errors else None


Answers: TypeAlias = list[Answer]


def answer(
    entry: Entry, *, again: bool, warnings: tuple[Warned, ...] = (), position: int | None = None, message_id: str | None = None
) -> Answer:
    """What the source is told. An event that was taken before is a duplicate to whoever sent it again."""
    outcome, refusal = entry.outcome, entry.refusal
    first = outcome if again and outcome.final else None
    said = Outcome.DUPLICATE if first is not None else outcome
    if refusal is None or first is not None:
        return Answer(entry.identity.event_id, entry.key, said, first=first, warnings=warnings, position=position, message_id=message_id)
    return Answer(
        entry.identity.event_id,
        entry.key,
        said,
        message=Words(refusal.ja, refusal.en),
        errors=errors_of(refusal, entry.source, entry.identity.event_type),
        item=refusal.item,
        warnings=warnings,
        position=position,
        message_id=message_id,
    )


def message_of(message_id: str | None) -> str | None:
    """What the sender called its message, where that may be said."""
    return harmless(message_id)
