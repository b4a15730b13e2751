"""A ruleset is proposed: a document, beginning with the one in use or another, and why."""

from dataclasses import dataclass

from contracts.deeds import scorer as deeds
from infra.screens.seeing import Act, Done, Menu, Mistake, Result, Said
from infra.work import UnitOfWork
from services.scorer import deciding, wording
from services.scorer.deciders import Decider
from services.scorer.domain.rulesets.document import LONGEST
from services.scorer.domain.standing import PROPOSERS, SENTENCES, NotAllowed, Standing
from services.scorer.known import Known, known
from services.scorer.screens.evaluation.asked import EvaluationQuestion
from services.scorer.screens.proposal.reading import READING, ReadingForm, refusals
from services.scorer.screens.proposal.taking import Taken, taken
from services.scorer.seeing import Asking, Screen

GROUNDS_MOST = 2_000
CONFLICT = 409


class BeginWith(EvaluationQuestion):
    """
    Which ruleset's document stands in the form at first; with `take`, which threshold of it is set as its evaluation proposes.

    The figure stands in no address: it is found anew by the evaluation that the address names.
    """

    begin: str = ""
    take: str = ""


class ProposalForm(ReadingForm):
    """The document, why, and whether it is the result of an analysis (MASK-04)."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the form at first, and which names are taken."""

    begin: Known
    others: tuple[str, ...]
    taken: Taken | None = None
    not_taken: str = ""


async def read(work: UnitOfWork, asking: Asking) -> Content:
    """Read the ruleset to begin with."""
    every = await known(work)
    wanted: BeginWith = asking.question
    used = next(each for each in every if each.standing is Standing.IN_USE)
    begin = next((each for each in every if each.name == wanted.begin), used)
    names = tuple(sorted(each.name for each in every))
    if not wanted.take:
        return Content(begin, names)
    told = await taken(work, wanted, begin, names)
    return Content(begin, names, told) if isinstance(told, Taken) else Content(begin, names, None, told)


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    mistake = asking.mistake
    filled = mistake.filled if mistake is not None else {}
    it = content.taken
    parts = {
        "begin": content.begin.name,
        "names": content.others,
        "document": filled.get("document") or (it.document if it is not None else content.begin.document),
        "grounds": filled.get("grounds") or (it.grounds if it is not None else ""),
        "origin": filled.get("origin") or ("evaluation" if it is not None else "person"),
        "origins": list(wording.ORIGINS.items()),
        "taken": it,
        "not_taken": content.not_taken,
        "has_read": mistake is not None and mistake.act == READING.name and not mistake.errors,
        "details": mistake.details if mistake is not None else (),
        "glossary": wording.glossary(),
        "longest": LONGEST,
        "grounds_most": GROUNDS_MOST,
    }
    return Said(parts)


async def _propose(work: UnitOfWork, asking: Asking, form: ProposalForm) -> Result:
    document = form.document.replace("\r\n", "\n")
    wrong = refusals(document)
    errors = dict(wrong.errors) if wrong is not None else {}
    if not form.grounds or len(form.grounds) > GROUNDS_MOST or "\x00" in form.grounds:
        errors["grounds"] = f"提案の理由を、{GROUNDS_MOST}字までで書いてください。"
    if form.origin not in wording.ORIGINS:
        errors["origin"] = "どこからの案かを選んでください。"
    if errors:
        return Mistake(errors, details=wrong.details if wrong is not None else ())
    told = await deciding.propose(work, Decider.at_a_page(asking.staff), document, form.grounds, origin=form.origin)
    if isinstance(told, NotAllowed):
        return Mistake({"document": f"name：{SENTENCES[told][0]}別の番号にしてください。"}, CONFLICT)
    return Done(f"/rulesets/{told}")


SCREENS = (
    Screen(
        name="proposal",
        address="/proposals",
        deed=deeds.PROPOSAL_OPENED,
        read=read,
        show=show,
        question=BeginWith,
        roles=PROPOSERS,
        menu=Menu("新しい案", 20),
        acts=(Act("propose", deeds.RULESET_PROPOSED, ProposalForm, _propose, "提案しました。次に、市全体で試算します。", PROPOSERS),),
    ),
)
