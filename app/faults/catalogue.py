"""Every fault, declared once; the documentation and the console list these."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from .fault import Argument, FaultKind, Group, Value

#: Maximum of any time, in seconds.
MAX_SECONDS = 3600.0
#: Maximum size of an event, in bytes; the setting MaxEventBytes may be less.
MAX_SIZE = 1 << 26
#: Maximum of events at once.
MAX_FLOOD = 10_000
#: Maximum of events that change places.
MAX_WINDOW = 100
#: Maximum speed, in bytes per second.
MAX_SPEED = 1 << 30

#: How a connection can be cut.
CUTS = ("clean", "fin", "rst")

_TIME = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = re.compile(r"([0-9]{1,10})(b|kb|mb)?", re.IGNORECASE)
_SIZES = {"b": 1, "kb": 1 << 10, "mb": 1 << 20}


def read_seconds(text: str) -> float:
    """A time such as ``250ms``, ``10s``, ``5m`` or ``1h``. Raises ``ValueError``."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    seconds = float(found[1]) * _UNITS[found[2]]
    if seconds > MAX_SECONDS:
        raise ValueError(text)
    return seconds


def read_whole(text: str, low: int, high: int) -> int:
    """An integer within both bounds. Raises ``ValueError``."""
    if not re.fullmatch("[0-9]{1,18}", text) or not low <= int(text) <= high:
        raise ValueError(text)
    return int(text)


def _read_size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    size = int(found[1]) * _SIZES[(found[2] or "b").lower()]
    if not 2 <= size <= MAX_SIZE:
        raise ValueError(text)
    return size


def _whole(symbol: str, low: int, high: int, default: int | None = None) -> Argument:
    def read(text: str) -> Value:
        return read_whole(text, low, high)

    return Argument(symbol, f"an integer from {low} to {high}", read, default)


def _word(symbol: str, words: tuple[str, ...], default: str) -> Argument:
    def read(text: str) -> Value:
        if text not in words:
            raise ValueError(text)
        return text

    return Argument(symbol, ", ".join(words), read, default)


#: What is accepted as a time.
TIME_ACCEPTED = "a time such as 500ms, 10s, 5m or 1h, at most 1h"

_TIME_ARGUMENT = Argument("time", TIME_ACCEPTED, read_seconds)
_SIZE_ARGUMENT = Argument(
    "size",
    "a number of bytes such as 65536, 64kb or 1mb, at least 2 and at most"
    " MaxEventBytes",
    _read_size,
)


def _kinds(group: Group, **members: bool) -> Callable[..., FaultKind]:
    def kind(
        name: str, summary: str, argument: Argument | None = None, **more: bool
    ) -> FaultKind:
        return FaultKind(name, group, summary, argument, **{**members, **more})

    return kind


_before = _kinds(
    Group.BEFORE, ends=True, is_legal=True, suits_answers=True, only_at_once=True
)
_connection = _kinds(Group.CONNECTION)
_event = _kinds(Group.EVENTS)
_framing = _kinds(Group.FRAMING, is_legal=True, lasts=True, needs_sse=True)

