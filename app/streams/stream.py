"""One stream, from its first byte to its last."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..cuts import WHOLE
from ..errors import BackendError
from ..events import payloads
from ..events.modes import BATCHES, SINGLES
from ..events.payloads import EndReason
from ..events.schedule import Schedule
from ..ports import Clock
from ..sse.frames import KEEP_ALIVE, Frames
from ..words import MockRequest, SimulatedError
from .counts import INTERNAL, Counts
from .outcome import Outcome
from .pause import FOREVER, Pause, StreamOver
from .prefetch import Feed

logger = logging.getLogger(__name__)

#: Is told once that a stream has closed, and how it ended.
OnClose = Callable[["Stream", Outcome], None]

#: So many frames may follow each other before other streams get their turn.
_FRAMES_AT_A_TIME = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """Configured limits and delays of every stream; times are in seconds."""

    response_delay_min: float
    response_delay_max: float
    chunk_delay_min: float
    chunk_delay_max: float
    max_consecutive_errors: int


def _outcome_of(reason: EndReason | None) -> Outcome:
    return Outcome.CLIENT_GONE if reason is None else Outcome(reason.code)


def _a_write_stalled() -> bool:
    """Whether this is called while the server handles a write that timed out."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, TimeoutError):
        error = error.__context__
    return error is not None


