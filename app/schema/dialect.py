"""Schemas in the dialect of OpenAPI 3.0, told in that of JSON Schema 2020-12.

The dialect has no ``$schema`` of its own, so it is understood wherever none is
named. What it shares with JSON Schema stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ..words import Json
from .budget import Budget
from .keywords import each

#: What one part of a schema costs, in steps.
_PART_STEPS = 4

_COMBINATORS = ("oneOf", "anyOf")
_REFERRING = ("$ref", "allOf", *_COMBINATORS)
_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


def from_openapi(schema: Json, budget: Budget) -> Json:
    """``schema`` with the keywords that only OpenAPI 3.0 has replaced.

    ``nullable`` becomes the type ``null``, a flag ``exclusiveMinimum`` the number
    beside it, and ``discriminator`` the constants that it stands for.
    """
    if not isinstance(schema, Mapping):
        return schema
    budget.spend(_PART_STEPS)
    told = each(schema, partial(from_openapi, budget=budget))
    _tell_bounds(told)
    _tell_discriminator(told)
    return _told_nullable(told)


def _tell_bounds(schema: dict[str, Json]) -> None:
    for bound, keyword in _BOUNDS:
        flag = schema.get(keyword)
        if flag is False:
            del schema[keyword]
        elif flag is True and bound in schema:
            schema[keyword] = schema.pop(bound)


def _tell_discriminator(schema: dict[str, Json]) -> None:
    given = schema.get("discriminator")
    name = given.get("propertyName") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not isinstance(given, Mapping):
        return
    mapping = given.get("mapping")
    mapped = mapping if isinstance(mapping, Mapping) else {}
    for keyword in _COMBINATORS:
        parts = schema.get(keyword)
        if isinstance(parts, list):
            schema[keyword] = [*map(partial(_marked, name, mapped), parts)]


def _marked(name: str, mapping: Mapping[str, Json], part: Json) -> Json:
    """A branch whose member ``name`` says which branch it is."""
    reference = part.get("$ref") if isinstance(part, Mapping) else None
    if not isinstance(reference, str):
        return part
    own = reference.rpartition("/")[2]
    values = [value for value, to in mapping.items() if to in (reference, own)]
    mark = {"properties": {name: {"enum": values or [own]}}, "required": [name]}
    return {"allOf": [part, mark]}


def _told_nullable(schema: dict[str, Json]) -> Json:
    if not isinstance(schema.get("nullable"), bool):
        return schema
    if not schema.pop("nullable"):
        return schema
    types = schema.get("type")
    if isinstance(types, str):
        return {**schema, "type": [types, "null"]}
    if any(keyword in schema for keyword in _REFERRING):
        return {"anyOf": [schema, {"type": "null"}]}
    return schema
