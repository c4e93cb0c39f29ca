"""The data in a prompt: how much of it there is room for, and fences around it.

Everything that comes from a caller or a model stands between fences whose name
occurs nowhere inside them, and is called data.
"""

from __future__ import annotations

#: What titles and fences take of a prompt, in characters, roughly.
FRAME = 360

#: What is cut is not shown when less than this would be left, in characters.
_MIN_PART = 24

_CUT = "..."


class Room:
    """The characters that are left of a prompt."""

    def __init__(self, characters: int) -> None:
        """Begin with room for ``characters``."""
        self.left = characters

    def take(self, text: str) -> None:
        """Count ``text`` whole."""
        self.left -= len(text)

    def cut(self, text: str, most: int | None = None) -> str:
        """The beginning of ``text`` that there is room for, and for ``most``."""
        room = self.left if most is None else min(self.left, most)
        if len(text) > room:
            kept = room - len(_CUT)
            text = text[:kept] + _CUT if kept >= _MIN_PART else ""
        self.take(text)
        return text

    def tail(self, text: str) -> str:
        """The last whole lines of ``text`` that there is room for."""
        if len(text) > self.left:
            kept = text[len(text) - max(self.left, 0) :]
            text = kept.partition("\n")[2]
        self.take(text)
        return text


def fenced(*parts: tuple[str, str]) -> tuple[str, str]:
    """The fences' name, and the ``parts`` between fences; each is a title and data.

    A part without data is left out. The name is the same whenever that is possible.
    """
    number = 1
    while any(f"data-{number}" in text for _, text in parts):
        number += 1
    fence = f"data-{number}"
    texts = [f"{title}\n<{fence}>\n{text}\n</{fence}>" for title, text in parts if text]
    return fence, "\n".join(texts)


def one_line(text: str) -> str:
    """``text`` with every run of white space as one space."""
    return " ".join(text.split())
