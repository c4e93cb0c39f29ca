"""Events as bytes: numbering, and a table of framings.

The format of Server-Sent Events is the HTML standard's, section 9.2; ids and
``retry`` are the contract's, section 4. Only this module and ``parser`` know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
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
    where the format has nothing of the kind. ``end`` takes the number of events
    and gives what closes the body. ``plain`` is the format of an event with data
    alone, from a stream's id to its number and data, where there is a short way.
    ``retry_ms`` is the wait before a reconnect that the first event tells, or None;
    ``has_ids`` tells whether events carry their ids.
    """

    content_type: str
    encode: Callable[[Event, int, "bytes | None"], bytes]
    keep_alive: bytes
    end: Callable[[int], bytes] = lambda count: b""
    plain: bytes | None = None
    retry_ms: int | None = None
    has_ids: bool = False


#: Makes the id of an event from its number and whether it is the last one.
Ids: TypeAlias = "Callable[[int, bool], bytes | None]"


class StreamIds:
    """The contract's ids: those of one stream."""

    __slots__ = ("prefix",)

    def __init__(self, stream_id: str) -> None:
        """``stream_id`` is ours: ASCII, without line ends or percent signs."""
        self.prefix = stream_id.encode("ascii")

    def __call__(self, number: int, last: bool) -> bytes:
        """The id of event ``number``."""
        return (b"%b-%d-end" if last else b"%b-%d") % (self.prefix, number)


def no_ids(number: int, last: bool) -> None:
    """No event has an id."""


