"""How numbers move from event to event. Everything is in positions of a range."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from ...schema.ranges import Range
from .relations import Kind, Reader, Relation
from .state import Cell, Draft, Layout, State, Writer

#: How strongly a measure is drawn to its centre, per event.
_PULL = 0.06
_NEARLY_ONE = 0.9
#: Whole numbers below this change only in this share of the events.
_FEW, _SELDOM = 12, 0.2
#: So do others whose steps are smaller than what they show.
_SOMETIMES = 0.5
#: Numbers that differ by more than a little between entities differ as one, by so much.
_LITTLE, _MUCH = 0.3, 0.5


class Number(NamedTuple):
    """A number: its writer, and for the numbers that follow from it, its reader.

    ``centre`` reads what it stays near, None where it does not.
    """

    write: Writer
    read: Reader
    centre: Reader | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Where a number goes.

    ``hints`` are the centres of the first entities; those of further ones lie
    up to ``scatter`` (a share of the number) from the last, or where
    ``factor`` is given, at that many times the first. A measure stays within
    ``spread`` of its centre and moves up to ``step`` per event, both for the
    first centre and in proportion for the others. With ``repeats`` the hints
    come round again.
    """

    hints: tuple[float, ...]
    spread: float
    step: float
    scatter: float
    factor: Callable[[int], float] | None = None
    repeats: bool = False

    def centre(self, state: State, draft: Draft) -> float:
        """The centre of one entity."""
        position = draft.position
        if position < len(self.hints):
            return self.hints[position]
        if self.factor is not None:
            return self.hints[0] * self.factor(position)
        if self.repeats:
            return self.hints[position % len(self.hints)]
        share: float = 2 * state.random() - 1
        if self.scatter < _LITTLE:
            return self.hints[-1] * (1 + self.scatter * share)
        # What is larger in one respect is so in others: seats and those taken.
        if draft.size is None:
            draft.size = share
        return self.hints[-1] * (1 + _MUCH * draft.size)


def walk(limits: Range, course: Course, layout: Layout) -> Number:
    """A measure: a walk that is drawn back to its centre."""
    low, high, unit = limits.low, limits.high, limits.unit
    first = abs(course.hints[0])
    share = course.step / first if first else 0.0
    least_step = max(course.step if not first else 0.0, 0.9 * unit)

    # A whole number that stays near its centre goes one up or down.
    near = _NEARLY_ONE * unit
    is_close = bool(first) and unit == limits.scale == 1 and course.spread < 2 * unit
    # Of few, the next one is seldom at once.
    is_few = 0 < first < _FEW * unit and course.step < unit
    is_coarse = unit == limits.scale == 1 and course.step < unit
    moves = _SELDOM if is_few else _SOMETIMES if is_coarse else 1.0

    def start_centre(state: State, draft: Draft) -> float:
        return limits.inside(course.centre(state, draft))

    def start_stride(state: State, draft: Draft) -> float:
        centre: float = draft.cell[-1]
        return 2 * max(abs(centre) * share, least_step)

    def start(state: State, draft: Draft) -> float:
        centre, stride = draft.cell[-2:]
        if is_few:
            return float(centre)
        return limits.inside(centre + (state.random() - 0.5) * stride)

    at_centre = layout.slot(start_centre)
    at_stride = layout.slot(start_stride)
    at = layout.slot(start)
    text, template = limits.text, limits.template

    def write(state: State, cell: Cell) -> str:
        here: float = cell[at]
        if state.restless:
            off = (here - cell[at_centre]) / max(course.spread, unit)
            here = _elsewhere(here, limits, state, 0.5 - off / 2)
        elif moves == 1 or state.random() < moves:
            here += (cell[at_centre] - here) * _PULL
            here += (state.random() - 0.5) * cell[at_stride]
        if is_close and abs(here - cell[at_centre]) > near:
            here = cell[at_centre] + math.copysign(near, here - cell[at_centre])
        if here < low:
            here = low
        elif here > high:
            here = high
        cell[at] = here
        return template % here if template is not None else text(here)

    return Number(
        write,
        lambda cell: limits.shown(cell[at]),
        lambda cell: limits.shown(cell[at_centre]),
    )


