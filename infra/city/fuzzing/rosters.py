"""
OneRoster zips with something wrong in them, drawn from a seed and a number: what a school's computer is given before it packs.

Passwords, user names and ways to reach somebody stand in each of them, marked by a word that nobody may ever write down.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from infra.city.fuzzing.mutating import MARK
from infra.city.fuzzing.odd import CELLS, damaged

LEFT_BEHIND = "zqleftbehind"
"""With this begins what must not leave the school: passwords, addresses, numbers."""

_PROPERTIES = ("orgs", "academicSessions", "classes", "users", "enrollments", "demographics")
_FILES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "orgs": (("sourcedId", "status", "name", "type", "identifier"), ("o1", "", "架空小学校", "school", "B140213400001")),
    "academicSessions": (
        ("sourcedId", "status", "title", "type", "startDate", "endDate", "schoolYear"),
        ("t1", "", "2026年度", "schoolYear", "2026-04-01", "2027-03-31", "2026"),
    ),
    "classes": (("sourcedId", "title", "schoolSourcedId", "termSourcedIds"), ("c1", "5年1組", "o1", "t1"), ("c2", "算数", "o1", "t1")),
    "users": (
        (
            *("sourcedId", "status", "enabledUser", "username", "userIds", "givenName", "familyName", "email", "sms", "phone", "grades"),
            *("password", "userMasterIdentifier", "metadata.jp.kanaGivenName", "metadata.jp.kanaFamilyName"),
        ),
    ),
    "enrollments": (
        ("sourcedId", "status", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
        ("e1", "", "c1", "o1", "u0", "student", "false", "2026-04-01", "2026-10-01"),
        ("e2", "", "c2", "o1", "u1", "student", "false", "2026-04-08", ""),
        ("e3", "", "c1", "o1", "u1", "student", "false", "2026-04-01", "2026-09-30"),
    ),
    "demographics": (("sourcedId", "status", "birthDate", "sex"), ("u0", "", "2015-06-01", "female"), ("u1", "", "2016-02-29", "male")),
}
_WORDS = (*CELLS, "tobedeleted", "P9", "J3", "E1", "student", "t1,t2", "u1")
_NAMES = (
    *("../users.csv", "/etc/passwd", "users.CSV", "USERS.csv", "users.csv/", "users.csv", "manifest.csv", "a" * 1000, "名簿.csv"),
    *("password.csv", "results.csv"),
)


@dataclass(frozen=True, slots=True)
class RosterCase:
    """One zip, and the marks of the pupils' names in it."""

    number: int
    content: bytes
    marks: tuple[str, ...]


def drawn(seed: int, number: int) -> RosterCase:
    """Draw the case of a number."""
    draw = Random(f"fuzz rosters {seed} {number}")
    marks = tuple(f"{MARK} r{seed}/{number}/{place}." for place in range(2))
    tables = {name: [list(row) for row in rows] for name, rows in _FILES.items()}
    for place, mark in enumerate(marks):
        secret = f"{LEFT_BEHIND}-{number}"
        begin = (f"u{place}", "", "true", secret, secret, "はな", mark, f"{secret}@example.jp", secret, secret)
        tables["users"].append([*begin, f"P{place + 1}", secret, f"m{seed}-{number}-{place}", "ハナ", "カクウ"])
    modes = dict.fromkeys(_PROPERTIES, "bulk")
    version = draw.choice(("1.2", "1.2_JP") * 9 + ("1.1", "", "１.２"))
    for _ in range(draw.choice((0, 1, 1, 2, 5))):
        _change(draw, tables, modes)
    ends, encoding = draw.choice(("\r\n", "\n")), draw.choice(("utf-8",) * 20 + ("utf-8-sig", "cp932", "utf-16"))
    entries = {"manifest.csv": _manifest(version, modes)} | {f"{name}.csv": _csv(rows, ends, encoding) for name, rows in tables.items()}
    if draw.random() < 0.2:  # noqa: PLR2004
        name = draw.choice(list(entries))
        entries[name] = damaged(draw, entries[name])
    content = _zipped(draw, entries)
    return RosterCase(number, damaged(draw, content) if draw.random() < 0.2 else content, marks)  # noqa: PLR2004


def _change(draw: Random, tables: dict[str, list[list[str]]], modes: dict[str, str]) -> None:
    name = draw.choice(list(tables))
    rows = tables[name]
    row = draw.choice(rows) if rows else []
    place = draw.randrange(len(row)) if row else 0
    draw.choice(
        (
            lambda: row.__setitem__(place, draw.choice(_WORDS)) if row else None,
            lambda: row.__setitem__(place, draw.choice((*CELLS, row[place] + " ", row[place].upper(), row[place] * 2))) if row else None,
            lambda: row.pop(place) if row else None,
            lambda: row.insert(place, draw.choice(CELLS)),
            lambda: rows.append(list(row)),
            lambda: rows.remove(row) if rows else None,
            lambda: modes.update({name: draw.choice(("absent", "delta", "BULK", "some", ""))}),
            lambda: modes.pop(name, None),
            lambda: tables.pop(name) if len(tables) > 1 else None,
            rows.clear,
        )
    )()


def _manifest(version: str, modes: Mapping[str, str]) -> bytes:
    lines = [
        "propertyName,value",
        "manifest.version,1.0",
        f"oneroster.version,{version}",
        *(f"file.{name},{mode}" for name, mode in modes.items()),
    ]
    return "\r\n".join(lines).encode()


def _csv(rows: list[list[str]], ends: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ends).writerows(rows)
    return text.getvalue().encode(encoding, "replace")


def _zipped(draw: Random, entries: Mapping[str, bytes]) -> bytes:
    within = io.BytesIO()
    method = draw.choice((zipfile.ZIP_DEFLATED,) * 8 + (zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    more = [(draw.choice(_NAMES), draw.choice((b"", b"x", bytes(10**7) if draw.random() < 0.02 else b"0")))] if draw.random() < 0.1 else []  # noqa: PLR2004
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that stands twice
        with zipfile.ZipFile(within, "w", method) as archive:
            for name, content in (*entries.items(), *more):
                archive.writestr(name, content)
    return within.getvalue()
