"""Delivers a producer's events to one client: the loop of every stream.

Theory of operation
===================

A *producer* yields steps: an event to send, a wait, or the end with its reason.
It never sleeps, knows no client and numbers nothing. The *delivery* runs it for
one client. ``_next`` gives the next event that is due: it waits where the producer
waits, puts heartbeats into long silences, leaves off in the middle of a batch when
the stream is over, and gives END last. ``run`` is the only place that sends: it
numbers and frames each event (``Frames``), hands it on and counts it.

A stream is over when its ``Pause`` says so. The deadline, an operator, the
drain and the client's leaving all end a pause; it keeps the first reason, wakes
the sleeping greenlet, and the loop comes round. With a reason the client is sent
END; without one nobody is there to read it.

A failure before the first frame is raised, so that it can still become a status;
after it, it is an error event. How a stream ended is told, by ``outcome``; nobody
has to guess it from an exception that is on its way.

Streams share one thread. A delivery that never waits, because its events are
ready or its schedule is late, lets the others run after a few frames or
milliseconds; ``sleeper`` says who is next. It sleeps in plain calls below a single
generator: what a greenlet has on the C stack is copied whenever it sleeps and
wakes, and kept meanwhile, and a generator within a generator doubles it.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import ApiError, BackendError
from ..events.envelope import Envelope
from ..events.event import EndReason, Event, Step, Wait
from ..faults.fault import Fault
from ..request.verbs import How
from ..sse.frames import Frames
from ..words import MockRequest
from .counts import INTERNAL, Counts, Outcome
from .faulty.distortion import Distortion
from .faulty.playing import distortion_of
from .faulty.record import Played
from .pause import HEARTBEAT, Pause
from .producer import Producer
from .resuming.told import Told
from .steering.cutting import CutOff

if TYPE_CHECKING:
    from .connection import Connection
    from .steering.orders import Steering

logger = logging.getLogger(__name__)

#: Maximum of frames, and of seconds, before other streams get their turn.
MAX_FRAMES_AT_A_TIME = 16
MAX_TURN = 0.005


class Delivery:
    """One client's view of a producer.

    ``batches`` counts those sent whole, ``events`` and ``bytes`` what went out;
    heartbeats are bytes but no events. ``outcome`` is None until it is known.
    ``steering`` is None until a verb arrives, and ``farewell`` takes the place of
    the message of END.
    """

    __slots__ = (
        "_began",
        "_counts",
        "_envelope",
        "_frames",
        "_max_batches",
        "_promised_s",
        "_queue",
        "_steered",
        "_steps",
        "_stream_id",
        "_turn",
        "_wait",
        "batches",
        "bytes",
        "events",
        "farewell",
        "made",
        "outcome",
        "pause",
        "steering",
    )

    def __init__(
        self,
        stream_id: str,
        producer: Producer,
        *,
        pause: Pause,
        frames: Frames,
        envelope: Envelope,
        counts: Counts,
        delay: float = 0.0,
        opening: Iterable[Event] = (),
        max_batches: int | None = None,
    ) -> None:
        """Send ``opening``, then what ``producer`` yields.

        ``delay`` is the wait before the response, in seconds. After
        ``max_batches`` whole batches the stream ends.
        """
        self._stream_id = stream_id
        #: Events that go out before anything else.
        self._queue = [*opening]
        self._steps: Iterator[Step] | None = producer.steps()
        #: What the producer makes, where it is kept for a client that comes back.
        self.made: Iterator[Step] | None = None
        self._frames: Frames | Distortion = frames
        self._envelope = envelope
        self._counts = counts
        self._max_batches = max_batches
        self._wait = Wait(pause.now + delay) if delay else None
        # Events since others had their turn, and when this one's began.
        self._turn = 0
        self._began = pause.now
        self._promised_s = pause.heartbeat
        self.pause = pause
        self.batches = 0
        self.events = 0
        self.bytes = 0
        self.outcome: Outcome | None = None
        self.steering: Steering | None = None
        self._steered = False
        self.farewell: str | None = None

    def run(
        self, close: Callable[[], None], connection: Connection | None = None
    ) -> Iterator[bytes]:
        """Send the stream, a frame at a time, as events become due.

        Frames go to ``connection``, after an empty piece for which the server sends
        the head of the response; without it they are yielded. A frame counts as sent
        when that has returned. Calls ``close`` at the end. Raises ``ApiError`` where
        the producer fails before the first frame, and ``OSError`` where the client
        has gone or is cut off.
        """
        pause = self.pause
        has_begun = False
        try:
            event = self._next()
            if connection is not None:
                yield b""
            has_begun = True
            while event is not None:
                is_event = event is not HEARTBEAT
                if event.whole and self.batches + 1 == self._max_batches:
                    event = self._last(event)
                frames = self._frames  # which may be distorted from now on
                frame = frames.frame(event) if is_event else frames.keep_alive
                if connection is None:
                    yield frame
                elif frame:  # an empty chunk would end the body
                    connection.send(frame)
                self.bytes += len(frame)
                pause.last_sent = pause.now
                if is_event:
                    if frame and (event.data is not None or event.is_dispatched):
                        self.events += 1
                    self._turn += 1
                    if event.whole:
                        self.batches += 1
                        if self.batches == self._max_batches:
                            pause.end(EndReason.MAX_EVENTS)
                del frame, event  # or they would stay in memory while it sleeps
                event = self._next()
            tail = self._frames.end()
            if tail and not pause.has_lost:
                if connection is None:
                    yield tail
                else:
                    connection.send(tail)
                self.bytes += len(tail)
        except CutOff as cut:
            self.outcome = Outcome.CUT
            if connection is not None and cut.how is not How.CLEAN:
                (connection.reset if cut.how is How.RST else connection.finish)()
                if has_begun:
                    raise BrokenPipeError(
                        errno.EPIPE, "the client is cut off"
                    ) from None
        except OSError as error:
            self.lose(stalled=isinstance(error, TimeoutError))
            raise
        finally:
            close()

    @property
    def keep_alive(self) -> bytes:
        """What the framing has to show life."""
        return self._frames.keep_alive

    @property
    def last_id(self) -> bytes | None:
        """The id of the last event that was sent whole and had one."""
        return self._frames.last_id(self.events)

    def told(self, now: float) -> Told:
        """What the client knows at ``now``, in monotonic seconds."""
        frames, pause = self._frames, self.pause
        stall_s = self.steering.longest_stall_s if self.steering else 0.0
        if isinstance(frames, Distortion):
            stall_s = max(stall_s, frames.longest_stall_s)
        return Told(
            first_id=frames.first_id,
            last_id=self.last_id,
            half_id=frames.half_id(self.events),
            retry_ms=frames.retry_ms,
            silence_s=max(0.0, now - pause.last_sent),
            stall_s=stall_s,
            heartbeat_s=self._promised_s,
        )

    def passed(self, events: int, batches: int, size: int, at: float) -> None:
        """Count events that others sent, the last at ``at``, in ``size`` bytes."""
        self.events += events
        self.batches += batches
        self.bytes += size
        self.pause.last_sent = at

    def play(
        self,
        faults: Iterable[Fault],
        request: MockRequest,
        connection: Connection | None,
    ) -> None:
        """Play ``faults`` from the next event on, beside those that are in play.

        ``connection`` is what the stream writes to, if it does.
        """
        frames = self._frames
        if isinstance(frames, Distortion):
            frames.add(faults)
            return
        frames.part(self.events)
        self._frames = distortion = distortion_of(
            frames,
            self._queue.extend,
            faults=faults,
            request=request,
            stream_id=self._stream_id,
            envelope=self._envelope,
            pause=self.pause,
        )
        if connection is not None:
            connection.bar_bypass()
            distortion.connect(connection)

    def keep(self) -> None:
        """Keep what the producer makes, until the stream is ended with a reason."""
        self.made = self._steps

    def revive(
        self, steps: Iterator[Step], frames: Frames, missed: Iterable[Event], sent: int
    ) -> None:
        """Go on for a client that comes back: with ``missed``, and then ``steps``.

        ``sent`` is how many events it had before that. Nothing of the response that
        broke holds for the next one, such as faults and verbs.
        """
        self._queue = [*missed]
        self._steps = steps
        self._frames = frames
        self._wait = None
        self._turn = 0
        self.batches -= sum(event.whole for event in self._queue)
        self.events = sent
        self.bytes = 0
        self.outcome = None
        self.steering = None
        self._steered = False
        self.farewell = None
        self.pause.revive()

    @property
    def played(self) -> Sequence[Played]:
        """The faults that acted so far, oldest first."""
        frames = self._frames
        return frames.record.played if isinstance(frames, Distortion) else ()

    def lose(self, stalled: bool) -> None:
        """Note that the client has gone, or ``stalled`` and was given up."""
        if stalled:
            self.outcome = Outcome.STALLED
        self.pause.leave()

    def _next(self) -> Event | None:
        """Wait for the next event; None after the last one."""
        pause, wait = self.pause, self._wait
        # One event after a wait is the rule, and costs no look at the clock.
        if self._turn > 1:
            self._share()
        while self._steps is not None:
            if wait is not None:
                beat = pause.until(wait.until, wait.ready)
                if beat is not None:
                    self._wait = wait
                    return beat
                self._wait = None
                self._turn = 0
            if pause.halted:
                if pause.over:
                    self._end()
                    break
                self._steer(wait)
                wait = None
            if self._queue:
                return self._queue.pop(0)
            try:
                step = next(self._steps, None)
            except ApiError as error:
                return self._failed(error)
            except CutOff:
                raise
            except Exception as error:
                return self._broken(error)
            if isinstance(step, Event):
                return step
            wait = None
            if isinstance(step, Wait):
                wait = step
            elif step is not None:
                pause.end(step.reason)
            else:
                self._steps = None
                self.outcome = self.outcome or Outcome.COMPLETE
        return self._queue.pop(0) if self._queue else None

    def _steer(self, wait: Wait | None) -> None:
        """Go on by the steps that the verbs leave, which know of ``wait``."""
        self.pause.halted = False
        if self.steering is not None and not self._steered and self._steps is not None:
            self._steered = True
            opening = [*self._queue]
            self._queue.clear()
            self._steps = self.steering.steps(self._steps, wait, opening)

    def _share(self) -> None:
        """Let other streams run, where this one has had its turn."""
        pause = self.pause
        if self._turn == 2:
            self._began = pause.now  # the latest look was at the turn's beginning
        is_long = pause.look() - self._began > MAX_TURN
        if is_long or self._turn >= MAX_FRAMES_AT_A_TIME:
            pause.until(pause.now)
            self._turn = 0

    def _end(self) -> None:
        """Queue the events of the end, where somebody is there to hear them."""
        self._steps = None  # whatever the producer is in the midst of
        reason = self.pause.reason
        self._queue.clear()
        if reason is not None:
            self.made = None
            self._queue += self._envelope.end(reason, self.batches, self.farewell)

    def _last(self, event: Event) -> Event:
        """The event of the last batch, which is the last one if nothing follows."""
        follows = self._envelope.end(EndReason.MAX_EVENTS, self.batches + 1, None)
        return event if follows else event._replace(last=True)

    def _failed(self, error: ApiError) -> Event | None:
        """The event of a failure that ends the stream, if it has begun."""
        if isinstance(error, BackendError):
            self._counts.failed(error)
        self.outcome = Outcome.FAILED
        if not self.events:
            raise error
        return self._error(error.detail)

    def _broken(self, error: Exception) -> Event | None:
        """The event of a fault of ours."""
        self.outcome = Outcome.FAILED
        told = self._error("Internal server error")
        if told is None:  # whoever asked has to be told another way
            raise error
        logger.error("stream %s failed", self._stream_id, exc_info=error)
        self._counts.errors[INTERNAL] += 1
        return told

    def _error(self, message: str) -> Event | None:
        self._steps = None
        self._queue.clear()
        told = self._envelope.error(message, self.batches)
        return None if told is None else told._replace(last=True)
