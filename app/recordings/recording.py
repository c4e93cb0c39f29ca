"""What a recording says, line by line.

A recording is JSON lines. The first is its header: what was read, in which form
and when. Each further one is one event, with the time since the recording began.
Lines are written as events come, so that a file which ends early, even in the
middle of a line, is a whole recording of what came before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import orjson

from ..words import Json

#: The version of the format, which a header names.
VERSION = 1

#: The forms of streams that can be recorded, by content type.
SSE = "text/event-stream"
NDJSON = "application/x-ndjson"
CONTENT_TYPES = (SSE, NDJSON)

#: Others have their turn after so many entries, so that a long file holds up nobody.
ENTRIES_AT_A_TIME = 500
#: More than any client reads as a number, in milliseconds.
_MAX_RETRY_MS = 10**18
#: The latest moment of an event, in milliseconds: a year.
_MAX_AT_MS = 366 * 86_400_000


class BadRecording(ValueError):
    """A text is no recording; ``line`` counts from 1, and the text says why."""

    def __init__(self, line: int, reason: str) -> None:
        """``reason`` goes on from "line N"."""
        super().__init__(f"line {line} {reason}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Header:
    """What was recorded; ``started`` is an ISO 8601 time in UTC."""

    url: str
    content_type: str
    started: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, ``at_ms`` milliseconds after the recording began.

    What is None was not there. An entry without ``data`` is one that clients do
    not hand on: a comment, or a new time to wait before reconnecting.
    """

    at_ms: float
    event: str | None = None
    id: str | None = None
    retry: int | None = None
    data: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """A header and its entries, in the order in which they came."""

    header: Header
    entries: tuple[Entry, ...]


def header_line(header: Header) -> bytes:
    """The first line of a file, with its line end."""
    return _line(
        {
            "recording": VERSION,
            "url": header.url,
            "content_type": header.content_type,
            "started": header.started,
        }
    )


def entry_line(entry: Entry) -> bytes:
    """The line of one event, with its line end."""
    members = {
        "event": entry.event,
        "id": entry.id,
        "retry": entry.retry,
        "data": entry.data,
        "comment": entry.comment,
    }
    given = {name: value for name, value in members.items() if value is not None}
    return _line({"at_ms": round(entry.at_ms, 3), **given})


def _line(members: Mapping[str, Json]) -> bytes:
    return orjson.dumps(members, option=orjson.OPT_APPEND_NEWLINE)


def read_recording(text: bytes, turn: Callable[[], None] = lambda: None) -> Recording:
    """The recording that ``text`` holds. Raises ``BadRecording``.

    A last line that has no end and is no JSON was cut off, and is left out.
    ``turn`` is called now and then, and may let others run.
    """
    lines = _lines(text, turn)
    header = _header(next(lines, None))
    entries: list[Entry] = []
    for number, members in lines:
        entry = _entry(number, members)
        if entries and entry.at_ms < entries[-1].at_ms:
            raise BadRecording(number, "is earlier than the line before it")
        entries.append(entry)
    if not any(entry.data is not None for entry in entries):
        raise BadRecording(1, "is followed by no event with data")
    return Recording(header, tuple(entries))


def _lines(text: bytes, turn: Callable[[], None]) -> Iterator[tuple[int, Json]]:
    """The number and the value of each line that is not blank."""
    number = start = 0
    while start <= len(text):
        end = text.find(b"\n", start)
        is_cut = end < 0
        piece = text[start:] if is_cut else text[start:end]
        start = start + len(piece) + 1
        number += 1
        if not number % ENTRIES_AT_A_TIME:
            turn()
        if not piece.strip():
            continue
        try:
            yield number, orjson.loads(piece)
        except orjson.JSONDecodeError as error:
            if is_cut and number > 1:
                return
            raise BadRecording(number, f"is not JSON: {error.msg}") from None


def _header(first: tuple[int, Json] | None) -> Header:
    if first is None:
        raise BadRecording(1, "is missing; accepted: the header of a recording")
    number, members = first
    if not isinstance(members, dict) or members.get("recording") != VERSION:
        raise BadRecording(
            number,
            f'is no header; accepted: an object with "recording": {VERSION}, url,'
            " content_type and started",
        )
    url, content_type = members.get("url"), members.get("content_type")
    started = members.get("started")
    if not isinstance(url, str) or not isinstance(started, str):
        raise BadRecording(number, "has no url or no started; accepted: texts")
    if content_type not in CONTENT_TYPES:
        raise BadRecording(
            number,
            f"has a content_type that is none of {', '.join(CONTENT_TYPES)}",
        )
    return Header(url, str(content_type), started)


def _entry(number: int, members: Json) -> Entry:
    if not isinstance(members, dict):
        raise BadRecording(number, "is no object; accepted: an event")
    unknown = members.keys() - {"at_ms", "event", "id", "retry", "data", "comment"}
    if unknown:
        raise BadRecording(
            number,
            f"has an unknown member {min(unknown)!r}; accepted: at_ms, event, id,"
            " retry, data, comment",
        )
    at_ms = _number(members.get("at_ms"), _MAX_AT_MS)
    retry = members.get("retry")
    if at_ms is None:
        raise BadRecording(
            number, f"has no at_ms; accepted: milliseconds from 0 to {_MAX_AT_MS}"
        )
    if retry is not None and not (
        isinstance(retry, int) and _number(retry, _MAX_RETRY_MS) is not None
    ):
        raise BadRecording(
            number, f"has a bad retry; accepted: milliseconds from 0 to {_MAX_RETRY_MS}"
        )
    texts = {name: members.get(name) for name in ("event", "id", "data", "comment")}
    for name, value in texts.items():
        if value is None:
            continue
        if not isinstance(value, str):
            raise BadRecording(number, f"has a member {name} that is no text")
        if name != "data" and ("\r" in value or "\n" in value):
            raise BadRecording(number, f"has a member {name} of several lines")
        if name == "id" and "\0" in value:
            raise BadRecording(number, "has a member id with NUL in it")
    if retry is None and all(value is None for value in texts.values()):
        raise BadRecording(number, "says nothing but a time")
    return Entry(at_ms, retry=retry, **texts)


def _number(value: Json, most: int) -> float | None:
    """A number from 0 to ``most``, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= most else None
