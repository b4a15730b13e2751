"""What comes back of an external analysis (MASK-04): thresholds alone; wrong ones are refused by their field, nothing else changes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scorer.domain.rulesets import DOCUMENTS, NotARuleset, read
from services.scorer.domain.rulesets.result import is_result, read_result
from services.scorer.editing import merged, next_name, with_settings

RESULT = """
dataset = "00000000-0000-4000-8000-000000000001"
begin = "SP-3"
grounds = "30〜34回では、支援が必要だった割合が変わらない。"
[parameters]
tardiness = { high_from = 35 }
"""


def test_a_result_says_of_which_dataset_it_is_what_it_found_and_why() -> None:
    found = read_result(RESULT)

    assert (str(found.dataset), found.begin, found.settings) == (
        "00000000-0000-4000-8000-000000000001",
        "SP-3",
        {"tardiness": {"high_from": 35}},
    )
    assert (is_result(RESULT), is_result(DOCUMENTS["SP-3"]), is_result("dataset = ["), is_result("x" * 30_000)) == (
        True,
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"00000000-0000-4000-8000-000000000001"', '"1"', "dataset"),
        ('"00000000-0000-4000-8000-000000000001"', "[]", "dataset"),
        ('"SP-3"', '"three"', "begin"),
        ('"SP-3"', "3", "begin"),
        ("grounds =", "reason =", "grounds"),
        ("grounds =", "reason =", "reason"),
        ("30〜34回では、支援が必要だった割合が変わらない。", " ", "grounds"),
        ("30〜34回では", "長" * 2_000, "grounds"),
        ("tardiness = { high_from = 35 }", "", "parameters"),
        ("tardiness = { high_from = 35 }", "tardiness = { high_from = 350 }", "parameters.tardiness.high_from"),
        ("tardiness = { high_from = 35 }", "tardyness = 35", "parameters.tardyness"),
        ("[parameters]", "[[parameters]]", "parameters"),
        ("tardiness = { high_from = 35 }", "tardiness = {", "(document)"),
    ],
)
def test_what_is_no_result_is_refused_with_the_field_named(old: str, new: str, field: str) -> None:
    with pytest.raises(NotARuleset) as refused:
        read_result(RESULT.replace(old, new))

    assert field in {each.field for each in refused.value.mistakes}


_SETTINGS: tuple[dict[str, Any], ...] = (
    {"epds_high_from": 12},
    {"absence": {"high_from": 35}},
    {"absence": {"share_least": 20}, "contact_months": 6},
)
_HELD = (
    "",
    "\n[parameters]\nepds_high_from = 10 # warum\nabsence = { high_from = 20 }\n",
    "\n[parameters.absence]\nhigh_from = 20\n",
    "\n[parameters]\nwindows = 'guideline'\n[parameters.fresh_within_days]\nchildcare = 14\n",
)


@given(st.sampled_from(sorted(DOCUMENTS)), st.sampled_from(_HELD), st.sampled_from(_SETTINGS))
def test_what_is_set_is_set_and_all_else_stays_as_it_was_written(name: str, held: str, settings: dict[str, Any]) -> None:
    document = DOCUMENTS[name] + held
    edited = with_settings(document, "SP-9", settings)
    before, after = read(document), read(edited)

    assert (after.name, dict(after.parameters)) == ("SP-9", merged(before.parameters, settings))
    assert (after.group_of, after.several_of, after.suppressors) == (before.group_of, before.several_of, before.suppressors)
    assert [line for line in document.splitlines() if line.startswith("#")] == [
        line for line in edited.splitlines() if line.startswith("#")
    ]


def test_a_value_that_no_ruleset_may_set_is_refused_and_names_go_on_after_the_last() -> None:
    with pytest.raises(NotARuleset, match=r"parameters\.epds_high_from"):
        with_settings(DOCUMENTS["SP-3"], "SP-9", {"epds_high_from": 31})
    assert (next_name("SP-3", {"SP-1", "SP-12", "FK-90"}), next_name("FK-1", {"SP-1"})) == ("SP-13", "FK-2")
