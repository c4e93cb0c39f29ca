"""Read a streamed chat completion, however its bytes arrive.

Pure: bytes in, ``Delta`` values out. Every provider speaks Server-Sent Events
here, each with habits of its own, and a read may end anywhere: between CR and
LF, or inside a character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from ..events.event import Event
from ..sse.parser import SseParser, StreamTooLarge
from .chat import UpstreamBroken, UpstreamDeclined
from .completion import Delta, read_delta, reported

_DONE = b"[DONE]"
_NOTHING = Event(None)


class Caps(NamedTuple):
    """How much of an upstream's answer is taken, in bytes."""

    line: int = 1 << 20
    event: int = 1 << 20
    answer: int = 1 << 24


class ChatStreamParser:
    """Reads one answer: ``feed`` every read, then ``close`` at its end.

    ``quote`` makes text of the upstream's fit to stand in a log line. Both
    methods raise ``UpstreamBroken``, after what came before the fault.
    """

    __slots__ = (
        "_caps",
        "_error",
        "_parser",
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
        self._caps = caps
        self._error: bytes | None = None
        self._parser = SseParser(
            max_line=caps.line, max_event=caps.event, on_unknown=self._unknown
        )
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
        yield from self._deltas(self._parser.feed(data))

    def close(self) -> Iterator[Delta]:
        """Yield what an end without a blank line held back.

        An answer that has neither ``[DONE]`` nor a reason why it ended was cut,
        unless its text is JSON from end to end: without chunked framing there is
        no other sign of it.
        """
        yield from self._deltas(self._parser.close())
        self._raise_refusal()
        if not (self.done or self.finished or self._is_whole()):
            raise UpstreamBroken(self._why_cut())

    def _why_cut(self) -> str:
        """What to tell of an answer that is not whole."""
        if self._stray:
            stray = self._quote(self._stray.decode(errors="replace"))
            return f"not an event stream: {stray}"
        return "the answer was cut off" if self._size else "an empty answer"

    def _unknown(self, name: bytes, value: bytes) -> None:
        """Note a field that no event stream has; the first one shows what came."""
        if name == b"error":  # an older llama.cpp server reports one like this
            self._error = value
        elif not self._stray:
            self._stray = b"%b:%b" % (name, value) if value else name

    def _deltas(self, events: Iterator[Event]) -> Iterator[Delta]:
        """What the events say. Raises what the upstream reports as an error."""
        try:
            for event in events:
                self._check(event)
                data = event.data
                if data is None or self.done:
                    continue
                if data.strip() == _DONE:
                    self.done = True
                else:
                    yield self._read(data)
        except StreamTooLarge as error:
            raise UpstreamBroken(str(error)) from error
        self._check(_NOTHING)

    def _check(self, event: Event) -> None:
        """Raise ``UpstreamBroken`` where an error is reported."""
        error = self._error
        if event.fields is not None and event.fields.name == b"error":
            error = event.data or b"error"
        if error is not None:
            raise UpstreamBroken(reported(error.decode(errors="replace"), self._quote))

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
