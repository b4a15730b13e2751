"""Hits of one thing are one finding, in whatever order they come (audit.md §5); of a verification nothing is left out unsaid."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from services.audit.collecting import EACH, of_report
from services.audit.domain.findings.hits import Hit, joined, of_entry
from services.audit.domain.soundness.findings import Finding, FindingKind

START = datetime(2026, 4, 6, 1, tzinfo=UTC)


def hit(first: int, looks: int, more: int) -> Hit:
    at = START + timedelta(hours=first)
    figures = {"looks": looks, "first": first, **({"days": more} if more else {})}
    return Hit(
        "odd_hours", "somebody", [of_entry(first), of_entry(looks)], first_at=at, last_at=at + timedelta(hours=looks), figures=figures
    )


HITS = st.builds(hit, st.integers(0, 9), st.integers(1, 9), st.integers(0, 3))


def told(it: Hit) -> object:
    return set(it.signs), it.first_at, it.last_at, dict(it.figures)


@given(HITS, HITS, HITS)
def test_hits_are_joined_to_the_same_in_whatever_order_and_however_often(a: Hit, b: Hit, c: Hit) -> None:
    assert told(joined(joined(a, b), c)) == told(joined(c, joined(b, joined(a, a))))


def test_the_first_number_is_the_least_and_every_other_figure_the_greatest() -> None:
    assert joined(hit(3, 1, 0), hit(2, 5, 1)).figures == {"looks": 5, "first": 2, "days": 1}


def test_of_more_than_is_told_one_by_one_it_is_told_how_many_more_there_are() -> None:
    found = [Finding(FindingKind.HASH_DIFFERS, "x", index, index) for index in range(EACH + 7)]

    signs = [sign.name for it in of_report(SimpleNamespace(findings=found)) for sign in it.signs]  # type: ignore[arg-type]

    assert (len(signs), signs[-1]) == (EACH + 1, "and 7 more")
