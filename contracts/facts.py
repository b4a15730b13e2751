"""
What the records say, typed: one class per event type of a source, without whatever names a person.

Generated from the catalogue (`contracts/catalogue/sources`) by `python -m contracts.generate`: change the TOML files, never this.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal, Self, TypeAlias, TypeVar

from contracts.catalogue import readers
from contracts.kinds import EventKind, Source
from contracts.values import Relationship, Sex, Ward

_T = TypeVar("_T")
_Reader: TypeAlias = Callable[[Any], _T]

AidDecision: TypeAlias = Literal["approved", "rejected", "cancelled"]
"""Decision on school aid."""
_AID_DECISION: _Reader[AidDecision] = readers.one_of({"approved": "approved", "rejected": "rejected", "cancelled": "cancelled"})

AllowanceKind: TypeAlias = Literal["child", "child_rearing"]
"""Kind of allowance."""
_ALLOWANCE_KIND: _Reader[AllowanceKind] = readers.one_of({"child": "child", "child_rearing": "child_rearing"})

AttendanceStatus: TypeAlias = Literal["attended", "not_attended"]
"""Whether the child was examined; not_attended is no receipt."""
_ATTENDANCE_STATUS: _Reader[AttendanceStatus] = readers.one_of({"attended": "attended", "not_attended": "not_attended"})

CareLevel: TypeAlias = Literal["support_1", "support_2", "care_1", "care_2", "care_3", "care_4", "care_5"]
"""Level of long-term care."""
_CARE_LEVEL: _Reader[CareLevel] = readers.one_of({"support_1": "support_1", "support_2": "support_2", "care_1": "care_1", "care_2": "care_2", "care_3": "care_3", "care_4": "care_4", "care_5": "care_5"})

CertificateStatus: TypeAlias = Literal["issued", "returned", "expired"]
"""State of a handbook or certificate."""
_CERTIFICATE_STATUS: _Reader[CertificateStatus] = readers.one_of({"issued": "issued", "returned": "returned", "expired": "expired"})

ChangeReason: TypeAlias = Literal["birth", "move_in", "move_within", "move_out", "death", "ex_officio", "name_change", "household_change"]
"""Why the resident record changed."""
_CHANGE_REASON: _Reader[ChangeReason] = readers.one_of({"birth": "birth", "move_in": "move_in", "move_within": "move_within", "move_out": "move_out", "death": "death", "ex_officio": "ex_officio", "name_change": "name_change", "household_change": "household_change"})

CheckupType: TypeAlias = Literal["4m", "10m", "18m", "3y"]
"""Kind of infant checkup."""
_CHECKUP_TYPE: _Reader[CheckupType] = readers.one_of({"4m": "4m", "10m": "10m", "18m": "18m", "3y": "3y"})

ChildcareKind: TypeAlias = Literal["licensed_childcare", "unlicensed_childcare", "kindergarten", "facility_use_benefit", "company_led_nursery"]
"""Kind of facility or benefit."""
_CHILDCARE_KIND: _Reader[ChildcareKind] = readers.one_of({"licensed_childcare": "licensed_childcare", "unlicensed_childcare": "unlicensed_childcare", "kindergarten": "kindergarten", "facility_use_benefit": "facility_use_benefit", "company_led_nursery": "company_led_nursery"})

ClassKind: TypeAlias = Literal["regular", "special_needs"]
"""Kind of class."""
_CLASS_KIND: _Reader[ClassKind] = readers.one_of({"regular": "regular", "special_needs": "special_needs"})

ConsultationStatus: TypeAlias = Literal["open", "closed"]
"""Whether support is open."""
_CONSULTATION_STATUS: _Reader[ConsultationStatus] = readers.one_of({"open": "open", "closed": "closed"})

DisabilityCertificateKind: TypeAlias = Literal["mental_health_handbook", "intellectual_disability_handbook", "physical_disability_handbook", "day_support_certificate", "residential_support_certificate", "disability_medical_subsidy"]
"""Kind of handbook or certificate."""
_DISABILITY_CERTIFICATE_KIND: _Reader[DisabilityCertificateKind] = readers.one_of({"mental_health_handbook": "mental_health_handbook", "intellectual_disability_handbook": "intellectual_disability_handbook", "physical_disability_handbook": "physical_disability_handbook", "day_support_certificate": "day_support_certificate", "residential_support_certificate": "residential_support_certificate", "disability_medical_subsidy": "disability_medical_subsidy"})

DueStatus: TypeAlias = Literal["unpaid", "paid", "waived"]
"""State of a monthly due."""
_DUE_STATUS: _Reader[DueStatus] = readers.one_of({"unpaid": "unpaid", "paid": "paid", "waived": "waived"})

EntitlementStatus: TypeAlias = Literal["active", "ended", "cancelled"]
"""State of an entitlement or decision."""
_ENTITLEMENT_STATUS: _Reader[EntitlementStatus] = readers.one_of({"active": "active", "ended": "ended", "cancelled": "cancelled"})

ExamPlaceKind: TypeAlias = Literal["city", "contract_clinic", "other_municipality"]
"""Where the examination took place."""
_EXAM_PLACE_KIND: _Reader[ExamPlaceKind] = readers.one_of({"city": "city", "contract_clinic": "contract_clinic", "other_municipality": "other_municipality"})

GuardianRelationship: TypeAlias = Literal["father", "mother", "grandparent", "other"]
"""Guardian's relationship to the pupil."""
_GUARDIAN_RELATIONSHIP: _Reader[GuardianRelationship] = readers.one_of({"father": "father", "mother": "mother", "grandparent": "grandparent", "other": "other"})

