"""Decide again who is whose child, of which birth, and who lives together."""

from collections.abc import Mapping, Sequence

from contracts.ids import EventId, HouseholdId, PersonId
from infra.postgres import Database
from services.linker import locks, store
from services.linker.change import Change
from services.linker.connecting import overlaid
from services.linker.domain.household import Membership
from services.linker.domain.kinship import UNKNOWN_BIRTH, Birth, Kin, birth_of, by_household, childhood, mother_of
from services.linker.domain.pregnancy import Pregnancy
from services.linker.domain.protection import Measure, unlisted
from services.linker.locks import Round, thing_lock
from services.linker.registering import concerned_by_pregnancies, measures_before_and_now


async def decide_kinship(db: Database, change: Change) -> None:
    """Decide again whose children the children concerned are, and of which birth."""
    core = {person_id for person_id in change.people if _changed_kin(person_id, change)}
    if change.old_pregnancies != {key: each for key, each in change.pregnancies.items() if each is not None}:
        core |= concerned_by_pregnancies(change)
    households = {each.household_id for person_id in core for each in _all_memberships(person_id, change)}
    households |= {home.household_id for measure in measures_before_and_now(change) for home in _homes_of_opponents(measure, change)}
    if not households and not core:
        return
    if change.partitions > 1:
        await locks.lock(db, Round.HOUSEHOLDS, map(thing_lock, households), change.partitions)
    change.kin = await store.kin(db, households)
    _overlay_kin(core, change)
    change.homes = by_household(change.kin)

    children = _children(core, households, change)
    stored = await store.pregnancies_around(db, set(change.kin), ())
    change.old_births = await store.births(db, children)
    _decide_births(children, list(overlaid(stored, change.pregnancies).values()), change)


def _homes_of_opponents(measure: Measure, change: Change) -> list[Membership]:
    """Return where the opponents of a measure live, or lived last."""
    places = (_memberships_now(opponent, change) for opponent in measure.opponents)
    return [each[-1] for each in places if each]


def _memberships_now(person_id: PersonId, change: Change) -> tuple[Membership, ...]:
    person = change.people.get(person_id)
    return person.memberships if person is not None else change.memberships.get(person_id, ())


def _all_memberships(person_id: PersonId, change: Change) -> tuple[Membership, ...]:
    person = change.people.get(person_id)
    return (*change.memberships.get(person_id, ()), *(person.memberships if person is not None else ()))


def _changed_kin(person_id: PersonId, change: Change) -> bool:
    person, known = change.people[person_id], change.known.get(person_id)
    if known is None or (known.birth_date, known.sex, known.registered) != (person.birth_date, person.sex, person.exists):
        return True
    return change.memberships.get(person_id, ()) != person.memberships


def _overlay_kin(core: set[PersonId], change: Change) -> None:
    for person_id, person in change.people.items():
        if person.exists:
            change.kin[person_id] = Kin(person_id, person.birth_date, person.sex, person.memberships, person.birth_precision)
        else:
            change.kin.pop(person_id, None)
    for person_id in core - set(change.kin) - set(change.people):
        known = change.known.get(person_id)
        if known is not None and known.registered:
            change.kin[person_id] = Kin(
                person_id, known.birth_date, known.sex, change.memberships.get(person_id, ()), known.birth_precision
            )


def _children(core: set[PersonId], households: set[HouseholdId], change: Change) -> set[PersonId]:
    """Return whose mother or pregnancy may have changed: the core, and who grew up in a household of theirs."""
    beside = {
        person_id for person_id, kin in change.kin.items() if (home := childhood(kin)) is not None and home.household_id in households
    }
    return core | beside


def _decide_births(children: set[PersonId], pregnancies: Sequence[Pregnancy], change: Change) -> None:
    concerned_by = _pregnancies_by_person(pregnancies)
    for child in sorted(children):
        kin = change.kin.get(child)
        now = _birth_of(kin, change.homes, concerned_by) if kin is not None else UNKNOWN_BIRTH
        if now != change.old_births.get(child, UNKNOWN_BIRTH):
            change.births[child] = now


def _pregnancies_by_person(pregnancies: Sequence[Pregnancy]) -> dict[PersonId, list[Pregnancy]]:
    found: dict[PersonId, list[Pregnancy]] = {}
    for each in pregnancies:
        for person_id in each.children | ({each.mother_id} if each.mother_id is not None else set()):
            found.setdefault(person_id, []).append(each)
    return found


def _birth_of(child: Kin, homes: Mapping[HouseholdId, Sequence[Kin]], concerned_by: Mapping[PersonId, Sequence[Pregnancy]]) -> Birth:
    home = childhood(child)
    people = homes[home.household_id] if home is not None else ()
    mother = mother_of(child, people)
    hers = concerned_by.get(mother, ()) if mother is not None else ()
    return birth_of(child, people, [*concerned_by.get(child.person_id, ()), *hers])


async def decide_households(db: Database, change: Change) -> None:
    """Decide which households are told of, and whom each must not list: nobody in the household of an opponent (`domain.md` §2.8-8)."""
    homes = change.homes
    change.households = _parted_households(homes, change) | _changed_households(change)
    if not change.households:
        return
    people = {each.person_id for household_id in change.households for each in homes.get(household_id, ())}
    measures = await store.measures_against(db, people)
    measures |= {known.measure_id: known.measure for known in change.measures.values()}
    for household_id in change.households:
        change.unlisted[household_id] = unlisted(household_id, homes.get(household_id, ()), measures.values())


def _changed_households(change: Change) -> dict[HouseholdId, tuple[str, EventId]]:
    """Return the number of each household in which a membership changed, and the event that changed it."""
    changed: dict[HouseholdId, tuple[str, EventId]] = {}
    for person_id, person in change.people.items():
        for each in set(change.memberships.get(person_id, ())) ^ set(person.memberships):
            changed[each.household_id] = (each.household_no, change.cause(person_id))
    return changed


def _parted_households(homes: Mapping[HouseholdId, Sequence[Kin]], change: Change) -> dict[HouseholdId, tuple[str, EventId]]:
    """Return the households of opponents that a protected person belongs or belonged to, where a measure changed."""
    parted: dict[HouseholdId, tuple[str, EventId]] = {}
    for measure in measures_before_and_now(change):
        for home in _homes_of_opponents(measure, change):
            if any(each.person_id in measure.protected for each in homes.get(home.household_id, ())):
                parted[home.household_id] = (home.household_no, change.cause_of(measure.key))
    return parted
