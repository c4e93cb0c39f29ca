"""The points in time of an example, moved to the present."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import TypeAlias

from ...evidence.kept_times import (
    begun_by,
    ended_with,
    is_as_begun,
    is_first,
    is_latest,
    is_of_attribute,
    is_of_post,
    is_of_thing,
    is_said_elsewhere,
    is_step,
    is_with_end,
    is_with_start,
)
from ...evidence.leaves import Leaf, day_in_digits, is_date, time_of, words
from ...evidence.outline import Outline, is_recent
from ...evidence.renewal import CHANGES
from ...evidence.windows import is_dated
from ...fields.moments import MADE, When, is_told_time
from ...fields.places import Place
from ...values.clocks import (
    Clock,
    is_local,
    number_clock,
    text_clock,
    within,
    zone_offset,
)
from ...values.state import Cell, State, Writer
from .days import (
    ahead_of_midnight,
    ahead_on,
    at_that_hour,
    days_ahead,
    is_clock,
    is_day,
    is_midnight,
    midnight_of,
    on_that_day,
)
from .telling import is_of_telling

#: Times this near to the present move with it (ms).
_NEAR = 60_000
_HOUR = 3_600_000
_SECOND, _QUARTER = 1_000, 900_000
_DAY = 86_400_000
#: Words of names of when something was at its extreme, which is a fact.
_EXTREMES = frozenset("highest lowest max maximum min minimum peak record".split())
#: No more members of an object are looked at for other times.
_MAX_BESIDE = 16
#: Times this near to the present move with it also in a record that stays (ms).
_AT_ONCE = 2_500
#: Words of names of when something changed, or came in.
_AT_THAT = CHANGES | {"occurred", "received"}
#: Words of names of times that are nearly the same every day.
_OF_SKY = frozenset("dawn dusk moonrise moonset sunrise sunset".split())
#: Names of ids that are when what they are of began.
_IDS_OF_SESSIONS = frozenset({"session_id", "sessionId", "ga_session_id"})
#: Words of names of times that cannot lie ahead of the present.
_CAME = re.compile(
    r"create|creation|update|publish|since|sent|seen"
    r"|last(?:update|modified|seen|changed?)d?"
    r"|(?!(?:estimat|expect|schedul|plann|predict|promis|request|ne)ed)[a-z]+ed"
)
#: Words of names of times that timetables have, in whole minutes.
_SCHEDULES = frozenset("""
    actual arrival deadline departure estimated eta expected planned ready schedule
    scheduled when
    """.split())
_MINUTE = 60_000
#: Gives the milliseconds since 1970 that a field shows in an event.
Moment: TypeAlias = Callable[[State], int]


def clock(
    leaf: Leaf, whole: Outline, place: Place, has_life: bool, is_outer: bool
) -> Writer | None:
    """A writer of a point in time, None for what is none or stays.

    ``has_life`` tells whether something else changes in its record, which is why
    times of changes do, and ``is_outer`` whether that record is the whole example.
    """
    form = _form(leaf)
    at = moment_of(leaf, whole, place, has_life, is_outer)
    return None if form is None or at is None else _written(leaf, form, at)


def moment_of(
    leaf: Leaf, whole: Outline, place: Place, has_life: bool, is_outer: bool
) -> Moment | None:
    """When it is that a field says, None where it stays as it is."""
    found = time_of(leaf)
    if found is None or found[0] is When.OWN or any(map(is_dated, leaf.spot)):
        return None
    kind, moment = found
    if not _OF_SKY.isdisjoint(words(leaf.name)):
        return at_that_hour(moment, zone_offset(str(leaf.value)))
    if leaf.spot in whole.windows:
        return whole.windows[leaf.spot].at
    if leaf.spot in whole.grids and kind is not When.UNTIL:
        return whole.grids[leaf.spot].at
    is_told = whole.is_sent or whole.is_event
    late = moment - (whole.present or 0)
    is_told = is_told or is_of_telling(leaf, whole, late)
    if not has_life and not is_told and _is_of_change(whole):
        if not place.fresh:
            return None
    if whole.present is None or is_of_post(leaf, whole.leaves, whole.ids):
        return None
    begun = begun_by(leaf, whole.leaves)
    at = moment_of(begun[0], whole, place, has_life, is_outer) if begun else None
    if begun and at:
        start, gap = at, begun[1]
        return lambda state: within(start(state) + gap)
    if not is_recent(moment, whole.present):
        if not _is_of_new(leaf, whole):
            return None
        moment = whole.present
    ahead = _ahead_of_utc(leaf, moment, whole.present)
    if ahead is not None and kind is When.NOW:
        offset = ahead
        return lambda state: within(state.now_ms + offset)
    distance = moment - whole.present
    if -_SECOND < distance < 0 and moment % _SECOND == 0:
        distance = 0  # the same time, in whole seconds
    if is_of_telling(leaf, whole, distance):
        return lambda state: within(state.now_ms + distance)
    if leaf.name in _IDS_OF_SESSIONS and distance < 0:
        return _stays(distance)
    is_scheduled = not _SCHEDULES.isdisjoint(words(leaf.name))
    is_scheduled = is_scheduled and leaf.spot[:-1] not in whole.born
    is_scheduled = is_scheduled and (leaf.last != "timestamp" or kind is When.UNTIL)
    is_scheduled = is_scheduled and not (leaf.name == "when" and whole.ids)
    is_entity = not (whole.is_sent or whole.is_event or whole.is_feed or whole.ids)
    is_begun = is_entity and is_step(leaf, whole.leaves)
    if kind is When.NOW and is_as_begun(leaf, whole.leaves):
        kind = When.SINCE
    has_no_present = whole.times.isdisjoint({When.NOW, When.UNTIL})
    has_come = any(map(_CAME.fullmatch, words(leaf.name)))
    if is_of_attribute(leaf):
        return _stays(min(distance, 0))
    if distance > 0 and has_come and "next" not in words(leaf.name):
        distance, moment = 0, whole.present
    if is_said_elsewhere(leaf, moment, whole.leaves):
        return None
    zone = ahead_of_midnight(leaf, moment, whole.present)
    if zone is not None:
        return midnight_of(zone)
    if is_midnight(leaf, moment) or (kind is When.UNTIL and is_day(leaf, moment)):
        return days_ahead(moment // _DAY - whole.present // _DAY)
    if is_date(leaf):
        same = on_that_day(leaf, whole)
        if same is not None:
            at = moment_of(same, whole, place, has_life, is_outer)
            ahead = ahead_on(leaf, same)
            return None if at is None else lambda state: at(state) + ahead
        if not has_life and not any(map(is_clock, whole.leaves.values())):
            return None
        if moment % _DAY == 0:
            return days_ahead(moment // _DAY - whole.present // _DAY)
    if whole.is_over or is_begun:
        return _stays(distance)
    if leaf.spot[:-1] in whole.over and not whole.is_old(leaf.spot):
        if kind is not When.UNTIL and -_DAY < distance <= 0:
            return lambda state: within(state.now_ms + distance)
    is_kept = is_first(leaf) or _is_of_old(leaf, distance, whole)
    if not _EXTREMES.isdisjoint(words(leaf.name)) and distance < -_NEAR:
        return _stays(distance)
    if kind is When.SINCE and whole.is_sent and distance < -_AT_ONCE:
        if leaf.spot[:-1] not in whole.born and is_of_thing(leaf, whole):
            return _stays(distance)
    if kind is When.SINCE and is_kept:
        return None if has_no_present else _stays(distance)
    is_own = is_outer or has_life
    # What an event tells of something else, some time ago, is a fact.
    is_fact = len(leaf.spot) > 1 and distance < -_NEAR and whole.tells_time
    is_told = leaf.is_in_row or MADE.issuperset(words(leaf.name))
    is_fact = is_fact or (whole.is_sent and not is_told and distance < -_HOUR)
    is_new = whole.is_event and is_own and not is_fact
    is_new = is_new or leaf.spot[:-1] in whole.born or whole.is_of_new(leaf.spot)
    is_made = whole.is_small or (is_told and not whole.is_entity)
    is_newest = not distance and is_latest(leaf)
    if kind is When.SINCE and whole.is_sent and not whole.ids and not is_newest:
        if whole.has_clock and not _is_told_at_once(leaf, distance, whole):
            return _stays(distance)
    is_live = has_life or (is_outer and is_made) or (is_newest and whole.is_feed)
    is_live = is_live or (whole.is_sent and _is_of_notice(leaf, moment, whole))
    # When something was told moves as what was told does.
    is_reading = has_life and is_told_time(leaf.name)
    is_past = kind is When.SINCE and whole.is_changed(leaf.spot)
    is_of_event = bool(whole.ids) and abs(distance) <= _AT_ONCE
    is_of_event = is_of_event or _is_told_at_once(leaf, distance, whole)
    if not is_new and not is_of_event and ended_with(leaf, whole.leaves):
        return _stays(distance)
    is_near = not is_scheduled and (
        (is_of_event and kind is not When.UNTIL and not is_past)
        or (is_new and abs(distance) < _HOUR)
        or (
            is_live
            and not is_fact
            and _moves(kind, distance, whole, is_new, is_reading)
        )
    )
    is_near = is_near or (kind is When.SINCE and is_with_end(leaf, whole))
    is_near = is_near or (kind is When.NOW and is_with_start(leaf, whole))
    if is_near or place.fresh:
        return lambda state: within(state.now_ms + distance)
    if has_no_present:
        return None
    is_round = whole.roundness > 1 and kind is not When.UNTIL and not is_scheduled
    if is_round and not has_life:
        return _stays_on(whole.roundness, distance)
    planned = _ahead(leaf, whole)
    if planned is not None:
        return _shifted(moment, whole.present, planned)
    step = _step(kind, moment, whole.present, is_scheduled)
    if kind is When.UNTIL and 0 < distance <= 2 * step and step > _SECOND:
        return _rounded_up(distance, step)
    return _stays(distance, step if is_scheduled or abs(distance) > 2 * step else 1)


def _is_told_at_once(leaf: Leaf, distance: int, whole: Outline) -> bool:
    """Whether a time is that of a notice, or of the change that it tells of at once."""
    if not whole.is_sent or abs(distance) > _AT_ONCE:
        return False
    is_own = len(leaf.spot) == 1 or leaf.spot[:-1] == ("event",)
    return is_own or not _AT_THAT.isdisjoint(words(leaf.name))


def _is_one_of_several(leaf: Leaf, whole: Outline) -> bool:
    """Whether a time is that of an element of a list in which others have theirs."""
    spot = leaf.spot
    at = next((n for n, step in enumerate(spot) if isinstance(step, int)), len(spot))
    others = ((*spot[:at], n, *spot[at + 1 :]) for n in range(2))
    return at < len(spot) and all(other in whole.leaves for other in others)


def _is_of_notice(leaf: Leaf, moment: int, whole: Outline) -> bool:
    """Whether a time is that of a notice, or of the change that it tells of."""
    distance, parts = moment - (whole.present or 0), words(leaf.name)
    if _is_one_of_several(leaf, whole):
        return False
    is_told = leaf.is_in_row or parts[:1] == ("last",) or MADE.issuperset(parts)
    changed = (n for n in leaf.siblings if not CHANGES.isdisjoint(words(n)))
    beside = (whole.leaves.get((*leaf.spot[:-1], name)) for name in changed)
    found = (time_of(other) for other in beside if other is not None)
    is_change = any(at is not None and 0 <= moment - at[1] < _SECOND for at in found)
    is_now = is_told and abs(distance) < _SECOND
    return is_now or (is_change and -_NEAR <= distance <= 0)


def _is_of_new(leaf: Leaf, whole: Outline) -> bool:
    """Whether a time is when a new event was, which the example tells long after."""
    is_new = whole.is_event and any(len(spot) == 1 for spot in whole.ids)
    return is_new and words(leaf.name) in (("time",), ("timestamp",))


def _is_of_old(leaf: Leaf, distance: int, whole: Outline) -> bool:
    """Whether a time is when something began that was there before the event."""
    is_past = distance < -_NEAR or whole.is_lasting(leaf.spot)
    return is_past and whole.is_old(leaf.spot)


def _ahead_of_utc(leaf: Leaf, moment: int, present: int) -> int | None:
    """By how many ms a clock is ahead that shows the present by an unsaid zone."""
    if not is_local(str(leaf.value)) or present % _MINUTE < _SECOND:
        return None
    ahead = round((moment - present) / _QUARTER) * _QUARTER
    is_now = ahead and abs(moment - present - ahead) <= _SECOND
    return ahead if is_now and abs(ahead) <= _DAY else None


def _step(kind: When, moment: int, present: int, is_scheduled: bool) -> int:
    """Of what a time that somebody has set is a multiple, in milliseconds."""
    if is_scheduled:
        is_far = abs(moment - present) > _DAY and moment % _HOUR == 0
        return _HOUR if is_far else _MINUTE if moment % _MINUTE == 0 else 1
    if kind is When.UNTIL or moment > present:
        for step in (_HOUR, _MINUTE):
            if moment % step == 0 and present % step:
                return step
    return 1


def _is_of_change(whole: Outline) -> bool:
    """Whether all times are those of changes, or of when something began."""
    for leaf in whole.leaves.values():
        found = time_of(leaf)
        if found is None or not is_recent(found[1], whole.present):
            continue
        if found[0] in (When.NOW, When.UNTIL):
            if CHANGES.isdisjoint(words(leaf.name)):
                return False
    return True


def _moves(
    kind: When, distance: int, whole: Outline, is_new: bool, is_reading: bool
) -> bool:
    """Whether a time is always as far from the present."""
    if When.NOW not in whole.times:
        return False
    if kind is When.NOW and (-_DAY if is_reading else -_NEAR) < distance <= 1_000:
        return True
    near = _NEAR if is_new else _AT_ONCE
    return abs(distance) <= near and kind is not When.UNTIL


def _stays(distance: int, step: int = 1) -> Callable[[State], int]:
    """A time that stays as far from the stream's start."""

    def show(state: State) -> int:
        moment = state.start_ms + distance
        return within(moment - moment % step)

    return show


