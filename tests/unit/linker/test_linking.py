from typing import Any

import pytest

from contracts.catalogue.readers import Unreadable
from contracts.ids import PersonId
from contracts.values import Source
from services.linker.domain.linking import UNNOTIFIED, Known, concerned, decide
from services.linker.domain.pregnancy import Outcome, Pregnancy, check_readable, pregnancy_of
from services.linker.domain.protection import measure_of, protected_persons, taken_back
from services.linker.domain.records import Record, subject_number
from tests.unit.linker.statements import NAMES, day, record

MOTHER = NAMES.person("M")
HEALTH = Source.MATERNAL_CHILD_HEALTH


def health(event_type: str, on: str = "2026-03-01", *, name: str = "1", **data: Any) -> Record:
    return record(event_type, data, on=on, name=name, source=HEALTH)


def what_becomes(of: Record, *, registered: str = "M", pregnancies: tuple[Pregnancy, ...] = ()) -> tuple[str, str | None]:
    known = Known(frozenset({NAMES.person(registered)}), pregnancies={each.pregnancy_id: each for each in pregnancies})
    link = decide(of, known)
    return link.state, link.rule or link.reason


def pregnancy(name: str = "P", *, due: str = "2026-04-04", **facts: Any) -> Pregnancy:
    return Pregnancy(NAMES.pregnancy(name), name, **{"mother_id": MOTHER, "due_on": day(due), **facts})


def test_a_record_of_somebody_outside_the_register_waits() -> None:
    assert what_becomes(health("infant_checkup.recorded", person_no="X")) == ("waiting", "person not in the register")


def test_a_record_that_was_taken_back_is_neither_linked_nor_waiting() -> None:
    assert what_becomes(record("infant_checkup.recorded", None, source=HEALTH))[0] == "void"


def test_an_exam_that_names_pregnancy_and_mother_waits_for_no_notification() -> None:
    exam = health("prenatal_exam.recorded", pregnancy_id="P", mother_person_no="M", exam_date="2026-03-01")

    assert what_becomes(exam) == ("linked", "person_no")


def test_an_exam_that_names_only_the_pregnancy_waits_for_its_notification() -> None:
    exam = health("prenatal_exam.recorded", pregnancy_id="P", exam_date="2026-03-01")

    assert what_becomes(exam) == ("waiting", "pregnancy not notified")
    assert what_becomes(exam, pregnancies=(pregnancy(),)) == ("linked", "pregnancy_no")


@pytest.mark.parametrize(("event_type", "concerns"), [("prenatal_exam.recorded", {UNNOTIFIED}), ("postpartum_checkup.recorded", set())])
def test_a_prenatal_exam_that_waits_may_be_of_any_pregnancy_that_was_not_notified(event_type: str, concerns: set[PersonId]) -> None:
    exam, known = health(event_type, pregnancy_id="P", exam_date="2026-03-01"), Known(frozenset({MOTHER}))

    assert concerned(exam, decide(exam, known), known) == concerns


@pytest.mark.parametrize(
    ("on", "becomes"),
    [
        ("2025-06-27", ("linked", "person_no")),
        ("2025-06-28", ("linked", "exam_window")),
        ("2026-04-25", ("linked", "exam_window")),
        ("2026-04-26", ("linked", "person_no")),
    ],
)
def test_a_prenatal_exam_without_a_pregnancy_number_goes_by_its_date(on: str, becomes: tuple[str, str]) -> None:
    assert what_becomes(health("prenatal_exam.recorded", mother_person_no="M", exam_date=on), pregnancies=(pregnancy(),)) == becomes


@pytest.mark.parametrize(("on", "linked"), [("2026-03-09", False), ("2026-03-10", True), ("2026-07-08", True), ("2026-07-09", False)])
def test_a_postpartum_checkup_is_within_120_days_of_the_birth(on: str, linked: bool) -> None:
    ended = pregnancy(outcome=Outcome.LIVE_BIRTH, ended_on=day("2026-03-10"))

    assert (
        what_becomes(health("postpartum_checkup.recorded", mother_person_no="M", exam_date=on), pregnancies=(ended,))[1] == "exam_window"
    ) == linked


def test_an_exam_that_two_pregnancies_could_hold_is_reviewed() -> None:
    exam = health("prenatal_exam.recorded", mother_person_no="M", exam_date="2026-01-01")

    assert what_becomes(exam, pregnancies=(pregnancy(), pregnancy("Q", due="2026-05-01")))[0] == "review"


def test_a_protection_measure_never_waits() -> None:
    measure = record("resident.protection_measure", {"person_no": "unknown", "from": "2026-04-10"})

    assert what_becomes(measure) == ("linked", "person_no")


def test_a_kind_of_record_without_a_rule_is_kept_for_review() -> None:
    assert what_becomes(record("dog.registered", {"person_no": "C"})) == ("review", "no linkage rule yet")


