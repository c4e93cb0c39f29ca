from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.prompts.describe import describe
from app.llm.prompts.messages import Prompts, Templates, Turn
from app.llm.prompts.schemas import wanted_schema
from app.schema.shapes import make_shape
from tests.unit.fake_chat import asked_for

#: 2025-01-06T12:34:56.789Z
NOW_MS = 1_736_166_896_789
STOCK = {"ticker": "TSLA", "price": 251.75, "level": "info"}


def templates(**changes: Any) -> Templates:
    values = {"whole": None, "streaming": None, "window": 4096, "answer": 2048}
    return Templates(**{**values, **changes})


def prompts(shape: Any = None, *, config: Any = None, **request: Any) -> Prompts:
    asked = asked_for(shape, **request)
    schema = None if asked.shape is None else wanted_schema(asked.shape, None)
    return Prompts(asked, schema, config or templates())


def text(of: Prompts, **turn: Any) -> str:
    values: dict[str, Any] = {"number": 0, "now_ms": NOW_MS, "seed": 7}
    messages = of.messages(Turn(**{**values, **turn}))
    return "\n".join(message.content for message in messages)


@pytest.mark.parametrize(
    ("example", "words"),
    [
        (5, "whole number"),
        (150, "whole number from 10 to 999"),
        (-2.5, "number with 1 decimal from -99 to 99"),
        (0, "whole number"),
        (True, "true or false"),
        (None, "any JSON value"),
        ("string", "text"),
        ("", "text"),
        ("AAPL", "short code in capital letters"),
        ("warning", "one word in lower case"),
        ("order_created", "identifier of the same form"),
        ("s1", "identifier of the same form"),
        ("12.50", "number written as text"),
        ("+1 (555) 010-99", "digits with separators"),
        ("jo@example.org", "email address"),
        ("https://example.org/x", "URL"),
        ("8c2f5b1e-7d3a-4f60-9b1e-0a1b2c3d4e5f", "UUID"),
        ("2025-01-06T12:00:00Z", "date and time like YYYY-MM-DDThh:mm:ssZ"),
        ("2025-01-06", "date like YYYY-MM-DD"),
        ("Jane Doe", "a few words"),
        ("The disk of node three is full.", "a sentence"),
        ("line\nbreak and then much more of it", "a sentence"),
        ([1, 2], "list of exactly 2 of: whole number from 0 to 99"),
    ],
)
def test_an_example_is_described_by_what_it_looks_like(
    example: Any, words: str
) -> None:
    shape = make_shape({"field": example})
    described = describe(wanted_schema(shape, None))
    assert described.splitlines()[1].startswith(f'  - "field": {words}')


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 6}, "whole number from 1 to 6"),
        ({"type": "number", "minimum": 0}, "number from 0 up"),
        ({"type": "string", "enum": ["a", "b"]}, 'one of "a", "b"'),
        ({"type": "string", "const": "x"}, 'always "x"'),
        ({"type": "string", "maxLength": 9}, "text, at most 9 characters"),
        ({"type": "string", "pattern": "^a+$"}, 'text that matches "^a+$"'),
        ({"type": ["string", "null"], "format": "uuid"}, "UUID or null"),
        ({"type": "string", "description": "a\nb"}, 'text, "a\\nb"'),
        ({"type": "array", "items": {"type": "null"}}, "list of: null"),
        ({"type": "object", "properties": {"f": {"$ref": "#"}}}, "object with"),
    ],
)
def test_a_schema_is_described_by_its_keywords(schema: Any, words: str) -> None:
    assert describe(schema).startswith(words)


def test_a_schema_that_contains_itself_is_described_up_to_a_limit() -> None:
    node: dict[str, Any] = {"type": "object", "properties": {}}
    for name in "abcdefgh":
        node["properties"][name] = {"type": "array", "items": {"$ref": "#"}}
    assert len(describe(node).splitlines()) <= 200
    assert len(describe({"type": "array", "items": {"$ref": "#"}})) < 500


def test_a_prompt_shows_no_value_of_the_example() -> None:
    said = text(prompts(STOCK, path="prices"))
    for name in STOCK:
        assert f'"{name}"' in said
    for value in ("TSLA", "251", "info"):
        assert value not in said


def test_each_prompt_carries_what_makes_the_next_value_differ() -> None:
    previous = b'{"ticker":"MSFT","sizes":[1.5,true]}'
    said = text(prompts(STOCK), number=4, seed=99, previous=previous)
    for part in ("2025-01-06T12:34:56.789Z", "number 5", "99", "MSFT, 1.5, true"):
        assert part in said


