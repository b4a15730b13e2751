from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infra.runs import Run, named, read, written

runs = st.lists(st.builds(Run, name=st.uuids(), events=st.integers(1, 200)), min_size=1, max_size=50).map(tuple)


def ids(count: int) -> list[UUID]:
    return [UUID(int=number) for number in range(count)]


@given(runs)
def test_the_runs_of_a_parcel_are_read_as_they_were_written(said: tuple[Run, ...]) -> None:
    assert read(written(said), ids(sum(run.events for run in said))) == said


@given(runs, st.integers(0, 20_000))
def test_names_that_do_not_fit_the_events_are_not_believed(said: tuple[Run, ...], events: int) -> None:
    found = read(written(said), ids(events))

    assert sum(run.events for run in found) == events
    assert found == said or found == tuple(Run(event_id, 1) for event_id in ids(events))


@given(st.one_of(st.none(), st.integers(), st.binary(), st.text(), st.lists(st.text())))
def test_whatever_else_stands_in_the_header_makes_each_event_a_run_of_its_own(header: object) -> None:
    assert read(header, ids(3)) == tuple(Run(event_id, 1) for event_id in ids(3))


@given(st.text(), st.text())
def test_only_what_says_the_same_has_the_same_name(one: str, other: str) -> None:
    assert (named(one, 1).name == named(other, 1).name) == (one == other)


def test_a_negative_or_empty_run_is_not_believed() -> None:
    header = f"{UUID(int=7).hex}:0 {UUID(int=8).hex}:3"
    assert read(header, ids(3)) == tuple(Run(event_id, 1) for event_id in ids(3))
