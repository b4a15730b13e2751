"""What sources are told, as JSON: the one place where an answer ceases to be a value. The schema is `contracts/replies.py`."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts import topology
from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest.domain.answers import Answer, message_of
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import Words
from services.ingest.domain.telling import Wrong


def reply(work: UnitOfWork, source: Source, answers: Sequence[Answer], *, message_id: str | None = None, together: bool = False) -> None:
    """
    Tell a source system what became of its events; a message without any is answered too. `message_id` tells which message it was.

    `together` tells it in one reply: totals, and an answer only for what the source must look at.
    """
    named = message_of(message_id)
    about = {"source": source, **({"message_id": named} if named else {})}
    refused = [answer for answer in answers if answer.outcome is Outcome.REFUSED]
    if together:
        totals = Counter(answer.outcome.value for answer in answers)
        _publish(work, source, "refused" if refused else "accepted", {**about, "totals": totals}, list(filter(_asks_for_a_look, answers)))
        return
    others = [answer for answer in answers if answer.outcome is not Outcome.REFUSED]
    if others or not refused:
        _publish(work, source, "accepted", about, others)
    if refused:
        _publish(work, source, "refused", about, refused)


def _asks_for_a_look(answer: Answer) -> bool:
    return bool(answer.warnings) or answer.outcome in (Outcome.REFUSED, Outcome.PARKED)


def _publish(work: UnitOfWork, source: Source, verdict: str, about: dict[str, Any], answers: Sequence[Answer]) -> None:
    payload = json.dumps({**about, "outcomes": [answer_json(answer) for answer in answers]}, ensure_ascii=False)
    work.publish(payload, exchange=topology.REPLIES_EXCHANGE, routing_key=f"{source}.{verdict}", in_order_of=source)


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer, with what it does not say left out."""
    told: dict[str, Any] = {
        "id": answer.id,
        "event": str(answer.event),
        "outcome": answer.outcome.value,
        "code": answer.code,
        "path": answer.path,
    }
    if answer.first is not None:
        told["first"] = answer.first.value
    if answer.item is not None:
        told["item"] = answer.item
    if answer.message is not None:
        told["paths"] = [wrong.path for wrong in answer.errors]
        told["message"] = words_json(answer.message)
        told["errors"] = [error_json(wrong) for wrong in answer.errors]
    if answer.warnings:
        told["warnings"] = [{"path": each.path, "code": each.code, "message": words_json(each.message)} for each in answer.warnings]
    if answer.position is not None:
        told["position"] = answer.position
    if answer.message_id is not None:
        told["message_id"] = answer.message_id
    return told


def error_json(wrong: Wrong) -> dict[str, Any]:
    """What is wrong in one place."""
    allowed = None if wrong.allowed is None else list(wrong.allowed)
    return {"path": wrong.path, "code": wrong.code, "message": words_json(wrong.message), "allowed": allowed}


def words_json(words: Words) -> dict[str, str]:
    """A message in both languages."""
    return {"ja": words.ja, "en": words.en}
