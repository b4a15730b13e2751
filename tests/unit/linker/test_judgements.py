"""Who is the same person follows from the judgements alone: in whatever order they came, and how often."""

from random import Random

import pytest

from services.linker.domain.judgements import By, Judgement, JudgementId, Word, around, clusters, standing, unheeded
from services.linker.domain.subjects import SubjectId, entry_subject, number_of, number_subject
from tests.unit.linker.statements import identifier

A, B, C, D = (entry_subject(each) for each in "1234")
SHUFFLES = 1_000


def judged(name: str, one: SubjectId, other: SubjectId, word: Word = Word.SAME, by: By = By.CLERK, *, instead_of: str = "") -> Judgement:
    supersedes = JudgementId(identifier(instead_of)) if instead_of else None
    return Judgement(JudgementId(identifier(name)), one, other, word, by, "T-1", supersedes)


def test_two_that_are_the_same_have_the_id_of_the_one_who_stays() -> None:
    assert clusters([judged("1", B, A)]) == {A: B, B: B}


def test_a_founder_that_is_joined_to_another_cluster_gives_its_place_to_the_other_founder() -> None:
    assert clusters([judged("1", A, B), judged("2", D, A)]) == {A: D, B: D, D: D}


def test_one_more_word_takes_a_link_back_and_each_has_its_own_id_again() -> None:
    assert clusters([judged("1", A, B), judged("2", A, B, Word.NOT_SAME, instead_of="1")]) == {A: A, B: B}


def test_a_link_can_be_made_again_after_it_was_taken_back() -> None:
    course = [judged("1", A, B), judged("2", A, B, Word.NOT_SAME, instead_of="1"), judged("3", A, B, instead_of="2")]

    assert clusters(course) == {A: A, B: A}


@pytest.mark.parametrize("by", [By.RULE, By.WEIGHTS])
@pytest.mark.parametrize("word", Word)
def test_the_machine_never_overrules_a_person(by: By, word: Word) -> None:
    other = Word.SAME if word is Word.NOT_SAME else Word.NOT_SAME
    said = judged("1", A, B, word)

    assert standing([said, judged("2", A, B, other, by, instead_of="1")]) == [said]


def test_a_person_overrules_the_machine_without_naming_what_it_said() -> None:
    assert clusters([judged("1", A, B, by=By.RULE), judged("2", A, B, Word.NOT_SAME)]) == {A: A, B: B}


def test_of_two_words_of_people_that_contradict_each_other_the_one_that_parts_holds() -> None:
    assert clusters([judged("1", A, B), judged("2", B, A, Word.NOT_SAME)]) == {A: A, B: B}


def test_no_chain_of_links_joins_two_whom_a_person_parted() -> None:
    course = [judged("1", A, B, by=By.WEIGHTS), judged("2", B, C, by=By.RULE), judged("3", A, C, Word.NOT_SAME)]

    assert clusters(course) == {A: A, B: B, C: B}
    assert unheeded(course) == []


def test_words_of_people_that_cannot_all_hold_are_told() -> None:
    course = [judged("1", A, B), judged("2", B, C), judged("3", A, C, Word.NOT_SAME)]

    assert unheeded(course) == [course[1]]


def test_only_what_hangs_together_is_looked_at_again() -> None:
    course = [judged("1", A, B), judged("2", C, D), judged("3", number_subject("9"), B)]

    assert around(course, {A}) == [course[0], course[2]]
    assert around(course, {D}) == [course[1]]


def test_a_number_is_told_apart_from_the_entry_of_the_register_that_has_it() -> None:
    assert number_subject("001") != entry_subject("001")
    assert number_of(number_subject("001")) == number_of(entry_subject("001")) == "001"


def history(rng: Random, subjects: int = 12, judgements: int = 40) -> list[Judgement]:
    """Judgements of all kinds, of which many supersede an earlier one about the same two."""
    named = [entry_subject(f"{each:02}") for each in range(subjects)]
    course: list[Judgement] = []
    for number in range(judgements):
        one, other = rng.sample(named, 2)
        before = [each for each in course if each.pair == {one, other}]
        supersedes = rng.choice(before).judgement_id if before and rng.random() < 0.7 else None
        word = Word.SAME if rng.random() < 0.7 else Word.NOT_SAME
        course.append(Judgement(JudgementId(identifier(f"j{number}")), one, other, word, rng.choice(list(By)), "T-1", supersedes))
    return course


@pytest.mark.parametrize("seed", range(10))
def test_any_order_and_any_repetition_of_the_same_judgements_gives_the_same_persons(seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    course = history(rng)
    expected, told = clusters(course), standing(course)

    for _ in range(SHUFFLES // 10):
        shuffled = rng.sample(course, len(course)) + rng.choices(course, k=rng.randrange(10))
        rng.shuffle(shuffled)
        assert clusters(shuffled) == expected
        assert standing(shuffled) == told


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_one_person_with_whom_a_person_parted_and_the_rest_of_the_city_does_not_matter(seed: int) -> None:
    course = history(Random(seed), subjects=30, judgements=25)  # noqa: S311
    found = clusters(course)

    parted = [each for each in standing(course) if each.word is Word.NOT_SAME and each.by is By.CLERK]
    assert [each for each in parted if found[each.one] == found[each.other]] == []
    assert all(found[founder] == founder for founder in found.values())
    for subject, founder in found.items():
        assert clusters(around(course, {subject}))[subject] == founder
