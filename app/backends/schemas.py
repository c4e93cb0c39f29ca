"""What follows from a shape's schema for a language model. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from app.request.model import Json, Shape

Schema: TypeAlias = Mapping[str, Json]

#: The keywords through which a value's own arrays are reached: by name, in a
#: list, or directly.
_NAMED = frozenset({"properties"})
_LISTED = frozenset({"anyOf", "oneOf", "allOf"})
_ONE = frozenset({"items", "additionalProperties"})

#: Where references have to lead for an array outside to be no part of itself.
_DEFINITIONS = ("#/$defs/", "#/definitions/")

#: An array with one of these has a length of its own.
_OTHER_LENGTH = frozenset({"prefixItems", "contains", "enum", "const"})

#: Elements where an example array has one (contract, section 2, ``count``).
_ELEMENTS_OF_ONE = 3

#: From this many on, values count as unlimited.
MANY = 1000

#: Deeper than this a schema is taken to have many values.
_DEEPEST = 16


def counted_schema(shape: Shape, count: int | None) -> Schema | bool:
    """The shape's schema with the number of elements that its arrays are to have.

    ``count`` is that number. Without it an example's arrays get the example's
    length, or 3 when it has one (contract, section 2), and the arrays of a
    caller's own schema are left as they are. The number yields to
    ``minItems`` and ``maxItems``. A schema that may contain itself is left as
    it is: an array that must hold arrays like itself has no end.
    """
    if count is None and not shape.is_example:
        return shape.schema
    if not all(each.startswith(_DEFINITIONS) for each in _references(shape.schema)):
        return shape.schema
    counted: Schema | bool = _counted(shape.schema, count)
    return counted


def _counted(schema: Json, count: int | None) -> Json:
    if not isinstance(schema, Mapping):
        return schema
    copy = {key: _counted_inside(key, value, count) for key, value in schema.items()}
    return {**copy, **_bounds(schema, count)}


def _counted_inside(key: str, value: Json, count: int | None) -> Json:
    if key in _NAMED and isinstance(value, Mapping):
        return {name: _counted(child, count) for name, child in value.items()}
    if key in _LISTED and isinstance(value, list):
        return [_counted(child, count) for child in value]
    return _counted(value, count) if key in _ONE else value


def _bounds(node: Schema, count: int | None) -> Schema:
    """``minItems`` and ``maxItems`` for ``node``, if it is an array of any length."""
    items = node.get("items", True)
    if (
        "array" not in type_names(node)
        or isinstance(items, list)
        or _OTHER_LENGTH & node.keys()
    ):
        return {}
    lengths = [count] if count is not None else _example_lengths(node)
    most = math.inf if not node.get("uniqueItems") else variety(items)
    low, high = node.get("minItems", 0), node.get("maxItems", math.inf)
    return {
        "minItems": max(low, min(min(lengths), high, most)),
        "maxItems": max(low, min(max(lengths), high, most)),
    }


def _example_lengths(node: Schema) -> list[int]:
    return [
        _ELEMENTS_OF_ONE if len(array) == 1 else len(array)
        for array in node["examples"]
    ]


def _references(schema: Json) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def variety(schema: Json) -> int:
    """How many different values fit ``schema``, from 0 to :data:`MANY`.

    An estimate from above: a keyword that is not looked at takes none away.
    """
    return _variety(schema, schema, 0)


def _variety(schema: Json, root: Json, depth: int) -> int:
    if not isinstance(schema, Mapping):
        return MANY if schema else 0
    if depth > _DEEPEST:
        return MANY
    return int(min(_values(schema, root, depth + 1), MANY))


def _values(node: Schema, root: Json, depth: int) -> float:
    if "const" in node:
        return 1
    if "enum" in node:
        return len(node["enum"])
    if "$ref" in node:
        return _variety(resolved(node["$ref"], root), root, depth)
    for key in ("anyOf", "oneOf"):
        if key in node:
            return sum(_variety(child, root, depth) for child in node[key])
    if "allOf" in node:
        return min(_variety(child, root, depth) for child in node["allOf"])
    types = type_names(node)
    return sum(_values_of(name, node, root, depth) for name in types) or MANY


def _values_of(name: str, node: Schema, root: Json, depth: int) -> float:
    if name == "null":
        return 1
    if name == "boolean":
        return 2
    if name == "object" and node.get("properties"):
        return _objects(node, root, depth)
    if name == "array" and "maxItems" in node:
        return _arrays(node, root, depth)
    if name == "integer" and "minimum" in node and "maximum" in node:
        return float(math.floor(node["maximum"]) - math.ceil(node["minimum"]) + 1)
    return MANY


def _objects(node: Schema, root: Json, depth: int) -> int:
    required = node.get("required", ())
    return math.prod(
        _variety(child, root, depth) + (name not in required)
        for name, child in node["properties"].items()
    )


def _arrays(node: Schema, root: Json, depth: int) -> int:
    element = _variety(node.get("items", True), root, depth)
    low, high = int(node.get("minItems", 0)), int(node["maxItems"])
    if element < 2:
        return 1 + (high - low) * element
    longest = MANY.bit_length()  # as many elements of two values each are enough
    shortest = min(low, longest)
    return sum(int(element**n) for n in range(shortest, min(high, longest) + 1))


def type_names(node: Schema) -> list[str]:
    """The types that ``node`` names; none is any."""
    given = node.get("type", [])
    return [given] if isinstance(given, str) else given


def resolved(reference: str, root: Json) -> Json:
    """What a local reference leads to; True where it cannot be followed."""
    place = root
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        place = place.get(name, True) if isinstance(place, Mapping) else True
    return place
