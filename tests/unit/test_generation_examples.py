"""Any JSON value can be an example, and every value sent is like it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cuts import word_pieces
from app.generation.plan import Subject, compile_plan
from tests.unit.generated import NOW_MS, schema_of, texts, values

MEMBERS = st.sampled_from(
    "id name price ticker timestamp email temperature level message items count"
    ' userId createdAt humidity ratio total status active url 100% \\ "'.split()
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-5, max_value=200),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
    st.sampled_from(
        [
            "string",
            "AAPL",
            "2025-01-06T12:00:00Z",
            "2025-01-06",
            "2025-01-06 12:30:00",
            "12:30",
            "s1",
            "Ada Lovelace",
            "ada@example.com",
            "info",
            "The disk is full.",
        ]
    ),
)
EXAMPLES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(MEMBERS, st.text(max_size=6)), inner, max_size=5),
    ),
    max_leaves=12,
)
PATHS = st.sampled_from(["stocks", "logs", "users/42", "x", "chat", ""])


@settings(max_examples=250, deadline=None)
@given(EXAMPLES, PATHS, st.sampled_from([None, None, 1, 4]))
def test_every_value_is_like_the_example(
    example: Any, path: str, count: int | None
) -> None:
    schema = schema_of({"value": example})
    found = texts(Subject(path, schema, count), 4)
    check = jsonschema.Draft202012Validator(schema)
    for text in found:
        check.validate(json.loads(text))
        assert b"\n" not in text


@settings(max_examples=100, deadline=None)
@given(EXAMPLES, PATHS)
def test_a_seed_gives_the_same_values_again(example: Any, path: str) -> None:
    subject = Subject(path, schema_of({"value": example}))
    assert texts(subject, 4, seed=7) == texts(subject, 4, seed=7)


def _is_constant(example: Any) -> bool:
    """Whether only one value is like this example."""
    if isinstance(example, dict):
        return all(_is_constant(member) for member in example.values())
    if isinstance(example, list):
        alike = len({json.dumps(element) for element in example}) < 2
        return alike and all(_is_constant(element) for element in example)
    return example is None


@settings(max_examples=150, deadline=None)
@given(EXAMPLES, PATHS)
def test_no_value_is_the_one_before_it(example: Any, path: str) -> None:
    schema = schema_of({"value": example})
    found = texts(Subject(path, schema), 6)
    if _is_constant(example):
        assert len(set(found)) == 1
    else:
        assert all(one != two for one, two in zip(found, found[1:]))


@settings(max_examples=60, deadline=None)
@given(EXAMPLES, PATHS)
def test_elements_and_pieces_are_those_of_the_value(example: Any, path: str) -> None:
    plan = compile_plan(Subject(path, schema_of({"value": example})))
    whole, cut, said = (plan.start(3) for _ in range(3))
    for number in range(3):
        value = json.loads(whole.value(NOW_MS + number))
        name, items = cut.elements(NOW_MS + number)
        expected = value if name is None else value[name]
        if name is None:
            assert [json.loads(item) for item in items] == [value]
        else:
            assert [json.loads(item) for item in items] == expected
        text = said.value(NOW_MS + number).decode()
        assert "".join(word_pieces(text)) == text
        assert json.loads(text) == value


@pytest.mark.parametrize(
    ("example", "count", "expected"),
    [
        ([1, 2, 3, 4], None, 4),
        ([7], None, 1),
        ([], None, 0),
        ([], 2, 0),
        ([1, 2, 3, 4], 2, 2),
        ([{"id": "s1"}], 50, 50),
    ],
)
def test_an_array_is_as_long_as_the_example_or_as_asked(
    example: list[Any], count: int | None, expected: int
) -> None:
    for value in values("x", {"list": example}, count=count):
        assert len(value["list"]) == expected
