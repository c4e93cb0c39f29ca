"""Numbers: from a flat schema and a role to a writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from ...resources.inflection import singular, words
from ...schema.conjunction import Flat
from ...schema.ranges import Range, decimals_of, number_range
from ...words import Json
from ..fields.moments import moment
from ..fields.parts import NumberRole, Part
from ..fields.places import Place
from ..fields.roles import PLAIN_NUMBER, number_role
from ..fields.survey import Survey
from ..values.clocks import number_clock, number_moment
from ..values.motion import Course, Number, draw, fixed, related, rise, walk
from ..values.state import Cell, Draft, Layout, State, Writer

#: Members beside which a position changes, and what has such a position.
_MOTION = frozenset("speed velocity heading bearing track course gs pace".split())
_MOVERS = frozenset("""
    aircraft bike boat bus car courier delivery driver drone fleet flight gps position
    ride scooter ship taxi tracker train trip truck vehicle vessel
    """.split())
#: Words of names that make a counter of what is measured.
_GROWING = frozenset({"accumulated", "cumulative", "lifetime"})
#: Where a number of an unknown name is read as a point in time: 2015 to 2035.
_RECENT = (1_420_000_000_000, 2_050_000_000_000)
#: A counter that would soon stand at its end moves as a measure instead.
_ROOM_TO_RISE = 100_000
#: Maximum number of members that are looked at for one number beside them.
_MAX_SIBLINGS = 100


def number_writer(
    flat: Flat,
    integer: bool,
    place: Place,
    layout: Layout,
    survey: Survey,
    decimals: int | None = None,
    role: NumberRole | None = None,
) -> Number:
    """A writer of numbers that fit ``flat``. Raises ``Impossible``.

    Numbers have ``decimals``, or where that is None, as many as the examples.
    Without a ``role`` the name gives one.
    """
    hints = _hints(flat, integer, place)
    role = role or _role(place, hints)
    if decimals is None:
        decimals = 0 if integer else _decimals(hints, role, place)
    if decimals and place.relation is not None:
        decimals = max(decimals, place.relation.decimals)
    limits = number_range(flat, integer, decimals)
    if role.part is Part.CLOCK:
        clock = _clock(hints, limits, integer, place, layout, survey)
        if clock is not None and place.relation is None:
            return Number(clock, lambda cell: 0.0)
        role = replace(role, part=Part.MEASURE)
    limits = limits.within(*_natural(role, hints))
    course = _course(limits, role, hints, place)
    if place.relation is not None:
        return related(limits, place.relation, course, layout)
    return _moving(role, limits, course, place, layout, survey)


def _moving(
    role: NumberRole,
    limits: Range,
    course: Course,
    place: Place,
    layout: Layout,
    survey: Survey,
) -> Number:
    part = role.part
    if part is Part.IDENTITY:
        return _sequence(limits, course, place, layout, survey)
    if role.position and not _is_moving(place):
        part = Part.TRAIT
    if place.fresh or part is Part.CONTENT:
        return draw(limits, course, layout)
    if part is Part.TRAIT:
        return fixed(limits, course, layout)
    room = limits.high - course.hints[0]
    if part is Part.COUNTER and room > _ROOM_TO_RISE * limits.unit:
        return rise(limits, course, layout)
    return walk(limits, course, layout)


def _is_moving(place: Place) -> bool:
    """Whether a record with a position is about something that goes somewhere."""
    beside = islice(place.siblings, _MAX_SIBLINGS)
    names = {word for name in beside for word in words(name)}
    nouns = {singular(word) for word in (*words(place.subject), *words(place.owner))}
    return bool(names & _MOTION or nouns & _MOVERS)


def _hints(flat: Flat, integer: bool, place: Place) -> tuple[float, ...]:
    """The examples that are numbers.

    Zeros are numbers beside others that are none, and else only say that a
    number is wanted.
    """
    found = tuple(
        hint
        for hint in flat.get("examples", ())
        if isinstance(hint, (int, float)) and not isinstance(hint, bool)
        if not integer or hint == int(hint)
    )
    role = number_role(place.name)
    is_trait = role is not None and role.part is Part.TRAIT
    if any(found) or is_trait:
        return found
    beside = islice(place.siblings.values(), _MAX_SIBLINGS)
    return found if found and any(map(_is_size, beside)) else ()


def _is_size(example: Json) -> bool:
    """Whether an example is a number other than zero."""
    return isinstance(example, (int, float)) and bool(example) and example is not True


def _role(place: Place, hints: tuple[float, ...]) -> NumberRole:
    role = number_role(place.name) or PLAIN_NUMBER
    if role.part is Part.MEASURE and not _GROWING.isdisjoint(words(place.name)):
        return replace(role, part=Part.COUNTER)
    if role is PLAIN_NUMBER and hints and number_clock(hints[0]) is not None:
        since = number_moment(hints[0])
        if since is not None and _RECENT[0] < since < _RECENT[1]:
            return replace(role, part=Part.CLOCK)
    return role


def _decimals(hints: tuple[float, ...], role: NumberRole, place: Place) -> int | None:
    """As many as the examples have; a price has two, and a place of what moves four."""
    found = 4 if role.position and _is_moving(place) else 0
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


def _course(
    limits: Range, role: NumberRole, hints: tuple[float, ...], place: Place
) -> Course:
    """The role's motion, in positions of ``limits``."""
    places = tuple(limits.position(hint) for hint in hints)
    if not places or not any(limits.low <= spot <= limits.high for spot in places):
        places = (_usual_place(limits, role),)
    centres = tuple(limits.inside(spot) for spot in places)
    size = 1.0 if role.absolute else abs(centres[0])
    if not hints and not role.absolute and role.usual[1] > role.usual[0]:
        size = max(size, limits.position(role.usual[1] - role.usual[0]))
    spread, step = role.spread * size, role.step * size
    width = limits.high - limits.low
    # An element that the example shows begins where it is, whichever one it is.
    repeats = place.path[-1:] == ("[]",) and len(centres) > 1
    return Course(
        centres,
        min(spread, width),
        min(step, width / 8),
        role.scatter,
        None if place.is_shown else _factor(role, place),
        place.is_shown or repeats,
    )


