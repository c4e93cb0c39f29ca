"""Server-Sent Events in unusual but legal bytes, which mean the same to a reader.

The HTML standard's section 9.2.5 permits three line ends, a byte order mark,
comments, fields that nobody knows, and data in several lines; and a read may end
anywhere. Each variant is one of these. Framed events go in, as ``frames`` makes
them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import orjson

BOM = b"\xef\xbb\xbf"

_COMMENT = b": comment"
_UNKNOWN = (b"unknown: field", b"Data: not data", b"nothing")
#: A comment with a character of two bytes.
_WIDE = ": ü".encode()

_DATA = b"data: "
_ID = b"id: "
#: A string of JSON, or what a line may end after.
_BREAKABLE = re.compile(rb'"(?:[^"\\]|\\.)*"|[{\[,]')
_WITHIN_CRLF = re.compile(rb"(?<=\r)(?=\n)")
_WITHIN_CHARACTER = re.compile(rb"(?<=[\xc2-\xf4])(?=[\x80-\xbf])")

_Rewrite = Callable[[list[bytes]], list[bytes]]


def _multi_line(lines: list[bytes]) -> list[bytes]:
    """JSON in several lines, where it has members or elements."""
    made: list[bytes] = []
    for line in lines:
        data = line.removeprefix(_DATA)
        if data is line or not _is_json(data):
            made.append(line)
            continue
        broken = _BREAKABLE.sub(_with_line_end, data)
        made += [_DATA + part for part in broken.split(b"\n") if part]
    return made


def _with_line_end(found: re.Match[bytes]) -> bytes:
    token = found[0]
    return token if token.startswith(b'"') else token + b"\n"


def _is_json(data: bytes) -> bool:
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def _nul_id(lines: list[bytes]) -> list[bytes]:
    return [line + b"\0" if line.startswith(_ID) else line for line in lines]


def _comments(lines: list[bytes]) -> list[bytes]:
    made: list[bytes] = []
    for line in lines:
        made += [_COMMENT, line] if line else [line]
    return made


def _unknown_fields(lines: list[bytes]) -> list[bytes]:
    return [*_UNKNOWN, *lines]


def _no_space(lines: list[bytes]) -> list[bytes]:
    """Without the one space that may follow a colon; a second one is data."""
    made: list[bytes] = []
    for line in lines:
        name, colon, value = line.partition(b": ")
        is_field = bool(colon) and b":" not in name and not value.startswith(b" ")
        made.append(name + b":" + value if is_field else line)
    return made


def _empty_block(lines: list[bytes]) -> list[bytes]:
    return [b"", _COMMENT, b"", *lines]


def _empty_data(lines: list[bytes]) -> list[bytes]:
    return [b"data:", b"", *lines]


def _with_wide(lines: list[bytes]) -> list[bytes]:
    """Lines with at least one character of several bytes."""
    if any(not line.isascii() for line in lines):
        return lines
    return [_WIDE, *lines]


#: The variants that change lines, in the order in which they do.
_REWRITES: Mapping[str, _Rewrite] = {
    "multi-line": _multi_line,
    "nul-id": _nul_id,
    "comments": _comments,
    "unknown-fields": _unknown_fields,
    "no-space": _no_space,
    "empty-block": _empty_block,
    "empty-data": _empty_data,
    "split-utf8": _with_wide,
}

_LINE_ENDS: Mapping[str, tuple[bytes, ...]] = {
    "cr": (b"\r",),
    "crlf": (b"\r\n",),
    "crlf-split": (b"\r\n",),
    "mixed-ends": (b"\n", b"\r\n", b"\r"),
}

_SPLITS = {"crlf-split": _WITHIN_CRLF, "split-utf8": _WITHIN_CHARACTER}

#: The variants of this module by name; ``bom`` and ``retry`` are among them.
NAMES = frozenset({*_REWRITES, *_LINE_ENDS, "bom", "retry"})


class Variant:
    """Rewrites the frames of one stream, one after the other."""

    def __init__(self) -> None:
        """Begin at the first byte."""
        self._is_first = True
        self._turn = 0
        self._after_cr = False

    def rewritten(
        self, frame: bytes, names: Collection[str], retry_ms: int | None = None
    ) -> bytes:
        """``frame`` in the variants of these names; ``retry_ms`` is that of retry."""
        lines = frame.split(b"\n")[:-1]
        if not lines:
            return frame
        is_event = not lines[-1]
        for name, rewrite in _REWRITES.items():
            if name in names and is_event:
                lines = rewrite(lines)
        if retry_ms is not None:
            # The event's own would come later, and hold.
            others = (line for line in lines if not line.startswith(b"retry:"))
            lines = [b"retry: %d" % retry_ms, *others]
        ends = next((_LINE_ENDS[name] for name in names if name in _LINE_ENDS), None)
        made = b"".join(line + self._end(line, ends or (b"\n",)) for line in lines)
        if self._is_first and "bom" in names:
            made = BOM + made
        self._is_first = False
        return made

    def _end(self, line: bytes, ends: Sequence[bytes]) -> bytes:
        """The next line end; LF after CR would be the second half of one."""
        self._turn += 1
        end = ends[self._turn % len(ends)]
        if not line and end == b"\n" and self._after_cr:
            end = b"\r\n"
        self._after_cr = end == b"\r"
        return end


def pieces(frame: bytes, names: Collection[str]) -> list[bytes]:
    """What is written at a time, under the variants that split writes."""
    parts = [frame]
    for name, within in _SPLITS.items():
        if name in names:
            parts = [piece for part in parts for piece in within.split(part)]
    return parts
