"""
Who may be meant: people who share at least one compound key with the record (a birth date and something, a name and something).

A bare birth date would do as well and asks four times as many people. What a record may have wrong is tried as well: month and day in
each other's place, family and given name in each other's place, a year of another era.
"""

from collections.abc import Iterable, Iterator

from services.linker.domain.matching.profiles import Profile, given_names

Key = tuple[object, ...]
"""The kind of key, and its values."""

_ERA_SHIFTS = (-30, 30, -63, 63, -93, 93)


def keys(side: Profile) -> Iterator[Key]:
    """The keys under which a person of the register is found, and by which a record asks."""
    givens = [name for name in (side.given, side.given_kana) if name]
    families = {side.family, side.family_kana, *side.former} - {""}
    if birth := side.birth:
        yield from _birth_keys(side, birth, givens, families)
    for family, given in _names(side):
        yield from _name_keys(side, family, given)
    yield from _guardian_keys(side, givens, families)
    for given in givens:
        if side.numbers:
            yield ("given, house", given, side.town, *side.numbers)
    if side.numbers and side.month:
        yield ("house, month", side.town, *side.numbers, side.month)
    if side.household_no:
        for name in (*givens, *families):
            yield ("household", side.household_no, name)


def elder_keys(record: Profile) -> Iterator[Key]:
    """The keys by which a record asks who of its house is called as the guardian whom it names: two families may live there."""
    if record.numbers:
        for guardian in record.guardians:
            yield ("given, house", guardian, record.town, *record.numbers)


def other_keys(record: Profile) -> Iterator[Key]:
    """The keys by which a record asks when nobody has its name and birth date: what it may have wrong."""
    for family, given in ((record.given, record.family), (record.given_kana, record.family_kana)):
        if family and given:
            yield from _name_keys(record, family, given)
            if birth := record.birth:
                yield ("birth, given", *birth, given)
    for year, month, day in _other_dates(record):
        for name in (record.given, record.given_kana):
            if name:
                yield ("birth, given", year, month, day, name)


def _birth_keys(side: Profile, birth: tuple[int, int, int], givens: Iterable[str], families: Iterable[str]) -> Iterator[Key]:
    for given in givens:
        yield ("birth, given", *birth, given)
    for family in families:
        yield ("birth, family", *birth, family)
    if side.town:
        yield ("birth, town", *birth, side.town)
    for token in side.latin:
        yield ("birth, latin", *birth, token)
    for guardian in side.guardians:
        yield ("birth, guardian", *birth, guardian)


def _guardian_keys(side: Profile, givens: Iterable[str], families: Iterable[str]) -> Iterator[Key]:
    """With the family name and the year as well: where given name and day are wrong, nothing else finds a child."""
    for guardian in side.guardians:
        for given in givens:
            yield ("given, guardian", given, guardian)
    if side.year and side.guardians:
        for guardian in given_names(side.guardians):
            for family in families:
                yield ("family, guardian, year", family, guardian, side.year)


def _names(side: Profile) -> set[tuple[str, str]]:
    """The whole names of a side: signs with signs, reading with reading, former names with either."""
    names = {(side.family, side.given), (side.family_kana, side.given_kana)}
    names |= {(family, given) for family in side.former for given in (side.given, side.given_kana)}
    return {name for name in names if all(name)}


def _name_keys(side: Profile, family: str, given: str) -> Iterator[Key]:
    if side.year:
        yield ("name, year", family, given, side.year)
    if side.month and side.day:
        yield ("name, day", family, given, side.month, side.day)
    if side.town:
        yield ("name, town", family, given, side.town)


def _other_dates(record: Profile) -> Iterator[tuple[int, int, int]]:
    if (birth := record.birth) is None:
        return
    year, month, day = birth
    if day != month:
        yield (year, day, month)
    for shift in _ERA_SHIFTS:
        yield (year + shift, month, day)
