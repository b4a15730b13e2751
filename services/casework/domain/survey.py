"""Questionnaires of those who use the system, and their tabulation (EVAL-04): nobody is named, and small numbers are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.casework.domain.suppression import SMALLEST, suppressed

QUESTIONS_MOST = 10


class Choice(StrEnum):
    """What somebody says of a sentence."""

    YES = "yes"
    RATHER = "rather"
    RATHER_NOT = "rather_not"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Survey:
    """A questionnaire: sentences that each user says something of, until a day. `taken` is whether who reads has answered."""

    id: UUID
    number: str
    title: str
    questions: tuple[str, ...]
    closes_on: date
    taken: bool = False

    def is_open(self, today: date) -> bool:
        """Whether it is still answered; the last day counts."""
        return today <= self.closes_on


@dataclass(frozen=True, slots=True)
class Answer:
    """What nobody in particular answered: a choice for each question, and words."""

    choices: tuple[Choice, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Tabulated:
    """How often each choice was made, by question, in the order of `Choice`: None where a number is left out; and what was written."""

    answered: int
    counts: tuple[tuple[int | None, ...], ...]
    words: tuple[str, ...]


def tabulate(survey: Survey, answers: Sequence[Answer], today: date) -> Tabulated | None:
    """
    Return the table of a questionnaire; None while it is open, or where fewer than ten answered.

    While answers still come in, who answered between two looks would be known by the difference. Every question was answered by
    everybody, so that what its numbers come to is known: a small one is left out with another one, and where it could only hide behind
    what they come to, all of them are. Words stand in the order of the alphabet, not in that in which they came.
    """
    if survey.is_open(today) or len(answers) < SMALLEST:
        return None
    counts = tuple(_counts([answer.choices[number] for answer in answers]) for number in range(len(survey.questions)))
    return Tabulated(len(answers), counts, tuple(sorted(answer.words for answer in answers if answer.words)))


def _counts(chosen: Sequence[Choice]) -> tuple[int | None, ...]:
    *counts, together = suppressed([[chosen.count(choice) for choice in Choice]])[0]
    return (None,) * len(counts) if together is None else tuple(counts)


def questions_in(text: str) -> tuple[str, ...]:
    """Return the questions, a line each; empty lines are none."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
