"""The shapes of the catalogue's entries."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from contracts.kinds import EventKind, Item, Source
from contracts.values import Group


class AcquisitionMode(StrEnum):
    """How a source's data reaches the city's system (ACQ-01, ACQ-03)."""

    NETWORK = "network"
    REMOVABLE_MEDIA = "removable_media"


class Sensitivity(StrEnum):
    """How careful a field must be handled. `sensitive` is 要配慮 or comparable (health, welfare, protection)."""

    ORDINARY = "ordinary"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Sensitive(StrEnum):
    """Kinds of items that a list never names and a page opens for a stated reason only (`casework.md` §2.3)."""

    WELFARE = "welfare"
    GUARDIANS_HEALTH = "guardians_health"
    DISABILITY = "disability"


class FieldType(StrEnum):
    """What a field holds once normalised."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    """A number, code or key of the source's own: visible ASCII, so that no two that look alike are different."""
    DATE = "date"
    BIRTH_DATE = "birth_date"
    """A day, or as much of it as the register knows (不詳): ISO 8601 reduced to "1985-06" or "1985", or "unknown"."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    ENUM = "enum"
    PERSON_NO = "person_no"
    """宛名番号: opaque text of at most 15 characters whose leading zeros count (§6.1)."""
    WEEKS = "weeks"
    """Completed weeks. A source may also write `14w2d` or 14週2日; the days are dropped, because every rule counts completed weeks."""


class About(StrEnum):
    """Who a record is about. From it follows how what it says reaches a child (`domain.md` §2.3)."""

    PERSON = "person"
    """Anybody in the register, of any age."""
    CHILD = "child"
    PREGNANCY = "pregnancy"
    """A pregnancy: its mother, and whoever was born of it."""
    GUARDIAN = "guardian"
    """Somebody with children in their care by the record's own list, wherever these live."""
    HOUSEHOLD = "household"
    """A member of a household or of a welfare case: what is said holds for all of them."""
    SOURCE = "source"
    """The source itself, and nobody."""


class Linking(StrEnum):
    """How the linker finds the person of a record."""

    REGISTER_ENTRY = "register_entry"
    """The record is the register's own entry of the number."""
    PROTECTION = "protection"
    """By the number, in the register or not: who is not in it yet must be protected when they appear."""
    PERSON_NO = "person_no"
    """By the number, once it is in the register."""
    PREGNANCY_NO = "pregnancy_no"
    """By the number of a notified pregnancy, or else by its mother's number and the day of the exam."""
    CARE_LIST = "care_list"
    """By its person's number, once it is in the register; it reaches the children whom it lists in that person's care (`care`)."""
    MATCH = "match"
    """
    By the school's list of pupils: the list by the number that it gives, where name and birth date agree with the register's, or without
    one by school, name and birth date (`domain.md` §6.5); what is told of a pupil by the list.
    """
    OPEN = "open"
    """It is not decided yet: kept for people to see."""
    NONE = "none"
    """It is no record of anybody."""


class Entry(BaseModel):
    """A frozen entry without room for what is not named here: a misspelt key in the data is an error at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FixedList(Entry):
    """A fixed list of values with the spellings that sources also use."""

    ja: str
    en: str
    values: tuple[str, ...]
    spellings: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _spellings_mean_values(self) -> "FixedList":
        unknown = set(self.spellings.values()) - set(self.values)
        if unknown:
            message = f"spellings mean {sorted(unknown)}, which are not among {self.values}"
            raise ValueError(message)
        return self


class SourceField(Entry):
    """One field of an event's `data`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    ja: str = Field(description="Meaning in Japanese, as pages show it.")
    en: str = Field(description="Meaning in English.")
    required: bool = False
    list: bool = Field(default=False, description="The field holds a list of values of `type`.")
    enum: str | None = Field(default=None, description="Name of the fixed list, for `type` enum.")
    default: str | None = None
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    items: tuple[str, ...] = Field(default=(), description="Which of the 19 items need the field, e.g. ITEM-03b.")
    in_parts: bool = Field(
        default=False, description="A person's name or an address: a denied word is looked for within each of its parts, never across them."
    )
    one_piece: bool = Field(
        default=False,
        description="A code out of a table, written in one piece: digits in groups, as a My Number stands on its card, are no such code.",
    )
    names_person: bool = Field(default=False, description="The value names or singles out a person: no service after the linker sees it.")
    max_length: int | None = Field(default=None, description="Longest text, in characters.")
    max_items: int | None = Field(default=None, description="Longest list.")
    minimum: int | None = None
    maximum: int | None = None
    past: bool = Field(default=False, description="A day that cannot lie in the future: what is said to have happened, happened.")

    @model_validator(mode="after")
    def _has_its_bounds(self) -> "SourceField":
        lacking = {
            "enum": self.type is FieldType.ENUM and self.enum is None,
            "max_length": self.type in {FieldType.TEXT, FieldType.IDENTIFIER} and self.max_length is None,
            "max_items": self.list and self.max_items is None,
            "type text": self.in_parts and self.type is not FieldType.TEXT,
            "type identifier": self.one_piece and self.type is not FieldType.IDENTIFIER,
            "type date, once": self.past and (self.type not in {FieldType.DATE, FieldType.BIRTH_DATE} or self.list),
        }
        if any(lacking.values()):
            message = f"{self.name} lacks {[key for key, missing in lacking.items() if missing]}"
            raise ValueError(message)
        return self


