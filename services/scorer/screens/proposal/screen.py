"""A ruleset is proposed: a document, beginning with the one in use or another, and why."""

from dataclasses import dataclass

from contracts.deeds import scorer as deeds
from infra.screens.seeing import Act, Done, Menu, Mistake, Question, Result, Said
from infra.work import UnitOfWork
from services.scorer import deciding, wording
from services.scorer.deciders import Decider
from services.scorer.domain.rulesets.document import LONGEST
from services.scorer.domain.standing import PROPOSERS, SENTENCES, NotAllowed, Standing
from services.scorer.known import Known, known
from services.scorer.screens.proposal.reading import READING, ReadingForm, refusals
from services.scorer.seeing import Asking, Screen

GROUNDS_MOST = 2_000
CONFLICT = 409
_ORIGINS = {"person": "職員の案", "analysis": "外部の分析の結果"}


class BeginWith(Question):
    """Which ruleset's document stands in the form at first."""

    begin: str = ""


class ProposalForm(ReadingForm):
    """The document, why, and whether it is the result of an analysis (MASK-04)."""


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the form at first, and which names are taken."""

    begin: Known
    others: tuple[str, ...]


async def read(work: UnitOfWork, asking: Asking) -> Content:
    """Read the ruleset to begin with."""
    every = await known(work)
    wanted: BeginWith = asking.question
    used = next(each for each in every if each.standing is Standing.IN_USE)
    return Content(next((each for each in every if each.name == wanted.begin), used), tuple(sorted(each.name for each in every)))


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    mistake = asking.mistake
    filled = mistake.filled if mistake is not None else {}
    parts = {
        "begin": content.begin.name,
        "names": content.others,
        "document": filled.get("document") or content.begin.document,
        "grounds": filled.get("grounds", ""),
        "origin": filled.get("origin") or "person",
        "origins": list(_ORIGINS.items()),
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
    if form.origin not in _ORIGINS:
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
