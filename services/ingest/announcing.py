"""What the other services, and the audit, are told of an event that was entered."""

from datetime import date, datetime
from typing import TypedDict, assert_never

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import FeedWatermark, RecordAccepted, RecordVoided, Thing
from contracts.values import Operation, Source
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.ingest.arrivals import Arrival, Judged
from services.ingest.domain.admission import Admitted
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import Refusal


def say(work: UnitOfWork, judged: Judged) -> None:
    """Tell of what was taken, and of a denied item that came in."""
    verdict, refusal = judged.arrival.verdict, judged.entry.refusal
    if judged.entry.outcome is Outcome.ACCEPTED and isinstance(verdict, Admitted):
        _announce(work, judged, verdict)
    elif refusal is not None and refusal.item is not None:
        _tell_audit(work, judged.arrival, refusal, refusal.item)


def _announce(work: UnitOfWork, judged: Judged, admitted: Admitted) -> None:
    if admitted.is_watermark:
        work.announce_everywhere(_watermark(work, judged.arrival, admitted))
        return
    # One person's records in order where it is known whose they are; else one record's revisions.
    work.announce(_record(work, judged, admitted), key=judged.person_no or admitted.envelope.subject)


def _watermark(work: UnitOfWork, arrival: Arrival, admitted: Admitted) -> FeedWatermark:
    return FeedWatermark(
        event_id=caused(arrival.key, "FeedWatermark"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        complete_through=date.fromisoformat(admitted.data["complete_through"]),
    )


def _record(work: UnitOfWork, judged: Judged, admitted: Admitted) -> RecordAccepted | RecordVoided:
    envelope, key = admitted.envelope, judged.entry.key
    told = _Told(
        occurred_at=work.now,
        traceparent=judged.arrival.traceparent,
        source=admitted.source,
        event_type=envelope.type,
        record_id=envelope.subject,
        revision=envelope.revision,
        effective_on=envelope.effective_on,
        recorded_at=envelope.recorded_at,
        person_no=judged.person_no,
    )
    match envelope.operation:
        case Operation.UPSERT:
            return RecordAccepted(event_id=caused(key, "RecordAccepted"), data=admitted.data, **told)
        case Operation.VOID:
            return RecordVoided(event_id=caused(key, "RecordVoided"), **told)
        case _:
            assert_never(envelope.operation)


class _Told(TypedDict):
    """What is said of a record whether it stands or was taken back."""

    occurred_at: datetime
    traceparent: str | None
    source: Source
    event_type: str
    record_id: str
    revision: int
    effective_on: date
    recorded_at: datetime
    person_no: str | None


def _tell_audit(work: UnitOfWork, arrival: Arrival, refusal: Refusal, item: str) -> None:
    """
    A 無し item came in: kept for the audit, with the path and the item, without the value (ITEM-21, S18).

    An entry for each sending that was refused for something else than the one before; each needs an id of its own, because the
    audit drops an id that it has heard, and the dropped one's number would be a gap for ever.
    """
    work.keep(
        deeds.DISALLOWED_ITEM_REJECTED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.SOURCE_EVENT, id=str(arrival.key)),
        cause=caused(arrival.key, f"{refusal.path}|{item}|{arrival.attempt}"),
        fields=(refusal.path,),
        refused=True,
        reason_code=item,
        correlation=arrival.source.value,
        origin=arrival.inlet.value,
    )
