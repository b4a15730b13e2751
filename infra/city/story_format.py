"""
The format of stories: what a `tsunagu story` file may say. Every key is explained in `tests/stories/README.md`.

A key that is not known is an error that names its place, because a misspelt expectation would pass for ever.
"""

from collections.abc import Hashable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contracts.feeds import FeedStanding
from contracts.values import CaseState, Group, IndicatorValue, Item, Operation, ServiceName, Source, Ward

RULESETS = ("SP-1", "SP-2", "SP-3")
"""Rulesets of this release."""


class MalformedStory(Exception):
    """A story file that cannot be played. The text names the file, the place in it and what is wrong there."""


def _spelled(value: object) -> object:
    """A number of a person or record may be written without quotes: it is a text all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _truth(value: object) -> object:
    """YAML reads an unquoted TRUE as a truth value."""
    return str(value).upper() if isinstance(value, bool) else value


def _none_or_state(value: object) -> object:
    return "none" if value is None else value


Number = Annotated[str, BeforeValidator(_spelled)]
Truth = Annotated[IndicatorValue, BeforeValidator(_truth)]
Values = dict[Item, Truth]
Days = dict[Item, date | None]


class Part(BaseModel):
    """A part of a story: no key that the format does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoryEvent(Part):
    """One source event. What is left out follows from the step."""

    source: Source
    type: str
    record: Number = Field(description="The source's own id of the record.")
    revision: int = 1
    op: Operation = Operation.UPSERT
    effective_on: date | None = Field(default=None, description="The step's date if left out.")
    recorded_at: date | datetime | None = Field(default=None, description="The step's date if left out.")
    published_at: date | datetime | None = Field(default=None, description="The step's date if left out.")
    id: str | None = Field(default=None, description="Derived from story, step and place if left out.")
    via: Literal["amqp", "http", "media"] = "amqp"
    times: int = Field(default=1, ge=1, le=50, description="How often the very same event is published.")
    parked_by: Literal[ServiceName.LINKER, ServiceName.SCORER] | None = Field(
        default=None, description="The service cannot handle this record, and puts it aside, until a step says `handled`."
    )
    data: dict[str, Any] = Field(default_factory=dict)


class ExpectedCase(Part):
    """The child's case; `state: none` asks that there is none."""

    state: CaseState | Literal["none"] | None = None
    ward: Ward | None = None


class ExpectedChild(Part):
    """What is asked about one child. Only what is written is checked."""

    indicators: Values = Field(default_factory=dict)
    valid_from: Days = Field(default_factory=dict)
    valid_to: Days = Field(default_factory=dict)
    known_at: dict[Item, date] = Field(default_factory=dict)
    counted: dict[Item, bool] = Field(default_factory=dict)
    classes: dict[Item, str | None] = Field(default_factory=dict, alias="class")
    reason_code: dict[Item, str] = Field(default_factory=dict)
    detail: dict[Item, dict[str, Any]] = Field(default_factory=dict)
    evidence: dict[Item, int] = Field(default_factory=dict, description="How many records the indicator rests on.")
    review: Annotated[Literal["none", "open", "suppressed"], BeforeValidator(_none_or_state)] | None = None
    reasons: frozenset[Group] | None = None
    review_since: date | None = Field(default=None, description="The day on which the review became known.")
    basis_changed: bool | None = None
    case: ExpectedCase | None = None
    as_of: dict[date, Values] = Field(default_factory=dict, description="What was known at the end of that day about that day.")
    valid_on: dict[date, Values] = Field(default_factory=dict, description="What is known now about that day.")
    known: bool | None = Field(default=None, description="Whether there is such a person at all.")
    protected: bool | None = None
    siblings: frozenset[Number] | None = None
    visible_to: dict[str, bool] = Field(default_factory=dict, description="By ward (its clerk) or by login.")
    listed_for: dict[str, bool] = Field(default_factory=dict, description="Whether the list of reviews of a ward or login has the child.")


class Refusal(Part):
    """What ingest refused, and where."""

    record: Number
    path: str | None = None


