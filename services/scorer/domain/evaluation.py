"""All indicators of one child on one day."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar, assert_never

from contracts.catalogue import ITEMS
from contracts.facts import AllowanceEntitlementChanged, MedicalSubsidyChanged, ResidentChanged
from contracts.values import IndicatorValue, Item, Source
from services.scorer.domain.ages import DAY, scope_end
from services.scorer.domain.answer import Answer, Common, Question, first_after
from services.scorer.domain.facts import Child, ChildFacts, InHand, Said, Watermarks
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.indicators import ALL, FEEDS_OF, SAYING
from services.scorer.domain.parameters import FUKUOKA, Parameters
from services.scorer.domain.residence import stay_on

Outside: TypeAlias = Literal[Common.PERSON_VOIDED, Common.NOT_BORN, Common.OUT_OF_SCOPE, Common.NOT_RESIDENT]
"""Why nothing is asked about a child at all."""


T = TypeVar("T")

_EVERYTHING = frozenset(Item)
_NOT_REMEMBERED: Any = object()
_MOVED: frozenset[type[Any]] = frozenset({ResidentChanged})
"""What says of a child that it moved: those who did not are alike."""
_NOTHING: frozenset[type[Any]] = frozenset()

_KINDS: Mapping[Item, Said] = {
    Item.GUARDIAN_CHILD_REARING_ALLOWANCE: (AllowanceEntitlementChanged, "child_rearing"),
    Item.CHILD_ALLOWANCE: (AllowanceEntitlementChanged, "child"),
    Item.MEDICAL_SUBSIDY: (MedicalSubsidyChanged, "single_parent"),
    Item.MEDICAL_SUBSIDY_DISABILITY: (MedicalSubsidyChanged, "disability"),
}
_READS: Mapping[Item, frozenset[Said]] = {item: frozenset({_KINDS[item]}) if item in _KINDS else frozenset(SAYING[item]) for item in Item}
"""What an item's answer can be another by: of some records only those of one kind."""


class Alike:
    """
    Answers of one day that children have in common: to items of which nothing is told of them, who were born on one day and live here
    since. Most of a city's answers are such. They are the rule's own, asked once; a property test holds them to it.
    """

    def __init__(self, watermarks: Watermarks, as_of: date, parameters: Parameters, most: int = 8_192) -> None:
        """
        `most` is of how many days of birth they are remembered, some 20 KB each: all that are scored, which are under 6,000. With fewer
        than there are, in no order, all would be forgotten again and again.
        """
        self.watermarks = watermarks
        self.as_of = as_of
        self.parameters = parameters
        self._most = most
        self._found: dict[tuple[date, date | None, InHand, bool], list[Answer | None]] = {}
        # Each answer that is remembered, by its id, which is nobody else's for so long.
        self._beside: dict[int, Any] = {}

    def holds(self, watermarks: Watermarks, as_of: date, parameters: Parameters) -> bool:
        """Whether these are answers of that day, by these feeds and parameters."""
        return self.as_of == as_of and self.watermarks == watermarks and self.parameters == parameters

    def of(self, child: Child, facts: ChildFacts) -> list[Answer | None] | None:
        """What is remembered of children as this one, an answer to each of `ALL` or none yet; None of one who is like few others."""
        if len(child.stays) != 1 or child.stays[0].end is not None or child.stays[0].start not in (child.birth_date, None):
            return None
        key = (child.birth_date, child.stays[0].start, facts.in_hand, child.moves is None)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= self._most:
                self._found.clear()
                self._beside.clear()
            found = self._found[key] = [None] * len(ALL)
        return found

    def remember(self, answer: Answer) -> Answer:
        """Let something be kept beside an answer."""
        self._beside[id(answer)] = None
        return answer

    def made_of(self, answers: Iterable[Answer], make: Callable[[Answer], T]) -> list[T]:
        """What is made of each answer: once, of one that is remembered."""
        beside, made = self._beside, []
        for answer in answers:
            found = beside.get(id(answer), _NOT_REMEMBERED)
            if found is _NOT_REMEMBERED:
                found = make(answer)
            elif found is None:
                found = beside[id(answer)] = make(answer)
            made.append(found)
        return made


