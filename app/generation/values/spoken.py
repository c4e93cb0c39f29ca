"""Points in time as sentences have them: ``June 18 at 4:05PM``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from .state import State

#: A text that may have such a time has one of these.
_MAY_HAVE = re.compile(r"\d ?[AP]M|[A-Z][a-z]+ \d\d?|\d [A-Z][a-z]+ \d{4}")
_EPOCH = datetime(1970, 1, 1)


def may_have_times(text: str) -> bool:
    """Whether a text looks as if it had a time in words."""
    return _MAY_HAVE.search(text) is not None


def _at(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def _hour(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment.minute:02d}"


def _day_and_hour(ms: int) -> str:
    moment = _at(ms)
    return f"{moment:%B} {moment.day} at {_hour(moment)}{moment:%p}"


def _day(ms: int) -> str:
    moment = _at(ms)
    return f"{moment:%B} {moment.day}, {moment.year}"


def _european_day(ms: int) -> str:
    moment = _at(ms)
    return f"{moment.day} {moment:%B} {moment.year}"


def _time_of_day(ms: int) -> str:
    moment = _at(ms)
    return f"{_hour(moment)} {moment:%p}"


#: The forms of such times, each of local milliseconds since 1970; longer ones first.
SPOKEN: tuple[Callable[[int], str], ...] = (
    _day_and_hour,
    _day,
    _european_day,
    _time_of_day,
)


def told(
    form: Callable[[int], str], at: Callable[[State], int], ahead: int, state: State
) -> str:
    """A time in words, of a clock that is ``ahead`` of UTC (ms)."""
    return form(at(state) + ahead)


def between(
    texts: Sequence[str], tell: Callable[[State], str]
) -> Iterator[str | Callable[[State], str]]:
    """Texts with the same thing between each two of them."""
    for number, text in enumerate(texts):
        if number:
            yield tell
        if text:
            yield text
