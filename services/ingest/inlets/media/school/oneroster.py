"""
A OneRoster zip of the Japan Profile (1.2, 1.2_JP) as the rows of `pupil.registered` (`domain.md` §6.3).

Only the columns that are named here are ever taken out of a row. Passwords, e-mail addresses, telephone numbers and user names are not
among them: they are left behind on the school side. What the profile spells in several ways is known without regard to case.

The key of a pupil is `userMasterIdentifier`, which stays when a pupil changes the school; `sourcedId` does not (S10).
"""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from . import archive as zips
from .faults import Fault, NotTaken
from .tables import BOM, lines_of

EVENT_TYPE = "pupil.registered"
COLUMNS = (
    "school_code",
    "pupil_key",
    "fiscal_year",
    "name",
    "kana",
    "birth_date",
    "sex",
    "grade",
    "enrolled_from",
    "enrolled_to",
    "op",
)
VERSIONS = frozenset({"1.2", "1.2_jp"})
ROWS_MAX = 2_000_000
"""Of one file. A whole city's pupils have some 1.2 million enrolments in classes."""

MODES = frozenset({"bulk", "delta", "absent"})
GRADES = {f"P{year}": year for year in range(1, 7)} | {f"J{year}": 6 + year for year in range(1, 4)}
"""Years of compulsory school; kindergarten (E) and high school (H) are not the city's to register."""

_WANTED: Mapping[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "identifier"),
    "academicSessions": ("sourcedId", "startDate"),
    "classes": ("sourcedId", "termSourcedIds"),
    "users": ("sourcedId", "status", "givenName", "familyName", "grades", "userMasterIdentifier", *("kanaGivenName", "kanaFamilyName")),
    "demographics": ("sourcedId", "birthDate", "sex"),
    "enrollments": ("status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"),
}
_OPTIONAL = frozenset({"status", "kanagivenname", "kanafamilyname", "termsourcedids", "begindate", "enddate", "birthdate", "sex"})
_REQUIRED = ("orgs", "academicSessions", "users", "enrollments")
_DROPPED = frozenset({"password", "email", "phone", "sms", "username", "userids"})


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name.lower(), "")


class Pupil(NamedTuple):
    """A row of `pupil.registered`, in the order of COLUMNS."""

    school_code: str
    pupil_key: str
    fiscal_year: int
    name: str
    kana: str
    birth_date: str
    sex: str
    grade: int
    enrolled_from: str
    enrolled_to: str
    op: str


def pupils(content: bytes) -> list[Pupil]:
    """Return the pupils of a roster, one for each pupil, school and year, in that order. Raises NotTaken with file and row."""
    files = _files(content)
    schools = {row["sourcedId"]: row["identifier"] for row in files["orgs"]}
    years = {row["sourcedId"]: row["startDate"] for row in files["academicSessions"]}
    terms = {row["sourcedId"]: row["termSourcedIds"] for row in files.get("classes", ())}
    users = {row["sourcedId"]: row for row in files["users"]}
    born = {row["sourcedId"]: row for row in files.get("demographics", ())}
    found: dict[tuple[str, str, int], Pupil] = {}
    for row in files["enrollments"]:
        if row["role"].casefold() != "student":
            continue
        user = users.get(row["userSourcedId"])
        if user is None or row["schoolSourcedId"] not in schools:
            raise NotTaken(Fault("oneroster_link", "enrollments.csv", row.line))
        if user["grades"].strip().upper() not in GRADES:
            continue
        year = _year(row, years, terms)
        pupil = _pupil(row, user, born.get(user["sourcedId"]), schools[row["schoolSourcedId"]], year)
        key = (pupil.school_code, pupil.pupil_key, pupil.fiscal_year)
        found[key] = _joined(found.get(key), pupil)
    return [found[key] for key in sorted(found)]


def _pupil(row: _Row, user: _Row, born: _Row | None, school: str, year: int) -> Pupil:
    if not user["userMasterIdentifier"]:
        raise NotTaken(Fault("no_stable_key", "users.csv", user.line))
    if not school:
        raise NotTaken(Fault("oneroster_link", "enrollments.csv", row.line))
    gone = "tobedeleted" in (row["status"].casefold(), user["status"].casefold())
    sex = born["sex"].casefold() if born is not None else ""
    return Pupil(
        school_code=school,
        pupil_key=user["userMasterIdentifier"],
        fiscal_year=year,
        name="　".join(filter(None, (user["familyName"], user["givenName"]))),
        kana="　".join(filter(None, (user["kanaFamilyName"], user["kanaGivenName"]))),
        birth_date=born["birthDate"] if born is not None else "",
        sex=sex if sex in {"male", "female"} else "",
        grade=GRADES[user["grades"].strip().upper()],
        enrolled_from=row["beginDate"][:10],
        enrolled_to=row["endDate"][:10],
        op="void" if gone else "",
    )


