"""Questionnaires: the coordinator asks those who use the system; each answers once (EVAL-04, EVAL-05)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.deeds import programme as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import phrases
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, may
from services.casework.domain.suppression import SMALLEST
from services.casework.domain.survey import QUESTIONS_MOST, Choice, Survey, Tabulated, questions_in, tabulate
from services.casework.fields import ahead
from services.casework.screens.programme.cycle.screen import runs_it
from services.casework.screens.programme.keeping import Sent, another, keep, not_taken, sent, tells, typed, uuid_or
from services.casework.screens.programme.surveys import store
from services.casework.screens.programme.tabs import UNDER, Tab, tabs_of
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet
from services.casework.steps import Line, Text

ADDRESS = "/surveys"
SHOWN = 30
CHOICES: Mapping[Choice, str] = {
    Choice.YES: "そう思う",
    Choice.RATHER: "どちらかといえばそう思う",
    Choice.RATHER_NOT: "どちらかといえばそう思わない",
    Choice.NO: "そう思わない",
    Choice.UNKNOWN: "分からない",
}
NOT_READ = "どのアンケートかを読み取れませんでした。画面を開き直してください。"
QUESTIONS = f"質問を1行に1つ、{QUESTIONS_MOST}問までで書いてください。1問は120文字までです。"
QUESTION_LENGTH = 120
CLOSED = "このアンケートは、受付を終えています。"
TAKEN = "あなたは、このアンケートにもう答えています。1人1回です。"
EACH = "すべての質問について、1つずつ選んでください。"


class AskForm(ActForm):
    """A questionnaire: its title, its questions, and the last day."""

    wrong: ClassVar = {
        "key": NOT_READ,
        "title": "名前を2文字以上60文字までで書いてください。",
        "questions": QUESTIONS,
        "closes_on": "締切の日を入れてください。",
    }
    key: UUID
    title: Annotated[Line, StringConstraints(min_length=2, max_length=60)]
    questions: Annotated[Text, StringConstraints(min_length=2, max_length=1400)]
    closes_on: date


class AnswerForm(ActForm):
    """What somebody answers: of each question, by its number, what they say of it; and words."""

    wrong: ClassVar = {"survey": NOT_READ, "choice": EACH, "words": "意見を1000文字までで書いてください。"}
    survey: UUID
    choice: Annotated[Mapping[int, Choice], Field(max_length=QUESTIONS_MOST)] = field(default_factory=dict)
    words: Annotated[Text, StringConstraints(max_length=1000)] = ""


@dataclass(frozen=True, slots=True)
class SurveyCard:
    """A questionnaire on the page; `table` is what was answered, and `why_none` why there is none."""

    id: UUID
    number: str
    title: str
    closes: str
    is_open: bool
    taken: bool
    questions: tuple[str, ...]
    answered: int
    table: tuple[tuple[str, tuple[str, ...]], ...]
    words: tuple[str, ...]
    why_none: str


@dataclass(frozen=True, slots=True)
class SurveysSheet(Sheet):
    """The page."""

    surveys: Annotated[tuple[SurveyCard, ...], Says("surveys")]
    choices: Annotated[tuple[tuple[str, str], ...], PLAIN]
    answers_here: Annotated[bool, PLAIN]
    runs: Annotated[bool, PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]

    def count(self) -> int:
        """Return how many it shows."""
        return len(self.surveys)


@dataclass(frozen=True, slots=True)
class Found:
    """Questionnaires, what those come to that are closed (for whoever asks), and a key for a form."""

    surveys: tuple[Survey, ...]
    tabulated: Mapping[UUID, Tabulated | None]
    key: UUID


async def read(work: UnitOfWork, asking: Asking[Question]) -> Found:
    """Read the questionnaires, and what was answered where who asks may know that."""
    found = await store.surveys(work.db, asking.staff.id, SHOWN)
    closed = [each for each in found if not each.is_open(work.today)] if runs_it(asking.staff) else []
    answers = await store.answers(work.db, [each.id for each in closed])
    return Found(found, {each.id: tabulate(each, answers.get(each.id, ()), work.today) for each in closed}, work.identifiers.random())


def show(found: Found, asking: Asking[Any]) -> SurveysSheet:
    """Say it on a page; a form that was not accepted stands where its questionnaire does."""
    mistake = sent(asking.mistake, "survey")
    return SurveysSheet(
        surveys=tuple(_card(each, found.tabulated, asking) for each in found.surveys),
        choices=tuple((choice.value, words) for choice, words in CHOICES.items()),
        answers_here=isinstance(may(viewer_of(asking.staff), Action.ANSWER_SURVEY), Permit),
        runs=runs_it(asking.staff),
        key=uuid_or(mistake.typed.get("key", ""), found.key),
        sent=mistake,
        done=SURVEYS.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


def _card(survey: Survey, tabulated: Mapping[UUID, Tabulated | None], asking: Asking[Any]) -> SurveyCard:
    table = tabulated.get(survey.id)
    counts = zip(survey.questions, table.counts, strict=True) if table else ()
    few = f"回答が{SMALLEST}件に満たないため、集計は出しません。" if survey.id in tabulated and table is None else ""
    return SurveyCard(
        id=survey.id,
        number=survey.number,
        title=survey.title,
        closes=phrases.due(survey.closes_on, asking.today) if survey.is_open(asking.today) else dates.era_date(survey.closes_on),
        is_open=survey.is_open(asking.today),
        taken=survey.taken,
        questions=survey.questions,
        answered=table.answered if table else 0,
        table=tuple((question, tuple("＊" if each is None else str(each) for each in row)) for question, row in counts),
        words=table.words if table else (),
        why_none=few,
    )


async def ask(work: UnitOfWork, asking: Asking[Any], form: AskForm) -> Done | Mistake:
    """Keep a new questionnaire. Pressed twice, it is one; what is asked is not changed any more."""
    questions = questions_in(form.questions)
    if not 1 <= len(questions) <= QUESTIONS_MOST or any(len(each) > QUESTION_LENGTH for each in questions):
        return not_taken("ask", form, "questions", QUESTIONS)
    if wrong := tuple(ahead("closes_on", form.closes_on, asking.today, "締切")):
        return Mistake(wrong, typed=typed(form), act="ask")
    if (told := await tells(work, asking.staff, "ask", form, "title", "questions")) is not None:
        return told
    number = await store.make(work, asking.staff, form.key, form.title, questions, form.closes_on)
    if number is not None:
        await keep(work, asking.staff, deeds.SURVEY_CHANGED, ThingKind.REVIEW_BOARD, number, "survey_made")
    elif not await store.was_made(work.db, form.key, form.title, questions, form.closes_on):
        return another(work, "ask", form, "key")
    return Done()


async def answer(work: UnitOfWork, asking: Asking[Any], form: AnswerForm) -> Done | Mistake:
    """Keep what somebody answers, once; that they did is in the log, and what they said is nobody's."""
    survey = await store.survey(work.db, form.survey, asking.staff.id)
    if survey is None or not survey.is_open(asking.today):
        return _not_taken(form, "survey", CLOSED if survey else NOT_READ, 409)
    if survey.taken:
        return _not_taken(form, "survey", TAKEN, 409)
    if set(form.choice) != set(range(1, len(survey.questions) + 1)):
        return _not_taken(form, "choice", EACH)
    if (told := await tells(work, asking.staff, "answer", form, "words")) is not None:
        return _not_taken(form, "words", dict(told.errors)["words"])
    choices = tuple(form.choice[number] for number in sorted(form.choice))
    if not await store.take(work, asking.staff, survey.id, choices, form.words):
        return _not_taken(form, "survey", TAKEN, 409)
    await keep(work, asking.staff, deeds.SURVEY_CHANGED, ThingKind.REVIEW_BOARD, survey.number, "survey_answered")
    return Done()


def _not_taken(form: AnswerForm, where: str, text: str, status: int = 422) -> Mistake:
    filled = {f"choice.{number}": str(choice) for number, choice in form.choice.items()}
    return Mistake(((where, text),), typed={"survey": str(form.survey), "words": form.words, **filled}, act="answer", status=status)


SURVEYS = Screen(
    name="surveys",
    folder="programme/surveys",
    address=ADDRESS,
    right=Action.READ_SURVEYS,
    deed=deeds.SURVEYS_OPENED,
    read=read,
    page=Face(Question, show),
    thing=lambda _staff: Thing(kind=ThingKind.REVIEW_BOARD, id=None),
    under=UNDER,
    acts=(
        Act("ask", Action.RUN_PROGRAMME, deeds.SURVEYS_OPENED, AskForm, ask, "アンケートを始めました。"),
        Act("answer", Action.ANSWER_SURVEY, deeds.SURVEYS_OPENED, AnswerForm, answer, "回答を受け付けました。ありがとうございました。"),
    ),
)
SCREENS = (SURVEYS,)
