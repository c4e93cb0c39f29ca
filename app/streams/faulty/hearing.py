"""What a client knows that reads the stream as the standard says."""

from __future__ import annotations

from ...faults.catalogue import MAX_SIZE
from ...sse.parser import SseParser

#: Maximum of a line and of an event that is read, in bytes.
_MAX_READ = 2 * MAX_SIZE


class Hearing:
    """Reads what is sent to a client.

    ``first_id`` and ``last_id`` are those of whole events, ``retry_ms`` the wait before
    a reconnect that was told last, in milliseconds. All are None before any.
    """

    __slots__ = ("_parser", "first_id", "last_id", "retry_ms")

    def __init__(
        self, first_id: bytes | None = None, retry_ms: int | None = None
    ) -> None:
        """Take what the client was told before."""
        self._parser = SseParser(max_line=_MAX_READ, max_event=_MAX_READ)
        self.first_id = first_id
        self.last_id: bytes | None = None
        self.retry_ms = retry_ms

    def hear(self, data: bytes) -> None:
        """Note that ``data`` was sent."""
        for event in self._parser.feed(data):
            fields = event.fields
            if fields is None or fields.comment is not None:
                continue
            if fields.retry is not None:
                self.retry_ms = fields.retry
            if fields.id is not None:
                self.last_id = fields.id
                if self.first_id is None:
                    self.first_id = fields.id

    @property
    def half_id(self) -> bytes | None:
        """The id of an event that was begun and not ended, if it has one."""
        latest = self._parser.last_id or None
        return None if latest == self.last_id else latest