class Stream:
    """An open stream: what it sends, and what is known about it meanwhile.

    ``started_ms`` is wall-clock milliseconds since 1970, ``batches`` counts
    those sent whole, ``bytes_sent`` what went to the server to send.
    """

    __slots__ = (
        "_clock",
        "_counts",
        "_on_close",
        "_outcome",
        "_pace",
        "_rng",
        "_started",
        "batches",
        "bytes_sent",
        "client",
        "feed",
        "frames_sent",
        "id",
        "pause",
        "request",
        "started_ms",
    )

    def __init__(
        self,
        stream_id: str,
        request: MockRequest,
        *,
        feed: Feed,
        pause: Pause,
        pace: Pace,
        clock: Clock,
        rng: random.Random,
        counts: Counts,
        client: str,
        on_close: OnClose,
    ) -> None:
        """``on_close`` runs once, when nothing more will be sent."""
        self.id = stream_id
        self.request = request
        self.feed = feed
        self.pause = pause
        self.client = client
        self.batches = 0
        self.bytes_sent = 0
        self.frames_sent = 0
        self._started = clock.monotonic()
        self.started_ms = clock.now_ms()
        self._pace = pace
        self._clock = clock
        self._rng = rng
        self._counts = counts
        self._outcome: Outcome | None = None
        self._on_close: OnClose | None = on_close

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock.monotonic() - self._started

    @property
    def last_event_ms(self) -> int:
        """When something was last sent; when it was opened, where nothing was."""
        sent = self.pause.last_sent
        if sent == FOREVER:
            return self.started_ms
        return self._clock.now_ms() - round((self._clock.monotonic() - sent) * 1000)

    def frames(self) -> Iterator[bytes]:
        """The stream's bytes, a frame at a time, as they become due.

        In regular mode the first ``next`` raises ``BackendError`` where nothing
        could be generated; after the first frame a failure is an error event.
        """
        frames = Frames(self.id)
        try:
            self._delay_response()
            yield from self._run(frames)
        except BackendError:
            self._outcome = Outcome.FAILED
            raise
        except Exception:
            logger.exception("stream %s failed", self.id)
            self._counts.errors[INTERNAL] += 1
            self._outcome = Outcome.FAILED
            yield from self._last(
                frames, payloads.error("Internal server error", self.batches)
            )
        finally:
            self.close()

    def value(self) -> bytes:
        """One plain value, for an answer that is no stream.

        Raises ``BackendError``, and ``StreamOver`` where the client has gone.
        """
        self._delay_response()
        if self.request.error is not None:
            return payloads.simulated(self.request.error)
        try:
            (value,) = self.feed.make(WHOLE, 0, self._clock.now_ms())
            return value
        except BackendError as error:
            self._counts.failed(error)
            raise

    def close(self) -> None:
        """Let go of everything. Harmless when called again."""
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            outcome = self._outcome or (
                Outcome.STALLED
                if _a_write_stalled()
                else _outcome_of(self.pause.reason)
            )
            self.pause.leave()
            self.feed.cancel()
            on_close(self, outcome)

    # -- the kinds of stream --------------------------------------------------

    def _run(self, frames: Frames) -> Iterator[bytes]:
        if self.request.error is not None:
            return self._simulated_error(frames, self.request.error)
        return (self._continuous if self.request.continuous else self._regular)(frames)

    def _simulated_error(
        self, frames: Frames, error: SimulatedError
    ) -> Iterator[bytes]:
        yield from self._last(frames, payloads.simulated(error))
        self._outcome = Outcome.COMPLETE

    def _regular(self, frames: Frames) -> Iterator[bytes]:
        request = self.request
        schema = None
        if request.include_schema and request.shape is not None:
            schema = payloads.schema_text(request.shape.given)
        row = SINGLES[request.mode]
        try:
            parts = self.feed.make(row.cut, 0, self._clock.now_ms())
            for frame in row.write(parts, frames, schema):
                yield frame
                if self._sent(frame) and not frames.ended:
                    yield from self._between()
            self.batches = 1
            self._outcome = Outcome.COMPLETE
        except StreamOver:
            yield from self._end(frames)
        except BackendError as error:
            self._counts.failed(error)
            if not frames.sent:
                raise
            self._outcome = Outcome.FAILED
            yield from self._last(frames, payloads.error(error.detail, self.batches))

    def _continuous(self, frames: Frames) -> Iterator[bytes]:
        request, pause, clock, feed = self.request, self.pause, self._clock, self.feed
        interval = request.interval_ms / 1000
        frame = frames.event(
            payloads.info(request.mode, request.interval_ms, request.max_duration_s)
        )
        yield frame
        self._sent(frame)

        row, now_ms = BATCHES[request.mode], clock.now_ms
        note_lateness = self._counts.lateness.add
        schedule = Schedule(interval, clock.monotonic())
        number = failures = 0
        while not pause.over:
            if feed.blocking:
                feed.prepare(number)
                while pause.until(FOREVER, feed.ready):
                    yield self._beat()
                if pause.over:
                    break
            late = schedule.started(clock.monotonic())
            if number:  # the first one starts the schedule
                note_lateness(late)
            try:
                now = now_ms()
                parts = feed.make(row.cut, number, now)
                for frame in row.write(parts, number, now, frames, now_ms):
                    yield frame
                    if self._sent(frame):
                        yield from self._between()
                self.batches += 1
                failures = 0
                if feed.slow:
                    feed.prepare(number + 1)
            except StreamOver:
                # Perhaps between the batch's last event and what comes after it.
                self.batches = frames.batches
                break
            except BackendError as error:
                failures += 1
                self._counts.failed(error)
                frame = frames.event(payloads.error(error.detail, self.batches))
                yield frame
                self._sent(frame)
                if failures == self._pace.max_consecutive_errors:
                    pause.end(EndReason.ERRORS)
                schedule.failed(clock.monotonic(), failures)
            number += 1
            while pause.until(schedule.due):
                yield self._beat()
        yield from self._end(frames)

    # -- what they share ------------------------------------------------------

    def _end(self, frames: Frames) -> Iterator[bytes]:
        """The END event, where there is somebody to hear it."""
        if self.pause.reason is not None:
            end = payloads.end(self.pause.reason, self.batches)
            yield from self._last(frames, end)

    def _last(self, frames: Frames, data: bytes) -> Iterator[bytes]:
        frame = frames.last(data)
        yield frame
        self._sent(frame)

    def _delay_response(self) -> None:
        pace, delay_ms = self._pace, self.request.delay_ms
        delay = 0.0 if delay_ms is None else delay_ms / 1000
        if delay_ms is None and pace.response_delay_max:
            delay = self._rng.uniform(pace.response_delay_min, pace.response_delay_max)
        if delay:
            self.pause.until(self._clock.monotonic() + delay)

    def _sent(self, frame: bytes) -> bool:
        """Note it; True when something is to be done before the next frame.

        Mostly there is nothing to do, and then no generator is made for it.
        """
        self.bytes_sent += len(frame)
        self.frames_sent = number = self.frames_sent + (frame is not KEEP_ALIVE)
        self.pause.sent()
        return bool(
            number % _FRAMES_AT_A_TIME == 0
            or self._pace.chunk_delay_max
            or self.pause.over
        )

    def _beat(self) -> bytes:
        """A heartbeat, which counts as sent once the caller has yielded it."""
        self.bytes_sent += len(KEEP_ALIVE)
        self.pause.sent()
        return KEEP_ALIVE

    def _between(self) -> Iterator[bytes]:
        """Wait for the configured delay, or let other streams run."""
        pause, pace = self.pause, self._pace
        moment = self._clock.monotonic()
        if pace.chunk_delay_max:
            moment += self._rng.uniform(pace.chunk_delay_min, pace.chunk_delay_max)
        while pause.until(moment):
            yield self._beat()
        if pause.over:
            raise StreamOver
