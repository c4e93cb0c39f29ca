"""The schema that a language model is asked for, made of a shape's. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from app.backends.variety import type_names, variety
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
