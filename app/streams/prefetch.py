"""Between a producer and its source: how values come without blocking.

A source that only computes is asked directly. One that waits for something
runs in a greenlet of its own, so that the stream can end, beat and notice
its client's leaving meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

import gevent

from ..cuts import PIECES, Cut
from ..events.event import Wait
from ..ports import Clock, Savable, Source
from .counts import Counts, Histogram

T = TypeVar("T")


class Supply(Protocol):
    """A source that never blocks its caller, and that can be asked ahead."""

    #: True when values are made elsewhere, and a batch is to be prepared first.
    blocking: bool

    #: True when a batch takes so long that it is begun before it is due.
    slow: bool

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""

    def prepare(self, number: int) -> None:
        """Begin batch ``number``, where that saves a wait and it is not begun."""

    def ready(self) -> bool:
        """Whether the prepared batch can be taken without waiting."""

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T | Wait]:
        """The parts of a value, with a wait where the next one is not made yet."""

    def saved(self) -> bytes:
        """See ``Savable.saved``; empty where the source cannot be saved."""

    def load(self, saved: bytes) -> None:
        """See ``Savable.load``. Raises ``ValueError``."""

    def cancel(self) -> None:
        """Drop whatever is being generated, at once."""


#: One value in so many is timed and stands for all: two readings of the clock cost
#: a fifth of making the value.
_TIMED = 16


class Direct:
    """A source whose answers take no waiting."""

    __slots__ = ("_clock", "_source", "_took")

    blocking = False
    slow = False

    def __init__(self, source: Source, clock: Clock, took: Histogram) -> None:
        """Pass every call on to ``source``; ``took`` has the seconds of values."""
        self._source = source
        self._clock = clock
        self._took = took

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def prepare(self, number: int) -> None:
        """Nothing: the value is made when it is asked for."""

    def ready(self) -> bool:
        """Always."""
        return True

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T | Wait]:
        """The parts of a value."""
        if number % _TIMED:
            return self._source.make(cut, number, now_ms)
        began = self._clock.monotonic()
        made = self._source.make(cut, number, now_ms)
        self._took.add(self._clock.monotonic() - began)
        return made

    def saved(self) -> bytes:
        """See ``Supply.saved``."""
        source = self._source
        return source.saved() if isinstance(source, Savable) else b""

    def load(self, saved: bytes) -> None:
        """See ``Supply.load``."""
        if not isinstance(self._source, Savable):
            raise ValueError("this source has saved nothing")
        self._source.load(saved)

    def cancel(self) -> None:
        """Nothing runs between two calls."""


class _Batch:
    """One batch in the making: its parts so far, and how it ended."""

    __slots__ = ("done", "error", "greenlet", "parts")

    def __init__(self) -> None:
        self.parts: deque[Any] = deque()
        self.done = False
        self.error: BaseException | None = None
        self.greenlet: gevent.Greenlet[..., None] | None = None

    def has_news(self) -> bool:
        return self.done or bool(self.parts)


class Prefetched:
    """A source that runs in a greenlet, at most one batch ahead of its stream."""

    __slots__ = (
        "_batch",
        "_clock",
        "_counts",
        "_cut",
        "_source",
        "_wake",
        "slow",
    )

    blocking = True

    def __init__(
        self,
        source: Source,
        cut: Cut[Any],
        *,
        wake: Callable[[], None],
        clock: Clock,
        counts: Counts,
    ) -> None:
        """Ask ``source`` for values in the form of ``cut``.

        ``wake`` is called when there is news for whoever waits; ``counts`` has
        the time that each value took.
        """
        self._source = source
        self._cut = cut
        self._wake = wake
        self._clock = clock
        self._counts = counts
        self._batch: _Batch | None = None
        self.slow = source.slow

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def prepare(self, number: int) -> None:
        """Start the greenlet of batch ``number``, unless it runs.

        Pieces are passed on as they come, so they are not begun ahead.
        """
        if self._cut is not PIECES:
            self._start(number)

    def _start(self, number: int) -> _Batch:
        batch = self._batch
        if batch is None:
            self._batch = batch = _Batch()
            batch.greenlet = gevent.spawn(self._run, batch, number)
        return batch

    def _run(self, batch: _Batch, number: int) -> None:
        began = self._clock.monotonic()
        try:
            now_ms = self._clock.now_ms()
            for part in self._source.make(self._cut, number, now_ms):
                batch.parts.append(part)
                self._wake()
            took = self._counts.generation_by(self._source.backend)
            took.add(self._clock.monotonic() - began)
        except Exception as error:  # raised again in the stream's own greenlet
            batch.error = error
        finally:
            batch.done = True
            self._wake()

    def ready(self) -> bool:
        """Whether what was prepared is there, or its failure."""
        return self._batch is None or self._batch.has_news()

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterator[T | Wait]:
        """The parts as they come. ``cut`` is the one that values are made in."""
        batch = self._start(number)
        try:
            while batch.parts or not batch.done:
                if batch.parts:
                    yield batch.parts.popleft()
                else:
                    yield Wait(ready=batch.has_news)
            if batch.error is not None:
                raise batch.error
        finally:
            self.cancel()

    def saved(self) -> bytes:
        """Nothing: what others make cannot be made again."""
        return b""

    def load(self, saved: bytes) -> None:
        """Refuse what cannot have been saved. Raises ``ValueError``."""
        raise ValueError("this source has saved nothing")

    def cancel(self) -> None:
        """Kill the greenlet of the batch; its connections close with it."""
        batch, self._batch = self._batch, None
        if batch is not None and batch.greenlet is not None and not batch.done:
            batch.greenlet.kill(block=False)
