"""Planted months through the real tables and rules: recall by rule, and how much else is raised a day."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from contracts.canonical import instant_text
from infra.postgres import Database
from infra.work import UnitOfWork
from services.audit import findings, store
from services.audit.benchmark.acting import SPACE, Act, City, officers, ordinary
from services.audit.benchmark.planting import Planted, plant
from services.audit.domain.admission import Entry
from services.audit.domain.leaf import columns_of, leaf_of
from services.audit.domain.merkle import leaf_hash
from services.audit.domain.misuse.looks import JST, Period
from services.audit.domain.misuse.rules import RULES
from services.audit.domain.misuse.thresholds import Thresholds
from services.audit.misusing import STEP, day_of, days_off, hits_of

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: so many officers over so many days from `first`, and so many scenarios of each rule."""

    officers: int
    days: int
    scenarios: int
    seed: int = 1
    first: date = date(2025, 4, 1)


@dataclass(frozen=True, slots=True)
class Written:
    """Months that lie in the log, and what was planted among them: each scenario with its entries."""

    wish: Wish
    entries: int
    planted: Mapping[Planted, frozenset[int]]

    @property
    def until(self) -> datetime:
        """After the last day, and after everything has settled."""
        return datetime.combine(self.wish.first + timedelta(days=self.wish.days + 3), datetime.min.time(), JST).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OfRule:
    """What a rule found: of so many planted, and how many findings that nobody planted."""

    planted: int
    found: int
    others: int

    @property
    def recall(self) -> float:
        """The share of what was planted."""
        return self.found / self.planted if self.planted else 1.0


@dataclass(frozen=True, slots=True)
class Result:
    """Of each rule, what it found; `missed` names scenarios that it did not. `days` are those of the months, `officers` who worked."""

    rules: Mapping[str, OfRule]
    missed: Sequence[str]
    days: int
    officers: int

    @property
    def load(self) -> float:
        """Findings that nobody planted, a day for a hundred officers."""
        return sum(each.others for each in self.rules.values()) / self.days / self.officers * 100


async def write(db: Database, wish: Wish, thresholds: Thresholds) -> Written:
    """Write months into an empty log."""
    first = datetime.combine(wish.first, datetime.min.time(), JST)
    off = frozenset(days_off(first, first + timedelta(days=wish.days)))
    city = City(Random(wish.seed), officers(wish.officers), wish.first, wish.days, off)  # noqa: S311 -- invented staff
    deeds, planted = list(ordinary(city)), {}
    for scenario, its in plant(city, wish.scenarios, thresholds):
        planted[scenario.number] = scenario
        deeds += its
    deeds.sort(key=lambda deed: (deed.at, deed.officer.id))
    of: dict[Planted, set[int]] = {scenario: set() for scenario in planted.values()}
    for index, deed in enumerate(deeds):
        if deed.misuse is not None:
            of[planted[deed.misuse]].add(index)
    for start in range(0, len(deeds), AT_ONCE):
        await store.append(db, start, [_entry(index, deed) for index, deed in enumerate(deeds[start : start + AT_ONCE], start)])
    return Written(wish, len(deeds), {scenario: frozenset(entries) for scenario, entries in of.items()})


async def found_in(work: UnitOfWork, written: Written, thresholds: Thresholds) -> Result:
    """Let every rule look at the months as the service does, and hold what it raises to what was planted."""
    start = datetime.combine(written.wish.first, datetime.min.time(), JST).astimezone(UTC)
    for rule in RULES:
        since = day_of(start)
        while since < written.until:
            until = min(since + STEP, written.until)
            await findings.raise_all(work, await hits_of(work.db, rule, Period(since, until, written.until), thresholds))
            since = until
    raised = await findings.entries_by_finding(work.db)
    return _held(written, raised)


def _held(written: Written, raised: Mapping[tuple[str, UUID], frozenset[int]]) -> Result:
    every = frozenset().union(*written.planted.values())
    others = Counter(kind for (kind, _), entries in raised.items() if not entries & every)
    of_rule: dict[str, set[int]] = {}
    for (kind, _), entries in raised.items():
        of_rule.setdefault(kind, set()).update(entries)
    missed = [scenario.name for scenario, entries in written.planted.items() if not entries & of_rule.get(scenario.rule, set())]
    planted = Counter(scenario.rule for scenario in written.planted)
    lost = Counter(scenario.rule for scenario in written.planted if scenario.name in set(missed))
    rules = {rule.code: OfRule(planted[rule.code], planted[rule.code] - lost[rule.code], others[rule.code]) for rule in RULES}
    return Result(rules, missed, written.wish.days, written.wish.officers)


def _entry(index: int, deed: Act) -> Entry:
    leaf = leaf_of(_event(index, deed), deed.at.astimezone(UTC))
    return Entry(index, columns_of(leaf), leaf, leaf_hash(leaf))


def _event(index: int, deed: Act) -> dict[str, Any]:
    return {
        "event_id": str(uuid5(SPACE, str(index))),
        "type": "AccessRecorded",
        "occurred_at": instant_text(deed.at.astimezone(UTC)),
        "producer": "casework",
        "lane": 0,
        "sequence": index + 1,
        "actor": {"id": str(deed.officer.id), "role": deed.officer.role, "ward": str(deed.officer.ward), "session": None},
        "action": deed.action,
        "thing": {"kind": deed.thing_kind, "id": deed.thing_id or None, "ward": None if deed.thing_ward is None else str(deed.thing_ward)},
        "fields": list(deed.fields),
        "purpose": "EARLY_SUPPORT",
        "decision": deed.decision,
        "relation": deed.relation,
        "reason_code": deed.reason_code,
        "correlation": None,
        "count": deed.count,
        "origin": None,
    }


def lines(result: Result) -> Iterator[tuple[str, int, int, str, int]]:
    """A line for each rule: planted, found, recall, findings that nobody planted."""
    for code, it in result.rules.items():
        yield code, it.planted, it.found, f"{it.recall:.0%}", it.others
