"""Places in exact data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routes.placeholders import UnknownPlace, compile_data, follow

VALUES = {
    ("index",): 3,
    ("now",): "2025-01-06T12:34:56.789Z",
    ("path", "symbol"): "AAPL",
    ("body", "a", "b"): {"x": 1},
}


def filled(value: object) -> object:
    fill = compile_data(value)
    return value if fill is None else fill(VALUES.get)


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("{{path.symbol}}", "AAPL"),
        ("{{ path.symbol }}", "AAPL"),
        ("{{index}}", 3),
        ("n={{index}}!", "n=3!"),
        ("{{body.a.b}}", {"x": 1}),
        ("b: {{body.a.b}}", 'b: {"x":1}'),
        ("{{query.q}}", None),
        ("<{{query.q}}>", "<>"),
        ("{{{{index}}", "{{index}}"),
        ("{{{{", "{{"),
        ("{{{{{{index}}", "{{3"),
        ({"a": ["{{index}}", {"{{index}}": 1}]}, {"a": [3, {"{{index}}": 1}]}),
        ("{ {x} }", "{ {x} }"),
        (5, 5),
    ],
)
def test_places_are_filled(value: object, result: object) -> None:
    assert filled(value) == result


@pytest.mark.parametrize(
    "text", ["{{nope}}", "{{now.x}}", "{{path}}", "{{}}", "{{a b}}"]
)
def test_an_unknown_root_is_refused_when_the_route_is_made(text: str) -> None:
    with pytest.raises(UnknownPlace, match="accepted: now"):
        compile_data({"a": [text]})


@given(st.text())
def test_what_a_client_sends_stays_inside_its_string(text: str) -> None:
    fill = compile_data({"a": "{{query.q}}", "b": "x{{query.q}}"})
    assert fill is not None
    assert fill(lambda names: text) == {"a": text, "b": f"x{text}"}


def test_a_member_is_followed_through_objects_and_arrays() -> None:
    value = {"a": [{"b": 1}]}
    assert follow(value, ("a", "0", "b")) == 1
    assert follow(value, ("a", "1", "b")) is None
    assert follow(value, ("a", "b")) is None
