"""The staff of a demonstration: invented people, with passwords and secrets of their own."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from contracts.ids import StaffId
from contracts.organisation import VARIABLE
from contracts.values import Role, Section, Source, Ward
from contracts.words import place_of
from infra.identifiers import Identifiers
from infra.identity import credentials
from infra.identity.keys import Keys
from infra.identity.registration import Person, register_staff
from infra.postgres import Database

TRAINING_VALID = timedelta(days=365)

_WARD_PEOPLE: Mapping[str, tuple[str, str, str, str, str]] = {
    "higashi": ("見本 あきら", "見本 かおる", "見本 わかば", "見本 すみれ", "見本 たける"),
    "hakata": ("見本 ひかり", "見本 しのぶ", "見本 このみ", "見本 もえぎ", "見本 やまと"),
    "chuo": ("見本 なつき", "見本 つばさ", "見本 こはる", "見本 あさひ", "見本 いつき"),
    "minami": ("見本 まこと", "見本 ちはる", "見本 ほのか", "見本 みずき", "見本 そうた"),
    "jonan": ("見本 いずみ", "見本 みなみ", "見本 ゆづき", "見本 かえで", "見本 りょう"),
    "sawara": ("見本 あおば", "見本 さつき", "見本 ひより", "見本 うみか", "見本 しゅん"),
    "nishi": ("見本 かなで", "見本 ともえ", "見本 すばる", "見本 ことね", "見本 だいち"),
}
"""
Of each ward, by its code: a clerk and a lead of 子育て支援課, a clerk each of 健康課 and 地域保健福祉課, so that the three can confer
(PUSH-02), and a section chief: whoever asks for an approval never gives it.
"""


class OtherWards(ValueError):
    """The invented people are of the wards of the file that comes with Tsunagu; another city's file is named."""

    def __init__(self) -> None:
        super().__init__(f"the invented people are of {', '.join(_WARD_PEOPLE)}, and {VARIABLE} names another city's file")


_OWNERS: Mapping[str, tuple[str, tuple[Source, ...]]] = {
    "registry.owner": ("見本 のぼる", (Source.RESIDENT_REGISTRY,)),
    "health.owner": ("見本 けい", (Source.MATERNAL_CHILD_HEALTH,)),
    "welfare.owner": (
        "見本 ゆたか",
        (Source.PUBLIC_ASSISTANCE, Source.SPECIAL_CHILD_ALLOWANCE, Source.DISABILITY, Source.LONG_TERM_CARE),
    ),
    "schools.owner": (
        "見本 まなぶ",
        (Source.PUPIL_REGISTRY, Source.SCHOOL_AFFAIRS, Source.LIFESTYLE_LEARNING_SURVEY, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE),
    ),
}
"""Who answers for which sources: one person each of the register's section, of health, of welfare, and of the schools."""


_LINKAGE: Mapping[str, str] = {"linkage.clerk": "見本 ひなた", "linkage.second": "見本 ちとせ"}
"""Who says whether two records are one person's: two, because some of it two people decide."""


@dataclass(frozen=True, slots=True)
class Credential:
    """How a person of the demonstration logs in."""

    login: str
    name: str
    place: str
    password: str
    totp_secret: str


