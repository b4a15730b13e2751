"""
The limit of the runtime: five services whose handlers do nothing but pass on as many messages as the real ones did.

`python -m infra.city.limit <service>` is one of them: the same runtime, queues, parcels, inbox, outbox, relay and transactions, and
messages of the usual size; no reading, no deciding, no saving. What the real pipeline reaches of it is what the five services cost.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from contracts import messages, topology
from contracts.deeds.deed import Deed, Keeping, ThingKind
from contracts.feeds import FeedStanding
from contracts.ids import EventId, PersonId, PregnancyId
from contracts.kinds import EventKind
from contracts.messages import Delivery, HouseholdMember, IndicatorState, Message, Residence, Thing
from contracts.values import Group, IndicatorValue, Item, Operation, Relationship, ServiceName, Sex, Source, Ward
from infra.identifiers import caused
from infra.outcomes import Outcome
from infra.service import Delivery as Parcel
from infra.service import Service, run
from infra.settings import Settings, load
from infra.sql import queries
from infra.work import UnitOfWork

SQL = queries(__file__, "limit.sql")
PLAN = "TSUNAGU_LIMIT_PLAN"
"""Names the file with what each service heard and said in the real run."""

AUDITED = "audited"
NOTHING: Mapping[ServiceName, Deed] = {
    service: Deed(
        f"{service}.nothing",
        Keeping.DECISION,
        of=(ThingKind.SOURCE_EVENT,),
        screen="性能の測定",
        done="なにもしなかった",
        attempted="なにもしないことにしようとした",
    )
    for service in ServiceName
}
"""What stands for the real services' deeds; it is in the log of a measurement only."""

