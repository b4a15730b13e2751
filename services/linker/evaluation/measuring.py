"""Links every record of an evaluation as the linker would, and notes what became of it and how long it took."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from time import perf_counter
from typing import NamedTuple

from services.linker.domain.matching.decisions import Candidate, Verdict
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.linking import linked
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.profiles import profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Model, Scale
from services.linker.domain.normalising import normalised
from services.linker.evaluation.tables import Answer, Entry, Person

NOT_REGISTERED_HOME = "nobody in the register, linked to somebody of the same home"
NOT_REGISTERED = "nobody in the register, linked to a namesake or a stranger"
OF_THE_HOME = "another member of the household"
NAMESAKE = "another row with this name and birth date"
SOMEBODY = "somebody else"

_AT_ONCE = 1_000
_SHARED: list[tuple[Register, Sequence[Entry], Mapping[str, Answer], Model]] = []
"""What forks inherit: a register of a city is not sent through a pipe."""


class Outcome(NamedTuple):
    """What became of one record; a tuple, since a process hands over thousands."""

    verdict: Verdict
    rule: str
    answer: Answer
    number: str
    """Whom it was linked to, or "" ."""
    weight: float
    """Of the likeliest candidate; minus infinity where there was none."""
    likeliest_is_right: bool
    found: bool
    """Whether the right person was among the candidates."""
    shown: bool
    """Whether people are shown the right person."""
    false_kind: str
    """How a link is false; "" where it is right or there is none."""
    seconds: float
    candidates: int


def load(people: Iterable[Person]) -> Register:
    """Make a register that is looked into a million times: what it holds is no garbage, and is not gone through again and again."""
    # Nor is it gone through while it grows: that is a fifth of the work.
    gc.disable()
    try:
        register = Register((person.number, profile(normalised(person.raw))) for person in people)
    finally:
        gc.enable()
    gc.collect()
    gc.freeze()
    return register


@contextmanager
def seldom_looking_for_cycles() -> Iterator[None]:
    """Let Python look for cycles of references rarely: a record makes hundreds of objects and no cycle, and looking costs 3 %."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def outcomes(register: Register, entries: Iterable[Entry], answers: Mapping[str, Answer], model: Model = IN_USE) -> Iterator[Outcome]:
    """Yield what becomes of each record. A record without an answer counts as about nobody."""
    scale = Scale(model, register, people=len(register))
    with seldom_looking_for_cycles():
        for entry in entries:
            yield _outcome(register, entry, answers.get(entry.id, Answer("")), scale)


def outcomes_side_by_side(
    register: Register, entries: Sequence[Entry], answers: Mapping[str, Answer], model: Model, *, processes: int
) -> Iterator[Outcome]:
    """The same by several processes, which share the register's memory: each is a fork of this one. Unix only."""
    if processes == 1:
        yield from outcomes(register, entries, answers, model)
        return
    _SHARED[:] = [(register, entries, answers, model)]
    starts = range(0, len(entries), _AT_ONCE)
    with get_context("fork").Pool(processes) as pool:
        for part in pool.imap(_part, starts):
            yield from part
    _SHARED.clear()


def _part(start: int) -> list[Outcome]:
    register, entries, answers, model = _SHARED[0]
    return list(outcomes(register, entries[start : start + _AT_ONCE], answers, model))


def _outcome(register: Register, entry: Entry, answer: Answer, scale: Scale) -> Outcome:
    began = perf_counter()
    candidates, decision = linked(register, entry.raw, scale, number=entry.number)
    seconds = perf_counter() - began
    right = register.row_of(answer.number) if answer.number else None
    taken = decision.candidate if decision.verdict is Verdict.AUTO else None
    return Outcome(
        verdict=decision.verdict,
        rule=decision.rule,
        answer=answer,
        number=register.numbers[taken.row] if taken else "",
        weight=candidates[0].weight if candidates else float("-inf"),
        likeliest_is_right=bool(candidates) and candidates[0].row == right,
        found=any(candidate.row == right for candidate in candidates),
        shown=any(candidate.row == right for candidate in decision.shown),
        false_kind="" if taken is None or taken.row == right else _kind(register, taken, right),
        seconds=seconds,
        candidates=len(candidates),
    )


def _kind(register: Register, taken: Candidate, right: int | None) -> str:
    if right is None:
        return NOT_REGISTERED_HOME if taken.homes > 0 else NOT_REGISTERED
    one, other = taken.person, register.profiles[right]
    if one.birth == other.birth and (one.given, one.given_kana) == (other.given, other.given_kana):
        return NAMESAKE
    same_home = (one.town, one.numbers) == (other.town, other.numbers) or bool(one.guardians & other.guardians)
    return OF_THE_HOME if same_home or taken.compared.household is Level.EQUAL else SOMEBODY
