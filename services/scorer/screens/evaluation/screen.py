"""What the lists of a ruleset were worth: of reviews that people ended how many found need, by group, item and ward (EVAL-02, EVAL-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from contracts.deeds import scorer as deeds
from infra.pages.dates import era_date
from infra.screens.seeing import Menu, Said
from infra.work import UnitOfWork
from services.scorer import effect, effect_words
from services.scorer.domain.effect.report import CITY, Report
from services.scorer.domain.effect.stopping import Standing as Stands
from services.scorer.domain.standing import PROPOSERS, Standing
from services.scorer.known import known
from services.scorer.recalling import NotKept
from services.scorer.screens.evaluation import tables
from services.scorer.screens.evaluation.asked import WHOLE, Asked, EvaluationQuestion, asked, offered
from services.scorer.seeing import Asking, Screen

NOT_KEPT = "はじめの半期のことは、保存期間が過ぎて残っていません。もっと新しい半期を選んでください。"


@dataclass(frozen=True, slots=True)
class Content:
    """An evaluation, or what of the question cannot be understood; and what can be asked for."""

    names: tuple[str, ...]
    in_use: str
    asked: Asked | None
    report: Report | None
    wrong: Mapping[str, str]


async def read(work: UnitOfWork, asking: Asking) -> Content:
    """Read the outcomes of reviews, held against what was known when they were asked for."""
    every = {each.name: each for each in await known(work)}
    in_use = next(each.name for each in every.values() if each.standing is Standing.IN_USE)
    names = tuple(sorted(every))
    it, wrong = asked(asking.question, names, in_use, work.today)
    if it is None:
        return Content(names, in_use, None, None, wrong)
    other = every[it.against].ruleset if it.against else None
    try:
        report = await effect.report(work.db, it.ruleset, *it.days, work.today, it.floor, other)
    except NotKept:
        return Content(names, in_use, None, None, {"from": NOT_KEPT})
    return Content(names, in_use, it, report, {})


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    question: EvaluationQuestion = asking.question
    it, report = content.asked, content.report
    halves = offered(asking.today)
    typed = it.in_address | {"against": it.against} if it is not None else question.model_dump(by_alias=True)
    parts: dict[str, Any] = {
        "names": content.names,
        "in_use": content.in_use,
        "halves": [(each.name, effect_words.cycle(each)) for each in halves],
        "typed": typed,
        "wrong": content.wrong,
        "whole": WHOLE,
        "report": None,
    }
    return Said(
        parts if it is None or report is None else parts | _told(it, report, asking), fields=("numbers",) if report is not None else ()
    )


def as_json(content: Content, _asking: Asking) -> Mapping[str, Any]:
    """The figures of an evaluation: null where one is of fewer than ten, or would tell such; `errors` names what cannot be understood."""
    return {"evaluation": content.report.as_numbers() if content.report is not None else None, "errors": dict(content.wrong)}


def _told(it: Asked, report: Report, asking: Asking) -> dict[str, Any]:
    days = it.days
    return {
        "report": report,
        "title": f"{it.ruleset}の評価　{it.words}",
        "days": f"{era_date(days[0])}から{era_date(days[1])}までに終わった確認",
        "total": tables.total_of(report),
        "is_empty": report.total.reviews == 0,
        "is_to_end": report.stands[CITY] is Stands.SUSPEND,
        "tables": tables.tables_of(report),
        "compared": tables.compared(report),
        "missed": tables.missed_of(report.missed) if report.missed is not None else [],
        "quiet": tables.quiet_of(report.quiet) if report.quiet is not None else None,
        "quiet_words": tables.quiet_words(report.quiet) if report.quiet is not None else [],
        "false_hits": tables.false_hits_of(report.false_hits) if report.false_hits is not None else None,
        "thresholds": tables.thresholds_of(report),
        "proposals": [_proposal(it, each, asking) for each in report.thresholds],
    }


def _proposal(it: Asked, of: Any, asking: Asking) -> dict[str, Any]:
    """A threshold in sentences, and where it can be taken into a ruleset that still needs a simulation and a second person."""
    is_new = of.proposed is not None and of.proposed != of.in_use
    takes = is_new and bool(asking.staff.roles & PROPOSERS)
    address = "/proposals?" + urlencode(it.in_address | {"begin": it.ruleset, "take": of.parameter})
    return {
        "title": effect_words.parameter(of),
        "sentences": effect_words.sentences(of, it.floor),
        "address": address if takes else "",
        "label": f"{effect_words.figure(of, of.proposed)}にする案を書く" if takes else "",
    }


SCREENS = (
    Screen(
        name="evaluation",
        address="/evaluation",
        deed=deeds.EVALUATION_OPENED,
        read=read,
        show=show,
        question=EvaluationQuestion,
        menu=Menu("評価", 30),
        json=as_json,
    ),
)