def _stays_on(grid: int, distance: int) -> Callable[[State], int]:
    """A time as far from the latest one of a grid (ms) when the stream began."""
    return lambda state: within(state.start_ms // grid * grid + distance)


def _rounded_up(distance: int, step: int) -> Callable[[State], int]:
    """The first multiple of ``step`` so far from the stream's start, or later."""
    return lambda state: within(-(-(state.start_ms + distance) // step) * step)


def _ahead(leaf: Leaf, whole: Outline) -> int | None:
    """By steps of how many ms times move with which somebody has planned ahead.

    They keep their minutes, and from a day ahead their hour, as do others beside
    them. None for all other times.
    """
    present, own = whole.present or 0, time_of(leaf)
    if own is None or own[1] - present <= _HOUR or present % _MINUTE == 0:
        return None
    names = islice(leaf.siblings, _MAX_BESIDE)
    beside = (whole.leaves.get((*leaf.spot[:-1], name)) for name in names)
    known = (time_of(other) for other in beside if other is not None)
    times = [at[1] for at in known if at is not None and at[1] - present > _HOUR]
    if len(times) <= 1:
        return None  # it is as far ahead as in the example
    if any(moment % _MINUTE for moment in times):
        return None
    return _DAY if min(times) - present > _DAY else _HOUR


def _shifted(moment: int, present: int, step: int) -> Callable[[State], int]:
    """A time that is some whole ``step`` later in the stream than in the example."""

    def show(state: State) -> int:
        return within(moment + (state.start_ms - present) // step * step)

    return show


def _form(leaf: Leaf) -> Clock | None:
    if isinstance(leaf.value, str):
        return text_clock(leaf.value)
    if day := day_in_digits(leaf):
        return text_clock(day)
    if isinstance(leaf.value, (int, float)) and not isinstance(leaf.value, bool):
        return number_clock(leaf.value)
    return None


def _written(leaf: Leaf, form: Clock, at: Callable[[State], int]) -> Writer:
    if isinstance(leaf.value, str):
        return lambda state, cell: f'"{form(at(state))}"'

    def write(state: State, cell: Cell) -> str:
        return form(at(state))

    return write
