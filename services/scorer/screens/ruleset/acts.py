"""What people do with a ruleset on its page. Who tries what is not possible is told why, and it is in the log."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import TypeAlias

from contracts.deeds import scorer as deeds
from infra.looking import Refused
from infra.screens.seeing import Act, Done, Form, Mistake, Result
from infra.work import UnitOfWork
from services.scorer import deciding
from services.scorer.deciders import Decider
from services.scorer.domain.standing import APPROVERS, PROPOSERS, SENTENCES, NotAllowed
from services.scorer.seeing import Asking, named

CONFLICT, NOT_FOUND = 409, 404
NO_NAME = Refused(NotAllowed.NO_SUCH_RULESET, hidden=True)
Decide: TypeAlias = Callable[[UnitOfWork, Decider, str], Awaitable[NotAllowed | None]]


class Nothing(Form):
    """Nothing is filled in."""


class ApprovalForm(Form):
    """The first day on which it is in use."""

    effective_from: str = ""


def _deciding(decide: Decide) -> Callable[[UnitOfWork, Asking, Nothing], Awaitable[Result]]:
    async def do(work: UnitOfWork, asking: Asking, _form: Nothing) -> Result:
        name = named(asking)
        if name is None:
            return NO_NAME
        return _result(await decide(work, Decider.at_a_page(asking.staff), name), "")

    return do


async def _approve(work: UnitOfWork, asking: Asking, form: ApprovalForm) -> Result:
    name = named(asking)
    if name is None:
        return NO_NAME
    try:
        day = date.fromisoformat(form.effective_from)
    except ValueError:
        return Mistake({"effective_from": "使い始める日を入れてください。"})
    return _result(await deciding.approve(work, Decider.at_a_page(asking.staff), name, day), "effective_from")


async def _try(work: UnitOfWork, by: Decider, name: str) -> NotAllowed | None:
    return await deciding.set_on_trial(work, by, name, on=True)


async def _end_trial(work: UnitOfWork, by: Decider, name: str) -> NotAllowed | None:
    return await deciding.set_on_trial(work, by, name, on=False)


def _result(told: NotAllowed | None, field: str) -> Result:
    if told is None:
        return Done()
    status = NOT_FOUND if told is NotAllowed.NO_SUCH_RULESET else CONFLICT
    return Mistake({field if told is NotAllowed.IN_THE_PAST else "": SENTENCES[told][0]}, status)


ACTS = (
    Act(
        "simulate",
        deeds.SIMULATION_ASKED,
        Nothing,
        _deciding(deciding.ask_simulation),
        "市全体の試算を始めました。数秒から数分かかります。この画面を開き直すと、結果が出ます。",
        PROPOSERS,
    ),
    Act(
        "approve",
        deeds.RULESET_APPROVED,
        ApprovalForm,
        _approve,
        "承認しました。使い始める日になると、自動で切り替わります。",
        APPROVERS,
    ),
    Act("withdraw", deeds.RULESET_WITHDRAWN, Nothing, _deciding(deciding.withdraw), "取り下げました。", PROPOSERS),
    Act(
        "trial",
        deeds.RULESET_TRIAL_BEGUN,
        Nothing,
        _deciding(_try),
        "試行を始めました。1日1回、この基準なら挙がる人数を数えます。だれも要確認には挙げません。",
        PROPOSERS,
    ),
    Act("end-trial", deeds.RULESET_TRIAL_ENDED, Nothing, _deciding(_end_trial), "試行を終えました。", PROPOSERS),
)
