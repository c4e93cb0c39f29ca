"""Times of an example that only lie on whole hours, minutes or steps of a series."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from ..values.clocks import within, zone_offset
from ..values.state import State
from .leaves import Leaf, Spot, words

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000
#: Words of names that say on what a time lies (ms).
_NAMED = {"minute": _MINUTE, "hour": _HOUR, "hourly": _HOUR}
#: How long candles are, which have these prices (ms).
_CANDLES = tuple(_MINUTE * n for n in (1, 3, 5, 15, 30, 60, 240, 1440))
_PRICES = frozenset({"open", "high", "low", "close"})
#: Names of numbers of seconds from one time to the next.
_STEPS = frozenset({"interval", "step", "granularity", "resolution", "bucket"})
#: On what a time lies by no chance, longest first (ms).
ROUND = (_HOUR, 30 * _MINUTE, 15 * _MINUTE, 10 * _MINUTE, 5 * _MINUTE)
#: Steps of a series in time are as long as this, at least and at most (ms).
_SERIES = range(_MINUTE, 24 * _HOUR + 1)
#: Series with more times are not looked through.
_MAX_TIMES = 64


class Grid(NamedTuple):
    """On what a time lies: every ``step`` ms, ``behind`` ms before the latest.

    ``ahead`` is how many ms the clock of the time is ahead of UTC.
    """

    step: int
    behind: int
    ahead: int

    def at(self, state: State) -> int:
        """The time that is shown in an event."""
        local = state.now_ms + self.ahead
        return within(local // self.step * self.step - self.ahead - self.behind)


def grids(
    leaves: Mapping[Spot, Leaf],
    times: Mapping[Spot, int],
    present: int | None,
    now: Collection[Spot],
) -> Iterator[tuple[Spot, Grid]]:
    """The times of ``now`` that lie on a grid, of all ``times`` in ms since 1970."""
    if present is None:
        return
    for spot in now:
        moment = times[spot]
        ahead = zone_offset(str(leaves[spot].value))
        step = _step(leaves[spot], moment + ahead, moment, times.values())
        if step is not None and -step < present - moment < 2 * step:
            yield spot, _grid(step, moment, ahead, present)
            for other, start in times.items():  # the start of what ends so
                is_beside = other[:-1] == spot[:-1] and other not in now
                if is_beside and start < moment and (start + ahead) % step == 0:
                    yield other, _grid(step, start, ahead, present)
    for series in _series({spot: times[spot] for spot in now}):
        step = times[series[-1]] - times[series[-2]]
        latest = max(times[spot] for spot in series)
        for spot in series:
            ahead = zone_offset(str(leaves[spot].value))
            if -step < present - latest < 2 * step:
                yield spot, _grid(step, times[spot], ahead, max(present, latest))
            elif isinstance(spot[-1], int):  # a column of a table
                is_of_day = (times[series[0]] + ahead) % _DAY == 0
                yield spot, _grid(
                    _DAY if is_of_day else step, times[spot], ahead, present
                )


def _grid(step: int, moment: int, ahead: int, present: int) -> Grid:
    latest = (present + ahead) // step * step - ahead
    return Grid(step, latest - moment, ahead)


def _step(leaf: Leaf, local: int, moment: int, others: Collection[int]) -> int | None:
    """On what a time lies by its name, its neighbours or itself; None for nothing."""
    for word in words(leaf.name):
        step = _NAMED.get(word)
        if step is not None and local % step == 0:
            return step
    if _PRICES <= leaf.siblings.keys() and local % _MINUTE == 0:
        late = max(others) - moment
        return next((s for s in _CANDLES if local % s == 0 and late < s), None)
    for name, value in leaf.siblings.items():
        if name in _STEPS and isinstance(value, int) and value >= 60:
            if local % (value * _SECOND) == 0:
                return value * _SECOND
    for step in ROUND:
        if local % step == 0:
            return step if _is_no_chance(leaf, moment, step, others) else None
    return None


def _is_no_chance(leaf: Leaf, moment: int, step: int, others: Collection[int]) -> bool:
    """Whether another clock, which has gone on since then, shows that a time is round.

    Of a list's element the other one may be before it.
    """
    is_rough = str(leaf.value).count(":") == 1  # it tells no seconds
    is_in_list = any(isinstance(each, int) for each in leaf.spot)
    for other in others:
        gap = abs(other - moment) if is_in_list else other - moment
        if (_MINUTE if is_rough else _SECOND) <= gap < step and other % _MINUTE:
            return True
    return False


def _series(times: Mapping[Spot, int]) -> Iterator[list[Spot]]:
    """Times of a list's elements that are as far from each other as from whole days."""
    lists: dict[tuple[Spot, Spot], list[Spot]] = {}
    for spot in times:
        steps = [n for n, step in enumerate(spot) if isinstance(step, int)]
        is_in_row = len(steps) > 1 and steps[-2:] == [len(spot) - 2, len(spot) - 1]
        at = steps[-2] if is_in_row else max(steps, default=-1)
        if at >= 0:
            lists.setdefault((spot[:at], spot[at + 1 :]), []).append(spot)
    for spots in lists.values():
        moments = [times[spot] for spot in spots]
        gaps = {b - a for a, b in zip(moments, moments[1:])}
        if len(gaps) == 1 and len(spots) <= _MAX_TIMES:
            step = abs(gaps.pop())
            is_known = step % _MINUTE == 0 or len(spots) > 2  # or it may be by chance
            is_known = is_known and step in _SERIES
            if is_known and not any(moment % step for moment in moments):
                yield spots if moments[0] < moments[-1] else spots[::-1]
