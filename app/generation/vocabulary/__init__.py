"""Words and texts of which believable values are made.

``families`` finds words that can stand for one another (levels, states, methods,
currencies), ``event_types`` what can happen to a thing, and ``templates`` the
templates of a message, a title or a comment, whose slots ``slots`` lists. The
tables are data; nothing is drawn at random here.
"""

from __future__ import annotations

from .families import choices_for, choices_of, family_of
from .slots import Slot, family_slug, slots, word_list
from .templates import is_trouble, text_for

__all__ = [
    "Slot",
    "choices_for",
    "choices_of",
    "family_of",
    "family_slug",
    "is_trouble",
    "slots",
    "text_for",
    "word_list",
]
