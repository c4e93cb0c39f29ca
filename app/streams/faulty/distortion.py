"""Distorts the frames of one stream, as its faults say.

Theory of operation
===================

A ``Distortion`` takes the place of a stream's ``Frames``, and of what sends them. The
delivery asks it for the bytes of each event, as it asks ``Frames``, and hands them
back to ``send``. In between, faults act in this order: what stops the response before
the event, what comes before the event, what spoils its payload and its id, what
changes its bytes, and at last how they are written.

So a stream without faults has none of this, and a fault sees every event: those of
the producer, of the envelope and of operators. An event that is dropped or held back
is numbered all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from ...events.event import FOREVER, Event
from ...faults.fault import Fault
from ...faults.player import Player, Progress
from ...faults.spoiling import Fits, broken, misshapen, truncated
from ...sse.frames import Frames
from ...sse.variants import Variant
from ..connection import Connection, Tail
from ..pause import Pause
from .hearing import Hearing
from .record import Record
from .writer import FaultyWriter

#: Takes events that go out after the current one.
Insert: TypeAlias = "Callable[[Iterable[Event]], None]"

#: What the sum of two times may be wrong by, in seconds.
_TICK = 1e-6

_WIDE_COMMENT = ": ü".encode()


class Distortion:
    """The frames of one stream with faults.

    ``record`` holds the faults that acted so far, and ``longest_stall_s`` is the
    longest silence among them, in seconds.
    """

    __slots__ = (
        "_began",
        "_cut_after",
        "_error",
        "_first_id",
        "_fits",
        "_flooded",
        "_frames",
        "_hearing",
        "_held",
        "_insert",
        "_known",
        "_pause",
        "_player",
        "_speed",
        "_splits",
        "_variant",
        "_window",
        "_writer",
        "longest_stall_s",
        "record",
    )

    def __init__(
        self,
        frames: Frames,
        player: Player,
        *,
        pause: Pause,
        writer: FaultyWriter,
        error: Event,
        fits: Fits | None,
        insert: Insert,
    ) -> None:
        """Distort what ``frames`` makes as ``player`` says.

        ``error`` is an event that tells of an error, and ``fits`` tells whether a
        value fits the stream's shape. ``insert`` takes events that go out after the
        current one.
        """
        self._frames = frames
        self._player = player
        self._pause = pause
        self._writer = writer
        self._error = error
        self._fits = fits
        self._insert = insert
        self._variant = Variant()
        self._hearing = Hearing(frames.first_id, frames.retry_ms)
        # Events that others framed, the last of which may still be on its way.
        self._known = frames.begun
        self._began = pause.now
        self._first_id: bytes | None = None
        # Frames that wait until so many have come, to be sent in another order.
        self._held: list[bytes] = []
        self._window = 0
        # Events of a flood that are still to come.
        self._flooded = 0
        self._splits: Mapping[str, Fault] = {}
        self._speed: int | None = None
        self._cut_after: str | None = None
        self.record = Record()
        self.longest_stall_s = 0.0
        self._arm()

    def add(self, faults: Iterable[Fault]) -> None:
        """Play more faults, from the next event on."""
        self._player.add(faults)
        self._arm()

    def _arm(self) -> None:
        """Let the stream end at the age at which it is cut."""
        age = self._player.first_cut()
        if age is not None:
            pause = self._pause
            pause.deadline = min(pause.deadline, self._began + age)

    def connect(self, connection: Connection) -> None:
        """Write to ``connection``, in place of what is sent to it."""
        self._writer.connect(connection, self.send)

    # -- in the place of frames -------------------------------------------------

    @property
    def begun(self) -> int:
        """How many events were framed."""
        return self._frames.begun

    @property
    def first_id(self) -> bytes | None:
        """The first id that the client knows."""
        return self._hearing.first_id

    @property
    def retry_ms(self) -> int | None:
        """The wait before a reconnect that the client was told last."""
        return self._hearing.retry_ms

    def last_id(self, events: int) -> bytes | None:
        """The last id that a client knows which received ``events`` events."""
        heard = self._hearing.last_id
        if heard is not None:
            return heard
        return self._frames.last_id(min(events, self._known))

    def half_id(self, events: int) -> bytes | None:
        """The id of an event that was begun and not ended, if it has one."""
        if events < self._known:
            return self._frames.half_id(events)
        return self._hearing.half_id

    @property
    def keep_alive(self) -> bytes:
        """What shows life at this moment, if anything may."""
        return self._between(self._frames.keep_alive, is_beat=True)

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event, which may be none.

        Raises ``CutOff`` where a fault ends the response.
        """
        fields = event.fields
        if fields is not None:
            if isinstance(fields.raw, Tail):  # the event was begun without faults
                return fields.raw
            if fields.faults:
                self.add(fields.faults)
        if not event.is_dispatched:
            if self._is_stopped(self._player.on_step(self._progress())):
                return b""
            return self._between(self._frames.frame(event))
        faults = self._player.on_event(self._progress(), is_last=event.last)
        if self._is_stopped(faults):
            return b""
        return self._distorted(event, {fault.name: fault for fault in faults})

    def end(self) -> bytes:
        """What closes the body, after frames that were held back.

        Raises ``CutOff`` where a fault ends the response.
        """
        if not self._pause.has_lost:
            self._is_stopped(self._player.on_step(self._progress()))
        return self._released() + self._frames.end()

    def send(self, data: bytes) -> None:
        """Write ``data``, up to a byte at which the connection is cut.

        Raises ``CutOff`` where a fault ends the response.
        """
        if isinstance(data, Tail):
            self._writer.finish(data)
            return
        cut = self._player.cut_before(self._writer.bytes, len(data))
        if cut is not None:
            data = data[: cut[0]]
        if data:
            self._hearing.hear(data)
            self._writer.write(data, self._splits, self._speed)
        if cut is not None:
            self.record.note(self._frames.begun, cut[1])
            self._writer.cut(str(cut[1].argument))
        elif self._cut_after is not None:
            self._writer.cut(self._cut_after)

    # -- what stops the response --------------------------------------------------

    def _progress(self) -> Progress:
        age = self._pause.look() - self._began
        return Progress(self._frames.begun, self._writer.bytes, age + _TICK)

    def _is_stopped(self, faults: Iterable[Fault]) -> bool:
        """Play what comes before an event; whether the stream has ended meanwhile."""
        was_over = self._pause.over
        for fault in faults:
            if fault.name == "stall":
                self.record.note(self._frames.begun, fault)
                self._stall(fault)
            elif fault.name == "cut":
                self.record.note(self._frames.begun, fault)
                self._writer.cut(str(fault.argument))
            elif fault.name == "bad-chunk":
                self.record.note(self._frames.begun, fault)
                self._writer.corrupt()
            elif fault.name == "silent":
                self._pause.heartbeat = FOREVER
        return self._pause.over and not was_over

    def _stall(self, fault: Fault) -> None:
        seconds = float(fault.argument or 0)
        if fault.when.seconds is not None:
            # The silence began at that age, and not at this event.
            seconds += fault.when.seconds - self._progress().seconds
        if seconds > 0:
            self._writer.rest(seconds)
            self.longest_stall_s = max(self.longest_stall_s, seconds)

    def _between(self, data: bytes, *, is_beat: bool = False) -> bytes:
        """``data`` that stands between events: a heartbeat or lines of an opening."""
        acting = self._player.between(self._progress())
        if self._is_stopped(acting):
            return b""
        faults = {fault.name: fault for fault in acting}
        if "silent" in faults and is_beat:
            return b""
        return self._dressed(data, faults)

    # -- an event -----------------------------------------------------------------

    def _distorted(self, event: Event, faults: Mapping[str, Fault]) -> bytes:
        number = self._frames.begun
        for fault in faults.values():
            if fault.name not in ("stall", "wrong-shape"):
                self.record.note(number, fault)
        frames = self._before(faults)
        frame = self._encoded(self._spoilt(event, faults), faults)
        if "drop" not in faults:
            frames.append(frame)
        if "duplicate" in faults:
            frames.append(frame)
        is_raw = event.fields is not None and event.fields.raw is not None
        frames = [self._dressed(frame, {} if is_raw else faults) for frame in frames]
        if frames:
            frames[-1] = self._shortened(frames[-1], faults)
        if "flood" in faults and not self._flooded:
            self._flood(event, int(faults["flood"].argument or 0))
        elif self._flooded:
            self._flooded -= 1
        return self._in_order(frames, faults, event.last)

    def _before(self, faults: Mapping[str, Fault]) -> list[bytes]:
        """The events that faults put before the event."""
        frames: list[bytes] = []
        if "error-event" in faults:
            frames.append(self._encoded(self._error, {}))
        if "huge" in faults:
            size = int(faults["huge"].argument or 0)
            huge = Event(b'"' + b"x" * (size - 2) + b'"')
            frames.append(self._encoded(huge, {}))
        return frames

    def _spoilt(self, event: Event, faults: Mapping[str, Fault]) -> Event:
        data = event.data
        if data is None:
            return event
        if "wrong-shape" in faults:
            data, change = misshapen(data, self._fits)
            self.record.note(self._frames.begun, faults["wrong-shape"], change)
        if "invalid-json" in faults:
            data = broken(data)
        if "truncate-json" in faults:
            data = truncated(data)
        return event._replace(data=data)

    def _encoded(self, event: Event, faults: Mapping[str, Fault]) -> bytes:
        """The frame of ``event``, with the id that its faults leave it."""

        def chosen(event_id: bytes | None) -> bytes | None:
            if self._first_id is None:
                self._first_id = event_id
            if "no-id" in faults:
                return None
            return self._first_id if "old-id" in faults else event_id

        return self._frames.relabelled(event, chosen)

    def _dressed(self, frame: bytes, faults: Mapping[str, Fault]) -> bytes:
        """``frame`` in the variants that act; it will be written as they say."""
        self._splits = faults
        speed = faults.get("drip")
        self._speed = None if speed is None else int(speed.argument or 1)
        if not self._frames.is_sse:
            return frame
        retry = faults.get("retry")
        retry_ms = None if retry is None else int(retry.argument or 0)
        return self._variant.rewritten(frame, faults, retry_ms)

    def _shortened(self, frame: bytes, faults: Mapping[str, Fault]) -> bytes:
        """As much of ``frame`` as comes before the connection is cut."""
        for name in ("cut-mid-frame", "cut-mid-character"):
            if name in faults:
                self._cut_after = str(faults[name].argument)
        if "cut-mid-frame" in faults:
            return frame[: max(len(frame) // 2, 1)]
        if "cut-mid-character" in faults:
            wide = next((at for at, byte in enumerate(frame) if byte > 0x7F), None)
            return _WIDE_COMMENT[:-1] if wide is None else frame[: wide + 1]
        if "no-final-blank" in faults:
            if not faults["no-final-blank"].when.is_at_once:
                self._cut_after = "clean"
            return frame[:-2] if frame.endswith(b"\r\n") else frame[:-1]
        return frame

    def _flood(self, event: Event, count: int) -> None:
        """Let ``event`` come again after this one."""
        self._flooded = count
        self._insert([event._replace(last=False, whole=False)] * count)

    def _in_order(
        self, frames: list[bytes], faults: Mapping[str, Fault], is_last: bool
    ) -> bytes:
        """What is sent now: ``frames``, or those of a window that is full."""
        if "reorder" in faults and not self._window:
            self._window = int(faults["reorder"].argument or 0)
        if not self._window:
            return b"".join(frames)
        self._held += frames
        if len(self._held) < self._window and not is_last:
            return b""
        return self._released()

    def _released(self) -> bytes:
        """The frames that were held back, in another order."""
        frames, self._held = self._held, []
        self._window = 0
        given = [*frames]
        self._player.random.shuffle(frames)
        if frames == given:  # by chance
            frames = frames[1:] + frames[:1]
        return b"".join(frames)
