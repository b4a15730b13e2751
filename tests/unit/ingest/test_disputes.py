"""Records that are called wrong, as a list: what waits stands first, and a list that is cut says so (issue 12 point 6)."""

from datetime import date
from typing import Any, cast
from uuid import UUID

import pytest

from contracts.ids import DisputeId
from contracts.values import DisputeKind, Item, OwnerAnswer, Source
from services.ingest.disputing import Dispute
from services.ingest.screens.disputes.screen import SHOWN, show


def disputed(number: int, last: OwnerAnswer | None) -> Dispute:
    about = Source.MATERNAL_CHILD_HEALTH, Item.CHECKUP_18M_NOT_RECEIVED, DisputeKind.WRONG, "", date(2026, 4, 11), False, ()
    return Dispute(DisputeId(UUID(int=number)), f"S-{number:06d}", *about, version=0, last=last)


@pytest.mark.parametrize(
    ("waiting", "settled", "says"),
    [
        (SHOWN, 0, {"open": SHOWN, "is_cut": False, "or_more": False}),
        (SHOWN + 1, 0, {"open": SHOWN, "is_cut": True, "or_more": True}),
        (3, SHOWN, {"open": 3, "is_cut": True, "or_more": False}),
    ],
)
def test_a_list_that_is_cut_says_so_and_counts_no_more_than_it_knows(waiting: int, settled: int, says: dict[str, Any]) -> None:
    found = [disputed(n, None) for n in range(waiting)] + [disputed(waiting + n, OwnerAnswer.RIGHT) for n in range(settled)]

    said = show(found[: SHOWN + 1], cast("Any", None))

    assert {name: said.parts[name] for name in says} == says
    assert (len(said.parts["lines"]), said.count) == (min(len(found), SHOWN),) * 2
