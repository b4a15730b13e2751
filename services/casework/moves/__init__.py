"""What people can do with a case: a module each, found by itself. A move or an act of `domain/flow.py` without a module is not offered."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.center import is_to_accept
from services.casework.domain.policy import Action, Facts, Permit, Viewer, decide
from services.casework.steps import AnyStep


def found() -> Mapping[str, AnyStep]:
    """Return the moves whose modules are here."""
    steps: list[AnyStep] = [import_module(f"{__name__}.{module.name}").STEP for module in iter_modules(__path__)]
    return MappingProxyType({step.move.key: step for step in steps})


STEPS: Mapping[str, AnyStep] = found()
"""By the key of the move."""


def offered(viewer: Viewer, facts: Facts, file: CaseFile, *, needed: bool) -> tuple[AnyStep, ...]:
    """Return what `viewer` may do with a child and its case, where that stands."""
    receives = is_to_accept(viewer.roles, viewer.ward, facts, file)
    parties = flow.parties_of(viewer.roles, viewer.section, file.lead_section, receives=receives)
    possible = flow.possible_moves(file.place(needed=needed), parties, viewer.id, STEPS)
    may = (STEPS[move.key] for move in possible if isinstance(decide(viewer, STEPS[move.key].right, facts), Permit))
    return tuple(step for step in may if _has_object(step, viewer, facts, file))


def _has_object(step: AnyStep, viewer: Viewer, facts: Facts, file: CaseFile) -> bool:
    """
    Whether there is something to do it with: a question to the viewer's section, a consent to withdraw.

    To whom was consented may tell where a protected child is: it is chosen by those who may know that (`domain.md` §4.4).
    """
    if step.move.key == flow.WITHDRAW:
        may_know = isinstance(decide(viewer, Action.SEE_WHEREABOUTS, facts), Permit)
        return may_know and any(each.withdrawn_on is None for each in file.consents)
    return step.move.key != "answer_investigation" or viewer.section in file.unanswered