@lru_cache(maxsize=1_024)
def _asked_apart(told: frozenset[Said]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The places in `ALL` of the items of which something of `told` may be read, and of the others."""
    own = tuple(place for place, indicator in enumerate(ALL) if not told.isdisjoint(_READS[indicator.item]))
    return own, tuple(place for place in range(len(ALL)) if place not in own)


def evaluate(
    child: Child,
    facts: ChildFacts,
    watermarks: Watermarks,
    as_of: date,
    parameters: Parameters = FUKUOKA,
    *,
    only: Collection[Item] = _EVERYTHING,
    alike: Alike | None = None,
) -> tuple[Answer, ...]:
    """
    The answers of every indicator for `child` on `as_of`, always all (or `only` those that are named) and in the order of `Item`.

    `alike` remembers what other children of the same day have in common with this one.

    Promise: on every day from `as_of` up to, but without, `due(…)` of the result, the answer is the same.
    """
    stay = stay_on(child.stays, as_of)
    until = _until(child, as_of)
    reason = _outside(child, as_of)
    if reason is not None or stay is None:
        return _not_applicable(child, as_of, reason or Common.NOT_RESIDENT, until, only)
    question = Question(child, facts, stay, watermarks, as_of, until, parameters)
    shared = alike.of(child, facts) if alike is not None else None
    if alike is None or shared is None:
        return tuple(_answer(i, question) for i in ALL if i.item in only)
    told = facts.classes() | (_MOVED if child.moves else _NOTHING)
    own, others = _asked_apart(frozenset(told))
    found = list(shared)
    for place in own:
        found[place] = _answer(ALL[place], question) if ALL[place].item in only else None
    for place in others:
        if found[place] is None and ALL[place].item in only:
            found[place] = _remembered(place, question, shared, alike)
    return tuple(each for each in found if each is not None and each.item in only)


def _answer(indicator: Indicator[Any], question: Question) -> Answer:
    return _not_approved(indicator.item, question) or indicator.ask(question)


def _remembered(place: int, question: Question, shared: list[Answer | None], alike: Alike) -> Answer:
    asked = question
    bare = ChildFacts(in_hand=asked.facts.in_hand)
    question = Question(asked.child, bare, asked.stay, asked.watermarks, asked.as_of, asked.until, asked.parameters)
    found = shared[place] = alike.remember(_answer(ALL[place], question))
    return found


def due(answers: Iterable[Answer]) -> date | None:
    """The next day on which any of them can change by time alone, a feed that falls silent included."""
    return min((day for answer in answers for day in (answer.due, answer.silent_on) if day), default=None)


def due_apart_from_silence(answers: Iterable[Answer], already_silent: frozenset[Source] = frozenset()) -> date | None:
    """
    The next day on which any of them can change by time alone if no feed falls silent.

    A feed's silence is one event for everybody who rests on it: to move the due day of every child with every watermark would
    write to all of them every night. Only where the feed was found silent already (by a clock that was ahead) the child looks itself.
    """
    days = [i.due for i in answers if i.due is not None]
    if already_silent:
        days += [i.silent_on for i in answers if i.silent_on is not None and not already_silent.isdisjoint(FEEDS_OF[i.item])]
    return min(days, default=None)


_LOCAL = frozenset(item for item, entry in ITEMS.items() if entry.is_local)


def _not_approved(item: Item, question: Question) -> Answer | None:
    """What is said of an item of the city's own before it is approved; None from that day on, and of all others."""
    if item not in _LOCAL:
        return None
    approved_on = question.parameters.approved.get(item)
    if approved_on is not None and approved_on <= question.as_of:
        return None
    return Answer(item, IndicatorValue.NOT_APPLICABLE, Common.NOT_APPROVED, due=question.wake(approved_on))


def in_scope(child: Child, as_of: date) -> bool:
    """Whether the child exists, is born, has not finished 中学校 and lives in the city (REF-06)."""
    return _outside(child, as_of) is None and stay_on(child.stays, as_of) is not None


def _outside(child: Child, as_of: date) -> Outside | None:
    if not child.exists:
        return Common.PERSON_VOIDED
    if as_of < child.birth_date:
        return Common.NOT_BORN
    return Common.OUT_OF_SCOPE if as_of > scope_end(child.birth_date) else None


def _until(child: Child, as_of: date) -> date | None:
    """The next day on which residence or scope changes; None once the child has left the scope for good."""
    left_scope = scope_end(child.birth_date) + DAY
    if not child.exists or as_of >= left_scope:
        return None
    return first_after(as_of, child.birth_date, left_scope, *(day for stay in child.stays for day in (stay.start, stay.end)))


def _not_applicable(child: Child, as_of: date, reason: Outside, until: date | None, only: Collection[Item]) -> tuple[Answer, ...]:
    since = _since(child, as_of, reason)
    return tuple(Answer(item, IndicatorValue.NOT_APPLICABLE, reason, valid_from=since, due=until) for item in Item if item in only)


def _since(child: Child, as_of: date, reason: Outside) -> date | None:
    match reason:
        case Common.OUT_OF_SCOPE:
            return scope_end(child.birth_date) + DAY
        case Common.NOT_RESIDENT:
            return max((stay.end for stay in child.stays if stay.end and stay.end <= as_of), default=None)
        case Common.PERSON_VOIDED | Common.NOT_BORN:
            return None
        case _:
            assert_never(reason)
