import copy
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from contracts.compatibility import breaking_changes, removed
from contracts.messages import MESSAGES


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weight_kg: float
    colour: Colour | None = None


class Parcel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["Parcel"] = "Parcel"
    number: int = Field(ge=0, le=100)
    text: str | None
    counted: bool = True
    parts: tuple[Part, ...] = ()
    figures: dict[str, int] = Field(default_factory=dict)


OLD: dict[str, Any] = Parcel.model_json_schema()


def changed(path: str, value: object) -> dict[str, Any]:
    """OLD with `value` at the slash-separated `path`; None takes the key away."""
    schema = copy.deepcopy(OLD)
    *way, last = path.split("/")
    place: Any = schema
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return schema


BREAKING: list[tuple[str, dict[str, Any], str]] = [
    ("a removed field", changed("properties/text", None), "text"),
    ("a removed field of a part", changed("$defs/Part/properties/colour", None), "parts.[].colour"),
    ("a new required field", changed("required", ["number", "text", "sender"]), "sender"),
    ("a field that became required", changed("required", ["number", "text", "parts"]), "parts"),
    ("another type", changed("properties/number/type", "string"), "number"),
    ("a number narrowed to an integer", changed("$defs/Part/properties/weight_kg/type", "integer"), "parts.[].weight_kg"),
    ("a field that may not be empty any more", changed("properties/text", {"type": "string"}), "text"),
    ("a shorter enumeration", changed("$defs/Colour/enum", ["red"]), "parts.[].colour"),
    ("another constant", changed("properties/type/const", "Parcel2"), "type"),
    ("an enumeration where any text was allowed", changed("properties/text", {"enum": ["a"], "type": ["string", "null"]}), "text"),
    ("a tighter upper bound", changed("properties/number/maximum", 99), "number"),
    ("a tighter lower bound", changed("properties/number/minimum", 1), "number"),
    ("a new bound", changed("properties/parts/minItems", 1), "parts"),
    ("a new pattern", changed("properties/figures/additionalProperties/pattern", "x"), "figures.*"),
    ("a map of another type", changed("properties/figures/additionalProperties/type", "string"), "figures.*"),
    ("a map that became closed", changed("properties/figures/additionalProperties", False), "figures"),
    ("another default", changed("properties/counted/default", False), "counted"),
]


@pytest.mark.parametrize(("new", "path"), [case[1:] for case in BREAKING], ids=[case[0] for case in BREAKING])
def test_a_breaking_change_is_refused_at_its_path(new: dict[str, Any], path: str) -> None:
    found = breaking_changes(OLD, new)

    assert path in {one.path for one in found}, found


ADDITIVE: list[tuple[str, dict[str, Any]]] = [
    ("the same", OLD),
    ("a new optional field", changed("properties/note", {"type": "string", "default": ""})),
    ("a new optional field of a part", changed("$defs/Part/properties/note", {"type": "string", "default": ""})),
    ("a field that may be left out now", changed("required", ["number"])),
    ("a longer enumeration", changed("$defs/Colour/enum", ["red", "blue", "green"])),
    ("a looser bound", changed("properties/number/maximum", 1000)),
    ("no bound", changed("properties/number/maximum", None)),
    ("a wider type", changed("properties/number/type", "number")),
    ("one more alternative", changed("properties/text/anyOf", [{"type": "integer"}, {"type": "string"}, {"type": "null"}])),
    ("another description", changed("properties/text/description", "In other words.")),
    ("further fields allowed", changed("additionalProperties", True)),
]


@pytest.mark.parametrize("new", [case[1] for case in ADDITIVE], ids=[case[0] for case in ADDITIVE])
def test_an_additive_change_is_accepted(new: dict[str, Any]) -> None:
    assert breaking_changes(OLD, new) == []


def test_a_removed_message_is_refused_and_a_new_one_is_accepted() -> None:
    found = removed({"A.v1.json": {}, "B.v1.json": {}}, {"B.v1.json": {}, "C.v1.json": {}})

    assert [one.path for one in found] == ["A.v1.json"]


def test_a_recursive_schema_is_compared_without_end() -> None:
    tree: dict[str, Any] = {
        "$ref": "#/$defs/Tree",
        "$defs": {"Tree": {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}},
    }
    cut = copy.deepcopy(tree)
    cut["$defs"]["Tree"]["properties"]["below"]["maxItems"] = 1

    assert breaking_changes(tree, tree) == []
    assert breaking_changes(tree, cut) != []


@given(message=st.sampled_from(MESSAGES), data=st.data())
def test_taking_any_field_from_any_message_or_its_parts_is_refused(message: Any, data: st.DataObject) -> None:
    old = message.model_json_schema()
    new = copy.deepcopy(old)
    objects = [new, *(part for part in new.get("$defs", {}).values() if "properties" in part)]
    fields = [(index, name) for index, part in enumerate(objects) for name in part["properties"]]
    index, name = data.draw(st.sampled_from(fields))

    del objects[index]["properties"][name]

    assert any(one.path.endswith(name) for one in breaking_changes(old, new))
