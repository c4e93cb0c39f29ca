"""The values that a stream has been sent, so that none is repeated. Pure."""

from __future__ import annotations

from collections import deque

from ..schema.variety import variety
from ..words import Json, Shape
from .answers import Answer, Refusal

#: How many of the latest values a new one should differ from.
_REMEMBERED = 32


class Repetition(Refusal):
    """The answer fits, but nothing in it is new."""


_IS_THE_EXAMPLE = Repetition("It was the example itself. Make up other values.")
_IS_THE_LATEST = Repetition(
    "It was the same as the previous one. Make up other values."
)
_IS_AN_OLDER = Repetition("It was sent before. Make up other values.")


class Sent:
    """The latest values of one stream.

    A schema that has few values cannot always give a new one. So at most half
    of the values that it has are remembered, which leaves one to be found.
    """

    __slots__ = ("_example", "_latest", "_sent", "_has_example")

    def __init__(self, schema: Json, shape: Shape | None) -> None:
        """Remember values that fit ``schema``, made for ``shape``."""
        values = variety(schema)
        self._has_example = shape is not None and shape.is_example and values > 2
        self._example = shape.given if shape is not None and self._has_example else None
        self._sent: deque[int] = deque(maxlen=min(_REMEMBERED, values // 2))
        self._latest: bytes | None = None

    @property
    def latest(self) -> bytes | None:
        """The latest value, as JSON; None before the first."""
        return self._latest

    def add(self, encoded: bytes) -> None:
        """Remember a value that is sent."""
        self._sent.append(hash(encoded))
        self._latest = encoded

    def objection(self, answer: Answer, *, strict: bool) -> Repetition | None:
        """Why ``answer`` should not be sent, if so.

        Always because it is the example or the latest value; if ``strict``, also
        because it is one of those before.
        """
        if self._has_example and answer.value == self._example:
            return _IS_THE_EXAMPLE
        seen = hash(answer.encoded)
        if self._sent and seen == self._sent[-1]:
            return _IS_THE_LATEST
        return _IS_AN_OLDER if strict and seen in self._sent else None