class Expected(Part):
    """What is asked when the step has settled."""

    children: dict[Number, ExpectedChild] = Field(default_factory=dict)
    refused: tuple[Refusal, ...] | None = Field(default=None, description="Exactly these events of the step.")
    accepted: int | None = None
    superseded: int | None = None
    records: dict[Number, str] = Field(
        default_factory=dict, description="What the linker made of a record: linked, waiting, review or void, and in brackets why."
    )
    persons: int | None = Field(default=None, description="Persons that the system knows.")
    reviews: int | None = Field(default=None, description="Reviews that are open, of all children.")
    cases: int | None = Field(default=None, description="Cases that are not closed, of all children.")
    feeds: dict[Source, FeedStanding] = Field(default_factory=dict, description="How the feeds of sources stand.")
    logged: dict[str, int] | None = Field(default=None, description="What the audit log has of who is who in this story, by action.")

    @model_validator(mode="after")
    def _no_pupils_yet(self) -> "Expected":
        if named := [key for key in self.children if key.startswith("name:")]:
            raise ValueError(f"{named[0]!r}: pupils without 宛名番号 are not in this release")
        return self


class Move(Part):
    """A person's move in a case."""

    child: Number
    move: str = Field(pattern=r"^[a-z_]+$", description="The key of a move of services/casework/domain/flow.py.")
    by: str = Field(description="A login, e.g. hakata.clerk.")
    filled_in: dict[str, Any] = Field(default_factory=dict, alias="with", description="What is filled in, by field.")


class Judged(Part):
    """What people say about who is who: record ids of two entries of the register; of one person the first one's id stays."""

    kept: Number
    other: Number


class Step(Part):
    """One day of a story."""

    at: date
    note: str | None = None
    watermarks: dict[Source | Literal["all"], date] = Field(default_factory=dict)
    events: tuple[StoryEvent, ...] = ()
    same: Judged | None = Field(default=None, description="Two coordinators say that two entries are one person's.")
    not_same: Judged | None = Field(default=None, description="A coordinator says that two entries are two persons'.")
    clerks: Literal["act", "idle"] | None = None
    moves: tuple[Move, ...] = ()
    handled: bool = Field(default=False, description="What was put aside so far can be handled again, and is, before the step's events.")
    expect: Expected = Expected()


class Story(Part):
    """A whole story."""

    story: str
    ruleset: str = RULESETS[0]
    scenario: str | None = Field(default=None, description="What it plays, for the reader.")
    clerks: Literal["act", "idle"] = "act"
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known_ruleset(self) -> "Story":
        if self.ruleset not in RULESETS:
            raise ValueError(f"ruleset {self.ruleset!r} is not in this release; it has {', '.join(RULESETS)}")
        return self

    @model_validator(mode="after")
    def _days_in_order(self) -> "Story":
        for earlier, later in zip(self.steps, self.steps[1:], strict=False):
            if later.at < earlier.at:
                raise ValueError(f"the step at {later.at} comes after the one at {earlier.at}; time does not go back")
        return self


def read_story(path: Path) -> Story:
    """The story in a file. Raises MalformedStory."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedStory(f"{path}: cannot be read: {error}") from error
    return parse_story(text, str(path))


def parse_story(text: str, name: str) -> Story:
    """The story in a YAML text. Raises MalformedStory; `name` is the file's for its message."""
    try:
        content = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise MalformedStory(f"{name}: not YAML: {error}") from error
    except RecursionError as error:
        raise MalformedStory(f"{name}: nested too deep") from error
    try:
        return Story.model_validate(content)
    except ValidationError as error:
        raise MalformedStory("\n".join(f"{name}: {line}" for line in _complaints(error))) from error


def _complaints(error: ValidationError) -> list[str]:
    found = error.errors()
    # A list whose entries were refused also looks too short; that would only distract.
    told = [one for one in found if one["type"] != "too_short"] or found
    return [f"{_place(one['loc'])}: {_complaint(one['type'], one['msg'])}" for one in told]


def _place(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location if step != "[key]")
    return text.removeprefix(".") or "(story)"


def _complaint(kind: str, message: str) -> str:
    return "unknown key" if kind == "extra_forbidden" else message.removeprefix("Value error, ")


class _Loader(yaml.SafeLoader):
    """YAML as stories need it: a number that begins with 0 is a text (宛名番号), and no key may stand twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := {str(key) for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"the key {', '.join(sorted(twice))} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _integer_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int | str:
    digits = node.value.lstrip("+-")
    if len(digits) > 1 and digits.startswith("0"):
        return str(node.value)
    return int(loader.construct_yaml_int(node))


def _day_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    """A day that does not exist stays a text: a story may send one to see it refused, and elsewhere its place is named."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:int", _integer_or_text)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day_or_text)
