"""Cuts the JSON out of a text that is still arriving. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

_BRACKET = {"object": "{", "array": "["}

_IN_STRING = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["{}\[\]]')


class JsonExcerpt:
    """Passes on the first object or array of a text, piece by piece.

    Models that cannot be constrained put code fences and prose around their
    JSON; a client that is sent tokens as they come must not see them. Only
    brackets and strings are looked at: what passes may still be no JSON.
    """

    __slots__ = ("_begin", "_depth", "_escaped", "_in_string", "done")

    def __init__(self, types: Collection[str]) -> None:
        """Begin at the first bracket of one of ``types`` (object, array)."""
        brackets = "".join(_BRACKET[name] for name in types)
        self._begin = re.compile(f"[{re.escape(brackets)}]")
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self.done = False

    def feed(self, piece: str) -> str:
        """The part of ``piece`` that belongs to the JSON; ``done`` after its end."""
        if not piece:
            return ""
        start = position = 0
        if self._depth == 0:
            begin = None if self.done else self._begin.search(piece)
            if begin is None:
                return ""
            start, position = begin.start(), begin.end()
            self._depth = 1
        while self._depth:
            if self._escaped:
                self._escaped = False
                position += 1
            pattern = _IN_STRING if self._in_string else _OUTSIDE
            found = pattern.search(piece, position)
            if found is None:
                return piece[start:]
            position = found.end()
            self._take(found[0])
            if self._escaped and position == len(piece):
                return piece[start:]
        self.done = True
        return piece[start:position]

    def _take(self, mark: str) -> None:
        if mark == '"':
            self._in_string = not self._in_string
        elif mark == "\\":
            self._escaped = True
        else:
            self._depth += 1 if mark in "{[" else -1
