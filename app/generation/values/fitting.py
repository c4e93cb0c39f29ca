"""Texts that keep a schema's pattern, format and length."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import TypeAlias

from ...schema.conjunction import Flat
from ...schema.document import Document
from ...schema.patterns import Pattern
from ...schema.refusal import Impossible
from ..vocabulary import word_list
from .clocks import Clock
from .formats import FORMATS
from .state import State

#: Makes a text in an event.
TextMaker: TypeAlias = Callable[[State], str]

#: Longer texts than this are refused.
_MAX_LENGTH = 20_000
#: Tries for a text that fits several constraints at once.
_TRIES = 60
#: A moment to try things with when a plan is compiled.
_SOME_TIME = 1_736_167_000_123
#: Moments in whose texts every digit that can vary does.
_MOMENTS = (
    946_684_800_000,
    1_044_533_106_987,
    1_736_167_000_123,
    2_019_686_399_999,
    3_786_912_000_456,
    4_102_444_799_999,
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Fitting:
    """What a text must keep. Raises ``Impossible`` where no text is found.

    ``free`` is True where any text will do.
    """

    def __init__(self, flat: Flat, document: Document) -> None:
        """Take the constraints of a flat schema and try them."""
        self._least: int = flat.get("minLength", 0)
        self._most: int = flat.get("maxLength", sys.maxsize)
        self._formats: tuple[str, ...] = flat.get("format", ())
        patterns: tuple[str, ...] = flat.get("pattern", ())
        if self._least > min(self._most, _MAX_LENGTH):
            raise Impossible(
                "no text of a bounded length fits",
                keyword="minLength",
                value=self._least,
                limit=min(self._most, _MAX_LENGTH),
            )
        self._patterns = tuple(Pattern(pattern) for pattern in patterns)
        bounds = {key: flat[key] for key in ("minLength", "maxLength") if key in flat}
        rules = [{"pattern": pattern} for pattern in patterns]
        rules += [{"format": name} for name in self._formats]
        self.free = not bounds and not rules
        self._check = document.check({**bounds, "allOf": rules} if rules else bounds)
        if not self.free:
            trial = State(random.Random(0).random, document.budget)
            trial.now_ms = _SOME_TIME
            self._sample = self._found(trial)

    def permits(self, clock: Clock) -> bool:
        """Whether the texts of a clock fit, whatever time it is."""
        return all(self.fits(clock(moment)) for moment in _MOMENTS)

    def fits(self, text: str) -> bool:
        """Whether a text keeps everything."""
        return self.free or self._check(text)

    def make(self, state: State) -> str:
        """A text that fits, without any other meaning."""
        try:
            return self._found(state)
        except Impossible:
            return self._sample

    def fitted(self, make: TextMaker) -> TextMaker:
        """``make``, replaced wherever its text does not fit."""
        if self.free:
            return make

        def checked(state: State) -> str:
            text = make(state)
            return text if self._check(text) else self.make(state)

        return checked

    def _found(self, state: State) -> str:
        for attempt in range(_TRIES):
            text = self._candidate(state, attempt)
            state.budget.spend(2 + len(text) // 8)
            if self._check(text):
                return text
        raise Impossible("no text was found that fits its pattern, format and length")

    def _candidate(self, state: State, attempt: int) -> str:
        known = [name for name in self._formats if name in FORMATS]
        if self._patterns and (attempt % 2 == 0 or not known):
            pattern = self._patterns[attempt // 2 % len(self._patterns)]
            extra = (3, 8, self._least, 2 * self._least, 0)[attempt // 2 % 5]
            text = pattern.text(state.random, min(extra, 2 * _MAX_LENGTH))
            if len(self._patterns) > 1:
                text = self._with_the_others(text, pattern, state)
            if len(text) < self._least:
                padding = _letters(state, self._least - len(text))
                text = padding + text if attempt % 4 else text + padding
        elif known:
            text = FORMATS[known[0]](state)
        else:
            return self._words(state)
        if len(text) > self._most and attempt > _TRIES // 2:
            return text[: self._most]
        return text

    def _with_the_others(self, text: str, pattern: Pattern, state: State) -> str:
        """``text`` of one pattern with the shortest of each other written over it."""
        for other in self._patterns:
            if other is not pattern:
                part = other.text(state.random, 0)
                at = int(state.random() * (len(text) - len(part) + 1))
                if 0 <= at:
                    text = text[:at] + part + text[at + len(part) :]
        return text

    def _words(self, state: State) -> str:
        """Words, or where few characters are allowed, letters."""
        if self._most < 8:
            count = min(self._most, max(self._least, 3))
            return _letters(state, count)
        text = _word(state)
        while len(text) < self._least or len(text) < 4:
            text += " " + _word(state)
        return text[: self._most].rstrip().ljust(self._least, "s")


def _letters(state: State, count: int) -> str:
    return "".join([_LETTERS[int(state.random() * 26)] for _ in range(count)])


def _word(state: State) -> str:
    words = word_list("fillers")
    return words[int(state.random() * len(words))]
