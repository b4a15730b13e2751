"""The linker's own arithmetic is Splink's, and what Splink learns from unlabelled files is of use."""

import tomllib

import pytest

from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Scale, model_of
from services.linker.domain.normalising import normalised
from services.linker.evaluation import febrl, splinked, training
from tests.unit.linker.matching.population import city

PAIRS = 40_000


def drawn(seed: int, families: int) -> tuple[Register, dict[str, Profile]]:
    """Return the register and the records of a small city."""
    made = city(seed, families=families, corruption=0.2)
    register = Register((person.number, profile(normalised(person.raw))) for person in made.people)
    return register, {entry.id: profile(normalised(entry.raw)) for entry in made.entries}


@pytest.mark.filterwarnings("ignore")  # of Splink's, about itself
def test_forty_thousand_pairs_weigh_what_splink_says() -> None:
    register, records = drawn(5, families=900)
    scale = Scale(IN_USE, register, people=len(register))
    blocks = [
        "l.year = r.year and l.day = r.day",
        "l.family_kana = r.family_kana",
        "l.town = r.town and l.month = r.month",
        "l.given = r.given",
    ]
    linker = splinked.linker(register, records, model=IN_USE, blocks=blocks)

    pairs = linker.inference.predict().as_record_list(limit=PAIRS)

    assert len(pairs) == PAIRS
    assert max(abs(_ours(pair, register, records, scale) - pair["match_weight"]) for pair in pairs) < 1e-6


def _ours(pair: dict[str, str], register: Register, records: dict[str, Profile], scale: Scale) -> float:
    sides = pair["unique_id_l"], pair["unique_id_r"]
    record, number = sides if sides[0] in records else sides[::-1]
    row = register.row_of(number)
    assert row is not None
    person = register.profiles[row]
    return scale.weight(compared(records[record], person), person)


@pytest.mark.parametrize(("number", "least"), [(4, 0.9999), (3, 0.9986)])
def test_the_people_of_another_country_are_linked_by_weights_that_are_learned_from_them(number: int, least: float) -> None:
    found = febrl.linked(number)

    assert round(found.f1, 4) >= least
    assert found.precision > 0.9999


@pytest.mark.filterwarnings("ignore")
def test_weights_are_learned_without_knowing_who_is_who() -> None:
    register, records = drawn(6, families=500)

    learned = training.trained(register, records, start=IN_USE, version="learned", pairs=2e5, seed=1)

    weights = learned.weights
    assert weights[Field.BIRTH, Level.EQUAL].bits > 6
    assert weights[Field.GIVEN, Level.KANJI].bits > 4
    assert weights[Field.GIVEN, Level.OTHER].bits < -3
    assert weights[Field.BIRTH, Level.OTHER].m < training.MOST_OTHER_BIRTHS
    assert weights[Field.GIVEN, Level.LATIN] == IN_USE.weights[Field.GIVEN, Level.LATIN]
    again = model_of(tomllib.loads(training.as_toml(learned, "Learned.")))
    assert again.version == "learned"
    assert again.weights[Field.BIRTH, Level.EQUAL].m == pytest.approx(weights[Field.BIRTH, Level.EQUAL].m)
