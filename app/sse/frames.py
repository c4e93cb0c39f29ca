"""Events as bytes: numbering, and a table of framings.

The format of Server-Sent Events is the HTML standard's, section 9.2; ids and
``retry`` are the contract's, section 4. Only this module and ``parser`` know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from ..events.event import Event, Fields

#: How long a client waits before it reconnects, in milliseconds.
RETRY_MS = 2000

#: What the id of a stream's last event ends in.
END_SUFFIX = "-end"

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Framing(NamedTuple):
    """How a stream's events become bytes.

    ``encode`` takes an event, its number from 0 and its id. ``keep_alive`` shows
    life on an idle connection, and no client takes it for an event; it is empty
    where the format has nothing of the kind.
    """

    content_type: str
    encode: Callable[[Event, int, "bytes | None"], bytes]
    keep_alive: bytes


#: Makes the id of an event from its number and whether it is the last one.
Ids: TypeAlias = "Callable[[int, bool], bytes | None]"


def stream_ids(stream_id: str) -> Ids:
    """The contract's ids; ``stream_id`` is ours: ASCII, without line ends."""
    prefix = stream_id.encode("ascii")

    def make(number: int, last: bool) -> bytes:
        if last:
            return b"%b-%d-end" % (prefix, number)
        return b"%b-%d" % (prefix, number)

    return make


def no_ids(number: int, last: bool) -> None:
    """No event has an id."""


class Frames:
    """Numbers and encodes the events of one stream."""

    __slots__ = ("_encode", "_ids", "_sent", "keep_alive")

    def __init__(self, framing: Framing, ids: Ids) -> None:
        """Start at 0."""
        self._encode = framing.encode
        self._ids = ids
        self._sent = 0
        self.keep_alive = framing.keep_alive

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event."""
        number = self._sent
        self._sent = number + 1
        return self._encode(event, number, self._ids(number, event.last))


def encode_sse(event: Event, number: int, event_id: bytes | None) -> bytes:
    """A block of Server-Sent Events; the first one says when to reconnect.

    An event without data is lines alone: no blank line dispatches them.
    """
    data, _, _, fields = event
    if fields is None and number and event_id is not None and data is not None:
        return b"id: %b\ndata: %b\n\n" % (event_id, data)
    name, own_id, retry, comment = fields or _NO_FIELDS
    if own_id is not None:
        event_id = own_id
    if retry is None and not number:
        retry = RETRY_MS
    lines = []
    if comment is not None:
        lines += [b": " + line for line in _LINE_END.split(comment)]
    if name:
        lines.append(b"event: " + name)
    if event_id is not None:
        lines.append(b"id: " + event_id)
    if retry is not None:
        lines.append(b"retry: %d" % retry)
    if data is not None:
        lines += [b"data: " + line for line in _LINE_END.split(data)]
        lines.append(b"")
    return b"\n".join(lines) + b"\n"


_NO_FIELDS = Fields()


def encode_json(event: Event, number: int, event_id: bytes | None) -> bytes:
    """The payload alone."""
    return event.data or b""


#: Server-Sent Events. The heartbeat is a comment line without a block of its own:
#: several readers take an empty block for an event with empty data.
SSE = Framing("text/event-stream; charset=utf-8", encode_sse, b": keep-alive\n")

#: One JSON text, for an answer that is no stream.
JSON = Framing("application/json", encode_json, b"")

#: The framings by name.
FRAMINGS: Mapping[str, Framing] = {"sse": SSE, "json": JSON}
