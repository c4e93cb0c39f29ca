"""The forms in which a source gives a value: whole, cut at its array, in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from json import JSONDecoder
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_DECODER = JSONDecoder()

#: A word's beginning with the space before it, a few digits, or punctuation.
_PIECE = re.compile(r" ?[^\W\d_]{1,6}|\d{1,3}|[^\w\s]{1,3}|\s+|.", re.DOTALL)


class Elements(NamedTuple):
    """A generated value, cut at its array (contract, section 4).

    ``items`` are compact JSON texts in UTF-8. ``array_name`` is the property
    that holds the array, or None where the root is the array or the only item.
    """

    array_name: str | None
    items: list[bytes]


class Value:
    """One value of a source, which is asked for in one form, once.

    A subclass says how it is had whole, and overrides the other forms where it
    does not have to take them from the whole.
    """

    __slots__ = ()

    def whole(self) -> bytes:
        """The value as compact JSON in UTF-8."""
        raise NotImplementedError

    def elements(self) -> Elements:
        """The value, cut at its array."""
        return cut_at_array(self.whole().decode())

    def pieces(self) -> Iterable[str]:
        """The value's text in pieces; joined, they are JSON that fits the shape.

        A list where the whole text is known beforehand.
        """
        return word_pieces(self.whole().decode())


class Text(Value):
    """A value whose text is known."""

    __slots__ = ("_text",)

    def __init__(self, text: bytes) -> None:
        """``text`` is compact JSON in UTF-8."""
        self._text = text

    def whole(self) -> bytes:
        """The text itself."""
        return self._text


@dataclass(frozen=True, slots=True, eq=False)
class Cut(Generic[T]):
    """One form of a value; ``of`` gives the parts of a value, all of one type."""

    of: Callable[[Value], Iterable[T]]


def cut_at_array(text: str) -> Elements:
    """Cut a compact JSON text at its array: the root value decides which.

    An array gives its elements; an object with an array property gives the
    elements of the first such property, under its name; anything else is the
    only element. Each element stays as it is written.
    """
    if text[0] == "[":
        return Elements(None, _elements(text, 0))
    if text[0] == "{":
        at = 1
        while text[at] == '"':
            name, at = _DECODER.raw_decode(text, at)
            if text[at + 1] == "[":
                return Elements(name, _elements(text, at + 1))
            _, at = _DECODER.raw_decode(text, at + 1)
            at += 1
            if at >= len(text):
                break
    return Elements(None, [text.encode()])


def _elements(text: str, at: int) -> list[bytes]:
    """The elements of the array that begins at ``at``."""
    found = []
    at += 1
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append(text[at:end].encode())
        at = end + (text[end] == ",")
    return found


def word_pieces(text: str) -> list[str]:
    """``text`` in word pieces of a few characters, as a language model sends it."""
    return _PIECE.findall(text)


#: The value in one part: compact JSON in UTF-8.
WHOLE: Cut[bytes] = Cut(lambda value: (value.whole(),))

#: The value in one part: its elements.
ELEMENTS: Cut[Elements] = Cut(lambda value: (value.elements(),))

#: The value's text in pieces, as they come.
PIECES: Cut[str] = Cut(lambda value: value.pieces())
