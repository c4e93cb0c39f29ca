"""Patterns of ECMA-262: those that look around, and forms that engines lack."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.schema.refusal import Impossible
from app.schema.shapes import make_shape
from app.schema.validation import schema_validator
from tests.unit.generated import values

#: Patterns that look around, as Python has them too.
LOOKING = [
    r"^(?=.*[A-Z])(?=.*\d)(?!.*\s).{8,}$",
    r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]{8,20}$",
    r"^(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,}$",
    r"^(?=[^A-Z]*[A-Z])(?=(?:.*\d){2}).{6,12}$",
    r"^(?!-)[a-z-]{1,20}(?<!-)$",
    r"^(?=.{3,10}$)[a-z]+(-[a-z]+)*$",
    r"^(?!000|666)[0-8][0-9]{2}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}$",
    r"^(?!.*admin)[a-z]{3,12}$",
    r"^(?!\s*$).+",
    r"^[a-z]+(?<!b)c$",
    r"^(?=a|b)(?!ba)[ab]{1,3}$",
]


def object_of(part: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": part}, "required": ["a"]}


def fits(pattern: str, value: Any) -> bool:
    shape = make_shape(object_of({"pattern": pattern}))
    return bool(schema_validator(shape.schema).is_valid({"a": value}))


@pytest.mark.parametrize("pattern", LOOKING)
def test_generated_texts_match_a_pattern_that_looks_around(pattern: str) -> None:
    shape = object_of({"type": "string", "pattern": pattern})
    found = [value["a"] for value in values("things", shape, 12)]
    assert len(found) == 12
    assert all(re.search(pattern, text) for text in found), found


@pytest.mark.parametrize("pattern", LOOKING)
def test_what_looks_around_accepts_what_it_says(pattern: str) -> None:
    check = schema_validator(make_shape(object_of({"pattern": pattern})).schema)

    @settings(max_examples=40, deadline=None)
    @given(st.text("abcdminAZ0169-@! \t", max_size=14))
    @example("")
    @example("000-12-3456")
    @example("superadmin")
    @example("Passw0rd!")
    @example("-ab-")
    def agrees(text: str) -> None:
        assert check.is_valid({"a": text}) == bool(re.search(pattern, text)), text

    agrees()


def test_a_pattern_says_nothing_about_other_values() -> None:
    assert all(fits(r"^(?!a)(?=b).*$", value) for value in (1, None, ["a"], {"a": 1}))


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (r"^\p{L}{1,500}$", ["é", "x" * 500], ["", "1", "x" * 501]),
        (r"^[\w-\.]+@([\w-]+\.)+[\w-]{2,4}$", ["a-b.c@d-e.com"], ["a@b", "a b@c.de"]),
        (r"^[a-\d]$", ["a", "-", "5"], ["b"]),
        ("^[^]$", ["a", "\n"], ["", "ab"]),
        ("^a[]?$", ["a"], ["ab"]),
        (r"^\0$", ["\0"], ["0"]),
        (r"^[\b]$", ["\b"], ["b"]),
        ("^{a}$", ["{a}"], ["a"]),
        ("^a{,2}$", ["a{,2}"], ["aa"]),
        (r"^\/\-\u0041(?<year>\d{4})$", ["/-A2024"], ["/-B2024"]),
        (r"^\d{3}|x{1,500}$", ["123", "x"], ["y"]),
    ],
)
def test_a_legal_pattern_of_ecma_is_understood(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    assert [text for text in matching if not fits(pattern, text)] == []
    assert [text for text in others if fits(pattern, text)] == []


def test_names_of_properties_may_be_any_legal_pattern() -> None:
    shape = make_shape(
        {"type": "object", "patternProperties": {r"^[\w-.]+$": {"type": "integer"}}}
    )
    check = schema_validator(shape.schema)
    assert check.is_valid({"a-b.c": 1}) and not check.is_valid({"a-b.c": "x"})


def test_patterns_are_understood_wherever_a_schema_is() -> None:
    rule = {"type": "string", "pattern": "^(?!x)[a-z]+$", "allOf": [{"maxLength": 3}]}
    nested = {
        "$ref": "#/components/schemas/Word",
        "components": {"schemas": {"Word": {"anyOf": [rule, {"type": "null"}]}}},
    }
    check = schema_validator(make_shape(nested).schema)
    assert [check.is_valid(text) for text in ("abc", None)] == [True, True]
    assert [check.is_valid(text) for text in ("xab", "abcd", 1)] == [False] * 3


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)b", "looks ahead or behind"),
        ("^a+(?!b)c$", "looks ahead or behind"),
        ("^(?=a)b|c", "looks ahead or behind"),
        ("^(?=a)*b", "looks ahead or behind"),
        ("^(?!a(?!b))", "looks ahead or behind"),
        (r"^x(?<!a)\$", "looks ahead or behind"),
        ("^" + "(?!a)" * 30, "looks ahead or behind"),
        (r"^(a)\1$", "refers back"),
        (r"^(?<one>a)\k<one>$", "refers back"),
        ("(", "is not a regular expression"),
        ("[a", "is not a regular expression"),
        ("^(?=a$", "looks ahead or behind"),
        ("a{" + "9" * 5000 + "}", "more than 50000 states"),
    ],
)
def test_a_pattern_that_is_not_supported_says_why(pattern: str, reason: str) -> None:
    for part in ({"pattern": pattern}, {"patternProperties": {pattern: True}}):
        shape = make_shape(object_of({"type": ["string", "object"], **part}))
        with pytest.raises(Impossible, match=reason) as refused:
            schema_validator(shape.schema)
        error = refused.value
        assert (error.keyword, error.value) == (next(iter(part)), pattern)
        assert error.pointer == "/properties/a"
        assert json.dumps(error.reason)
