"""OneRoster of the Japan Profile (`domain.md` §6.3): what a roster says of pupils, and nothing of what must be left behind."""

import io
import zipfile
from typing import Any

import pytest

from services.ingest.inlets.media.school.faults import NotTaken
from services.ingest.inlets.media.school.oneroster import COLUMNS, Pupil, pupils

PLANTED = ("pass-4711", "mail-4711@example.jp", "090-4711", "sms-4711", "login-4711")
ORGS = "sourcedId,status,dateLastModified,name,type,identifier\no1,,,架空小学校,school,B140213400001\no2,,,別小学校,school,B140213400002\n"
SESSIONS = (
    "sourcedId,status,dateLastModified,title,type,startDate,endDate,schoolYear\nt1,,,2026年度,schoolYear,2026-04-01,2027-03-31,2026\n"
)
CLASSES = "sourcedId,title,schoolSourcedId,termSourcedIds\nc1,5年1組,o1,t1\nc2,算数,o1,t1\nc3,5年2組,o2,t1\n"
USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password,userMasterIdentifier,metadata.jp.kanaGivenName,metadata.jp.kanaFamilyName\n"
    "u1,,,true,login-4711,,はな,架空,,,mail-4711@example.jp,sms-4711,090-4711,,P5,pass-4711,m-1,ハナ,カクウ\n"
    "u2,,,true,login-4711,,先生,架空,,,mail-4711@example.jp,sms-4711,090-4711,,,pass-4711,,,\n"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.ShussekiNo\n"
    "e1,,,c1,o1,u1,student,false,2026-04-01,2026-10-01,7\n"
    "e2,,,c2,o1,u1,student,false,2026-04-08,2026-09-30,7\n"
    "e3,,,c1,o1,u2,teacher,true,,,\n"
)
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex\nu1,,,2015-06-01,female\n"


def manifest(version: str = "1.2", **modes: str) -> str:
    known = dict.fromkeys(("orgs", "academicSessions", "classes", "users", "enrollments", "demographics"), "bulk") | modes
    lines = [
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
        *(f"file.{name},{mode}" for name, mode in known.items()),
    ]
    return "\n".join(lines)


def roster(version: str = "1.2", modes: dict[str, str] | None = None, **files: str) -> bytes:
    known = {
        "orgs": ORGS,
        "academicSessions": SESSIONS,
        "classes": CLASSES,
        "users": USERS,
        "enrollments": ENROLLMENTS,
        "demographics": DEMOGRAPHICS,
    } | files
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", manifest(version, **(modes or {})))
        for name, text in known.items():
            archive.writestr(f"{name}.csv", text)
    return within.getvalue()


def code_of(content: bytes) -> tuple[str, str | None, int | None]:
    with pytest.raises(NotTaken) as refused:
        pupils(content)
    fault = refused.value.faults[0]
    assert not any(planted in str(refused.value) for planted in PLANTED)
    return fault.code, fault.file, fault.row


HANA = Pupil("B140213400001", "m-1", 2026, "架空　はな", "カクウ　ハナ", "2015-06-01", "female", 5, "2026-04-01", "2026-10-01", "")


@pytest.mark.parametrize("version", ["1.2", "1.2_JP", "1.2_jp"])
def test_a_roster_says_who_is_at_which_school(version: str) -> None:
    assert pupils(roster(version)) == [HANA]
    assert len(HANA) == len(COLUMNS)


def test_headings_that_a_version_spells_otherwise_are_known() -> None:
    other = USERS.replace("metadata.jp.kanaGivenName", "metadata.jp.KanaGivenName").replace("userMasterIdentifier", "usermasteridentifier")

    assert pupils(roster(users=other, enrollments=ENROLLMENTS.replace("ShussekiNo", "shussekiNo"))) == [HANA]


def test_the_stable_key_stays_when_a_pupil_changes_the_school() -> None:
    """S10: the sourcedId of user and enrolment are new, the userMasterIdentifier is not."""
    moved = roster(
        users=USERS.replace("\nu1,", "\nu9,"),
        demographics=DEMOGRAPHICS.replace("\nu1,", "\nu9,"),
        enrollments=ENROLLMENTS.splitlines()[0] + "\ne9,,,c3,o2,u9,student,false,2026-10-01,,7\n",
    )

    assert pupils(moved) == [HANA._replace(school_code="B140213400002", enrolled_from="2026-10-01", enrolled_to="")]


def test_passwords_and_ways_to_reach_somebody_are_left_behind() -> None:
    said = repr(pupils(roster()))

    assert not any(planted in said for planted in PLANTED)


def test_passwords_are_in_no_error_either() -> None:
    broken = USERS.replace("m-1,ハナ,カクウ", ",ハナ,カクウ")

    assert code_of(roster(users=broken)) == ("no_stable_key", "users.csv", 2)


def test_what_is_to_be_deleted_is_taken_back() -> None:
    delta = roster(
        modes={"enrollments": "delta"}, enrollments=ENROLLMENTS.replace("e1,,", "e1,tobedeleted,").replace("e2,,", "e2,tobedeleted,")
    )

    assert [pupil.op for pupil in pupils(delta)] == ["void"]


def test_demographics_may_be_absent() -> None:
    assert pupils(roster(modes={"demographics": "absent"})) == [HANA._replace(birth_date="", sex="")]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"version": "1.1"}, ("oneroster_version", "manifest.csv", None)),
        ({"modes": {"users": "absent"}}, ("oneroster_file", "users.csv", None)),
        ({"modes": {"users": "some"}}, ("oneroster_file", "manifest.csv", None)),
        ({"enrollments": ENROLLMENTS.replace("o1,u1", "o7,u1")}, ("oneroster_link", "enrollments.csv", 2)),
        ({"enrollments": ENROLLMENTS.replace("o1,u1", "o1,u7")}, ("oneroster_link", "enrollments.csv", 2)),
        ({"users": USERS.replace("sourcedId,", "id,")}, ("oneroster_file", "users.csv", 1)),
        ({"users": USERS + "u3,short\n"}, ("wrong_cells", "users.csv", 4)),
        ({"academicSessions": SESSIONS.replace("2026-04-01", "soon")}, ("oneroster_link", "enrollments.csv", 2)),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused_with_its_place(said: dict[str, Any], code: tuple[str, str | None, int | None]) -> None:
    assert code_of(roster(**said)) == code


def test_what_is_no_roster_is_refused() -> None:
    assert code_of(b"PK nothing") == ("bad_archive", None, None)
    assert code_of(roster()[:-40])[0] == "bad_archive"
