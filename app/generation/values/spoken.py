"""Points in time as sentences and lines of logs have them: ``June 18 at 4:05PM``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import TypeAlias

from .state import State

#: A text that may have such a time has one of these.
_MAY_HAVE = re.compile(
    r"\d ?[AP]M|[A-Z][a-z]+ \d\d?|\d [A-Z][a-z]+ \d{4}|\d\d:\d\d:\d\d"
    r"|\d{8}|\d{4}[-./]\d\d[-./]\d\d|\d{6}Z"
)
#: What is logged is told as many ms before or after.
_AROUND = (0, -1_000, 1_000, -2_000, 2_000)
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


def _syslog(ms: int) -> str:
    moment = _at(ms)
    return f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S}"


def _asctime(ms: int) -> str:
    return f"{_at(ms):%a} {_syslog(ms)} {_at(ms):%Y}"


def _apache(ms: int) -> str:
    return f"{_at(ms):%d/%b/%Y:%H:%M:%S}"


def _iso_with(separator: str, ms: int) -> str:
    return f"{_at(ms):%Y-%m-%d}{separator}{_at(ms):%H:%M:%S}"


def _to_the_millisecond(form: str, ms: int) -> str:
    return f"{_at(ms).strftime(form)}{ms % 1000:03d}"


def _dated(form: str, ms: int) -> str:
    return _at(ms).strftime(form)


def _in_seconds(ms: int) -> str:
    return str(ms // 1000)


def _in_decimals(ms: int) -> str:
    return f"{ms // 1000}.{ms % 1000:03d}"


#: The forms of times of a log, down to the millisecond; longer ones first.
_PRECISE: tuple[Callable[[int], str], ...] = tuple(
    partial(_to_the_millisecond, form)
    for form in (
        *(f"%Y-%m-%d{sep}%H:%M:%S{mark}" for sep in "T " for mark in ".,"),
        "%H:%M:%S.",
        "%H:%M:%S,",
    )
)
#: The forms of times of a log, down to the second.
_LOGGED: tuple[Callable[[int], str], ...] = (
    _asctime,
    _syslog,
    _apache,
    partial(_iso_with, "T"),
    partial(_iso_with, " "),
)
#: The forms of such times, each of local milliseconds since 1970; longer ones first.
_SPOKEN: tuple[Callable[[int], str], ...] = (
    _day_and_hour,
    _day,
    _european_day,
    _time_of_day,
    str,
    _in_decimals,
    _in_seconds,
    *(
        partial(_dated, form)
        for form in (
            "%Y%m%dT%H%M%S",
            "%Y%m%d%H%M%S",
            "%Y%m%d",
            "%Y-%m-%d",
            "%Y.%m.%d",
            "%Y/%m/%d",
            "%d%H%MZ",
        )
    ),
)


#: A text, and what tells another time like it, of local milliseconds since 1970.
_Telling: TypeAlias = tuple[str, Callable[[int], str]]


def spoken(text: str, ms: int) -> list[_Telling]:
    """The parts of a text that tell a time, each with what tells another one."""
    found: list[_Telling] = []
    if any(clock in text for clock in _clocks(ms)):
        found = [each for each in _nearly(ms) if each[0] in text]
    return found + [each for each in _exactly(ms) if each[0] in text]


@lru_cache(maxsize=512)
def _exactly(ms: int) -> tuple[_Telling, ...]:
    return tuple((form(ms), form) for form in _SPOKEN)


@lru_cache(maxsize=512)
def _nearly(ms: int) -> tuple[_Telling, ...]:
    forms = ((form, off) for form in _LOGGED for off in _AROUND)
    return tuple(
        (form(ms + off), partial(_off, form, off))
        for form, off in [*((form, 0) for form in _PRECISE), *forms]
    )


@lru_cache(maxsize=512)
def _clocks(ms: int) -> tuple[str, ...]:
    return tuple(f"{_at(ms + off):%H:%M:%S}" for off in _AROUND)


def _off(form: Callable[[int], str], off: int, ms: int) -> str:
    return form(ms + off)


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
