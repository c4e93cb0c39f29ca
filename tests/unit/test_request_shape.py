"""Section 2 of the contract: what is a schema, what an example stands for."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.refusal import Impossible
from app.schema.shapes import example_schema, is_schema, make_shape
from app.schema.validation import nesting, schema_validator

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4)
    | st.dictionaries(st.text(max_size=6), children, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "value",
    [
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        {"type": "object", "properties": {}},
        {"type": ["object", "null"], "required": ["a"]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "string", "enum": ["a", "b"]},
        {"type": "number", "minimum": 0},
        {"type": "string", "format": "date-time"},
        {"properties": {"a": {"type": "string"}}},
        {"properties": {"a": {"enum": [1]}, "b": {"$ref": "#/$defs/b"}}},
        {"properties": {"a": {"properties": {"b": {"type": "integer"}}}}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "title": "x"},
        {"$schema": "http://json-schema.org/schema#"},
        {"$schema": "https://json-schema.org/draft/2019-09/schema"},
        {"$schema": "https://spec.openapis.org/oas/3.1/dialect/base"},
        {"$ref": "#/$defs/User", "$defs": {"User": {"type": "object"}}},
        {"$ref": "#/definitions/User", "definitions": {"User": {}}},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"oneOf": [{"$ref": "#/$defs/A"}, {"const": 1}], "$defs": {"A": {}}},
        {"allOf": [{"type": "object"}, {"required": ["a"]}, {"if": {}, "then": {}}]},
        {"description": "pydantic", "anyOf": [{"properties": {"a": {}}}]},
        {"type": "string", "nullable": True},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        {"type": "object", "discriminator": {"propertyName": "kind"}},
        {"$schema": "/of/our/own", "type": "object", "properties": {}},
    ],
)
def test_a_schema_is_known_by_its_keywords(value: Any) -> None:
    assert is_schema(value)


@pytest.mark.parametrize(
    "value",
    [
        {"eventId": "string", "type": "order_created"},
        {"type": "string"},
        {"type": "object", "name": "Box"},
        {"type": "array", "items": [1, 2]},
        {"type": "rectangle", "properties": {"width": 3}},
        {"properties": {"colour": "red"}},
        {"properties": {"address": {"city": "Rome"}}},
        {"properties": {"active": True}},
        {"properties": {}},
        {"required": ["a"]},
        {"$schema": 5},
        {"$schema": "/mediawiki/revision/create/2.0.0", "page_id": 15},
        {"$schema": "https://json.schemastore.org/package.json", "name": "x"},
        {"$schema": "http://json-schema.org/draft-99/schema", "a": 1},
        {"$schema": "", "a": 1},
        {"enum": ["a", "b"]},
        {"const": 1},
        {"not": {"type": "string"}},
        {"$ref": "refs/heads/main", "sha": "abc"},
        {"$ref": "https://example.com/user.json"},
        {"$ref": 5},
        {"anyOf": []},
        {"anyOf": ["a", "b"]},
        {"anyOf": [True]},
        {"anyOf": [{}]},
        {"oneOf": [{"type": "string"}, {"name": "x"}]},
        {"allOf": {"type": "string"}},
        {"type": "string", "nullable": "yes"},
        {"type": "object", "discriminator": "kind"},
        [{"type": "string", "enum": ["a"]}],
        "string",
        None,
    ],
)
def test_everything_else_is_an_example(value: Any) -> None:
    assert not is_schema(value)


@pytest.mark.parametrize(
    ("example", "fits", "does_not"),
    [
        (0, [1, -5], [1.5, "1", None, True]),
        (0.0, [1.5, 2], ["1", None, False]),
        ("string", ["", "any"], [1, None]),
        (True, [False], [0, "true"]),
        (None, [None, 1, "x", {"a": []}], []),
        ("2025-01-06", ["1999-12-31"], ["06.01.2025", "soon"]),
        ("2025-01-06T12:00:00Z", ["2030-02-03T04:05:06.789+01:00"], ["2025-01-06"]),
        ("2025-01-06 12:00:00", ["2030-02-03 04:05:06"], ["2030-02-03T04:05:06Z"]),
        ([1], [[], [4, 5]], [["x"], 1, [None]]),
        ([1, 2.5], [[0.5]], [["x"]]),
        ([1, "a"], [["b", 2]], [[None], [1.5]]),
        ({"a": 1}, [{"a": 2}], [{}, {"a": 1, "b": 2}, {"a": "1"}]),
        ({"a": {"b": [{"c": ""}]}}, [{"a": {"b": []}}], [{"a": {"b": [{}]}}]),
        ([{"a": 1}, {"b": 2}], [[{"b": 1}, {"a": 1}]], [[{"a": 1, "b": 2}]]),
        ([[1], ["x"]], [[[2, "y"], []]], [[[None]], [1]]),
    ],
)
def test_an_example_stands_for_all_values_like_it(
    example: Any, fits: list[Any], does_not: list[Any]
) -> None:
    validator = schema_validator(example_schema(example))
    assert validator.is_valid(example)
    assert [value for value in fits if not validator.is_valid(value)] == []
    assert [value for value in does_not if validator.is_valid(value)] == []


@given(JSON_VALUES)
def test_any_example_fits_the_schema_made_of_it(example: Any) -> None:
    schema = example_schema(example)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid(example)


def test_scalars_keep_their_examples_as_hints() -> None:
    schema = example_schema({"rooms": [{"id": "a"}, {"id": "b"}]})
    rooms = schema["properties"]["rooms"]
    assert rooms["items"]["properties"]["id"]["examples"] == ["a", "b"]


def test_control_keys_are_taken_out_at_the_root_and_nowhere_else() -> None:
    shape = make_shape({"$continuous": True, "$cache": 3, "a": {"$error": 1}, "$b": 2})
    assert shape.given == {"a": {"$error": 1}, "$b": 2}


@pytest.mark.parametrize(
    ("value", "depth"), [(1, 0), ({}, 1), ([[]], 2), ({"a": [{"b": 1}], "c": 1}, 3)]
)
def test_nesting_counts_containers_inside_one_another(value: Any, depth: int) -> None:
    assert nesting(value) == depth


def test_a_reference_never_leaves_the_schema() -> None:
    with pytest.raises(Impossible, match="outside the schema"):
        schema_validator({"$ref": "http://127.0.0.1:9/schema.json"})
