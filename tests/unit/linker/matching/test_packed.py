"""A register that is kept as bytes gives back everybody as they were, and decides as one that is kept as objects."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.matching.blocking import Key, elder_keys, keys, other_keys
from services.linker.domain.matching.deciding import decide, read, weighed
from services.linker.domain.matching.households import with_households
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.packed import Packed
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Scale
from services.linker.domain.normalising import Raw, normalised
from tests.unit.linker.matching.population import city

texts = st.text(max_size=30) | st.text(alphabet="山田ヤマダ ・-0123456789年月日町丁目番号\0\1\x1f\n\ud800AB", max_size=30)
raws = st.builds(Raw, **dict.fromkeys(Raw.__slots__, texts))


@given(st.lists(st.tuples(texts, raws, st.booleans()), max_size=4))
def test_whoever_is_packed_comes_back_as_they_were(people: list[tuple[str, Raw, bool]]) -> None:
    rows = [(number, replace(profile(normalised(raw)), brings_up=elder)) for number, raw, elder in people]

    packed = Packed(rows)

    assert [(packed.number(row), packed.profile(row)) for row in range(len(packed))] == rows


def test_what_is_decided_in_bulk_is_what_the_pure_functions_decide() -> None:
    made = city(23, families=1_200, corruption=0.4)
    came = [(person.number, profile(normalised(person.raw))) for person in made.people]
    plain = list(with_households([person for _, person in came]))
    register = Register(iter(came))
    scale = Scale(IN_USE, register, people=len(register))
    rows = _by_key(plain)
    assert len(made.entries) > 2_000

    for entry in made.entries:
        record, slipped = read(entry.raw)
        found = _among(plain, record, rows)
        in_bulk = decide(record, weighed(record, register.alike(record).items(), scale), scale, slipped=slipped)
        assert in_bulk == decide(record, weighed(record, found.items(), scale), scale, slipped=slipped)


def _by_key(people: list[Profile]) -> dict[Key, set[int]]:
    rows: dict[Key, set[int]] = {}
    for row, person in enumerate(people):
        for key in keys(person):
            rows.setdefault(key, set()).add(row)
    return rows


def _among(people: list[Profile], record: Profile, rows: Mapping[Key, set[int]]) -> dict[int, Profile]:
    sure = set[int]().union(*(rows.get(key, ()) for key in keys(record)))
    named = any(
        record.birth is not None
        and record.birth == people[row].birth
        and any(one and one == other for one, other in ((record.given, people[row].given), (record.given_kana, people[row].given_kana)))
        for row in sure
    )
    found = sure if named else sure.union(*(rows.get(key, ()) for key in other_keys(record)))
    others = [each for row in found if (each := people[row]).town == record.town and each.guardians and record.guardians]
    moved = [each for row in found if record.numbers and (each := people[row]).numbers and _house(each) != _house(record)]
    called_alike = [each for each in moved if _givens(record) & _givens(each)]
    if any(not (record.guardians & each.guardians) for each in others) or any(record.guardians & each.guardians for each in called_alike):
        found = found.union(*(rows.get(key, ()) for key in elder_keys(record)))
    return {row: people[row] for row in found}


def _house(side: Profile) -> tuple[str, ...]:
    return (side.town, *side.numbers)


def _givens(side: Profile) -> set[tuple[str, str]]:
    """Signs and reading, each by itself: the one is never the other."""
    return {("signs", side.given), ("reading", side.given_kana)} - {("signs", ""), ("reading", "")}
