"""Pydantic models of an event's `data`, made from the catalogue."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts.catalogue.entries import EventType, FieldType, SourceField
from contracts.catalogue.loading import ENUMS, event_type
from contracts.days import is_countable
from contracts.values import Source

UNKNOWN_DAY = "unknown"
"""What a birth date holds of which the register knows nothing."""

PERSON_NO_LENGTH = 15
"""宛名番号 is X(15) in the municipal standard layouts (§6.1)."""

IDENTIFIER_PATTERN = "^[!-~]+$"
"""
Identifiers are of visible ASCII: a character that cannot be seen, looks like a blank or looks like another would make one child two.

Nothing is folded: what breaks the rule is refused, because only the source knows which number it meant.
"""

PERSON_NO_PATTERN = rf"^[!-~]{{1,{PERSON_NO_LENGTH}}}$"

_MISSING_PARTS = {len("1985"): "-01-01", len("1985-06"): "-01"}
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _real_day(text: str) -> str:
    if not _ISO_DATE.fullmatch(text):
        raise PydanticCustomError("date_form", "not a day written YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise PydanticCustomError("date_form", "no such day in the calendar") from error
    if not is_countable(day):
        raise PydanticCustomError("date_range", "a day outside what is accepted")
    return text


def _day_as_known(text: str) -> str:
    if text != UNKNOWN_DAY:
        _real_day(text + _MISSING_PARTS.get(len(text), ""))
    return text


def _no_truth_value(value: object) -> object:
    # Python takes True for 1; a register does not.
    if isinstance(value, bool):
        raise PydanticCustomError("decimal_type", "a number is expected")
    return value


Day = Annotated[str, Strict(), AfterValidator(_real_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day as ISO text: what is checked is passed on as it came, so no second conversion is paid for."""


BirthDay = Annotated[str, Strict(), AfterValidator(_day_as_known), WithJsonSchema({"type": "string"})]
"""A day as far as it is known."""


def _text(field: SourceField) -> Any:
    return Annotated[str, Strict(), StringConstraints(min_length=1, max_length=field.max_length)]


def _identifier(field: SourceField) -> Any:
    return Annotated[str, Strict(), StringConstraints(min_length=1, max_length=field.max_length, pattern=IDENTIFIER_PATTERN)]


def _person_no(_: SourceField) -> Any:
    return Annotated[str, Strict(), StringConstraints(pattern=PERSON_NO_PATTERN)]


def _integer(field: SourceField) -> Any:
    return Annotated[int, Strict(), Field(ge=field.minimum, le=field.maximum)]


def _decimal(field: SourceField) -> Any:
    return Annotated[float, BeforeValidator(_no_truth_value), Strict(), Field(ge=field.minimum, le=field.maximum, allow_inf_nan=False)]


def _weeks(field: SourceField) -> Any:
    return Annotated[int, Strict(), Field(ge=0, le=field.maximum)]


def _enum(field: SourceField) -> Any:
    return Literal[ENUMS[field.enum or ""].values]


def _day(_: SourceField) -> Any:
    return Day


def _birth_date(_: SourceField) -> Any:
    return BirthDay


def _boolean(_: SourceField) -> Any:
    return Annotated[bool, Strict()]


_PYTHON_TYPES: dict[FieldType, Callable[[SourceField], Any]] = {
    FieldType.TEXT: _text,
    FieldType.IDENTIFIER: _identifier,
    FieldType.DATE: _day,
    FieldType.BIRTH_DATE: _birth_date,
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.ENUM: _enum,
    FieldType.PERSON_NO: _person_no,
    FieldType.WEEKS: _weeks,
}


class Data(BaseModel):
    """What every model of `data` forbids: fields that the catalogue does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def field_check(field: SourceField) -> Callable[[object], bool]:
    """Whether a normalised value that is no null may stand in a field: what `data_model` asks of it, for one field alone."""
    return TypeAdapter(_type_of(field)).validator.isinstance_python


def _type_of(field: SourceField) -> Any:
    python_type = _PYTHON_TYPES[field.type](field)
    if field.list:
        # list.__class_getitem__ in words: a subscript would be read as an annotation by the type checker.
        return Annotated[GenericAlias(list, python_type), Field(max_length=field.max_items)]
    return python_type


def _definition(field: SourceField) -> Any:
    python_type = _type_of(field)
    if field.required:
        return (python_type, Field(title=field.ja, description=field.en, json_schema_extra=_extra(field)))
    return (python_type | None, Field(default=field.default, title=field.ja, description=field.en, json_schema_extra=_extra(field)))


def _extra(field: SourceField) -> dict[str, JsonValue]:
    past: dict[str, JsonValue] = {"x-past": True} if field.past else {}
    return {"x-sensitivity": field.sensitivity.value, "x-items": list(field.items), "x-names-person": field.names_person, **past}


def _at_least_one(names: tuple[str, ...]) -> Callable[[Data], Data]:
    def check(data: Data) -> Data:
        if all(getattr(data, name) is None for name in names):
            raise PydanticCustomError("missing_any_of", "none of {names} is given", {"names": ", ".join(names)})
        return data

    return check


@cache
def data_model(source: Source | str, type: str) -> type[BaseModel]:  # noqa: A002 - the contract's own word
    """The model of `data` after normalisation: strict, and closed to unknown fields. Raises NotInCatalogue."""
    return _model_of(event_type(source, type))


def _model_of(entry: EventType) -> type[BaseModel]:
    validators: dict[str, Any] = {}
    if entry.any_of:
        validators["at_least_one"] = model_validator(mode="after")(_at_least_one(entry.any_of))
    name = "".join(part.capitalize() for part in re.split(r"[._]", f"{entry.source}.{entry.type}"))
    fields: dict[str, Any] = {field.name: _definition(field) for field in entry.fields}
    return create_model(name, __base__=Data, __doc__=entry.en, __validators__=validators, **fields)
