"""The register (住民記録): every entry that a resident ever had, and who is protected from whom."""

from collections.abc import Iterator
from typing import Any

from contracts.kinds import EventKind, Source
from contracts.values import Sex
from infra.city.families import WARD_CODES
from infra.city.population import Family, Protection, Resident, Statement
from infra.city.sources.pen import Pen, Placed

IN_JAPANESE = 0.3
"""Entries that have sex and ward in the register's own words."""


def tell(pen: Pen, number: int, family: Family) -> Iterator[Placed]:
    """The register's events about family `number`."""
    for resident in family.residents:
        yield from _resident(pen, number, resident)
    if family.protection is not None:
        yield _protection(pen, number, family.protection)


def _resident(pen: Pen, number: int, resident: Resident) -> Iterator[Placed]:
    place = number + pen.rng.random()
    for position, statement in enumerate(resident.statements):
        record = f"J-{resident.person_no}-{position + 1}"
        data = resident_data(resident, statement, japanese=pen.rng.random() < IN_JAPANESE)
        event = pen.event(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED, record, statement.effective_on, data)
        yield Placed(place + position * 0.01, event)


def resident_data(resident: Resident, statement: Statement, *, japanese: bool) -> dict[str, Any]:
    """What the register says of a resident in one entry."""
    return {
        "person_no": resident.person_no,
        "name": statement.name,
        "kana": statement.kana,
        "birth_date": resident.birth_date.isoformat(),
        "sex": _sex(resident.sex, japanese=japanese),
        "household_no": statement.household_no,
        "relationship_to_head": statement.relationship,
        "address_code": statement.town,
        "ward_code": statement.ward.value if japanese else WARD_CODES[statement.ward],
        "resident_from": statement.resident_from.isoformat(),
        **({"resident_to": statement.resident_to.isoformat()} if statement.resident_to else {}),
        "change_reason": statement.reason,
    }


def _protection(pen: Pen, number: int, measure: Protection) -> Placed:
    data = {
        "person_no": measure.applicant_no,
        "from": measure.valid_from.isoformat(),
        "to": measure.valid_to.isoformat(),
        "covered_persons": list(measure.covered_nos),
        "opponent_person_nos": list(measure.opponent_nos),
    }
    record = f"DV-{measure.applicant_no}"
    event = pen.event(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_PROTECTION_MEASURE, record, measure.valid_from, data)
    return Placed(number + pen.rng.uniform(-1, 3), event)


def _sex(sex: Sex, *, japanese: bool) -> str:
    return {Sex.MALE: "男", Sex.FEMALE: "女"}.get(sex, "unknown") if japanese else sex.value
