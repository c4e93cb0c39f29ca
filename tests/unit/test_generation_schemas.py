"""Any JSON Schema within the supported keywords, and every value fits it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis_jsonschema import from_schema

from app.generation.plan import Subject, compile_plan
from app.schema.refusal import Refusal
from tests.unit.generated import NOW_MS, texts, values

#: What the supported keywords hold, as schemas from which hypothesis-jsonschema
#: makes values. It puts together no objects; fixed_dictionaries does.
SMALL = {"type": "integer", "minimum": 0, "maximum": 5}
BOUND = {"type": "number", "minimum": -1000, "maximum": 1000}
NAME = {"enum": ["a", "b", "c", "id", "name", "price", "x1", "timestamp", "email"]}
PATTERN = {
    "enum": ["^[a-z]+$", "a", "^\\d{3}-[A-Z]{2}$", "^(foo|bar)+$", "[0-9]", "^.{2,5}$"]
}
FORMAT = {
    "enum": "date-time date time email uri uuid hostname ipv4 ipv6 duration x".split()
}
ANY = {
    "anyOf": [
        {"type": ["null", "boolean"]},
        {"type": "integer", "minimum": -9, "maximum": 9},
        {"type": "string", "maxLength": 4},
        {"type": "array", "items": SMALL, "maxItems": 2},
        {"enum": [{}, {"a": 1}, {"b": [], "c": None}]},
    ]
}


def keywords(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[Any]:
    """Schemas with all of one set of keywords and any of the other."""
    return st.fixed_dictionaries(
        {name: from_schema(value) for name, value in required.items()},
        optional={name: from_schema(value) for name, value in optional.items()},
    )


NUMBERS = keywords(
    {"type": {"enum": ["number", "integer"]}},
    minimum=BOUND,
    maximum=BOUND,
    exclusiveMinimum=BOUND,
    exclusiveMaximum=BOUND,
    multipleOf={"enum": [1, 2, 7, 0.1, 0.01, 0.5, 2.5, 0.3]},
)
TEXTS = keywords(
    {"type": {"const": "string"}},
    minLength=SMALL,
    maxLength={"type": "integer", "minimum": 0, "maximum": 30},
    pattern=PATTERN,
    format=FORMAT,
)
TYPE_LIST = {
    "type": "array",
    "items": {"enum": ["null", "boolean", "string", "integer", "number"]},
    "minItems": 1,
    "uniqueItems": True,
}
OTHERS = st.one_of(
    keywords({"type": {"enum": ["boolean", "null"]}}),
    keywords({"type": TYPE_LIST}),
    keywords({"enum": {"type": "array", "items": ANY, "minItems": 1}}),
    keywords({"const": ANY}),
)


def with_parts(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas that hold other schemas."""
    names = from_schema(NAME)
    several = st.lists(parts, min_size=1, max_size=3)
    objects = st.fixed_dictionaries(
        {"type": st.just("object")},
        optional={
            "properties": st.dictionaries(names, parts, max_size=4),
            "required": st.lists(names, max_size=2, unique=True),
            "additionalProperties": parts,
            "minProperties": st.integers(0, 4),
            "maxProperties": st.integers(0, 5),
            "patternProperties": st.dictionaries(
                st.sampled_from(["^a", "x", "[0-9]$"]), parts, max_size=2
            ),
            "propertyNames": st.sampled_from([{"minLength": 2}, {"pattern": "^[a-n]"}]),
            "dependentRequired": st.dictionaries(
                names, st.lists(names, max_size=2, unique=True), max_size=1
            ),
        },
    )
    arrays = st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={
            "items": parts,
            "prefixItems": several,
            "minItems": st.integers(0, 5),
            "maxItems": st.integers(0, 5),
            "uniqueItems": st.booleans(),
            "contains": parts,
        },
    )
    combined = st.one_of(
        st.fixed_dictionaries({"anyOf": several}),
        st.fixed_dictionaries({"oneOf": several}),
        st.fixed_dictionaries({"allOf": several}),
        st.fixed_dictionaries({"not": parts}),
        st.fixed_dictionaries({"if": parts, "then": parts, "else": parts}),
    )
    both = st.tuples(st.one_of(objects, arrays, parts), combined).map(_both)
    return st.one_of(objects, arrays, combined, both)


def _both(pair: tuple[Any, Any]) -> Any:
    return {**pair[0], **pair[1]} if isinstance(pair[0], dict) else pair[1]


