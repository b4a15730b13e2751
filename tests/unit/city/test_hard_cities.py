"""Cities that are difficult to link: the same for a seed, whatever draws them; what truth.csv says is so; the rates are those asked for."""

import ast
import csv
import io
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from math import sqrt
from pathlib import Path
from unicodedata import normalize

import pytest
from rich.console import Console

from infra.city.linkage import writing
from infra.city.linkage.first.slips import SLIPS
from infra.city.linkage.fourth.wrongs import WRONGS as OF_THE_FOURTH
from infra.city.linkage.second.wrong import WRONGS
from infra.city.linkage.tables import RECORD_HEAD, Part, Person, Record, Truth, Which
from infra.city.linkage.third.mistakes import MISTAKES as OF_THE_THIRD
from infra.city.linkage.writing import HEADS, POPULATIONS, Wish, write

FOLDER = Path(writing.__file__).parent
WISH = Wish(1_500, 7, hazards=3, processes=1)
MISTAKES = {
    Which.FIRST: {name for name, _, _ in SLIPS},
    Which.SECOND: set(WRONGS),
    Which.THIRD: set(OF_THE_THIRD),
    Which.FOURTH: set(OF_THE_FOURTH),
}
SIGMAS = 4.5

populations = pytest.mark.parametrize("population", list(Which))


def written(wish: Wish, to: Path) -> dict[str, str]:
    said = io.StringIO()
    write(wish, to, Console(file=said, width=200))
    assert "people/s" in said.getvalue()
    return {name: (to / name).read_text(encoding="utf-8") for name in HEADS}


@cache
def part(population: Which, persons: int = 12_000, corruption: float = 0.1) -> Part:
    return POPULATIONS[population].part(7, 0, persons, corruption)


@cache
def hazards(population: Which, kind: str, count: int = 60) -> Part:
    return POPULATIONS[population].hazard(7, kind, 1, count)


def each_hazard() -> list[tuple[Which, str]]:
    return [(which, kind) for which, population in POPULATIONS.items() for kind in population.hazards]


def about(share: float, of: int, found: int) -> bool:
    """Whether so many of them are within what chance allows."""
    return abs(found - share * of) <= SIGMAS * sqrt(of * share * (1 - share)) + 1


def reading(kana: str) -> str:
    """Full-width katakana."""
    return "".join(chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in normalize("NFKC", kana))


@populations
def test_one_seed_is_one_city_whatever_draws_it(population: Which, tmp_path: Path) -> None:
    wish = replace(WISH, persons=9_000, population=population)

    alone = written(wish, tmp_path / "alone")

    assert written(replace(wish, processes=3), tmp_path / "three") == alone
    assert written(replace(wish, seed=8), tmp_path / "other")["records.csv"] != alone["records.csv"]


@populations
def test_a_city_that_is_longer_begins_alike(population: Which, tmp_path: Path) -> None:
    whole = replace(WISH, persons=writing.PERSONS_PER_PART, population=population, hazards=0)

    one = written(whole, tmp_path / "one")
    two = written(replace(whole, persons=2 * writing.PERSONS_PER_PART), tmp_path / "two")

    assert all(two[name].startswith(one[name]) for name in HEADS)


@populations
def test_there_are_as_many_people_as_asked_for_and_no_number_or_id_is_there_twice(population: Which, tmp_path: Path) -> None:
    files = written(replace(WISH, persons=9_001, hazards=0, population=population), tmp_path)
    register, records, truth = (list(csv.DictReader(io.StringIO(text))) for text in files.values())

    assert 9_001 <= len(register) <= 9_001 * 1.002
    assert len({row["person_no"] for row in register}) == len(register)
    assert len({row["record_id"] for row in records}) == len(records)
    assert [row["record_id"] for row in truth] == [row["record_id"] for row in records]


