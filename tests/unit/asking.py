"""Ask a source for its next value, in each of the forms."""

from __future__ import annotations

from collections.abc import Iterator

from app.cuts import ELEMENTS, PIECES, WHOLE, Elements
from app.ports import Source


def whole(source: Source, number: int, now_ms: int) -> bytes:
    """The value as one text."""
    (value,) = source.make(WHOLE, number, now_ms)
    return value


def elements(source: Source, number: int, now_ms: int) -> Elements:
    """The value cut at its array."""
    (cut,) = source.make(ELEMENTS, number, now_ms)
    return cut


def pieces(source: Source, number: int, now_ms: int) -> Iterator[str]:
    """The value's text, bit by bit."""
    return iter(source.make(PIECES, number, now_ms))
