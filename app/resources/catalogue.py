"""Finds the noun that a word of a path means."""

from __future__ import annotations

from functools import cache

from .inflection import singular, words
from .noun import Noun
from .nouns import (
    commerce,
    devices,
    life,
    markets,
    messages,
    operations,
    people,
    travel,
)

NOUNS: tuple[Noun, ...] = (
    *markets.NOUNS,
    *commerce.NOUNS,
    *people.NOUNS,
    *devices.NOUNS,
    *operations.NOUNS,
    *messages.NOUNS,
    *travel.NOUNS,
    *life.NOUNS,
)


def noun_of(segment: str) -> Noun | None:
    """The noun that a whole segment names, in any case, number and spelling."""
    return _find(words(segment))


def noun_within(segment: str) -> Noun | None:
    """The noun that a compound ends in, or at least has.

    ``orderItems`` are order items, ``vip-customers`` are customers and
    ``sensor-data`` is about sensors.
    """
    parts = words(segment)
    tails = [parts[start:] for start in range(len(parts))]
    singles = [[part] for part in reversed(parts)]
    for candidate in (*tails, *singles):
        noun = _find(candidate)
        if noun is not None:
            return noun
    return None


def _find(parts: list[str]) -> Noun | None:
    if not parts:
        return None
    *first, last = parts
    for form in (last, singular(last), last.removesuffix("s")):
        noun = _index().get("-".join([*first, form]))
        if noun is not None:
            return noun
    return None


@cache
def _index() -> dict[str, Noun]:
    """Every noun by its name, in singular and plural, and its aliases."""
    return {
        name: noun
        for noun in NOUNS
        for name in (noun.name, _singular_of(noun.name), *noun.aliases)
    }


def _singular_of(name: str) -> str:
    *first, last = name.split("-")
    return "-".join([*first, singular(last)])
