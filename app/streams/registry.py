"""All open streams of this process: opening, finding and stopping them."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ..cuts import WHOLE
from ..errors import NotFound, ShuttingDown, TooManyStreams
from ..events.modes import cut_of
from ..events.payloads import EndReason
from ..ports import Backend, Clock
from ..settings import Settings
from ..words import MockRequest, Mode
from . import journal
from .connection import Connection
from .counts import Counts
from .outcome import Outcome
from .pause import FOREVER, Pause
from .prefetch import AheadFeed, DirectFeed, Feed
from .sleeper import Sleeper
from .stream import Pace, Stream

#: What a refused client is told to wait, in seconds.
_RETRY_AFTER = 5


class Streams:
    """Opens streams and knows the open ones, newest last."""

    def __init__(
        self,
        *,
        settings: Settings,
        backend: Backend,
        clock: Clock,
        rng: random.Random,
        make_sleeper: Callable[[], Sleeper],
        counts: Counts,
    ) -> None:
        """``backend`` generates; ``make_sleeper`` gives each stream its sleep."""
        self._settings = settings
        self._backend = backend
        self._clock = clock
        self._rng = rng
        self._make_sleeper = make_sleeper
        self.counts = counts
        self._heartbeat = settings.heartbeat_seconds or FOREVER
        self._pace = Pace(
            response_delay_min=settings.random_request_delay_min_ms / 1000,
            response_delay_max=settings.random_request_delay_max_ms / 1000,
            chunk_delay_min=settings.streaming_chunk_delay_min_ms / 1000,
            chunk_delay_max=settings.streaming_chunk_delay_max_ms / 1000,
            max_consecutive_errors=(
                settings.continuous_streaming_max_consecutive_errors
            ),
        )
        self._open: dict[str, Stream] = {}
        self._by_client: Counter[str] = Counter()
        self.draining = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def __iter__(self) -> Iterator[Stream]:
        """The open streams, newest first."""
        return iter([*reversed(self._open.values())])

    def open(self, request: MockRequest, *, client: str, sock: Any) -> Stream:
        """A new stream, which counts until it is closed.

        ``sock`` is the client's gevent socket, or None where there is none.
        Raises ``ShuttingDown`` and ``TooManyStreams``.
        """
        if self.draining:
            raise ShuttingDown("The server takes no new streams.", retry_after=1)
        most = self._settings.max_concurrent_streams
        if len(self._open) >= most:
            raise TooManyStreams(
                f"{most} streams are open, as many as this server permits.",
                retry_after=_RETRY_AFTER,
            )
        most = self._settings.max_streams_per_client
        if most and self._by_client[client] >= most:
            raise TooManyStreams(
                f"{most} streams are open for this client, as many as are permitted.",
                retry_after=_RETRY_AFTER,
            )
        stream = self._make(request, request.mode, client, sock)
        self._open[stream.id] = stream
        self._by_client[client] += 1
        self.counts.started[request.mode, request.continuous] += 1
        journal.started(stream)
        return stream

    def once(self, request: MockRequest, *, client: str, sock: Any) -> Stream:
        """What makes one plain value; it is no stream and is not counted."""
        return self._make(request, None, client, sock)

    def get(self, stream_id: str) -> Stream:
        """The open stream of that id. Raises ``NotFound``."""
        try:
            return self._open[stream_id]
        except KeyError:
            raise NotFound("No stream of that id is open.") from None

    def drain(self) -> None:
        """Take no new streams, and end the continuous ones."""
        self.draining = True
        self.end_continuous()

    def end_continuous(self) -> None:
        """End the continuous streams; clients that come back are served again."""
        for stream in self:
            if stream.request.continuous:
                stream.pause.end(EndReason.SHUTDOWN)

    def cut_short(self) -> None:
        """End every stream that is open."""
        for stream in self:
            stream.pause.end(EndReason.SHUTDOWN)

    def _make(
        self, request: MockRequest, mode: Mode | None, client: str, sock: Any
    ) -> Stream:
        deadline = FOREVER
        if request.continuous and request.max_duration_s and mode is not None:
            deadline = self._clock.monotonic() + request.max_duration_s
        pause = Pause(
            self._clock,
            self._make_sleeper(),
            deadline=deadline,
            heartbeat=self._heartbeat,
        )
        source = self._backend.open(request)
        feed: Feed = (
            AheadFeed(
                source,
                pause,
                cut=WHOLE if mode is None else cut_of(mode, request.continuous),
                clock=self._clock,
                counts=self.counts,
            )
            if source.blocking
            else DirectFeed(
                source, self._clock, self.counts.generation_by(source.backend)
            )
        )
        connection = (
            None
            if sock is None
            else Connection(
                sock, pause.leave, write_timeout=self._settings.write_timeout_seconds
            )
        )

        def close(stream: Stream, outcome: Outcome) -> None:
            if connection is not None:
                if connection.stalled:
                    outcome = Outcome.STALLED
                connection.close()
            if self._open.pop(stream.id, None) is not None:
                self._closed(stream, outcome)

        return Stream(
            secrets.token_hex(8),
            request,
            feed=feed,
            pause=pause,
            pace=self._pace,
            clock=self._clock,
            rng=self._rng,
            counts=self.counts,
            client=client,
            on_close=close,
        )

    def _closed(self, stream: Stream, outcome: Outcome) -> None:
        client = stream.client
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]
        counts = self.counts
        counts.ended[outcome] += 1
        counts.events += stream.frames_sent
        counts.bytes += stream.bytes_sent
        journal.ended(stream, outcome)
