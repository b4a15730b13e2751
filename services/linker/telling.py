"""Save what was decided and say it, each with the version that its hearers know it by."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

import structlog

from contracts.ids import PersonId, SchoolId, WelfareCaseId
from contracts.kinds import EventKind
from contracts.messages import RecordLinked
from contracts.values import Source
from infra.telemetry import current_traceparent
from infra.work import UnitOfWork
from services.linker import announcements as say
from services.linker import saving
from services.linker.change import Change
from services.linker.domain.care import care_of
from services.linker.domain.person import Person
from services.linker.domain.records import LinkState, Naming, Record
from services.linker.stored import Decided, KnownPerson

log = structlog.get_logger()


async def protect(work: UnitOfWork, change: Change) -> None:
    """Save and say protection measures, before anything else: an address that moved must find them (S07)."""
    await saving.save_measures(work.db, list(change.measures.values()))
    for key, each in change.measures.items():
        # On every partition: whoever is covered may be told of on another one than the applicant.
        work.announce_everywhere(say.protection_changed(each.measure_id, each.version, each.measure, change.cause_of(key), work.now))


async def save_persons(work: UnitOfWork, change: Change) -> None:
    """Save and tell of the persons whose entry changed."""
    rows: list[tuple[Person, int, int]] = []
    for person_id, person in change.people.items():
        known = change.known.get(person_id)
        version = _next_version(person_id, change)
        identity = _next(known.identity_version if known else 0, changed=known is None or _identity(person) != _identity_known(known))
        rows.append((person, version, identity))
    versions = await saving.save_persons(work.db, rows, {key: number for key, (number, _) in change.households.items()})
    for person, version, _ in rows:
        if version != _version_of(change.known.get(person.person_id)):
            cause = change.cause(person.person_id)
            work.announce(
                say.person_changed(person, version, change.facts_said.get(person.person_id, 0), cause, work.now), key=str(person.person_id)
            )
    for person, _, identity in rows:
        known = change.known.get(person.person_id)
        if identity != (known.identity_version if known else 0):
            cause = change.cause(person.person_id)
            work.announce(say.person_identified(person, identity, cause, work.now), key=str(person.person_id))
    for household_id, (number, cause) in sorted(change.households.items()):
        members = [each for each in change.homes.get(household_id, ()) if each.person_id not in change.unlisted[household_id]]
        message = say.household_changed(household_id, number, versions[household_id], members, cause, work.now)
        work.announce(message, key=str(household_id))


def _next_version(person_id: PersonId, change: Change) -> int:
    """Return the version of a person after this parcel; 0 of whom the parcel tells nothing."""
    person, known = change.people.get(person_id), change.known.get(person_id)
    if person is None:
        return 0
    return _next(_version_of(known), changed=known is None or _public(person) != _public_known(known))


def _version_of(known: KnownPerson | None) -> int:
    return known.version if known is not None else 0


def _next(version: int, *, changed: bool) -> int:
    return version + 1 if changed else version


def _public(person: Person) -> tuple[Any, ...]:
    return (person.exists, person.birth_date, person.sex, person.household_id, person.residence, person.birth_precision, person.moves)


def _public_known(known: KnownPerson) -> tuple[Any, ...]:
    return (known.registered, known.birth_date, known.sex, known.household_id, known.residence, known.birth_precision, known.moves)


def _identity(person: Person) -> tuple[Any, ...]:
    return (person.person_no, person.name, person.kana, person.address_code)


def _identity_known(known: KnownPerson) -> tuple[Any, ...]:
    return (known.person_no, known.name, known.kana, known.address_code)


async def save_kinship(work: UnitOfWork, change: Change) -> None:
    """Save pregnancies and births, and tell of the kinship that changed."""
    known = [each for key, each in change.pregnancies.items() if each is not None and each != change.old_pregnancies.get(key)]
    gone = [key for key in change.old_pregnancies if change.pregnancies.get(key) is None]
    await saving.save_pregnancies(work.db, known, gone)
    versions = await saving.save_births(work.db, work.now, change.births, change.old_births)
    for child, birth in change.births.items():
        concerned_things = [thing for each in birth.links for thing in (each.pregnancy_id, each.mother_id) if thing is not None]
        cause = change.cause(child, *concerned_things)
        work.announce(say.kinship_changed(child, versions[child], birth, change.facts_said, cause, work.now), key=str(child))


def people_told_of(change: Change) -> set[PersonId]:
    """Whom this parcel tells of."""
    named = (mother for birth in change.births.values() for mother in (birth.mother_id, *(each.mother_id for each in birth.links)))
    return change.people.keys() | {mother for mother in named if mother is not None}


def _welfare_case(record: Record, naming: Naming) -> WelfareCaseId | None:
    number = (record.data or {}).get("case_id") if record.key.source is Source.PUBLIC_ASSISTANCE else None
    return naming.welfare_case(str(number)) if number else None


def _school(record: Record, naming: Naming) -> SchoolId | None:
    code = (record.data or {}).get("school_code") if record.key.event_type == EventKind.ATTENDANCE_MONTH_REPORTED else None
    return naming.school(str(code)) if code else None


async def save_links(work: UnitOfWork, change: Change) -> dict[PersonId, int]:
    """Save what became of the records and say their facts. Returns how many were said so far of whom, and of whom this parcel tells."""
    saved: list[Decided] = []
    held_up: list[Record] = []
    said: Counter[PersonId] = Counter()
    trace = current_traceparent()
    versions = {person_id: _next_version(person_id, change) for person_id in change.people}
    for key, link in sorted(change.links.items(), key=itemgetter(0)):
        record, before = change.records[key], change.held.get(key)
        fresh = key in change.fresh and key not in change.late
        if not fresh and before is not None and before.link == link:
            continue
        was = before.link if before is not None else None
        case_id = _welfare_case(record, change.naming)
        facts = say.facts_of(
            record,
            was,
            link,
            work.now,
            case_id=case_id,
            care=care_of(record, change.naming),
            school_id=_school(record, change.naming),
            fresh=fresh,
            version_of=lambda who: versions.get(who, 0),
            trace=trace,
        )
        for fact in facts:
            work.announce_written(RecordLinked, fact.text, key=str(fact.person_id), traceparent=trace)
            said.update(fact.reaches)
        decided = record.decided(link, record.said + len(facts))
        saved.append(Decided(decided, before, work.now))
        if link.is_held_up or (was is not None and was.is_held_up):
            held_up.append(decided)
    told = await saving.save_records(work.db, saved, said, people_told_of(change))
    await _tell_held_up(work, held_up)
    _log(each.record for each in saved)
    return told


async def _tell_held_up(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Tell the sources' side which records are held up on their way to a person, and which are not any more."""
    versions = await saving.count_held_up(work.db, [record.key for record in records])
    for record in records:
        work.announce(say.linking_held_up(record, versions[record.key], work.now), key="|".join(record.key))


def _log(records: Iterable[Record]) -> None:
    for (event_type, reason), count in Counter(_why_in_review(records)).items():
        log.info("linker.records_in_review", event_type=event_type, reason=reason, records=count)


def _why_in_review(records: Iterable[Record]) -> Iterator[tuple[str, str | None]]:
    for record in records:
        if record.link is not None and record.link.state is LinkState.REVIEW:
            yield record.key.event_type, record.link.reason
