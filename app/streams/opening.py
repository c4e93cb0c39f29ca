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
from .pause import HEARTBEAT, Pause
from .producer import Continuous, Exact, Pace, Producer, SimulatedFailure, Single
from .resuming.kept_frames import KeptFrames
from .resuming.resumption import Resumable, Resumption
from .sleeper import Sleeper
from .stream import OnClose, Stream
from .virtual.clock_book import VirtualClocks
from .virtual.times import RealTime, Time, VirtualTime
from .workshop import Workshop


@dataclass(frozen=True, slots=True)
class Program:
    """What a stream is made of beside its request, and how its events are told.

    ``ids`` takes the contract's ids and gives those of the stream. ``heartbeat_s``
    is the longest silence, in seconds, 0 for any, None for the configured one;
    ``heartbeat`` makes what ends it, None for the framing's sign of life.
    ``is_listed`` tells whether operators see the stream among the mock streams, and
    ``route`` is the name of the route that it comes from. ``has_faults`` tells
    whether its events bring any. ``frames`` makes what numbers and encodes its events.
    """

    produce: Callable[[MockRequest, Workshop], Producer]
    envelope: Envelope
    framing: Framing = SSE
    ids: Callable[[Ids], Ids] = lambda ids: ids
    heartbeat_s: float | None = None
    heartbeat: Callable[[], Event | None] = lambda: None
    is_listed: bool = True
    route: str | None = None
    frames: Callable[[Framing, Ids], Frames] = Frames
    has_faults: bool = False


class Answer(NamedTuple):
    """The parts of one plain answer, and what sends them.

    ``close`` lets go of what makes them.
    """

    frames: Iterator[bytes]
    close: Callable[[], None]
    delivery: Delivery


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
        clocks: VirtualClocks,
    ) -> None:
        """``backend`` generates; ``make_sleeper`` gives each stream its sleep.

        ``clocks`` are those of virtual streams.
        """
        self._settings = settings
        self._backend = backend
        self._clock = clock
        self._time = RealTime(clock, rng, make_sleeper)
        self._clocks = clocks
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
        request: MockRequest,
        *,
        number: int,
        path: str,
        client: str,
        on_close: OnClose,
        is_taken: Callable[[str], bool],
        program: Program | None = None,
    ) -> Stream:
        """A stream of what ``request`` asks for, as ``program`` tells it.

        Without a program it is the contract's. ``is_taken`` tells whether another
        open stream has an id.
        """
        program = program or CONTRACT_PROGRAM
        time = self._time_of(request, program.route, path)
        stream_id = time.new_id()
        while is_taken(stream_id):
            stream_id = time.new_id()
        deadline = FOREVER
        if request.continuous and request.max_duration_s:
            deadline = time.clock.monotonic() + request.max_duration_s
        heartbeat = self._heartbeat
        if program.heartbeat_s is not None:
            heartbeat = program.heartbeat_s or FOREVER
        pause = time.pause(deadline, heartbeat)
        schedule_clock = StreamClock(time.clock)
        shop = self.workshop(request, pause, schedule_clock, time.rng)
        producer = program.produce(request, shop)
        if request.continuous:  # the one batch of others decides on their status
            producer = time.started(producer, pause, schedule_clock)
        pause.beat = program.heartbeat() or HEARTBEAT
        frames = self._frames(program, stream_id, producer)
        delivery = Delivery(
            stream_id,
            producer,
            pause=pause,
            frames=frames,
            envelope=program.envelope,
            counts=self._counts,
            delay=self._delay(request, time.rng),
            opening=program.envelope.opening(request),
            max_batches=request.max_events,
        )
        stream = Stream(
            stream_id,
            request,
            number=number,
            path=path,
            route=program.route,
            client=client,
            producer=producer,
            delivery=delivery,
            clock=self._clock,
            schedule_clock=schedule_clock,
            on_close=on_close,
            is_listed=program.is_listed,
        )
        if isinstance(frames, KeptFrames) and isinstance(producer, Resumable):
            delivery.keep()
            stream.resumption = Resumption(
                producer, delivery, frames, deadline, heartbeat
            )
        return stream

    def _frames(self, program: Program, stream_id: str, producer: Producer) -> Frames:
        """What numbers and encodes the events of a stream, and may keep some."""
        ids = StreamIds(stream_id)
        own_ids = program.ids(ids)
        settings = self._settings
        if settings.resume_seconds and isinstance(producer, Resumable):
            # Clients can name only places that have ids of ours.
            if own_ids is ids and program.framing.has_ids:
                return KeptFrames(program.framing, ids, settings.resume_events)
        return program.frames(program.framing, own_ids)

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
            delay=self._delay(request, self._time.rng),
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
            return Answer(delivery.run(close), close, delivery)
        delivery.play(request.faults, request, connection)
        return Answer(delivery.run(close, connection), close, delivery)

    def connection(
        self, sock: Any, on_gone: Callable[[bool], None], chunked: bool = True
    ) -> Connection:
        """The connection of a client, with the configured write timeout."""
        seconds = self._settings.write_timeout_seconds
        return Connection(sock, on_gone, write_timeout=seconds, chunked=chunked)

    def _time_of(self, request: MockRequest, route: str | None, path: str) -> Time:
        """The time that a stream runs by."""
        if not request.virtual:
            return self._time
        seed = None if request.seed is None else f"{request.seed} {path}"
        if route is None:
            clock = self._clocks.own()
        else:
            clock = self._clocks.of_route(route)
            if seed is not None:
                ordinal = self._clocks.book.join(route)
                seed = f"{request.seed} {route} {ordinal}"
        settings = self._settings
        return VirtualTime(
            clock,
            self._time,
            seed=seed,
            quiet=settings.heartbeat_seconds,
            idle=settings.virtual_idle_seconds,
        )

    def workshop(
        self,
        request: MockRequest,
        pause: Pause,
        clock: Clock,
        rng: random.Random | None = None,
    ) -> Workshop:
        """What makes producers of ``request``, for who waits by ``pause``.

        ``clock`` is what its schedule goes by; ``rng`` are random numbers of its own.
        """
        return Workshop(
            self._backend,
            clock,
            self._clock,
            rng or self._time.rng,
            self._counts,
            self._pace,
            self._writing_for(request, clock),
            pause.wake,
        )

    def _writing_for(self, request: MockRequest, clock: Clock) -> Writing:
        writing = self._writing
        if request.virtual:
            writing = replace(writing, now_ms=clock.now_ms)
        if request.include_schema and request.shape is not None:
            schema = payloads.schema_text(request.shape.given)
            writing = replace(writing, schema=schema)
        return writing

    def pause(self, deadline: float = FOREVER, heartbeat: float = FOREVER) -> Pause:
        """A pause that ends at ``deadline``; ``heartbeat`` is in seconds."""
        return self._time.pause(deadline, heartbeat)

    def _delay(self, request: MockRequest, rng: random.Random) -> float:
        """The wait before the response, in seconds."""
        if request.delay_ms is not None:
            return request.delay_ms / 1000
        settings = self._settings
        least = settings.random_request_delay_min_ms
        most = settings.random_request_delay_max_ms
        return rng.uniform(least, most) / 1000 if most else 0.0
