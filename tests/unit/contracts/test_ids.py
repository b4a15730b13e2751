from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_args
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from contracts import ids
from contracts.messages import Value


def types_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from types_in(argument)


def wire_models(of: type[Value] = Value) -> Iterator[type[Value]]:
    for model in of.__subclasses__():
        yield model
        yield from wire_models(model)


def said(model: type[BaseModel]) -> set[Any]:
    return {each for field in model.model_fields.values() for each in types_in(field.annotation)}


@pytest.mark.parametrize("model", tuple(wire_models()), ids=lambda model: model.__name__)
def test_every_id_on_the_wire_says_what_it_is_the_id_of(model: type[Value]) -> None:
    assert UUID not in said(model)


def test_every_kind_of_id_travels() -> None:
    declared = {name for name, value in vars(ids).items() if getattr(value, "__supertype__", None) is UUID}

    travelling = {each.__name__ for model in wire_models() for each in said(model) if getattr(each, "__supertype__", None) is UUID}

    assert declared == travelling


@given(st.uuids(), st.text())
def test_the_quick_way_to_an_id_comes_to_the_same_one(space: UUID, name: str) -> None:
    made, known = ids.named(space, name), uuid5(space, name)

    assert (made, hash(made), repr(made), made.bytes, made.version, made.is_safe) == (
        known,
        hash(known),
        repr(known),
        known.bytes,
        known.version,
        known.is_safe,
    )
    assert deepcopy(made) == known
