from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.excerpt import JsonExcerpt

TRICKY = '{"a":"} \\" { \\\\","b":[{"c":"]"},[]],"d\\\\":{}}'


def cut(text: str, sizes: list[int], types: tuple[str, ...] = ("object",)) -> str:
    excerpt = JsonExcerpt(types)
    passed, position = "", 0
    for size in [*sizes, len(text)]:
        passed += excerpt.feed(text[position : position + size])
        position += size
    return passed


@given(st.lists(st.integers(0, 5), max_size=40))
@settings(max_examples=200, deadline=None)
def test_however_the_pieces_are_cut_only_the_json_passes(sizes: list[int]) -> None:
    text = f"Sure [1]:\n```json\n{TRICKY}\n```\n{TRICKY}"
    assert orjson.loads(TRICKY)
    assert cut(text, sizes) == TRICKY


@pytest.mark.parametrize(
    ("text", "types", "passed"),
    [
        ('{"a":1', ("object",), '{"a":1'),
        ("no json", ("object",), ""),
        ("x [1,{}] y", ("array",), "[1,{}]"),
        ("{} [1]", ("array",), "[1]"),
        ("[1] {}", ("array", "object"), "[1]"),
    ],
)
def test_it_begins_at_the_wanted_bracket_and_ends_with_it(
    text: str, types: tuple[str, ...], passed: str
) -> None:
    assert cut(text, [1] * len(text), types) == passed


def test_it_is_done_at_the_closing_bracket() -> None:
    excerpt = JsonExcerpt(["object"])
    assert (excerpt.feed('{"a"'), excerpt.done) == ('{"a"', False)
    assert (excerpt.feed(":1} and"), excerpt.done) == (":1}", True)


@pytest.mark.parametrize(
    "text",
    [
        '{"response": {"a": 1}}',
        '"{\\"a\\": 1}"',
        "Sure! The {thing} is",
        "```json\n{ 'a': 1 }",
    ],
)
def test_a_text_that_begins_otherwise_is_odd_and_nothing_of_it_passes(
    text: str,
) -> None:
    excerpt = JsonExcerpt(["object"], {"a"})
    assert "".join(map(excerpt.feed, text)) == ""
    assert excerpt.is_odd


@pytest.mark.parametrize("text", ['{"a":1}', '{ "a" : 1}', "{}", '{"\\u0061":1}'])
def test_an_object_that_begins_as_it_may_passes(text: str) -> None:
    excerpt = JsonExcerpt(["object"], {"a", "\\u0061"})
    assert ("".join(map(excerpt.feed, text)), excerpt.is_odd) == (text, False)
