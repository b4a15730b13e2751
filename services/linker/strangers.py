"""
Who a number may belong to that is not in the register: numbers are never compared by guess, and what names one is never ignored
(`domain.md` §2.8-2, §2.8-11).
"""

from collections.abc import Collection, Mapping

from contracts.ids import PersonId
from infra.postgres import Database
from services.linker import store
from services.linker.domain.names import may_be_one_name
from services.linker.domain.person import Person, may_be_one_birth
from services.linker.domain.records import Record, RecordKey
from services.linker.domain.subjects import bare
from services.linker.stored import GivenUp, Namesake

Candidates = dict[PersonId, frozenset[PersonId]]


async def alike(
    db: Database, strangers: Mapping[PersonId, str], people: Mapping[PersonId, Person], apart: Collection[tuple[PersonId, PersonId]]
) -> Candidates:
    """
    Return who of the register has a number that is equal but for leading zeros to one that is not in it.

    `people` are those of whom the register says something now, whatever is stored of them; `apart` are who people said are two persons.
    """
    now: dict[str, set[PersonId]] = {}
    for person_id, person in people.items():
        if person.exists:
            now.setdefault(bare(person.person_no), set()).add(person_id)
    found = {stranger: set(now.get(bare(number), ())) for stranger, number in strangers.items()}
    for stranger, who, taken in await store.numbers_alike(db, strangers):
        # Of those of whom the register says something now, only what people said of their numbers is not in it.
        if who not in people or (taken and people[who].exists):
            found[stranger].add(who)
    return _but(found, apart)


def still_told(told: Collection[GivenUp], fresh: Mapping[RecordKey, Record]) -> list[GivenUp]:
    """Return what was said of those who were given up, with whom the records of this parcel are about now."""
    return [each._replace(now=_subject(fresh[each.key])) if each.key in fresh else each for each in told]


async def given_up(
    db: Database, told: Collection[GivenUp], people: Mapping[PersonId, Person], apart: Collection[tuple[PersonId, PersonId]]
) -> Candidates:
    """Return, of numbers that the register gave up, whom their records are about now, and namesakes who were born on the same day."""
    namesakes = await store.born_on(db, {each.born[0] for each in told})
    namesakes = {who: each for who, each in namesakes.items() if who not in people}
    namesakes |= {who: Namesake((p.birth_date, p.birth_precision), p.name, p.kana) for who, p in people.items() if p.exists}
    found: dict[PersonId, set[PersonId]] = {}
    for each in told:
        may_be = {who for who, other in namesakes.items() if _may_be_one(each, other)}
        now = {each.now} if each.now is not None and (each.now not in people or people[each.now].exists) else set()
        found.setdefault(each.person_id, set()).update((may_be | now) - {each.person_id})
    return _but(found, apart)


def _but(found: Mapping[PersonId, set[PersonId]], apart: Collection[tuple[PersonId, PersonId]]) -> Candidates:
    return {stranger: frozenset(each for each in who if (stranger, each) not in apart) for stranger, who in found.items()}


def _subject(record: Record) -> PersonId | None:
    return record.subject_id if record.stands else None


def _may_be_one(one: GivenUp, other: Namesake) -> bool:
    return one.born[0] == other.born[0] and may_be_one_birth(one.born, other.born) and may_be_one_name(one, other)