@populations
def test_parts_side_by_side_have_no_number_in_common(population: Which) -> None:
    one, two = (POPULATIONS[population].part(7, number, writing.PERSONS_PER_PART, 0.1) for number in (4, 5))
    drawn = POPULATIONS[population]
    most = [drawn.hazard(7, kind, number, writing.CASES_PER_PART) for number, kind in enumerate(drawn.hazards, 6)]

    numbers = Counter(row.person_no for each in (one, two, *most) for row in each.register)
    ids = Counter(record.record_id for each in (one, two, *most) for record, _ in each.records)

    assert max(numbers.values()) == max(ids.values()) == 1


@populations
def test_every_person_that_a_record_is_said_to_be_about_is_in_the_register(population: Which) -> None:
    drawn = [part(population), *(hazards(population, kind) for kind in POPULATIONS[population].hazards)]

    for each in drawn:
        known = {row.person_no for row in each.register}
        assert {truth.person_no for _, truth in each.records if truth.person_no} <= known
        assert all(record.record_id == truth.record_id for record, truth in each.records)


@populations
@pytest.mark.parametrize("corruption", [0.0, 0.05, 0.2])
def test_so_many_records_are_wrong_as_asked_for(population: Which, corruption: float) -> None:
    kinds = [
        truth.kind for _, truth in part(population, 20_000, corruption).records if truth.person_no and truth.kind != "registered_twice"
    ]

    assert about(corruption, len(kinds), sum(kind in MISTAKES[population] for kind in kinds))


@populations
def test_one_record_of_twenty_is_about_nobody_of_the_register(population: Which) -> None:
    records = part(population, 20_000).records

    assert about(0.05, len(records), sum(not truth.person_no for _, truth in records))


@populations
def test_every_mistake_is_made(population: Which) -> None:
    made = {truth.kind for number in range(3) for _, truth in POPULATIONS[population].part(7, number, 8_000, 1.0).records}

    assert MISTAKES[population] - made == set()


@populations
def test_without_a_mistake_the_given_name_is_the_registers_in_signs_or_kana(population: Which) -> None:
    """Old forms of characters and half width aside."""
    found = part(population)
    register = {row.person_no: row for row in found.register}
    plain = [(record, register[truth.person_no]) for record, truth in found.records if truth.person_no and not truth.kind]

    same = sum(record.given == row.given or record.given_kana == row.given_kana for record, row in plain)

    assert same > 0.85 * len(plain)


@pytest.mark.parametrize(("population", "kind"), each_hazard())
def test_each_case_of_a_hazard_is_one_record_of_that_kind(population: Which, kind: str) -> None:
    assert [truth.kind for _, truth in hazards(population, kind).records] == [kind] * 60


@populations
def test_a_chimera_has_a_name_of_one_child_and_the_day_of_another(population: Which) -> None:
    found = hazards(population, "chimera")

    assert all(not truth.person_no for _, truth in found.records)
    assert all(record.given and record.birth_date for record, _ in found.records)


@populations
def test_nobody_of_a_hazards_home_is_called_as_somebody_else_of_it(population: Which) -> None:
    """Else a chimera of two siblings would be one of them."""
    found = hazards(population, "chimera", 400)
    named = Counter((row.household_no, row.given_kana) for row in found.register if row.guardian)

    assert max(named.values()) == 1


@populations
def test_no_two_children_of_a_family_are_written_or_read_as_one(population: Which) -> None:
    """No family register takes them, and a chimera of two who are would be one of them in every field."""
    drawn = [part(population, 20_000), hazards(population, "chimera", 400), hazards(population, "twin_mistyped")]
    children = [row for each in drawn for row in each.register if row.guardian]

    for name in ("given", "given_kana"):
        called = Counter((row.household_no, row.family, getattr(row, name)) for row in children if getattr(row, name))
        assert max(called.values()) == 1


@populations
def test_a_child_who_is_twice_in_the_register_has_two_rows_of_one_name_and_day(population: Which) -> None:
    found = hazards(population, "twice_in_register")
    rows = Counter((row.family_kana, row.given_kana, row.birth_date) for row in found.register)

    meant = {row.person_no: (row.family_kana, row.given_kana, row.birth_date) for row in found.register}

    assert all(rows[meant[truth.person_no]] >= 2 for _, truth in found.records)


