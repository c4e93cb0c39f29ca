"""Puts streams together: a producer, its delivery and the client's connection."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from ..cuts import Cut
from ..events import payloads
from ..events.envelope import BARE, CONTRACT
from ..events.event import FOREVER
from ..events.modes import ANSWER, BATCHES, SINGLES, Row, Writing
from ..ports import Backend, Clock
from ..settings import Settings
from ..sse.frames import JSON, SSE, Frames, no_ids, stream_ids
from ..words import MockRequest
from .connection import Connection
from .counts import Counts
from .delivery import Delivery
from .pause import Pause
from .prefetch import Direct, Prefetched, Supply
from .producer import Batches, Continuous, Pace, Producer, SimulatedFailure, Single
from .sleeper import Sleeper
from .stream import OnClose, Stream


class Opener:
    """Makes streams, by the settings, on one backend."""

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
        self._counts = counts
        self._heartbeat = settings.heartbeat_seconds or FOREVER
        self._pace = Pace(
            chunk_delay_min=settings.streaming_chunk_delay_min_ms / 1000,
            chunk_delay_max=settings.streaming_chunk_delay_max_ms / 1000,
            max_consecutive_errors=(
                settings.continuous_streaming_max_consecutive_errors
            ),
        )

    def stream(
        self,
        stream_id: str,
        request: MockRequest,
        *,
        client: str,
        on_close: OnClose,
        producer: Producer | None = None,
    ) -> Stream:
        """A stream of what ``request`` asks for.

        A ``producer`` of the service's own takes the place of what would be
        generated; its events go out alone, and operators do not see the stream
        among the mock streams.
        """
        deadline = FOREVER
        if request.continuous and request.max_duration_s:
            deadline = self._clock.monotonic() + request.max_duration_s
        pause = self._pause(deadline, self._heartbeat)
        is_own = producer is not None
        envelope = BARE if is_own else CONTRACT
        if producer is None:
            rows = BATCHES if request.continuous else SINGLES
            producer = self._producer(request, rows[request.mode], pause)
        return Stream(
            stream_id,
            request,
            client=client,
            producer=producer,
            delivery=Delivery(
                stream_id,
                producer,
                pause=pause,
                frames=Frames(SSE, stream_ids(stream_id)),
                envelope=envelope,
                counts=self._counts,
                delay=self._delay(request),
                opening=envelope.opening(request),
                max_batches=request.max_events,
            ),
            clock=self._clock,
            on_close=on_close,
            is_listed=not is_own,
        )

    def answer(self, request: MockRequest, sock: Any) -> bytes | None:
        """One plain value, or the error that was asked for.

        None where the client has gone meanwhile. Raises ``BackendError``.
        """
        pause = self._pause(FOREVER, heartbeat=FOREVER)
        producer = self._producer(request, ANSWER, pause)
        delivery = Delivery(
            "",
            producer,
            pause=pause,
            frames=Frames(JSON, no_ids),
            envelope=BARE,
            counts=self._counts,
            delay=self._delay(request),
        )
        connection = None
        if sock is not None:
            connection = self.connection(sock, delivery.lose)

        def close() -> None:
            pause.leave()
            producer.cancel()
            if connection is not None:
                connection.close()

        return b"".join(delivery.run(close)) or None

    def connection(
        self, sock: Any, on_gone: Callable[[bool], None], chunked: bool = True
    ) -> Connection:
        """The connection of a client, with the configured write timeout."""
        seconds = self._settings.write_timeout_seconds
        return Connection(sock, on_gone, write_timeout=seconds, chunked=chunked)

    def _producer(self, request: MockRequest, row: Row[Any], pause: Pause) -> Producer:
        """What makes the events of ``row``; the only place for simulated errors."""
        if request.error is not None:
            return SimulatedFailure(request.error)
        writing = Writing(
            self._clock.now_ms,
            max_text_bytes=self._settings.max_token_text_bytes,
            schema=_schema(request),
        )
        batches = Batches(
            self._supply(request, row.cut, pause),
            row,
            writing=writing,
            pace=self._pace,
            clock=self._clock,
            rng=self._rng,
        )
        if row.repeats:
            return Continuous(batches, request, envelope=CONTRACT, counts=self._counts)
        return Single(batches)

    def _supply(self, request: MockRequest, cut: Cut[Any], pause: Pause) -> Supply:
        source = self._backend.open(request)
        clock, counts = self._clock, self._counts
        if source.blocking:
            return Prefetched(source, cut, wake=pause.wake, clock=clock, counts=counts)
        return Direct(source, clock, counts.generation_by(source.backend))

    def _pause(self, deadline: float, heartbeat: float) -> Pause:
        return Pause(
            self._clock, self._make_sleeper(), deadline=deadline, heartbeat=heartbeat
        )

    def _delay(self, request: MockRequest) -> float:
        """The wait before the response, in seconds."""
        if request.delay_ms is not None:
            return request.delay_ms / 1000
        settings = self._settings
        least = settings.random_request_delay_min_ms
        most = settings.random_request_delay_max_ms
        return self._rng.uniform(least, most) / 1000 if most else 0.0


def _schema(request: MockRequest) -> bytes | None:
    if not request.include_schema or request.shape is None:
        return None
    return payloads.schema_text(request.shape.given)
