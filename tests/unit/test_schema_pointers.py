"""JSON Pointers: followed, written, and found."""

from __future__ import annotations

from typing import Any

import pytest

from app.schema.pointers import follow, pointer, pointer_to

DOCUMENT: Any = {"a/b": [{"m~n": 1}], "": {"c d": {}}, "x": True}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("", DOCUMENT),
        ("#", DOCUMENT),
        ("/x", True),
        ("#/a~1b/0/m~0n", 1),
        ("#//c%20d", {}),
    ],
)
def test_a_pointer_leads_to_a_value(reference: str, value: Any) -> None:
    assert follow(DOCUMENT, reference) == value


@pytest.mark.parametrize("reference", ["/y", "/a~1b/1", "/a~1b/-", "/x/y", "/a~1b/01x"])
def test_a_pointer_to_nothing_is_an_error(reference: str) -> None:
    with pytest.raises(LookupError):
        follow(DOCUMENT, reference)


def test_a_pointer_is_written_as_it_is_read() -> None:
    steps = ["a/b", 0, "m~n"]
    assert pointer(steps) == "/a~1b/0/m~0n"
    assert follow(DOCUMENT, pointer(steps)) == 1


def test_a_part_is_found_by_identity_and_a_copy_is_not() -> None:
    assert pointer_to(DOCUMENT, DOCUMENT[""]["c d"]) == "//c d"
    assert pointer_to(DOCUMENT, DOCUMENT) == ""
    assert pointer_to(DOCUMENT, {}) is None
