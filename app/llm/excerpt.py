"""Cuts the JSON out of a text that is still arriving. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

_BRACKET = {"object": "{", "array": "["}

_IN_STRING = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["{}\[\]]')

#: The beginning of an object up to its first name, whole or as far as it goes.
_FIRST_NAME = re.compile(r'\{\s*(?:\}|"(?P<name>(?:[^"\\]|\\.)*)")')
_FIRST_NAME_BEGUN = re.compile(r'\{\s*(?:"(?:[^"\\]|\\.)*\\?)?\Z')


class JsonExcerpt:
    """Passes on the first object or array of a text, piece by piece.

    Models that cannot be constrained put code fences and prose around their
    JSON; a client that is sent tokens as they come must not see them. Only
    brackets, strings and an object's first name are looked at: what passes may
    still be no JSON.

    A text that begins otherwise ``is_odd``, and nothing of it is passed on: JSON
    in a string or in a wrapping has to be read as a whole.
    """

    __slots__ = (
        "_begin",
        "_depth",
        "_escaped",
        "_held",
        "_in_string",
        "_names",
        "done",
        "is_odd",
    )

    def __init__(
        self, types: Collection[str], names: Collection[str] | None = None
    ) -> None:
        """Begin at the first bracket of one of ``types`` (object, array).

        ``names`` are those that an object may have; None is any.
        """
        brackets = "".join(_BRACKET[name] for name in types)
        self._begin = re.compile(f"[{re.escape(brackets)}]")
        self._names = names
        self._held = ""
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self.done = False
        self.is_odd = False

    def feed(self, piece: str) -> str:
        """The part of ``piece`` that belongs to the JSON; ``done`` after its end."""
        if self.done or self.is_odd:
            return ""
        if self._depth:
            return self._inside(piece, 0)
        self._held += piece
        return self._beginning()

    def _beginning(self) -> str:
        """Look for the first bracket in what is held back."""
        if self._held.lstrip().startswith('"'):
            self.is_odd = True
            return ""
        begin = self._begin.search(self._held)
        if begin is None:
            return ""
        text = self._held[begin.start() :]
        if text[0] == "{":
            first = _FIRST_NAME.match(text)
            if first is None or not self._is_known(first["name"]):
                self.is_odd = _FIRST_NAME_BEGUN.match(text) is None
                return ""
        self._held = ""
        self._depth = 1
        return self._inside(text, 1)

    def _is_known(self, name: str | None) -> bool:
        return name is None or self._names is None or name in self._names

    def _inside(self, piece: str, position: int) -> str:
        """The part of ``piece`` up to the last bracket, read from ``position`` on."""
        while self._depth and position < len(piece):
            if self._escaped:
                self._escaped = False
                position += 1
            pattern = _IN_STRING if self._in_string else _OUTSIDE
            found = pattern.search(piece, position)
            if found is None:
                return piece
            position = found.end()
            self._take(found[0])
        self.done = self._depth == 0
        return piece[:position]

    def _take(self, mark: str) -> None:
        if mark == '"':
            self._in_string = not self._in_string
        elif mark == "\\":
            self._escaped = True
        else:
            self._depth += 1 if mark in "{[" else -1
