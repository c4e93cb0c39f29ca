"""A text that is never shown by accident."""

from __future__ import annotations

#: What is shown instead of a secret.
MASK = "***"


class Secret:
    """A key or password that only ``reveal`` returns; anything else gets a mask.

    It is not a ``str``, so that no f-string, log line or JSON encoder can pass it
    on by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep ``text``."""
        self._text = text

    def reveal(self) -> str:
        """The text itself, to be sent or compared."""
        return self._text

    def __repr__(self) -> str:
        """The mask."""
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        """The mask; ``format`` and f-strings use it too."""
        return MASK

    def __eq__(self, other: object) -> bool:
        """Whether ``other`` is a secret with the same text."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """A hash that agrees with ``==``."""
        return hash((Secret, self._text))
