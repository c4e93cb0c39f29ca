"""What a request has to be for a route with conditions."""

from __future__ import annotations

import time

import pytest

from app.routes.conditions import (
    MAX_PATTERN_LENGTH,
    BadPattern,
    Conditions,
    Received,
    TextCondition,
    contains,
    read_pattern,
)


def received(**given: object) -> Received:
    whole: dict[str, object] = {
        "method": "GET",
        "path": "/",
        "query": {},
        "headers": {},
        "read_body": lambda: None,
        **given,
    }
    return Received(**whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "values", "fits"),
    [
        (TextCondition(equals="a"), ["a"], True),
        (TextCondition(equals="a"), ["b", "a"], True),
        (TextCondition(equals="a"), ["A"], False),
        (TextCondition(equals="a"), [], False),
        (TextCondition(matches="[a-c]+"), ["abc"], True),
        (TextCondition(matches="[a-c]+"), ["abcd"], False),
        (TextCondition(matches=".*"), [], False),
        (TextCondition(present=True), [""], True),
        (TextCondition(present=True), [], False),
        (TextCondition(present=False), [], True),
        (TextCondition(present=False), ["x"], False),
    ],
)
def test_a_text_fits(condition: TextCondition, values: list[str], fits: bool) -> None:
    assert condition.accepts(values) is fits


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": {"b": [1, 2, 3]}}, {"a": {"b": [3, 1]}}, True),
        ({"a": [{"x": 1, "y": 2}]}, {"a": [{"y": 2}]}, True),
        ([], {}, False),
        ({"a": 1.0}, {"a": 1}, True),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {"a": None}, True),
        ({}, {"a": None}, False),
        ("text", "text", True),
        (None, None, True),
    ],
)
def test_a_body_contains(value: object, wanted: object, fits: bool) -> None:
    assert contains(value, wanted) is fits


def test_header_names_are_matched_in_any_case() -> None:
    wanted = Conditions({}, {"X-Api-Version": TextCondition(equals="2")})
    assert wanted.difference(received(headers={"x-api-version": "2"})) is None
    assert wanted.difference(received()) == "header X-Api-Version is not '2'"


def test_the_body_is_read_only_where_it_matters() -> None:
    def refuse() -> None:
        raise AssertionError("read")

    wanted = Conditions({"a": TextCondition(present=True)}, {})
    assert wanted.difference(received(query={"a": ["1"]}, read_body=refuse)) is None


def test_a_hostile_expression_takes_no_time() -> None:
    pattern = TextCondition(matches="(a+)+$")
    began = time.process_time()
    assert not pattern.accepts(["a" * 20_000 + "b"])
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["(", "(?=a)", r"(a)\1", "a" * 1_001])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(BadPattern, match="RE2|longer"):
        read_pattern(text)
    assert len("a" * 1_001) > MAX_PATTERN_LENGTH


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("[0-9]+", "12", True),
        ("[0-9]+", "12a", False),
        ("[0-9]+", "a12", False),
        ("a|ab", "ab", True),
        ("", "", True),
        ("", "a", False),
        (".*", "\n", False),
        ("(?s).*", "\n", True),
        ("ü.", "üß", True),
        (r"\d", "٣", False),
        ("(?i)bearer .+", "Bearer x", True),
        ("([a-z]{1,100}){10}", "a" * 1000, True),
        ("([a-z]{1,100}){10}", "a" * 999 + "0", False),
        ("(x|xx)*y", "x" * 20_000, False),
    ],
)
def test_an_expression_has_to_match_the_whole_text(
    pattern: str, text: str, fits: bool
) -> None:
    assert TextCondition(matches=pattern).accepts([text]) is fits