def _factor(role: NumberRole, place: Place) -> Callable[[int], float] | None:
    """How prices of a market's assets compare with the first one's."""
    market = place.market
    if market is None or not role.priced:
        return None
    first = market.listing(0).asset.price
    return lambda position: market.listing(position).asset.price / first


def _usual_place(limits: Range, role: NumberRole) -> float:
    low, high = (limits.position(number) for number in role.usual)
    low, high = max(low, limits.low), min(high, limits.high)
    if low <= high:
        return (low + high) / 2
    width = limits.high - limits.low
    if width < 1e6 * limits.unit:
        return limits.low + width / 2
    some = 50 * limits.unit
    return limits.low + some if limits.low > 0 else limits.high - some


def _sequence(
    limits: Range, course: Course, place: Place, layout: Layout, survey: Survey
) -> Number:
    """Identifiers: 41, 42, 43, and from the start again where the range ends."""
    first, low = round(course.hints[0]), int(limits.low)
    count = int(limits.high) - low + 1 if limits.high - limits.low < 2**62 else 2**62
    hints = [round(hint) for hint in course.hints]
    is_source = place.path in survey.sources
    is_key = place.is_own_id or place.path in survey.keys
    is_reference = place.fresh and not is_key

    def start(state: State, draft: Draft) -> float:
        number = _next_number(state, draft)
        if is_source:
            draft.texts[place.path] = limits.text(number)
        return number

    def _next_number(state: State, draft: Draft) -> float:
        if draft.position < len(hints):
            return hints[draft.position]
        following = hints[-1] + draft.position - len(hints) + 1
        if is_reference:
            few = 6 if hints[-1] < 1000 else hints[-1]
            following = hints[-1] // 2 + int(state.random() * few) + 1
        return low + (following - low) % max(count, 1)

    if limits.unit != 1 or not low <= first <= limits.high:
        return fixed(limits, course, layout)
    slot = layout.slot(start)
    text = limits.text
    return Number(lambda state, cell: text(cell[slot]), lambda cell: float(cell[slot]))


def _clock(
    hints: tuple[float, ...],
    limits: Range,
    integer: bool,
    place: Place,
    layout: Layout,
    survey: Survey,
) -> Writer | None:
    """A point in time in the example's unit; by default in milliseconds."""
    write = number_clock(hints[0]) if hints else (str if integer else None)
    if write is None or limits.scale != 1:
        return None
    example = number_moment(hints[0]) if hints else None
    at = moment(place, example, survey.present, layout)
    low, high = limits.low, limits.high

    def clock(state: State, cell: Cell) -> str:
        text = write(at(state, cell))
        number: Any = int(text) if integer else float(text)
        return text if low <= number <= high else limits.text(limits.inside(number))

    return clock
