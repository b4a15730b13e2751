"""Names of wards, sections, roles and services: one table each, and nobody without a name."""

from enum import StrEnum

import pytest

from contracts import words
from contracts.catalogue import ENUMS
from contracts.values import Role, Section, ServiceName, Ward


@pytest.mark.parametrize(
    ("table", "kind"), [(words.WARDS, Ward), (words.SECTIONS, Section), (words.ROLES, Role), (words.SERVICES, ServiceName)]
)
def test_everything_has_a_name(table: dict[StrEnum, str], kind: type[StrEnum]) -> None:
    assert list(table) == list(kind)
    assert all(table.values())


def test_a_place_reads_as_ward_and_section() -> None:
    assert words.place_of(Section.HEALTH, Ward.HAKATA) == "博多区 健康課"
    assert words.place_of(Section.CHILD_FAMILY_DIVISION, None) == "こども家庭課"


def test_sources_may_write_a_ward_as_our_pages_do() -> None:
    assert {name: ENUMS["ward"].spellings[name] for name in words.WARDS.values()} == {name: ward for ward, name in words.WARDS.items()}