KINDS: tuple[FaultKind, ...] = (
    _before(
        "status",
        "A problem document with this status, and with Retry-After where the object"
        " form gives RetryAfter.",
        _whole("code", 400, 599),
        replaces=True,
    ),
    _before(
        "redirect",
        "A 307 to the same address; with *1 the next request is served.",
        replaces=True,
    ),
    _before(
        "login",
        "A page in HTML with status 200, as a captive portal sends it.",
        replaces=True,
    ),
    _before("wrong-type", "The response as it is, but as text/plain."),
    _before(
        "no-content",
        "A 204, which tells an event source not to come back.",
        replaces=True,
    ),
    _before("slow-headers", "Nothing at all for this time, first.", _TIME_ARGUMENT),
    _before(
        "refuse",
        "A reset of the connection before any byte.",
        is_legal=False,
        replaces=True,
    ),
    _connection(
        "cut",
        "The end of the response: clean (with the last chunk), fin (the connection is"
        " closed without it) or rst (it is reset). No END is sent.",
        _word("how", CUTS, "clean"),
        ends=True,
        suits_answers=True,
    ),
    _connection(
        "cut-mid-frame",
        "Half of an event, and the same ends.",
        _word("how", CUTS, "clean"),
        ends=True,
    ),
    _connection(
        "cut-mid-character",
        "An event up to the middle of its first UTF-8 sequence of several bytes, and"
        " the same ends. An event without one gets a comment that has one.",
        _word("how", CUTS, "clean"),
        ends=True,
        needs_sse=True,
    ),
    _connection(
        "stall",
        "Silence for this time, without heartbeats; the connection stays.",
        _TIME_ARGUMENT,
        is_legal=True,
        suits_answers=True,
    ),
    _connection(
        "drip",
        "So many bytes a second, in pieces of a tenth of a second.",
        _whole("bytes/s", 1, MAX_SPEED),
        lasts=True,
        is_legal=True,
        suits_answers=True,
    ),
    _connection(
        "byte-by-byte",
        "Each byte in a chunk and a write of its own.",
        lasts=True,
        is_legal=True,
    ),
    _connection(
        "bad-chunk",
        "A chunk whose size is no number, and the end of the connection.",
        ends=True,
    ),
    _connection("silent", "No heartbeats.", lasts=True, is_legal=True),
    _event("drop", "The event is not sent; its id is left out."),
    _event("duplicate", "The event is sent twice, with the same id."),
    _event(
        "reorder",
        "So many events change places at random.",
        _whole("window", 2, MAX_WINDOW),
    ),
    _event(
        "old-id", "The event has the id of the stream's first event.", needs_sse=True
    ),
    _event("no-id", "Events have no id.", lasts=True, is_legal=True, needs_sse=True),
    _event("truncate-json", "Half of the payload.", suits_answers=True),
    _event("invalid-json", "A payload that is no JSON.", suits_answers=True),
    _event(
        "wrong-shape",
        "Valid JSON that misses the shape: a member of another type.",
        suits_answers=True,
    ),
    _event(
        "error-event",
        "An event that tells of an error, before the event.",
        is_legal=True,
    ),
    _event(
        "huge",
        "An event with so many bytes of data, before the event.",
        _SIZE_ARGUMENT,
        is_legal=True,
    ),
    _event(
        "flood",
        "So many more of the event, at once.",
        _whole("n", 1, MAX_FLOOD),
        is_legal=True,
    ),
    _event(
        "no-final-blank",
        "The last event without its blank line, which a conforming reader loses. With"
        " a moment, that event is the last.",
        ends=True,
        needs_sse=True,
    ),
    _framing("cr", "Lines end in CR."),
    _framing("crlf", "Lines end in CRLF."),
    _framing("mixed-ends", "Lines end in LF, CRLF and CR in turn."),
    _framing("crlf-split", "Lines end in CRLF, and each CR and LF in another write."),
    _framing("bom", "A byte order mark before anything else.", only_at_once=True),
    _framing(
        "split-utf8", "Each UTF-8 sequence of several bytes is split over two writes."
    ),
    _framing("multi-line", "JSON over several data lines."),
    _framing("no-space", "No space after the colon."),
    _framing("comments", "Comments between the lines of an event."),
    _framing("unknown-fields", "Lines with fields that the format does not know."),
    _framing("empty-block", "A comment between blank lines, before the event."),
    _framing("empty-data", "One more event, with empty data, before the event."),
    _framing(
        "retry",
        "How long clients wait before they reconnect, in milliseconds.",
        _whole("ms", 0, 3_600_000),
        lasts=False,
    ),
    _framing("nul-id", "The event's id has a NUL, so that clients ignore it."),
)

#: Every kind by its name.
BY_NAME: Mapping[str, FaultKind] = {kind.name: kind for kind in KINDS}
