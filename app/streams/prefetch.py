"""Between a stream and its source: how values come without blocking the stream.

A source that only computes is asked directly. One that waits for something
runs in a greenlet of its own, so that the stream can end, beat and notice
its client's leaving meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

import gevent

from ..cuts import PIECES, Cut
from ..ports import Clock, Source
from .counts import Counts, Histogram
from .pause import FOREVER, Pause, StreamOver

T = TypeVar("T")


class Feed(Source, Protocol):
    """A source that can be asked ahead."""

    def prepare(self, number: int) -> None:
        """Begin batch ``number``, where that saves a wait and it is not begun."""

    def ready(self) -> bool:
        """Whether the prepared batch can be taken without waiting."""

    def cancel(self) -> None:
        """Drop whatever is being generated, at once."""


#: One value in so many is timed, and stands for all: looking at the clock twice
#: would cost as much as a fifth of making the value.
_TIMED = 16


class DirectFeed:
    """A source whose answers take no waiting."""

    __slots__ = ("_clock", "_source", "_took", "blocking", "slow")

    def __init__(self, source: Source, clock: Clock, took: Histogram) -> None:
        """Pass every call on to ``source``; ``took`` has the seconds of values."""
        self._source = source
        self._clock = clock
        self._took = took
        self.blocking = False
        self.slow = False

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of a value."""
        if number % _TIMED:
            return self._source.make(cut, number, now_ms)
        began = self._clock.monotonic()
        made = self._source.make(cut, number, now_ms)
        self._took.add(self._clock.monotonic() - began)
        return made

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def prepare(self, number: int) -> None:
        """Nothing: the value is made when it is asked for."""

    def ready(self) -> bool:
        """Always."""
        return True

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


class AheadFeed:
    """A source that runs in a greenlet, at most one batch ahead of its stream."""

    __slots__ = (
        "_batch",
        "_clock",
        "_counts",
        "_cut",
        "_pause",
        "_source",
        "blocking",
        "slow",
    )

    def __init__(
        self,
        source: Source,
        pause: Pause,
        *,
        cut: Cut[Any],
        clock: Clock,
        counts: Counts,
    ) -> None:
        """``cut`` is what is asked for; ``counts`` has the time of each value."""
        self._source = source
        self._pause = pause
        self._clock = clock
        self._counts = counts
        self._cut = cut
        self._batch: _Batch | None = None
        self.blocking = True
        self.slow = source.slow

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def prepare(self, number: int) -> None:
        """Start the greenlet of batch ``number``, unless it runs.

        Tokens are passed on as they come, so they are not begun ahead.
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
                self._pause.wake()
            took = self._counts.generation_by(self._source.backend)
            took.add(self._clock.monotonic() - began)
        except Exception as error:  # raised again in the stream's own greenlet
            batch.error = error
        finally:
            batch.done = True
            self._pause.wake()

    def ready(self) -> bool:
        """Whether what was prepared is there, or its failure."""
        return self._batch is None or self._batch.has_news()

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterator[T]:
        """The parts as they come; an empty piece of text is a heartbeat."""
        silence: Any = ""
        for part in self._parts(number):
            if part is not None:
                yield part
            elif cut is PIECES:
                yield silence

    def _parts(self, number: int) -> Iterator[Any]:
        """The parts of a batch, None for a heartbeat without one."""
        batch = self._start(number)
        try:
            while True:
                while self._pause.until(FOREVER, batch.has_news):
                    yield None
                if self._pause.over:
                    raise StreamOver
                while batch.parts:
                    yield batch.parts.popleft()
                if batch.done:
                    break
            if batch.error is not None:
                raise batch.error
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Kill the greenlet of the batch; its connections close with it."""
        batch, self._batch = self._batch, None
        if batch is not None and batch.greenlet is not None and not batch.done:
            batch.greenlet.kill(block=False)
