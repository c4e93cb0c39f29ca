"""The JSON of every event (contract, section 4), written and not built.

A generated value arrives as compact JSON in UTF-8, so an event is a join of
bytes. Texts that come from outside pass through orjson.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache

import orjson

from ..errors import BackendFailed
from ..words import Json, Mode, SimulatedError
from .event import EndReason


@lru_cache(maxsize=4)
def _second(seconds: int) -> bytes:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S").encode()


@lru_cache(maxsize=4)
def timestamp(now_ms: int) -> bytes:
    """ISO 8601 in UTC with milliseconds and ``Z``; ``now_ms`` is since 1970."""
    return b"%b.%03dZ" % (_second(now_ms // 1000), now_ms % 1000)


def text(value: str) -> bytes:
    """A JSON string, with its quotes."""
    return orjson.dumps(value)


def info(mode: Mode, interval_ms: int, max_duration_s: int, **more: Json) -> bytes:
    """What a continuous stream says at once; ``more`` are further members."""
    return orjson.dumps(
        {
            "type": "info",
            "message": "Continuous streaming started",
            "mode": mode.value,
            "intervalMs": interval_ms,
            "maxDurationSeconds": max_duration_s,
            **more,
        }
    )


def gap(missed: int | None, oldest: str) -> bytes:
    """A subscriber does not get ``missed`` events; the next one's id is ``oldest``."""
    return orjson.dumps({"type": "gap", "missed": missed, "oldest": oldest})


def error(message: str, event_count: int) -> bytes:
    """A batch failed after ``event_count`` whole batches."""
    return orjson.dumps(
        {"type": "error", "message": message, "eventCount": event_count}
    )


def end(reason: EndReason, event_count: int, message: str | None = None) -> bytes:
    """The stream is over after ``event_count`` whole batches.

    ``message`` takes the place of the reason's own.
    """
    return orjson.dumps(
        {
            "type": "end",
            "message": reason.message if message is None else message,
            "eventCount": event_count,
            "reason": reason.code,
            "done": True,
        }
    )


def simulated(error: SimulatedError) -> bytes:
    """The error that the caller asked for."""
    members: dict[str, Json] = {"code": error.code, "message": error.message}
    if error.details is not None:
        members["details"] = error.details
    return orjson.dumps({"error": members})


# -- CompleteObjects ----------------------------------------------------------


def batch_object(value: bytes, index: int, stamp: bytes) -> bytes:
    """One batch of a continuous stream, whole."""
    return b'{"data":%b,"index":%d,"timestamp":"%b","done":false}' % (
        value,
        index,
        stamp,
    )


def single_object(item: bytes, index: int, total: int) -> bytes:
    """One object of a regular stream."""
    done = b"true" if index == total - 1 else b"false"
    return b'{"data":%b,"index":%d,"total":%d,"done":%b}' % (item, index, total, done)


#: A regular stream whose array is empty.
NO_OBJECTS = b'{"total":0,"done":true}'


# -- ArrayItems ---------------------------------------------------------------


def _array_name(name: str | None) -> bytes:
    return b"" if name is None else b',"arrayName":%b' % orjson.dumps(name)


def _flag(value: bool) -> bytes:
    return b"true" if value else b"false"


def batch_item(
    item: bytes, index: int, total: int, name: str | None, batch: int, stamp: bytes
) -> bytes:
    """One element of a continuous stream's batch."""
    return (
        b'{"item":%b,"index":%d,"total":%d%b,"batchNumber":%d,"timestamp":"%b",'
        b'"hasMore":%b,"done":false}'
    ) % (
        item,
        index,
        total,
        _array_name(name),
        batch,
        stamp,
        _flag(index < total - 1),
    )


def single_item(item: bytes, index: int, total: int, name: str | None) -> bytes:
    """One element of a regular stream."""
    last = index == total - 1
    return b'{"item":%b,"index":%d,"total":%d%b,"hasMore":%b,"done":%b}' % (
        item,
        index,
        total,
        _array_name(name),
        _flag(not last),
        _flag(last),
    )


def no_items(name: str | None) -> bytes:
    """A regular stream whose array is empty."""
    return b'{"total":0%b,"hasMore":false,"done":true}' % _array_name(name)


def no_batch_items(name: str | None, batch: int, stamp: bytes) -> bytes:
    """A batch whose array is empty: said, so that a client sees the batch."""
    return (
        b'{"total":0%b,"batchNumber":%d,"timestamp":"%b","hasMore":false,"done":false}'
    ) % (_array_name(name), batch, stamp)


# -- LlmTokens ----------------------------------------------------------------


class TokenText:
    """A text that grows by pieces, kept as the inside of a JSON string.

    Escapes are per character, so the escaped pieces join to the escaped text.
    """

    __slots__ = ("_escaped", "_left", "_max_bytes")

    def __init__(self, max_bytes: int) -> None:
        """Start empty; the text may have ``max_bytes`` in UTF-8."""
        self._escaped = b""
        self._max_bytes = self._left = max_bytes

    def chunk(self, piece: str, batch: int | None = None) -> bytes:
        """The event of the next piece; ``batch`` is a continuous stream's.

        Raises ``BackendFailed`` where the text is too long: every event repeats
        all of it.
        """
        self._left -= len(piece.encode())
        if self._left < 0:
            raise BackendFailed(
                f"The text is longer than the {self._max_bytes} bytes that"
                " MaxTokenTextBytes permits in LlmTokens mode."
            )
        escaped = orjson.dumps(piece)[1:-1]
        self._escaped += escaped
        number = b"" if batch is None else b',"batchNumber":%d' % batch
        return b'{"chunk":"%b","accumulated":"%b"%b,"done":false}' % (
            escaped,
            self._escaped,
            number,
        )

    def batch_end(self, batch: int, stamp: bytes) -> bytes:
        """The event that ends a continuous stream's batch."""
        return b'{"content":"%b","batchNumber":%d,"timestamp":"%b","done":false}' % (
            self._escaped,
            batch,
            stamp,
        )

    def single_end(self, schema: bytes | None) -> bytes:
        """The event that ends a regular stream, with the shape where asked for."""
        extra = b"" if schema is None else b',"schema":%b' % schema
        return b'{"content":"%b"%b,"done":true}' % (self._escaped, extra)


def schema_text(given: Mapping[str, Json] | Json) -> bytes:
    """A shape as compact JSON."""
    return orjson.dumps(given)
