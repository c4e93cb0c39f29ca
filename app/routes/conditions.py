"""Whether a request is one that a route is for: its query, headers and body."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson
import re2

from ..words import Json

#: A longer expression is refused, in characters.
MAX_PATTERN_LENGTH = 1_000

_QUIET = re2.Options()
_QUIET.log_errors = False


class BadPattern(ValueError):
    """A text is no regular expression; the message says why."""


def read_pattern(text: str) -> re2.Set:
    """What matches the whole of a text, by RE2's syntax. Raises ``BadPattern``.

    RE2 takes linear time for any text, which is why it has no lookaround and no
    backreferences. A set of one expression only tells whether it matches, in a
    fifth of the time that the expression itself takes.
    """
    if len(text) > MAX_PATTERN_LENGTH:
        raise BadPattern(f"is longer than {MAX_PATTERN_LENGTH} characters")
    try:
        re2.compile(text, _QUIET)  # which tells the reason
        pattern = re2.Set.FullMatchSet(_QUIET)
        pattern.Add(text)
        pattern.Compile()
        return pattern
    except re2.error as error:
        reason = error.args[0]
        if isinstance(reason, bytes):
            reason = reason.decode("utf-8", "replace")
        raise BadPattern(f"is no expression in RE2's syntax: {reason}") from None


@dataclass(frozen=True, slots=True)
class Received:
    """What a client sent, as far as conditions and data care.

    ``query`` has every value of a name, in order. ``headers`` are under their
    lower-case name. ``read_body`` gives the parsed JSON of the body, or None.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    read_body: Callable[[], Json]


@dataclass(frozen=True)
class TextCondition:
    """What one query parameter or header has to be.

    Exactly one of ``equals``, ``matches`` (the whole text) and ``present``.
    """

    equals: str | None = None
    matches: str | None = None
    present: bool | None = None

    @cached_property
    def _pattern(self) -> re2.Set:
        return read_pattern(self.matches or "")

    def accepts(self, values: Sequence[str]) -> bool:
        """Whether one of ``values`` (none where it was not sent) will do."""
        if self.present is not None:
            return bool(values) is self.present
        if self.equals is not None:
            return self.equals in values
        pattern = self._pattern
        for value in values:
            if pattern.Match(value):
                return True
        return False

    def __str__(self) -> str:
        """What is asked for, as the end of a sentence."""
        if self.present is not None:
            return "present" if self.present else "absent"
        if self.equals is not None:
            return f"'{self.equals}'"
        return f"a match of {self.matches}"


@dataclass(frozen=True)
class Conditions:
    """What a request has to be besides its path and method; empty fits all."""

    query: Mapping[str, TextCondition]
    headers: Mapping[str, TextCondition]
    body: Json = None
    has_body: bool = False

    def __len__(self) -> int:
        """How many conditions there are: more of them are more specific."""
        return len(self.query) + len(self.headers) + self.has_body

    def difference(self, received: Received) -> str | None:
        """What of the request does not fit, or None where all does."""
        for name, condition in self.query.items():
            if not condition.accepts(received.query.get(name, ())):
                return f"query parameter {name} is not {condition}"
        for name, condition in self.headers.items():
            value = received.headers.get(name.lower())
            if not condition.accepts(() if value is None else (value,)):
                return f"header {name} is not {condition}"
        if self.has_body and not contains(received.read_body(), self.body):
            return f"body does not contain {orjson.dumps(self.body).decode()}"
        return None


def contains(value: Json, wanted: Json) -> bool:
    """Whether ``value`` has all that ``wanted`` has.

    An object needs the members of ``wanted``, and an array some element for each
    of its elements, in any order. Other values are equal as JSON values are.
    """
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and contains(value[name], inner)
            for name, inner in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and all(
            any(contains(element, inner) for element in value) for inner in wanted
        )
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)