IssueKind: TypeAlias = Literal["new", "reissue", "moved_in"]
"""Why the handbook was issued."""
_ISSUE_KIND: _Reader[IssueKind] = readers.one_of({"new": "new", "reissue": "reissue", "moved_in": "moved_in"})

LoanKind: TypeAlias = Literal["school", "living", "other"]
"""Kind of loan."""
_LOAN_KIND: _Reader[LoanKind] = readers.one_of({"school": "school", "living": "living", "other": "other"})

PaymentStatus: TypeAlias = Literal["full", "partial", "suspended_all"]
"""How much is paid."""
_PAYMENT_STATUS: _Reader[PaymentStatus] = readers.one_of({"full": "full", "partial": "partial", "suspended_all": "suspended_all"})

PregnancyOutcome: TypeAlias = Literal["live_birth", "stillbirth", "miscarriage", "moved_out"]
"""How the pregnancy ended, as far as the city's work needs it."""
_PREGNANCY_OUTCOME: _Reader[PregnancyOutcome] = readers.one_of({"live_birth": "live_birth", "stillbirth": "stillbirth", "miscarriage": "miscarriage", "moved_out": "moved_out"})

_RELATIONSHIP: _Reader[Relationship] = readers.one_of({each.value: each for each in Relationship})

SchoolExemption: TypeAlias = Literal["none", "postponed", "exempted"]
"""Exemption from or postponement of school duty."""
_SCHOOL_EXEMPTION: _Reader[SchoolExemption] = readers.one_of({"none": "none", "postponed": "postponed", "exempted": "exempted"})

_SEX: _Reader[Sex] = readers.one_of({each.value: each for each in Sex})

SpecialAllowanceKind: TypeAlias = Literal["special_child"]
"""Kind of allowance."""
_SPECIAL_ALLOWANCE_KIND: _Reader[SpecialAllowanceKind] = readers.one_of({"special_child": "special_child"})

SubsidyKind: TypeAlias = Literal["child", "single_parent", "disability"]
"""Kind of medical subsidy."""
_SUBSIDY_KIND: _Reader[SubsidyKind] = readers.one_of({"child": "child", "single_parent": "single_parent", "disability": "disability"})

SurveyKind: TypeAlias = Literal["lifestyle", "learning"]
"""Which survey."""
_SURVEY_KIND: _Reader[SurveyKind] = readers.one_of({"lifestyle": "lifestyle", "learning": "learning"})

_WARD: _Reader[Ward] = readers.one_of({each.value: each for each in Ward})

