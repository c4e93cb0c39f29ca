"""Numbers: from a flat schema and a role to a writer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.generation.clocks import number_clock
from app.generation.conjunction import Flat
from app.generation.motion import Course, draw, fixed, rise, walk
from app.generation.places import Place
from app.generation.ranges import Range, decimals_of, number_range
from app.generation.roles import PLAIN_NUMBER, NumberRole, Part, number_role
from app.generation.state import Cell, Draft, Layout, State, Writer

#: A counter that would soon stand at its end moves as a measure instead.
_ROOM_TO_RISE = 100_000


def number_writer(flat: Flat, integer: bool, place: Place, layout: Layout) -> Writer:
    """A writer of numbers that fit ``flat``. Raises ``Impossible``."""
    hints = _hints(flat, integer)
    role = _role(place, hints, flat)
    decimals = 0 if integer else _decimals(hints, role)
    limits = number_range(flat, integer, decimals)
    if role.part is Part.CLOCK:
        clock = _clock(hints, limits, integer)
        if clock is not None:
            return clock
        role = replace(role, part=Part.MEASURE)
    limits = limits.within(*_natural(role, hints))
    course = _course(limits, role, hints)
    return _moving(role.part, limits, course, place, layout)


def _moving(
    part: Part, limits: Range, course: Course, place: Place, layout: Layout
) -> Writer:
    if part is Part.IDENTITY:
        return _sequence(limits, course, layout)
    if place.fresh or part is Part.CONTENT:
        return draw(limits, course)
    if part is Part.TRAIT:
        return fixed(limits, course, layout)
    room = limits.high - course.hints[0]
    if part is Part.COUNTER and room > _ROOM_TO_RISE * limits.unit:
        return rise(limits, course, layout)
    return walk(limits, course, layout)


def _hints(flat: Flat, integer: bool) -> tuple[float, ...]:
    """The examples that are numbers; a lone zero only says that it is one."""
    found = tuple(
        hint
        for hint in flat.get("examples", ())
        if isinstance(hint, (int, float)) and not isinstance(hint, bool)
        if not integer or hint == int(hint)
    )
    return () if set(found) == {0} else found


def _role(place: Place, hints: tuple[float, ...], flat: Flat) -> NumberRole:
    role = number_role(place.name) or PLAIN_NUMBER
    if role.part is Part.CLOCK or (role is PLAIN_NUMBER and hints):
        if hints and number_clock(hints[0]) is not None:
            return replace(role, part=Part.CLOCK)
    return role


def _decimals(hints: tuple[float, ...], role: NumberRole) -> int | None:
    found = 0
    for digits in map(decimals_of, hints):
        if digits is None:
            return None
        found = max(found, digits)
    if not hints or found <= 1 < role.decimals <= 2:
        return max(role.decimals, 1)
    return max(found, 1)


def _natural(
    role: NumberRole, hints: tuple[float, ...]
) -> tuple[float | None, float | None]:
    """The role's bounds, widened where an example shows that they do not hold."""
    low, high = role.low, role.high
    if hints:
        if low is not None and min(hints) < low:
            low = None
        if high is not None and max(hints) > high:
            higher = [top for top in role.ceilings if top >= max(hints)]
            high = higher[0] if higher else None
        if role is PLAIN_NUMBER and min(hints) >= 0:
            low = 0
    elif role is PLAIN_NUMBER:
        low = 0
    return low, high


def _course(limits: Range, role: NumberRole, hints: tuple[float, ...]) -> Course:
    """The role's motion, in positions of ``limits``."""
    places = tuple(limits.position(hint) for hint in hints)
    if not places or not any(limits.low <= place <= limits.high for place in places):
        places = (_usual_place(limits, role),)
    centres = tuple(min(max(place, limits.low), limits.high) for place in places)
    size = 1.0 if role.absolute else abs(centres[0])
    if not role.absolute and len(hints) == 0 and role.usual[1] > role.usual[0]:
        size = max(size, limits.position(role.usual[1] - role.usual[0]))
    spread, step = role.spread * size, role.step * size
    width = limits.high - limits.low
    return Course(centres, min(spread, width), min(step, width / 8), role.scatter)


def _usual_place(limits: Range, role: NumberRole) -> float:
    low, high = (limits.position(number) for number in role.usual)
    low, high = max(low, limits.low), min(high, limits.high)
    if low <= high:
        return (low + high) / 2
    width = limits.high - limits.low
    if width < 1e6 * limits.unit:
        return limits.low + width / 2
    return (
        limits.low + 50 * limits.unit
        if limits.low > 0
        else limits.high - 50 * limits.unit
    )


def _sequence(limits: Range, course: Course, layout: Layout) -> Writer:
    """Identifiers: 41, 42, 43, and from the start again where the range ends."""
    first, low = round(course.hints[0]), int(limits.low)
    count = int(limits.high) - low + 1 if limits.high - limits.low < 2**62 else 2**62
    text = limits.text
    hints = [round(hint) for hint in course.hints]

    def start(state: State, draft: Draft) -> str:
        if draft.position < len(hints):
            return text(hints[draft.position])
        following = hints[-1] + draft.position - len(hints) + 1
        return text(low + (following - low) % max(count, 1))

    if limits.unit != 1 or not low <= first <= limits.high:
        return fixed(limits, course, layout)
    slot = layout.slot(start)
    return lambda state, cell: cell[slot]


def _clock(hints: tuple[float, ...], limits: Range, integer: bool) -> Writer | None:
    """The present, in the example's unit; by default in milliseconds."""
    write = number_clock(hints[0]) if hints else (str if integer else None)
    if write is None:
        return None
    low, high = limits.low, limits.high

    def clock(state: State, cell: Cell) -> str:
        text = write(state.time())
        number: Any = int(text) if integer else float(text)
        return (
            text if low <= number <= high else limits.text(min(max(number, low), high))
        )

    if limits.scale != 1:
        return None
    return clock
