"""
Histories as a city might live them, drawn from a number: the same number, the same history.

What is drawn is disorder: records late, corrected, voided and sent again, a child who moves away and back, feeds that stop or begin late,
records in somebody's hand, a pregnancy that is linked long after the birth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from contracts.kinds import EventKind, Source
from tests.unit.scorer.oracle import city, family, more
from tests.unit.scorer.oracle.calendar import add_months, attains, school_entry, scope_end
from tests.unit.scorer.oracle.world import Mate, Span, Whom

DAY = timedelta(days=1)
_COUNTED = ("epds_total", "gestational_weeks", "absent_days", "tardy_count")
_HELD = (
    *(Source.MATERNAL_CHILD_HEALTH, Source.PUBLIC_ASSISTANCE, Source.DISABILITY, Source.SCHOOL_AFFAIRS),
    *(Source.RESIDENT_REGISTRY, Source.LONG_TERM_CARE),
    *(Source.CHILDCARE, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE, Source.LIFESTYLE_LEARNING_SURVEY),
)
BORN = (date(2010, 1, 1), date(2026, 12, 31))


@dataclass(frozen=True)
class Statement:
    """What a source says of a record, and the day on which the city hears it. Without `data` it takes the record back."""

    kind: EventKind
    source: Source
    record: str
    revision: int
    heard_on: date
    said_on: date
    data: Mapping[str, Any] | None
    reach: str = "child"
    case: str | None = None
    school: str | None = None
    whose: int | None = None
    """Which housemate it is about."""


@dataclass(frozen=True)
class History:
    """What the city hears of a child, in time."""

    number: int
    birth: date
    sex: str
    stays: tuple[Span, ...]
    mother_stays: tuple[Span, ...]
    mother_certain: bool
    linked_on: date | None
    """The day on which the pregnancy is linked with the child; None: none ever."""
    open_pregnancy: bool
    statements: tuple[Statement, ...]
    silences: Mapping[Source, Span | None]
    """Of each source that ever speaks, when it is silent; on every other day it is complete up to that day."""
    complete_from: Mapping[Source, date]
    hands: tuple[tuple[Source, Whom, date, date], ...]
    measures: tuple[Span, ...] = ()
    exists: bool = True
    moves: tuple[date, ...] | None = None
    carer: Span = (date.min, None)
    """When somebody who is no list's had the child in care."""
    mates: tuple[Mate, ...] = ()
    seen: tuple[tuple[str, date, date], ...] = ()
    """What staff saw of the child, on which day, and when the city heard of it."""
    days: tuple[date, ...] = field(default=())
    """Days on which something may turn."""


def draw(number: int) -> History:
    """Draw a history."""
    return Drawing(Random(number), number).history()  # noqa: S311 -- the same history again from its number


