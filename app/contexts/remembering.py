"""A backend that remembers: contexts and shapes of paths around another backend.

What it opens is the other backend's source, which is given what is known and
whose values are noted. A request without a context and with a shape of its own
gets that source itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from ..events.cutting import cut
from ..ports import Backend, Elements, Memory, Source
from ..shapes.learned import PathShape, Shapes
from ..words import MockRequest
from .sessions import Contexts

T = TypeVar("T")


class RememberingBackend:
    """Another backend, with a memory."""

    def __init__(self, backend: Backend, *, contexts: Contexts, shapes: Shapes) -> None:
        """Remember in ``contexts`` and ``shapes`` what ``backend`` makes."""
        self.name = backend.name
        self._backend = backend
        self._contexts = contexts
        self._shapes = shapes

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request."""
        if request.error is not None:  # nothing will be made
            return self._backend.open(request, memory)
        if memory is None and request.context is not None:
            memory = self._contexts.memory(request.context, request)
        source: Source
        if request.shape is None and request.auto_shape:
            source = LearningSource(self._backend, request, memory, self._shapes)
        else:
            source = self._backend.open(request, memory)
        if memory is None:
            return source
        return RecordingSource(source, memory, waits=self._contexts.remote)


class RecordingSource:
    """A source whose values its context hears of, before anyone else does."""

    __slots__ = ("_memory", "_source", "blocking", "slow")

    def __init__(self, source: Source, memory: Memory, *, waits: bool) -> None:
        """``waits`` tells whether the memory itself may wait for the network."""
        self._source = source
        self._memory = memory
        self.blocking = source.blocking or waits
        # What is made in a moment is made when it is due, and follows what other
        # requests have said until then.
        self.slow = source.slow

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def value(self, number: int, now_ms: int) -> bytes:
        """See ``Source.value``."""
        value = self._source.value(number, now_ms)
        self._memory.record(value)
        return value

    def elements(self, number: int, now_ms: int) -> Elements:
        """See ``Source.elements``; the whole value is recorded."""
        return cut(self.value(number, now_ms).decode())

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """See ``Source.tokens``; the value is recorded when the last has passed."""
        pieces = []
        for piece in self._source.tokens(number, now_ms):
            pieces.append(piece)
            yield piece
        self._memory.record("".join(pieces).encode())


class LearningSource:
    """A source for a path without a shape of its own: the path's holds.

    Where the path has one already, a source that waits for something, a model,
    is asked for it. One that only computes has an idea of the path itself and is
    asked for the shape only if its first value does not fit. Where the path has
    none, the first value makes it, and holds for the batches after it.
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
        shapes: Shapes,
    ) -> None:
        """``request`` has no shape."""
        self._backend = backend
        self._request = request
        self._memory = memory
        self._shapes = shapes
        self._known = None if request.renew_shape else shapes.find(request.path)
        self._source = backend.open(request, memory)
        self._is_settled = False
        self.blocking = self._source.blocking
        self.slow = self._source.slow
        if self._known is not None and self.blocking:
            self._ask_for(self._known)

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def value(self, number: int, now_ms: int) -> bytes:
        """See ``Source.value``."""
        if self._is_settled:
            return self._source.value(number, now_ms)
        return self._first(
            lambda: self._source.value(number, now_ms), lambda value: value
        )

    def elements(self, number: int, now_ms: int) -> Elements:
        """See ``Source.elements``."""
        if self._is_settled:
            return self._source.elements(number, now_ms)
        return cut(self.value(number, now_ms).decode())

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """See ``Source.tokens``."""
        if self._is_settled:
            yield from self._source.tokens(number, now_ms)
        elif self.blocking:
            pieces = []
            for piece in self._source.tokens(number, now_ms):
                pieces.append(piece)
                yield piece
            self._learn("".join(pieces).encode())
        else:
            yield from self._first(
                lambda: [*self._source.tokens(number, now_ms)],
                lambda pieces: "".join(pieces).encode(),
            )

    def _first(self, make: Callable[[], T], text: Callable[[T], bytes]) -> T:
        """The first value, made again where it is not of the path's shape."""
        made = make()
        known = self._known
        if known is None:
            self._learn(text(made))
        elif not known.fits(text(made)):
            self._ask_for(known)
            made = make()
        self._is_settled = True
        return made

    def _learn(self, value: bytes) -> None:
        """Make ``value`` the path's shape, or take the one that was quicker."""
        request = self._request
        known = self._shapes.learn(request.path, value, renew=request.renew_shape)
        if known is not None and (self.blocking or not known.fits(value)):
            self._ask_for(known)
        self._is_settled = True

    def _ask_for(self, known: PathShape) -> None:
        request = replace(self._request, shape=known.shape)
        self._source = self._backend.open(request, self._memory)
        self._is_settled = True
