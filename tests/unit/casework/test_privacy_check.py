"""The privacy check of every year: what is looked at, and when it may be signed (PRIV-02)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.ids import StaffId
from services.casework.domain.privacy_check import (
    BY_ITEM,
    CHECKS,
    Finding,
    FindingState,
    Found,
    Item,
    NotSigned,
    Run,
    Seat,
    Signature,
    why_not_signed,
    without_finding,
)
from services.casework.domain.retention import over_before

AT = datetime(2027, 2, 1, tzinfo=UTC)
GOOD = {check.item: Found(check.item, 3, 0) for check in CHECKS}
BAD = GOOD | {Item.EXPORTS: Found(Item.EXPORTS, 3, 1)}
FINDING = Finding(UUID(int=1), 1, Item.EXPORTS, "x", "y", date(2027, 3, 1), FindingState.OPEN, "", AT, "z")
SIGNED = Signature(Seat.COORDINATOR, 1, "", AT, StaffId(UUID(int=2)), "z")


def run(found: dict[Item, Found]) -> Run:
    return Run(2, AT, "z", found)


def test_every_item_stands_in_the_list_once() -> None:
    assert len(CHECKS) == len(BY_ITEM) == len(Item)


@pytest.mark.parametrize(
    ("gathered", "findings", "signatures", "seen", "why"),
    [
        (None, (), (), 0, NotSigned.NO_EVIDENCE),
        (run(GOOD), (), (), 2, None),
        (run(GOOD), (), (), 1, NotSigned.OTHER_RUN),
        (run({Item.EXPORTS: GOOD[Item.EXPORTS]}), (), (), 2, NotSigned.NOT_LOOKED_UP),
        (run(BAD), (), (), 2, NotSigned.NO_FINDING),
        (run(BAD), (FINDING,), (), 2, None),
        (run(BAD), (FINDING,), (SIGNED,), 2, NotSigned.SIGNED),
    ],
)
def test_it_is_signed_when_all_was_looked_at_and_what_is_amiss_has_an_owner(
    gathered: Run | None, findings: tuple[Finding, ...], signatures: tuple[Signature, ...], seen: int, why: NotSigned | None
) -> None:
    assert why_not_signed(gathered, findings, signatures, Seat.COORDINATOR, seen) is why


def test_what_is_amiss_without_a_finding_is_named_and_a_finding_is_late_while_it_is_open() -> None:
    assert without_finding(run(BAD), ()) == (Item.EXPORTS,)
    assert [FINDING.is_late(date(2027, 3, day)) for day in (1, 2)] == [False, True]


def test_what_ended_is_kept_for_five_years() -> None:
    """domain.md §4.6."""
    assert [over_before(day) for day in (date(2026, 4, 11), date(2028, 2, 29))] == [date(2021, 4, 11), date(2023, 2, 28)]
