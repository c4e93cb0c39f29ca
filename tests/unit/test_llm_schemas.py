from __future__ import annotations

import random
import re
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.embedded.backend import EmbeddedBackend
from app.llm.prompts.looks import MAX_TEXT_LENGTH
from app.llm.prompts.schemas import counted_schema, wanted_schema
from app.schema.shapes import make_shape
from app.schema.validation import schema_validator
from app.schema.variety import UNLIMITED, variety
from tests.source_contract import NOW_MS
from tests.unit import asking
from tests.unit.fake_chat import asked_for

USER = {"type": "object", "properties": {"name": {"type": "string"}}}
TREE = {
    "type": "object",
    "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
}


def lengths(schema: Any) -> tuple[int | None, int | None]:
    return schema.get("minItems"), schema.get("maxItems")


@pytest.mark.parametrize(
    ("shape", "count", "wanted"),
    [
        ([1], None, (3, 3)),
        ([1, 2], None, (2, 2)),
        ([], None, (0, 0)),
        ([1], 5, (5, 5)),
        ([1, 2], 5, (5, 5)),
        ({"type": "array", "items": USER}, None, (None, None)),
        ({"type": "array", "items": USER}, 4, (4, 4)),
        ({"type": "array", "items": USER, "maxItems": 2}, 4, (2, 2)),
        ({"type": "array", "items": USER, "minItems": 6}, 4, (6, 6)),
        ({"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True}, 4, (2, 2)),
        ({"type": "array", "prefixItems": [USER], "items": False}, 4, (None, None)),
    ],
)
def test_an_array_is_asked_for_with_the_wanted_number_of_elements(
    shape: Any, count: int | None, wanted: tuple[int | None, int | None]
) -> None:
    assert lengths(counted_schema(make_shape(shape), count)) == wanted


def test_arrays_inside_are_counted_too() -> None:
    schema: Any = counted_schema(make_shape({"a": [{"b": [1, 2]}]}), None)
    outer = schema["properties"]["a"]
    assert lengths(outer) == (3, 3)
    assert lengths(outer["items"]["properties"]["b"]) == (2, 2)


def test_arrays_of_a_definition_are_counted_unless_it_contains_itself() -> None:
    listed = {
        "type": "array",
        "items": {"$ref": "#/$defs/User"},
        "$defs": {"User": {"properties": {"tags": {"type": "array"}}}},
    }
    schema: Any = counted_schema(make_shape(listed), 2)
    assert lengths(schema) == (2, 2)
    assert lengths(schema["$defs"]["User"]["properties"]["tags"]) == (None, None)
    assert counted_schema(make_shape(TREE), 2) == TREE


def test_the_callers_schema_is_not_changed() -> None:
    shape = make_shape({"type": "array", "items": USER})
    counted_schema(shape, 2)
    assert "minItems" not in shape.schema  # type: ignore[operator]


@pytest.mark.parametrize(
    ("example", "fits", "does_not"),
    [
        ("AAPL", ["MSFT", "TSLA", "GE"], ["aapl", "APPLES", ""]),
        ("info", ["warning", "debug"], ["Info", "log level", "i"]),
        ("s1", ["t9", "ab12"], ["s", "1", "sensor-1"]),
        ("ORD-2025-0001", ["ORD-2026-0777"], ["ORD-26-1", "order"]),
        ("order_created", ["order_shipped"], ["order", "order-shipped"]),
        ("12.50", ["7.25", "199.9"], ["12", "free"]),
        (
            "8c2f5b1e-7d3a-4f60-9b1e-0a1b2c3d4e5f",
            ["0c2f5b1e-7d3a-4f60-9b1e-0a1b2c3d4e50"],
            ["8c2f"],
        ),
        ("jo@example.org", ["ann.lee@shop.com"], ["ann", "a b@c.de"]),
        ("https://example.org/x", ["https://shop.com/cart/7"], ["shop.com"]),
        ("Jane", ["Zoë", "李"], ["x" * 25]),
        ("Jane Doe", ["Anna de la Cruz"], ["x" * 41]),
        ("string", ["Anything at all."], ["x" * 81]),
        (150, [10, 999], [9, 1000, -150]),
        (7, [0, 99], [100, -1]),
        (-3, [-99, 99], [100]),
        (2.5, [0, 98.5], [100.0]),
        (0.25, [0.75, 1], [1.5]),
        (0.0, [1e9, -4], []),
        (1e300, [5.0], []),
        (True, [False], [0]),
        ("2025-01-06", ["2031-12-31"], ["soon"]),
    ],
)
def test_an_answer_is_asked_for_in_the_form_of_the_example(
    example: Any, fits: list[Any], does_not: list[Any]
) -> None:
    validator = schema_validator(wanted_schema(make_shape(example), None))
    assert [value for value in [example, *fits] if not validator.is_valid(value)] == []
    assert [value for value in does_not if validator.is_valid(value)] == []


@given(
    st.text(max_size=150)
    | st.from_regex(r"[a-zA-Z0-9_.:/# +()-]{1,30}")
    | st.from_regex(r"[0-9]{90,150}|[a-z]{90,150}|[A-Z0-9.]{90,150}", fullmatch=True)
)
@settings(max_examples=200, deadline=None)
@example("7" * 101)
@example("a few words " + "x" * 100)
def test_any_example_has_the_form_that_is_asked_for(text: str) -> None:
    wanted = schema_validator(wanted_schema(make_shape(text), None))
    start = text.strip()[:MAX_TEXT_LENGTH]
    known = re.fullmatch(r"[^@\s]+@\S+|\w+://\S+", start, re.ASCII)
    assert known or wanted.is_valid(start)


@pytest.mark.parametrize("text", ["7" * 64_000, "word " * 12_000, "x" * 64_000])
def test_a_very_long_example_asks_for_a_text_of_a_bounded_length(text: str) -> None:
    wanted = wanted_schema(make_shape(text), None)
    assert not schema_validator(wanted).is_valid(text)


@pytest.mark.parametrize(
    ("schema", "keyword", "value"),
    [
        ({"type": "string", "title": "T", "minLength": 500}, "maxLength", 500),
        ({"type": "string", "maxLength": 9}, "maxLength", 9),
        ({"type": "string", "enum": ["a"]}, "maxLength", None),
        ({"type": "string", "format": "uuid"}, "maxLength", None),
        ({"type": "array", "items": {"type": "null"}}, "maxItems", 5),
        ({"type": "array", "minItems": 7}, "maxItems", 7),
        ({"type": "integer", "examples": [5], "format": "x"}, "maximum", None),
    ],
)
def test_a_callers_own_schema_is_only_kept_from_being_endless(
    schema: Any, keyword: str, value: int | None
) -> None:
    wanted: Any = wanted_schema(make_shape(schema), None)
    assert wanted.get(keyword) == value


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"const": 1}, 1),
        ({"enum": ["a", "b"]}, 2),
        ({"type": "boolean"}, 2),
        ({"type": "null"}, 1),
        ({"type": ["boolean", "null"]}, 3),
        ({"type": "string"}, UNLIMITED),
        ({}, UNLIMITED),
        (True, UNLIMITED),
        (False, 0),
        ({"type": "integer", "minimum": 1, "maximum": 6}, 6),
        ({"type": "integer", "minimum": 1}, UNLIMITED),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"enum": [1, 2, 3]}},
                "required": ["a", "b"],
            },
            6,
        ),
        ({"type": "object", "properties": {"a": {"const": 1}}}, 2),
        ({"type": "array", "maxItems": 0}, 1),
        ({"type": "array", "items": {"const": 1}, "minItems": 2, "maxItems": 4}, 3),
        (
            {
                "type": "array",
                "items": {"type": "boolean"},
                "minItems": 2,
                "maxItems": 2,
            },
            4,
        ),
        (
            {
                "type": "array",
                "items": {"type": "boolean"},
                "minItems": 40,
                "maxItems": 50,
            },
            UNLIMITED,
        ),
        ({"anyOf": [{"const": 1}, {"type": "boolean"}]}, 3),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"const": 1}}}, 1),
        ({"$ref": "#/$defs/nowhere"}, UNLIMITED),
        ({"properties": {"a": {"$ref": "#"}}, "type": "object"}, UNLIMITED),
        ({"allOf": [{"type": "string"}, {"enum": ["a", "b"]}]}, 2),
    ],
)
def test_the_number_of_different_values_is_known(schema: Any, values: int) -> None:
    assert variety(schema) == values


