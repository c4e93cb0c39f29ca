"""The virtual clocks of this worker."""

from __future__ import annotations

from ..errors import Conflict
from ..events.event import FOREVER
from ..request.selection import Selection
from ..streams.registry import Streams
from ..streams.stream import Stream
from ..streams.virtual.clock_book import VirtualClocks
from ..streams.virtual.virtual_clock import VirtualClock
from .virtual_time import ClockName, Stand


class OwnClocks:
    """Moves one worker's virtual clocks."""

    def __init__(self, streams: Streams, clocks: VirtualClocks) -> None:
        """``clocks`` are those of routes."""
        self._streams = streams
        self._clocks = clocks

    def names(self, selection: Selection) -> list[ClockName]:
        """See ``Clocks.names``."""
        return [
            ClockName("", stream.id)
            for stream in self._streams
            if stream.virtual is not None
            and stream.route is None
            and selection.matches(stream.path, stream.route, stream.feed)
        ]

    def stand(self, name: ClockName, seconds: float) -> Stand:
        """See ``Clocks.stand``."""
        clock = self._clock(name)
        clock.call()
        due = clock.next_due(seconds)
        streams = self._of(clock)
        return Stand(
            clock.monotonic(),
            FOREVER if due is None else due,
            len(streams),
            settled=due is not None,
        )

    def advance(self, name: ClockName, moment: float, seconds: float) -> Stand:
        """See ``Clocks.advance``."""
        clock = self._clock(name)
        streams = self._of(clock)
        before = sum(stream.events_sent for stream in streams)
        is_settled = clock.advance(moment, seconds)
        if name.route:
            self._clocks.book.write(name.route, clock.monotonic())
        due = clock.next_due(0.0)
        return Stand(
            clock.monotonic(),
            FOREVER if due is None else due,
            len(streams),
            sum(stream.events_sent for stream in streams) - before,
            is_settled,
        )

    def set(self, name: ClockName, moment: float) -> None:
        """See ``Clocks.set``."""
        clock = self._clock(name)
        clock.set(moment)
        if name.route:
            self._clocks.book.write(name.route, moment)

    def _of(self, clock: VirtualClock) -> list[Stream]:
        return [stream for stream in self._streams if stream.virtual is clock]

    def _clock(self, name: ClockName) -> VirtualClock:
        if name.route:
            return self._clocks.of_route(name.route)
        clock = self._streams.get(name.stream_id).virtual
        if clock is None:
            raise Conflict("The stream runs on the real clock.")
        return clock
