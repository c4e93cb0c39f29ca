"""Event types: what can happen to what (``order_created``, ``user.login``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from ...data import table
from ...resources.inflection import parts, singular, words
from .style import Style, style_of

_LAST_SEPARATOR = re.compile(r"(.*[./:])(.+)", re.DOTALL)


class EventType(NamedTuple):
    """An event type taken apart: what stays, and the words of what happened."""

    prefix: str
    verb: tuple[str, ...]
    style: Style


def happenings_of(text: str) -> dict[str, int] | None:
    """What else may happen where ``text`` is one event, by weight, in its style.

    None when ``text`` is no event type.
    """
    event = _take_apart(text)
    if event is None:
        return None
    subjects = [singular(word) for word in reversed(words(event.prefix))]
    known = _table()["happenings"]
    happenings = next((known[word] for word in subjects if word in known), None)
    joined = "-".join(event.verb)
    if happenings is None or joined not in happenings:
        happenings = {**(happenings or _table()["anything"]), joined: 4}
    return {
        event.prefix + event.style.write(verb.split("-")): weight
        for verb, weight in happenings.items()
    }


def _take_apart(text: str) -> EventType | None:
    dotted = _LAST_SEPARATOR.fullmatch(text)
    if dotted and tuple(words(dotted[2])) in _verbs():
        return EventType(dotted[1], tuple(words(dotted[2])), style_of(dotted[2]))
    written = parts(text)
    for length in (2, 1):
        verb = tuple(word.lower() for word in written[-length:])
        if len(written) > length and verb in _verbs():
            start = _start_of(text, written[-length:])
            tail = text[start:]
            style = style_of(tail)
            if length == 1:
                style = style._replace(separator=_between(text, start))
            return EventType(text[:start], verb, style)
    return None


def _start_of(text: str, tail: Sequence[str]) -> int:
    """Where the last words of ``text`` begin."""
    start = len(text)
    for word in reversed(tail):
        start = text.rindex(word, 0, start)
    return start


def _between(text: str, start: int) -> str:
    """What separates the words of an event type, read off before its verb."""
    before = text[start - 1]
    return before if before in "-_ " else ""


@cache
def _verbs() -> frozenset[tuple[str, ...]]:
    known = {verb for verbs in _table()["happenings"].values() for verb in verbs}
    return frozenset(tuple(verb.split("-")) for verb in {*known, *_table()["others"]})


def _table() -> Any:
    return table("vocabulary/happenings")