def _elsewhere(here: float, limits: Range, state: State, rises: float) -> float:
    """A position just far enough away to look different, where there is room.

    ``rises`` is how likely it is to be above.
    """
    above, below, unit = limits.high - here, here - limits.low, limits.unit
    if max(above, below) < unit:
        return limits.high if above > below else limits.low
    step = unit * (1 + state.random())
    if above >= unit and (below < unit or state.random() < rises):
        return here + min(step, above)
    return here - min(step, below)


def draw(limits: Range, course: Course, layout: Layout) -> Number:
    """A number of a record that is new each time: about the centre."""
    reach = max(course.spread, 2 * limits.unit)
    # What there is some of does not become none.
    one = min(limits.unit, limits.high)

    def start(state: State, draft: Draft) -> float:
        centre = course.hints[draft.position % len(course.hints)]
        if not centre and not state.restless:
            return limits.inside(0.0)
        if course.factor is not None:
            centre *= course.factor(draft.position)
        # Two numbers make the middle likelier than the ends.
        distance = state.random() + state.random() - 1
        found = limits.inside(centre + distance * reach)
        return max(found, one) if centre >= one else found

    return _remembered(limits, layout.slot(start))


def rise(limits: Range, course: Course, layout: Layout) -> Number:
    """A counter: it never falls, and stays where its range ends."""
    high, unit = limits.high, limits.unit
    most = max(2 * course.step, 3 * unit)
    text = limits.text

    def start(state: State, draft: Draft) -> float:
        centre = limits.inside(course.centre(state, draft))
        return centre if unit != 1 else round(centre)

    at = layout.slot(start)

    def write(state: State, cell: Cell) -> str:
        here: float = cell[at] + (state.random() + (state.restless > 0)) * most
        if unit == 1:
            here = int(here)
        if here > high:
            here = high
        cell[at] = here
        return text(here)

    return Number(write, lambda cell: limits.shown(cell[at]))


def fixed(limits: Range, course: Course, layout: Layout) -> Number:
    """A number that belongs to the entity and does not change."""

    def start(state: State, draft: Draft) -> float:
        number = course.centre(state, draft)
        if state.restless:
            number += (2 * state.random() - 1) * max(course.spread, 3 * limits.unit)
        return limits.inside(number)

    return _remembered(limits, layout.slot(start))


def related(
    limits: Range, relation: Relation, course: Course, layout: Layout
) -> Number:
    """A number that follows from others of its record."""
    if relation.kind is Kind.EQUAL:

        def present(cell: Cell) -> float:
            return limits.inside(limits.position(relation.value(cell)))

        return Number(
            lambda state, cell: limits.text(present(cell)),
            lambda cell: limits.shown(present(cell)),
        )
    if relation.kind is Kind.NEAR:
        return _near(limits, relation, course, layout)
    return _extreme(limits, relation, course, layout)


def _near(limits: Range, relation: Relation, course: Course, layout: Layout) -> Number:
    distance = abs(relation.ratio - 1)
    jitter = min(distance * 0.4, 0.01)
    off = layout.slot(lambda state, draft: 0.0)
    at = layout.slot(lambda state, draft: 0.0)

    def write(state: State, cell: Cell) -> str:
        cell[off] = 0.95 * cell[off] + 0.05 * (2 * state.random() - 1) * jitter
        ratio = relation.ratio + cell[off]
        here = limits.inside(limits.position(relation.value(cell) * ratio))
        cell[at] = here
        return limits.text(here)

    return Number(write, lambda cell: limits.shown(cell[at]))


def _extreme(
    limits: Range, relation: Relation, course: Course, layout: Layout
) -> Number:
    """The highest or lowest so far; at first that of the example, or as far away."""
    known = course.hints

    def start(state: State, draft: Draft) -> float | None:
        return known[draft.position] if draft.position < len(known) else None

    choose: Callable[[float, float], float] = (
        max if relation.kind is Kind.HIGHEST else min
    )
    at = layout.slot(start)

    def write(state: State, cell: Cell) -> str:
        present = limits.inside(limits.position(relation.value(cell)))
        before = cell[at]
        if before is None:
            before = limits.inside(present * relation.ratio)
        cell[at] = here = choose(before, present)
        return limits.text(here)

    return Number(write, lambda cell: limits.shown(cell[at]))


def _remembered(limits: Range, at: int) -> Number:
    """What a slot holds since the record started."""
    text, template = limits.text, limits.template

    def write(state: State, cell: Cell) -> str:
        return template % cell[at] if template is not None else text(cell[at])

    return Number(write, lambda cell: limits.shown(cell[at]))
