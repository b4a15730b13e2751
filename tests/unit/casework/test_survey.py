"""What a questionnaire comes to, and of whom it must not tell (EVAL-04)."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.casework.domain.suppression import SMALLEST, known_of, with_sums
from services.casework.domain.survey import Answer, Choice, Survey, questions_in, tabulate

LAST = date(2026, 4, 20)
SURVEY = Survey(UUID(int=1), "A-1", "使いごこち", ("探す時間が減った", "判断の助けになった"), LAST)
AFTER = LAST + timedelta(days=1)


def answers(*choices: tuple[Choice, int]) -> list[Answer]:
    return [Answer((choice, Choice.YES), "") for choice, many in choices for _ in range(many)]


def test_nothing_is_told_while_it_is_open_nor_of_fewer_than_ten() -> None:
    assert tabulate(SURVEY, answers((Choice.YES, 30)), LAST) is None
    assert tabulate(SURVEY, answers((Choice.YES, 9)), AFTER) is None
    found = tabulate(SURVEY, answers((Choice.YES, 10)), AFTER)
    assert found is not None
    assert (found.answered, found.counts[0]) == (10, (10, 0, 0, 0, 0))


def test_a_small_number_is_left_out_with_another_from_which_it_would_follow() -> None:
    found = tabulate(SURVEY, answers((Choice.YES, 20), (Choice.NO, 3), (Choice.RATHER, 15)), AFTER)

    assert found is not None
    assert found.counts[0].count(None) == 2
    assert found.counts[1] == (38, 0, 0, 0, 0)


@given(st.lists(st.sampled_from(Choice), min_size=SMALLEST, max_size=24))
def test_from_how_many_answered_no_small_number_is_known_closer_than_ten(chosen: list[Choice]) -> None:
    """Nine and one of ten: of neither could be said that it is ten or more."""
    found = tabulate(SURVEY, [Answer((each, Choice.YES), "") for each in chosen], AFTER)
    assert found is not None
    counts, [table] = found.counts[0], with_sums([[chosen.count(choice) for choice in Choice]])
    hidden = {(0, number) for number, count in enumerate(counts) if count is None}
    if len(hidden) < len(Choice):
        known = [known_of([table], hidden, cell) for cell in hidden if table[cell[1]] < SMALLEST]
        assert all(each.most >= SMALLEST and each.most - each.least >= SMALLEST for each in known)


@given(st.lists(st.tuples(*[st.sampled_from(Choice)] * 2), min_size=SMALLEST, max_size=40))
def test_no_number_from_one_to_nine_is_ever_shown_and_words_tell_no_order(chosen: list[tuple[Choice, Choice]]) -> None:
    told = [Answer(each, f"意見{(number * 7) % 10}") for number, each in enumerate(chosen)]
    found = tabulate(SURVEY, told, AFTER)

    assert found is not None
    assert not [count for row in found.counts for count in row if count is not None and 0 < count < SMALLEST]
    assert all(row.count(None) != 1 for row in found.counts)
    assert found == tabulate(SURVEY, told[::-1], AFTER)


def test_a_question_is_a_line() -> None:
    assert questions_in(" 一つ目 \n\n二つ目\n ") == ("一つ目", "二つ目")
