from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import PersonId
from services.linker.domain.linking import Known, concerned, decide
from services.linker.domain.lists import BY_MACHINE, list_of, named_twice
from services.linker.domain.matches import Match
from services.linker.domain.records import Link, LinkState, PupilKey, Record
from tests.unit.linker.statements import NAMES
from tests.unit.linker.test_pupils import listed

YUI, TWIN = (NAMES.person(each) for each in ("C", "T"))
LINKS = [
    Link(LinkState.LINKED, rule=rule, person_id=who)
    for rule in ("school_and_claims", "claims", "person_no", "number_decided")
    for who in (YUI, TWIN)
] + [Link(LinkState.REVIEW, reason="-"), Link(LinkState.WAITING, reason="-"), Link(LinkState.VOID)]
Row = tuple[Record, Link]


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    said = st.tuples(st.sampled_from(["S1", "S2"]), st.sampled_from([2026, 2027]), st.sampled_from(["P-1", "P-2", "P-3"]))
    told = draw(st.lists(st.tuples(said, st.sampled_from(LINKS)), max_size=8))
    return [
        (listed(f"JS-{number}", number=None, school_code=school, fiscal_year=year, pupil_key=key), link)
        for number, ((school, year, key), link) in enumerate(told)
    ]


def places(told: Sequence[Row]) -> list[tuple[str, PersonId, PupilKey, str | None]]:
    return [(list_of(each.pupil), link.person_id, each.pupil, link.rule) for each, link in told if each.pupil and link.person_id]


@given(rows(), st.randoms(use_true_random=False))
def test_which_rows_of_a_list_people_look_at_rests_on_no_order(told: list[Row], rng: object) -> None:
    shuffled = list(told)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    assert named_twice(shuffled) == named_twice(told)


@given(rows())
def test_no_child_is_linked_by_machine_beside_another_pupil_of_the_list(told: list[Row]) -> None:
    twice = named_twice(told)
    left = places([(each, link) for each, link in told if each.key not in twice])

    for of, who, pupil, rule in left:
        assert rule not in BY_MACHINE or {mate for other, child, mate, _ in left if (other, child) == (of, who)} == {pupil}
    # Nothing else is taken from anybody: neither what people or a number link, nor who is alone on its list.
    for each, link in told:
        alone = {pupil for of, who, pupil, _ in places(told) if each.pupil and (of, who) == (list_of(each.pupil), link.person_id)}
        assert (each.key in twice) == (link.rule in BY_MACHINE and len(alone) > 1)


@given(rows(), st.data())
def test_rows_that_are_decided_in_two_parcels_are_decided_as_in_one(told: list[Row], data: st.DataObject) -> None:
    pupils = sorted({each.pupil for each, _ in told if each.pupil})
    here = set(data.draw(st.lists(st.sampled_from(pupils)))) if pupils else set()
    beside: dict[tuple[str, PersonId], frozenset[PupilKey]] = {}
    for of, who, pupil, _ in places(told):
        if pupil not in here:
            beside[of, who] = beside.get((of, who), frozenset()) | {pupil}

    expected = {key: who for key, who in named_twice(told).items() if key in {each.key for each, _ in told if each.pupil in here}}

    assert named_twice([(each, link) for each, link in told if each.pupil in here], beside) == expected  # type: ignore[arg-type]


def test_a_row_that_is_put_to_people_is_in_hand_for_the_child() -> None:
    asking = listed(number=None)
    known = Known(frozenset({YUI}), matches={asking.key: Match(may_be=frozenset({YUI}), named_twice=True)})
    link = decide(asking, known)

    assert (link.state, link.reason) == (LinkState.REVIEW, "two pupils of one list mean the same child")
    assert concerned(asking, link, known) == {YUI}
