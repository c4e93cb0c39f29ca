"""The slots of the templates: ``{service}``, ``{ms}``, ``{user}``, ..."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ...data import table
from ...resources.inflection import words
from .style import style_of


class Slot(NamedTuple):
    """What fills a slot.

    One of ``words``, or a whole number of ``span`` (both ends included). A slot
    with neither is filled from the locale: ``meaning`` says with what.
    """

    meaning: str
    words: tuple[str, ...] = ()
    span: tuple[int, int] | None = None


@cache
def slots() -> Mapping[str, Slot]:
    """Every slot that a template may have."""
    return {
        name: Slot(
            row["meaning"],
            words=tuple(row.get("words", ())),
            span=(row["span"][0], row["span"][1]) if "span" in row else None,
        )
        for name, row in table("vocabulary/slots")["slots"].items()
    }


def family_slug(text: str) -> tuple[str, ...] | None:
    """The names that go on from one of a list, in its style: rooms, services.

    None where no list has it.
    """
    for name in ("rooms", "services"):
        known = [words(word) for word in word_list(name)]
        if words(text) in known:
            first, style = known.index(words(text)), style_of(text)
            return tuple(map(style.write, [*known[first:], *known[:first]]))
    return None


@cache
def word_list(name: str) -> tuple[str, ...]:
    """The words of a list of ``app/data/vocabulary/words.json``."""
    return tuple(table("vocabulary/words")["lists"][name])
