"""Two schemas as one: what fits the result fits both, and the other way round."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.schema.conjunction import all_of, conjoin, item_schema, property_schema

INTEGER, TEXT = {"type": "integer"}, {"type": "string"}


def matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def types(*names: str) -> dict[str, Any]:
    return {"type": frozenset(names)}


@pytest.mark.parametrize(
    ("one", "two", "both"),
    [
        ({"minimum": 1}, {"minimum": 3}, {"minimum": 3}),
        ({"maximum": 1}, {"maximum": 3}, {"maximum": 1}),
        ({"minLength": 1}, {"maxLength": 3}, {"minLength": 1, "maxLength": 3}),
        ({"pattern": ("a",)}, {"pattern": ("b", "a")}, {"pattern": ("a", "b")}),
        ({"enum": [1, True, "a"]}, {"enum": [1.0, "a"]}, {"enum": [1, "a"]}),
        ({"required": ["a"]}, {"required": ["b", "a"]}, {"required": ("a", "b")}),
        ({"uniqueItems": False}, {"uniqueItems": True}, {"uniqueItems": True}),
        (types("integer", "string"), types("number"), types("integer")),
        (types("number"), types("integer", "null"), types("integer")),
        (types("string"), types("string", "number", "integer"), types("string")),
        ({"examples": [1]}, {"examples": [2]}, {"examples": [1, 2]}),
        (
            {"dependentRequired": {"a": ["b"]}},
            {"dependentRequired": {"a": ["c"], "d": ["e"]}},
            {"dependentRequired": {"a": ["b", "c"], "d": ["e"]}},
        ),
    ],
)
def test_keywords_are_joined(
    one: dict[str, Any], two: dict[str, Any], both: dict[str, Any]
) -> None:
    assert conjoin(one, two, matches) == both


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (types("string"), types("integer")),
        ({"enum": [1]}, {"enum": [2]}),
        ({"enum": [1]}, {"enum": [True]}),
    ],
)
def test_what_has_nothing_in_common_is_nothing(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    assert conjoin(one, two, matches) is None


def test_a_member_keeps_what_each_side_says_of_it() -> None:
    one = {"properties": {"a": INTEGER}, "additionalProperties": False}
    two = {"properties": {"b": TEXT}, "patternProperties": {"^a": {"minimum": 1}}}
    both = conjoin(one, two, matches)
    assert both is not None
    assert property_schema(both, "a", matches) == {"allOf": [INTEGER, {"minimum": 1}]}
    assert property_schema(both, "b", matches) is False
    assert property_schema(both, "c", matches) is False


def test_elements_keep_what_each_side_says_of_their_place() -> None:
    both = conjoin({"prefixItems": [INTEGER], "items": TEXT}, {"items": TEXT}, matches)
    assert both is not None
    assert item_schema(both, 0) == {"allOf": [INTEGER, TEXT]}
    assert item_schema(both, 1) == item_schema(both, 9) == TEXT


@pytest.mark.parametrize(
    ("schemas", "one"),
    [
        ([], True),
        ([True, {}], True),
        ([True, INTEGER], INTEGER),
        ([INTEGER, INTEGER], INTEGER),
        ([INTEGER, False], False),
        ([INTEGER, TEXT], {"allOf": [INTEGER, TEXT]}),
    ],
)
def test_several_schemas_are_one(schemas: list[Any], one: Any) -> None:
    assert all_of(schemas) == one
