from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cuts import ELEMENTS, PIECES, WHOLE, Text, cut_at_array

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("text", "name", "items"),
    [
        ("[]", None, []),
        ('[1,{"a":2}]', None, ["1", '{"a":2}']),
        ('[1.50,"a,]",{"b":[2]}]', None, ["1.50", '"a,]"', '{"b":[2]}']),
        ('{"a":1,"b":[2,3],"c":[4]}', "b", ["2", "3"]),
        ('{"n":1,"rooms":[1,2],"others":[3]}', "rooms", ["1", "2"]),
        ('{"a":{"x":[1]},"b":[]}', "b", []),
        ('{"a":{"x":[1]}}', None, ['{"a":{"x":[1]}}']),
        ('{"ticker":"AAPL"}', None, ['{"ticker":"AAPL"}']),
        ("{}", None, ["{}"]),
        ('"text"', None, ['"text"']),
        ("null", None, ["null"]),
        ('{"é\\"":["ü"]}', 'é"', ['"ü"']),
    ],
)
def test_a_value_is_cut_at_its_first_array(
    text: str, name: str | None, items: list[str]
) -> None:
    assert cut_at_array(text) == (name, [item.encode() for item in items])


@given(JSON)
def test_every_form_holds_the_whole_value(value: object) -> None:
    text = json.dumps(value, separators=(",", ":")).encode()
    assert [*WHOLE.of(Text(text))] == [text]
    assert "".join(PIECES.of(Text(text))).encode() == text
    ((name, items),) = ELEMENTS.of(Text(text))
    found = [json.loads(item) for item in items]
    if isinstance(value, dict) and name is not None:
        assert found == value[name]
    else:
        assert found == (value if isinstance(value, list) else [value])
