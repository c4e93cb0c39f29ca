"""Words and texts that believable values are made of.

``families`` finds the words that may stand for another (levels, states,
methods, currencies, event types), and ``texts`` the templates for a message, a
title or a comment, whose slots ``slots`` lists. ``markets`` and ``places`` have
what is real. Everything is a constant table; nothing is drawn here.
"""

from __future__ import annotations

from .families import choices_for, choices_of, family_of
from .slots import Slot, slots, word_list
from .texts import is_trouble, text_for

__all__ = [
    "Slot",
    "choices_for",
    "choices_of",
    "family_of",
    "is_trouble",
    "slots",
    "text_for",
    "word_list",
]
