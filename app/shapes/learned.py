"""The shapes of paths: a path's first answer is its shape from then on.

The answer itself is kept as an example, under its path without ids (``users/42``
and ``users/43`` are one), for a while after its last use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

import orjson

from ..cuts import PIECES, WHOLE, Cut, Value
from ..errors import Unavailable
from ..ports import Backend, Memory
from ..resources.names import normalised
from ..schema.shapes import example_schema
from ..schema.validation import nesting, schema_validator
from ..store import Documents
from ..words import Json, MockRequest, Shape

T = TypeVar("T")


class PathShape:
    """The shape that an answer gave to its path."""

    def __init__(self, answer: bytes) -> None:
        """``answer`` is compact JSON. Raises ``ValueError`` if it is not."""
        self.answer = answer
        self._example: Json = orjson.loads(answer)

    @property
    def depth(self) -> int:
        """The levels of arrays and objects in the answer; 0 for a scalar."""
        return nesting(self._example)

    @cached_property
    def shape(self) -> Shape:
        """The answer as an example."""
        example = self._example
        return Shape(given=example, schema=example_schema(example), is_example=True)


class Shapes:
    """The shapes of all paths, in memory or where other workers see them too.

    If they cannot be reached, no path has one.
    """

    def __init__(
        self, documents: Documents[PathShape], *, max_bytes: int, max_depth: int
    ) -> None:
        """Keep answers in ``documents`` if they would be accepted as shapes."""
        self._documents = documents
        self._max_bytes = max_bytes
        self._max_depth = max_depth

    def give(self, request: MockRequest) -> Shape | None:
        """The shape of a request's path, if it applies to the request."""
        if not request.auto_shape or request.renew_shape:
            return None
        try:
            known = self._documents.read(normalised(request.path))
        except Unavailable:  # counted and logged where it was raised
            return None
        return None if known is None else known.shape

    def learn(self, path: str, answer: bytes, *, renew: bool) -> Shape | None:
        """The shape of a path after ``answer``; the first answer counts.

        With ``renew``, this answer replaces an earlier one. Returns None if the
        answer gives no shape: it is a scalar, or too large.
        """
        if len(answer) > self._max_bytes:
            return None
        try:
            new = PathShape(answer)
        except ValueError:  # a model's text, where no shape asked for JSON
            return None
        if not 0 < new.depth <= self._max_depth:
            return None

        def change(old: PathShape | None) -> PathShape | None:
            return new if renew or old is None else None

        try:
            known = self._documents.update(normalised(path), change)
        except Unavailable:
            return None
        return None if known is None else known.shape


class LearningSource:
    """A source for a request without a shape, to which its path's shape applies.

    If the path has a shape, a source that waits, such as a model, is asked for it.
    A source that only computes has its own idea of the path, and is asked for the
    shape only if its first value does not fit. If the path has no shape, the first
    value gives it one, which then applies to the later batches.
    """

    __slots__ = (
        "_backend",
        "_is_settled",
        "_known",
        "_memory",
        "_request",
        "_shapes",
        "_source",
        "blocking",
        "slow",
    )

    def __init__(
        self,
        backend: Backend,
        request: MockRequest,
        memory: Memory | None,
        *,
        shapes: Shapes,
        known: Shape | None,
    ) -> None:
        """``known`` is the shape of the path, or None."""
        self._backend = backend
        self._request = request
        self._memory = memory
        self._shapes = shapes
        self._known = known
        self._source = backend.open(request, memory)
        self._is_settled = False
        self.blocking = self._source.blocking
        self.slow = self._source.slow
        if known is not None and self.blocking:
            self._ask_for(known)

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of a value; the first value settles the shape."""
        if self._is_settled:
            return self._source.make(cut, number, now_ms)
        return cut.of(_FirstValue(self, number, now_ms))

    def first(self, number: int, now_ms: int) -> bytes:
        """The first value, made again if it does not have the path's shape."""
        (value,) = self._source.make(WHOLE, number, now_ms)
        known = self._known
        if known is None:
            self._learn(value)
        elif not _fits(value, known):
            self._ask_for(known)
            (value,) = self._source.make(WHOLE, number, now_ms)
        self._is_settled = True
        return value

    def first_pieces(self, number: int, now_ms: int) -> Iterator[str]:
        """The pieces of the first value as they come."""
        pieces = []
        for piece in self._source.make(PIECES, number, now_ms):
            pieces.append(piece)
            yield piece
        self._learn("".join(pieces).encode())

    def _learn(self, value: bytes) -> None:
        """Make ``value`` the path's shape, or take the one that came first."""
        request = self._request
        known = self._shapes.learn(request.path, value, renew=request.renew_shape)
        if known is not None and (self.blocking or not _fits(value, known)):
            self._ask_for(known)
        self._is_settled = True

    def _ask_for(self, known: Shape) -> None:
        request = replace(self._request, shape=known)
        self._source = self._backend.open(request, self._memory)
        self._is_settled = True


class _FirstValue(Value):
    __slots__ = ("_now_ms", "_number", "_source")

    def __init__(self, source: LearningSource, number: int, now_ms: int) -> None:
        self._source = source
        self._number = number
        self._now_ms = now_ms

    def whole(self) -> bytes:
        return self._source.first(self._number, self._now_ms)

    def pieces(self) -> Iterable[str]:
        if self._source.blocking:
            return self._source.first_pieces(self._number, self._now_ms)
        return super().pieces()


def _fits(value: bytes, shape: Shape) -> bool:
    """Whether a value (JSON) has the shape."""
    return bool(schema_validator(shape.schema).is_valid(orjson.loads(value)))
