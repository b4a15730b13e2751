"""Names as they came, on a real database."""

import asyncio
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from contracts.messages import RecordAccepted
from contracts.replies import OUTCOME
from contracts.values import ServiceName, Source
from infra.testing.fixtures import Database
from services.ingest import commands
from tests.integration.ingest.conftest import Ingest
from tests.unit.ingest.events import Event, body, resident
from tests.unit.ingest.test_characters import HASH_OF_BEFORE, OF_BEFORE, PAIRS

pytestmark = pytest.mark.servers

REGISTRY = Source.RESIDENT_REGISTRY


async def take(ingest: Ingest, *events: Event) -> list[dict[str, Any]]:
    return await ingest.takes(*map(body, events), source=REGISTRY)


def found(answers: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(answer["outcome"], answer["path"]) for answer in answers]


@pytest.mark.parametrize(("one", "other"), list(PAIRS.items())[:4])
async def test_a_resend_with_the_other_character_is_a_change_and_said_as_it_came(ingest: Ingest, one: str, other: str) -> None:
    first = resident({"name": f"{one}本 花"}, id="N-1")
    other_name = {**first["data"], "name": f"{other}本 花"}

    answers = await take(
        ingest,
        first,
        first,
        {**first, "data": other_name},
        {**first, "id": "N-2", "data": other_name},
        {**first, "id": "N-3", "revision": 2, "data": other_name},
    )

    assert found(answers) == [("accepted", None), ("duplicate", None), ("refused", "id"), ("refused", "revision"), ("accepted", None)]
    said = [record.data["name"] for record in await ingest.records() if isinstance(record, RecordAccepted)]
    assert said == [f"{one}本 花", f"{other}本 花"]


async def test_what_an_older_release_took_is_known_again_and_a_change_of_it_is_one(ingest: Ingest) -> None:
    await take(ingest, {**OF_BEFORE, "id": "N-1"})
    await ingest.pool.execute("update record set content_hash = $1, hashed_composed = true", HASH_OF_BEFORE)
    await ingest.pool.execute("update event_log set content_hash = $1, hashed_composed = true", HASH_OF_BEFORE)
    changed = {**OF_BEFORE, "data": {**OF_BEFORE["data"], "name": "塚本 花"}}

    again = await take(ingest, {**OF_BEFORE, "id": "N-1"}, {**OF_BEFORE, "id": "N-2"}, {**changed, "id": "N-1"}, {**changed, "id": "N-3"})
    newer = await take(ingest, {**OF_BEFORE, "id": "N-4", "revision": 2})
    composed = {**OF_BEFORE["data"], "name": "塚本 神が"}
    last = await take(ingest, {**OF_BEFORE, "id": "N-5", "revision": 2, "data": composed})

    assert found(again) == [("duplicate", None), ("duplicate", None), ("refused", "id"), ("refused", "revision")]
    assert found(newer + last) == [("accepted", None), ("refused", "revision")]


async def test_private_use_and_geta_are_kept_and_their_owner_and_the_operator_are_told(ingest: Ingest, database: Database) -> None:
    odd, plain = resident({"name": "\ue000山 〓"}, subject="R-odd"), resident({"name": "山本"}, subject="R-plain")
    mended = resident({"name": "山本 〓", "kana": "ヤマモト"}, subject="R-mended")

    first, other, third = await take(ingest, odd, plain, mended)
    (again,) = await take(ingest, odd)
    await take(ingest, {**mended, "id": "M-2", "revision": 2, "data": {**mended["data"], "name": "山本"}})

    told = [(warning["path"], warning["code"]) for warning in first["warnings"]]
    assert told == [("name", "private_use_character"), ("name", "geta_mark")]
    assert again["warnings"] == first["warnings"]
    assert "外字" in first["warnings"][0]["message"]["ja"]
    assert [each["code"] for each in third["warnings"]] == ["geta_mark"]
    assert "warnings" not in other
    Draft202012Validator(OUTCOME).validate(first)
    assert next(reply for _, reply in await ingest.replies()) == first
    said = [record.data["name"] for record in await ingest.records() if isinstance(record, RecordAccepted) and record.record_id == "R-odd"]
    assert said == ["\ue000山 〓"]

    seen = await operator(database, "characters", "--source", REGISTRY.value)
    assert "R-odd" in seen
    assert "name  private_use_character" in seen
    assert "2 places" in seen
    assert not [hidden for hidden in ("山", "〓", "\ue000", "R-plain", "R-mended") if hidden in seen]
    assert "0 places" in await operator(database, "characters", "--source", Source.CHILDCARE.value)
    told = json.loads(await operator(database, "characters", "--source", REGISTRY.value, "--json"))
    assert {record["record_id"] for record in told["records"]} == {"R-odd"}
    assert sum(field["records"] for field in told["by_field"]) == 2


async def operator(database: Database, *words: str) -> str:
    environment = {"TSUNAGU_DATABASE_URL": database.url(ServiceName.INGEST)}
    result = await asyncio.to_thread(CliRunner().invoke, commands.app, [*words, "--root", "/nowhere"], env=environment)
    assert result.exception is None, result.output
    return result.output
