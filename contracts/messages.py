"""
The messages between services (`architecture.md` §4).

A change of a message is additive, or a new version beside the old one: `tests/golden/` keeps every version for ever.
Several messages of one partition travel as one *parcel*: a JSON array of them, one AMQP message.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.canonical import instant_text
from contracts.feeds import FeedStanding
from contracts.ids import (
    CaseId,
    DisputeId,
    EventId,
    HoldId,
    HouseholdId,
    MeasureId,
    PersonId,
    PregnancyId,
    ReviewId,
    SchoolId,
    StaffId,
    WelfareCaseId,
)
from contracts.values import (
    CaseOutcome,
    CaseState,
    DatePrecision,
    DisputeKind,
    Group,
    IndicatorValue,
    Item,
    Need,
    Observation,
    Operation,
    OwnerAnswer,
    Relationship,
    ServiceName,
    Sex,
    Source,
    Ward,
)


class Value(BaseModel):
    """A part of a message: frozen, and without room for what the contract does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Value):
    """What every message carries. `family` is the second word of its routing key, `said_by` the first."""

    said_by: ClassVar[ServiceName | None]
    passed_on_by: ClassVar[tuple[ServiceName, ...]] = ()
    """Who says it on, in this order: behind what it said before. Whoever is not one of them hears it from the last."""
    heard_by: ClassVar[tuple[ServiceName, ...]]
    """Queues, bindings, rights and decoders follow from this (`contracts/topology.py`)."""
    barrier: ClassVar[bool] = False
    """Whether nothing that was said before or after it may be packed past it."""
    family: ClassVar[str]
    schema_version: ClassVar[int] = 1

    event_id: EventId = Field(description="The same for the same cause, however often it is said.")
    occurred_at: datetime = Field(description="When the speaker learned of it (UTC).")
    traceparent: str | None = Field(default=None, description="W3C trace context of the cause.")

    def as_json(self) -> str:
        """Return it as it travels: what `model_dump_json` gives, without its choices, which cost more than half as much again."""
        return self.__pydantic_serializer__.to_json(self).decode()


# --- ingest -----------------------------------------------------------------------------------------------------------


class RecordAccepted(Message):
    """A source's record, allowed, well formed and newer than what was held."""

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.LINKER,)
    family: ClassVar[str] = "record"
    type: Literal["RecordAccepted"] = "RecordAccepted"
    source: Source
    event_type: str
    record_id: str
    revision: int
    effective_on: date
    recorded_at: datetime
    person_no: str | None = Field(description="宛名番号 of the person whom the record is about. Opaque, leading zeros count.")
    data: dict[str, Any] = Field(description="The record's fields by the catalogue, normalised; never a 無し item.")


class RecordVoided(Message):
    """A source took a record back: it was never true."""

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.LINKER,)
    family: ClassVar[str] = "record"
    type: Literal["RecordVoided"] = "RecordVoided"
    source: Source
    event_type: str
    record_id: str
    revision: int
    effective_on: date
    recorded_at: datetime
    person_no: str | None


class FeedWatermark(Message):
    """
    A source has delivered everything up to and including `complete_through`. Absence can be concluded only up to it.

    It goes the way of the records, through the linker, behind all that came before it: if it overtook them, every record
    still on its way would look absent.
    """

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    passed_on_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.LINKER,)
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.LINKER, ServiceName.SCORER, ServiceName.CASEWORK)
    barrier: ClassVar[bool] = True
    family: ClassVar[str] = "watermark"
    type: Literal["FeedWatermark"] = "FeedWatermark"
    source: Source
    complete_through: date = Field(description="An earlier day than before where the source took a watermark back.")
    complete_from: date | None = Field(default=None, description="From which day on it is complete, where the source says so.")
    version: int = Field(default=0, description="Counts what the source has said; the highest holds. 0 is of an older release.")


class FeedState(Message):
    """
    How the feed of a source stands from `since` on: for pages that must say that nothing of it comes any more.

    Said when it changes. How far a source has come, `FeedWatermark` says, behind its records; this goes before them.
    """

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "feed"
    type: Literal["FeedState"] = "FeedState"
    source: Source
    version: int = Field(description="Grows per source; an older one never overwrites a newer one.")
    standing: FeedStanding
    since: date = Field(description="The day (of Japan) on which it was found so.")
    complete_through: date | None = Field(description="Up to which day the source had said by then that it is complete.")