SCHEMAS = st.recursive(
    st.one_of(NUMBERS, TEXTS, OTHERS, st.booleans(), st.just({})),
    with_parts,
    max_leaves=6,
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(SCHEMAS)
@example({"anyOf": [{"type": "object"}, {"type": "array", "contains": False}]})
def test_every_value_fits_the_schema_or_it_is_refused(schema: Any) -> None:
    subject = Subject("things", schema)
    try:
        plan = compile_plan(subject)
    except Refusal as error:
        assert error.parameter == "shape"
        assume(False)
    simulation = plan.start(5)
    check = jsonschema.Draft202012Validator(schema)
    for number in range(4):
        check.validate(json.loads(simulation.value(NOW_MS + number)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_schema_that_an_independent_generator_satisfies_is_not_refused(
    data: st.DataObject,
) -> None:
    schema = data.draw(st.one_of(NUMBERS, TEXTS.filter(_is_simple), OTHERS))
    try:
        data.draw(from_schema(schema))
    except InvalidArgument:
        assume(False)
    assert texts(Subject("things", schema))


def _is_simple(schema: dict[str, Any]) -> bool:
    """Pattern and format together are for a search that neither side promises."""
    return not {"pattern", "format"} <= set(schema)


ADDRESS = {
    "$defs": {
        "address": {
            "type": "object",
            "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
            "required": ["zip"],
        }
    },
    "type": "object",
    "properties": {
        "home": {"$ref": "#/$defs/address"},
        "work": {"$ref": "#/$defs/address"},
    },
    "required": ["home", "work"],
}
TREE = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["value", "children"],
        }
    },
    "$ref": "#/$defs/node",
}
KINDS = {
    "type": "array",
    "minItems": 4,
    "items": {
        "oneOf": [
            {
                "type": "object",
                "properties": {
                    "kind": {"const": "circle"},
                    "radius": {"type": "number"},
                },
                "required": ["kind", "r"],
            },
            {
                "type": "object",
                "properties": {"kind": {"const": "box"}, "w": {"type": "number"}},
                "required": ["kind", "w"],
            },
        ]
    },
}
POSTCODES = {
    "type": "object",
    "properties": {"country": {"enum": ["US", "CA"]}},
    "required": ["country", "zip"],
    "if": {"properties": {"country": {"const": "US"}}},
    "then": {"properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}}},
    "else": {"properties": {"zip": {"type": "string", "pattern": "^[A-Z][0-9][A-Z]$"}}},
}
ALL = {
    "allOf": [
        {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}},
        {"properties": {"n": {"maximum": 5}}, "required": ["n"]},
        {"additionalProperties": True},
    ]
}
DRAFT_7 = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "array",
    "items": [{"type": "integer"}, {"$ref": "#/definitions/word"}],
    "additionalItems": False,
    "minItems": 2,
    "definitions": {"word": {"type": "string", "maxLength": 5}},
}
DRAFT_4 = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "integer",
    "minimum": 3,
    "exclusiveMinimum": True,
    "maximum": 5,
}


@pytest.mark.parametrize(
    "schema",
    [
        ADDRESS,
        TREE,
        KINDS,
        POSTCODES,
        ALL,
        DRAFT_7,
        DRAFT_4,
        {"type": "object",
         "properties": {"a": {"$ref": "#"}, "b": {"type": "integer"}}},
        {"$id": "https://example.com/s", "$ref": "https://example.com/s#/$defs/n",
         "$defs": {"n": {"type": "integer"}}},
        {"$ref": "#n", "$defs": {"m": {"$anchor": "n", "type": "integer"}}},
        {"type": "object"},
        {"type": "array"},
        True,
        {"minimum": 3},
        {"type": "object", "additionalProperties": {"type": "number"}},
        {"type": "object", "minProperties": 5,
         "propertyNames": {"pattern": "^k[0-9]$"}},
        {"type": "array", "uniqueItems": True, "minItems": 3,
         "items": {"enum": [1, 2, 3]}},
        {"type": "array", "items": {"type": "integer"}, "minItems": 4,
         "contains": {"const": 7}, "minContains": 2},
        {"type": "object", "properties": {"a": {"type": "integer"}},
         "unevaluatedProperties": False},
        {"type": "string", "pattern": "^(a+)+$"},
        {"type": "string", "minLength": 500},
        {"type": "number", "minimum": 1e300},
        {"type": "number", "minimum": 1e-300, "maximum": 2e-300},
        {"type": "integer", "minimum": 2**63 - 3},
        {"type": "number", "multipleOf": 0.1, "minimum": 0.1, "maximum": 0.9},
        {"const": 10**40},
        {"enum": ["%s", "100%", "\"", "\\"]},
    ],
)  # fmt: skip
def test_values_fit_what_is_hard_to_fit(schema: Any) -> None:
    check = jsonschema.validators.validator_for(schema)(schema)
    for text in texts(Subject("things", schema), 12):
        check.validate(json.loads(text))


