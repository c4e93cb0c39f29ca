"""Times of an example that stand for a whole day: dates, and midnights."""

from __future__ import annotations

from collections.abc import Callable

from ...evidence.leaves import Leaf, is_date, time_of, words
from ...evidence.outline import Outline
from ...values.clocks import within, zone_offset
from ...values.state import State

_HOUR, _DAY = 3_600_000, 86_400_000
_QUARTER = 900_000
#: How far the clocks of zones are from UTC at most (ms).
_ZONES = 12 * _HOUR


def is_day(leaf: Leaf, moment: int) -> bool:
    """Whether a time is midnight by its own clock."""
    return (moment + zone_offset(str(leaf.value))) % _DAY == 0


def is_midnight(leaf: Leaf, moment: int) -> bool:
    """Whether a time stands for a whole day, by its name and itself."""
    if leaf.last not in ("date", "day") or not isinstance(leaf.value, str):
        return False
    ahead = zone_offset(leaf.value)
    return not is_date(leaf) and not ahead and moment % _DAY == 0


def ahead_of_midnight(leaf: Leaf, moment: int, present: int) -> int | None:
    """By how many ms the clock is ahead by which a number is this day's midnight."""
    if not isinstance(leaf.value, int) or leaf.last not in ("date", "day"):
        return None
    ahead = -moment % _DAY
    ahead -= _DAY if ahead > _ZONES else 0
    is_this_day = moment % _QUARTER == 0 and 0 <= present - moment < _DAY
    return ahead if is_this_day and present % _QUARTER else None


def is_clock(leaf: Leaf) -> bool:
    """Whether a field is a time with a time of day."""
    return time_of(leaf) is not None and not is_date(leaf)


def on_that_day(leaf: Leaf, whole: Outline) -> Leaf | None:
    """A time of the same object, or of any, that is on the day that a field says."""
    day = str(leaf.value)
    same = [
        other
        for other in whole.leaves.values()
        if other is not leaf
        and isinstance(other.value, str)
        and other.value[: len(day)] == day
        and ":" in other.value
        and time_of(other) is not None
    ]
    same.sort(key=lambda other: other.spot[:-1] != leaf.spot[:-1])
    same += [
        other
        for other in whole.leaves.values()
        if other.spot[:-1] == leaf.spot[:-1] and _is_abroad(leaf, other)
    ]
    return same[0] if same else None


def _is_abroad(leaf: Leaf, other: Leaf) -> bool:
    """Whether a time is on a day only by the clock of another zone."""
    at, found = time_of(leaf), time_of(other)
    if at is None or found is None or not is_clock(other):
        return False
    return "start" in words(other.name) and -_ZONES < found[1] - at[1] < _DAY + _ZONES


def ahead_on(leaf: Leaf, other: Leaf) -> int:
    """How far the clock by which a time is on a day is ahead of UTC, in ms."""
    ahead, found, day = zone_offset(str(other.value)), time_of(other), time_of(leaf)
    if found is None or day is None:
        return ahead
    late = found[1] + ahead - day[1]
    if 0 <= late < _DAY:
        return ahead
    hours = -late // _HOUR if late < 0 else (late - _DAY) // _HOUR + 1
    return ahead + (abs(hours) * _HOUR if late < 0 else -hours * _HOUR)


def days_ahead(days: int) -> Callable[[State], int]:
    """Midnight of some days from now."""
    return lambda state: within((state.now_ms // _DAY + days) * _DAY)


def midnight_of(ahead: int) -> Callable[[State], int]:
    """The beginning of this day by a clock that is some ms ahead."""
    return lambda state: within((state.start_ms + ahead) // _DAY * _DAY - ahead)


def at_that_hour(moment: int, ahead: int) -> Callable[[State], int]:
    """This day at the hour of a moment, by a clock that is some ms ahead."""
    hour = (moment + ahead) % _DAY
    return lambda state: within((state.start_ms + ahead) // _DAY * _DAY - ahead + hour)