def _joined(before: Pupil | None, now: Pupil) -> Pupil:
    """A pupil is in several classes of a school: there from the first day of any to the last of any; gone where gone from all."""
    if before is None or (before.op and not now.op):
        return now
    if now.op and not before.op:
        return before
    begins, ends = (before.enrolled_from, now.enrolled_from), (before.enrolled_to, now.enrolled_to)
    return now._replace(enrolled_from=min(begins) if all(begins) else "", enrolled_to=max(ends) if all(ends) else "")


def _year(row: _Row, years: Mapping[str, str], terms: Mapping[str, str]) -> int:
    """The school year of an enrolment: of the term of its class, else of the only one there is. It is named by its April."""
    named = [years[term] for term in terms.get(row["classSourcedId"], "").split(",") if term in years]
    starts = {_named_by(start) for start in named or years.values()}
    if len(starts) != 1 or None in starts:
        raise NotTaken(Fault("oneroster_link", "enrollments.csv", row.line))
    [year] = starts
    assert year is not None  # noqa: S101 -- None was looked for
    return year


def _named_by(start: str) -> int | None:
    year, month = start[:4], start[5:7]
    if not (year + month).isascii() or not (year + month).isdigit() or len(year + month) != len("202604"):
        return None
    return int(year) if int(month) >= 4 else int(year) - 1  # noqa: PLR2004 -- April


def _files(content: bytes) -> dict[str, list[_Row]]:
    archive = zips.opened(content)
    modes = _modes(archive)
    return {name: list(_read(archive, name)) for name, mode in modes.items() if name in _WANTED and mode != "absent"}


def _modes(archive: zipfile.ZipFile) -> dict[str, str]:
    """What the roster's manifest says of its files. Raises NotTaken for another version, and where a file is absent that is needed."""
    told = {row[0].strip(): row[1].strip() for _, row in _lines(archive, "manifest.csv") if len(row) == len(("name", "value"))}
    if told.get("oneroster.version", "").casefold() not in VERSIONS:
        raise NotTaken(Fault("oneroster_version", "manifest.csv"))
    modes = {name: told.get(f"file.{name}", "absent").casefold() for name in _WANTED}
    if not set(modes.values()) <= MODES:
        raise NotTaken(Fault("oneroster_file", "manifest.csv"))
    for name in _REQUIRED:
        if modes[name] == "absent":
            raise NotTaken(Fault("oneroster_file", f"{name}.csv"))
    return modes


def _read(archive: zipfile.ZipFile, name: str) -> Iterator[_Row]:
    file = f"{name}.csv"
    lines = _lines(archive, file)
    # `metadata.jp.kanaGivenName` is known by its last word.
    heading = [cell.strip().rpartition(".")[2].casefold() for cell in next(lines, (1, []))[1]]
    places = {column: heading.index(column) for column in map(str.lower, _WANTED[name]) if column in heading}
    missing = {column.lower() for column in _WANTED[name]} - places.keys() - _OPTIONAL
    if missing or _DROPPED & places.keys():
        raise NotTaken(Fault("oneroster_file", file, 1))
    for number, (line, row) in enumerate(lines):
        if len(row) != len(heading):
            raise NotTaken(Fault("wrong_cells", file, line))
        if number == ROWS_MAX:
            raise NotTaken(Fault("too_large", file, line))
        # Nothing but the places that are wanted leaves this row.
        yield _Row(line, {column: row[place].strip() for column, place in places.items()})


def _lines(archive: zipfile.ZipFile, file: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file of the roster, which is UTF-8, with or without BOM (OneRoster CSV binding)."""
    content = zips.read(archive, file)
    if content is None:
        raise NotTaken(Fault("oneroster_file", file))
    lines = lines_of(file, content, "utf-8-sig" if content.startswith(BOM) else "utf-8")
    return ((line, row) for line, row in lines if row)