def test_a_schema_of_many_references_is_counted_at_once() -> None:
    definitions: dict[str, Any] = {"d0": {"type": "boolean"}}
    for number in range(1, 60):
        twice = {name: {"$ref": f"#/$defs/d{number - 1}"} for name in "ab"}
        definitions[f"d{number}"] = {
            "type": "object",
            "properties": twice,
            "required": ["a", "b"],
        }
    assert variety({"$ref": "#/$defs/d59", "$defs": definitions}) == UNLIMITED
    assert variety({"$ref": "#/$defs/d1", "$defs": definitions}) == 4


@pytest.mark.parametrize(
    "example",
    [
        "AAPL",
        "ORD-10042",
        "order_created",
        "jo@example.org",
        "Jane Doe",
        "disk almost full, and nobody there who could do anything about it",
        150,
        {"at": [150.25], "level": "warn"},
    ],
)
def test_a_region_is_a_small_part_of_the_form_and_another_one_each_time(
    example: Any,
) -> None:
    shape, rng = make_shape(example), random.Random(1)
    whole = schema_validator(wanted_schema(shape, None))
    regions = [wanted_schema(shape, None, rng) for _ in range(20)]
    values = [draw(region, rng) for region in regions]
    assert [value for value in values if not whole.is_valid(value)] == []
    others = [
        schema_validator(region).is_valid(value)
        for region, value in zip(regions[1:], values)
    ]
    assert sum(others) < len(others) / 2


