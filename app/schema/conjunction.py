"""Two schemas as one: what a value must keep when it has to fit both.

Works on *flat* schemas: dicts of assertions without combinators, in the form
that ``alternatives`` gives them (``type`` a frozenset, ``pattern`` and
``format`` and ``multipleOf`` tuples, ``enum`` a list).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..words import Json

#: Assertions without combinators.
Flat: TypeAlias = dict[str, Any]

#: Whether a pattern is found in a text.
Matches: TypeAlias = Callable[[str, str], bool]

#: Marks a flat schema whose ``properties`` hold all that their names must keep,
#: what its ``patternProperties`` say of them included.
_COMPLETE = "complete"
_OBJECT = ("properties", "patternProperties", "additionalProperties")
_ARRAY = ("prefixItems", "items")


def conjoin(one: Flat, two: Flat, matches: Matches) -> Flat | None:
    """A flat schema for what fits both, or None where nothing can."""
    result = {**one, **two}
    for keyword in one.keys() & two.keys():
        combine = _COMBINE.get(keyword)
        if combine is not None:
            result[keyword] = combine(one[keyword], two[keyword])
    if result.get("type") == frozenset() or result.get("enum") == []:
        return None
    if _has(one, _OBJECT) and _has(two, _OBJECT):
        _join_objects(result, one, two, matches)
    if _has(one, _ARRAY) and _has(two, _ARRAY):
        _join_arrays(result, one, two)
    return result


def all_of(schemas: list[Any]) -> Any:
    """One schema for a value that has to fit all of ``schemas``."""
    distinct: list[Any] = []
    for schema in schemas:
        if schema is False:
            return False
        if schema is not True and schema != {} and schema not in distinct:
            distinct.append(schema)
    if not distinct:
        return True
    return distinct[0] if len(distinct) == 1 else {"allOf": distinct}


def property_schema(flat: Flat, name: str, matches: Matches) -> Any:
    """The schema of the member ``name`` of an object."""
    if _COMPLETE in flat and name in flat["properties"]:
        return flat["properties"][name]
    found = []
    if name in flat.get("properties", {}):
        found.append(flat["properties"][name])
    for pattern, schema in flat.get("patternProperties", {}).items():
        if matches(pattern, name):
            found.append(schema)
    return all_of(found) if found else flat.get("additionalProperties", True)


def item_schema(flat: Flat, index: int) -> Any:
    """The schema of an array's element."""
    prefix = flat.get("prefixItems", ())
    return prefix[index] if index < len(prefix) else flat.get("items", True)


def _has(flat: Flat, keywords: tuple[str, ...]) -> bool:
    return any(keyword in flat for keyword in keywords)


def _join_objects(result: Flat, one: Flat, two: Flat, matches: Matches) -> None:
    names = [*one.get("properties", {}), *two.get("properties", {})]
    result["properties"] = {
        name: all_of([property_schema(flat, name, matches) for flat in (one, two)])
        for name in names
    }
    result[_COMPLETE] = True
    patterns = [*one.get("patternProperties", {}), *two.get("patternProperties", {})]
    result["patternProperties"] = {
        pattern: all_of(
            [
                flat.get("patternProperties", {}).get(
                    pattern, flat.get("additionalProperties", True)
                )
                for flat in (one, two)
            ]
        )
        for pattern in patterns
    }
    result["additionalProperties"] = all_of(
        [flat.get("additionalProperties", True) for flat in (one, two)]
    )


def _join_arrays(result: Flat, one: Flat, two: Flat) -> None:
    length = max(len(flat.get("prefixItems", ())) for flat in (one, two))
    result["prefixItems"] = [
        all_of([item_schema(flat, index) for flat in (one, two)])
        for index in range(length)
    ]
    result["items"] = all_of([flat.get("items", True) for flat in (one, two)])


def _both_types(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
    shared = one & two
    for some, others in ((one, two), (two, one)):
        if "integer" in some and "number" in others:
            shared |= {"integer"}
    return shared


def _key(value: Json) -> Any:
    """Equal for equal JSON values: 1 is 1.0, but not true."""
    if isinstance(value, dict):
        return frozenset((name, _key(item)) for name, item in value.items())
    if isinstance(value, list):
        return tuple(_key(item) for item in value)
    return isinstance(value, bool), value


def _both_enums(one: list[Json], two: list[Json]) -> list[Json]:
    allowed = {_key(value) for value in two}
    return [value for value in one if _key(value) in allowed]


def _unite(one: Any, two: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys([*one, *two]))


def _unite_named(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    return {
        name: all_of([part[name] for part in (one, two) if name in part])
        for name in [*one, *two]
    }


def _unite_lists(
    one: dict[str, list[str]], two: dict[str, list[str]]
) -> dict[str, list[str]]:
    return {name: [*one.get(name, ()), *two.get(name, ())] for name in [*one, *two]}


def _append(one: list[Json], two: list[Json]) -> list[Json]:
    return [*one, *two]


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "type": _both_types,
    "enum": _both_enums,
    "minimum": max,
    "exclusiveMinimum": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "multipleOf": _unite,
    "minLength": max,
    "maxLength": min,
    "pattern": _unite,
    "format": _unite,
    "minItems": max,
    "maxItems": min,
    "uniqueItems": max,
    "contains": _append,
    "minProperties": max,
    "maxProperties": min,
    "required": _unite,
    "propertyNames": lambda one, two: all_of([one, two]),
    "dependentRequired": _unite_lists,
    "dependentSchemas": _unite_named,
    "examples": _append,
}
