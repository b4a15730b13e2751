"""Which records reach a child, and what they say (`domain.md` §2.3)."""

from datetime import date
from uuid import UUID

from contracts.ids import EventId
from contracts.values import Source
from services.scorer.domain.reading import CHECKUP, NOTIFIED, POSTPARTUM, PRENATAL, DeliveryRecords, Record, child_facts

BIRTH = date(2026, 3, 10)


def record(event_type: str, number: int, **data: object) -> Record:
    return Record(Source.MATERNAL_CHILD_HEALTH, event_type, f"R-{number}", EventId(UUID(int=number)), data)


def test_a_checkup_that_was_not_attended_was_not_received() -> None:
    own = [record(CHECKUP, 1, checkup_type="4m", exam_date="2026-08-05", result_status="not_attended")]

    assert child_facts(BIRTH, own).checkups == ()


def test_exams_that_name_only_the_mother_belong_to_the_birth_that_they_precede() -> None:
    linked = [record(NOTIFIED, 1, edd="2026-04-04", handbook_issued_on="2025-10-06")]
    loose = [record(PRENATAL, n, exam_date=day) for n, day in enumerate(("2025-06-27", "2025-06-28", "2026-03-10", "2026-03-11"), 2)]

    [pregnancy] = child_facts(BIRTH, [], [DeliveryRecords((), linked, loose)]).pregnancies

    assert [date(2025, 6, 28), date(2026, 3, 10)] == [exam.exam_date for exam in pregnancy.exams]


def test_postpartum_exams_that_name_only_the_mother_belong_to_the_birth_before_them() -> None:
    loose = [record(POSTPARTUM, n, exam_date=day, epds_total=10) for n, day in enumerate(("2025-03-24", "2026-03-24", "2027-03-24"))]

    [pregnancy] = child_facts(BIRTH, [], [DeliveryRecords((), [], loose)]).pregnancies

    assert [date(2026, 3, 24)] == [exam.exam_date for exam in pregnancy.postpartum]
