"""The moves that can be made: a module each, found by itself. One of `flow.MOVES` without a module is not offered."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from contracts.values import CaseState
from services.casework.domain import flow
from services.casework.domain.policy import Facts, Permit, Viewer, decide
from services.casework.moving import AnyStep


def found() -> Mapping[str, AnyStep]:
    """Return the moves whose modules are here."""
    steps: list[AnyStep] = [import_module(f"{__name__}.{module.name}").STEP for module in iter_modules(__path__)]
    return MappingProxyType({step.move.key: step for step in steps})


STEPS: Mapping[str, AnyStep] = found()
"""By the key of the move."""


def offered(viewer: Viewer, facts: Facts, state: CaseState, *, needed: bool) -> tuple[AnyStep, ...]:
    """Return the moves that `viewer` may make with a child whose case stands at `state`."""
    moves = flow.possible_moves(state, viewer.roles, STEPS, needed=needed)
    return tuple(STEPS[move.key] for move in moves if isinstance(decide(viewer, STEPS[move.key].right, facts), Permit))
