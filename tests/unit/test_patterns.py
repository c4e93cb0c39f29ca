"""No regular expression may take a time that doubles with each character."""

from __future__ import annotations

import pkgutil
import re
import signal
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import app

#: What is repeated, and what may follow so that nothing matches.
_UNITS = (
    *"aA10-_./: %,+(é",
    *("aA", "a1", "A1", "Aa1", "a-", "A-", "1-", "a_", "a ", "a.", "1.", "1:", "a/"),
    *("0f", "CCoBEAAmJQ", "://a.", "@a.", "1 a ", "A B ", "a,", "12:3", "a=1&", '"a'),
)
_ENDS = ("", "!", "=", " ", "Z", "9")
_LENGTH = 60
_SECONDS = 5.0
#: These work when they are run, not when they are imported.
_PROGRAMS = ("app.__main__", "app.start", "app.serving")


class _TooLong(Exception):
    pass


def patterns() -> dict[str, re.Pattern[Any]]:
    """The patterns of all modules, by their text."""
    found: dict[str, re.Pattern[Any]] = {}

    def note(value: object) -> None:
        if isinstance(value, re.Pattern):
            found[str(value.pattern)] = value
        elif isinstance(value, (tuple, list, frozenset)):
            for each in value:
                note(each)
        elif isinstance(value, dict):
            for key, each in value.items():
                note(key)
                note(each)

    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.startswith(_PROGRAMS):
            for value in [*vars(import_module(module.name)).values()]:
                note(value)
    return found


def hostile() -> Iterator[str]:
    for unit in _UNITS:
        for end in _ENDS:
            yield (unit * _LENGTH)[:_LENGTH] + end


def test_no_pattern_runs_away_on_a_hostile_text() -> None:
    texts = [*hostile()]
    known = patterns()
    assert len(known) > 100

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    slow = []
    try:
        for shown, pattern in known.items():
            is_text = isinstance(pattern.pattern, str)
            inputs: list[Any] = texts if is_text else [each.encode() for each in texts]
            signal.setitimer(signal.ITIMER_REAL, _SECONDS)
            try:
                for text in inputs:
                    pattern.fullmatch(text)
                    pattern.search(text)
            except _TooLong:
                slow.append(shown)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert slow == []
