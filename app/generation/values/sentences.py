"""Texts made of templates: messages, titles, comments."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeAlias

from ...resources.caching import cache_short_names
from ..vocabulary import slots, text_for, word_list
from .census import Census
from .state import State

#: A part of a template: a text, or what fills a slot.
_Fill: TypeAlias = Callable[[State, Census], str]
_Template: TypeAlias = tuple[str, tuple[_Fill, ...]]

#: Writes a text of one kind. The number is 0 or 1: texts of one are not texts of
#: the other, so that whoever takes turns never has the same text twice.
Sentences: TypeAlias = Callable[[State, Census, int], str]

_SLOT = re.compile(r"\{(\w+)\}")


@cache_short_names(maxsize=512)
def sentences(field: str, noun: str, trouble: bool | None = None) -> Sentences:
    """Texts for a field of a resource; with ``trouble`` only bad or good news."""
    templates = tuple(_template(text) for text in text_for(field, noun, trouble))
    halves = [templates[0::2], templates[1::2] or templates]

    def make(state: State, census: Census, turn: int) -> str:
        half = halves[turn]
        text, fills = half[int(state.random() * len(half))]
        if not fills:
            return text
        return text % tuple([fill(state, census) for fill in fills])

    return make


def piece(number: int) -> str:
    """The n-th piece of a model's answer, which begins again when it is over."""
    pieces = _pieces()
    return pieces[number % len(pieces)]


@cache
def _pieces() -> tuple[str, ...]:
    return tuple(re.findall(r"\s*\S+", " ".join(word_list("answers"))))


def _template(text: str) -> _Template:
    """A template as ``%`` takes it, with what to put in."""
    names = _SLOT.findall(text)
    if not names:
        return text, ()
    return _SLOT.sub("%s", text.replace("%", "%%")), tuple(map(_fill, names))


@lru_cache(maxsize=64)
def _fill(name: str) -> _Fill:
    slot = slots()[name]
    if slot.span is not None:
        low, count = slot.span[0], slot.span[1] - slot.span[0] + 1
        return lambda state, census: str(low + int(state.random() * count))
    if slot.words:
        words, many = slot.words, len(slot.words)
        return lambda state, census: words[int(state.random() * many)]
    return _FROM_CENSUS[name]


def _user(state: State, census: Census) -> str:
    return f"{_first(state, census)} {_any(state, census.last_names)}"


def _first(state: State, census: Census) -> str:
    return _any(state, census.first_names)


def _any(state: State, choices: tuple[str, ...]) -> str:
    return choices[int(state.random() * len(choices))]


_FROM_CENSUS: dict[str, _Fill] = {
    "user": _user,
    "first": _first,
    "city": lambda state, census: _any(state, census.cities),
    "company": lambda state, census: _any(state, census.companies),
}
