"""What the other services, and the audit, are told of an event that was entered."""

from datetime import date

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import FeedWatermark, RecordAccepted, RecordVoided, Thing
from contracts.values import Operation
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.ingest.arrivals import Arrival
from services.ingest.domain.admission import Admitted
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import Refusal


def say(work: UnitOfWork, arrival: Arrival) -> None:
    """Tell of what was taken, and of a denied item that came in."""
    entry, verdict = arrival.entry, arrival.verdict
    if entry is None:
        return
    if entry.outcome is Outcome.ACCEPTED and isinstance(verdict, Admitted):
        _announce(work, arrival, verdict)
    elif entry.refusal is not None and entry.refusal.item is not None:
        _tell_audit(work, arrival, entry.refusal)


def _announce(work: UnitOfWork, arrival: Arrival, admitted: Admitted) -> None:
    if admitted.is_watermark:
        work.announce_everywhere(_watermark(work, arrival, admitted))
        return
    # One person's records in order where it is known whose they are; else one record's revisions.
    key = arrival.person_no or admitted.envelope.subject
    voided = admitted.envelope.operation is Operation.VOID
    work.announce(_voided(work, arrival, admitted) if voided else _accepted(work, arrival, admitted), key=key)


def _watermark(work: UnitOfWork, arrival: Arrival, admitted: Admitted) -> FeedWatermark:
    return FeedWatermark(
        event_id=caused(arrival.key, "FeedWatermark"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        complete_through=date.fromisoformat(admitted.data["complete_through"]),
    )


def _accepted(work: UnitOfWork, arrival: Arrival, admitted: Admitted) -> RecordAccepted:
    envelope = admitted.envelope
    return RecordAccepted(
        event_id=caused(arrival.key, "RecordAccepted"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        event_type=envelope.type,
        record_id=envelope.subject,
        revision=envelope.revision,
        effective_on=envelope.effective_on,
        recorded_at=envelope.recorded_at,
        person_no=arrival.person_no,
        data=admitted.data,
    )


def _voided(work: UnitOfWork, arrival: Arrival, admitted: Admitted) -> RecordVoided:
    envelope = admitted.envelope
    return RecordVoided(
        event_id=caused(arrival.key, "RecordVoided"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=admitted.source,
        event_type=envelope.type,
        record_id=envelope.subject,
        revision=envelope.revision,
        effective_on=envelope.effective_on,
        recorded_at=envelope.recorded_at,
        person_no=arrival.person_no,
    )


def _tell_audit(work: UnitOfWork, arrival: Arrival, refusal: Refusal) -> None:
    """
    A 無し item came in: kept for the audit, with the path and the item, without the value (ITEM-21, S18).

    An entry for each sending that was refused for something else than the one before; each needs an id of its own, because the
    audit drops an id that it has heard, and the dropped one's number would be a gap for ever.
    """
    work.keep(
        deeds.DISALLOWED_ITEM_REJECTED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.SOURCE_EVENT, id=str(arrival.key)),
        cause=caused(arrival.key, f"{refusal.path}|{refusal.item}|{arrival.attempt}"),
        fields=(refusal.path,),
        refused=True,
        reason_code=refusal.item,
        correlation=arrival.source.value,
        origin=arrival.inlet.value,
    )
