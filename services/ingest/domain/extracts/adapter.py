"""
What an adapter file says: how one owner's CSV becomes records of one event type. Checked when it is loaded, by file and key.

The encoding is declared, never guessed; every column is either used or ignored by name; what the adapter cannot say is refused.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.catalogue import (
    DENIED,
    ENUMS,
    EVENT_TYPES,
    WATERMARK_TYPE,
    AcquisitionMode,
    EventType,
    FieldType,
    NotInCatalogue,
    event_type,
)
from contracts.catalogue import source as source_entry
from contracts.days import ERA_DIGITS, ERAS
from contracts.values import Source
from services.ingest.domain.denial import denies_key, denies_text

Column = Annotated[str, Field(min_length=1, max_length=100)]
Scalar = str | int | float | bool
_DAYS = {FieldType.DATE, FieldType.BIRTH_DATE}
_NUMBERS = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.WEEKS}
_DATE = "{date}"


class AdapterWrong(Exception):
    """An adapter file cannot be used. `faults` names each key that is wrong and why."""

    def __init__(self, file: str, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{file}: {key}: {why}" for key, why in faults))
        self.file = file
        self.faults = faults


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(_Told):
    """Where a field comes from: one column, several that make a list, or one value for all rows."""

    column: Column | None = None
    columns: tuple[Column, ...] = ()
    value: Scalar | None = None
    codes: Mapping[str, Scalar] | None = Field(default=None, description="Code table: what stands in the cell, and what it means.")
    split: str | None = Field(default=None, min_length=1, description="The cell is a list, with this between its parts.")
    empty: frozenset[str] = Field(default=frozenset(), description="Cells that say nothing, besides those of the whole file.")
    add_days: int = Field(default=0, ge=-1, le=1, description="1 where the cell is the last day, and the field the first day after it.")
    divide: int = Field(default=1, ge=1, le=1_000_000, description="1000 where the cell is in grams, and the field in kilograms.")

    @model_validator(mode="before")
    @classmethod
    def _column_alone(cls, told: Any) -> Any:
        return {"column": told} if isinstance(told, str) else told

    @model_validator(mode="after")
    def _from_one_place(self) -> "Cell":
        if sum((self.column is not None, bool(self.columns), self.value is not None)) != 1:
            raise ValueError("give one of column, columns, value")
        return self

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The columns."""
        return (self.column,) if self.column is not None else self.columns


class Deleted(_Told):
    """Which column says that the record was taken back (削除フラグ), and by which values."""

    column: Column
    values: frozenset[str] = frozenset({"1"})


class RecordRule(_Told):
    """What makes a row a record."""

    id: tuple[Column, ...] = Field(min_length=1, description="Columns that make the record's number, in this order.")
    recorded_at: Column | None = Field(default=None, description="When the owner learned of it (最終更新).")
    effective_on: Column | None = Field(default=None, description="From when it holds.")
    deleted: Deleted | None = None
    vanished: Literal["void", "keep"] = Field(
        default="void", description="A record that is in the file no more: it was taken back, or (keep) that says nothing."
    )


