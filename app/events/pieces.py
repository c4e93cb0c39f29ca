"""Text in the pieces that a language model would send it in."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A word's beginning with the space before it, a few digits, or punctuation.
_PIECE = re.compile(r" ?[^\W\d_]{1,6}|\d{1,3}|[^\w\s]{1,3}|\s+|.", re.DOTALL)


def word_pieces(text: str) -> Iterator[str]:
    """``text`` in word pieces of a few characters; joined, they are ``text``."""
    return (found.group() for found in _PIECE.finditer(text))
