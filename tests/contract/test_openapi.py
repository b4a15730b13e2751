"""The OpenAPI document of the HTTP inlet says what the inlet does."""

import json
import re
from typing import Any

import jsonschema
import pytest

from contracts import generated, openapi
from contracts.catalogue import EVENT_TYPES, AcquisitionMode, source
from contracts.values import Source

DOCUMENT: dict[str, Any] = json.loads(generated.OPENAPI_FILE.read_text(encoding="utf-8"))
POST = DOCUMENT["paths"]["/events"]["post"]


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)

    for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
        file, _, pointer = reference.partition("#")
        place: Any = json.loads((generated.FOLDER / file).read_text(encoding="utf-8")) if file else DOCUMENT
        for step in pointer.strip("/").split("/") if pointer else []:
            place = place[step]
        assert place, reference


def test_no_address_is_invented() -> None:
    text = json.dumps(DOCUMENT) + generated.ASYNCAPI_FILE.read_text(encoding="utf-8")

    assert "localhost" not in text
    assert not re.search(r"127\.0\.0\.1|:\d{4,5}[/\"]", text)


def test_a_source_logs_in_with_its_code_and_password_or_the_password_alone() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]

    assert {name: scheme.get("scheme", scheme["type"]) for name, scheme in schemes.items()} == {
        "basic": "basic",
        "bearer": "bearer",
        "certificate": "mutualTLS",
    }
    assert all(each.value in schemes["basic"]["description"] for each in Source)
    assert [*DOCUMENT["security"]] == [{"basic": []}, {"bearer": []}, {"certificate": []}]


def test_examples_are_of_what_may_come_over_the_network_alone() -> None:
    examples = POST["requestBody"]["content"][openapi.STRUCTURED]["examples"]

    by_network = {f"{kind.source}.{kind.type}" for kind in EVENT_TYPES if source(kind.source).acquisition is AcquisitionMode.NETWORK}
    assert examples.keys() == by_network
    assert not any(name.startswith("school_affairs.") for name in examples)


@pytest.mark.parametrize("name", ["outcomes", "problem"])
def test_the_schemas_of_answers_are_json_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])