class Adapter(_Told):
    """One adapter file."""

    source: Source
    event_type: str
    title: str = Field(min_length=1)
    encoding: Literal["utf-8", "cp932"]
    delimiter: str = Field(default=",", pattern=r"^[,\t;|]$")
    file: str = Field(min_length=1, max_length=200, description="Name of the file; {date} stands for eight digits.")
    date: Literal["file_name", "manifest"] = "file_name"
    manifest: bool = Field(default=False, description="Read it only with its manifest beside it.")
    complete_through: Literal["same_day", "day_before"] = Field(
        default="same_day", description="Up to which day everything is in it, by its date."
    )
    complete_with: tuple[str, ...] = Field(
        default=(), description="Event types without whose extracts the source is not complete. Default: all that the catalogue has of it."
    )
    shrink_share: float | None = Field(default=None, gt=0, le=1, description="More gone than this share: a person is asked.")
    ignore: frozenset[Column] = Field(default=frozenset(), description="Columns that may be there and are never read.")
    half_width: frozenset[Column] = Field(default=frozenset(), description="Columns whose full-width digits are written half-width.")
    empty: frozenset[str] = Field(default=frozenset(), description="Cells that say nothing, in any column.")
    eras: Mapping[str, str] = Field(default=ERA_DIGITS, description="Digits of eras.")
    record: RecordRule
    fields: Mapping[str, Cell] = Field(min_length=1)

    @cached_property
    def kind(self) -> EventType:
        """The catalogue's entry."""
        return event_type(self.source, self.event_type)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        rule = self.record
        told = [*rule.id, *(column for cell in self.fields.values() for column in cell.sources)]
        told += [column for column in (rule.recorded_at, rule.effective_on, rule.deleted and rule.deleted.column) if column]
        return tuple(dict.fromkeys(told))

    @cached_property
    def said(self) -> tuple[str, ...]:
        """The columns that a record says something with: not when it was last written, which changes without it."""
        used = {column for cell in self.fields.values() for column in cell.sources} | set(self.record.id)
        if self.record.effective_on:
            used.add(self.record.effective_on)
        return tuple(column for column in self.columns if column in used)

    @cached_property
    def eras_told(self) -> tuple[tuple[str, str], ...]:
        """The digits of eras, for looking days up."""
        return tuple(sorted(self.eras.items()))

    @cached_property
    def digest(self) -> str:
        """What stands for this adapter: where it changes, every row is looked at anew."""
        about_files = {"title", "file", "shrink_share", "manifest", "date", "complete_with", "complete_through"}
        return sha256(repr(_in_order(self.model_dump(exclude=about_files))).encode()).hexdigest()

    @cached_property
    def needed_types(self) -> tuple[str, ...]:
        """Event types of which an extract must have come for the source to be complete."""
        return self.complete_with or tuple(kind.type for kind in EVENT_TYPES if kind.source is self.source and kind.type != WATERMARK_TYPE)

    def date_in(self, name: str) -> str | None:
        """The eight digits that stand for the date in the name of a file; None where the name is another adapter's."""
        before, has_date, after = self.file.partition(_DATE)
        pattern = re.escape(before) + (r"([0-9]{8})" + re.escape(after) if has_date else "()")
        found = re.fullmatch(pattern, name)
        return found[1] if found is not None else None

    def columns_of(self, path: str) -> str:
        """The column, or columns, behind a path of a refusal."""
        name, _, place = path.partition(".")
        cell = self.fields.get(name)
        if cell is not None and cell.columns and place.isdigit() and int(place) < len(cell.columns):
            return cell.columns[int(place)]
        told = cell.sources if cell is not None else self._of_envelope(name)
        return "、".join(told) or name

    def _of_envelope(self, name: str) -> tuple[str, ...]:
        rule = self.record
        single = {"recordedat": rule.recorded_at, "effectiveon": rule.effective_on}.get(name)
        return rule.id if name in {"subject", "id"} else (single,) if single else ()


def adapter_of(told: Mapping[str, Any], file: str, *, by_media: bool = False) -> Adapter:
    """The adapter that the content of a file makes; `by_media` is set for files that are carried (ACQ-03). Raises AdapterWrong."""
    try:
        adapter = Adapter.model_validate(told)
    except ValidationError as error:
        faults = [(".".join(map(str, fault["loc"])) or "file", fault["msg"]) for fault in error.errors(include_url=False)]
        raise AdapterWrong(file, faults) from None
    faults = list(_faults_of(adapter, by_media=by_media))
    if faults:
        raise AdapterWrong(file, faults)
    return adapter


def _faults_of(adapter: Adapter, *, by_media: bool) -> Iterator[tuple[str, str]]:
    try:
        kind = adapter.kind
    except NotInCatalogue:
        types = ", ".join(each.type for each in EVENT_TYPES if each.source is adapter.source)
        yield "event_type", f"{adapter.source} has no such event type; it has {types}"
        return
    if kind.type == WATERMARK_TYPE:
        yield "event_type", "an extract is of records; its watermark follows by itself"
    if not by_media and source_entry(adapter.source).acquisition is AcquisitionMode.REMOVABLE_MEDIA:
        yield "source", "comes on removable media only (ACQ-03)"
    yield from _faults_of_file(adapter)
    yield from _faults_of_columns(adapter)
    for name, cell in adapter.fields.items():
        yield from ((f"fields.{name}{key}", why) for key, why in _faults_of_field(kind, name, cell))
    missing = [field.name for field in kind.fields if field.required and field.default is None and field.name not in adapter.fields]
    if missing:
        yield "fields", f"every record needs {', '.join(missing)}"
    if kind.any_of and not set(kind.any_of) & adapter.fields.keys():
        yield "fields", f"every record needs one of {', '.join(kind.any_of)}"


