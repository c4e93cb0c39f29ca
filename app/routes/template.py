"""The path of a route: ``/v1/{symbol}/files/{rest*}``.

A segment is a literal or one parameter. ``{name}`` stands for one segment that
is not empty; ``{name*}`` is the last one and stands for the rest of the path,
which may be empty and may have slashes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

#: A path of more segments is refused.
MAX_SEGMENTS = 64

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})(\*?)\}")
_ACCEPTED = "a path such as /v1/{symbol}/stream, with {name*} for the rest of the path"


class BadTemplate(ValueError):
    """A text is no path template; the message says why and what is accepted."""


class Kind(IntEnum):
    """What a segment matches, the most specific kind first."""

    LITERAL = 0
    PARAMETER = 1
    REST = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a path; ``text`` is the literal, or the parameter's name."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Template:
    """A path with parameters; ``text`` is what was written."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(
            segment.text
            for segment in self.segments
            if segment.kind is not Kind.LITERAL
        )

    def values(self, segments: tuple[str, ...]) -> dict[str, str]:
        """The parameters of a path that this template matches."""
        found: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            if segment.kind is Kind.PARAMETER:
                found[segment.text] = segments[index]
            elif segment.kind is Kind.REST:
                found[segment.text] = "/".join(segments[index:])
        return found


def split(path: str) -> tuple[str, ...]:
    """The segments of a path that begins with a slash."""
    return tuple(path[1:].split("/"))


def read_template(text: str) -> Template:
    """The template that ``text`` writes. Raises ``BadTemplate``."""
    if not text.startswith("/"):
        raise BadTemplate(f"does not begin with a slash; accepted: {_ACCEPTED}")
    if not text.isprintable() or "?" in text or "#" in text:
        raise BadTemplate(
            "has a query, a fragment or an unprintable character; accepted:"
            f" {_ACCEPTED} (Match.Query matches the query)"
        )
    segments = tuple(_segment(part) for part in split(text))
    if len(segments) > MAX_SEGMENTS:
        raise BadTemplate(f"has more than {MAX_SEGMENTS} segments")
    for segment in segments[:-1]:
        if segment.kind is Kind.REST:
            raise BadTemplate(
                f"has {{{segment.text}*}} before its end; accepted: {_ACCEPTED}"
            )
    template = Template(text, segments)
    names = template.names
    for name in names:
        if names.count(name) > 1:
            raise BadTemplate(f"has the parameter {{{name}}} twice; accepted: once")
    return template


def _segment(part: str) -> Segment:
    found = _PARAMETER.fullmatch(part)
    if found is not None:
        kind = Kind.REST if found.group(2) else Kind.PARAMETER
        return Segment(kind, found.group(1))
    if "{" in part or "}" in part:
        raise BadTemplate(
            f"has the segment {part}; accepted: a literal, or one parameter {{name}}"
            " of letters, digits and _ as the whole segment"
        )
    return Segment(Kind.LITERAL, part)
