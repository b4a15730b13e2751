"""Builders of what ingest says to the linker, and a small city of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

import asyncpg

from contracts.ids import EventId, HoldId
from contracts.messages import Message, RecordAccepted, RecordHeldBack, RecordVoided
from contracts.values import ServiceName, Source
from infra.clock import Clock
from infra.testing.fixtures import Database, announced, unit_of_work
from services.linker.handlers import on_parcel

Event = RecordAccepted | RecordVoided

REGISTER = Source.RESIDENT_REGISTRY
HEALTH = Source.MATERNAL_CHILD_HEALTH
WELFARE = Source.PUBLIC_ASSISTANCE
NOW = datetime(2026, 4, 1, tzinfo=UTC)
_SPACE = UUID("0d6f0e0e-7a57-8c1e-8f3a-2d8a54a1c0de")


def accepted(source: Source, event_type: str, record: str, data: dict[str, Any], *, on: str, revision: int = 1) -> RecordAccepted:
    return RecordAccepted(
        event_id=_event_id(source, event_type, record, revision),
        occurred_at=NOW,
        source=source,
        event_type=event_type,
        record_id=record,
        revision=revision,
        effective_on=date.fromisoformat(on),
        recorded_at=datetime.fromisoformat(f"{on}T09:00:00+09:00"),
        person_no=data.get("mother_person_no") or data.get("person_no"),
        data=data,
    )


def voided(event: RecordAccepted, *, revision: int | None = None) -> RecordVoided:
    revision = revision or event.revision + 1
    return RecordVoided(
        event_id=_event_id(event.source, event.event_type, event.record_id, revision),
        occurred_at=NOW,
        source=event.source,
        event_type=event.event_type,
        record_id=event.record_id,
        revision=revision,
        effective_on=event.effective_on,
        recorded_at=event.recorded_at + timedelta(days=1),
        person_no=event.person_no,
    )


def held_back(name: str, person_no: str | None, *, held: bool = True) -> RecordHeldBack:
    return RecordHeldBack(
        event_id=EventId(uuid5(_SPACE, f"held {name} {held}")),
        occurred_at=NOW,
        hold_id=HoldId(uuid5(_SPACE, name)),
        source=HEALTH,
        person_no=person_no,
        held=held,
    )


def resident(
    number: str, born: str, record: str | None = None, *, on: str | None = None, revision: int = 1, **facts: Any
) -> RecordAccepted:
    data = {"person_no": number, "birth_date": born, "resident_from": born, "ward_code": "hakata", **facts}
    return accepted(REGISTER, "resident.changed", record or f"R-{number}", data, on=on or "2026-04-01", revision=revision)


def mother(number: str, household: str, **facts: Any) -> RecordAccepted:
    given = {"sex": "female", "household_no": household, "relationship_to_head": "spouse", "resident_from": "2015-04-01", **facts}
    return resident(number, given.pop("born", "1995-06-01"), **given)


def father(number: str, household: str, **facts: Any) -> RecordAccepted:
    given = {"sex": "male", "household_no": household, "relationship_to_head": "head", **facts}
    return resident(number, "1990-01-01", **given)


def child(number: str, born: str, household: str, **facts: Any) -> RecordAccepted:
    return resident(number, born, **{"sex": "male", "household_no": household, "relationship_to_head": "child", **facts})


def notified(number: str, mother_no: str, *, edd: str | None, on: str = "2025-10-06", **facts: Any) -> RecordAccepted:
    data = {"pregnancy_id": number, "mother_person_no": mother_no, "handbook_issued_on": on, "edd": edd, "gestational_weeks": 14, **facts}
    return accepted(HEALTH, "pregnancy.notified", f"N-{number}", data, on=on)


def ended(number: str, outcome: str, on: str, children: Sequence[str] = ()) -> RecordAccepted:
    data = {"pregnancy_id": number, "outcome": outcome, "ended_on": on, "child_person_nos": list(children) or None}
    return accepted(HEALTH, "pregnancy.ended", f"E-{number}", data, on=on)


def exam(kind: str, record: str, on: str, **facts: Any) -> RecordAccepted:
    return accepted(HEALTH, kind, record, {"exam_date": on, **facts}, on=on)


def checkup(number: str, kind: str, on: str, record: str | None = None, *, revision: int = 1) -> RecordAccepted:
    data = {"person_no": number, "checkup_type": kind, "exam_date": on}
    return accepted(HEALTH, "infant_checkup.recorded", record or f"K-{number}-{kind}", data, on=on, revision=revision)


def pupil(key: str, record: str | None = None, *, revision: int = 1, **said: Any) -> RecordAccepted:
    data = {"school_code": "S1", "pupil_key": key, "fiscal_year": 2026, "grade": 1, **said}
    return accepted(Source.PUPIL_REGISTRY, "pupil.registered", record or f"JS-{key}", data, on="2026-04-01", revision=revision)


def attendance(key: str, month: int, *, revision: int = 1) -> RecordAccepted:
    data = {"school_code": "S1", "pupil_key": key, "fiscal_year": 2026, "month": month, "school_days": 20, "absent_days": 2}
    on, record = f"2026-{month:02}-28", f"SK-{key}-{month}"
    return accepted(Source.SCHOOL_AFFAIRS, "attendance.month_reported", record, data, on=on, revision=revision)


def allowance(
    recipient: str, children: Sequence[str], record: str = "JF-1", *, on: str = "2026-04-01", revision: int = 1, **facts: Any
) -> RecordAccepted:
    data = {"recipient_no": recipient, "child_no": list(children), "kind": "child", "entitled_from": on, **facts}
    return accepted(Source.CHILD_ALLOWANCES, "allowance.entitlement_changed", record, data, on=on, revision=revision)


def welfare(number: str, case: str, started: str, **facts: Any) -> RecordAccepted:
    data = {"case_id": case, "person_no": number, "started_on": started, **facts}
    return accepted(WELFARE, "public_assistance.member_changed", f"W-{case}-{number}", data, on=started)


def protection(number: str, since: str, covered: Sequence[str], opponents: Sequence[str], *, revision: int = 1) -> RecordAccepted:
    data = {"person_no": number, "from": since, "to": None, "covered_persons": list(covered), "opponent_person_nos": list(opponents)}
    return accepted(REGISTER, "resident.protection_measure", f"P-{number}", data, on=since, revision=revision)


async def hear(pool: asyncpg.Pool, clock: Clock, *events: Event | RecordHeldBack, partitions: int = 1) -> list[Message]:
    """Hand a parcel to the linker as the runtime would; return what it said of this parcel."""
    already = len(await announced(pool))
    async with unit_of_work(pool, ServiceName.LINKER, clock, partitions=partitions) as work:
        outcomes = await on_parcel(work, events)
        assert not outcomes
    return (await announced(pool))[already:]


async def forget_everything(database: Database) -> None:
    admin = await asyncpg.connect(database.admin_url)
    tables = await admin.fetchval("select string_agg(format('linker.%I', tablename), ',') from pg_tables where schemaname = 'linker'")
    await admin.execute(f"truncate {tables}")
    await admin.close()


def drawing(seed: int) -> Random:
    return Random(seed)  # noqa: S311 -- the city is drawn again from its seed, so it must be foreseeable


def city(rng: Random, families: int) -> list[Event]:
    """A city in which everything happens that linking must bear: twins, late files, moves, corrections, reused numbers, …"""
    return [*(event for number in range(families) for event in _family(rng, number)), checkup("nobody", "4m", "2026-03-20")]


def _family(rng: Random, number: int) -> list[Event]:
    home, father_no, mother_no = f"H{number}", f"F{number}", f"M{number}"
    born = date(2024, 1, 1) + timedelta(days=rng.randrange(800))
    children = [f"C{number}-{each}" for each in range(rng.choice((1, 1, 2)))]
    told: list[Event] = [
        resident(father_no, "1990-01-01", sex="male", household_no=home, relationship_to_head="head", name=f"父{number}"),
        mother(mother_no, home, name=f"母{number}"),
        *(child(each, born.isoformat(), home, name=each) for each in children),
    ]
    due = born + timedelta(days=rng.randrange(-15, 60))
    pregnancy = f"P{number}"
    told.append(
        notified(pregnancy, mother_no, edd=due.isoformat() if rng.random() < 0.8 else None, on=(due - timedelta(days=190)).isoformat())
    )
    if rng.random() < 0.6:
        outcome = rng.choice(("live_birth", "live_birth", "stillbirth"))
        told.append(ended(pregnancy, outcome, born.isoformat(), children if rng.random() < 0.5 else ()))
    told += _exams(rng, number, mother_no, pregnancy, born)
    told += [checkup(each, "4m", (born + timedelta(days=140)).isoformat()) for each in children if rng.random() < 0.8]
    told += _happenings(rng, number, told, children)
    return told + _at_school(drawing(number), number, told, children) + _in_care(drawing(number + 1000), number, children)


def _exams(rng: Random, number: int, mother_no: str, pregnancy: str, born: date) -> list[Event]:
    told: list[Event] = []
    for each in range(3):
        on = (born - timedelta(days=40 * each + 5)).isoformat()
        whose: dict[str, Any] = rng.choice(
            ({"pregnancy_id": pregnancy}, {"mother_person_no": mother_no}, {"pregnancy_id": pregnancy, "mother_person_no": mother_no})
        )
        told.append(exam("prenatal_exam.recorded", f"X{number}-{each}", on, **whose))
    after = (born + timedelta(days=20)).isoformat()
    told.append(exam("postpartum_checkup.recorded", f"Y{number}", after, mother_person_no=mother_no, epds_total=rng.randrange(15)))
    return told


def _happenings(rng: Random, number: int, told: list[Event], children: list[str]) -> list[Event]:
    home, mother_no, first = f"H{number}", f"M{number}", children[0]
    more: list[Event] = []
    if rng.random() < 0.3:
        more += _flight(number, told, children)
    if rng.random() < 0.2:
        gone = child(
            first, _born(told, first), home, record=f"R3-{first}", on="2026-03-01", resident_to="2026-03-01", change_reason="move_out"
        )
        more += [gone, voided(gone)] if rng.random() < 0.5 else [gone]
    if rng.random() < 0.2:
        more.append(resident(mother_no, "2001-09-09", record=f"R4-{mother_no}", on="2026-03-05", sex="male", name="別人"))
    if rng.random() < 0.3:
        more += [welfare(each, f"S{number}", "2026-01-10") for each in (mother_no, *children)]
    if rng.random() < 0.2:
        more.append(checkup(first, "4m", "2026-03-20", revision=2))
    if rng.random() < 0.1:
        more.append(accepted(Source.DISABILITY, "disability.certificate_changed", f"D{number}", {"person_no": first}, on="2026-01-01"))
    if rng.random() < 0.1:
        more.append(voided(next(each for each in told if isinstance(each, RecordAccepted) and each.event_type == "pregnancy.notified")))
    if rng.random() < 0.1:
        more.append(voided(next(each for each in told if isinstance(each, RecordAccepted) and each.record_id == f"R-{first}")))
    return more + _numbers_that_go_astray(rng, number, told, first)


def _numbers_that_go_astray(rng: Random, number: int, told: Sequence[Event], first: str) -> list[Event]:
    more: list[Event] = []
    entry = next(each for each in told if isinstance(each, RecordAccepted) and each.record_id == f"R-{first}")
    if rng.random() < 0.2:
        more += [
            checkup(f"00{first}", "18m", "2026-03-21", f"Z{number}"),
            exam("prenatal_exam.recorded", f"Z{number}", "2024-01-01", pregnancy_id=f"P{number}", mother_person_no=f"0M{number}"),
        ]
    if rng.random() < 0.1:
        more.append(exam("prenatal_exam.recorded", f"V{number}", "2024-01-01", pregnancy_id=f"00P{number}"))
    if rng.random() < 0.15:
        renumbered = {**entry.data, "person_no": f"new{first}"}
        revision = entry.revision + rng.choice((2, 5))
        record = entry.record_id if rng.random() < 0.5 else f"R9-{first}"
        more.append(accepted(REGISTER, "resident.changed", record, renumbered, on="2026-03-22", revision=revision))
        if record != entry.record_id or rng.random() < 0.5:
            more.append(voided(entry, revision=revision - 1))
        more.append(checkup(f"new{first}", "18m", "2026-03-22", f"N{number}"))
    if rng.random() < 0.1:
        again = accepted(
            REGISTER,
            "resident.changed",
            rng.choice((entry.record_id, f"R8-{first}")),
            {**entry.data, "birth_date": "2019-07-07", "name": "別人"},
            on="2026-03-23",
            revision=9,
        )
        more += [again, voided(entry, revision=8)]
    if rng.random() < 0.1:
        more.append(notified(f"Q{number}", f"00M{number}", edd="2026-09-01"))
        more.append(exam("prenatal_exam.recorded", f"Q{number}", "2026-05-01", pregnancy_id=f"Q{number}"))
    return more


def _flight(number: int, told: Sequence[Event], children: Sequence[str]) -> list[Event]:
    refuge, mother_no = f"H{number}b", f"M{number}"
    away = {"on": "2026-02-01", "ward_code": "nishi", "change_reason": "move_within"}
    moved = [child(each, _born(told, each), refuge, record=f"R2-{each}", **away) for each in children]
    gone = mother(mother_no, refuge, record=f"R2-{mother_no}", relationship_to_head="head", **away)
    return [gone, *moved, protection(mother_no, "2026-02-01", children, [f"F{number}"])]


def _at_school(rng: Random, number: int, told: Sequence[Event], children: Sequence[str]) -> list[Event]:
    """Lists of pupils, and what is told of them: without a number, with a strange one, of two children, corrected, taken back."""
    more: list[Event] = []
    for each in children:
        said: dict[str, Any] = {"person_no": each, "birth_date": _born(told, each), "name": each}
        listed = pupil(f"G{each}", **(said if rng.random() < 0.8 else {"name": each}))
        more += [listed, attendance(f"G{each}", 5), attendance(f"G{each}", 6)]
        if rng.random() < 0.2:
            more.append(pupil(f"G{each}", f"JX-{each}", **said | {"person_no": rng.choice((f"M{number}", f"00{each}", f"new{each}"))}))
        if rng.random() < 0.2:
            more.append(pupil(f"G{each}", revision=2, **said | {"person_no": children[0], "birth_date": _born(told, children[0])}))
        if rng.random() < 0.1:
            more.append(voided(listed, revision=3))
        if rng.random() < 0.1:
            more.append(voided(attendance(f"G{each}", 6)))
    return [*more, attendance(f"nobody{number}", 5)]


def _in_care(rng: Random, number: int, children: Sequence[str]) -> list[Event]:
    """Lists of children in care: of a parent or of nobody, with strange numbers, grown, corrected, taken back."""
    mother_no, grown = f"M{number}", [*children, f"nobody{number}"]
    listed = allowance(rng.choice((mother_no, f"F{number}")), children[:1], f"JT{number}")
    more: list[Event] = [listed, allowance(mother_no, rng.choice((children, grown)), f"JF{number}", kind="child_rearing")]
    if rng.random() < 0.3:
        more.append(allowance(mother_no, grown, f"JT{number}", revision=2))
    if rng.random() < 0.3:
        strange = rng.choice((f"00{children[0]}", f"new{children[0]}", f"0M{number}"))
        more.append(allowance(rng.choice((mother_no, f"0M{number}", f"elsewhere{number}")), [strange, *children], f"JS{number}"))
    if rng.random() < 0.1:
        more.append(voided(listed, revision=3))
    if rng.random() < 0.3:
        loan = {"person_no": mother_no, "valid_from": "2026-01-01", "status": "active"} | rng.choice(({}, {"child_no": children}))
        more.append(accepted(Source.SINGLE_PARENT_LOAN, "loan.changed", f"KS{number}", loan, on="2026-01-01"))
    return more


def _born(told: Sequence[Event], number: str) -> str:
    return next(str(each.data["birth_date"]) for each in told if isinstance(each, RecordAccepted) and each.data.get("person_no") == number)


def _event_id(source: Source, event_type: str, record: str, revision: int) -> EventId:
    return EventId(uuid5(_SPACE, f"{source}/{event_type}/{record}/{revision}"))
