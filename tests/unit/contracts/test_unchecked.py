import json
from pathlib import Path

import pytest
from pydantic_core import PydanticSerializationError

from contracts.messages import MESSAGES, Message, PersonChanged, RecordLinked
from contracts.unchecked import unchecked

EXAMPLES = Path(__file__).parents[2] / "golden/examples"
WITH_PLAIN_DEFAULTS = [kind for kind in MESSAGES if all(field.default_factory is None for field in kind.model_fields.values())]


@pytest.mark.parametrize("kind", WITH_PLAIN_DEFAULTS, ids=lambda kind: kind.__name__)
def test_a_message_is_the_same_whether_it_was_checked_or_not(kind: type[Message]) -> None:
    checked = kind.model_validate_json((EXAMPLES / f"{kind.__name__}.v{kind.schema_version}.json").read_bytes())

    made = unchecked(kind)(**{name: getattr(checked, name) for name in sorted(checked.model_fields_set, reverse=True)})

    assert made == checked
    assert made.model_dump_json() == checked.model_dump_json()
    assert made.model_fields_set == checked.model_fields_set
    assert made.model_copy(update={"traceparent": "t"}) == checked.model_copy(update={"traceparent": "t"})


def test_what_is_left_out_is_as_the_contract_says() -> None:
    told = json.loads((EXAMPLES / "RecordLinked.v1.json").read_text())
    checked = RecordLinked.model_validate({name: told[name] for name in told if RecordLinked.model_fields[name].is_required()})

    made = unchecked(RecordLinked)(**{name: getattr(checked, name) for name in checked.model_fields_set})

    assert made.model_dump_json() == checked.model_dump_json()


def test_there_is_no_room_for_what_the_contract_does_not_name() -> None:
    with pytest.raises(TypeError, match="weather"):
        unchecked(PersonChanged)(weather="fine")  # type: ignore[call-arg]


def test_what_is_missing_is_never_said() -> None:
    with pytest.raises(PydanticSerializationError):
        unchecked(PersonChanged)().model_dump_json()  # type: ignore[call-arg]