class Drawing:
    """What is drawn so far."""

    def __init__(self, random: Random, number: int) -> None:
        self.random = random
        self.number = number
        first, last = BORN
        self.birth = self._boundary_birth() or first + timedelta(days=random.randrange((last - first).days))
        self.last = scope_end(self.birth) + timedelta(days=40)
        self.days: set[date] = {self.birth, school_entry(self.birth), scope_end(self.birth), scope_end(self.birth) + DAY}
        self.statements: list[Statement] = []
        self.records = 0

    def chance(self, share: float) -> bool:
        """Yes in so many of one."""
        return self.random.random() < share

    def between(self, first: date, last: date) -> date:
        """Some day of these."""
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))

    def near(self, day: date, days: int = 1) -> date:
        """Some day around one."""
        return day + timedelta(days=self.random.randint(-days, days))

    def history(self) -> History:
        """Draw it all."""
        stays = self._stays(self.birth, at_birth=self.chance(0.75))
        mother_stays = self._stays(add_months(self.birth, -10 if self.chance(0.8) else -4), at_birth=True)
        has_pregnancy, certain = self.chance(0.7), self.chance(0.8)
        linked_on = self.birth + timedelta(days=self.random.choice((0, 2, 45, 130, 400))) if has_pregnancy else None
        measures = self._measures()
        self._checkups()
        self._pregnancy("pregnancy" if has_pregnancy else "mother")
        self._assistance(measures)
        more.draw(self, measures)
        city.draw(self)
        moves, carer, mates = family.draw(self, stays, measures)
        for span in (*stays, *mother_stays, *measures):
            self.days |= {day for day in span if day is not None}
        silences, begun = self._feeds()
        return History(
            number=self.number,
            birth=self.birth,
            sex=self.random.choice(("male", "female", "female", "male", "unknown")),
            stays=stays,
            mother_stays=mother_stays,
            mother_certain=certain or has_pregnancy,
            linked_on=linked_on,
            open_pregnancy=not has_pregnancy and self.chance(0.1),
            statements=tuple(self._disordered()),
            silences=silences,
            complete_from=begun,
            hands=tuple(self._hands()),
            measures=measures,
            exists=not self.chance(0.01),
            moves=moves,
            carer=carer,
            mates=mates,
            seen=family.seen(self),
            days=tuple(sorted(day for day in self.days if self.birth - 40 * DAY <= day <= self.last + 40 * DAY)),
        )

    def _boundary_birth(self) -> date | None:
        if not self.chance(0.2):
            return None
        year = self.random.randint(2010, 2026)
        month, day = self.random.choice(((4, 1), (4, 2), (3, 31), (2, 28), (3, 1), (8, 31), (12, 31), (1, 1)))
        return date(2012 + 4 * self.random.randint(0, 3), 2, 29) if self.chance(0.2) else date(year, month, day)

    def _stays(self, start: date, *, at_birth: bool) -> tuple[Span, ...]:
        """One stay, or several with gaps, or ones that touch (a move within the city)."""
        begin = start if at_birth else self.between(self.birth, self.birth + timedelta(days=1500))
        spans: list[Span] = []
        while True:
            if self.chance(0.7):
                spans.append((begin, None))
                break
            end = begin + timedelta(days=self.random.choice((1, 30, 200, 700, 1500)))
            spans.append((begin, end))
            if self.chance(0.3):
                break
            begin = end + timedelta(days=self.random.choice((0, 0, 1, 20, 400)))
        return tuple(spans)

    # --- records ---------------------------------------------------------------------------------

    def say(
        self,
        kind: EventKind,
        source: Source,
        said_on: date,
        reach: str = "child",
        /,
        *,
        in_case: str | None = None,
        in_school: str | None = None,
        of_mate: int | None = None,
        **data: Any,
    ) -> None:
        """A record, and what becomes of it: corrected, voided, said again."""
        self.records += 1
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items() if value is not None}
        self.days |= {value for value in data.values() if isinstance(value, date)} | {said_on}
        heard = said_on + timedelta(days=self.random.choice((0, 0, 1, 5, 30, 200, 900)))
        record, revision = f"R-{self.records}", 1
        self.statements.append(Statement(kind, source, record, revision, heard, said_on, told, reach, in_case, in_school, of_mate))
        while self.chance(0.2):
            revision += 1
            heard += timedelta(days=self.random.choice((0, 1, 40, 300)))
            data_now = None if self.chance(0.4) else self._corrected(told)
            said_on = said_on if self.chance(0.7) else min(heard, said_on + timedelta(days=self.random.randint(1, 200)))
            self.statements.append(Statement(kind, source, record, revision, heard, said_on, data_now, reach, in_case, in_school, of_mate))

    def _corrected(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        corrected = dict(told)
        for name, value in told.items():
            if name.endswith(("_date", "_on", "_from", "_to")) and self.chance(0.4):
                moved = self.near(date.fromisoformat(value), 20)
                corrected[name] = moved.isoformat()
                self.days.add(moved)
            elif name in _COUNTED and self.chance(0.5):
                corrected[name] = max(0, value + self.random.randint(-3, 3))
        return corrected

    def _checkups(self) -> None:
        for kind, first, last in (("4m", 4, 6), ("18m", 18, 24), ("3y", 36, 48), ("10m", 10, 11)):
            start, end = add_months(self.birth, first), add_months(self.birth, last)
            self.days |= {start, end, end + timedelta(days=60), start - timedelta(days=31)}
            for _ in range(self.random.choice((0, 0, 1, 1, 2))):
                day = self.random.choice(
                    (self.between(start, end), self.near(start - timedelta(days=31)), self.near(end + timedelta(days=60), 90))
                )
                self.say(
                    EventKind.INFANT_CHECKUP_RECORDED,
                    Source.MATERNAL_CHILD_HEALTH,
                    day,
                    checkup_type=kind,
                    exam_date=day,
                    result_status=self.random.choice((None, "attended", "attended", "not_attended")),
                    weight_kg=self._weight(day),
                    gestational_weeks=self.random.choice((None, None, None, 40, 36, 32)),
                )

    def _weight(self, day: date) -> float | None:
        if self.chance(0.2):
            return None
        months = (day - self.birth).days / 30.44
        usual = 9.2 + max(0.0, months - 12) * 0.19
        return round(usual * self.random.choice((0.78, 0.84, 0.86, 0.88, 1.0, 1.1, 1.3, 0.5, 6.0)), 2)

    def _pregnancy(self, reach: str) -> None:
        source, birth = Source.MATERNAL_CHILD_HEALTH, self.birth
        edd = self.near(birth, 20)
        for kind in ("new", "reissue", "moved_in") if self.chance(0.1) else self._issues():
            if reach != "pregnancy":
                break
            issued = edd - timedelta(days=280 - self.random.choice((70, 83, 84, 85, 110, 250, 275)))
            if self.chance(0.07):
                issued = birth + timedelta(days=self.random.choice((1, 20)))
            weeks = (280 - (edd - issued).days) // 7
            self.say(
                EventKind.PREGNANCY_NOTIFIED,
                source,
                issued,
                reach,
                notified_on=issued,
                handbook_issued_on=issued,
                issue_kind=kind,
                gestational_weeks=weeks if self.chance(0.6) else None,
                first_notification_weeks=self.random.choice((None, 9, 11, 12, 20)) if kind == "moved_in" else None,
                edd=edd if self.chance(0.9) else None,
            )
        for _ in range(self.random.choice((0, 0, 0, 1, 3))):
            day = birth - timedelta(days=self.random.choice((0, 1, 30, 120, 180))) if self.chance(0.85) else birth + DAY
            self.say(EventKind.PRENATAL_EXAM_RECORDED, source, day, self._of(reach), exam_date=day)
        for _ in range(self.random.choice((0, 0, 1, 2, 3))):
            day = birth + timedelta(days=self.random.choice((21, 24, 30, 45, 90)))
            total = self.random.choice((None, 0, 4, 8, 9, 9, 10, 20))
            self.say(EventKind.POSTPARTUM_CHECKUP_RECORDED, source, day, self._of(reach), exam_date=day, epds_total=total)
        self.days |= {birth + timedelta(days=120), add_months(birth, 12), add_months(birth, 36)}

    def _issues(self) -> tuple[str, ...]:
        return self.random.choice((("new",), ("new",), ("new",), (), ("reissue",), ("moved_in",), ("new", "reissue")))

    def _of(self, reach: str) -> str:
        """Some records name the mother and no pregnancy."""
        return "mother" if self.chance(0.25) else reach

    def _assistance(self, measures: tuple[Span, ...]) -> None:
        kind, source = EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, Source.PUBLIC_ASSISTANCE
        for case in ("a", "b")[: self.random.choice((0, 0, 1, 1, 2))]:
            start = self.between(self.birth - timedelta(days=400), self.last - timedelta(days=200))
            suspended = start + timedelta(days=self.random.choice((0, 30, 300))) if self.chance(0.25) else None
            row: dict[str, Any] = {
                "member_from": self.near(start, 60) if self.chance(0.5) else None,
                "member_to": start + timedelta(days=self.random.randint(1, 1500)) if self.chance(0.25) else None,
                "started_on": start,
                "suspended_from": suspended,
                "suspended_to": suspended + timedelta(days=self.random.choice((1, 31, 200))) if suspended and self.chance(0.6) else None,
                "abolished_on": start + timedelta(days=self.random.randint(1, 2500)) if self.chance(0.4) else None,
            }
            self.say(kind, source, start, in_case=case, **row)
            if measures and self.chance(0.6):
                self.say(kind, source, start, "opponent", in_case=case, member_from=start, started_on=start)

    def _measures(self) -> tuple[Span, ...]:
        if not self.chance(0.15):
            return ()
        start = self.between(self.birth, self.last)
        return ((start, start + timedelta(days=365) if self.chance(0.7) else None),)

    # --- what is known when ----------------------------------------------------------------------

    def _disordered(self) -> Iterator[Statement]:
        statements = list(self.statements)
        self.random.shuffle(statements)
        for statement in statements:
            yield statement
            if self.chance(0.1):
                yield statement

    def _feeds(self) -> tuple[dict[Source, Span | None], dict[Source, date]]:
        """Some feeds stop for a while or for good, some begin late, some never speak."""
        silences: dict[Source, Span | None] = {}
        begun: dict[Source, date] = {}
        for source in Source:
            if self.chance(0.15):
                begun[source] = self.between(self.birth - timedelta(days=400), self.last)
                self.days.add(begun[source])
            if self.chance(0.05):
                continue
            silences[source] = None
            if self.chance(0.3):
                start = self.between(self.birth, self.last)
                end = start + timedelta(days=self.random.choice((5, 20, 300))) if self.chance(0.7) else None
                silences[source] = (start, end)
                self.days |= {start, start + timedelta(days=7), start + timedelta(days=8), *(() if end is None else (end,))}
        return silences, begun

    def _hands(self) -> Iterator[tuple[Source, Whom, date, date]]:
        for source in _HELD:
            if self.chance(0.12):
                start = self.between(self.birth, self.last)
                end = start + timedelta(days=self.random.choice((1, 40, 900)))
                whom: Whom = self.random.choice(("child", "mother", "household", "anybody"))
                self.days |= {start, end}
                yield source, whom, start, end


def asked(history: History, count: int) -> Iterator[tuple[date, date]]:
    """Pairs of a day on which somebody asks, and the day asked about: the same day (a list of that day), or an earlier one."""
    random = Random(-history.number - 1)  # noqa: S311 -- as above
    end = scope_end(history.birth) + 3 * DAY
    for _ in range(count):
        day = random.choice(history.days) + timedelta(days=random.randint(-1, 1)) if random.random() < 0.85 else attains(history.birth, 1)
        day = day if random.random() < 0.9 else history.birth + timedelta(days=random.randrange((end - history.birth).days))
        yield (day if random.random() < 0.5 else max(day, end)), day
