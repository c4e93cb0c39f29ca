"""Texts in an example's own words, in which only the numbers differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import TypeAlias

#: Writes a text; the argument gives numbers in [0, 1).
_Draw: TypeAlias = Callable[[], float]

#: A time of day, or a number that stands alone: no part of a name, date or version.
_NUMBER = re.compile(
    r"(?<![\w.,:/#+-])(?:(?P<hour>1?\d|2[0-3]):(?P<minute>[0-5]\d)"
    r"|(?P<number>\d{1,8}))(?![\w:/-]|[.,]\d)"
)
#: The word before a number, and those behind which a number is a limit or a code.
_BEFORE = re.compile(r"([A-Za-z]+)\W{1,3}$")
_KEPT_BEHIND = frozenset("""
    above below code exceeds exit line over status threshold under version
    """.split())
#: Numbers that are read as years.
_YEARS = range(1900, 2101)
_QUARTER = 15
#: What answers of HTTP say, by their status.
_PHRASES = {str(int(status)): status.phrase for status in HTTPStatus}
#: Numbers of as many digits are codes, all of whose digits may differ.
_CODE = 4


def reworded(text: str, fixed: Collection[str]) -> Callable[[_Draw], str] | None:
    """Makes texts like ``text`` with other numbers, None where it has none.

    Numbers that are ``fixed``, as other fields have them too, stay.
    """
    parts: list[str | Callable[[_Draw], str]] = []
    end = 0
    for match in _NUMBER.finditer(text):
        other = _other(match)
        before = _BEFORE.search(text[: match.start()])
        is_kept = before is not None and before[1].lower() in _KEPT_BEHIND
        is_kept = is_kept or _is_status(match[0], text[match.end() :])
        if match[0] not in fixed and other is not None and not is_kept:
            parts += [text[end : match.start()], other]
            end = match.end()
    if not parts:
        return None
    parts.append(text[end:])
    return lambda draw: "".join(
        [part if isinstance(part, str) else part(draw) for part in parts]
    )


def _is_status(digits: str, behind: str) -> bool:
    """Whether a number is the status of an answer, whose phrase it has behind it."""
    phrase = _PHRASES.get(digits)
    return phrase is not None and behind.lstrip(" -").startswith(phrase)


def _other(match: re.Match[str]) -> Callable[[_Draw], str] | None:
    """What writes another time or number in the place of the one that was found."""
    if match["hour"]:
        return _time(int(match["hour"]), int(match["minute"]))
    digits, number = match["number"], int(match["number"])
    if number in _YEARS or number < 2:
        return None
    if len(digits) >= _CODE:
        return lambda draw: digits[0] + "".join(
            [str(int(draw() * 10)) for _ in digits[1:]]
        )
    low = max(2, number * 2 // 3)
    return lambda draw: str(low + int(draw() * (number * 3 // 2 - low + 1)))


def _time(hour: int, minute: int) -> Callable[[_Draw], str]:
    """A time of the same half of the day, on a quarter where the first is on one."""
    step = 1 if minute % _QUARTER else _QUARTER
    low, high = (1, 11) if hour < 12 else (12, 18)

    def write(draw: _Draw) -> str:
        other = int(draw() * (60 // step)) * step
        return f"{low + int(draw() * (high - low + 1))}:{other:02d}"

    return write
