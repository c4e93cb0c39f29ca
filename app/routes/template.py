"""The path of a route: ``/v1/{symbol}/files/{rest*}``.

A segment is a literal, one parameter, or a pattern of both such as ``{id}:cancel``.
``{name}`` stands for a text that is not empty and has no slash; ``{name*}`` is the
last segment and stands for the rest of the path, which may be empty and may have
slashes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import re2

#: A path of more segments is refused.
MAX_SEGMENTS = 64

#: A segment of more parameters is refused.
MAX_PARAMETERS = 8

_PARAMETER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})(\*?)\}")
_ACCEPTED = "a path such as /v1/{symbol}/stream, with {name*} for the rest of the path"


class BadTemplate(ValueError):
    """A text is no path template; the message says why and what is accepted."""


class Kind(IntEnum):
    """What a segment matches, the most specific kind first."""

    LITERAL = 0
    PATTERN = 1
    PARAMETER = 2
    REST = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a path.

    ``text`` is the literal, the parameter's name, or a pattern as it was written,
    whose parameters are ``names``.
    """

    kind: Kind
    text: str
    names: tuple[str, ...] = ()
    pattern: Any = field(default=None, compare=False)

    def matched(self, segment: str) -> dict[str, str] | None:
        """The parameters of a segment that this pattern fits, else None."""
        assert self.pattern is not None
        found = self.pattern.fullmatch(segment)
        if found is None:
            return None
        return dict(zip(self.names, found.groups(), strict=True))


@dataclass(frozen=True, slots=True)
class Template:
    """A path with parameters; ``text`` is what was written."""

    text: str
    segments: tuple[Segment, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(name for segment in self.segments for name in segment.names)

    def values(self, segments: tuple[str, ...]) -> dict[str, str]:
        """The parameters of a path that this template matches."""
        found: dict[str, str] = {}
        for index, segment in enumerate(self.segments):
            if segment.kind is Kind.PARAMETER:
                found[segment.text] = segments[index]
            elif segment.kind is Kind.PATTERN:
                found.update(segment.matched(segments[index]) or {})
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
        return Segment(kind, found.group(1), (found.group(1),))
    pieces = _PARAMETER.split(part)
    literals, names, stars = pieces[::3], pieces[1::3], pieces[2::3]
    if any("{" in text or "}" in text for text in literals) or any(stars):
        raise BadTemplate(
            f"has the segment {part}; accepted: literal text and parameters {{name}}"
            " of letters, digits and _"
        )
    if not names:
        return Segment(Kind.LITERAL, part)
    if "" in literals[1:-1] or len(names) > MAX_PARAMETERS:
        raise BadTemplate(
            f"has the segment {part}; accepted: at most {MAX_PARAMETERS} parameters,"
            " with text between two of them"
        )
    # Linear time for any text, as conditions have it.
    pattern = re2.compile("(.+?)".join(map(re2.escape, literals)))
    return Segment(Kind.PATTERN, part, tuple(names), pattern)
