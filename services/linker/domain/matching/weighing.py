"""
How much a level weighs: log2(m / u) bits, summed over the fields (Fellegi & Sunter, 1969).

For a rare name the frequency of that name stands for u: to share 小鳥遊 says more than to share 佐藤.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any, Protocol

from services.linker.domain.matching.levels import Claim, Compared, Field, Level
from services.linker.domain.matching.profiles import Profile, given_names

LEVELS: Mapping[Field, tuple[Level, ...]] = {
    Field.GIVEN: (Level.KANJI, Level.HOMOPHONE, Level.KANA, Level.LATIN, Level.CROSSED, Level.NEAR, Level.OTHER),
    Field.FAMILY: (Level.KANJI, Level.HOMOPHONE, Level.KANA, Level.FORMER, Level.LATIN, Level.CROSSED, Level.NEAR, Level.OTHER),
    Field.BIRTH: (Level.EQUAL, Level.PART, Level.NEAR, Level.OTHER),
    Field.SEX: (Level.EQUAL, Level.OTHER),
    Field.ADDRESS: (Level.EQUAL, Level.TOWN, Level.OTHER),
    Field.GUARDIAN: (Level.EQUAL, Level.OTHER),
    Field.HOUSEHOLD: (Level.EQUAL, Level.OTHER),
}
"""The levels of each field that have a weight."""
COUNTED = ("given", "given_kana", "family", "family_kana")
"""The columns whose values are counted: a weight may go by how common one is."""
_FIELDS = tuple(Field)
_Levels = tuple[Level, ...]
_Said = tuple[list[float], tuple[int, ...]]
"""What levels say of anybody, in bits, and the places of those that depend on how common the person's name is."""
_BY_CHANCE = 3
"""Of whom none was seen, there may be three (the rule of three)."""
RAREST = 1e-6
"""No name counts as rarer: one that stands once in the register may be a typing error."""


class ModelIncomplete(Exception):
    """A table of weights lacks a level, or has a probability that is none."""


class Frequencies(Protocol):
    """How often values stand in the register."""

    def of(self, column: str, value: str) -> float | None:
        """Return the share of the people of the register who have this value in this column; None where nobody has it."""
        ...

    def guarded(self, name: str) -> tuple[int, int]:
        """Return how many people have a guardian of this given name, and how many have guardians."""
        ...


@dataclass(frozen=True, slots=True)
class Guardian:
    """
    How common the name is of the guardian in whom a record and a person agree; of several names the rarest.

    `share` of the people of the register have it as their own given name; `others` of so many `guarded` have a guardian of that name. The
    person in question counts in neither.
    """

    share: float = 0.0
    others: int = 0
    guarded: int = 0

    @property
    def at_least(self) -> float:
        """Return which share of those who have guardians have one of this name, but for three who may be so by chance."""
        return max(self.others - _BY_CHANCE, 0) / self.guarded if self.guarded else 0.0

    @property
    def at_most(self) -> float:
        """Return the same with three more, whom a small register may lack by chance; 1 where it knows nobody's guardians."""
        return min((self.others + _BY_CHANCE) / self.guarded, 1.0) if self.guarded else 1.0


NOBODY = Guardian()


@dataclass(frozen=True, slots=True)
class Weight:
    """What a level weighs. `frequency` names the column whose frequency stands for u, or is ""."""

    m: float
    u: float
    frequency: str = ""

    @property
    def bits(self) -> float:
        """Bits for (above 0) or against a link, whoever has the value."""
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Model:
    """A versioned table of weights."""

    version: str
    weights: Mapping[tuple[Field, Level], Weight]


def model_of(content: Mapping[str, Any]) -> Model:
    """Make a model of the content of its file. Raises `ModelIncomplete`."""
    if not isinstance(content.get("version"), str):
        raise ModelIncomplete("it has no version")
    weights = {(field, level): _weight(content, field, level) for field, levels in LEVELS.items() for level in levels}
    return Model(content["version"], weights)