def people(today: date) -> Iterator[Person]:
    """Every person of the demonstration: five per ward, the coordinator, those who watch, who link, who own
    sources, somebody of the child guidance centre. Raises OtherWards.
    """
    if set(_WARD_PEOPLE) != set(Ward):
        raise OtherWards
    until = today + TRAINING_VALID
    for ward, (clerk, lead, health, welfare, chief) in ((Ward(code), five) for code, five in _WARD_PEOPLE.items()):
        yield Person(f"{ward}.clerk", clerk, Section.CHILDCARE_SUPPORT, ward, frozenset({Role.WARD_CLERK}), until)
        yield Person(f"{ward}.lead", lead, Section.CHILDCARE_SUPPORT, ward, frozenset({Role.WARD_LEAD}), until)
        yield Person(f"{ward}.health", health, Section.HEALTH, ward, frozenset({Role.WARD_CLERK}), until)
        yield Person(f"{ward}.welfare", welfare, Section.COMMUNITY_HEALTH_WELFARE, ward, frozenset({Role.WARD_CLERK}), until)
        yield Person(f"{ward}.chief", chief, Section.HEALTH, ward, frozenset({Role.WARD_LEAD}), until)
    yield Person("coordinator", "見本 みどり", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.COORDINATOR}), until)
    yield Person("security.officer", "見本 まもる", Section.INFORMATION_SECURITY, None, frozenset({Role.SECURITY_OFFICER}), until)
    yield Person("privacy.officer", "見本 たもつ", Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.PRIVACY_OFFICER}), until)
    yield Person("center.worker", "見本 いぶき", Section.GUIDANCE_CENTER, None, frozenset({Role.GUIDANCE_WORKER}), until)
    for login, name in _LINKAGE.items():
        yield Person(login, name, Section.CHILD_FAMILY_DIVISION, None, frozenset({Role.LINKAGE_CLERK}), until)
    for login, (name, _) in _OWNERS.items():
        yield Person(login, name, Section.DATA_OWNER, None, frozenset({Role.DATA_OWNER}), until)


def write_duty_list(file: Path, first: date) -> None:
    """Write who is on duty: everybody, at all hours, for a demonstration is looked at when somebody has time for it."""
    last = first + TRAINING_VALID
    file.write_text("login,from,to\n" + "".join(f"{person.login},{first},{last}\n" for person in people(first)), encoding="utf-8")


def owned() -> Iterator[tuple[StaffId, str, tuple[Source, ...]]]:
    """Each owner's id, how the person is called in a register, and the sources that are theirs."""
    for login, (name, sources) in _OWNERS.items():
        yield _staff_id(login), f"{name}（{login}、{place_of(Section.DATA_OWNER, None)}）", sources


async def register_demonstration_staff(db: Database, keys: Keys, file: Path, *, today: date) -> list[Credential]:
    """Register everybody with the credentials kept in `file`, which is made where it is missing. `db` is the login role `identity`."""
    persons = list(people(today))
    credentials_of = prepare_credentials(file, persons)
    for person in persons:
        credential = credentials_of[person.login]
        staff_id = _staff_id(person.login)
        await register_staff(db, keys, person, password=credential.password, totp_secret=credential.totp_secret, staff_id=staff_id)
    return list(credentials_of.values())


def _staff_id(login: str) -> StaffId:
    """Invented people have the same ids in every run, so that two runs can be compared down to their audit logs."""
    return StaffId(Identifiers(b"demonstration").derive("staff", login))


def prepare_credentials(file: Path, persons: Sequence[Person]) -> dict[str, Credential]:
    """
    Return everybody's credentials by login, and keep them in `file`, readable by its owner only.

    Those that are there already are used again, so that a telephone that was enrolled stays enrolled.
    """
    known = {credential.login: credential for credential in read_credentials(file)} if file.exists() else {}
    all_credentials = {person.login: known.get(person.login) or _credential(person) for person in persons}
    _write(file, list(all_credentials.values()))
    return all_credentials


def read_credentials(file: Path) -> list[Credential]:
    """Return the credentials kept in `file`. Raises FileNotFoundError where no demonstration was set up."""
    return [Credential(**each) for each in json.loads(file.read_text(encoding="utf-8"))]


def _credential(person: Person) -> Credential:
    place = place_of(person.section, person.ward)
    return Credential(person.login, person.name, place, credentials.new_password(), credentials.new_totp_secret())


def _write(file: Path, all_credentials: list[Credential]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fields = Credential.__dataclass_fields__
    text = json.dumps([{name: getattr(each, name) for name in fields} for each in all_credentials], ensure_ascii=False, indent=1)
    # Made private before it holds anything.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as writing:
        file.chmod(0o600)
        writing.write(text)