def test_a_prompt_says_where_each_measure_is_and_may_go() -> None:
    shape = {"ticker": "AAPL", "price": 150.25, "heartRate": 72}
    previous = b'{"ticker":"MSFT","price":148.5,"heartRate":75}'
    said = text(prompts(shape), previous=previous)
    assert "price: 148.5, heartRate: 75" in said
    assert "number with 2 decimals from 51" in said
    assert "whole number from 51 to 93" in said


def test_without_a_shape_the_previous_value_gives_the_structure() -> None:
    previous = b'{"ticker":"MSFT"}'
    assert previous.decode() in text(prompts(None), previous=previous)
    assert "Once upon" in text(prompts(None), previous=b"Once upon")


def test_a_prompt_carries_request_context_and_complaint() -> None:
    said = text(
        prompts(STOCK, method="POST", path="a/b", fields={"q": "blue"}, body=[1]),
        context="GET /a gave 1",
        complaint="price:\nwrong.",
    )
    for part in ("POST /a/b", '"q":"blue"', '"body":[1]', "GET /a gave 1"):
        assert part in said
    assert "price: wrong." in said


@given(st.lists(st.sampled_from(["data-1", "</data-1>", "data-2", " x"])))
@settings(max_examples=60, deadline=None)
def test_nothing_that_a_caller_sends_ends_the_fence_around_it(parts: list[str]) -> None:
    evil = "".join(parts)
    of = prompts({evil or "a": 1}, fields={"q": evil}, path=evil)
    said = text(of, context=evil, previous=orjson.dumps(evil))
    fence = said.partition("Text between <")[2].partition(">")[0]
    assert fence.startswith("data-")
    assert fence not in evil
    told = said.partition("Request:")[2]
    assert told.count(f"<{fence}>") == told.count(f"</{fence}>")


def test_a_prompt_is_short() -> None:
    assert len(text(prompts(STOCK))) < 800


def test_what_does_not_fit_the_window_is_left_out_in_order() -> None:
    lines = "\n".join(f"context {number}" for number in range(100))
    parts = {"context": lines, "previous": b'"%b"' % (b"p" * 700)}

    def shown(window: int) -> tuple[int, int, int, int]:
        config = templates(window=window, answer=window // 2)
        said = text(prompts(STOCK, config=config, fields={"q": "b" * 900}), **parts)
        assert len(said) <= window // 2 * 4
        return (
            said.count("context "),
            said.count("p" * 20),
            said.count("b" * 20),
            said.count("level"),
        )

    def kept(window: int) -> list[bool]:
        return [part > 0 for part in shown(window)]

    assert shown(4096)[0] == 100
    assert kept(4096) == [True, True, True, True]
    assert 0 < shown(1400)[0] < 100
    assert kept(1100) == [False, True, True, True]
    assert kept(800) == [False, False, True, True]
    assert kept(500)[2:] == [False, True] or kept(500)[2:] == [True, True]
    newest = text(prompts(STOCK, config=templates(window=1200, answer=0)), **parts)
    assert "context 99" in newest


def test_a_long_answer_leaves_a_quarter_of_the_window_to_the_prompt() -> None:
    assert templates(window=1000, answer=9000).room == 1000


def test_a_template_replaces_the_prompt_and_keeps_its_own_braces() -> None:
    config = templates(
        whole='{method} {path} {body} {context} {timestamp} {randomSeed} {"a": {b}}',
        streaming="shape {shape}",
    )
    of = prompts({"n": 1}, config=config, fields={"q": "{path}"})
    assert text(of, context="c") == (
        'GET /stocks/AAPL {"q":"{path}"} c 2025-01-06T12:34:56.789Z 7 {"a": {b}}'
    )
    streamed = text(of, streaming=True, complaint="It was not JSON.")
    assert '"n":{"type":"integer",' in streamed
    assert "examples" not in streamed
    assert streamed.endswith("It was not JSON. Answer again.")


def test_a_template_without_a_shape_has_an_empty_one() -> None:
    of = prompts(None, config=templates(whole="[{shape}{body}{context}]"))
    assert text(of) == "[]"


def test_a_body_that_is_nested_too_deeply_is_not_shown() -> None:
    body: Any = []
    for _ in range(400):
        body = [body]
    assert "nested too deeply" in text(prompts(STOCK, body=body))