SOME_ID = UUID("6a7a1f0e-3c53-5c1c-9a0b-52f6f1b6f3a1")
SOMEBODY = PersonId(SOME_ID)
SOME_TIME = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SOME_DAY = date(2026, 4, 11)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one service heard in all, and how often it said each type; `audited` counts its audit messages."""

    heard: int
    said: Mapping[str, int]
    audited: int


@dataclass(slots=True)
class Share:
    """Deals out what is to be said evenly over what is heard, so that the totals come out."""

    plan: Plan
    heard: int = 0
    dealt: dict[str, int] = field(default_factory=dict)

    def deal(self, events: int) -> dict[str, int]:
        """How often each type (and `audited`) is due after `events` more were heard."""
        self.heard += events
        reached = {name: total * self.heard // max(1, self.plan.heard) for name, total in self._totals().items()}
        due = {name: n - self.dealt.get(name, 0) for name, n in reached.items()}
        self.dealt = reached
        return due

    def _totals(self) -> dict[str, int]:
        return {**self.plan.said, AUDITED: self.plan.audited}


class Forwarder:
    """The handler that does nothing."""

    def __init__(self, share: Share) -> None:
        self._share = share

    async def on_parcel(self, work: UnitOfWork, events: Sequence[Message]) -> Mapping[EventId, Outcome]:
        """Say what is due for a parcel."""
        self.forward(work, [event.event_id for event in events])
        return {}

    def forward(self, work: UnitOfWork, causes: Sequence[UUID]) -> None:
        """Say what is due for as many events as there are causes."""
        if not causes:
            return
        for name, times in self._share.deal(len(causes)).items():
            for number in range(times):
                cause = causes[number % len(causes)]
                if name == AUDITED:
                    thing = Thing(kind=ThingKind.SOURCE_EVENT, id=str(cause))
                    # The service's name is in the id: two services hear of the same cause.
                    work.keep(NOTHING[work.service], actor=work.service_actor(), thing=thing, cause=caused(cause, str(number)))
                else:
                    sample = SAMPLES[name].model_copy(update={"event_id": caused(cause, f"{name}{number}"), "occurred_at": work.now})
                    work.announce(sample, key=str(cause))


def build(name: ServiceName, plan: Plan) -> Service:
    """One of the five."""
    service = Service(name, load(Settings))
    forwarder = Forwarder(Share(plan))
    if name is ServiceName.INGEST:
        service.hear_raw(topology.inlet_queue(name, 0), _Inlet(service, forwarder).take)
    # What ingest hears of other services leads to nothing: its share is dealt out over the sources' events.
    service.hear(messages.union_heard_by(name), forwarder.on_parcel if name is not ServiceName.INGEST else _drop)
    return service


async def _drop(_work: UnitOfWork, _events: Sequence[Message]) -> Mapping[EventId, Outcome]:
    return {}


class _Inlet:
    """Takes batches of source events: parses them and drops what was heard before, as every inlet must."""

    def __init__(self, service: Service, forwarder: Forwarder) -> None:
        self._service = service
        self._forwarder = forwarder

    async def take(self, parcel: Parcel) -> None:
        ids = [UUID(event["id"]) for event in json.loads(parcel.body)]
        async with self._service.work() as work:
            fresh = [row["run"] for row in await work.db.fetch(SQL.hear, ids)]
            self._forwarder.forward(work, fresh)
            await work.flush({"source": len(fresh)})


def plan_for(name: ServiceName, file: Path) -> Plan:
    """What `file` says about a service."""
    return Plan(**json.loads(file.read_text(encoding="utf-8"))[name])


def _indicators() -> tuple[IndicatorState, ...]:
    return tuple(
        IndicatorState(
            item=item,
            value=IndicatorValue.FALSE,
            counted=True,
            valid_from=SOME_DAY,
            valid_to=None,
            known_at=SOME_TIME,
            reason_code="received",
            source=Source.MATERNAL_CHILD_HEALTH,
            evidence=(EventId(SOME_ID),),
            detail={"window_start": "2025-08-10", "window_end": "2026-02-10", "late": False},
            fresh_through=SOME_DAY,
        )
        for item in Item
    )


def _samples() -> dict[str, Message]:
    record: dict[str, object] = {
        "source": Source.MATERNAL_CHILD_HEALTH,
        "event_type": EventKind.PRENATAL_EXAM_RECORDED,
        "record_id": "NK-N-0000305-14",
        "revision": 1,
        "effective_on": SOME_DAY,
    }
    exam = {"exam_date": "2026-04-11", "gestational_weeks": 38, "coupon_no": 14}
    named = {**exam, "pregnancy_id": "N-0000305", "mother_person_no": "0001013321"}
    member = HouseholdMember(person_id=SOMEBODY, relationship=Relationship.CHILD, start=SOME_DAY, end=None)
    stay = Residence(start=SOME_DAY, end=None, ward=Ward.HAKATA)
    delivery = Delivery(pregnancy_id=PregnancyId(SOME_ID), mother_id=SOMEBODY)
    review: dict[str, object] = {
        "person_id": SOMEBODY,
        "ruleset": "SP-1",
        "as_of": SOME_DAY,
        "groups": (Group.CHK, Group.PERI),
        "indicators": _indicators(),
    }
    found = (
        _sample(messages.RecordAccepted, **record, recorded_at=SOME_TIME, person_no="0001013321", data=named),
        _sample(messages.RecordVoided, **record, recorded_at=SOME_TIME, person_no="0001013321"),
        _sample(messages.FeedWatermark, source=Source.MATERNAL_CHILD_HEALTH, complete_through=SOME_DAY),
        _sample(
            messages.FeedState,
            source=Source.MATERNAL_CHILD_HEALTH,
            version=1,
            standing=FeedStanding.QUIET,
            since=SOME_DAY,
            complete_through=SOME_DAY,
        ),
        _sample(messages.RecordHeldBack, hold_id=SOME_ID, source=Source.MATERNAL_CHILD_HEALTH, person_no="0001013321", held=True),
        _sample(
            messages.LinkingHeldUp,
            source=Source.MATERNAL_CHILD_HEALTH,
            event_type=EventKind.PRENATAL_EXAM_RECORDED,
            record_id="NK-N-0000305-14",
            revision=1,
            version=1,
            state="waiting",
            reason="person not in the register",
        ),
        _sample(messages.RecordsInHand, source=Source.MATERNAL_CHILD_HEALTH, person_id=SOMEBODY, version=1, records=1),
        _sample(messages.RecordLinked, **record, operation=Operation.UPSERT, person_id=SOMEBODY, pregnancy_id=SOME_ID, data=exam),
        _sample(
            messages.PersonChanged,
            person_id=SOMEBODY,
            version=2,
            birth_date=SOME_DAY,
            sex=Sex.FEMALE,
            residence=(stay,),
            household_id=SOME_ID,
        ),
        _sample(
            messages.PersonIdentified,
            person_id=SOMEBODY,
            version=2,
            person_no="0001013321",
            name="佐藤 花",
            kana="サトウ ハナ",
            address_code="40132017",
        ),
        _sample(messages.HouseholdChanged, household_id=SOME_ID, version=3, household_no="40001743", members=(member,) * 3),
        _sample(messages.KinshipChanged, child_id=SOMEBODY, version=1, deliveries=(delivery,)),
        _sample(
            messages.ProtectionChanged,
            measure_id=SOME_ID,
            version=1,
            valid_from=SOME_DAY,
            valid_to=None,
            protected=(SOMEBODY,),
            opponents=(SOMEBODY,),
        ),
        _sample(messages.ReviewNeeded, **review, version=1),
        _sample(messages.ReviewBasisChanged, **review, version=1, needed=True),
        _sample(messages.EvaluationOverdue, person_id=SOMEBODY, version=1, since=SOME_DAY),
    )
    return {type(message).__name__: message for message in found}


def _sample(kind: type[Message], **fields: object) -> Message:
    """A message of `kind`, checked against the contract here and not by the type checker: several kinds share fields."""
    return kind.model_validate({"event_id": SOME_ID, "occurred_at": SOME_TIME} | fields)


SAMPLES = _samples()
"""A message of the usual size for each type that the pipeline says by itself."""


def main() -> None:
    """Run the service that the first argument names."""
    name = ServiceName(sys.argv[1])
    run(build(name, plan_for(name, Path(os.environ[PLAN]))))


if __name__ == "__main__":
    main()
