"""The way a word is written: ``in_progress``, ``In Progress``, ``IN-PROGRESS``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...resources.inflection import parts

_SEPARATOR = re.compile(r"[^\W_]([-_. ])[^\W_]")


class Style(NamedTuple):
    """How words are written: the first, the others, and what is between them."""

    first: Callable[[str], str]
    others: Callable[[str], str]
    separator: str

    def write(self, words: Sequence[str]) -> str:
        """``words``, lower case, in this style."""
        head, *rest = words
        return self.separator.join([self.first(head), *map(self.others, rest)])


def style_of(text: str) -> Style:
    """The style of an example; a single word leaves the separator to habit."""
    found = _SEPARATOR.search(text)
    words = parts(text)
    first = _case(words[0]) if words else str.lower
    others = _case(words[1]) if len(words) > 1 else first
    if found:
        separator = found[1]
    elif len(words) > 1:
        separator = ""
    else:
        separator = " " if first is str.capitalize else "_"
    return Style(first, others, separator)


def _case(word: str) -> Callable[[str], str]:
    if word.islower():
        return str.lower
    if word.isupper():
        return str.upper
    return str.capitalize
