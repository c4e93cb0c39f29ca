"""The dialect of OpenAPI 3.0, understood where a shape names no other."""

from __future__ import annotations

from typing import Any

import pytest

from app.schema.shapes import make_shape
from app.schema.validation import schema_validator

PETS = {
    "oneOf": [
        {"$ref": "#/components/schemas/Cat"},
        {"$ref": "#/components/schemas/Dog"},
    ],
    "discriminator": {"propertyName": "kind"},
    "components": {
        "schemas": {
            "Cat": {
                "type": "object",
                "properties": {
                    "kind": {"type": "string"},
                    "lives": {"type": "integer"},
                },
            },
            "Dog": {
                "type": "object",
                "properties": {"kind": {"type": "string", "nullable": True}},
            },
        }
    },
}
MAPPED = {
    **PETS,
    "discriminator": {
        "propertyName": "kind",
        "mapping": {
            "cat": "#/components/schemas/Cat",
            "kitten": "#/components/schemas/Cat",
            "dog": "Dog",
        },
    },
}


@pytest.mark.parametrize(
    ("schema", "fits", "does_not"),
    [
        ({"type": "string", "nullable": True}, ["a", None], [1]),
        ({"type": "string", "nullable": False, "minLength": 1}, ["a"], [None, ""]),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "integer", "nullable": True}},
            },
            [{"a": 1}, {"a": None}, {}],
            [{"a": "x"}, None],
        ),
        (
            {
                "properties": {"a": {"$ref": "#/$defs/b", "nullable": True}},
                "$defs": {"b": {"type": "string"}},
            },
            [{"a": "x"}, {"a": None}],
            [{"a": 1}],
        ),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, [4], [3]),
        ({"type": "integer", "maximum": 3, "exclusiveMaximum": True}, [2], [3]),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": False}, [3], [2]),
        ({"type": "number", "exclusiveMinimum": 3}, [3.5], [3]),
        (
            {
                "properties": {
                    "nullable": {"type": "boolean"},
                    "exclusiveMinimum": {"type": "boolean"},
                }
            },
            [{"nullable": True, "exclusiveMinimum": True}],
            [{"nullable": None}],
        ),
        (PETS, [{"kind": "Cat", "lives": 9}, {"kind": "Dog"}], [{"kind": "Cow"}, {}]),
        (
            MAPPED,
            [{"kind": "kitten"}, {"kind": "dog"}],
            [{"kind": "Dog"}, {"kind": "Cat"}],
        ),
    ],
)
def test_what_only_openapi_says_holds(
    schema: Any, fits: list[Any], does_not: list[Any]
) -> None:
    shape = make_shape(schema)
    assert not shape.is_example and shape.given == schema
    validator = schema_validator(shape.schema)
    assert [value for value in fits if not validator.is_valid(value)] == []
    assert [value for value in does_not if validator.is_valid(value)] == []


def test_a_dialect_that_is_named_is_left_alone() -> None:
    draft = "https://json-schema.org/draft/2020-12/schema"
    schema = {"$schema": draft, "type": "string", "nullable": True}
    assert make_shape(schema).schema == schema


def test_an_unknown_dialect_says_nothing() -> None:
    shape = make_shape({"$schema": "/of/ours", "type": "string", "minLength": 2})
    assert shape.schema == {"type": "string", "minLength": 2}
    assert not schema_validator(shape.schema).is_valid("x")