class CareFields(Entry):
    """Which fields of a record list the children in its person's care, and say on which days, half-open, they are."""

    children: str
    start: str
    end: str


class EventType(Entry):
    """One kind of event that one source may send."""

    source: Source
    type: EventKind
    ja: str
    en: str
    about: About
    link: Linking
    subject: tuple[str, ...] = Field(
        description="Fields that hold the number of the person the record is about; the first present one counts."
    )
    care: CareFields | None = Field(default=None, description="Of a record that lists children in its person's care.")
    any_of: tuple[str, ...] = Field(default=(), description="At least one of these fields must be present.")
    example: dict[str, JsonValue] = Field(
        default_factory=dict, description="What an example holds; else the required fields, with plain values."
    )
    fact: str | None = Field(
        default=None, pattern=r"^[A-Z][A-Za-z0-9]*$", description="Name of the class of its facts, where its own name is another's already."
    )
    fields: tuple[SourceField, ...]

    @model_validator(mode="after")
    def _example_is_of_its_fields(self) -> "EventType":
        unknown = self.example.keys() - {field.name for field in self.fields}
        if unknown:
            message = f"the example of {self.type} holds {sorted(unknown)}, which are no fields of it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_what_links_it(self) -> "EventType":
        needed = {
            Linking.REGISTER_ENTRY: {"person_no"},
            Linking.PROTECTION: {"person_no"},
            Linking.PERSON_NO: set(self.subject) or {"a subject"},
            Linking.PREGNANCY_NO: {"pregnancy_id"},
            Linking.CARE_LIST: {*self.subject, *(self.care.model_dump().values() if self.care is not None else ["a list: care"])},
        }.get(self.link, set())
        if missing := needed - self.by_name.keys():
            message = f"linked by {self.link}, but it has no {sorted(missing)}"
            raise ValueError(message)
        return self

    @property
    def fact_name(self) -> str:
        """Name of the class of its facts."""
        return self.fact or "".join(part.capitalize() for part in re.split(r"[._]", self.type))

    @property
    def way(self) -> tuple[About, Linking, tuple[str, ...], CareFields | None]:
        """Who it is about and how it is linked: the same in every source, because the linker goes by the type alone."""
        return self.about, self.link, self.subject, self.care

    @cached_property
    def by_name(self) -> dict[str, SourceField]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def defaults(self) -> tuple[tuple[str, str], ...]:
        """What a field holds where the source leaves it out."""
        return tuple((field.name, field.default) for field in self.fields if field.default is not None)

    @cached_property
    def numbering(self) -> frozenset[str]:
        """Names of the fields that hold numbers, codes or keys of the source's own making."""
        return frozenset(field.name for field in self.fields if field.type in {FieldType.IDENTIFIER, FieldType.PERSON_NO})

    @cached_property
    def numbering_in_order(self) -> tuple[str, ...]:
        """The same, in the order of their names."""
        return tuple(sorted(self.numbering))

    @cached_property
    def one_piece(self) -> frozenset[str]:
        """Names of the fields that hold a code out of a table."""
        return frozenset(field.name for field in self.fields if field.one_piece)

    @cached_property
    def in_parts(self) -> frozenset[str]:
        """Names of the fields that hold a person's name or an address."""
        return frozenset(field.name for field in self.fields if field.in_parts)

    @cached_property
    def past(self) -> tuple[str, ...]:
        """Names of the fields whose days cannot lie in the future."""
        return tuple(field.name for field in self.fields if field.past)

    @cached_property
    def names_person(self) -> frozenset[str]:
        """Names of the fields that name or single out a person."""
        return frozenset(field.name for field in self.fields if field.names_person)


