"""
Whether a JSON Schema may take the place of another one under the same name and version.

The direction is the one that bites: messages said under the old schema still lie in queues, outboxes, parking tables and
archives when the new program starts, so everything that the old schema accepts must be accepted by the new one, and mean
the same. Hearers and speakers are delivered together (one distribution), so additions are free.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

Schema: TypeAlias = Mapping[str, Any]

_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "multipleOf", "uniqueItems")
_NUMBERS = frozenset({"integer", "number"})
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that the old schema allowed and the new one does not, at a dotted `path`."""

    path: str
    what: str

    def __str__(self) -> str:
        """`path: what`, for the one who reads the test's failure."""
        return f"{self.path or '(message)'}: {self.what}"


def removed(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> list[Break]:
    """Messages (by name and version) that were kept and are not said any more."""
    return [Break(name, "the message was removed") for name in sorted(old.keys() - new.keys())]


def breaking_changes(old: Schema, new: Schema) -> list[Break]:
    """
    Everything in which `new` is not an additive change of `old`.

    Both are JSON Schema 2020-12 documents as pydantic writes them, each with its own `$defs`. Refused: a removed field, a
    narrowed type, enumeration or bound, a new required field, a changed default. Empty if the change is additive.
    """
    return list(_Comparison(old, new, frozenset()).compare(old, new, ""))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The two documents whose references are followed; `seen` ends recursive definitions."""

    old_root: Schema
    new_root: Schema
    seen: frozenset[tuple[str, str]]

    def compare(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        pair = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if all(pair) and pair in self.seen:
            return
        inner = _Comparison(self.old_root, self.new_root, self.seen | {pair})
        yield from inner.resolved(_followed(self.old_root, old), _followed(self.new_root, new), path)

    def resolved(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        choices, taken = _alternatives(old), _alternatives(new)
        if len(choices) == 1 and len(taken) == 1:
            yield from self.plain(_followed(self.old_root, choices[0]), _followed(self.new_root, taken[0]), path)
            return
        for choice in choices:
            if any(self.accepted(choice, other, path) for other in taken):
                continue
            namesake = next((other for other in taken if "$ref" in other and other["$ref"] == choice.get("$ref")), None)
            if namesake is None:
                yield Break(path, f"no longer accepts {_named(choice)}")
            else:
                yield from self.compare(choice, namesake, path)

    def accepted(self, old: Schema, new: Schema, path: str) -> bool:
        return next(self.compare(old, new, path), None) is None

    def plain(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        narrowed = _narrowed_type(old, new)
        if narrowed is not None:
            yield Break(path, narrowed)
            return
        yield from _narrowed_values(old, new, path)
        yield from _narrowed_bounds(old, new, path)
        yield from self.objects(old, new, path)
        yield from self.arrays(old, new, path)

    def objects(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        before, after = _properties(old), _properties(new)
        for name in sorted(set(_required(new)) - set(_required(old))):
            kind = "became required" if name in before else "is new and required"
            yield Break(_below(path, name), f"the field {kind}")
        for name in before:
            yield from self.one_field(before[name], after.get(name), _below(path, name))
        yield from self.further_fields(old, new, path)

    def one_field(self, old: Schema, new: Schema | None, path: str) -> Iterator[Break]:
        if new is None:
            yield Break(path, "the field was removed")
            return
        yield from self.compare(old, new, path)
        if old.get("default", _ABSENT) is not _ABSENT and old["default"] != new.get("default", _ABSENT):
            yield Break(path, f"the default changed from {old['default']!r}: a message without the field would mean something else")

    def further_fields(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if after is True or before is False:
            return
        if after is False:
            yield Break(path, "no longer accepts further fields")
        else:
            yield from self.compare({} if before is True else before, after, _below(path, "*"))

    def arrays(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        if "array" not in _types(old) and "items" not in old:
            return
        before, after = old.get("items", {}), new.get("items", {})
        if after is False:
            yield Break(_below(path, "[]"), "no longer accepts items")
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self.compare(before, after, _below(path, "[]"))
        yield from self.fixed_places(old, new, path)

    def fixed_places(self, old: Schema, new: Schema, path: str) -> Iterator[Break]:
        before, after = old.get("prefixItems", []), new.get("prefixItems", [])
        rest = old.get("items", {})
        for place, item in enumerate(after):
            earlier = before[place] if place < len(before) else rest
            if isinstance(earlier, Mapping):
                yield from self.compare(earlier, item, _below(path, f"[{place}]"))


def _followed(root: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        schema = cast(Schema, found)
    return schema


def _alternatives(schema: Schema) -> list[Schema]:
    return list(schema.get("anyOf") or schema.get("oneOf") or [schema])


def _named(schema: Schema) -> str:
    return str(schema.get("$ref", schema.get("type", schema.get("const", "any value")))).rpartition("/")[2]


def _types(schema: Schema) -> frozenset[str]:
    said = schema.get("type")
    return frozenset([said] if isinstance(said, str) else said or [])


def _narrowed_type(old: Schema, new: Schema) -> str | None:
    before, after = _types(old), _types(new)
    if not after or (before and before <= (after | (_NUMBERS if "number" in after else frozenset()))):
        return None
    return f"the type was {_words(before)} and is {_words(after)}"


def _words(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _narrowed_values(old: Schema, new: Schema, path: str) -> Iterator[Break]:
    before, after = _values(old), _values(new)
    if after is None:
        return
    if before is None:
        yield Break(path, f"any value was allowed, now only {after}")
        return
    lost = [value for value in before if value not in after]
    if lost:
        yield Break(path, f"no longer accepts {', '.join(map(repr, lost))}")


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    return list(schema["enum"]) if "enum" in schema else None


def _narrowed_bounds(old: Schema, new: Schema, path: str) -> Iterator[Break]:
    for word in _LOWER_BOUNDS:
        if word in new and (word not in old or new[word] > old[word]):
            yield Break(path, f"{word} was {old.get(word, 'absent')} and is {new[word]}")
    for word in _UPPER_BOUNDS:
        if word in new and (word not in old or new[word] < old[word]):
            yield Break(path, f"{word} was {old.get(word, 'absent')} and is {new[word]}")
    for word in _EXACT:
        if word in new and new[word] != old.get(word):
            yield Break(path, f"{word} was {old.get(word, 'absent')!r} and is {new[word]!r}")


def _properties(schema: Schema) -> Mapping[str, Schema]:
    return cast(Mapping[str, Schema], schema.get("properties", {}))


def _required(schema: Schema) -> list[str]:
    return list(schema.get("required", []))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
