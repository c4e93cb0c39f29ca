"""The schema that a language model is asked for, made of a shape's. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import TypeAlias

from ...generation.fields.measures import believable_range
from ...schema.keywords import REFERENCES, inside, type_names
from ...schema.variety import variety
from ...words import Json, Shape
from .looks import MAX_TEXT_LENGTH, look_of
from .regions import has_regions, region

Schema: TypeAlias = Mapping[str, Json]

#: The keywords through which a value's own arrays are reached.
_OWN_PARTS = frozenset(
    "additionalProperties allOf anyOf items oneOf properties".split()
)

#: Where references have to lead for an array outside to be no part of itself.
_DEFINITIONS = ("#/$defs/", "#/definitions/")

#: An array with one of these has a length of its own.
_OTHER_LENGTH = frozenset({"prefixItems", "contains", "enum", "const"})

#: Elements where an example array has one (contract, section 2, ``count``).
_ELEMENTS_OF_ONE = 3

#: The most elements that are asked for where a schema allows any number.
_MAX_ELEMENTS = 5

#: The types of numbers, alone.
_NUMBERS = (["integer"], ["number"])

_BOUNDS_NUMBER = frozenset({"minimum", "maximum"})

#: With one of these, a caller's schema says itself which numbers it wants.
_DECIDES_NUMBER = _BOUNDS_NUMBER | frozenset(
    "exclusiveMinimum exclusiveMaximum multipleOf enum const".split()
)

#: Larger numbers than this are left as they are.
_MAX_SIZE = 10**15

#: Keywords by which a text is bounded already.
_BOUNDS_TEXT = frozenset({"maxLength", "pattern", "format", "enum", "const"})


def wanted_schema(
    shape: Shape, count: int | None, rng: Random | None = None
) -> Schema | bool:
    """The schema that constrains a model's answer: what fits it fits the shape.

    It is narrower than the shape, for small models: arrays have the wanted
    number of elements, no text is endless, numbers of a known name are in their
    believable range, and where the shape is an example, other numbers have its
    order of magnitude and texts its form. With ``rng`` it
    allows a random part of that where it can, which is another one each time.
    """

    counted = counted_schema(shape, count)
    chance = rng if has_regions(counted) else None

    def more(node: Schema) -> Schema:
        form = _form(node, shape.is_example)
        return form if chance is None else {**form, **region(node, form, chance)}

    wanted: Schema | bool = _each(_each(counted, _ranges), more)
    return wanted


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
    counted: Schema | bool = _each(shape.schema, lambda node: _bounds(node, count))
    return counted


def _each(schema: Json, more: Callable[[Schema], Schema]) -> Json:
    """A copy in which each schema of the value's own parts has ``more`` keywords."""
    if not isinstance(schema, Mapping):
        return schema
    copy = {
        key: (
            inside(key, value, lambda part: _each(part, more))
            if key in _OWN_PARTS
            else value
        )
        for key, value in schema.items()
    }
    return {**copy, **more(copy)}


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


def _ranges(node: Schema) -> Schema:
    """The members of ``node`` with the ranges in which numbers are believable."""
    members = node.get("properties")
    if not isinstance(members, Mapping):
        return {}
    return {
        "properties": {name: _ranged(name, child) for name, child in members.items()}
    }


def _ranged(name: str, node: Json) -> Json:
    """``node``, a member of this name, with a range if it is a number without one."""
    if not isinstance(node, Mapping):
        return node
    if type_names(node) == ["array"] and isinstance(node.get("items"), Mapping):
        return {**node, "items": _ranged(name, node["items"])}
    if type_names(node) not in _NUMBERS or _DECIDES_NUMBER & node.keys():
        return node
    found = believable_range(name, node.get("examples", ()))
    if found is None:
        return node
    return {**node, **_within(found, whole=type_names(node) == ["integer"])}


def _within(limits: tuple[float, float], *, whole: bool) -> Schema:
    """Bounds for numbers within ``limits``, as few digits as the range allows."""
    low, high = limits
    if whole:
        return {"minimum": math.ceil(low), "maximum": math.floor(high)}
    digits = max(0, 2 - math.floor(math.log10(high - low)))
    return {"minimum": round(low, digits), "maximum": round(high, digits)}


def _form(node: Schema, by_example: bool) -> Schema:
    """The keywords that narrow ``node``, by its type and its examples."""
    types = type_names(node)
    examples = node.get("examples", []) if by_example else []
    more: dict[str, Json] = {}
    if "string" in types and not _BOUNDS_TEXT & node.keys():
        more.update(_text_bounds(node, examples))
    if "array" in types and "maxItems" not in node and "prefixItems" not in node:
        more["maxItems"] = max(_MAX_ELEMENTS, node.get("minItems", 0))
    if examples and types in _NUMBERS and not _BOUNDS_NUMBER & node.keys():
        more.update(_magnitude(examples))
    return more


def _text_bounds(node: Schema, examples: list[Json]) -> Schema:
    if examples:
        return look_of(examples).keywords
    return {"maxLength": max(MAX_TEXT_LENGTH, node.get("minLength", 0))}


def _magnitude(examples: list[float]) -> Schema:
    """Limits for numbers with as many digits as the examples, or one less."""
    sizes = [abs(each) for each in examples]
    greatest = max(sizes)
    if greatest > _MAX_SIZE or greatest == 0.0:
        return {}
    most = max(2, len(str(int(greatest))))
    fewest = len(str(int(min(sizes))))
    high = 10**most - 1 if greatest >= 1 else 1
    low = 10 ** (fewest - 2) if fewest > 1 else 0
    return {"minimum": -high if min(examples) < 0 else low, "maximum": high}


def _references(schema: Json) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in REFERENCES and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
