"""
What the source systems publish about the city: CloudEvents as plain dicts, in the order of their publication.

The register comes first for each family, but the sources are interleaved, and some health records arrive before the register's, as
they do in life. Among them are corrections, records taken back, revisions in the wrong order, events sent twice, and a few that
must be refused.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any
from uuid import UUID

from contracts.kinds import EventKind
from contracts.values import Sex, Source
from infra.city.dates import days_after, happens
from infra.city.families import WARD_CODES
from infra.city.populating import populate
from infra.city.population import Checkup, Expected, Family, Pregnancy, Resident, Statement, WelfareCase

Event = dict[str, Any]
"""A CloudEvent in structured JSON."""

JST = timezone(timedelta(hours=9))
SOURCES = (Source.RESIDENT_REGISTRY, Source.MATERNAL_CHILD_HEALTH, Source.PUBLIC_ASSISTANCE)
"""The sources that play in this release's city."""

SPOILED_EVERY = 400
"""One event of so many has a sibling that must be refused."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """An event that ingest must refuse, and the path that it must name."""

    source: Source
    record_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Timed:
    """An event of the afternoon that opens a review of the child `person_no`."""

    event: Event
    person_no: str


@dataclass(frozen=True, slots=True)
class City:
    """Everything that is published, and what is known beforehand about it."""

    seed: int
    today: date
    children: int
    events: tuple[Event, ...]
    """The night's events in order, with one watermark per source at the end."""
    afternoon: tuple[Timed, ...]
    """Published afterwards, one by one."""
    spoiled: tuple[Spoiled, ...]

    @property
    def all_events(self) -> tuple[Event, ...]:
        """The night's and the afternoon's events."""
        return (*self.events, *(timed.event for timed in self.afternoon))


def distinct(events: Iterable[Event]) -> Counter[Source]:
    """How many different events each source publishes; one that is sent again is the same event."""
    return Counter(Source(source) for source, _ in {(event["source"], event["id"]) for event in events})


@dataclass(frozen=True, slots=True)
class _Placed:
    """An event with its place in the stream: families follow each other, what is known of them scatters behind."""

    place: float
    event: Event


def build(seed: int, today: date, children: int = 2000, *, expected: int | None = None) -> City:
    """The city of a seed and a day. The same arguments give the same events, ids included."""
    rng = Random(seed)
    families = tuple(populate(rng, today, children, expected))
    writer = _Writer(rng, today, spread=max(3.0, len(families) / 12))
    placed = [entry for number, family in enumerate(families) for entry in writer.family(number, family)]
    ordered = [entry.event for entry in sorted(placed, key=lambda entry: entry.place)]
    stream, spoiled = writer.disturb(ordered)
    events = (*stream, *writer.watermarks())
    afternoon = tuple(writer.afternoon)
    city = City(seed, today, sum(len(family.children) for family in families), events, afternoon, tuple(spoiled))
    _stamp(city.all_events, today)
    return city


