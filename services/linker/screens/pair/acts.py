"""What people answer on a question's page: for a reason, which says the answer; and what a second person says of it."""

from contracts.deeds import linker as deeds
from infra.looking import Refused
from infra.screens.seeing import NOTHING_THERE, Act, Done, Form, Mistake, Result
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.questions import QUEUE_OF, Asked, NotNow, Step, Why
from services.linker.review.answering import Answerer, NotTaken, answer, second
from services.linker.seeing import CLERKS, Asking, asked_of

CONFLICT = 409
NO_REASON = "答えを1つ選んでください。"


class AnswerForm(Form):
    """The reason, which says the answer, and what was seen."""

    why: str = ""
    seen: str = ""


class SecondForm(Form):
    """What was seen."""

    seen: str = ""


async def _answer(work: UnitOfWork, asking: Asking, form: AnswerForm) -> Result:
    asked = asked_of(asking)
    if asked is None:
        return NOTHING_THERE
    if form.why not in set(Why):
        return Mistake({"why": NO_REASON})
    return _result(asked, await answer(work, _who(asking), asked, Why(form.why), form.seen))


async def _confirm(work: UnitOfWork, asking: Asking, form: SecondForm) -> Result:
    return await _second(work, asking, form, confirms=True)


async def _decline(work: UnitOfWork, asking: Asking, form: SecondForm) -> Result:
    return await _second(work, asking, form, confirms=False)


async def _second(work: UnitOfWork, asking: Asking, form: SecondForm, *, confirms: bool) -> Result:
    asked = asked_of(asking)
    if asked is None:
        return NOTHING_THERE
    told = await second(work, _who(asking), asked, form.seen, confirms=confirms)
    # Who proposed cannot confirm: that it was tried is in the log.
    return Refused(NotNow.ONE_PERSON) if told is NotNow.ONE_PERSON else _result(asked, told)


def _who(asking: Asking) -> Answerer:
    staff = asking.staff
    return Answerer(staff.actor, staff.id, f"{staff.name}（{staff.login}、{staff.place}）")


def _result(asked: Asked, told: Step | NotTaken | None) -> Result:
    if told is None:
        return NOTHING_THERE
    if isinstance(told, Step):
        return Done(f"/queue?queue={QUEUE_OF[asked.kind]}", said=told.value)
    return Mistake({"": wording.NOT_TAKEN[told]}, CONFLICT)


ACTS = (
    Act(
        "answer",
        deeds.QUESTION_ANSWERED,
        AnswerForm,
        _answer,
        "判断を記録し、反映しました。",
        CLERKS,
        {
            Step.PROPOSED.value: "1人目の答えとして記録しました。ほかの職員が確かめるまで、何も変わりません。",
            Step.UNSURE.value: "「判断できない」として記録しました。一覧に残り、ほかの職員も判断できます。",
        },
    ),
    Act("confirm", deeds.ANSWER_CONFIRMED, SecondForm, _confirm, "2人目として認め、反映しました。", CLERKS),
    Act("decline", deeds.ANSWER_DECLINED, SecondForm, _decline, "答えを差し戻しました。あらためて判断できます。", CLERKS),
)
