"""What a machine must never link by guess: for each kind, records of which nothing tells whose they are, or whose name is another's."""

from dataclasses import dataclass, replace
from random import Random

from services.linker.domain.normalising import Raw
from services.linker.evaluation.tables import Answer, Entry, Person
from tests.unit.linker.matching.population import City, city, slip

DUPLICATE_ROW = "duplicate row"
CHIMERA = "chimera of siblings"
BLANK_GIVEN = "blank given name"
TWIN_WITH_A_TYPO = "twin with a typo"
HOMONYM = "full homonym"
PARENT = "parent's name"


@dataclass
class _Making:
    draw: Random
    found: City

    def ask(self, kind: str, raw: Raw, number: str = "") -> None:
        """Add a record of a kind."""
        entry = Entry(f"H{len(self.found.entries)}", "pupil_registry", "", replace(raw, household_no=""))
        self.found.entries.append(entry)
        self.found.answers[entry.id] = Answer(number, kind)

    def register(self, number: str, raw: Raw) -> None:
        """Add a row to the register."""
        self.found.people.append(Person(number, raw))


def hazards(seed: int, *, each: int) -> City:
    """Return a city in which nothing but hazards asks, `each` of every kind."""
    base = city(seed, families=each * 2, corruption=0.0, unregistered=0.0)
    making = _Making(Random(seed), City(list(base.people), [], {}))
    children: dict[str, list[Person]] = {}
    parents: dict[str, Person] = {}
    for person in base.people:
        if person.number.startswith("C"):
            children.setdefault(person.raw.household_no, []).append(person)
        else:
            parents[person.raw.household_no] = person
    homes = list(children)
    for home, other in zip(homes[:each], homes[each:], strict=False):
        _of_one_child(making, children[home][0], children[other][0], parents[home])
    several = [home for home in homes if _two_who_differ(children[home])]
    for number in range(each):
        _of_siblings(making, *children[several[number % len(several)]][:2])
    return making.found


def _two_who_differ(children: list[Person]) -> bool:
    two = [child.raw for child in children[:2]]
    return len({raw.birth_date for raw in two}) > 1 and len({raw.given for raw in two}) > 1


def _of_one_child(making: _Making, child: Person, other: Person, parent: Person) -> None:
    making.ask(BLANK_GIVEN, replace(child.raw, given="", given_kana=""), child.number)
    making.ask(PARENT, replace(child.raw, given=parent.raw.given, given_kana=parent.raw.given_kana), child.number)
    # A child of this name and day who is not in the register, of another family.
    names = {name: getattr(child.raw, name) for name in ("family", "given", "family_kana", "given_kana", "birth_date", "sex")}
    making.ask(HOMONYM, replace(other.raw, guardian=f"{child.raw.family} 幸枝", **names))
    # The register holds this child a second time, as they moved away and came back.
    making.register(f"{other.number}-again", replace(other.raw, household_no=f"{other.raw.household_no}9", address="早良区西新3丁目4番5号"))
    making.ask(DUPLICATE_ROW, other.raw, other.number)


def _of_siblings(making: _Making, one: Person, other: Person) -> None:
    making.ask(CHIMERA, replace(one.raw, birth_date=other.raw.birth_date, sex=other.raw.sex))
    # A twin of the first child, and a record of either with a slip in its reading.
    kana = slip(making.draw, one.raw.given_kana)
    making.register(f"{one.number}-twin-{len(making.found.entries)}", replace(one.raw, given=one.raw.given[0] + "之", given_kana=kana))
    making.ask(TWIN_WITH_A_TYPO, replace(one.raw, given="", given_kana=slip(making.draw, one.raw.given_kana)), one.number)
