"""What the city says that no machine decides: for the demonstration alone, and beside everything else."""

from datetime import date

from contracts.kinds import EventKind
from infra.city.events import build
from infra.city.sources import ALL

TODAY = date(2026, 9, 1)


def test_a_city_in_doubt_says_a_few_things_more_and_all_else_as_before() -> None:
    plain, in_doubt = (build(7, TODAY, 300, scenes=True, sources=ALL, in_doubt=each) for each in (False, True))

    said = {(event["source"], event["id"]) for event in plain.events}
    more = [event for event in in_doubt.events if (event["source"], event["id"]) not in said]

    assert len(in_doubt.events) == len(plain.events) + len(more)
    kinds = {(event["type"], event["revision"]) for event in more}
    assert kinds == {
        (EventKind.RESIDENT_CHANGED, 1),
        (EventKind.RESIDENT_CHANGED, 2),
        (EventKind.INFANT_CHECKUP_RECORDED, 1),
        (EventKind.PUPIL_REGISTERED, 1),
    }
    assert build(7, TODAY, 300, scenes=True, sources=ALL, in_doubt=True).events == in_doubt.events