WeeksPostpartum: TypeAlias = Literal["2w", "1m"]
"""Which postpartum checkup."""
_WEEKS_POSTPARTUM: _Reader[WeeksPostpartum] = readers.one_of({"2w": "2w", "1m": "1m"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentChanged:
    """A person's entry in the resident register, as it now stands."""

    said_by: ClassVar[Source] = Source.RESIDENT_REGISTRY
    event_kind: ClassVar[EventKind] = EventKind.RESIDENT_CHANGED

    birth_date: str
    """Date of birth; of adults as much of it as the register knows."""
    sex: Sex | None = None
    """Sex."""
    relationship_to_head: Relationship | None = None
    """Relationship to the head of the household."""
    ward_code: Ward | None = None
    """Ward of residence; hidden under a protection measure."""
    resident_from: date | None = None
    """First day of this stay in the city."""
    resident_to: date | None = None
    """First day on which the person is no resident any more (half-open)."""
    change_reason: ChangeReason | None = None
    """Why the entry changed."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                birth_date=readers.birth_day(data["birth_date"]),
                sex=None if (value := get("sex")) is None else _SEX(value),
                relationship_to_head=None if (value := get("relationship_to_head")) is None else _RELATIONSHIP(value),
                ward_code=None if (value := get("ward_code")) is None else _WARD(value),
                resident_from=None if (value := get("resident_from")) is None else readers.day(value),
                resident_to=None if (value := get("resident_to")) is None else readers.day(value),
                change_reason=None if (value := get("change_reason")) is None else _CHANGE_REASON(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("birth_date", readers.birth_day, True),
            ("sex", _SEX, False),
            ("relationship_to_head", _RELATIONSHIP, False),
            ("ward_code", _WARD, False),
            ("resident_from", readers.day, False),
            ("resident_to", readers.day, False),
            ("change_reason", _CHANGE_REASON, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentProtectionMeasure:
    """A protection measure: whose whereabouts must be hidden, and from whom (domain.md §4.4)."""

    said_by: ClassVar[Source] = Source.RESIDENT_REGISTRY
    event_kind: ClassVar[EventKind] = EventKind.RESIDENT_PROTECTION_MEASURE

    from_: date
    """First day of the measure."""
    to: date | None = None
    """Day on which it ends unless extended; stays masked until a person lifts it."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                from_=readers.day(data["from"]),
                to=None if (value := get("to")) is None else readers.day(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("from", readers.day, True),
            ("to", readers.day, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRegisterChanged:
    """A child's entry in the register of children of school age."""

    said_by: ClassVar[Source] = Source.RESIDENT_REGISTRY
    event_kind: ClassVar[EventKind] = EventKind.SCHOOL_REGISTER_CHANGED

    grade: int | None = None
    """Year of compulsory school, 1 to 9."""
    class_kind: ClassKind | None = None
    """Kind of class."""
    guardian_relationship: GuardianRelationship | None = None
    """Guardian's relationship to the child."""
    exemption: SchoolExemption | None = None
    """Exemption from or postponement of school duty."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                grade=None if (value := get("grade")) is None else readers.whole(value),
                class_kind=None if (value := get("class_kind")) is None else _CLASS_KIND(value),
                guardian_relationship=None if (value := get("guardian_relationship")) is None else _GUARDIAN_RELATIONSHIP(value),
                exemption=None if (value := get("exemption")) is None else _SCHOOL_EXEMPTION(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("grade", readers.whole, False),
            ("class_kind", _CLASS_KIND, False),
            ("guardian_relationship", _GUARDIAN_RELATIONSHIP, False),
            ("exemption", _SCHOOL_EXEMPTION, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAssistanceMemberChanged:
    """A person's membership of a welfare case, with the case's beginning, suspension and end."""

    said_by: ClassVar[Source] = Source.PUBLIC_ASSISTANCE
    event_kind: ClassVar[EventKind] = EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED

    member_from: date | None = None
    """First day of membership."""
    member_to: date | None = None
    """First day without membership (half-open)."""
    started_on: date
    """First day of assistance."""
    suspended_from: date | None = None
    """First day of suspension."""
    suspended_to: date | None = None
    """First day on which the suspension is over."""
    abolished_on: date | None = None
    """First day without assistance (half-open)."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                member_from=None if (value := get("member_from")) is None else readers.day(value),
                member_to=None if (value := get("member_to")) is None else readers.day(value),
                started_on=readers.day(data["started_on"]),
                suspended_from=None if (value := get("suspended_from")) is None else readers.day(value),
                suspended_to=None if (value := get("suspended_to")) is None else readers.day(value),
                abolished_on=None if (value := get("abolished_on")) is None else readers.day(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("member_from", readers.day, False),
            ("member_to", readers.day, False),
            ("started_on", readers.day, True),
            ("suspended_from", readers.day, False),
            ("suspended_to", readers.day, False),
            ("abolished_on", readers.day, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyNotified:
    """A pregnancy was notified and the handbook issued."""

    said_by: ClassVar[Source] = Source.MATERNAL_CHILD_HEALTH
    event_kind: ClassVar[EventKind] = EventKind.PREGNANCY_NOTIFIED

    notified_on: date | None = None
    """Day of notification."""
    handbook_issued_on: date | None = None
    """Day the handbook was issued."""
    issue_kind: IssueKind = "new"
    """Why the handbook was issued."""
    gestational_weeks: int | None = None
    """Completed weeks at issue."""
    first_notification_weeks: int | None = None
    """Completed weeks at the first notification elsewhere."""
    edd: date | None = None
    """Expected date of delivery."""
    fetus_count: int | None = None
    """Number of fetuses."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                notified_on=None if (value := get("notified_on")) is None else readers.day(value),
                handbook_issued_on=None if (value := get("handbook_issued_on")) is None else readers.day(value),
                issue_kind="new" if (value := get("issue_kind")) is None else _ISSUE_KIND(value),
                gestational_weeks=None if (value := get("gestational_weeks")) is None else readers.whole(value),
                first_notification_weeks=None if (value := get("first_notification_weeks")) is None else readers.whole(value),
                edd=None if (value := get("edd")) is None else readers.day(value),
                fetus_count=None if (value := get("fetus_count")) is None else readers.whole(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("notified_on", readers.day, False),
            ("handbook_issued_on", readers.day, False),
            ("issue_kind", _ISSUE_KIND, False),
            ("gestational_weeks", readers.whole, False),
            ("first_notification_weeks", readers.whole, False),
            ("edd", readers.day, False),
            ("fetus_count", readers.whole, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PregnancyEnded:
    """A pregnancy ended."""

    said_by: ClassVar[Source] = Source.MATERNAL_CHILD_HEALTH
    event_kind: ClassVar[EventKind] = EventKind.PREGNANCY_ENDED

    outcome: PregnancyOutcome
    """How it ended."""
    ended_on: date
    """Day it ended."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                outcome=_PREGNANCY_OUTCOME(data["outcome"]),
                ended_on=readers.day(data["ended_on"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("outcome", _PREGNANCY_OUTCOME, True),
            ("ended_on", readers.day, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrenatalExamRecorded:
    """A prenatal examination, or a claim for its coupon."""

    said_by: ClassVar[Source] = Source.MATERNAL_CHILD_HEALTH
    event_kind: ClassVar[EventKind] = EventKind.PRENATAL_EXAM_RECORDED

    exam_date: date
    """Day of the examination."""
    gestational_weeks: int | None = None
    """Completed weeks at the examination."""
    coupon_no: int | None = None
    """Which coupon of the pregnancy, from 1."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                exam_date=readers.day(data["exam_date"]),
                gestational_weeks=None if (value := get("gestational_weeks")) is None else readers.whole(value),
                coupon_no=None if (value := get("coupon_no")) is None else readers.whole(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("exam_date", readers.day, True),
            ("gestational_weeks", readers.whole, False),
            ("coupon_no", readers.whole, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PostpartumCheckupRecorded:
    """A postpartum checkup; of the EPDS only the total is taken."""

    said_by: ClassVar[Source] = Source.MATERNAL_CHILD_HEALTH
    event_kind: ClassVar[EventKind] = EventKind.POSTPARTUM_CHECKUP_RECORDED

    exam_date: date
    """Day of the checkup."""
    weeks_postpartum: WeeksPostpartum | None = None
    """Two weeks or one month after birth."""
    epds_total: int | None = None
    """Total of the Edinburgh scale, 0 to 30; never an answer."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                exam_date=readers.day(data["exam_date"]),
                weeks_postpartum=None if (value := get("weeks_postpartum")) is None else _WEEKS_POSTPARTUM(value),
                epds_total=None if (value := get("epds_total")) is None else readers.whole(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("exam_date", readers.day, True),
            ("weeks_postpartum", _WEEKS_POSTPARTUM, False),
            ("epds_total", readers.whole, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InfantCheckupRecorded:
    """An infant checkup."""

    said_by: ClassVar[Source] = Source.MATERNAL_CHILD_HEALTH
    event_kind: ClassVar[EventKind] = EventKind.INFANT_CHECKUP_RECORDED

    checkup_type: CheckupType
    """Kind of checkup."""
    exam_date: date
    """Day of the examination."""
    exam_place_kind: ExamPlaceKind | None = None
    """Where the examination took place."""
    result_status: AttendanceStatus | None = None
    """Whether the child was examined."""
    weight_kg: float | None = None
    """Weight in kilograms; an implausible one is quarantined by the scorer, not refused (S09)."""
    height_cm: float | None = None
    """Height in centimetres."""
    gestational_weeks: int | None = None
    """Completed weeks at birth."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                checkup_type=_CHECKUP_TYPE(data["checkup_type"]),
                exam_date=readers.day(data["exam_date"]),
                exam_place_kind=None if (value := get("exam_place_kind")) is None else _EXAM_PLACE_KIND(value),
                result_status=None if (value := get("result_status")) is None else _ATTENDANCE_STATUS(value),
                weight_kg=None if (value := get("weight_kg")) is None else readers.decimal(value),
                height_cm=None if (value := get("height_cm")) is None else readers.decimal(value),
                gestational_weeks=None if (value := get("gestational_weeks")) is None else readers.whole(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("checkup_type", _CHECKUP_TYPE, True),
            ("exam_date", readers.day, True),
            ("exam_place_kind", _EXAM_PLACE_KIND, False),
            ("result_status", _ATTENDANCE_STATUS, False),
            ("weight_kg", readers.decimal, False),
            ("height_cm", readers.decimal, False),
            ("gestational_weeks", readers.whole, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceEntitlementChanged:
    """Entitlement to the child or the child-rearing allowance."""

    said_by: ClassVar[Source] = Source.CHILD_ALLOWANCES
    event_kind: ClassVar[EventKind] = EventKind.ALLOWANCE_ENTITLEMENT_CHANGED

    kind: AllowanceKind
    """Which allowance."""
    entitled_from: date
    """First day of entitlement."""
    entitled_to: date | None = None
    """First day without entitlement (half-open)."""
    payment_status: PaymentStatus | None = None
    """How much is paid."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=_ALLOWANCE_KIND(data["kind"]),
                entitled_from=readers.day(data["entitled_from"]),
                entitled_to=None if (value := get("entitled_to")) is None else readers.day(value),
                payment_status=None if (value := get("payment_status")) is None else _PAYMENT_STATUS(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _ALLOWANCE_KIND, True),
            ("entitled_from", readers.day, True),
            ("entitled_to", readers.day, False),
            ("payment_status", _PAYMENT_STATUS, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialAllowanceEntitlementChanged:
    """Entitlement to the special child-rearing allowance."""

    said_by: ClassVar[Source] = Source.SPECIAL_CHILD_ALLOWANCE
    event_kind: ClassVar[EventKind] = EventKind.ALLOWANCE_ENTITLEMENT_CHANGED

    kind: SpecialAllowanceKind
    """Which allowance."""
    entitled_from: date
    """First day of entitlement."""
    entitled_to: date | None = None
    """First day without entitlement (half-open)."""
    payment_status: PaymentStatus | None = None
    """How much is paid."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=_SPECIAL_ALLOWANCE_KIND(data["kind"]),
                entitled_from=readers.day(data["entitled_from"]),
                entitled_to=None if (value := get("entitled_to")) is None else readers.day(value),
                payment_status=None if (value := get("payment_status")) is None else _PAYMENT_STATUS(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _SPECIAL_ALLOWANCE_KIND, True),
            ("entitled_from", readers.day, True),
            ("entitled_to", readers.day, False),
            ("payment_status", _PAYMENT_STATUS, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanChanged:
    """A loan to a single parent or widow."""

    said_by: ClassVar[Source] = Source.SINGLE_PARENT_LOAN
    event_kind: ClassVar[EventKind] = EventKind.LOAN_CHANGED

    kind: LoanKind | None = None
    """Kind of loan."""
    valid_from: date
    """First day."""
    valid_to: date | None = None
    """First day after the end (half-open)."""
    status: EntitlementStatus
    """State."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=None if (value := get("kind")) is None else _LOAN_KIND(value),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
                status=_ENTITLEMENT_STATUS(data["status"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _LOAN_KIND, False),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
            ("status", _ENTITLEMENT_STATUS, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildcareUseChanged:
    """A child's use of a childcare facility or benefit."""

    said_by: ClassVar[Source] = Source.CHILDCARE
    event_kind: ClassVar[EventKind] = EventKind.CHILDCARE_USE_CHANGED

    kind: ChildcareKind
    """Kind of facility or benefit."""
    valid_from: date
    """First day of use."""
    valid_to: date | None = None
    """First day without use (half-open)."""
    status: EntitlementStatus
    """State."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=_CHILDCARE_KIND(data["kind"]),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
                status=_ENTITLEMENT_STATUS(data["status"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _CHILDCARE_KIND, True),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
            ("status", _ENTITLEMENT_STATUS, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalSubsidyChanged:
    """Entitlement to a medical subsidy."""

    said_by: ClassVar[Source] = Source.MEDICAL_SUBSIDY
    event_kind: ClassVar[EventKind] = EventKind.MEDICAL_SUBSIDY_CHANGED

    kind: SubsidyKind
    """Kind of subsidy."""
    valid_from: date
    """First day of entitlement."""
    valid_to: date | None = None
    """First day without entitlement (half-open)."""
    status: EntitlementStatus
    """State."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=_SUBSIDY_KIND(data["kind"]),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
                status=_ENTITLEMENT_STATUS(data["status"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _SUBSIDY_KIND, True),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
            ("status", _ENTITLEMENT_STATUS, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabilityCertificateChanged:
    """A handbook or certificate concerning a disability."""

    said_by: ClassVar[Source] = Source.DISABILITY
    event_kind: ClassVar[EventKind] = EventKind.DISABILITY_CERTIFICATE_CHANGED

    kind: DisabilityCertificateKind
    """Kind of handbook or certificate."""
    decided_on: date | None = None
    """Day of the decision."""
    valid_from: date
    """First day of validity."""
    valid_to: date | None = None
    """First day without validity (half-open)."""
    developmental_disorder_flag: bool | None = None
    """Whether a developmental disorder is recorded; never inferred."""
    severe: bool | None = None
    """Whether the disability is recorded as severe."""
    status: CertificateStatus
    """State."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                kind=_DISABILITY_CERTIFICATE_KIND(data["kind"]),
                decided_on=None if (value := get("decided_on")) is None else readers.day(value),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
                developmental_disorder_flag=None if (value := get("developmental_disorder_flag")) is None else readers.truth(value),
                severe=None if (value := get("severe")) is None else readers.truth(value),
                status=_CERTIFICATE_STATUS(data["status"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("kind", _DISABILITY_CERTIFICATE_KIND, True),
            ("decided_on", readers.day, False),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
            ("developmental_disorder_flag", readers.truth, False),
            ("severe", readers.truth, False),
            ("status", _CERTIFICATE_STATUS, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermCareCertificationChanged:
    """A certification of need for long-term care."""

    said_by: ClassVar[Source] = Source.LONG_TERM_CARE
    event_kind: ClassVar[EventKind] = EventKind.LONG_TERM_CARE_CERTIFICATION_CHANGED

    class_: CareLevel
    """Level of care."""
    valid_from: date
    """First day of the certification."""
    valid_to: date | None = None
    """First day without certification (half-open)."""
    status: EntitlementStatus
    """State."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                class_=_CARE_LEVEL(data["class"]),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
                status=_ENTITLEMENT_STATUS(data["status"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("class", _CARE_LEVEL, True),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
            ("status", _ENTITLEMENT_STATUS, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRegistered:
    """A pupil's basic data."""

    said_by: ClassVar[Source] = Source.PUPIL_REGISTRY
    event_kind: ClassVar[EventKind] = EventKind.PUPIL_REGISTERED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    birth_date: date | None = None
    """Date of birth."""
    sex: Sex | None = None
    """Sex."""
    grade: int | None = None
    """Year of compulsory school, 1 to 9."""
    enrolled_from: date | None = None
    """First day at the school."""
    enrolled_to: date | None = None
    """First day not at the school (half-open)."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                birth_date=None if (value := get("birth_date")) is None else readers.day(value),
                sex=None if (value := get("sex")) is None else _SEX(value),
                grade=None if (value := get("grade")) is None else readers.whole(value),
                enrolled_from=None if (value := get("enrolled_from")) is None else readers.day(value),
                enrolled_to=None if (value := get("enrolled_to")) is None else readers.day(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("birth_date", readers.day, False),
            ("sex", _SEX, False),
            ("grade", readers.whole, False),
            ("enrolled_from", readers.day, False),
            ("enrolled_to", readers.day, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceMonthReported:
    """A pupil's attendance in one month."""

    said_by: ClassVar[Source] = Source.SCHOOL_AFFAIRS
    event_kind: ClassVar[EventKind] = EventKind.ATTENDANCE_MONTH_REPORTED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    month: int
    """Month, 1 to 12."""
    school_days: int
    """School days in the month."""
    absent_days: int
    """Days absent, without suspension and bereavement."""
    suspended_days: int | None = None
    """Days of suspension or bereavement."""
    tardy_count: int | None = None
    """Times late."""
    early_leave_count: int | None = None
    """Times left early."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                month=readers.whole(data["month"]),
                school_days=readers.whole(data["school_days"]),
                absent_days=readers.whole(data["absent_days"]),
                suspended_days=None if (value := get("suspended_days")) is None else readers.whole(value),
                tardy_count=None if (value := get("tardy_count")) is None else readers.whole(value),
                early_leave_count=None if (value := get("early_leave_count")) is None else readers.whole(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("month", readers.whole, True),
            ("school_days", readers.whole, True),
            ("absent_days", readers.whole, True),
            ("suspended_days", readers.whole, False),
            ("tardy_count", readers.whole, False),
            ("early_leave_count", readers.whole, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolHealthExamRecorded:
    """A pupil's height and weight at the yearly examination."""

    said_by: ClassVar[Source] = Source.SCHOOL_AFFAIRS
    event_kind: ClassVar[EventKind] = EventKind.SCHOOL_HEALTH_EXAM_RECORDED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    grade: int | None = None
    """Year of compulsory school, 1 to 9."""
    exam_date: date
    """Day of the examination."""
    height_cm: float
    """Height in centimetres."""
    weight_kg: float
    """Weight in kilograms."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                grade=None if (value := get("grade")) is None else readers.whole(value),
                exam_date=readers.day(data["exam_date"]),
                height_cm=readers.decimal(data["height_cm"]),
                weight_kg=readers.decimal(data["weight_kg"]),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("grade", readers.whole, False),
            ("exam_date", readers.day, True),
            ("height_cm", readers.decimal, True),
            ("weight_kg", readers.decimal, True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResultRecorded:
    """The figures of a survey that the city's items need; never an answer about distress (item 14)."""

    said_by: ClassVar[Source] = Source.LIFESTYLE_LEARNING_SURVEY
    event_kind: ClassVar[EventKind] = EventKind.SURVEY_RESULT_RECORDED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    survey: SurveyKind
    """Which survey."""
    surveyed_on: date
    """Day of the survey."""
    concern_count: int | None = None
    """Number of configured answers of concern (lifestyle survey)."""
    standard_score: float | None = None
    """Standard score (learning survey)."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                survey=_SURVEY_KIND(data["survey"]),
                surveyed_on=readers.day(data["surveyed_on"]),
                concern_count=None if (value := get("concern_count")) is None else readers.whole(value),
                standard_score=None if (value := get("standard_score")) is None else readers.decimal(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("survey", _SURVEY_KIND, True),
            ("surveyed_on", readers.day, True),
            ("concern_count", readers.whole, False),
            ("standard_score", readers.decimal, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAidDecided:
    """A decision on school aid for one school year."""

    said_by: ClassVar[Source] = Source.SCHOOL_AID
    event_kind: ClassVar[EventKind] = EventKind.SCHOOL_AID_DECIDED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    decision: AidDecision
    """Decision."""
    valid_from: date
    """First day."""
    valid_to: date | None = None
    """First day after the end (half-open)."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                decision=_AID_DECISION(data["decision"]),
                valid_from=readers.day(data["valid_from"]),
                valid_to=None if (value := get("valid_to")) is None else readers.day(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("decision", _AID_DECISION, True),
            ("valid_from", readers.day, True),
            ("valid_to", readers.day, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LunchFeeArrearsChanged:
    """The state of one monthly due for school lunch."""

    said_by: ClassVar[Source] = Source.SCHOOL_LUNCH_FEE
    event_kind: ClassVar[EventKind] = EventKind.LUNCH_FEE_ARREARS_CHANGED

    fiscal_year: int
    """School year, named by the year in which its April lies."""
    month: int
    """Month, 1 to 12."""
    due_on: date
    """Due date."""
    status: DueStatus
    """State of the due."""
    settled_on: date | None = None
    """Day it was paid or waived."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                fiscal_year=readers.whole(data["fiscal_year"]),
                month=readers.whole(data["month"]),
                due_on=readers.day(data["due_on"]),
                status=_DUE_STATUS(data["status"]),
                settled_on=None if (value := get("settled_on")) is None else readers.day(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("fiscal_year", readers.whole, True),
            ("month", readers.whole, True),
            ("due_on", readers.day, True),
            ("status", _DUE_STATUS, True),
            ("settled_on", readers.day, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationStatusChanged:
    """Whether a child is being supported, and by whom: nothing else passes (items 1 and 2)."""

    said_by: ClassVar[Source] = Source.CHILD_CONSULTATION
    event_kind: ClassVar[EventKind] = EventKind.CONSULTATION_STATUS_CHANGED

    status: ConsultationStatus
    """Open or closed."""
    opened_on: date
    """First day of support."""
    closed_on: date | None = None
    """First day without support (half-open)."""
    responsible_org: str | None = None
    """The responsible organisation."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Read a record that stands. Raises Unreadable."""
        get = data.get
        try:
            return cls(
                status=_CONSULTATION_STATUS(data["status"]),
                opened_on=readers.day(data["opened_on"]),
                closed_on=None if (value := get("closed_on")) is None else readers.day(value),
                responsible_org=None if (value := get("responsible_org")) is None else readers.text(value),
            )
        except (LookupError, TypeError, ValueError):
            raise readers.unreadable(data, cls._fields()) from None

    @staticmethod
    def _fields() -> readers.Fields:
        return (
            ("status", _CONSULTATION_STATUS, True),
            ("opened_on", readers.day, True),
            ("closed_on", readers.day, False),
            ("responsible_org", readers.text, False),
        )


Fact: TypeAlias = (
    ResidentChanged
    | ResidentProtectionMeasure
    | SchoolRegisterChanged
    | PublicAssistanceMemberChanged
    | PregnancyNotified
    | PregnancyEnded
    | PrenatalExamRecorded
    | PostpartumCheckupRecorded
    | InfantCheckupRecorded
    | AllowanceEntitlementChanged
    | SpecialAllowanceEntitlementChanged
    | LoanChanged
    | ChildcareUseChanged
    | MedicalSubsidyChanged
    | DisabilityCertificateChanged
    | LongTermCareCertificationChanged
    | PupilRegistered
    | AttendanceMonthReported
    | SchoolHealthExamRecorded
    | SurveyResultRecorded
    | SchoolAidDecided
    | LunchFeeArrearsChanged
    | ConsultationStatusChanged
)
"""What any record says."""

READERS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Fact]] = {
    (ResidentChanged.said_by, ResidentChanged.event_kind): ResidentChanged.read,
    (ResidentProtectionMeasure.said_by, ResidentProtectionMeasure.event_kind): ResidentProtectionMeasure.read,
    (SchoolRegisterChanged.said_by, SchoolRegisterChanged.event_kind): SchoolRegisterChanged.read,
    (PublicAssistanceMemberChanged.said_by, PublicAssistanceMemberChanged.event_kind): PublicAssistanceMemberChanged.read,
    (PregnancyNotified.said_by, PregnancyNotified.event_kind): PregnancyNotified.read,
    (PregnancyEnded.said_by, PregnancyEnded.event_kind): PregnancyEnded.read,
    (PrenatalExamRecorded.said_by, PrenatalExamRecorded.event_kind): PrenatalExamRecorded.read,
    (PostpartumCheckupRecorded.said_by, PostpartumCheckupRecorded.event_kind): PostpartumCheckupRecorded.read,
    (InfantCheckupRecorded.said_by, InfantCheckupRecorded.event_kind): InfantCheckupRecorded.read,
    (AllowanceEntitlementChanged.said_by, AllowanceEntitlementChanged.event_kind): AllowanceEntitlementChanged.read,
    (SpecialAllowanceEntitlementChanged.said_by, SpecialAllowanceEntitlementChanged.event_kind): SpecialAllowanceEntitlementChanged.read,
    (LoanChanged.said_by, LoanChanged.event_kind): LoanChanged.read,
    (ChildcareUseChanged.said_by, ChildcareUseChanged.event_kind): ChildcareUseChanged.read,
    (MedicalSubsidyChanged.said_by, MedicalSubsidyChanged.event_kind): MedicalSubsidyChanged.read,
    (DisabilityCertificateChanged.said_by, DisabilityCertificateChanged.event_kind): DisabilityCertificateChanged.read,
    (LongTermCareCertificationChanged.said_by, LongTermCareCertificationChanged.event_kind): LongTermCareCertificationChanged.read,
    (PupilRegistered.said_by, PupilRegistered.event_kind): PupilRegistered.read,
    (AttendanceMonthReported.said_by, AttendanceMonthReported.event_kind): AttendanceMonthReported.read,
    (SchoolHealthExamRecorded.said_by, SchoolHealthExamRecorded.event_kind): SchoolHealthExamRecorded.read,
    (SurveyResultRecorded.said_by, SurveyResultRecorded.event_kind): SurveyResultRecorded.read,
    (SchoolAidDecided.said_by, SchoolAidDecided.event_kind): SchoolAidDecided.read,
    (LunchFeeArrearsChanged.said_by, LunchFeeArrearsChanged.event_kind): LunchFeeArrearsChanged.read,
    (ConsultationStatusChanged.said_by, ConsultationStatusChanged.event_kind): ConsultationStatusChanged.read,
}
"""The reader of each event type of each source."""
