"""A text that does not show itself."""

from __future__ import annotations

#: What is shown instead of a secret.
MASK = "***"


class Secret:
    """A key or password: only ``reveal`` gives it, every other way shows a mask.

    It is no ``str``, so that neither an f-string, a log line nor a JSON encoder
    can pass it on by accident.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep ``text``."""
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the place that sends or compares it."""
        return self._text

    def __repr__(self) -> str:
        """The mask."""
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        """The mask; ``format`` and f-strings use it too."""
        return MASK

    def __eq__(self, other: object) -> bool:
        """Equal to a secret of the same text, and to nothing else."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """A hash that agrees with ``==``."""
        return hash((Secret, self._text))
