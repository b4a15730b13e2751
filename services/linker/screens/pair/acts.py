"""What people answer on a question's page: for a reason, which says the answer; and what a second person says of it."""

from contracts.deeds import linker as deeds
from infra.looking import Refused
from infra.screens.seeing import NOTHING_THERE, Act, Done, Form, Mistake, Result
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.questions import QUEUE_OF, Asked, NotNow, Step, Why
from services.linker.review.answering import Answerer, NotTaken, answer, second
from services.linker.review.taking_back import second_back, take_back
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
    if form.why not in {each for each in Why if not each.takes_back}:
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


async def _take_back(work: UnitOfWork, asking: Asking, form: AnswerForm) -> Result:
    asked = asked_of(asking)
    if asked is None:
        return NOTHING_THERE
    if form.why not in {each for each in Why if each.takes_back}:
        return Mistake({"why": NO_REASON})
    return _result(asked, await take_back(work, _who(asking), asked, Why(form.why), form.seen))


async def _confirm_back(work: UnitOfWork, asking: Asking, form: SecondForm) -> Result:
    return await _second_back(work, asking, form, confirms=True)


async def _decline_back(work: UnitOfWork, asking: Asking, form: SecondForm) -> Result:
    return await _second_back(work, asking, form, confirms=False)


async def _second_back(work: UnitOfWork, asking: Asking, form: SecondForm, *, confirms: bool) -> Result:
    asked = asked_of(asking)
    if asked is None:
        return NOTHING_THERE
    told = await second_back(work, _who(asking), asked, form.seen, confirms=confirms)
    return Refused(NotNow.ONE_PERSON) if told is NotNow.ONE_PERSON else _result(asked, told)


def _who(asking: Asking) -> Answerer:
    staff = asking.staff
    return Answerer(staff.actor, staff.id, f"{staff.name}（{staff.login}、{staff.place}）")


def _result(asked: Asked, told: Step | NotTaken | None) -> Result:
    if told is None:
        return NOTHING_THERE
    if isinstance(told, Step):
        back = told in (Step.BACK_PROPOSED, Step.BACK_DECLINED, Step.TAKEN_BACK)
        return Done("/decisions" if back else f"/queue?queue={QUEUE_OF[asked.kind]}", said=told.value)
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
    Act(
        "take-back",
        deeds.ANSWER_TAKEN_BACK,
        AnswerForm,
        _take_back,
        "判断を取り消しました。あらためて確かめるものは、名寄せの確認の一覧に戻ります。",
        CLERKS,
        {Step.BACK_PROPOSED.value: "1人目として記録しました。ほかの職員が認めるまで、判断は変わりません。"},
    ),
    Act("confirm-back", deeds.ANSWER_TAKEN_BACK, SecondForm, _confirm_back, "2人目として認め、判断を取り消しました。", CLERKS),
    Act(
        "decline-back",
        deeds.TAKING_BACK_DECLINED,
        SecondForm,
        _decline_back,
        "取り消しの申し出を差し戻しました。判断は変わりません。",
        CLERKS,
    ),
    Act("decline", deeds.ANSWER_DECLINED, SecondForm, _decline, "答えを差し戻しました。あらためて判断できます。", CLERKS),
)
