import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from contracts import asyncapi, generated
from contracts.messages import MESSAGES, Message

GOLDEN = Path(__file__).parent.parent / "golden"
EXAMPLES = GOLDEN / "examples"


def example(message: type[Message]) -> Any:
    file = EXAMPLES / asyncapi.message_file(message)
    assert file.exists(), f"tests/golden/examples has no {file.name}: an example of {message.__name__} that fills every field"
    return json.loads(file.read_text(encoding="utf-8"))


def test_no_message_breaks_a_version_that_was_said_before() -> None:
    found = generated.breaks(generated.golden(GOLDEN))

    assert not found, generated.as_lines(found)


def test_every_message_and_version_is_kept_as_it_is_said_today() -> None:
    """An additive change is kept too, so that it cannot be taken back: `python -m contracts.generate --golden tests/golden`."""
    kept, said = (
        generated.golden(GOLDEN),
        {name: json.loads(generated.as_text(schema)) for name, schema in generated.message_schemas().items()},
    )
    changed = sorted(name for name in kept.keys() | said.keys() if kept.get(name) != said.get(name))

    assert changed == [], f"not kept as said today (run `python -m contracts.generate --golden tests/golden`): {', '.join(changed)}"


@pytest.mark.parametrize("message", MESSAGES, ids=asyncapi.message_name)
def test_a_message_that_was_said_once_is_still_understood(message: type[Message]) -> None:
    said = example(message)

    understood = message.model_validate_json(json.dumps(said))

    assert json.loads(understood.model_dump_json(exclude_unset=True)) == said


@pytest.mark.parametrize("message", MESSAGES, ids=asyncapi.message_name)
def test_a_message_is_written_as_its_model_writes_it(message: type[Message]) -> None:
    said = message.model_validate_json(json.dumps(example(message)))

    assert said.as_json() == said.model_dump_json()


@pytest.mark.parametrize("message", MESSAGES, ids=asyncapi.message_name)
def test_an_example_fits_the_kept_schema_and_fills_every_field(message: type[Message]) -> None:
    schema = generated.golden(GOLDEN)[asyncapi.message_file(message)]
    said = example(message)

    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(said)

    unfilled = set(schema["properties"]) - set(said)
    assert unfilled == set(), f"tests/golden/examples: the example of {message.__name__} does not fill {', '.join(sorted(unfilled))}"


def test_there_is_no_example_without_its_message() -> None:
    assert {path.name for path in EXAMPLES.glob("*.json")} == {asyncapi.message_file(message) for message in MESSAGES}
