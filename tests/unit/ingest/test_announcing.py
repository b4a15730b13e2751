"""What is written by hand for speed is what the class would write."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages import RecordAccepted
from contracts.values import ServiceName, Source
from infra.clock import FixedClock
from infra.identifiers import Identifiers, caused
from infra.work import UnitOfWork
from services.ingest.announcing import accepted_text
from services.ingest.arrivals import Arrival, Judged
from services.ingest.domain.admission import Admitted, Inlet, judge
from services.ingest.domain.ledger import Entry, Outcome, event_key, identity_of
from services.ingest.domain.reading import RawEvent
from tests.unit.ingest.events import door, resident

identifiers = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=15)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2026, 3, 31), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone


@given(
    identifiers,
    st.none() | identifiers,
    st.text(max_size=8),
    instants,
    instants,
    st.none() | st.dates(datetime(1990, 1, 1).date(), datetime(2026, 3, 1).date()),  # noqa: DTZ001 -- a day
    st.none() | st.just(f"00-{'a' * 32}-{'b' * 16}-01"),
)
def test_an_accepted_record_is_written_as_its_class_writes_it(
    subject: str, person_no: str | None, name: str, recorded: datetime, now: datetime, stated: Any, trace: str | None
) -> None:
    sent = resident({"name": name}, subject=subject, recordedat=recorded.isoformat(), effectiveon=stated and stated.isoformat())
    verdict = judge(RawEvent(sent), door(Source.RESIDENT_REGISTRY))
    if not isinstance(verdict, Admitted):
        return
    key = event_key(verdict.source, sent["id"])
    entry = Entry(key, verdict.source, identity_of(sent, verdict.source, verdict), Outcome.ACCEPTED)
    judged = Judged(Arrival(0, 0, verdict.source, Inlet.AMQP, key, entry.identity, verdict, trace), entry, person_no)

    written = RecordAccepted.model_validate_json(accepted_text(judged, verdict, trace, at=now))

    assert written == RecordAccepted(
        event_id=caused(key, "RecordAccepted"),
        occurred_at=now,
        traceparent=trace,
        source=verdict.source,
        event_type=verdict.envelope.type,
        record_id=subject,
        revision=1,
        effective_on=verdict.envelope.effective_on,
        recorded_at=recorded,
        person_no=person_no,
        data=verdict.data,
    )


def test_what_is_written_already_is_said_by_whoever_says_its_class_alone() -> None:
    nowhere: Any = None
    at = FixedClock(datetime(2026, 4, 1, tzinfo=UTC))
    work = UnitOfWork(nowhere, service=ServiceName.LINKER, clock=at, identifiers=Identifiers(b"key"))

    with pytest.raises(ValueError, match="linker does not say RecordAccepted"):
        work.announce_written(RecordAccepted, "{}", key="1", traceparent=None)
