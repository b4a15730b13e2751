"""What the other services, and the audit, are told of an event that was entered."""

from collections.abc import Iterable
from datetime import datetime
from json.encoder import encode_basestring

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import FeedWatermark, RecordAccepted, RecordVoided, Thing
from contracts.values import Operation
from infra.identifiers import caused
from infra.telemetry import current_traceparent
from infra.work import UnitOfWork
from services.ingest.arrivals import Arrival, Judged
from services.ingest.domain.admission import Admitted
from services.ingest.domain.completeness import Reach
from services.ingest.domain.ledger import Outcome
from services.ingest.domain.refusals import Refusal


def say(work: UnitOfWork, news: Iterable[Judged]) -> None:
    """Tell of what was taken, and of denied items that came in."""
    trace = current_traceparent()
    for judged in news:
        verdict, refusal = judged.arrival.verdict, judged.entry.refusal
        if judged.entry.outcome is Outcome.ACCEPTED and isinstance(verdict, Admitted):
            _announce(work, judged, verdict, judged.arrival.traceparent or trace)
        elif refusal is not None and refusal.item is not None:
            _tell_audit(work, judged.arrival, refusal, refusal.item)


def _announce(work: UnitOfWork, judged: Judged, admitted: Admitted, trace: str | None) -> None:
    if admitted.is_watermark:
        if judged.reach is not None:
            work.announce_everywhere(_watermark(work, judged.arrival, judged.reach))
        return
    # One person's records in order where it is known whose they are; else one record's revisions.
    key = judged.person_no or admitted.envelope.subject
    if admitted.envelope.operation is Operation.VOID:
        work.announce(_voided(work, judged, admitted), key=key)
    else:
        work.announce_written(RecordAccepted, accepted_text(judged, admitted, trace, at=work.now), key=key, traceparent=trace)


def accepted_text(judged: Judged, admitted: Admitted, trace: str | None, *, at: datetime) -> str:
    """RecordAccepted as JSON. By hand, because it is said of every event: its data stand as JSON already, and the rest is trusted."""
    envelope = admitted.envelope
    return (
        f'{{"event_id":"{caused(judged.entry.key, "RecordAccepted")}","occurred_at":"{at.isoformat()}","traceparent":{_text(trace)},'
        f'"type":"RecordAccepted","source":"{admitted.source}","event_type":{_text(envelope.type)},"record_id":{_text(envelope.subject)},'
        f'"revision":{envelope.revision},"effective_on":"{envelope.effective_on.isoformat()}",'
        f'"recorded_at":"{envelope.recorded_at.isoformat()}","person_no":{_text(judged.person_no)},"data":{admitted.text}}}'
    )


def _text(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


def _watermark(work: UnitOfWork, arrival: Arrival, reach: Reach) -> FeedWatermark:
    return FeedWatermark(
        event_id=caused(arrival.key, "FeedWatermark"),
        occurred_at=work.now,
        traceparent=arrival.traceparent,
        source=arrival.source,
        complete_through=reach.through,
        complete_from=reach.since,
        version=reach.version,
    )


def _voided(work: UnitOfWork, judged: Judged, admitted: Admitted) -> RecordVoided:
    envelope = admitted.envelope
    return RecordVoided(
        event_id=caused(judged.entry.key, "RecordVoided"),
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


def _tell_audit(work: UnitOfWork, arrival: Arrival, refusal: Refusal, item: str) -> None:
    """
    A 無し item came in: kept for the audit, with the path and the item, without the value (ITEM-21, S18).

    An entry for each sending that was refused for something else than the one before; each needs an id of its own, because the
    audit drops an id that it has heard, and the dropped one's number would be a gap for ever. So the month is in it, too: an event of a
    month that the ledger has forgotten begins again with its first sending.
    """
    work.keep(
        deeds.DISALLOWED_ITEM_REJECTED,
        actor=work.service_actor(),
        thing=Thing(kind=ThingKind.SOURCE_EVENT, id=str(arrival.key)),
        cause=caused(arrival.key, f"{refusal.path}|{item}|{arrival.attempt}|{work.today:%Y-%m}"),
        fields=(refusal.path,),
        refused=True,
        reason_code=item,
        correlation=arrival.source.value,
        origin=arrival.inlet.value,
    )
