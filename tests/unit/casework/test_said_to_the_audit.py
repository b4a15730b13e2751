"""Whatever casework tells the audit has Japanese words there: two services that never import each other agree here."""

from uuid import UUID

import pytest

from contracts.deeds import DEEDS, FIELDS, REASONS
from contracts.ids import PersonId
from contracts.values import Item
from services.casework import accesses, api, presentation
from services.casework.actions import OpeningReason
from services.casework.domain.policy import Reason


def test_every_field_that_can_be_shown_has_words() -> None:
    tables = (
        *(presentation.ROW_FIELDS, presentation.HOUSEHOLD_FIELDS, presentation.CHILD_FIELDS, presentation.SIBLING_FIELDS),
        *(api.ROW_FIELDS, api.CHILD_FIELDS),
    )
    fields = {name for table in tables for name in table.values()}

    assert fields == set(accesses.SHOWN_FIELDS)
    assert fields | set(Item) | {"state", "sections", "due_on"} <= set(FIELDS)


def test_a_field_that_the_log_has_no_name_for_cannot_be_shown() -> None:
    with pytest.raises(ValueError, match="no name for"):
        accesses.Shown("answer", ("shoe_size",))
    with pytest.raises(ValueError, match="no name for"):
        accesses.Sight(PersonId(UUID(int=1)), ("shoe_size",), protected=False)


def test_every_look_and_deed_has_words() -> None:
    actions = {
        value for name, value in vars(accesses).items() if name.isupper() and isinstance(value, str) and value.startswith("casework.")
    }

    assert len(actions) == 6
    assert actions | set(accesses.OTHERS.values()) <= set(DEEDS)


def test_every_reason_has_words() -> None:
    assert set(Reason) | set(OpeningReason) | {accesses.PROTECTED} <= set(REASONS)
