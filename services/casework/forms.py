"""How what is filled in for a move is read, from a page and from JSON by the same models; and the attempt at any of the moves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Annotated, Any, TypeVar, get_origin
from uuid import UUID

from pydantic import Field, ValidationError
from starlette.datastructures import FormData

from contracts.deeds import casework as deeds
from contracts.ids import PersonId
from infra.identity.staff import Staff
from infra.looking import Decision, Granted, Look
from services.casework import accesses
from services.casework.domain.policy import Facts
from services.casework.moved import Errors
from services.casework.moves import STEPS
from services.casework.moving import Pressed
from services.casework.seeing import Act, F, Mistake
from services.casework.steps import AnyStep, Form

UNREAD = "入力された内容を読み取れませんでした。入れ直してください。"
E = TypeVar("E", bound=Callable[..., Any])


def reads(endpoint: E, **types: Any) -> E:
    """Tell FastAPI as what to read arguments of `endpoint` that are of a type known at run time only: the question of a screen."""
    endpoint.__annotations__.update(types)
    return endpoint


def any_form() -> Any:
    """Return the type of any of the forms; `move` says which it is."""
    forms = reduce(or_, [step.form for step in STEPS.values()])
    return Annotated[forms, Field(discriminator="move")] if len(STEPS) > 1 else forms


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What a page sent for a move. `errors` names the fields that cannot be read; `form` holds all the others, so that nothing is lost."""

    step: AnyStep
    form: Form
    pressed: Pressed
    errors: Errors = ()


def filled_in(form: FormData) -> FilledIn | None:
    """Return what a page sent, or None where it is not what one of our pages sends."""
    step = STEPS.get(str(form.get("move")))
    if step is None:
        return None
    given = {name: form.getlist(name) if get_origin(field.annotation) is tuple else form.get(name) for name, field in _fields(step)}
    try:
        pressed = Pressed(UUID(str(form.get("key"))), str(form.get("version", "")))
    except ValueError:
        return None
    # A field that was left empty was not filled in.
    return _read(step, {name: value for name, value in given.items() if value not in (None, "")}, pressed)


def filled_in_for(act: Act[F], form: FormData) -> F | Mistake:
    """Read what was filled in for an act; a field that was left empty was not filled in."""
    given: dict[str, Any] = {}
    for name, field_ in act.form.model_fields.items():
        if get_origin(field_.annotation) is Mapping:
            # Of each of several: `name.<whose>`.
            of_each = {key.removeprefix(f"{name}."): value for key, value in form.items() if key.startswith(f"{name}.") and value}
            given |= {name: of_each} if of_each else {}
            continue
        values = tuple(value for value in form.getlist(name) if isinstance(value, str) and value.strip())
        if values:
            given[name] = values if get_origin(field_.annotation) is tuple else values[0]
    try:
        return act.form.model_validate(given)
    except ValidationError as error:
        named = dict.fromkeys(str(each["loc"][0]) if each["loc"] else "" for each in error.errors())
        typed = {name: value for name, value in given.items() if isinstance(value, str)}
        typed |= {name: " ".join(values) for name, values in given.items() if isinstance(values, tuple)}
        typed |= {f"{name}.{of}": text for name, each in given.items() if isinstance(each, dict) for of, text in each.items()}
        return Mistake(tuple((name, act.form.wrong.get(name, UNREAD)) for name in named), typed=typed, act=act.name)


def _read(step: AnyStep, given: Mapping[str, Any], pressed: Pressed) -> FilledIn:
    try:
        return FilledIn(step, step.form.model_validate(given), pressed)
    except ValidationError as error:
        unread = {str(each["loc"][0]) for each in error.errors()}
        rest = step.form.model_validate({name: value for name, value in given.items() if name not in unread})
        return FilledIn(step, rest, pressed, tuple((name, UNREAD) for name in given if name in unread))


def move_attempt(staff: Staff, person_id: PersonId | None) -> Look[Facts | None, None]:
    """Return the attempt at a move before it is known at which: whoever may make one of them gets past the wall."""
    attempts = [accesses.attempt(staff, right, deeds.MOVE_REFUSED, person_id) for right in dict.fromkeys(s.right for s in STEPS.values())]

    def right(facts: Facts | None) -> Decision:
        decisions = [attempt.right(facts) for attempt in attempts]
        return next((each for each in decisions if isinstance(each, Granted)), decisions[0])

    return replace(attempts[0], right=right)


def _fields(step: AnyStep) -> Any:
    return step.form.model_fields.items()
