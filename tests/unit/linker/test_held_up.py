"""What the linker says of records that do not reach a person yet."""

from contracts.words import HELD_UP_FOR
from services.linker.domain import linking


def test_every_reason_for_which_a_record_is_held_up_has_japanese_words_for_its_source() -> None:
    reasons = {value for name, value in vars(linking).items() if name.isupper() and isinstance(value, str) and not name.startswith("BY_")}

    assert reasons == HELD_UP_FOR.keys()
