"""Words that believable values are made of.

``families`` finds the words that may stand for another (levels, states,
methods, currencies, event types); ``markets`` and ``places`` have what is real.
"""

from __future__ import annotations

from app.generation.vocabulary.families import choices_for, choices_of, family_of

__all__ = ["choices_for", "choices_of", "family_of"]