class RecordHeldBack(Message):
    """
    An event of a source was put aside and is held, or (`held` False) is not held any more.

    While it is held, nothing can be concluded from absence in that source (`domain.md` §2.8-2): it may be the very record.
    """

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.LINKER,)
    family: ClassVar[str] = "record"
    type: Literal["RecordHeldBack"] = "RecordHeldBack"
    hold_id: HoldId = Field(description="Names what is held; the same when it is let go.")
    source: Source
    person_no: str | None = Field(description="宛名番号 of whom it may concern; empty where that cannot be told.")
    held: bool


class DisputeAnswered(Message):
    """What the owner of a source says of a record that staff called wrong or outdated: for the page of the child."""

    said_by: ClassVar[ServiceName] = ServiceName.INGEST
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "dispute"
    type: Literal["DisputeAnswered"] = "DisputeAnswered"
    dispute_id: DisputeId
    version: int = Field(description="Counts the answers to one dispute from 1; each stays, the highest holds.")
    answer: OwnerAnswer
    words: str = Field(description="What the owner wrote with it; empty where nothing.")
    answered_on: date


# --- linker -----------------------------------------------------------------------------------------------------------


class CareList(Value):
    """The children who are in somebody's care by a record's own list, half-open: who is paid for them, or signs for them."""

    children: tuple[PersonId, ...]
    start: date | None
    end: date | None


class SchoolRow(Value):
    """Which school says a month, without its code, and when it was recorded: of two rows for one month and school the later counts."""

    school_id: SchoolId
    recorded_at: datetime


class RecordLinked(Message):
    """A record's facts, with the person they are about. An empty `data` with `operation` void takes the facts back."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "fact"
    type: Literal["RecordLinked"] = "RecordLinked"
    source: Source
    event_type: str
    record_id: str
    revision: int
    operation: Operation
    person_id: PersonId = Field(description="Whom the facts are about: the child, or the mother of a pregnancy.")
    pregnancy_id: PregnancyId | None = Field(default=None, description="Set where the facts belong to a pregnancy.")
    effective_on: date
    data: dict[str, Any] = Field(description="The record's fields without any number or name of a person.")
    case_id: WelfareCaseId | None = Field(
        default=None, description="Names the welfare case that the facts are of, without its number: the same for all its members."
    )
    said: int = Field(default=0, description="Counts what was said of this revision; an earlier statement never overwrites a later one.")
    person_version: int = Field(
        default=0, description="The version of PersonChanged that was decided together with it: nothing is concluded before that was heard."
    )
    care: CareList | None = Field(
        default=None, description="Of a record that lists the children in its person's care: by it a guardian's records reach them."
    )
    school: SchoolRow | None = Field(default=None, description="Of a school's row for a month (`domain.md` §2.8-17).")


class LinkingHeldUp(Message):
    """
    A record is held up on its way to a person, or (without a state) not any more: for its source, which may have written a wrong number.

    Only what is held up is said: of a record that is linked at once nothing has to be told.
    """

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.INGEST,)
    family: ClassVar[str] = "linking"
    type: Literal["LinkingHeldUp"] = "LinkingHeldUp"
    source: Source
    event_type: str
    record_id: str
    revision: int
    version: int = Field(description="Grows per record; an older one never overwrites a newer one.")
    state: Literal["waiting", "review"] | None = Field(description="waiting: for another record; review: for people.")
    reason: str | None = Field(description="Why, as `contracts.words.HELD_UP_FOR` has it.")


class Residence(Value):
    """A stay in the city, half-open; `to` is empty while it lasts."""

    start: date | None = Field(description="Empty where the register does not say since when.")
    end: date | None
    ward: Ward | None


class PersonChanged(Message):
    """What the city knows of a person that rules may use: no name, no address, no number."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER, ServiceName.CASEWORK)
    family: ClassVar[str] = "person"
    type: Literal["PersonChanged"] = "PersonChanged"
    person_id: PersonId
    version: int = Field(description="Grows with every change of this person; an older one never overwrites a newer one.")
    birth_date: date
    sex: Sex
    residence: tuple[Residence, ...] = Field(description="Stays in order; consecutive stays in two wards touch.")
    household_id: HouseholdId | None
    exists: bool = Field(default=True, description="False once every record of the person was voided.")
    birth_date_precision: DatePrecision = Field(
        default=DatePrecision.DAY, description="How much of `birth_date` the register knows (不詳); the rest of it is the earliest day."
    )
    facts_said: int = Field(default=0, description="How many RecordLinked were said of this person so far, this transaction included.")
    moves: tuple[date, ...] | None = Field(
        default=None,
        description="The days, in order, on which the person moved: within a ward or to another one, into the city or out of it, as far as "
        "the register tells. Where to is not said. Birth and death are none. null: of an older release, which did not tell.",
    )


