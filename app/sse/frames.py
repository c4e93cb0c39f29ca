"""One stream's events as Server-Sent Events. The only module that knows ``data:``.

The format is the HTML standard's, section 9.2; ids and ``retry`` are the
contract's section 4.
"""

from __future__ import annotations

#: How long a client waits before it reconnects, in milliseconds.
RETRY_MS = 2000

#: A comment, which clients ignore, so that an idle connection shows life.
KEEP_ALIVE = b": keep-alive\n"

#: What the id of a stream's last event ends in.
END_SUFFIX = "-end"


class Frames:
    """Numbers and encodes the events of one stream.

    ``data`` is always one line of compact JSON in UTF-8. ``batches`` counts those
    of which every event is encoded, for whoever encodes them.
    """

    __slots__ = ("_next", "_stream_id", "batches", "ended")

    def __init__(self, stream_id: str) -> None:
        """Start at 0. ``stream_id`` is ours: ASCII, without line ends."""
        self._stream_id = stream_id.encode("ascii")
        self._next = 0
        self.batches = 0
        self.ended = False

    @property
    def sent(self) -> int:
        """How many events have been encoded."""
        return self._next

    def event(self, data: bytes) -> bytes:
        """An event after which the stream goes on."""
        number = self._next
        self._next = number + 1
        if number:
            return b"id: %b-%d\ndata: %b\n\n" % (self._stream_id, number, data)
        return b"id: %b-0\nretry: %d\ndata: %b\n\n" % (self._stream_id, RETRY_MS, data)

    def last(self, data: bytes) -> bytes:
        """The event that ends the stream."""
        number = self._next
        self._next = number + 1
        self.ended = True
        retry = b"" if number else b"retry: %d\n" % RETRY_MS
        return b"id: %b-%d-end\n%bdata: %b\n\n" % (
            self._stream_id,
            number,
            retry,
            data,
        )