def _weight(content: Mapping[str, Any], field: Field, level: Level) -> Weight:
    rows = content.get(field)
    row = rows.get(level) if isinstance(rows, Mapping) else None
    if not isinstance(row, Mapping) or not (_is_share(row.get("m")) and _is_share(row.get("u"))):
        raise ModelIncomplete(f"{field}.{level} needs m and u above 0 and at most 1; got {row}")
    if (column := row.get("frequency", "")) not in ("", *COUNTED):
        raise ModelIncomplete(f"{field}.{level} goes by the frequency of {column!r}; counted are {', '.join(COUNTED)}")
    return Weight(row["m"], row["u"], column)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 < value <= 1


class Scale:
    """Weighs pairs by one model and the frequencies of one register."""

    def __init__(self, model: Model, frequencies: Frequencies, *, people: int) -> None:
        """`people` is how many the register has: each is as likely the one who is meant, before anything is compared."""
        self.model = model
        self.prior_bits = -log2(max(people, 1))
        self._frequencies = frequencies
        self._one_person = 1 / max(people, 1)
        self._bits = {key: weight.bits for key, weight in model.weights.items()}
        self._by_frequency = {key: weight for key, weight in model.weights.items() if weight.frequency}
        self._said: dict[_Levels, _Said] = {}
        self._claimed: dict[tuple[_Levels, str, str], tuple[list[Claim], tuple[int, ...]]] = {}

    def claims(self, compared: Compared, person: Profile) -> tuple[Claim, ...]:
        """Return what each field says, in the order of `Field`."""
        key = compared.levels, compared.given.detail, compared.family.detail
        known, named = self._claimed.get(key) or self._claims_of(compared)
        if not named:
            return tuple(known)
        claims = known.copy()
        for place in named:
            claim = claims[place]
            claims[place] = Claim(claim.field, claim.level, self.bits(claim.field, claim.level, person), claim.detail)
        return tuple(claims)

    def _claims_of(self, compared: Compared) -> tuple[list[Claim], tuple[int, ...]]:
        """What levels say of anybody, and the places of what depends on whom they are about. Few differ, and each is kept."""
        bits, named = self._said_by(compared.levels)
        details = (compared.given.detail, compared.family.detail)
        said = zip(_FIELDS, compared.levels, bits, (*details, *[""] * (len(_FIELDS) - len(details))), strict=True)
        claims = [Claim(field, level, each, detail) for field, level, each, detail in said]
        return self._claimed.setdefault((compared.levels, *details), (claims, named))

    def _said_by(self, levels: _Levels) -> _Said:
        known = self._said.get(levels)
        if known is None:
            said = list(zip(_FIELDS, levels, strict=True))
            named = tuple(place for place, each in enumerate(said) if each in self._by_frequency)
            known = self._said[levels] = ([self._bits.get(each, 0.0) for each in said], named)
        return known

    def weight(self, compared: Compared, person: Profile) -> float:
        """Return the sum of all fields in bits: 0 is even odds that the record is about this person, +10 about 1000 to 1."""
        levels = compared.levels
        bits, named = self._said.get(levels) or self._said_by(levels)
        if named:
            bits = bits.copy()
            for place in named:
                bits[place] = self.bits(_FIELDS[place], levels[place], person)
        return self.prior_bits + sum(bits)

    def guardian(self, record: Profile, person: Profile) -> Guardian:
        """Return how common the guardian's name is that both sides have."""
        names = given_names(record.guardians & person.guardians)
        if not names:
            return NOBODY
        share = min(self._frequencies.of("given", name) or 0.0 for name in names)
        others, guarded = min(self._frequencies.guarded(name) for name in names)
        return Guardian(max(share - self._one_person, 0.0), max(others - 1, 0), max(guarded - 1, 0))

    def bits(self, field: Field, level: Level, person: Profile) -> float:
        """Return what a level of a field says about this person."""
        weight = self._by_frequency.get((field, level))
        share = weight and self._frequencies.of(weight.frequency, getattr(person, weight.frequency))
        if weight and share:
            return log2(weight.m / max(share, RAREST))
        return self._bits.get((field, level), 0.0)


def total_bits(claims: Sequence[Claim], prior_bits: float) -> float:
    """Return the weight that claims and a prior make together."""
    return prior_bits + sum(claim.bits for claim in claims)
