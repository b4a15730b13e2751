"""Children for tests of masking: drawn by hypothesis, or made by hand."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from contracts.ids import PersonId
from contracts.values import IndicatorValue, Item, Ward
from services.scorer.domain.masking.columns import Given, Subject

AS_OF = date(2026, 4, 11)
KEY = b"\x01" * 32
ANOTHER_KEY = b"\x02" * 32


def child(
    number: int, born: str = "2016-06-01", *true: Item, ward: Ward | None = Ward.HAKATA, sex: str = "female", **given: Any
) -> Subject:
    """A child to whom everything is FALSE, but for `true` and what is `given` by item."""
    answers = {item: Given(IndicatorValue.TRUE if item in true else IndicatorValue.FALSE) for item in Item}
    answers |= {Item(item): answer for item, answer in given.items()}
    return Subject(PersonId(UUID(int=number)), date.fromisoformat(born), sex, ward, answers)


_GIVEN = st.builds(
    Given,
    st.sampled_from(["FALSE", "FALSE", "FALSE", "FALSE", "TRUE", "UNKNOWN"]),
    st.sampled_from([None, None, "<3", "≥90"]),
    st.one_of(st.none(), st.integers(0, 100)),
)
_FEW = st.dictionaries(st.sampled_from([*Item][-5:]), _GIVEN, max_size=2)
_PLAIN = {item: Given("FALSE") for item in Item}


@st.composite
def cities(draw: st.DrawFn, most: int = 70) -> list[Subject]:
    """A small city, in which some read alike and some do not."""
    kinds = draw(
        st.lists(
            st.tuples(st.integers(0, 15 * 365), st.sampled_from(["female", "male"]), st.sampled_from([*[*Ward][:2], None]), _FEW),
            min_size=1,
            max_size=8,
        )
    )
    chosen = draw(st.lists(st.integers(0, len(kinds) - 1), max_size=most))
    people = []
    for number, place in enumerate(chosen, 1):
        days, sex, ward, answers = kinds[place]
        people.append(Subject(PersonId(UUID(int=number)), AS_OF - timedelta(days=days), sex, ward, _PLAIN | answers))
    return people


@st.composite
def rare_cities(draw: st.DrawFn) -> list[Subject]:
    """A city of one school year in which many read alike, and a few have one item or two: those whom masking is hard on."""
    ordinary = draw(st.integers(0, 60))
    rare = draw(st.lists(st.tuples(st.sampled_from([*Ward][:2]), st.sets(st.sampled_from([*Item][:3]), min_size=1)), max_size=30))
    common = draw(st.sets(st.sampled_from([*Item][:2])))
    people = [child(number, "2016-06-01", *common, ward=[*Ward][number % 2]) for number in range(1, ordinary + 1)]
    return people + [child(ordinary + number, "2016-06-01", *items, ward=ward) for number, (ward, items) in enumerate(rare, 1)]