def test_a_value_has_the_declared_members_in_their_order() -> None:
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "integer"} for name in "zebra apple mango".split()
        },
        "required": ["mango"],
    }
    for value in values("things", schema):
        assert list(value) == ["zebra", "apple", "mango"]


def test_every_branch_of_a_choice_comes_up() -> None:
    kinds = {item["kind"] for value in values("things", KINDS) for item in value}
    assert kinds == {"circle", "box"}


def test_a_reference_inside_itself_ends_after_a_few_levels() -> None:
    assert len(texts(Subject("things", TREE))[0]) < 1_000


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "integer", "minimum": 5, "maximum": 4}, "bounds"),
        ({"type": "integer", "minimum": 2**70}, "64 bits"),
        ({"type": "array", "minItems": 10**9}, "bounded length"),
        ({"type": "string", "minLength": 10**9}, "bounded length"),
        ({"type": "object", "minProperties": 10**9}, "members"),
        ({"type": "whatever"}, '"type" at its root is "whatever"'),
        ({"type": "string", "pattern": "("}, "not a regular expression"),
        ({"type": "string", "pattern": "b(?!a)"}, "looks ahead"),
        ({"type": "string", "pattern": "^[a-z]$", "minLength": 2}, "pattern"),
        ({"$ref": "https://example.com/schema.json"}, "outside the schema"),
        ({"$ref": "#/$defs/none"}, "/$defs/none"),
        ({"$schema": "https://example.com/mine", "type": "object"}, '"$schema"'),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "required": ["a"],
          "properties": {"a": {"$ref": "#/$defs/a"}}}}}, "without an end"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "no value"),
        ({"not": {}}, "no value"),
        (False, "no value"),
        ({"enum": [1, 2], "type": "string"}, "lists"),
        ({"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True,
          "minItems": 3}, "no value"),
    ],
)  # fmt: skip
def test_what_no_value_fits_is_refused_with_the_reason(
    schema: Any, reason: str
) -> None:
    with pytest.raises(Refusal) as refused:
        compile_plan(Subject("things", schema))
    assert refused.value.parameter == "shape"
    assert reason in refused.value.reason


def nested(levels: int) -> Any:
    schema: Any = {"type": "integer"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"]}
    return schema


def test_a_deep_schema_is_served_and_a_very_deep_one_refused() -> None:
    assert texts(Subject("things", nested(60)))
    for levels in (90, 5_000):
        with pytest.raises(Refusal, match="levels deep"):
            compile_plan(Subject("things", nested(levels)))


@pytest.mark.parametrize(
    ("part", "keyword", "value", "limit"),
    [
        ({"type": "string", "minLength": 10**9}, "minLength", 10**9, 20_000),
        ({"type": "array", "minItems": 10**9}, "minItems", 10**9, 10_000),
        ({"type": "integer", "exclusiveMinimum": True}, "exclusiveMinimum", True, None),
        ({"type": "string", "pattern": "("}, "pattern", "(", None),
        ({"enum": ["a"], "type": "integer"}, "enum", ["a"], None),
    ],
)
def test_a_refusal_names_the_place_the_keyword_and_the_limit(
    part: Any, keyword: str, value: Any, limit: int | None
) -> None:
    schema = {
        "type": "object",
        "required": ["a/b"],
        "properties": {"a/b": {"$ref": "#/$defs/part"}},
        "$defs": {"part": part},
    }
    with pytest.raises(Refusal) as refused:
        compile_plan(Subject("things", schema))
    error = refused.value
    assert error.pointer == "/$defs/part"
    assert (error.keyword, error.value, error.limit) == (keyword, value, limit)


@pytest.mark.parametrize("count", [None, 9])
def test_a_schema_of_very_many_parts_is_refused_by_keyword(count: int | None) -> None:
    names = {f"field{number}": {"type": "integer"} for number in range(1_600)}
    part = {"type": "object", "properties": names}
    schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/part"}},
        "$defs": {"part": part},
    }
    with pytest.raises(Refusal, match="more than 1500 parts, the last in") as refused:
        compile_plan(Subject("things", schema, count))
    error = refused.value
    assert (error.keyword, error.pointer) == ("properties", "/$defs/part")
    assert (error.value, error.limit, error.parameter) == (names, 1_500, "shape")


def test_too_many_elements_name_the_count() -> None:
    schema: Any = {"type": "integer"}
    for _ in range(3):
        schema = {"type": "array", "items": schema}
    with pytest.raises(Refusal, match="values") as refused:
        compile_plan(Subject("things", schema, count=1_000))
    assert refused.value.parameter == "count"
