"""Nothing is kept that nobody uses: a message that nobody hears, a statement that nobody runs."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from contracts import messages, topology
from contracts.messages import MESSAGES, Message
from contracts.values import ServiceName
from tests.architecture.statements import ROOT, STATEMENT, statement_files, uses


def heard_by(service: ServiceName) -> set[type[Message]]:
    """The classes that a service decodes."""
    return set(messages.heard_by(service))


def sayers(message: type[Message]) -> set[ServiceName]:
    """Who says a message, or passes it on. The audit's messages are said by all."""
    said_by = getattr(message, "said_by", None)
    return {said_by, *getattr(message, "passed_on_by", ())} - {None} or set(ServiceName)


def is_named_in(folder: Path, name: str) -> bool:
    """Whether a module of a folder uses a name. Those are parsed alone in whose text it stands."""
    return any(name in names_of(file) for file, text in sources_in(folder) if name in text)


@cache
def sources_in(folder: Path) -> tuple[tuple[Path, str], ...]:
    return tuple((file, file.read_text("utf-8")) for file in folder.rglob("*.py"))


@cache
def names_of(file: Path) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name))


def test_every_service_that_hears_the_bus_is_looked_at() -> None:
    assert set(topology.HEARS) == set(ServiceName)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_message_has_a_hearer(message: type[Message]) -> None:
    hearers = [
        service
        for service in topology.HEARS
        if message in heard_by(service) and any(f"{sayer}.{message.family}" in topology.HEARS[service] for sayer in sayers(message))
    ]

    assert hearers


@pytest.mark.parametrize("service", topology.HEARS)
def test_what_a_service_is_bound_to_is_said_and_decoded(service: ServiceName) -> None:
    for family in topology.HEARS[service]:
        sayer, name = family.split(".")
        said = {message for message in MESSAGES if message.family == name and ServiceName(sayer) in sayers(message)}
        assert said
        assert said <= heard_by(service)


@pytest.mark.parametrize("service", topology.HEARS)
def test_what_a_service_decodes_is_said_to_it_and_handled(service: ServiceName) -> None:
    bound = {family.split(".")[1] for family in topology.HEARS[service]}
    code = "".join(text for _, text in sources_in(ROOT / "services" / service))
    heard = {message.__name__ for message in heard_by(service)}
    idle = {name for name in heard if not re.search(rf"\b{name}\b", code)}

    assert [message.__name__ for message in heard_by(service) if message.family not in bound] == []
    assert idle == set(), f"services/{service} hears {', '.join(sorted(idle))} and handles it nowhere"


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.__name__)
def test_every_message_is_said_by_its_speaker(message: type[Message]) -> None:
    # What the audit is told is said for all services by their unit of work.
    folder = ROOT / "infra" if message.said_by is None else ROOT / "services" / message.said_by

    assert is_named_in(folder, message.__name__), f"{folder.relative_to(ROOT)} is to say {message.__name__} and says it nowhere"


# --- Statements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", statement_files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_named_statement_is_run(file: Path) -> None:
    run = {use.name for use in uses() if use.file == file}

    assert sorted(set(STATEMENT.findall(file.read_text(encoding="utf-8"))) - run) == []


def test_every_statement_that_code_runs_is_in_the_file_that_its_module_reads() -> None:
    missing = [use for use in uses() if use.name not in (*use.among.names, "names")]

    assert [f"{use.module.relative_to(ROOT)}:{use.line} runs {use.name}, which {use.file.name} does not have" for use in missing] == []


def test_whoever_has_statements_is_seen_to_run_some() -> None:
    assert {use.file for use in uses()} == set(statement_files())