class SourceEntry(Entry):
    """One row of the city's table of source systems."""

    code: Source
    feed: str = Field(description="Requirement number, FEED-01 … FEED-16.")
    system: str = Field(description="Japanese name of the system.")
    category: str
    data_owner: str = Field(description="保有・管理主体 (ROLE-02): exactly one. Provisional names; the city confirms them at registration.")
    acquisition: AcquisitionMode = Field(description="The default of ACQ-04.")
    legal_basis: str = Field(description="The law that the purpose register must name (LAW-02).")
    section: str | None = Field(
        default=None, description="もとの課: the desk that staff of a ward ask, where it is another one than the owner."
    )
    event_types: tuple[EventKind, ...] = ()

    @property
    def whom_to_ask(self) -> str:
        """The section behind the source, in the words of a page."""
        return self.section or self.data_owner


class Denial(Entry):
    """Something that is refused by name, and never kept (§2.4)."""

    item: str
    title: str = Field(description="How the audit log names it, in Japanese.")
    number: int = Field(description="No. of the item in the city's list; 0 for My Number.")
    keys: tuple[str, ...] = Field(description="Globs over field names in snake_case.")
    words: tuple[str, ...] = Field(description="Words looked for in every text.")
    twelve_digits_with_check_digit: bool = False
    ja: str
    en: str


_FIGURE = re.compile(r"[a-z][a-z0-9_]*")


def _with_plain_places(sentence: str) -> str:
    """A sentence whose places are bare names of figures: anything else would break, or open up, the page that fills it in."""
    for _, figure, form, conversion in Formatter().parse(sentence):
        if figure is not None and (not _FIGURE.fullmatch(figure) or form or conversion):
            message = f"a place for a figure is a bare name, such as {{exam_date}}, not {{{figure}}}"
            raise ValueError(message)
    return sentence


Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Sentence = Annotated[Words, AfterValidator(_with_plain_places)]
"""Words with places for the figures of an answer."""

ReasonCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

Reasons = Mapping[ReasonCode, Annotated[tuple[Sentence, ...], Field(min_length=1)]]
"""By reason code, a sentence and what is said instead where one of its figures is missing."""


class SharedWords(Entry):
    """Words that items share."""

    sensitivity: Mapping[Sensitive, Words]
    reasons: Reasons = Field(description="What any item may say.")
    family: Mapping[str, Reasons] = Field(description="What the items of a family may say.")


class ItemEntry(Entry):
    """One of the 基本連携データ項目: what it rests on, and every word that a page or the log needs of it."""

    code: Item
    item: str = Field(
        pattern=r"^(ITEM-[0-9]{2}[a-z]?|LOCAL-[0-9]{2})$",
        description="Requirement number in the city's list; LOCAL for an item of the city's own, which is off until it is approved (§2.6).",
    )
    group: Group
    feeds: tuple[Source, ...] = Field(min_length=1, description="On whose facts and watermarks the answer rests.")
    sensitivity: Sensitive | None = None
    field: Words = Field(description="How the log names it as something that was shown.")
    present: Words = Field(description="As a reason to look.")
    absent: Words = Field(description="As a reassurance.")
    unknown: Words = Field(description="As something that is not known.")
    reassures: bool = Field(default=True, description="Whether its absence is a reassurance.")
    context: bool = Field(
        default=False, description="Whether it stands beside the reasons and is never one of them: no ruleset counts it (§2.6)."
    )
    notice: Words | None = Field(
        default=None,
        description="Of context that people must not miss: what every page says where it is not known. "
        "It stands there unopened, so that it must tell nothing of the child.",
    )
    dated_by: str | None = Field(
        default=None, description="The figure that is the day of what is recorded. Without one, people read since when the answer holds."
    )
    reasons: Reasons = Field(description="Its own reasons, its family's, and those that any item may give.")

    @model_validator(mode="after")
    def _says_of_context_alone_that_it_is_not_known(self) -> "ItemEntry":
        if self.notice is not None and not self.context:
            message = f"{self.code} has a notice, which only context has"
            raise ValueError(message)
        return self

    @property
    def is_local(self) -> bool:
        """Whether it is an item of the city's own."""
        return self.item.startswith("LOCAL-")
