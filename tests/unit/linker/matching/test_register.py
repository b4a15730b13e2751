"""The register's index finds whoever a plain dictionary of keys finds, and its weights are the sum of what is claimed."""

from collections import defaultdict
from collections.abc import Iterable

import pytest

from services.linker.domain.matching.blocking import Key, elder_keys, keys, other_keys
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.levels import Field
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Scale, total_bits
from services.linker.domain.normalising import Raw, normalised
from tests.unit.linker.matching.population import city

CROWD = 200


def side(**known: str) -> Profile:
    return profile(normalised(Raw(**known)))


def register_of(people: Iterable[Profile]) -> Register:
    return Register((str(number), person) for number, person in enumerate(people))


def plainly(register: Register) -> dict[Key, set[int]]:
    """Return the rows under each key, without those of a crowd."""
    rows = defaultdict(set)
    for row, person in enumerate(register.profiles):
        for key in keys(person):
            rows[key].add(row)
    return {key: found for key, found in rows.items() if len(found) < CROWD}


@pytest.mark.parametrize("families", [1, 3, 700])
def test_candidates_are_those_who_share_a_key(families: int) -> None:
    made = city(21, families=families, corruption=0.3)
    register = register_of(profile(normalised(person.raw)) for person in made.people)
    rows = plainly(register)

    for entry in made.entries:
        record = profile(normalised(entry.raw))
        sure = set().union(*(rows.get(key, set()) for key in keys(record)))
        tried = set().union(*(rows.get(key, set()) for key in other_keys(record)))
        elders = set().union(*(rows.get(key, set()) for key in elder_keys(record)))
        assert register.candidates(record) in (sure, sure | tried, sure | elders, sure | tried | elders)
        assert register.candidates(record) >= sure


@pytest.mark.parametrize(("people", "found"), [(CROWD - 1, CROWD - 1), (CROWD, 0), (CROWD + 1, 0)])
def test_a_key_that_a_crowd_shares_says_nothing(people: int, found: int) -> None:
    crowd = [side(family="佐藤", birth_date="2019-04-01") for _ in range(people)]
    others = [side(family="山田", given="花", birth_date=f"{year}-04-01") for year in range(1950, 2018)]

    register = register_of([*others, *crowd])

    assert len(register.candidates(side(family="佐藤", birth_date="2019-04-01"))) == found


def test_family_guardian_and_year_find_a_child_whose_given_name_and_day_are_wrong() -> None:
    child = {"family": "佐藤", "family_kana": "サトウ", "given": "幸市", "given_kana": "コウイチ", "birth_date": "2019-12-14"}
    register = register_of(
        [side(**child, guardian="佐藤 陸"), side(**child | {"family": "鈴木", "family_kana": "スズキ"}, guardian="鈴木 陸")]
    )
    wrong = {"family_kana": "サトウ", "given_kana": "コウウイチ", "birth_date": "2019-07-14"}

    assert register.candidates(side(**wrong, guardian="佐藤 陸")) == {0}
    assert register.candidates(side(**wrong, guardian="佐藤 海")) == set()


def test_an_empty_index_and_a_single_person_are_looked_into() -> None:
    record = side(family="佐藤", given="花", birth_date="2019-04-01")

    assert register_of([record]).candidates(record) == {0}
    assert register_of([side(family="山田", given="葵")]).candidates(record) == set()


def test_a_weight_is_what_its_claims_say() -> None:
    made = city(22, families=200, corruption=0.3)
    register = register_of(profile(normalised(person.raw)) for person in made.people)
    scale = Scale(IN_USE, register, people=len(register))

    for entry in made.entries:
        record = profile(normalised(entry.raw))
        for row in register.candidates(record):
            levels = compared(record, register.profiles[row])
            claims = scale.claims(levels, register.profiles[row])
            assert [(claim.field, claim.level) for claim in claims] == list(zip(Field, levels.levels, strict=True))
            assert scale.weight(levels, register.profiles[row]) == pytest.approx(total_bits(claims, scale.prior_bits))