class PersonIdentified(Message):
    """Name and address of a person, for the ward's screens only."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "identity"
    type: Literal["PersonIdentified"] = "PersonIdentified"
    person_id: PersonId
    version: int
    person_no: str
    name: str | None
    kana: str | None
    address_code: str | None


class HouseholdMember(Value):
    """One person's place in a household, half-open."""

    person_id: PersonId
    relationship: Relationship
    start: date | None
    end: date | None


class HouseholdChanged(Message):
    """All members of a household, past and present."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER, ServiceName.CASEWORK)
    family: ClassVar[str] = "household"
    type: Literal["HouseholdChanged"] = "HouseholdChanged"
    household_id: HouseholdId
    version: int
    household_no: str
    members: tuple[HouseholdMember, ...]


class Delivery(Value):
    """A pregnancy that a child was born of."""

    pregnancy_id: PregnancyId
    mother_id: PersonId | None = Field(description="Empty where the health section names the children and no mother (`domain.md` §2.8-3).")
    facts_said: int = Field(default=0, description="How many RecordLinked were said of this mother so far, this transaction included.")


class KinshipChanged(Message):
    """The pregnancies that a child was born of; empty while none is known (S06)."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "kinship"
    type: Literal["KinshipChanged"] = "KinshipChanged"
    child_id: PersonId
    version: int
    deliveries: tuple[Delivery, ...]
    mother_id: PersonId | None = Field(
        default=None, description="The child's mother where she is certain (`domain.md` §2.8-3), also without a pregnancy."
    )
    mother_facts_said: int = Field(
        default=0, description="How many RecordLinked were said of `mother_id` so far, this transaction included."
    )


class PersonsMerged(Message):
    """
    People decided that two are one person (`domain.md` §2.8-11): from now on the city tells of the survivor alone.

    Said on every partition, before all that follows from it. What hangs on the absorbed one stays where it is, behind the walls of both:
    reviews and cases are shown beside each other, and people decide what becomes of them. `PersonSplit` takes it back.
    """

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "sameness"
    type: Literal["PersonsMerged"] = "PersonsMerged"
    survivor_id: PersonId
    absorbed_id: PersonId
    version: int = Field(description="Grows with every merge and split of `absorbed_id`; an older one never overwrites a newer one.")
    records_moved: int = Field(description="How many records are about the survivor now that were about another one before.")