def draw(schema: Any, rng: random.Random) -> Any:
    """Some value that fits."""
    source = EmbeddedBackend().open(asked_for(schema, seed=rng.getrandbits(31)))
    return orjson.loads(asking.whole(source, 0, NOW_MS))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": [*"abc"]},
        {"type": "integer", "minimum": 1, "maximum": 6},
        {"type": "string", "pattern": "^[A-Z]{3}$"},
        {"type": "string", "const": "on"},
        {"type": "string", "oneOf": [{"const": "on"}, {"const": "off"}]},
        {"type": "integer", "minimum": 0, "maximum": 100, "multipleOf": 25},
        {"type": "integer", "maximum": 100, "minimum": 0, "exclusiveMinimum": 95},
        {"type": "array", "uniqueItems": True, "items": {"enum": [*"abcd"]}},
        {"type": "integer", "allOf": [{"enum": [1, 2, 3, 4]}, {"enum": [3, 4, 5, 6]}]},
        {"type": "string", "enum": ["a", 1, 2, 3, None]},
    ],
)
def test_few_values_and_a_callers_own_form_have_no_regions(schema: Any) -> None:
    found = wanted_schema(make_shape(schema), None, random.Random(1))
    assert found == wanted_schema(make_shape(schema), None)


def test_a_length_that_is_written_as_a_float_is_one() -> None:
    draft = "https://json-schema.org/draft/2020-12/schema"
    shape = make_shape({"$schema": draft, "type": "string", "minLength": 3.0})
    found: Any = wanted_schema(shape, None, random.Random(1))
    assert "{2,119}" in found["pattern"]


def test_an_enumeration_has_half_of_its_values_in_a_region_and_a_range_a_tenth() -> (
    None
):
    rng, letters = random.Random(1), [*"abcdefgh"]
    choice: Any = wanted_schema(
        make_shape({"type": "string", "enum": letters}), None, rng
    )
    assert len(choice["enum"]) == 4 and set(choice["enum"]) < set(letters)
    limits = {"type": "integer", "minimum": 1, "maximum": 100}
    part: Any = wanted_schema(make_shape(limits), None, rng)
    assert 1 <= part["minimum"] == part["maximum"] - 9 <= 91
