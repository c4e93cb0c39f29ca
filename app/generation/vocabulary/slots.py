"""The slots of the templates: ``{service}``, ``{ms}``, ``{user}``, ..."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ...data import table


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


@cache
def word_list(name: str) -> tuple[str, ...]:
    """The words of a list of ``app/data/vocabulary/words.json``."""
    return tuple(table("vocabulary/words")["lists"][name])
