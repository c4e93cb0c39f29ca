"""Finds the noun that a word of a path means."""

from __future__ import annotations

from functools import cache

from app.generation.archetypes import (
    commerce,
    devices,
    life,
    markets,
    messages,
    operations,
    people,
    travel,
)
from app.generation.archetypes.model import Noun
from app.generation.vocabulary.inflection import singular, words

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
    return _index().get(_key(words(segment)))


def noun_within(segment: str) -> Noun | None:
    """The noun that a compound ends in, or at least has.

    ``orderItems`` are order items, ``vip-customers`` are customers and
    ``sensor-data`` is about sensors.
    """
    parts = words(segment)
    tails = [parts[start:] for start in range(len(parts))]
    singles = [[part] for part in reversed(parts)]
    for candidate in (*tails, *singles):
        noun = _index().get(_key(candidate))
        if noun is not None:
            return noun
    return None


def _key(parts: list[str]) -> str:
    if not parts:
        return ""
    return "-".join([*parts[:-1], singular(parts[-1])])


@cache
def _index() -> dict[str, Noun]:
    """Every noun by its name and aliases, in the singular."""
    return {
        _key(words(name)): noun for noun in NOUNS for name in (noun.name, *noun.aliases)
    }