@populations
def test_no_given_name_is_none(population: Which) -> None:
    assert all(record.given == record.given_kana == "" for record, _ in hazards(population, "no_given_name").records)


@populations
def test_a_mistyped_twin_is_not_written_as_the_other_twin(population: Which) -> None:
    found = hazards(population, "twin_mistyped")
    register = {row.person_no: row for row in found.register}

    for record, truth in found.records:
        meant = register[truth.person_no]
        twins = [row.given_kana for row in found.register if row.household_no == meant.household_no and row.birth_date == meant.birth_date]
        assert len(twins) == 2
        assert reading(record.given_kana) not in twins


@populations
def test_a_homonym_has_somebody_elses_name(population: Which) -> None:
    found = hazards(population, "homonym")
    named = {(row.family_kana, row.given_kana) for row in found.register}

    assert {(reading(record.family_kana), reading(record.given_kana)) for record, _ in found.records} <= named
    assert sum(not truth.person_no for _, truth in found.records) >= 15


@pytest.mark.parametrize(
    ("population", "mistake"), [(Which.SECOND, "mothers_number"), (Which.THIRD, "anothers_number"), (Which.FOURTH, "number_of_the_mother")]
)
def test_the_mothers_number_is_a_mothers(population: Which, mistake: str) -> None:
    found = POPULATIONS[population].part(7, 0, 40_000, 1.0)
    register = {row.person_no: row for row in found.register}
    mistaken = [(record, truth) for record, truth in found.records if truth.kind == mistake and truth.person_no]

    assert mistaken
    for record, truth in mistaken:
        mother, child = register[record.person_no], register[truth.person_no]
        assert mother.person_no != child.person_no
        assert mother.sex == "女"
        assert f"{mother.family} {mother.given}" in child.guardian or mother.latin


@pytest.mark.parametrize("kind", ["twin_alike", "guest"])
def test_who_only_lives_with_a_registered_child_of_the_third_population_is_not_that_child(kind: str) -> None:
    found = hazards(Which.THIRD, kind)
    registered = {(row.given, row.given_kana, row.birth_date) for row in found.register}

    assert all(not truth.person_no for _, truth in found.records)
    assert len({row.household_no for row in found.register}) == 60
    assert {record.guardian for record, _ in found.records} - {""}
    assert not any((record.given, reading(record.given_kana), record.birth_date) in registered for record, _ in found.records)


def test_the_columns_are_those_that_the_readme_tells() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", text))

    assert set(Person._fields) | set(RECORD_HEAD) | set(Truth._fields) <= told
    assert {kind for _, kind in each_hazard()} <= told
    assert tuple(Record._fields[:-1]) == RECORD_HEAD[:-1]


def test_the_populations_share_nothing_but_the_tables_and_none_knows_the_linker() -> None:
    imported: dict[str, set[str]] = {}
    for file in FOLDER.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
        imported.setdefault(file.parent.name, set()).update(names)

    assert not any(name.startswith("services") for names in imported.values() for name in names)
    assert not any(".first" in name or name.startswith("infra.city.names") for name in imported["second"])
    assert not any(".second" in name for name in imported["first"])
    assert not any(".third" in name for population in ("first", "second") for name in imported[population])
    assert not any(other in name for name in imported["third"] for other in (".first", ".second", "infra.city.names"))
    assert not any(other in name for name in imported["fourth"] for other in (".first", ".second", ".third", "infra.city.names"))
    assert not any(".fourth" in name for population in ("first", "second", "third") for name in imported[population])


def test_what_lies_in_memory_does_not_grow_with_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is drawn when the one before it was taken to be written."""
    taken, drawn, begun = 0, writing._text, []

    def counted(wish: Wish, task: writing._Task) -> writing._Text:
        begun.append(taken)
        return drawn(wish, task)

    monkeypatch.setattr(writing, "_text", counted)
    monkeypatch.setattr(writing, "PERSONS_PER_PART", 100)
    for _ in writing._drawn(replace(WISH, persons=2_000, hazards=0)):
        taken += 1

    assert begun == list(range(20))
