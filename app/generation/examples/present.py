"""The points in time of an example, moved to the present."""

from __future__ import annotations

from collections.abc import Callable

from ..fields.moments import When
from ..fields.places import Place
from ..values.clocks import Clock, number_clock, text_clock, within
from ..values.state import Cell, State, Writer
from .leaves import Leaf, time_of, words
from .outline import Outline, is_recent

#: Times this near to the present move with it (ms).
_NEAR = 60_000
_HOUR = 3_600_000
_DAY = 86_400_000
#: Words of names of the times of changes.
_CHANGES = frozenset("changed edited modified seen updated".split())
#: Words of names of times that timetables have, in whole minutes.
_SCHEDULES = frozenset("""
    actual arrival departure estimated eta expected planned scheduled when
    """.split())
_MINUTE = 60_000


def clock(leaf: Leaf, whole: Outline, place: Place, has_life: bool) -> Writer | None:
    """A writer of a point in time, None for what is none or stays.

    ``has_life`` tells whether something else changes, which is why times of
    changes do.
    """
    found = time_of(leaf)
    form = _form(leaf)
    if found is None or form is None:
        return None
    kind, moment = found
    if kind is When.OWN:
        return None
    if not has_life and (not whole.is_small or _is_of_change(whole)):
        return None
    if whole.present is None or not is_recent(moment, whole.present):
        return None
    distance = moment - whole.present
    is_date = isinstance(leaf.value, str) and ":" not in leaf.value
    if is_date and not has_life:
        return None
    if is_date and moment % _DAY == 0:
        days = moment // _DAY - whole.present // _DAY
        return _written(leaf, form, _day(days))
    is_scheduled = not _SCHEDULES.isdisjoint(words(leaf.name))
    is_new = whole.is_event and abs(distance) < _HOUR and not is_scheduled
    if is_new or place.fresh or (not is_scheduled and _moves(kind, distance, whole)):
        return _written(leaf, form, lambda state: within(state.now_ms + distance))
    if whole.times.isdisjoint({When.NOW, When.UNTIL}):
        return None
    step = _MINUTE if is_scheduled and moment % _MINUTE == 0 else 1
    return _written(leaf, form, _stays(distance, step))


def _is_of_change(whole: Outline) -> bool:
    """Whether all times are those of changes, or of when something began."""
    for leaf in whole.leaves.values():
        found = time_of(leaf)
        if found is None or not is_recent(found[1], whole.present):
            continue
        if found[0] in (When.NOW, When.UNTIL):
            if _CHANGES.isdisjoint(words(leaf.name)):
                return False
    return True


def _moves(kind: When, distance: int, whole: Outline) -> bool:
    """Whether a time is always as far from the present."""
    if When.NOW not in whole.times:
        return False
    if kind is When.NOW and -_DAY < distance <= 1_000:
        return True
    return abs(distance) <= _NEAR and kind is not When.UNTIL


def _stays(distance: int, step: int = 1) -> Callable[[State], int]:
    """A time that stays as far from the stream's start."""

    def show(state: State) -> int:
        moment = state.start_ms + distance
        return within(moment - moment % step)

    return show


def _day(days: int) -> Callable[[State], int]:
    """Midnight of some days from now."""
    return lambda state: within((state.now_ms // _DAY + days) * _DAY)


def _form(leaf: Leaf) -> Clock | None:
    if isinstance(leaf.value, str):
        return text_clock(leaf.value)
    if isinstance(leaf.value, (int, float)) and not isinstance(leaf.value, bool):
        return number_clock(leaf.value)
    return None


def _written(leaf: Leaf, form: Clock, at: Callable[[State], int]) -> Writer:
    if isinstance(leaf.value, str):
        return lambda state, cell: f'"{form(at(state))}"'

    def write(state: State, cell: Cell) -> str:
        return form(at(state))

    return write
