"""Answers as rows: what is written is spelled as it always was."""

import json
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from contracts.ids import EventId
from contracts.kinds import Item
from contracts.values import IndicatorValue
from infra.rows import array
from services.scorer.domain.answer import Answer, Common
from services.scorer.store import cells_of, detail_text, text_of


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans(), max_size=5))
def test_a_detail_is_spelled_as_json_spells_it(detail: dict[str, str | int | bool]) -> None:
    assert detail_text(detail) == json.dumps(detail)


maybe_days = st.none() | st.dates(date(2005, 1, 1), date(2027, 1, 1))


@given(
    st.builds(
        Answer,
        st.sampled_from(Item),
        st.sampled_from(IndicatorValue),
        st.sampled_from(Common),
        st.none() | st.text(),
        st.booleans(),
        maybe_days,
        maybe_days,
        st.lists(st.uuids().map(EventId), max_size=3).map(tuple),
        needed_on=maybe_days,
        stale_since=maybe_days,
        rests_on_feed=st.booleans(),
    )
)
def test_an_answers_text_is_that_of_all_its_columns(answer: Answer) -> None:
    """A digest that was written before is the same as today's."""
    cells = cells_of(answer)

    assert text_of(cells) == "\x1f".join(map(str, cells))
    assert cells[7] == array(answer.evidence)
