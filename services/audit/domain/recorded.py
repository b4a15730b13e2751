"""What the log hears as entries."""

import json
from typing import Annotated, TypeAlias

from pydantic import Field, TypeAdapter

from contracts.messages import AccessRecorded, DecisionRecorded
from services.audit.domain.leaf import event_in

Recorded: TypeAlias = AccessRecorded | DecisionRecorded

_RECORDED: TypeAdapter[Recorded] = TypeAdapter(Annotated[Recorded, Field(discriminator="type")])


def recorded_in(leaf: bytes) -> Recorded:
    """The message that a leaf was made of, without its trace. Raises NotCanonical, LeafMalformed, ValueError."""
    signed = {name: value for name, value in json.loads(leaf).items() if name in {"key", "signature"}}
    return _RECORDED.validate_python(event_in(leaf) | signed)
