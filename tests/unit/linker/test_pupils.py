from typing import Any

import pytest

from contracts.ids import PersonId
from contracts.values import DatePrecision, Source
from services.linker.domain.linking import Known, concerned, decide
from services.linker.domain.lists import pupils_of
from services.linker.domain.pupils import Pupil, Registered, may_be
from services.linker.domain.records import Link, LinkState, PupilKey, Record
from tests.unit.linker.statements import NAMES, day, record

CHILD = NAMES.person("C")
BORN = (day("2017-06-15"), DatePrecision.DAY)
YUI = Registered(frozenset({("山田 結衣", "ヤマダ ユイ"), ("佐藤 結衣", "サトウ ユイ")}), BORN)
KEY = PupilKey("S1|2026|P-1")


def listed(entry: str = "JS-1", number: str | None = "C", **said: Any) -> Record:
    data = {"school_code": "S1", "fiscal_year": 2026, "pupil_key": "P-1", **({"person_no": number} if number else {}), **said}
    return record("pupil.registered", data, name=entry, source=Source.PUPIL_REGISTRY)


def month(**said: Any) -> Record:
    data = {"school_code": "S1", "fiscal_year": 2026, "pupil_key": "P-1", "month": 6, **said}
    return record("attendance.month_reported", data, name="SK-1", source=Source.SCHOOL_AFFAIRS)


def what_becomes(
    of: Record, *lists: Record, registered: tuple[str, ...] = ("C",), entries: dict[PersonId, Registered] | None = None
) -> Link:
    known = Known(frozenset(map(NAMES.person, registered)), entries=entries or {})
    links = [(each, decide(each, known)) for each in lists]
    return decide(of, Known(known.registered, entries=known.entries, pupils=pupils_of(links)))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "山田 結衣"},
        {"name": "佐藤結衣"},
        {"name": "佐藤結衣", "birth_date": "2017-06-15"},
        {"kana": "サトウユイ", "birth_date": "2017-06-15"},
        {"name": "佐藤", "birth_date": "2017-06-15"},
        {"kana": "ｻﾄｳ ﾕｲ", "birth_date": "2017-06-15"},
        {"birth_date": "2017-06-15"},
        {"name": "山田 結衣", "birth_date": "2017-06-16"},
        {"kana": "カトウ ユイ", "birth_date": "2017-06-15"},
    ],
)
def test_a_number_holds_where_nothing_else_that_the_list_says_is_another_ones(said: dict[str, str]) -> None:
    assert may_be(said, YUI)
    assert what_becomes(listed(**said), entries={CHILD: YUI}) == Link(LinkState.LINKED, rule="person_no", person_id=CHILD)


@pytest.mark.parametrize(
    "said",
    [
        {"name": "山田 恵", "birth_date": "2017-06-15"},
        {"name": "山田恵", "birth_date": "2017-06-15"},
        {"kana": "ﾔﾏﾀﾞﾊﾅ", "birth_date": "2017-06-15"},
        {"name": "田中", "birth_date": "2017-06-15"},
        {"kana": "ヤマダ ハナ"},
        {"birth_date": "2017-06-16"},
        {"birth_date": "1990-05-01"},
        {"name": "山田 結衣", "birth_date": "1990-05-01"},
    ],
)
def test_a_number_beside_another_ones_name_or_birth_date_goes_to_people_and_may_be_the_number_s_person(said: dict[str, str]) -> None:
    known = Known(frozenset({CHILD}), entries={CHILD: YUI})
    link = decide(listed(**said), known)

    assert (link.state, link.reason) == (LinkState.REVIEW, "name or birth date is not that of the number's person")
    assert concerned(listed(**said), link, known) == {CHILD}


def test_a_name_that_the_register_writes_in_one_piece_agrees_as_a_whole_or_not_at_all() -> None:
    in_one_piece = Registered(frozenset({("山田結衣", None)}), BORN)

    assert may_be({"name": "山田 結衣", "birth_date": "2017-06-15"}, in_one_piece)
    assert not may_be({"name": "山田 花子", "birth_date": "2017-06-15"}, in_one_piece)


@pytest.mark.parametrize(
    ("precision", "told", "holds"),
    [
        (DatePrecision.MONTH, "2017-06-28", True),
        (DatePrecision.MONTH, "2017-07-01", False),
        (DatePrecision.UNKNOWN, "1990-05-01", True),
    ],
)
def test_a_birth_date_of_which_the_register_knows_a_part_is_held_against_that_part(
    precision: DatePrecision, told: str, *, holds: bool
) -> None:
    assert may_be({"birth_date": told}, Registered(frozenset(), (day("2017-06-01"), precision))) == holds


def test_what_a_school_tells_goes_where_its_list_of_pupils_goes() -> None:
    assert what_becomes(month()).reason == "pupil on no list of the school yet"
    assert what_becomes(month(), listed(), registered=()).reason == "pupil linked to nobody yet"
    assert what_becomes(month(), listed(number=None)).reason == "pupil linked to nobody yet"
    assert what_becomes(month(), listed()) == Link(LinkState.LINKED, rule="pupil", person_id=CHILD)


def test_a_pupil_s_key_of_another_year_or_school_is_another_pupil() -> None:
    for other in ({"fiscal_year": 2027}, {"school_code": "S2"}, {"pupil_key": "P-2"}):
        assert what_becomes(month(**other), listed()).reason == "pupil on no list of the school yet"


def test_a_record_that_does_not_say_which_pupil_goes_to_people() -> None:
    assert what_becomes(month(school_code=""), listed()).reason == "names no person"


def test_of_a_pupil_whom_the_lists_take_for_two_nothing_is_linked_and_it_may_concern_both() -> None:
    lists = listed(), listed("JS-2", "D")
    link = what_becomes(month(), *lists, registered=("C", "D"))
    known = Known(frozenset(), pupils={KEY: Pupil(frozenset({CHILD, NAMES.person("D")}))})

    assert (link.state, link.reason) == (LinkState.REVIEW, "whom the school's list means is not certain")
    assert concerned(month(), link, known) == {CHILD, NAMES.person("D")}


def test_a_list_that_people_look_at_holds_up_what_is_told_of_its_pupil() -> None:
    strange = listed("JS-2", birth_date="1990-05-01")

    assert what_becomes(month(), listed(), strange, entries={CHILD: YUI}).reason == "whom the school's list means is not certain"
    assert what_becomes(month(), listed(), listed("JS-3", number=None), entries={CHILD: YUI}).person_id == CHILD


def aid(number: str | None = None) -> Record:
    data = {"school_code": "S1", "fiscal_year": 2026, "pupil_key": "P-1", **({"person_no": number} if number else {})}
    return record("school_aid.decided", data, name="SE-1", source=Source.SCHOOL_AID)


def test_a_record_with_a_number_of_its_own_needs_no_list_unless_the_list_says_another_child() -> None:
    assert what_becomes(aid("C")) == Link(LinkState.LINKED, rule="person_no", person_id=CHILD)
    assert what_becomes(aid("C"), listed()).person_id == CHILD
    assert what_becomes(aid(), listed()) == Link(LinkState.LINKED, rule="pupil", person_id=CHILD)
    assert what_becomes(aid("C"), listed(number="D"), registered=("C", "D")).reason == "whom the school's list means is not certain"
