"""Places and kinds as pages say them."""

import pytest

from contracts.values import Source
from services.ingest.wording import kind_of, place_of

HEALTH = Source.MATERNAL_CHILD_HEALTH
CHECKUP = "infant_checkup.recorded"


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        (CHECKUP, "exam_date", "受診日（exam_date）"),
        (CHECKUP, "favourite_colour", "favourite_colour"),
        (CHECKUP, "recordedat", "recordedat"),
        ("nothing.known", "exam_date", "exam_date"),
        (None, "", ""),
    ],
)
def test_a_field_is_called_as_the_catalogue_does_with_the_name_that_its_sender_knows(kind: str | None, path: str, words: str) -> None:
    assert place_of(HEALTH, kind, path) == words


def test_a_kind_is_called_as_the_catalogue_does() -> None:
    assert kind_of(HEALTH, CHECKUP) == f"乳幼児健診（{CHECKUP}）"
    assert (kind_of(HEALTH, "nothing.known"), kind_of(HEALTH, None)) == ("nothing.known", "—")
