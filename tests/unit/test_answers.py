from __future__ import annotations

import json
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.answers import Answer, AnswerReader, Refusal
from app.schema.refusal import Impossible
from app.schema.shapes import make_shape

STOCK = {"ticker": "AAPL", "price": 150.25, "volume": 100, "open": True}
MSFT = '{"ticker":"MSFT","price":310.5,"volume":7,"open":false}'


def read(shape: Any, text: str) -> Answer | Refusal:
    return AnswerReader(make_shape(shape).schema).read(text)


@pytest.mark.parametrize(
    "text",
    [
        MSFT,
        f"\n  {MSFT}\n",
        f"```json\n{MSFT}\n```",
        f"Here you are:\n```\n{MSFT}\n```\nAnything else?",
        f"Sure! The {{stock}} [1] is {MSFT} and that is it.",
        f"[{MSFT}]",
        f"[{MSFT}, {MSFT.replace('MSFT', 'TSLA')}]",
        f'{{"response": {MSFT}}}',
        f'{{"data": [{MSFT}]}}',
        json.dumps(MSFT),
        json.dumps(f"[{MSFT}]"),
        f'{{"other": "object"}} {MSFT}',
        MSFT[:-1],
        MSFT.replace('"', "'"),
        MSFT.replace("}", ",}"),
        MSFT.replace("false", "False"),
        "{ticker: MSFT, price: 310.5, volume: 7, open: false}",
        f"```json\n{MSFT[:-1]}",
        MSFT.replace("310.5", '"310.5"'),
        MSFT.replace("7", '"7"'),
        MSFT.replace("7", "7.0"),
        MSFT.replace("7", '"7.0"'),
        MSFT.replace("false", '"False"'),
        MSFT.replace("}", ',"extra":[1,2]}'),
        '{"open":false,"volume":7,"price":310.5,"ticker":"MSFT"}',
    ],
)
def test_what_can_be_mended_gives_the_value_that_was_meant(text: str) -> None:
    answer = read(STOCK, text)
    assert isinstance(answer, Answer)
    assert answer.encoded.decode() == MSFT


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        ("string", '"hello"', "hello"),
        ("string", "42", "42"),
        (5, "The answer: 42", None),
        (5, "42", 42),
        (5, '"42"', 42),
        ([1], "Numbers: [1, 2, 3].", [1, 2, 3]),
        ({"id": "x"}, '{"id": 5}', {"id": "5"}),
        ({"id": "x"}, '{"id": true}', {"id": "true"}),
        ({"a": {"b": [{"c": 1}]}}, '{"a":{"b":[{"c":"1","d":2}],"e":0}}', ...),
        (
            {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
            "[1, 2, 3]",
            [1, 2],
        ),
        ({"type": "object", "required": ["a"]}, '{"b":1,"a":2}', {"b": 1, "a": 2}),
    ],
)
def test_what_is_mended_is_only_how_it_was_written(
    shape: Any, text: str, value: Any
) -> None:
    found = read(shape, text)
    wanted = {"a": {"b": [{"c": 1}]}} if value is ... else value
    assert (found.value if isinstance(found, Answer) else None) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("I cannot do that.", "not JSON"),
        ("{" * 3000, "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"ticker":"MSFT","price":1,"volume":7}', '"open" is a required property'),
        (MSFT.replace("7", '"007"'), "volume: "),
        (MSFT.replace("7", '"7.5"'), "volume: "),
        (MSFT.replace("7", "7.5"), "volume: "),
        (MSFT.replace("310.5", '"$310.5"'), "price: "),
        (MSFT.replace("310.5", "NaN"), "price: "),
        (MSFT.replace("310.5", "1e999"), ""),
        (MSFT.replace("310.5", "null"), "price: "),
        (MSFT.replace('"MSFT"', "null"), "ticker: "),
        (MSFT.replace('"MSFT"', '["MSFT"]'), "ticker: "),
        (MSFT.replace("false", "0"), "open: "),
        (MSFT.replace("MSFT", "\\ud800"), ""),
        (f'{{"response": {MSFT}, "ok": true}}', ""),
        ("I'm sorry, but I can't help with that.", "refusal"),
        ("I cannot provide stock prices.", "refusal"),
    ],
)
def test_what_would_have_to_be_invented_is_refused_with_the_reason(
    text: str, reason: str
) -> None:
    found = read(STOCK, text)
    assert isinstance(found, Refusal)
    assert reason in found.reason
    assert len(found.reason) < 500


def test_members_come_in_the_order_of_the_shape() -> None:
    found = read({"b": [{"y": 1, "x": 2}], "a": [1]}, '{"a":[1],"b":[{"x":1,"y":2}]}')
    assert isinstance(found, Answer)
    assert found.encoded == b'{"b":[{"y":2,"x":1}],"a":[1]}'


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (STOCK, MSFT[:-1]),
        (STOCK, '{"ticker":"MSFT","price":310.5,"volume":7'),
        (STOCK, "Here: " + MSFT[:20]),
        ([1], "[1, 2, 31"),
        (5, "31"),
        ("string", "31"),
        ("string", '"Once upon a'),
    ],
)
def test_nothing_is_made_of_the_end_of_a_cut_answer(shape: Any, text: str) -> None:
    found = AnswerReader(make_shape(shape).schema).read(text, is_cut=True)
    assert isinstance(found, Refusal)
    assert "cut off" in found.reason


@pytest.mark.parametrize("text", [MSFT, f"```json\n{MSFT}\n```\nThis is", f"[{MSFT}]"])
def test_a_value_that_was_whole_before_the_cut_is_taken(text: str) -> None:
    found = AnswerReader(make_shape(STOCK).schema).read(text, is_cut=True)
    assert isinstance(found, Answer)
    assert found.encoded.decode() == MSFT


def test_an_exact_answer_is_not_mended() -> None:
    reader = AnswerReader(make_shape(STOCK).schema)
    assert isinstance(reader.exact(MSFT), Answer)
    assert isinstance(reader.exact(f"```{MSFT}```"), Refusal)
    assert isinstance(reader.exact(MSFT.replace("7", '"7"')), Refusal)
    assert isinstance(reader.exact(MSFT[:-1]), Refusal)


def test_a_reference_out_of_the_schema_is_not_followed() -> None:
    with pytest.raises(Impossible, match="127.0.0.1"):
        AnswerReader({"$ref": "http://127.0.0.1:9/schema"})


_LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="`<"))
)
_JSON = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON.filter(lambda value: isinstance(value, (dict, list))))
@settings(max_examples=150, deadline=None)
def test_any_value_is_read_back_from_a_fence_as_it_is(value: Any) -> None:
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return
    found = AnswerReader(True).read(f"Here:\n```json\n{text}\n```\n")
    assert isinstance(found, Answer)
    assert found.encoded.decode() == text


@given(_JSON, st.text(alphabet='{}[]":,\\ \n0123456789aetrufls`-.', max_size=60))
@settings(max_examples=200, deadline=None)
def test_whatever_a_model_says_nothing_invalid_comes_of_it(
    example: Any, text: str
) -> None:
    schema: Any = make_shape({"x": example}).schema
    for said in (text, '{"x":' + text, json.dumps({"x": text})):
        found = AnswerReader(schema).read(said)
        if isinstance(found, Answer):
            jsonschema.validate(orjson.loads(found.encoded), schema)
