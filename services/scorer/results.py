"""
The result of an external analysis becomes a document that can be proposed (MASK-04).

Only thresholds come back, and only of a masked dataset that the analysis body was given. Nothing is proposed here: a person does, the city
is simulated, and another person approves.
"""

from dataclasses import dataclass

from infra.work import UnitOfWork
from services.scorer.domain.masking.course import Step
from services.scorer.domain.rulesets import NotARuleset
from services.scorer.domain.rulesets.mistakes import Mistake, Wrong
from services.scorer.domain.rulesets.result import Result, read_result
from services.scorer.domain.standing import Standing
from services.scorer.editing import CannotEdit, next_name, with_settings
from services.scorer.known import Known, known
from services.scorer.masking import steps


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a result comes to: a document, and the grounds that its history will show."""

    document: str
    grounds: str


async def prepared(work: UnitOfWork, text: str, grounds: str = "") -> Prepared:
    """
    Return what the result in a document comes to; `grounds` take the place of its own, and of which dataset it is follows them as well.

    Raises NotARuleset, each wrong field by its name.
    """
    it, every = read_result(text), await known(work)
    begin = _begin(it, every)
    given = {each.dataset_id for each in await steps.datasets(work.db) if each.course.taken(Step.PROVIDED) is not None}
    mistakes = [Mistake("begin", Wrong.NO_SUCH_RULESET, it.begin or "")] if begin is None else []
    mistakes += [] if it.dataset in given else [Mistake("dataset", Wrong.NO_SUCH_DATASET, str(it.dataset))]
    if mistakes or begin is None:
        raise NotARuleset(mistakes)
    try:
        document = with_settings(begin.document, next_name(begin.name, {each.name for each in every}), it.settings)
    except CannotEdit as error:
        raise NotARuleset([Mistake("parameters", Wrong.CANNOT_EDIT, "")]) from error
    return Prepared(
        document, f"{grounds.strip() or it.grounds}\n（外部の分析の結果。マスキングデータ：{it.dataset}。もとの基準：{begin.name}）"
    )


def _begin(it: Result, every: list[Known]) -> Known | None:
    if it.begin is None:
        return next(each for each in every if each.standing is Standing.IN_USE)
    return next((each for each in every if each.name == it.begin), None)
