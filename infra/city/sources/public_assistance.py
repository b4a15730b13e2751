"""The welfare office (生活保護): the members of a case, and the end of one that ended."""

from collections.abc import Iterator

from contracts.kinds import EventKind, Source
from infra.city.population import Expected, Family, WelfareCase
from infra.city.sources.pen import Pen, Placed, Timed

WELFARE = (Source.PUBLIC_ASSISTANCE, EventKind.PUBLIC_ASSISTANCE_MEMBER_CHANGED)


def tell(pen: Pen, number: int, family: Family) -> Iterator[Placed]:
    """The welfare office's events about family `number`."""
    if family.welfare is not None:
        yield from _case(pen, number, family.welfare, family)


def _case(pen: Pen, number: int, case: WelfareCase, family: Family) -> Iterator[Placed]:
    place = pen.later(number)
    for position, member_no in enumerate(case.member_nos):
        record = f"{case.case_no}-{position + 1}"
        data = {"case_id": case.case_no, "person_no": member_no, **_start(case)}
        first = pen.event(*WELFARE, record, case.started_on, data)
        if _kept_for_afternoon(family, member_no):
            pen.afternoon.append(Timed(first, member_no))
            continue
        yield Placed(place + position * 0.01, first)
        if case.abolished_on is not None and case.abolished_on <= pen.today:
            ended = {**data, "abolished_on": case.abolished_on.isoformat()}
            yield Placed(place + 1 + position * 0.01, pen.event(*WELFARE, record, case.abolished_on, ended, revision=2))


def _kept_for_afternoon(family: Family, member_no: str) -> bool:
    return family.circumstances.expected is Expected.WELFARE_STARTS and member_no == family.expected_child_no


def _start(case: WelfareCase) -> dict[str, str]:
    suspended = case.suspended
    dates = {"member_from": case.started_on.isoformat(), "started_on": case.started_on.isoformat()}
    if suspended is not None:
        dates |= {"suspended_from": suspended[0].isoformat(), "suspended_to": suspended[1].isoformat()}
    return dates
