"""What agreement weighs, and who is found at all."""

from dataclasses import replace

import pytest

from services.linker.domain.matching import models
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.matching.models import IN_USE, NoSuchModel
from services.linker.domain.matching.profiles import profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import LEVELS, ModelIncomplete, Scale, model_of, total_bits
from services.linker.domain.normalising import Raw, normalised
from tests.unit.linker.matching.pairs import HANAKO, STRANGERS, YUI, about

RARE = replace(YUI, family="小鳥遊", family_kana="タカナシ")
FOUND_BY = {
    "the reading alone": about(family="", given="", address="", guardian="", birth_date="2014-05-01"),
    "month and day in each other's place": about(birth_date="2014-01-05", address="", guardian=""),
    "an era too early": about(birth_date="1984-05-01", address="", guardian="", family=""),
    "family and given name in each other's place": about(
        family="結衣", given="山田", family_kana="", given_kana="", address="", guardian="", birth_date="2014-05-01"
    ),
    "another family name": about(family="鈴木", family_kana="スズキ", address="", guardian=""),
    "no birth date": about(birth_date=""),
    "another given name": about(given="桜", given_kana="サクラ"),
}


def register_of(*people: Raw) -> Register:
    """Return a register of these people beside strangers."""
    return Register((str(place), profile(normalised(raw))) for place, raw in enumerate([*people, *STRANGERS]))


@pytest.mark.parametrize("record", FOUND_BY.values(), ids=FOUND_BY)
def test_a_person_is_found_by_what_a_record_has_right(record: Raw) -> None:
    assert 0 in register_of(YUI, HANAKO).candidates(profile(normalised(record)))


def test_nobody_is_found_by_a_birth_date_alone() -> None:
    other = Raw(family="石川", given="蓮", family_kana="イシカワ", given_kana="レン", birth_date=YUI.birth_date)

    assert register_of(YUI).candidates(profile(normalised(other))) == set()


def test_a_rare_name_weighs_more_than_a_common_one() -> None:
    register = register_of(RARE, *[replace(YUI, given=f"花{number}") for number in range(30)], YUI)
    scale = Scale(IN_USE, register, people=len(register))

    rare, common = (scale.bits(Field.FAMILY, Level.KANJI, profile(normalised(raw))) for raw in (RARE, YUI))

    assert rare > common + 4


def test_the_weight_is_the_sum_of_the_claims_and_the_prior() -> None:
    register = register_of(YUI, HANAKO)
    scale = Scale(IN_USE, register, people=len(register))
    person = register.profiles[0]
    levels = compared(profile(normalised(about(guardian=""))), person)

    assert scale.weight(levels, person) == pytest.approx(total_bits(scale.claims(levels, person), scale.prior_bits))


def test_every_table_of_weights_has_every_level() -> None:
    assert set(IN_USE.weights) == {(field, level) for field, levels in LEVELS.items() for level in levels}
    with pytest.raises(ModelIncomplete, match=r"given\.kanji"):
        model_of({"version": "half"})
    with pytest.raises(NoSuchModel):
        models.named("never-made")