def test_a_list_of_children_in_care_goes_by_its_persons_number() -> None:
    listed = record("allowance.entitlement_changed", {"recipient_no": "M", "child_no": ["C"]}, source=Source.CHILD_ALLOWANCES)
    care = {listed.key: frozenset({NAMES.person("C")})}

    assert what_becomes(listed) == ("linked", "person_no")
    assert what_becomes(listed, registered="C") == ("waiting", "person not in the register")
    assert what_becomes(record("loan.changed", {"person_no": "M"}, source=Source.SINGLE_PARENT_LOAN)) == ("linked", "person_no")
    waiting = Known(frozenset({NAMES.person("C")}), care=care)
    assert concerned(listed, decide(listed, waiting), waiting) == {NAMES.person("C")}
    doubted = Known(frozenset({MOTHER}), care=care, alike={NAMES.person("C"): frozenset({NAMES.person("0C")})})
    assert decide(listed, doubted).reason == "lists a child whose number may be another one's"
    assert concerned(listed, decide(listed, doubted), doubted) == {NAMES.person("C"), NAMES.person("0C")}


def test_a_source_whose_records_name_a_number_is_linked_by_it_without_a_line_of_code() -> None:
    used = record("childcare.use_changed", {"person_no": "M"}, source=Source.CHILDCARE)

    assert what_becomes(used) == ("linked", "person_no")


def test_whom_a_record_is_about_is_what_the_catalogue_says_and_what_the_envelope_says_only_without_it() -> None:
    assert subject_number("pregnancy.notified", {"mother_person_no": "M", "person_no": "P"}, "E") == "M"
    assert subject_number("infant_checkup.recorded", {"mother_person_no": "M", "person_no": "P"}, "E") == "P"
    assert subject_number("allowance.entitlement_changed", {"recipient_no": "R", "child_no": ["C"]}, None) == "R"
    assert subject_number("pregnancy.ended", {}, "E") == "E"
    assert subject_number("attendance.month_reported", {"pupil_key": "K"}, None) is None


def test_a_pregnancy_is_what_its_latest_records_say() -> None:
    first = health(
        "pregnancy.notified",
        "2025-10-06",
        name="1",
        pregnancy_id="P",
        mother_person_no="M",
        edd="2026-04-04",
        handbook_issued_on="2025-10-06",
    )
    again = health(
        "pregnancy.notified",
        "2026-01-10",
        name="2",
        pregnancy_id="P",
        mother_person_no="M",
        issue_kind="reissue",
        handbook_issued_on="2026-01-10",
    )
    end = health(
        "pregnancy.ended",
        "2026-03-10",
        name="3",
        pregnancy_id="P",
        outcome="live_birth",
        ended_on="2026-03-10",
        child_person_nos=["A", "B"],
    )

    known = pregnancy_of([end, again, first], NAMES)

    assert known == Pregnancy(
        NAMES.pregnancy("P"),
        "P",
        MOTHER,
        day("2026-04-04"),
        day("2025-10-06"),
        Outcome.LIVE_BIRTH,
        day("2026-03-10"),
        None,
        frozenset({NAMES.person("A"), NAMES.person("B")}),
    )


@pytest.mark.parametrize("weeks", [14, "14w2d", "14"])
def test_without_an_expected_day_it_is_counted_from_the_weeks_at_issue(weeks: object) -> None:
    notice = health("pregnancy.notified", pregnancy_id="P", mother_person_no="M", handbook_issued_on="2025-10-06", gestational_weeks=weeks)

    known = pregnancy_of([notice], NAMES)

    assert known is not None
    assert known.due_on is not None
    assert 0 <= (known.due_on - day("2026-04-04")).days <= 2


def test_what_was_taken_back_makes_no_pregnancy() -> None:
    assert pregnancy_of([record("pregnancy.notified", None, source=HEALTH)], NAMES) is None


def test_a_measure_protects_the_applicant_and_who_is_covered() -> None:
    # S07
    told = {"person_no": "M", "from": "2026-04-10", "to": "2027-04-09", "covered_persons": ["C", "M"], "opponent_person_nos": ["F", "C"]}

    measure = measure_of(record("resident.protection_measure", told), NAMES)

    assert measure is not None
    assert set(measure.protected) == {MOTHER, NAMES.person("C")}
    assert measure.opponents == (NAMES.person("F"),)
    assert protected_persons([measure]) == {MOTHER, NAMES.person("C")}
    assert protected_persons([taken_back(measure)]) == frozenset()


@pytest.mark.parametrize(
    ("event_type", "data", "path"),
    [
        ("pregnancy.ended", {"pregnancy_id": "P", "outcome": "lost"}, "outcome"),
        ("pregnancy.notified", {"pregnancy_id": "P", "edd": "tomorrow"}, "edd"),
        ("prenatal_exam.recorded", {"mother_person_no": "M"}, "exam_date"),
        ("pregnancy.ended", {"pregnancy_id": "P", "child_person_nos": "A"}, "child_person_nos"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_field_and_never_by_its_value(event_type: str, data: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable) as caught:
        check_readable(record(event_type, data, source=HEALTH))

    assert caught.value.path == path
    assert str(data.get(path)) not in str(caught.value)