class PersonSplit(Message):
    """People decided that who was taken for another person is one of their own. Said behind everything that is told of them again."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "sameness"
    type: Literal["PersonSplit"] = "PersonSplit"
    from_id: PersonId = Field(description="Whom they were taken for.")
    person_id: PersonId = Field(description="Who they are: the id that they had before they were taken for somebody else.")
    version: int = Field(description="Grows with every merge and split of `person_id`; an older one never overwrites a newer one.")
    records_moved: int = Field(description="How many records are about them now that were about `from_id` before.")


class RecordsInHand(Message):
    """
    So many records of a source are held that are linked to nobody yet and may concern this person, or anybody where none is named
    (with `unnotified`: whoever was born of a pregnancy that nobody was notified of; then it is 0 or 1, none or some).

    Above zero nothing can be concluded from absence in that source for whom it may concern: UNKNOWN(record_in_hand),
    `domain.md` §2.8-2. Without a person it is said on every partition.
    """

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "hand"
    type: Literal["RecordsInHand"] = "RecordsInHand"
    source: Source
    person_id: PersonId | None
    unnotified: bool = Field(default=False, description="They are exams of pregnancies that were not notified: whose, cannot be told yet.")
    version: int = Field(description="Grows per source and person; an older one never overwrites a newer one.")
    records: int
    facts_said: int = Field(
        default=0,
        description="How many facts were said of the person so far, if any were with this: what is let go may be told of somebody else "
        "whose records reach the person, on another partition.",
    )


class ProtectionChanged(Message):
    """A protection measure (DV等支援措置): whose whereabouts nobody outside the named holders may see (`domain.md` §4.4)."""

    said_by: ClassVar[ServiceName] = ServiceName.LINKER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER, ServiceName.CASEWORK)
    barrier: ClassVar[bool] = True
    family: ClassVar[str] = "protection"
    type: Literal["ProtectionChanged"] = "ProtectionChanged"
    measure_id: MeasureId
    version: int
    valid_from: date
    valid_to: date | None
    protected: tuple[PersonId, ...] = Field(description="The applicant and the persons covered together.")
    opponents: tuple[PersonId, ...]
    voided: bool = False


# --- scorer -----------------------------------------------------------------------------------------------------------


class IndicatorState(Value):
    """One indicator of one child, explained (`domain.md` §2.2)."""

    item: Item
    value: IndicatorValue
    klass: str | None = Field(default=None, description="The class of a graded indicator, e.g. 12-15 weeks.")
    counted: bool = Field(description="False where the fact is history only and does not enter a ruleset.")
    valid_from: date | None
    valid_to: date | None
    known_at: datetime
    reason_code: str
    source: Source
    evidence: tuple[EventId, ...] = Field(description="Ids of the RecordLinked messages that it rests on.")
    detail: dict[str, Any] = Field(default_factory=dict, description="Figures for the explanation, e.g. weeks, window, late.")
    fresh_through: date | None = Field(default=None, description="The source's watermark at the evaluation.")
    stale_since: date | None = Field(
        default=None,
        description="Set where the value rests on an open-ended record of a feed that is silent since that day (`domain.md` §2.8-1).",
    )


class ReviewNeeded(Message):
    """A ruleset asks people to look at a child. A candidate, not a decision (PUSH-10)."""

    said_by: ClassVar[ServiceName] = ServiceName.SCORER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "review"
    type: Literal["ReviewNeeded"] = "ReviewNeeded"
    person_id: PersonId
    version: int
    ruleset: str
    as_of: date
    groups: tuple[Group, ...]
    indicators: tuple[IndicatorState, ...] = Field(description="All indicators of the child, TRUE ones and the rest.")
    cool_down_days: int | None = Field(
        default=None,
        description="So many days after a review was closed without need the ruleset asks for none again, unless a new group joins (§2.7).",
    )


class ReviewBasisChanged(Message):
    """The facts behind a review changed. `needed` is False when the ruleset would not ask for it any more: a person closes it."""

    said_by: ClassVar[ServiceName] = ServiceName.SCORER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "review"
    type: Literal["ReviewBasisChanged"] = "ReviewBasisChanged"
    person_id: PersonId
    version: int
    ruleset: str
    as_of: date
    needed: bool
    groups: tuple[Group, ...]
    indicators: tuple[IndicatorState, ...]
    cool_down_days: int | None = Field(default=None, description="As in ReviewNeeded.")


class EvaluationOverdue(Message):
    """A child could not be evaluated: its answers are those of an older day. `since` is empty again once it was evaluated."""

    said_by: ClassVar[ServiceName] = ServiceName.SCORER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.CASEWORK,)
    family: ClassVar[str] = "review"
    type: Literal["EvaluationOverdue"] = "EvaluationOverdue"
    person_id: PersonId
    version: int = Field(description="Grows with every word of this kind about the person; apart from the versions of reviews.")
    since: date | None = Field(description="The day on which the evaluation was due first and failed.")


class RecordKey(Value):
    """A record by the source's own name for it."""

    event_type: str
    record_id: str


class RecordsDisputed(Message):
    """
    Staff call the record behind a reason wrong or outdated: for the source's owner, who is told which record that is.

    Of the child nothing is said: the owner knows its own records. `ReasonDisputed` with the records on which the answer rests, or, where
    it rests on the absence of one, with those that the source has sent of the child.
    """

    said_by: ClassVar[ServiceName] = ServiceName.SCORER
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.INGEST,)
    family: ClassVar[str] = "dispute"
    type: Literal["RecordsDisputed"] = "RecordsDisputed"
    dispute_id: DisputeId
    number: str = Field(description="By which ward and owner speak of it.")
    source: Source
    item: Item
    kind: DisputeKind
    words: str = Field(description="What staff wrote to the owner; empty where nothing.")
    asked_on: date
    rests_on: bool = Field(description="Whether `records` are what the answer rests on; else what else the source sent of the child.")
    records: tuple[RecordKey, ...]


# --- casework ---------------------------------------------------------------------------------------------------------


