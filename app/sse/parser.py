"""Reads Server-Sent Events, however their bytes arrive. Pure: bytes in, events out.

A read may end anywhere: between CR and LF, or inside a character. The rules are
the HTML standard's, section 9.2.6, with two liberties: what a block without data
says is yielded too, for those who record a stream, and ``close`` dispatches an
event that no blank line has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..events.event import Event, Fields

_BOM = b"\xef\xbb\xbf"

#: Longest line and longest event that are taken where the caller says nothing,
#: in bytes.
MAX_LINE = MAX_EVENT = 1 << 20


class StreamTooLarge(ValueError):
    """A line or an event is longer than what is taken; the text says which."""


class _Lines:
    """Whole lines out of reads; LF, CR and CRLF end a line."""

    __slots__ = ("_after_cr", "_max_line", "_partial")

    def __init__(self, max_line: int) -> None:
        self._after_cr = False
        self._max_line = max_line
        self._partial = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that ``data`` completes, without their ends.

        A CR ends its line at once, so that an event does not wait for the next
        read; an LF that comes first in that read belongs to it.
        """
        if self._after_cr and data.startswith(b"\n"):
            data = data[1:]
            self._after_cr = False
        for piece in data.splitlines(keepends=True):
            line = piece.rstrip(b"\r\n")
            if len(self._partial) + len(line) > self._max_line:
                raise StreamTooLarge(f"a line of more than {self._max_line} bytes")
            if len(line) == len(piece):
                self._partial += line
            elif self._partial:
                self._partial += line
                yield self.flush()
            else:
                yield line
        if data:
            self._after_cr = data.endswith(b"\r")

    def flush(self) -> bytes:
        """Take the line that is not ended yet."""
        line = bytes(self._partial)
        self._partial.clear()
        return line


class SseParser:
    """Reads one event stream: ``feed`` every read, then ``close`` at its end.

    Both yield events whose fields are those of their own block;
    ``last_id`` is the id that a client would come back with. Both raise
    ``StreamTooLarge``, after what came before the fault.
    """

    __slots__ = (
        "_begun",
        "_data",
        "_event_id",
        "_lines",
        "_max_event",
        "_name",
        "_on_unknown",
        "_retry",
        "_size",
        "last_id",
    )

    def __init__(
        self,
        *,
        max_line: int = MAX_LINE,
        max_event: int = MAX_EVENT,
        on_unknown: Callable[[bytes, bytes], None] = lambda name, value: None,
    ) -> None:
        """``on_unknown`` is told the name and value of each field of no known name.

        The limits are in bytes.
        """
        self._begun = False
        self._lines = _Lines(max_line)
        self._max_event = max_event
        self._on_unknown = on_unknown
        self._data: list[bytes] = []
        self._size = 0
        self._name = b""
        self._event_id: bytes | None = None
        self._retry: int | None = None
        self.last_id = b""

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield what ``data`` completes; exhaust it before the next call."""
        for line in self._lines.feed(data):
            yield from self._read(line)

    def close(self) -> Iterator[Event]:
        """Yield what an end without a blank line held back."""
        line = self._lines.flush()
        if line:
            yield from self._read(line)
        yield from self._dispatch()

    def _read(self, line: bytes) -> Iterator[Event]:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(_BOM)
        if not line:
            yield from self._dispatch()
            return
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not name:
            yield Event(None, fields=Fields(comment=value))
        elif name == b"data":
            self._size += len(value)
            if self._size > self._max_event:
                raise StreamTooLarge(f"an event of more than {self._max_event} bytes")
            self._data.append(value)
        elif name == b"event":
            self._name = value
        elif name == b"id":
            if b"\0" not in value:
                self._event_id = self.last_id = value
        elif name == b"retry":
            if value.isdigit():
                self._retry = int(value[:_MAX_RETRY_DIGITS])
        else:
            self._on_unknown(name, value)

    def _dispatch(self) -> Iterator[Event]:
        """Yield what the block says that a blank line has ended."""
        data = b"\n".join(self._data) if self._data else None
        name, event_id, retry = self._name, self._event_id, self._retry
        self._data.clear()
        self._size = 0
        self._name, self._event_id, self._retry = b"", None, None
        if data is not None or name or event_id is not None or retry is not None:
            yield Event(data, fields=Fields(name, event_id, retry))


#: More digits of a ``retry`` than any clock has are not read.
_MAX_RETRY_DIGITS = 18
