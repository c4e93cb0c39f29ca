"""Read a streamed chat completion, however its bytes arrive.

Pure: bytes in, ``Delta`` values out. Every provider speaks Server-Sent Events
here, each with habits of its own, and a read may end anywhere: between CR and
LF, or inside a character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from .chat import UpstreamBroken, UpstreamDeclined
from .completion import Delta, read_delta, reported

_BOM = b"\xef\xbb\xbf"
_DONE = b"[DONE]"


class Caps(NamedTuple):
    """How much of an upstream's answer is taken, in bytes."""

    line: int = 1 << 20
    event: int = 1 << 20
    answer: int = 1 << 24


class _Lines:
    """Whole lines out of reads; LF, CR and CRLF end a line."""

    __slots__ = ("_after_cr", "_cap", "_partial")

    def __init__(self, cap: int) -> None:
        """Take lines of at most ``cap`` bytes."""
        self._after_cr = False
        self._cap = cap
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
            if len(self._partial) + len(line) > self._cap:
                raise UpstreamBroken(f"a line of more than {self._cap} bytes")
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


class ChatStreamParser:
    """Reads one answer: ``feed`` every read, then ``close`` at its end.

    ``quote`` makes text of the upstream's fit to stand in a log line. Both
    methods raise ``UpstreamBroken``, after what came before the fault.
    """

    __slots__ = (
        "_begun",
        "_caps",
        "_data",
        "_data_size",
        "_error",
        "_lines",
        "_quote",
        "_refusal",
        "_size",
        "_stray",
        "_texts",
        "done",
        "finished",
    )

    def __init__(self, quote: Callable[[str], str], caps: Caps = Caps()) -> None:
        """Start before the first byte."""
        self._begun = False
        self._caps = caps
        self._data: list[bytes] = []
        self._data_size = 0
        self._error: bytes | None = None
        self._lines = _Lines(caps.line)
        self._quote = quote
        self._refusal = ""
        self._size = 0
        self._stray = b""
        self._texts: list[str] = []
        #: True once the upstream said ``[DONE]``: nothing more is to come.
        self.done = False
        #: True once the upstream gave the reason why the model stopped.
        self.finished = False

    def feed(self, data: bytes) -> Iterator[Delta]:
        """Yield what ``data`` completes; exhaust it before the next call."""
        self._size += len(data)
        if self._size > self._caps.answer:
            raise UpstreamBroken(f"an answer of more than {self._caps.answer} bytes")
        for line in self._lines.feed(data):
            if not self._begun:
                self._begun = True
                line = line.removeprefix(_BOM)
            if line:
                self._take(line)
            else:
                yield from self._dispatch()

    def close(self) -> Iterator[Delta]:
        """Yield what an end without a blank line held back.

        An answer that has neither ``[DONE]`` nor a reason why it ended was cut,
        unless its text is JSON from end to end: without chunked framing there is
        no other sign of it.
        """
        if line := self._lines.flush():
            self._take(line)
        yield from self._dispatch()
        self._raise_refusal()
        if not (self.done or self.finished or self._is_whole()):
            raise UpstreamBroken(self._why_cut())

    def _why_cut(self) -> str:
        """What to tell of an answer that is not whole."""
        if self._stray:
            stray = self._quote(self._stray.decode(errors="replace"))
            return f"not an event stream: {stray}"
        return "the answer was cut off" if self._size else "an empty answer"

    def _take(self, line: bytes) -> None:
        """Keep one field; unknown ones and comments do not matter."""
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data_size += len(value)
            if self._data_size > self._caps.event:
                raise UpstreamBroken(f"an event of more than {self._caps.event} bytes")
            self._data.append(value)
        elif name == b"error" or (name == b"event" and value == b"error"):
            # Older llama.cpp servers name the field itself "error".
            self._error = value
        elif name not in (b"", b"event", b"id", b"retry") and not self._stray:
            self._stray = line

    def _dispatch(self) -> Iterator[Delta]:
        """Yield what the event says that a blank line has ended."""
        if self._error is not None:
            detail = b"\n".join(self._data) or self._error
            raise UpstreamBroken(reported(detail.decode(errors="replace"), self._quote))
        if not self._data:
            return
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data.clear()
        self._data_size = 0
        if self.done:
            return
        if data.strip() == _DONE:
            self.done = True
            return
        yield self._read(data)

    def _read(self, data: bytes) -> Delta:
        """Read the JSON of one event, and keep what tells how the answer ends."""
        delta = read_delta(data, self._quote)
        self._texts.append(delta.text)
        self._refusal += delta.refusal
        if delta.finish:
            self.finished = True
            self._raise_refusal()
        return delta

    def _raise_refusal(self) -> None:
        if self._refusal:
            raise UpstreamDeclined(f"refused: {self._quote(self._refusal)}")

    def _is_whole(self) -> bool:
        """Whether the text so far is an object or array, from end to end."""
        text = "".join(self._texts).strip()
        if text[:1] not in ("{", "["):
            return False
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return False
        return True
