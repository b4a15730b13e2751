"""Answers as rows: what is written is spelled as it always was."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.scorer.store import detail_text


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans(), max_size=5))
def test_a_detail_is_spelled_as_json_spells_it(detail: dict[str, str | int | bool]) -> None:
    assert detail_text(detail) == json.dumps(detail)
