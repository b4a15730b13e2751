"""
What a move, or anything else that people do with a case, consists of: a form, what is wrong with it, and how the case stands afterwards.

The page's form, the JSON model, the words of what was filled in and the log's fields all follow from one `Step`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from contracts.deeds.deed import Deed
from contracts.ids import CaseId
from contracts.values import CaseState, Observation
from infra.identity.staff import Staff
from services.casework.domain import flow
from services.casework.domain.casefile import CaseFile
from services.casework.domain.handover import Handover
from services.casework.domain.policy import Action

TEXT_LENGTH, LINE_LENGTH = 2_000, 80


def writable(text: str) -> str:
    """Return `text`; raises ValueError for characters that nobody can see or the database cannot keep."""
    if any(category(each) in {"Cc", "Cs"} and each not in "\r\n\t" for each in text):
        raise ValueError("control characters")
    return text.replace("\r\n", "\n")


Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LENGTH), AfterValidator(writable)]
"""Some sentences."""

Line: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LINE_LENGTH, pattern=r"^[^\r\n]*$"), AfterValidator(writable)
]
"""A name or a few words."""


class Form(BaseModel):
    """What is filled in for a move. One model reads it from a page and from JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    move: str


F = TypeVar("F", bound=Form)
Wrong: TypeAlias = Iterable[tuple[str, str]]
"""What is wrong with a form: field, and a sentence."""


class Asks(StrEnum):
    """How a page asks for a field."""

    BOXES = "boxes"
    CHOICE = "choice"
    DAY = "day"
    TEXT = "text"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Spec:
    """A field of a form: its name, what it is called, and how it is asked for. `choices` are its values with their words."""

    name: str
    label: str
    asks: Asks
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    optional: bool = False
    tells_where: bool = False
    """What is chosen tells where the child is: it is said to whoever may know that."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says of a move: why it is the next thing to do, what it leads to, what its button says, and what is said afterwards."""

    lead: str
    hint: str
    button: str
    done: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """Who moves a case and when, and the id that a case gets which this opens."""

    by: Staff
    at: datetime
    today: date
    new_id: CaseId


Observed: TypeAlias = Iterable[tuple[Observation, date]]
"""What was seen that rules may use, and on which day."""


def nothing_wrong(_form: Any, _file: CaseFile, _today: date) -> Wrong:
    """Find nothing wrong beyond what is missing."""
    return ()


def nothing_changes(_form: Any, _file: CaseFile, _made: Made) -> Mapping[str, Any]:
    """Change nothing of the case but where it stands."""
    return {}


def nothing_handed(_form: Any, _file: CaseFile, _made: Made) -> Handover | None:
    """Hand nothing over."""
    return None


def nothing_observed(_form: Any, _file: CaseFile, _made: Made) -> Observed:
    """See nothing that rules may use."""
    return ()


def no_choices(_file: CaseFile) -> Mapping[str, Mapping[str, str]]:
    """Offer no choices beyond those of the fields."""
    return {}


def nothing_first(_file: CaseFile, _today: date) -> Mapping[str, Any]:
    """Fill in nothing beforehand."""
    return {}


@dataclass(frozen=True, slots=True)
class Step(Generic[F]):
    """
    Something that can be done with a case.

    `errors` says what is wrong with a form beyond a field that is missing; `changes` what becomes other of the case, apart from where it
    stands; `choices` are those of fields, by name, where the case says what they are; `hands` the hand-over that is offered or settled with
    it; `observes` what of it the rules are told; `first` what stands in the form at first. What is done `aside` is no next step, but where
    the case stands `next_at`: the page offers it under the others. Whoever `leaves` does not see the child any more.
    """

    move: flow.Move
    deed: Deed
    form: type[F]
    fields: tuple[Spec, ...]
    words: Words
    errors: Callable[[F, CaseFile, date], Wrong] = nothing_wrong
    changes: Callable[[F, CaseFile, Made], Mapping[str, Any]] = nothing_changes
    hands: Callable[[F, CaseFile, Made], Handover | None] = nothing_handed
    observes: Callable[[F, CaseFile, Made], Observed] = nothing_observed
    first: Callable[[CaseFile, date], Mapping[str, Any]] = nothing_first
    choices: Callable[[CaseFile], Mapping[str, Mapping[str, str]]] = no_choices
    right: Action = Action.MOVE_CASE
    aside: bool = False
    leaves: bool = False
    next_at: frozenset[CaseState] = frozenset()

    @property
    def told(self) -> tuple[str, ...]:
        """Return the names of what it changes, for the log: never what was written."""
        moved = () if self.move.end is None else ("state",)
        return (*moved, *(spec.name for spec in self.fields))


AnyStep: TypeAlias = Step[Any]


def missing(step: AnyStep, form: Form) -> Wrong:
    """Say which fields were left empty that must not be."""
    for spec in step.fields:
        if not spec.optional and getattr(form, spec.name) in (None, "", ()):
            verb = "選んでください" if spec.asks in {Asks.BOXES, Asks.CHOICE} else "入れてください"
            yield spec.name, f"「{spec.label}」を{verb}。"


# --- What a page is given


@dataclass(frozen=True, slots=True)
class Box:
    """One choice of several."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page shows it, with what stands in it."""

    spec: Spec
    boxes: tuple[Box, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """How a page asks for a move."""

    words: Words
    fields: tuple[Field, ...]


def prompt(step: AnyStep, file: CaseFile, today: date, before: Form | None) -> Prompt:
    """Return how to ask for a move; what was filled in before stands there."""
    stands = before.model_dump() if before is not None else step.first(file, today)
    choices = step.choices(file)
    fields = (_field(spec, choices.get(spec.name, spec.choices), stands.get(spec.name)) for spec in step.fields)
    return Prompt(step.words, tuple(fields))


def _field(spec: Spec, choices: Mapping[str, str], value: Any) -> Field:
    chosen = set(map(str, value)) if isinstance(value, tuple) else {str(value)}
    boxes = tuple(Box(each, label, each in chosen) for each, label in choices.items())
    return Field(spec, boxes, "" if value is None or isinstance(value, tuple) else str(value))