class Frames:
    """Numbers and encodes the events of one stream.

    ``begun`` is how many events were framed. ``first_id`` is the first id among
    them, and ``retry_ms`` the wait before a reconnect that was told last, in
    milliseconds; None for none.
    """

    __slots__ = (
        "_encode",
        "_end",
        "_first_retry_ms",
        "_ids",
        "_named",
        "_noted",
        "_noted_before",
        "_plain",
        "begun",
        "first_id",
        "is_sse",
        "keep_alive",
        "retry_ms",
    )

    def __init__(self, framing: Framing, ids: Ids) -> None:
        """Start at 0."""
        self._encode = framing.encode
        self._end = framing.end
        self._first_retry_ms = framing.retry_ms
        self._ids = ids if framing.has_ids else no_ids
        self.begun = 0
        # Number and id of the two latest events that did not go the short way.
        nothing: tuple[int, bytes | None] = (-1, None)
        self._noted = self._noted_before = nothing
        self.first_id: bytes | None = None
        self.retry_ms: int | None = None
        # Most events have data alone: one format makes all of them.
        self._plain: bytes | None = None
        if framing.plain is not None and isinstance(ids, StreamIds):
            self._plain = framing.plain % ids.prefix
        # The same format behind a name.
        self._named: dict[Fields, bytes] = {}
        self.keep_alive = framing.keep_alive
        self.is_sse = framing.content_type == SSE.content_type

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event, which may be none."""
        number = self.begun
        data, last, _, fields = event
        if data is None and not event.is_dispatched:
            if fields is not None and fields.retry is not None:
                self.retry_ms = fields.retry
            return self._encode(event, number, None)
        self.begun = number + 1
        if number and not last and self._plain is not None:
            if fields is None:
                return self._plain % (number, data)
            named = self._named.get(fields) or self._format(fields)
            if named and data is not None and b"\n" not in data and b"\r" not in data:
                return named % (number, data)
        event_id = self._ids(number, last)
        self._note(number, fields, event_id)
        return self._encode(event, number, event_id)

    def part(self, events: int) -> None:
        """Give this stream bytes of its own from now on; ``events`` were sent."""

    def half_id(self, events: int) -> bytes | None:
        """The id of an event that was begun after ``events`` others, if one was."""
        latest = self.last_id(self.begun)
        return None if latest == self.last_id(events) else latest

    def relabelled(
        self, event: Event, choose: Callable[[bytes | None], bytes | None]
    ) -> bytes:
        """The bytes of the next event, with the id that ``choose`` gives for its own.

        The event is dispatched. Its id is not noted.
        """
        number = self.begun
        self.begun = number + 1
        event_id = self._ids(number, event.last)
        fields = event.fields
        if fields is not None:
            if fields.id is not None:
                event_id = fields.id
            event = event._replace(fields=fields._replace(id=None))
        return self._encode(event, number, choose(event_id))

    def last_id(self, events: int) -> bytes | None:
        """The last id that a client has which received ``events`` events.

        That is all of them, or all but the latest; None where none had an id.
        """
        for number, event_id in (self._noted, self._noted_before):
            if number == events - 1:
                return event_id
        return self._ids(events - 1, False)

    def _note(self, number: int, fields: Fields | None, event_id: bytes | None) -> None:
        """Keep what cannot be told afterwards from the number of events."""
        if fields is not None:
            _, own_id, retry, _, raw, _ = fields
            if raw is not None:
                event_id = _id_within(raw)
            elif own_id is not None:
                event_id = own_id
            if retry is not None:
                self.retry_ms = retry
        if not number and self.retry_ms is None:
            self.retry_ms = self._first_retry_ms
        if event_id is None:  # a client keeps the one before
            event_id = self.last_id(number)
        elif self.first_id is None:
            self.first_id = event_id
        self._noted_before = self._noted
        self._noted = (number, event_id)

    def _format(self, fields: Fields) -> bytes:
        """The format of events that have a name and data alone; empty for others."""
        if fields[1:] != _NO_MORE or self._plain is None:
            return b""
        name = fields.name.replace(b"%", b"%%")
        found = (b"event: %b\n" % name if name else b"") + self._plain
        self._named[fields] = found
        return found

    def end(self) -> bytes:
        """What closes the body."""
        return self._end(self.begun)


@lru_cache(maxsize=64)
def sse_framing(retry_ms: int | None) -> Framing:
    """Server-Sent Events whose first block says when to reconnect.

    With ``retry_ms`` None no block does by itself. The heartbeat is a comment line
    without a block of its own: several readers take an empty block for an event
    with empty data.
    """

    def encode(event: Event, number: int, event_id: bytes | None) -> bytes:
        data, _, _, fields = event
        first = retry_ms if not number and data is not None else None
        return _block(data, fields or _NO_FIELDS, event_id, first)

    return Framing(
        "text/event-stream; charset=utf-8",
        encode,
        b": keep-alive\n",
        plain=b"id: %b-%%d\ndata: %%b\n\n",
        retry_ms=retry_ms,
        has_ids=True,
    )


def _block(
    data: bytes | None, fields: Fields, event_id: bytes | None, first: int | None
) -> bytes:
    """The lines of an event; without data no blank line dispatches them."""
    name, own_id, retry, comment, raw, _ = fields
    if raw is not None:
        return raw
    if own_id is not None:
        event_id = own_id
    if retry is None:
        retry = first
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
    return b"".join([line + b"\n" for line in lines])


def empty_block(fields: Fields) -> bytes:
    """The lines of a block without data, and the blank line that ends it.

    It sets a client's last id or wait. What it names, a client does not hand on.
    """
    return _block(None, fields, None, None) + b"\n"


_NO_FIELDS = Fields()
_ID_LINE = re.compile(rb"^id: ?([^\r\n\0]*)\r?$", re.MULTILINE)
#: What an event with a name alone has behind it.
_NO_MORE = _NO_FIELDS[1:]


def _id_within(raw: bytes) -> bytes | None:
    """The last id that raw bytes set, or None."""
    found = _ID_LINE.findall(raw)
    return found[-1] if found else None


def _payload(event: Event) -> bytes | None:
    """The bytes of an event in a format that has nothing but payloads."""
    if event.fields is not None and event.fields.raw is not None:
        return event.fields.raw
    return event.data


def encode_json(event: Event, number: int, event_id: bytes | None) -> bytes:
    """The payload alone."""
    return event.data or b""


def encode_line(event: Event, number: int, event_id: bytes | None) -> bytes:
    """A payload, and a line end."""
    data = _payload(event)
    return b"" if data is None else data + b"\n"


def encode_record(event: Event, number: int, event_id: bytes | None) -> bytes:
    """A record of a JSON text sequence (RFC 7464)."""
    data = _payload(event)
    return b"" if data is None else b"\x1e%b\n" % data


def encode_element(event: Event, number: int, event_id: bytes | None) -> bytes:
    """An element of the one array that the body is."""
    data = _payload(event)
    return b"" if data is None else (b",\n" if number else b"[\n") + data


#: The contract's events.
SSE = sse_framing(RETRY_MS)

#: One JSON text, for an answer that is no stream.
JSON = Framing("application/json", encode_json, b"")

#: A value a line; an empty line shows life.
NDJSON = Framing("application/x-ndjson", encode_line, b"\n")

#: A value a record, with nothing to show life.
JSON_SEQ = Framing("application/json-seq", encode_record, b"")

#: One array; white space between its elements shows life.
JSON_ARRAY = Framing(
    "application/json",
    encode_element,
    b" ",
    end=lambda count: b"\n]\n" if count else b"[]\n",
)

#: The framings by name.
FRAMINGS: Mapping[str, Framing] = {
    "sse": SSE,
    "ndjson": NDJSON,
    "json-seq": JSON_SEQ,
    "json-array": JSON_ARRAY,
}
