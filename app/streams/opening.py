"""Puts streams together: a producer, its delivery and the client's connection."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..events import payloads
from ..events.envelope import BARE, CONTRACT, Envelope
from ..events.event import FOREVER, Event
from ..events.modes import ANSWER, BATCHES, SINGLES, Row, Writing
from ..ports import Backend, Clock
from ..settings import Settings
from ..sse.frames import JSON, SSE, Frames, Framing, Ids, StreamIds, no_ids
from ..words import MockRequest
from .clock import StreamClock
from .connection import Connection
from .counts import Counts
from .delivery import Delivery
from .pause import Pause
from .producer import Continuous, Exact, Pace, Producer, SimulatedFailure, Single
from .sleeper import Sleeper
from .stream import OnClose, Stream
from .workshop import Workshop


@dataclass(frozen=True, slots=True)
class Program:
    """What a stream is made of beside its request, and how its events are told.

    ``ids`` takes the contract's ids and gives those of the stream. ``heartbeat_s``
    is the longest silence, in seconds, 0 for any, None for the configured one;
    ``heartbeat`` is what ends it in place of the framing's sign of life.
    ``is_listed`` tells whether operators see the stream among the mock streams, and
    ``route`` is the name of the route that it comes from. ``has_faults`` tells
    whether its events bring any. ``frames`` makes what numbers and encodes its events.
    """

    produce: Callable[[MockRequest, Workshop], Producer]
    envelope: Envelope
    framing: Framing = SSE
    ids: Callable[[Ids], Ids] = lambda ids: ids
    heartbeat_s: float | None = None
    heartbeat: Event | None = None
    is_listed: bool = True
    route: str | None = None
    frames: Callable[[Framing, Ids], Frames] = Frames
    has_faults: bool = False


class Answer(NamedTuple):
    """The parts of one plain answer; ``close`` lets go of what makes them."""

    frames: Iterator[bytes]
    close: Callable[[], None]


def produce(request: MockRequest, shop: Workshop, row: Row[Any]) -> Producer:
    """What makes the events of ``row``; the only place for simulated errors."""
    if request.error is not None:
        return SimulatedFailure(request.error)
    batches = shop.batches(request, row)
    if row.repeats:
        return Continuous(batches, request, envelope=CONTRACT, counts=shop.counts)
    return Single(batches)


def _contract(request: MockRequest, shop: Workshop) -> Producer:
    rows = BATCHES if request.continuous else SINGLES
    return produce(request, shop, rows[request.mode])


#: The streams of the contract.
CONTRACT_PROGRAM = Program(_contract, CONTRACT)


def own_program(producer: Producer) -> Program:
    """A feed of the service's own: its producer's events alone, not listed."""
    return Program(lambda request, shop: producer, BARE, is_listed=False)


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
        # Most streams write in the same way, and share the value that says how.
        self._writing = Writing(
            clock.now_ms, max_text_bytes=settings.max_token_text_bytes
        )
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
        number: int,
        path: str,
        client: str,
        on_close: OnClose,
        program: Program | None = None,
    ) -> Stream:
        """A stream of what ``request`` asks for, as ``program`` tells it.

        Without a program it is the contract's.
        """
        program = program or CONTRACT_PROGRAM
        deadline = FOREVER
        if request.continuous and request.max_duration_s:
            deadline = self._clock.monotonic() + request.max_duration_s
        heartbeat = self._heartbeat
        if program.heartbeat_s is not None:
            heartbeat = program.heartbeat_s or FOREVER
        pause = self.pause(deadline, heartbeat)
        schedule_clock = StreamClock(self._clock)
        shop = self.workshop(request, pause, schedule_clock)
        producer = program.produce(request, shop)
        return Stream(
            stream_id,
            request,
            number=number,
            path=path,
            route=program.route,
            client=client,
            producer=producer,
            delivery=Delivery(
                stream_id,
                producer,
                pause=pause,
                frames=program.frames(
                    program.framing, program.ids(StreamIds(stream_id))
                ),
                envelope=program.envelope,
                counts=self._counts,
                delay=self._delay(request),
                opening=program.envelope.opening(request),
                max_batches=request.max_events,
                heartbeat=program.heartbeat,
            ),
            clock=self._clock,
            schedule_clock=schedule_clock,
            on_close=on_close,
            is_listed=program.is_listed,
        )

    def answer(
        self, request: MockRequest, sock: Any, exact: bytes | None = None
    ) -> bytes | None:
        """One plain value, or the error that was asked for.

        With ``exact`` that is the value. None where the client has gone meanwhile.
        Raises ``BackendError``.
        """
        return b"".join(self._answering("", request, sock, exact).frames) or None

    def faulty_answer(
        self,
        answer_id: str,
        request: MockRequest,
        sock: Any,
        *,
        chunked: bool,
        exact: bytes | None,
    ) -> Answer:
        """The same with the faults of ``request``, as it is to be sent.

        Iterating raises ``BackendError`` before the first part.
        """
        return self._answering(
            answer_id, request, sock, exact, has_faults=True, chunked=chunked
        )

    def _answering(
        self,
        answer_id: str,
        request: MockRequest,
        sock: Any,
        exact: bytes | None,
        *,
        has_faults: bool = False,
        chunked: bool = True,
    ) -> Answer:
        pause = self.pause()
        producer: Producer
        if exact is not None:
            producer = Single(Exact(lambda number: exact))
        else:
            producer = produce(
                request, self.workshop(request, pause, self._clock), ANSWER
            )
        delivery = Delivery(
            answer_id,
            producer,
            pause=pause,
            frames=Frames(JSON, no_ids),
            envelope=BARE,
            counts=self._counts,
            delay=self._delay(request),
        )
        connection = None
        if sock is not None:
            connection = self.connection(sock, delivery.lose, chunked)

        def close() -> None:
            pause.leave()
            producer.cancel()
            if connection is not None:
                connection.close()

        if not has_faults:
            return Answer(delivery.run(close), close)
        delivery.play(request.faults, request, connection)
        return Answer(delivery.run(close, connection), close)

    def connection(
        self, sock: Any, on_gone: Callable[[bool], None], chunked: bool = True
    ) -> Connection:
        """The connection of a client, with the configured write timeout."""
        seconds = self._settings.write_timeout_seconds
        return Connection(sock, on_gone, write_timeout=seconds, chunked=chunked)

    def workshop(self, request: MockRequest, pause: Pause, clock: Clock) -> Workshop:
        """What makes producers of ``request``, for who waits by ``pause``.

        ``clock`` is what its schedule goes by.
        """
        return Workshop(
            self._backend,
            clock,
            self._clock,
            self._rng,
            self._counts,
            self._pace,
            self._writing_for(request),
            pause.wake,
        )

    def _writing_for(self, request: MockRequest) -> Writing:
        if not request.include_schema or request.shape is None:
            return self._writing
        schema = payloads.schema_text(request.shape.given)
        return replace(self._writing, schema=schema)

    def pause(self, deadline: float = FOREVER, heartbeat: float = FOREVER) -> Pause:
        """A pause that ends at ``deadline``; ``heartbeat`` is in seconds."""
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
