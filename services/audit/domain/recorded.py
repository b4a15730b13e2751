"""What the log hears, and what of it an entry keeps."""

from typing import Any, TypeAlias

from contracts.messages import AccessRecorded, DecisionRecorded
from services.audit.domain.leaf import instant_text

Recorded: TypeAlias = AccessRecorded | DecisionRecorded


def event_of(message: Recorded) -> dict[str, Any]:
    """What the log keeps of a message: everything except its trace, which is about machines and not about people."""
    event = message.model_dump(mode="json", exclude={"traceparent"})
    return event | {"occurred_at": instant_text(message.occurred_at)}