class _Writer:
    """Writes each family's records down as their sources would."""

    def __init__(self, rng: Random, today: date, spread: float) -> None:
        self._rng = rng
        self._today = today
        self._spread = spread
        self._serial = 0
        self.afternoon: list[Timed] = []

    def family(self, number: int, family: Family) -> Iterator[_Placed]:
        """Every event about one family that was known by today."""
        for resident in family.residents:
            yield from self._resident(number, resident)
        if family.protection is not None:
            yield from self._protection(number, family)
        for pregnancy in family.pregnancies:
            yield from self._pregnancy(number, pregnancy, family)
        for checkup in family.checkups:
            yield from self._checkup(number, checkup)
        if family.welfare is not None:
            yield from self._welfare(number, family.welfare, family)

    def disturb(self, events: list[Event]) -> tuple[list[Event], list[Spoiled]]:
        """The stream with events that must be refused put between the good ones."""
        stream: list[Event] = []
        spoiled: list[Spoiled] = []
        for position, event in enumerate(events):
            stream.append(event)
            if position % SPOILED_EVERY == SPOILED_EVERY // 2:
                bad, path = self._spoil(len(spoiled))
                stream.append(bad)
                spoiled.append(Spoiled(Source(bad["source"]), bad["subject"], path))
        return stream, spoiled

    def watermarks(self) -> Iterator[Event]:
        """Each source's word that it is complete up to today. Only now absence can be concluded."""
        for source in SOURCES:
            data = {"complete_through": self._today.isoformat()}
            yield self._event(source, EventKind.FEED_WATERMARK, f"W-{self._today:%Y%m%d}", self._today, data)

    # --- the register ---

    def _resident(self, number: int, resident: Resident) -> Iterator[_Placed]:
        place = number + self._rng.random()
        for position, statement in enumerate(resident.statements):
            record = f"J-{resident.person_no}-{position + 1}"
            data = self._resident_data(resident, statement)
            event = self._event(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_CHANGED, record, statement.effective_on, data)
            yield _Placed(place + position * 0.01, event)

    def _resident_data(self, resident: Resident, statement: Statement) -> dict[str, Any]:
        japanese = happens(self._rng, 0.3)
        return {
            "person_no": resident.person_no,
            "name": statement.name,
            "kana": statement.kana,
            "birth_date": resident.birth_date.isoformat(),
            "sex": _sex(resident.sex, japanese=japanese),
            "household_no": statement.household_no,
            "relationship_to_head": statement.relationship,
            "address_code": statement.town,
            "ward_code": statement.ward.value if japanese else WARD_CODES[statement.ward],
            "resident_from": statement.resident_from.isoformat(),
            **({"resident_to": statement.resident_to.isoformat()} if statement.resident_to else {}),
            "change_reason": statement.reason,
        }

    def _protection(self, number: int, family: Family) -> Iterator[_Placed]:
        measure = family.protection
        if measure is None:
            return
        data = {
            "person_no": measure.applicant_no,
            "from": measure.valid_from.isoformat(),
            "to": measure.valid_to.isoformat(),
            "covered_persons": list(measure.covered_nos),
            "opponent_person_nos": list(measure.opponent_nos),
        }
        record = f"DV-{measure.applicant_no}"
        event = self._event(Source.RESIDENT_REGISTRY, EventKind.RESIDENT_PROTECTION_MEASURE, record, measure.valid_from, data)
        yield _Placed(number + self._rng.uniform(-1, 3), event)

    # --- the health section ---

    def _pregnancy(self, number: int, pregnancy: Pregnancy, family: Family) -> Iterator[_Placed]:
        place = self._later(number)
        yield _Placed(place, self._notification(pregnancy, pregnancy.notified_at_days, revision=1))
        if pregnancy.corrected_at_days is not None:
            corrected = self._notification(pregnancy, pregnancy.corrected_at_days, revision=2)
            self.afternoon.append(Timed(corrected, _child_of(family)))
        for exam in self._exams(pregnancy):
            yield _Placed(place + self._rng.uniform(-0.5, 3), exam)
        if pregnancy.ended_on is not None:
            yield _Placed(place + self._rng.uniform(0, 4), self._ended(pregnancy, pregnancy.ended_on))

    def _notification(self, pregnancy: Pregnancy, at_days: int, revision: int) -> Event:
        weeks, days = divmod(at_days, 7)
        as_text = revision > 1 or happens(self._rng, 0.7)
        data = {
            "pregnancy_id": pregnancy.pregnancy_no,
            "mother_person_no": pregnancy.mother_no,
            "notified_on": pregnancy.notified_on.isoformat(),
            "handbook_issued_on": pregnancy.notified_on.isoformat(),
            "issue_kind": pregnancy.issue_kind,
            "gestational_weeks": f"{weeks}w{days}d" if as_text else weeks,
            "edd": pregnancy.due_on.isoformat(),
            "fetus_count": pregnancy.fetuses,
        }
        record = f"NT-{pregnancy.pregnancy_no}"
        return self._event(
            Source.MATERNAL_CHILD_HEALTH, EventKind.PREGNANCY_NOTIFIED, record, pregnancy.notified_on, data, revision=revision
        )

    def _exams(self, pregnancy: Pregnancy) -> Iterator[Event]:
        reference = {"pregnancy_id": pregnancy.pregnancy_no, "mother_person_no": pregnancy.mother_no}
        for position, exam_on in enumerate(pregnancy.exams):
            weeks = (280 - (pregnancy.due_on - exam_on).days) // 7
            data = {**reference, "exam_date": exam_on.isoformat(), "gestational_weeks": weeks, "coupon_no": position + 1}
            record = f"NK-{pregnancy.pregnancy_no}-{position + 1}"
            yield self._event(Source.MATERNAL_CHILD_HEALTH, EventKind.PRENATAL_EXAM_RECORDED, record, exam_on, data)
        for after in pregnancy.postpartum:
            if after.exam_on <= self._today:
                score = {} if after.epds_total is None else {"epds_total": after.epds_total}
                data = {**reference, "exam_date": after.exam_on.isoformat(), "weeks_postpartum": after.weeks, **score}
                record = f"NS-{pregnancy.pregnancy_no}-{after.weeks}"
                yield self._event(Source.MATERNAL_CHILD_HEALTH, EventKind.POSTPARTUM_CHECKUP_RECORDED, record, after.exam_on, data)

    def _ended(self, pregnancy: Pregnancy, on: date) -> Event:
        named = {"child_person_nos": list(pregnancy.child_nos)} if pregnancy.child_nos else {}
        data = {"pregnancy_id": pregnancy.pregnancy_no, "outcome": pregnancy.outcome, "ended_on": on.isoformat(), **named}
        return self._event(Source.MATERNAL_CHILD_HEALTH, EventKind.PREGNANCY_ENDED, f"NE-{pregnancy.pregnancy_no}", on, data)

    def _checkup(self, number: int, checkup: Checkup) -> Iterator[_Placed]:
        place = self._later(number)
        record = f"K-{checkup.child_no}-{checkup.kind}"
        data = self._checkup_data(checkup, checkup.weight_kg)
        first = self._event(Source.MATERNAL_CHILD_HEALTH, EventKind.INFANT_CHECKUP_RECORDED, record, checkup.exam_on, data)
        yield _Placed(place, first)
        yield from self._afterwards(place, first, checkup)

    def _afterwards(self, place: float, first: Event, checkup: Checkup) -> Iterator[_Placed]:
        """A correction (now and then overtaking what it corrects), the same event again, or a record entered for the wrong child."""
        if happens(self._rng, 0.010):
            overtaken = happens(self._rng, 0.2)
            data = self._checkup_data(checkup, round(checkup.weight_kg + self._rng.uniform(0.1, 0.9), 1))
            second = self._event(Source(first["source"]), EventKind(first["type"]), first["subject"], checkup.exam_on, data, revision=2)
            yield _Placed(place + (-1 if overtaken else self._rng.uniform(0.5, 9)), second)
        elif happens(self._rng, 0.003):
            yield _Placed(place + self._rng.uniform(0.1, 2), dict(first))
        elif happens(self._rng, 0.002):
            yield from self._entered_wrongly(place, checkup)

    def _entered_wrongly(self, place: float, checkup: Checkup) -> Iterator[_Placed]:
        record = f"K-{checkup.child_no}-{checkup.kind}-x"
        data = self._checkup_data(checkup, checkup.weight_kg)
        arguments = (Source.MATERNAL_CHILD_HEALTH, EventKind.INFANT_CHECKUP_RECORDED, record, checkup.exam_on)
        yield _Placed(place + 0.2, self._event(*arguments, data))
        yield _Placed(place + 0.4, self._event(*arguments, {"person_no": checkup.child_no}, revision=2, op="void"))

    def _checkup_data(self, checkup: Checkup, weight_kg: float) -> dict[str, Any]:
        return {
            "person_no": checkup.child_no,
            "checkup_type": checkup.kind,
            "exam_date": checkup.exam_on.isoformat(),
            "exam_place_kind": "contract_clinic" if checkup.kind == "10m" else "city",
            "weight_kg": weight_kg,
            "height_cm": checkup.height_cm,
        }

    # --- the welfare office ---

    def _welfare(self, number: int, case: WelfareCase, family: Family) -> Iterator[_Placed]:
        place = self._later(number)
        for position, member_no in enumerate(case.member_nos):
            record = f"{case.case_no}-{position + 1}"
            data = {"case_id": case.case_no, "person_no": member_no, **_welfare_start(case)}
            first = self._event(Source.PUBLIC_ASSISTANCE, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, record, case.started_on, data)
            if self._kept_for_afternoon(family, member_no):
                self.afternoon.append(Timed(first, member_no))
                continue
            yield _Placed(place + position * 0.01, first)
            if case.abolished_on is not None and case.abolished_on <= self._today:
                ended = {**data, "abolished_on": case.abolished_on.isoformat()}
                arguments = (Source.PUBLIC_ASSISTANCE, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED, record, case.abolished_on)
                yield _Placed(place + 1 + position * 0.01, self._event(*arguments, ended, revision=2))

    def _kept_for_afternoon(self, family: Family, member_no: str) -> bool:
        return family.circumstances.expected is Expected.WELFARE_STARTS and member_no == family.expected_child_no

    # --- events ---

    def _later(self, number: int) -> float:
        """Mostly behind the family's register entries; one of twenty-five before them."""
        if happens(self._rng, 0.04):
            return number - self._rng.uniform(0, 3)
        return number + 1 + self._rng.random() * self._spread

    def _event(
        self,
        source: Source,
        kind: EventKind,
        record: str,
        effective_on: date,
        data: Mapping[str, Any],
        *,
        revision: int = 1,
        op: str = "upsert",
    ) -> Event:
        self._serial += 1
        recorded_on = min(days_after(effective_on, self._rng.randint(0, 20)), self._today)
        return {
            "specversion": "1.0",
            "id": str(UUID(int=self._rng.getrandbits(128), version=4)),
            "source": source.value,
            "type": kind.value,
            "time": "",
            "subject": record,
            "schemaversion": "1",
            "revision": revision,
            "op": op,
            "effectiveon": effective_on.isoformat(),
            "recordedat": datetime.combine(recorded_on, time(), JST).isoformat(),
            "datacontenttype": "application/json",
            "data": dict(data),
        }

    def _spoil(self, number: int) -> tuple[Event, str]:
        """An event that must be refused as a whole, and the path that the refusal must name."""
        broken: tuple[tuple[str, dict[str, Any]], ...] = (
            ("questionnaire", {"questionnaire": {"hit_emotionally": True}}),
            ("favourite_colour", {"favourite_colour": "blue"}),
            ("exam_date", {"exam_date": "2026-02-30"}),
            ("weight_kg", {"weight_kg": "heavy"}),
        )
        path, change = broken[number % len(broken)]
        on = days_after(self._today, -30)
        data = {"person_no": f"{900_000 + number:010d}", "checkup_type": "18m", "exam_date": on.isoformat(), **change}
        return self._event(Source.MATERNAL_CHILD_HEALTH, EventKind.INFANT_CHECKUP_RECORDED, f"X-{number + 1}", on, data), path


def _stamp(events: tuple[Event, ...], today: date) -> None:
    """Publication times, a millisecond apart up to the start of the day: a clock here would make two builds differ, and none lies ahead."""
    end = datetime.combine(today, time(), JST).astimezone(UTC)
    for position, event in enumerate(events):
        event["time"] = (end - timedelta(milliseconds=len(events) - position)).isoformat(timespec="milliseconds")


def _welfare_start(case: WelfareCase) -> dict[str, str]:
    suspended = case.suspended
    dates = {"member_from": case.started_on.isoformat(), "started_on": case.started_on.isoformat()}
    if suspended is not None:
        dates |= {"suspended_from": suspended[0].isoformat(), "suspended_to": suspended[1].isoformat()}
    return dates


def _sex(sex: Sex, *, japanese: bool) -> str:
    return {Sex.MALE: "男", Sex.FEMALE: "女"}.get(sex, "unknown") if japanese else sex.value


def _child_of(family: Family) -> str:
    return family.expected_child_no or family.children[-1].person_no