class CaseOpened(Message):
    """A named person decided that a child's case is taken up."""

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["CaseOpened"] = "CaseOpened"
    case_id: CaseId
    person_id: PersonId
    household_id: HouseholdId | None
    ward: Ward
    state: CaseState


class CaseMoved(Message):
    """A case moved from one state to another."""

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["CaseMoved"] = "CaseMoved"
    case_id: CaseId
    person_id: PersonId
    from_state: CaseState
    to_state: CaseState
    version: int


class ObservationRecorded(Message):
    """
    What staff saw or did of a child that no feed tells (`domain.md` §2.8-22, S13): by it the city has heard of the child.

    The kind and the day, and nothing that anybody said or wrote. It is never taken back: a later one says otherwise.
    """

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["ObservationRecorded"] = "ObservationRecorded"
    case_id: CaseId
    person_id: PersonId
    version: int = Field(description="That of the case: names the observation together with its kind, and grows.")
    observation: Observation
    observed_on: date


class ReviewClosed(Message):
    """
    What a review came to: people closed it (`domain.md` §2.8-22), or, without `closed_at`, opened it again: then it came to nothing yet.

    For evaluation (EVAL-02): whom it was about, what asked for it and when, and what was found. Nothing that anybody wrote.
    """

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["ReviewClosed"] = "ReviewClosed"
    review_id: ReviewId
    person_id: PersonId
    case_id: CaseId
    version: int = Field(
        description="That of the case: grows with every close and every opening again; an older one never overwrites a newer one."
    )
    ruleset: str = Field(description="The ruleset that asked for the review.")
    as_of: date = Field(description="The day for which it asked.")
    asked_at: datetime = Field(
        description="`occurred_at` of the scorer's word that opened the review: what was known then was the reason for it."
    )
    closed_at: datetime | None
    outcome: CaseOutcome | None = Field(description="How it ended; empty where it was opened again.")
    need: Need | None = Field(
        description="What people found the child to need: by the outcome, or, where that is a move or the end of the age, by what was "
        "judged before. Empty where nobody could tell: not reached, or a mistake of the data."
    )
    previously_unknown: bool | None = Field(
        description="Whether every section that was asked said that it had not known the child; empty where one did not answer."
    )


class SampleJudged(Message):
    """
    A person judged a request to look that was kept quiet after an earlier review, and was drawn for that (`casework.md` §2.4).

    For evaluation (EVAL-02): whom the quiet misses. Of the child nothing is decided by it, and nothing that anybody wrote is in it.
    """

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["SampleJudged"] = "SampleJudged"
    signal_id: EventId = Field(description="`event_id` of the ReviewNeeded that was judged. It is judged once.")
    person_id: PersonId
    ruleset: str = Field(description="The ruleset that asked.")
    as_of: date = Field(description="The day for which it asked.")
    asked_at: datetime = Field(description="`occurred_at` of the ReviewNeeded: what was known then was the reason for it.")
    judged_at: datetime
    needed: bool = Field(description="Whether people should have been asked to look all the same.")
    share: float = Field(gt=0, le=1, description="Of the quiet requests this share was drawn: this one stands for 1 / share of them.")


class SampleDrawn(Message):
    """
    A request to look that is kept quiet after an earlier review was drawn for a person to judge (`casework.md` §2.4), or left the sample.

    For evaluation (EVAL-02): of how many those that were judged are a part. Of the child nothing is decided by it.
    """

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "case"
    type: Literal["SampleDrawn"] = "SampleDrawn"
    signal_id: EventId = Field(description="`event_id` of the ReviewNeeded that was drawn. It is drawn once.")
    person_id: PersonId
    ruleset: str = Field(description="The ruleset that asked.")
    as_of: date = Field(description="The day for which it asked.")
    asked_at: datetime = Field(description="`occurred_at` of the ReviewNeeded: what was known then was the reason for it.")
    share: float = Field(gt=0, le=1, description="Of the quiet requests this share was drawn: this one stands for 1 / share of them.")
    left_at: datetime | None = Field(
        default=None,
        description="Since when it is quiet no more, and not judged: then people look for another reason. It does not come back.",
    )