def _faults_of_file(adapter: Adapter) -> Iterator[tuple[str, str]]:
    if adapter.date == "file_name" and adapter.file.count(_DATE) != 1:
        yield "file", f"needs {_DATE} once, because the date is told by the file's name"
    if adapter.date == "manifest" and not adapter.manifest:
        yield "manifest", "must be true, because the date is told there"
    if "/" in adapter.file or adapter.file.startswith(".") or adapter.file.endswith((".part", ".manifest.json")):
        yield "file", "is a plain name of a file"
    strange = [name for name in adapter.eras.values() if name not in ERAS]
    if strange or any(len(digit) != 1 or not digit.isdigit() for digit in adapter.eras):
        yield "eras", f"are single digits with names among {', '.join(ERAS)}"
    types = {kind.type for kind in EVENT_TYPES if kind.source is adapter.source}
    if unknown := sorted(set(adapter.complete_with) - types):
        yield "complete_with", f"{adapter.source} has no event type {', '.join(unknown)}"


def _faults_of_columns(adapter: Adapter) -> Iterator[tuple[str, str]]:
    for column in (*adapter.columns, *sorted(adapter.ignore)):
        if denied(column):
            yield "fields" if column in adapter.columns else "ignore", f"{column} must not be in the file at all"
    if both := sorted(adapter.ignore & set(adapter.columns)):
        yield "ignore", f"{', '.join(both)} is read"
    if unread := sorted(adapter.half_width - set(adapter.columns)):
        yield "half_width", f"{', '.join(unread)} is not read"


DENIED_WORDS = tuple(sorted({word.strip("*") for rule in DENIED for word in (*rule.keys, *rule.words)} - {""}, key=len, reverse=True))
"""How the catalogue calls what must not be collected, the longest first."""


def denied(column: str) -> bool:
    """Whether a column is of something that must not be collected."""
    return denies_key(column) or denies_text(column) or any(word in column for word in ("個人番号", "マイナンバー"))


def _faults_of_field(kind: EventType, name: str, cell: Cell) -> Iterator[tuple[str, str]]:
    field = kind.by_name.get(name)
    if field is None:
        yield "", f"{kind.type} has no such field; it has {', '.join(each.name for each in kind.fields)}"
        return
    if cell.columns and not field.list:
        yield ".columns", "the field is no list"
    if cell.split and not field.list:
        yield ".split", "the field is no list"
    if cell.add_days and field.type not in _DAYS:
        yield ".add_days", "the field is no day"
    if cell.divide != 1 and field.type is not FieldType.DECIMAL:
        yield ".divide", "the field is no decimal number"
    values = [*(cell.codes or {}).values(), *([] if cell.value is None else [cell.value])]
    for value in values:
        if not _fits(field.type, field.enum, value):
            yield ".codes" if cell.codes else ".value", f"{value!r} cannot stand in a field of type {field.type}"
    if field.type is FieldType.BOOLEAN and cell.value is None and not cell.codes:
        yield ".codes", "yes or no needs a code table"


def _fits(kind: FieldType, enum: str | None, value: Scalar) -> bool:
    if kind is FieldType.BOOLEAN:
        return isinstance(value, bool)
    if kind is FieldType.ENUM:
        return value in ENUMS[enum or ""].values
    if kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _in_order(told: Any) -> Any:
    """The same for the same adapter: sets and tables have no order of their own."""
    match told:
        case dict():
            return sorted((key, _in_order(value)) for key, value in told.items())
        case frozenset():
            return sorted(told)
        case tuple():
            return [_in_order(each) for each in told]
        case _:
            return told
