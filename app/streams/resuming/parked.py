"""The streams whose connections broke, for a while: they cost memory and no more."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from ..stream import Stream

_ID = re.compile(r"([0-9a-f]{16})-(0|[1-9][0-9]{0,17})")


class Place(NamedTuple):
    """A place in a stream: after the event of that number."""

    stream_id: str
    number: int


def place_of(last_event_id: str | None) -> Place | None:
    """The place that an id names; None where it is none of a private stream's."""
    found = _ID.fullmatch(last_event_id or "")
    return None if found is None else Place(found[1], int(found[2]))


class ParkedStreams:
    """Streams that have closed and may go on; the oldest are forgotten first."""

    def __init__(
        self, *, seconds: float, most: int, monotonic: Callable[[], float]
    ) -> None:
        """Keep at most ``most`` streams, each for ``seconds``."""
        self._seconds = seconds
        self._most = most
        self._monotonic = monotonic
        self._parked: OrderedDict[str, tuple[float, Stream]] = OrderedDict()

    def __len__(self) -> int:
        """How many there are."""
        self._sweep()
        return len(self._parked)

    def park(self, stream: Stream) -> None:
        """Keep a stream that has closed."""
        self._parked[stream.id] = self._monotonic(), stream
        self._parked.move_to_end(stream.id)
        if len(self._parked) > self._most:
            self._parked.popitem(last=False)
        self._sweep()

    def get(self, stream_id: str) -> Stream | None:
        """The stream of that id; None without one."""
        self._sweep()
        _, stream = self._parked.get(stream_id, (0.0, None))
        return stream

    def forget(self, stream_id: str) -> None:
        """Keep the stream of that id no longer."""
        self._parked.pop(stream_id, None)

    def clear(self) -> None:
        """Forget all: the server ends."""
        self._parked.clear()

    def _sweep(self) -> None:
        oldest = self._monotonic() - self._seconds
        while self._parked:
            parked_at, _ = next(iter(self._parked.values()))
            if parked_at >= oldest:
                return
            self._parked.popitem(last=False)