class ReasonDisputed(Message):
    """Staff call a reason wrong or outdated (`domain.md` §4.7). It goes by way of the scorer, who knows on which records it rests."""

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "dispute"
    type: Literal["ReasonDisputed"] = "ReasonDisputed"
    dispute_id: DisputeId
    number: str = Field(description="By which ward and owner speak of it.")
    person_id: PersonId
    source: Source
    item: Item
    kind: DisputeKind
    words: str = Field(description="For the owner: no name, no birth date, no number of a person. Empty where nothing was written to it.")
    asked_on: date
    evidence: tuple[EventId, ...] = Field(description="Ids of the RecordLinked messages on which the reason rests, as it was shown.")


# --- everyone, to audit -----------------------------------------------------------------------------------------------


class Actor(Value):
    """Who acted. A service acts under its own name with no id."""

    id: StaffId | None
    role: str
    ward: Ward | None = None
    session: str | None = Field(default=None, description="A one-way name of the session, never its token.")


class Thing(Value):
    """What was acted on: its kind and opaque id. Never a name, a number or an address."""

    kind: str
    id: str | None
    ward: Ward | None = None


class SignedMessage(Message):
    """What a service tells the audit under its own signature (`audit.md` §5)."""

    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.AUDIT,)
    family: ClassVar[str] = "audit"
    producer: ServiceName
    key: str | None = Field(default=None, description="Id of the producer's key (hex), as in its line in the register of keys.")
    signature: str | None = Field(default=None, description="Base64 of its Ed25519 signature over the canonical form of what is told.")

    def told(self) -> dict[str, Any]:
        """
        Return what is signed and kept: everything but the signature, and the trace, which is about machines and not about people.

        `contracts.canonical.canonical` of it is what the signature is made over.
        """
        told = self.model_dump(mode="json", exclude={"traceparent", "key", "signature"})
        return told | {"occurred_at": instant_text(self.occurred_at)}


class AuditMessage(SignedMessage):
    """What the log keeps of one access or decision (`audit.md` §5). `lane` and `sequence` are gapless per producer."""

    lane: int
    sequence: int
    actor: Actor
    action: str = Field(description="e.g. casework.child_opened, ingest.disallowed_item_rejected")
    thing: Thing
    fields: tuple[str, ...] = Field(default=(), description="Names of the fields shown or changed, never values.")
    purpose: str = "EARLY_SUPPORT"
    decision: Literal["permit", "deny", "done"] = "permit"
    relation: Literal["assigned", "team", "none"] = "none"
    reason_code: str | None = None
    correlation: str | None = None
    count: int | None = None
    origin: str | None = Field(default=None, description="The terminal's address, or the inlet.")


class AccessRecorded(AuditMessage):
    """Somebody saw, or was refused to see, personal data."""

    said_by: ClassVar[ServiceName | None] = None
    type: Literal["AccessRecorded"] = "AccessRecorded"


class DecisionRecorded(AuditMessage):
    """Somebody, or a rule, decided something."""

    said_by: ClassVar[ServiceName | None] = None
    type: Literal["DecisionRecorded"] = "DecisionRecorded"


class LanesTold(SignedMessage):
    """
    The last number that a service gave in each of its lanes, told every minute, also where nothing was given since.

    Whoever keeps back what it told last is found by it (`audit.md` §5, heartbeats).
    """

    said_by: ClassVar[ServiceName | None] = None
    type: Literal["LanesTold"] = "LanesTold"
    lanes: dict[str, int] = Field(description="The last number by lane; a lane that was never used is not there.")


def _spoken(of: type[Message]) -> Iterator[type[Message]]:
    """The classes under `of` that travel, in the order in which they are written."""
    for kind in of.__subclasses__():
        if "type" in kind.model_fields:
            yield kind
        yield from _spoken(kind)


def _complete(kind: type[Message]) -> type[Message]:
    missing = [name for name in ("said_by", "heard_by", "family") if not hasattr(kind, name)]
    if missing:
        raise TypeError(f"contracts/messages.py: {kind.__name__} has no {', '.join(missing)}")
    return kind


MESSAGES: tuple[type[Message], ...] = tuple(_complete(kind) for kind in _spoken(Message))
"""Every message of the contract."""


def heard_by(service: ServiceName) -> tuple[type[Message], ...]:
    """The messages that a service hears."""
    return tuple(message for message in MESSAGES if service in message.heard_by)


def union_heard_by(service: ServiceName) -> Any:
    """The same as a type by which a parcel is decoded, told apart by `type`."""
    kinds: Iterator[Any] = iter(heard_by(service))
    return Annotated[reduce(or_, kinds), Field(discriminator="type")]
