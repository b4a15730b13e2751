"""A threshold that an evaluation proposes becomes a document: to be read, simulated and approved by another person like any other."""

from collections.abc import Collection
from dataclasses import dataclass

from infra.work import UnitOfWork
from services.scorer import effect, effect_words, wording
from services.scorer.domain.rulesets import NotARuleset
from services.scorer.editing import CannotEdit, next_name, with_settings
from services.scorer.known import Known
from services.scorer.recalling import NotKept
from services.scorer.screens.evaluation.asked import EvaluationQuestion, asked

_NOTHING = "この評価からは、しきい値の案を作れません。評価の画面で、期間と案を確かめてください。"


@dataclass(frozen=True, slots=True)
class Taken:
    """A document with one threshold set otherwise, why, and how sure that is; `evaluation` is where it comes from, in words."""

    document: str
    grounds: str
    title: str
    sentences: tuple[str, ...]


async def taken(work: UnitOfWork, question: EvaluationQuestion, begin: Known, names: Collection[str]) -> Taken | str:
    """Return what an evaluation of `begin` proposes of the threshold that is named, or a sentence that says why there is nothing."""
    parameter = getattr(question, "take", "")
    it, _ = asked(question.model_copy(update={"ruleset": begin.name, "against": ""}), names, begin.name, work.today)
    if it is None:
        return _NOTHING
    try:
        report = await effect.report(work.db, it.ruleset, *it.days, work.today, it.floor)
    except NotKept:
        return _NOTHING
    of = next((each for each in report.thresholds if each.parameter == parameter), None)
    if of is None or of.proposed is None or of.proposed == of.in_use:
        return _NOTHING
    first, _, second = parameter.partition(".")
    settings = {first: {second: of.proposed} if second else of.proposed}
    try:
        document = with_settings(begin.document, next_name(begin.name, names), settings)
    except NotARuleset as error:
        return "この値は把握基準に入れられません。" + "、".join(map(wording.wrong, error.mistakes))
    except CannotEdit:
        return "この文書の書き方では、しきい値だけを変えられません。文書を直接書き換えてください。"
    return Taken(
        document,
        effect_words.grounds(of, it.ruleset, it.words, it.floor),
        f"{effect_words.parameter(of)}を{effect_words.figure(of, of.in_use)}から{effect_words.figure(of, of.proposed)}にする案です。",
        tuple(effect_words.sentences(of, it.floor)),
    )
