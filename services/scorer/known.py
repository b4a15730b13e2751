"""Every ruleset there is, those that people entered and those that came with the software, and how each stands today."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.work import UnitOfWork
from services.scorer import rulesets
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import DOCUMENTS, Ruleset, read
from services.scorer.domain.standing import Standing, Taken, standing_of
from services.scorer.rulesets import Kept


@dataclass(frozen=True, slots=True)
class Known:
    """A ruleset and how it stands. One that came with the software was entered by nobody, and has no standing while it is not used."""

    name: str
    document: str
    ruleset: Ruleset
    standing: Standing | None
    entered: Kept | None

    @property
    def steps(self) -> Sequence[Taken]:
        """All that people did with it, in order."""
        return self.entered.history.steps if self.entered is not None else ()

    @property
    def is_on_trial(self) -> bool:
        """Whether it runs beside the one in use."""
        return self.entered is not None and self.entered.history.is_on_trial


async def known(work: UnitOfWork) -> list[Known]:
    """Return all of them: the newest proposal first, those of the software last."""
    entered, used = await rulesets.kept(work.db), await rulesets.used_now(work.db)
    in_use = used.ruleset if used is not None else IN_USE.ruleset.name
    proposed = sorted(entered.values(), key=lambda each: each.history.steps[0].at, reverse=True)
    own = [name for name in sorted(DOCUMENTS, reverse=True) if name not in entered]
    return [
        *(Known(e.name, e.document, read(e.document), standing_of(e.history, in_use, work.today), e) for e in proposed),
        *(Known(name, DOCUMENTS[name], read(DOCUMENTS[name]), Standing.IN_USE if name == in_use else None, None) for name in own),
    ]
