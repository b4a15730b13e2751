import json
from collections.abc import Iterator
from typing import Any

import jsonschema
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from contracts import asyncapi, generated
from contracts.messages import MESSAGES
from contracts.topology import HEARS, queues
from contracts.values import ServiceName


def document() -> Any:
    return json.loads(generated.ASYNCAPI_FILE.read_text(encoding="utf-8"))


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def found(root: Any, reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    place = json.loads((generated.FOLDER / file).read_text(encoding="utf-8")) if file else root
    for step in pointer.strip("/").split("/") if pointer else []:
        place = place[step]
    return place


def test_the_committed_files_are_what_the_contract_says_today() -> None:
    stale = [str(path.relative_to(generated.FOLDER)) for path in generated.stale()]

    assert stale == [], "run `python -m contracts.generate`"


def test_every_generated_schema_is_a_json_schema() -> None:
    for schema in [*generated.message_schemas().values(), *generated.source_schemas().values()]:
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_asyncapi_document_has_the_shape_of_version_3() -> None:
    """Held against FastStream's own model of an AsyncAPI 3.0 document, and against what 3.0 makes required."""
    said = document()

    ApplicationSchema.model_validate(said)

    assert said["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= said["info"].keys()
    assert all({"host", "protocol"} <= server.keys() for server in said["servers"].values())
    assert all({"action", "channel"} <= operation.keys() for operation in said["operations"].values())
    assert {operation["action"] for operation in said["operations"].values()} == {"send", "receive"}


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    said = document()
    all_references = set(references(said))

    assert all_references
    for reference in all_references:
        assert found(said, reference) is not None


def test_every_placeholder_of_an_address_is_a_parameter() -> None:
    for channel in document()["channels"].values():
        placeholders = {word.partition("}")[0] for word in channel["address"].split("{")[1:]}
        assert placeholders == channel.get("parameters", {}).keys()


def test_an_operation_names_messages_of_its_own_channel() -> None:
    said = document()

    for operation in said["operations"].values():
        for message in operation.get("messages", []):
            assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")


def test_everything_said_on_the_bus_has_a_sender_and_every_queue_of_the_topology_a_channel() -> None:
    said = document()
    senders = {name.rpartition(".")[2] for name, operation in said["operations"].items() if operation["action"] == "send"}
    addresses = {channel["address"].replace("{partition}", "0") for channel in said["channels"].values()}
    work_queues = {queue.name for queue in queues(1) if ".in." in queue.name and not queue.name.startswith("ingest")}

    assert {asyncapi.message_name(message) for message in MESSAGES} <= senders
    assert work_queues <= addresses
    assert set(HEARS) == set(ServiceName)
