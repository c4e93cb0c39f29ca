from __future__ import annotations

import pytest

from app.events.elements import split


@pytest.mark.parametrize(
    ("value", "name", "items"),
    [
        ([1, {"a": 2}], None, [b"1", b'{"a":2}']),
        ([], None, []),
        ({"n": 1, "rooms": [1, 2], "others": [3]}, "rooms", [b"1", b"2"]),
        ({"rooms": []}, "rooms", []),
        ({"a": {"rooms": [1]}}, None, [b'{"a":{"rooms":[1]}}']),
        ({"ticker": "AAPL"}, None, [b'{"ticker":"AAPL"}']),
        ("text", None, [b'"text"']),
        (None, None, [b"null"]),
    ],
)
def test_the_root_value_decides_what_the_elements_are(
    value: object, name: str | None, items: list[bytes]
) -> None:
    assert split(value) == (name, items)
