"""Separates what a model says from what it thinks. Pure.

Reasoning models think aloud in the text of their answer, in three ways:

- between tags: ``<think>...</think>``, also ``<thinking>`` and the like;
- up to a closing tag alone, where the server's template wrote the opening one;
- in channels of the harmony format, where only ``final`` is the answer.

What looks like a tag inside the JSON of an answer is data and stays.
"""

from __future__ import annotations

import re
from contextlib import closing

from .chat import Answering, Pieces

#: Thinking that is not closed is dropped but for this many characters, in which
#: the mark that closes it may have begun.
_MAX_MARK_LENGTH = 80

_TAGS = "think|thinking|thought|reasoning"

#: What is left of the head of a final harmony message without its tokens.
_FINAL_MESSAGE = "assistantfinal"

#: Whatever begins or ends thinking, and the bracket from which all is JSON.
_MARK = re.compile(
    rf"(?P<open><(?:{_TAGS})>)"
    rf"|(?P<close></(?:{_TAGS})>|{_FINAL_MESSAGE})"
    r"|<\|channel\|>\s*(?P<channel>\w+)[^<>|]{0,60}(?:<\|constrain\|>\s*\w*\s*)?"
    r"<\|message\|>"
    r"|(?P<start><\|start\|>)|<\|(?:end|return|call|message)\|>"
    r"|(?P<bracket>[{\[])",
    re.IGNORECASE,
)

#: The end of a text that may be the beginning of a mark.
_BEGUN = re.compile(
    r"<[^>]{0,24}\Z|<\|channel\|>[^{\[]{0,70}\Z|(?:"
    + "|".join(_FINAL_MESSAGE[:end] for end in range(len(_FINAL_MESSAGE) - 1, 0, -1))
    + r")\Z",
    re.IGNORECASE,
)

_CLOSES = re.compile(rf"</(?:{_TAGS})>|{_FINAL_MESSAGE}", re.IGNORECASE)
_NEXT_MESSAGE = re.compile(
    r"(?=<\|(?:start|channel)\|>)|<\|(?:end|return|call)\|>", re.IGNORECASE
)
_HEAD_ENDS = re.compile(r"(?=<\|channel\|>)|<\|message\|>", re.IGNORECASE)

#: The channel of a harmony answer that is for the user.
_FINAL = "final"

#: What an answer in JSON begins with, or with a fence; a thought does not.
_ANSWERS = tuple('{["`-0123456789')


class Habits:
    """How a backend marks its thinking, learned from its answers. Shared by streams."""

    __slots__ = ("closes_unopened",)

    def __init__(self) -> None:
        """Begin with nothing known."""
        #: Whether answers begin in the midst of thinking; None before the first.
        self.closes_unopened: bool | None = None


class Spoken:
    """Passes on what a model says in one answer, and nothing of what it thinks.

    An answer that begins with prose may turn out to be thinking, by a closing
    tag alone. It is held back until that tag or the end, unless the backend's
    ``habits`` are known: they are the same in every answer.
    """

    __slots__ = ("_closing", "_habits", "_is_json", "_is_open", "_said", "_text")

    def __init__(self, habits: Habits) -> None:
        """Begin an answer of a backend with these ``habits``, and learn from it."""
        self._habits = habits
        self._text = ""  # not looked at yet
        self._said = ""  # no thinking as far as is known, not passed on yet
        self._closing = _CLOSES if habits.closes_unopened else None
        self._is_open = habits.closes_unopened is False
        self._is_json = False

    def feed(self, piece: str) -> str:
        """What ``piece`` adds to what was said; empty while nothing is certain."""
        if self._is_json:
            return piece
        self._text += piece
        while self._advance():
            pass
        return self._released() if self._is_open else ""

    def close(self, *, is_doubtful: bool) -> str:
        """The rest of what was said, at the end of the answer.

        Prose that was held back is dropped if it ``is_doubtful``: the answer was
        cut, so that the tag that closes its thinking may be missing.
        """
        habits = self._habits
        if self._closing is not None:
            if habits.closes_unopened and not is_doubtful:
                habits.closes_unopened = None  # it has changed: look again
            return ""
        if is_doubtful and not self._is_open:
            return ""
        if not is_doubtful and habits.closes_unopened is None:
            habits.closes_unopened = False
        self._said += self._text
        self._text = ""
        return self._released()

    def _released(self) -> str:
        said, self._said = self._said, ""
        return said

    def _advance(self) -> bool:
        """Deal with the next mark; False where none is complete."""
        if self._closing is not None:
            return self._leave(self._closing)
        if not self._is_open and not self._said:
            start = self._text.lstrip()[:1]
            self._is_open = start != "" and start in _ANSWERS
        mark = _MARK.search(self._text)
        if mark is None:
            begun = _BEGUN.search(self._text)
            self._say(len(self._text) if begun is None else begun.start())
            return False
        self._take(mark)
        return not self._is_json

    def _take(self, mark: re.Match[str]) -> None:
        """Deal with ``mark``, which is the first in the text."""
        if mark["bracket"]:
            # In prose that is held back, it may be a bracket in a thought.
            self._is_json = self._is_open
            self._say(len(self._text) if self._is_json else mark.end())
            return
        self._say(mark.start())
        self._text = self._text[mark.end() - mark.start() :]
        if mark["open"]:
            self._closing = _CLOSES
        elif mark["close"]:
            self._said = ""
            self._habits.closes_unopened = self._is_open = True
        elif mark["channel"]:
            self._is_open = mark["channel"].lower() == _FINAL
            self._closing = None if self._is_open else _NEXT_MESSAGE
        elif mark["start"]:
            self._closing = _HEAD_ENDS

    def _leave(self, closing: re.Pattern[str]) -> bool:
        """Drop thinking up to its end; False where that is still to come."""
        found = closing.search(self._text)
        if found is None:
            self._text = self._text[-_MAX_MARK_LENGTH:]
            return False
        self._text = self._text[found.end() :]
        self._closing = None
        self._is_open = self._is_open or closing is _CLOSES
        return True

    def _say(self, length: int) -> None:
        """Count the first ``length`` characters of the text as said."""
        self._said += self._text[:length]
        self._text = self._text[length:]


def spoken(pieces: Pieces, habits: Habits, *, wants_json: bool) -> Pieces:
    """The same answer, without the model's thinking."""
    said = Spoken(habits)
    with closing(Answering(pieces)) as answer:
        for piece in answer:
            if text := said.feed(piece):
                yield text
    if text := said.close(is_doubtful=answer.is_cut and wants_json):
        yield text
    return answer.is_cut
