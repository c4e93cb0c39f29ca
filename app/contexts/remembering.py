"""A backend that remembers: contexts around another backend.

What it opens is the other backend's source, which sees what the context knows
and whose values the context learns. A request without a context gets that
source itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from ..cuts import PIECES, WHOLE, Cut, Value
from ..ports import Backend, Memory, Source
from ..words import MockRequest
from .sessions import Contexts

T = TypeVar("T")


class RememberingBackend:
    """Another backend, with a memory."""

    def __init__(self, backend: Backend, *, contexts: Contexts) -> None:
        """Remember in ``contexts`` what ``backend`` makes."""
        self.name = backend.name
        self._backend = backend
        self._contexts = contexts

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request."""
        if memory is None and request.context is not None:
            memory = self._contexts.memory(request.context, request)
        source = self._backend.open(request, memory)
        if memory is None:
            return source
        return RecordingSource(source, memory, waits=self._contexts.remote)


class RecordingSource:
    """A source whose values its context records before anyone else sees them."""

    __slots__ = ("_memory", "_source", "blocking", "slow")

    def __init__(self, source: Source, memory: Memory, *, waits: bool) -> None:
        """``waits`` tells whether the memory itself may wait for the network."""
        self._source = source
        self._memory = memory
        self.blocking = source.blocking or waits
        # What takes a moment is made when it is due, so that it follows what other
        # requests have said until then.
        self.slow = source.slow

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of a value, which is recorded whole.

        Pieces are passed on as they come; their value is recorded when the last
        one has passed.
        """
        return cut.of(_RecordedValue(self._source, self._memory, number, now_ms))


class _RecordedValue(Value):
    __slots__ = ("_memory", "_number", "_now_ms", "_source")

    def __init__(
        self, source: Source, memory: Memory, number: int, now_ms: int
    ) -> None:
        self._source = source
        self._memory = memory
        self._number = number
        self._now_ms = now_ms

    def whole(self) -> bytes:
        (value,) = self._source.make(WHOLE, self._number, self._now_ms)
        self._memory.record(value)
        return value

    def pieces(self) -> Iterator[str]:
        pieces = []
        for piece in self._source.make(PIECES, self._number, self._now_ms):
            pieces.append(piece)
            yield piece
        self._memory.record("".join(pieces).encode())
