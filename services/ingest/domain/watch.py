"""
Watches whether what a source calls its own numbers are My Numbers.

Where the catalogue declares a number of the source's own, twelve digits are accepted, although one such number in ten carries a My
Number's check digit by chance. My Numbers all do. So the numbers of each field are looked at together, by Wald's sequential
probability ratio test (A. Wald, Sequential Analysis, 1947), which begins anew whenever it speaks for chance (E. S. Page, 1954): so
it never ceases to watch. A number counts once however often it comes, and is not kept: only one of MARKS bits, drawn by a keyed hash.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from math import log

from contracts.catalogue import event_type
from contracts.values import Source
from services.ingest.domain.admission import Admitted
from services.ingest.domain.ledger import Identity
from services.ingest.domain.my_number import DIGITS, twelve_digits

MARKS = 8192
"""Bits per field. Two numbers that share one count as one; when half of them are set, they are all cleared and set anew."""


@dataclass(frozen=True)
class Rates:
    """
    What is expected, and how often the watch may be wrong.

    `chance` is the largest share of valid check digits that an honest numbering has without a check digit of its own: 1/10 for
    numbers whose last digit runs or is random, 2/11 where it is always 0. From `suspected` on they are My Numbers. `false_alarm` is
    the probability that one test of honest numbers stops the feed. A test begins with a valid number, so that among n honest numbers
    at most n x chance x false_alarm stops are expected: one in 5,000 for a million numbers that all end in 0, and, because they keep
    far below `chance`, fewer than one in 10^8 for others. My Numbers alone stop a feed with the 16th. Shares above 0.41 stop it in the
    end; a share of one half within some 70 numbers. A feed in which fewer are My Numbers is not noticed.
    """

    chance: float = 2 / 11
    suspected: float = 2 / 3
    false_alarm: float = 1e-9

    @cached_property
    def valid(self) -> float:
        """How much a valid check digit weighs (log likelihood ratio)."""
        return log(self.suspected / self.chance)

    @cached_property
    def other(self) -> float:
        """How much another one weighs: below 0."""
        return log((1 - self.suspected) / (1 - self.chance))

    @cached_property
    def limit(self) -> float:
        """From which weight on it is no chance."""
        return -log(self.false_alarm)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One field of a source's events, whatever their kind: of the data, or `id` or `subject` of the envelope."""

    source: Source
    field: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the numbers of one field have said so far. `vouched`: a person knows that they have such a check digit of their own."""

    numbers: int = 0
    valid: int = 0
    weight: float = 0.0
    marks: int = 0
    vouched: bool = False


def after(evidence: Evidence, mark: int, *, valid: bool, rates: Rates) -> Evidence:
    """The evidence after one more number, which falls on the bit `mark`. The same object where it was seen before."""
    bit = 1 << mark
    if evidence.vouched or evidence.marks & bit:
        return evidence
    marks = evidence.marks | bit
    return Evidence(
        evidence.numbers + 1,
        evidence.valid + valid,
        max(0.0, evidence.weight + (rates.valid if valid else rates.other)),
        marks if marks.bit_count() <= MARKS // 2 else bit,
    )


def is_no_chance(evidence: Evidence, rates: Rates) -> bool:
    """Whether the numbers must be taken for My Numbers."""
    return not evidence.vouched and evidence.weight >= rates.limit


def numbers_in(admitted: Admitted) -> list[tuple[Place, str]]:
    """The numbers of twelve digits of an event that may come in, each with its place."""
    envelope, data = admitted.envelope, admitted.data
    kind = event_type(admitted.source, envelope.type)
    told: list[tuple[str, object]] = [("id", envelope.id), ("subject", envelope.subject)]
    told += [(name, data[name]) for name in kind.numbering_in_order if name in data]
    if not data:
        # Of a record taken back nothing is kept but whom it is about.
        told += [(name, admitted.person_no) for name in kind.subject[:1]]
    return _numbers(admitted.source, told)


def numbers_kept(source: Source, identity: Identity) -> list[tuple[Place, str]]:
    """The numbers of twelve digits in what is kept of an event that was refused."""
    return _numbers(source, [("id", identity.event_id), ("subject", identity.record_id)])


def without_numbers(identity: Identity) -> Identity:
    """What may be kept of an event whose numbers may be My Numbers."""
    return replace(
        identity,
        event_id=_unless_number(identity.event_id),
        record_id=_unless_number(identity.record_id),
        content_hash=None,
    )


def _numbers(source: Source, told: list[tuple[str, object]]) -> list[tuple[Place, str]]:
    found = []
    for field, value in told:
        # Nearly all are too short to hold one.
        if value is None or (type(value) is str and len(value) < DIGITS):
            continue
        for text in value if isinstance(value, list) else [value]:
            digits = twelve_digits(text) if isinstance(text, str) else None
            if digits is not None:
                found.append((Place(source, field), digits))
    return found


def _unless_number(text: str | None) -> str | None:
    return text if text is None or twelve_digits(text) is None else None
