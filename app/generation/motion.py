"""How numbers move from event to event. Everything is in positions of a range."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.generation.ranges import Range
from app.generation.state import Cell, Draft, Layout, State, Writer

#: How strongly a measure is drawn to its centre, per event.
_PULL = 0.06

#: Chooses a number when a record starts.
Choice: TypeAlias = Callable[[State, Draft], float]


@dataclass(frozen=True, slots=True)
class Course:
    """Where a measure goes.

    ``hints`` are the centres of the first entities; those of further ones lie
    up to ``scatter`` (a share of the number) apart from the last. A measure
    stays within ``spread`` of its centre and moves up to ``step`` per event,
    both for the first centre and in proportion for the others.
    """

    hints: tuple[float, ...]
    spread: float
    step: float
    scatter: float

    def centre(self, state: State, draft: Draft) -> float:
        """The centre of one entity."""
        if draft.position < len(self.hints):
            return self.hints[draft.position]
        share: float = 1 + self.scatter * (2 * state.random() - 1)
        return self.hints[-1] * share


def walk(limits: Range, course: Course, layout: Layout) -> Writer:
    """A measure: a walk that is drawn back to its centre."""
    low, high, unit = limits.low, limits.high, limits.unit
    first = abs(course.hints[0])
    shares = (course.spread / first, course.step / first) if first else (0.0, 0.0)
    least_spread = max(course.spread if not first else 0.0, 2 * unit)
    least_step = max(course.step if not first else 0.0, 1.2 * unit)

    def start_centre(state: State, draft: Draft) -> float:
        return min(max(course.centre(state, draft), low), high)

    def start_stride(state: State, draft: Draft) -> float:
        centre: float = draft.cell[-1]
        return 2 * max(abs(centre) * shares[1], least_step)

    def start(state: State, draft: Draft) -> float:
        centre, stride = draft.cell[-2:]
        number: float = centre + (state.random() - 0.5) * stride
        return min(max(number, low), high)

    at_centre = layout.slot(start_centre)
    at_stride = layout.slot(start_stride)
    at = layout.slot(start)

    text, template = limits.text, limits.template

    def write(state: State, cell: Cell) -> str:
        here: float = cell[at]
        if state.restless:
            centre = cell[at_centre]
            reach = max(abs(centre) * shares[0], least_spread)
            here = centre + (2 * state.random() - 1) * reach
        else:
            here += (cell[at_centre] - here) * _PULL
            here += (state.random() - 0.5) * cell[at_stride]
        if here < low:
            here = low
        elif here > high:
            here = high
        cell[at] = here
        return template % here if template is not None else text(here)

    return write


def draw(limits: Range, course: Course) -> Writer:
    """A number of a record that is new each time: around the centre."""
    low = max(limits.low, course.hints[0] - max(course.spread, 2 * limits.unit))
    high = min(limits.high, course.hints[0] + max(course.spread, 2 * limits.unit))
    width = high - low

    def move(state: State, cell: Cell) -> float:
        number: float = low + state.random() * width
        return number if number < high else high

    return _written(limits, move)


def rise(limits: Range, course: Course, layout: Layout) -> Writer:
    """A counter: it never falls, and stays where its range ends."""
    high, unit = limits.high, limits.unit
    most = max(2 * course.step, 3 * unit)

    def start(state: State, draft: Draft) -> float:
        centre = min(max(course.centre(state, draft), limits.low), high)
        return centre if unit != 1 else round(centre)

    at = layout.slot(start)

    def move(state: State, cell: Cell) -> float:
        here: float = cell[at] + (state.random() + (state.restless > 0)) * most
        if unit == 1:
            here = int(here)
        if here > high:
            here = high
        cell[at] = here
        return here

    return _written(limits, move)


def fixed(limits: Range, course: Course, layout: Layout) -> Writer:
    """A number that belongs to the entity and does not change."""

    def start(state: State, draft: Draft) -> str:
        number = course.centre(state, draft)
        if state.restless:
            number += (2 * state.random() - 1) * max(course.spread, 3 * limits.unit)
        return limits.text(min(max(number, limits.low), limits.high))

    at = layout.slot(start)
    return lambda state, cell: cell[at]


def _written(limits: Range, move: Callable[[State, Cell], float]) -> Writer:
    text, template = limits.text, limits.template
    if template is None:
        return lambda state, cell: text(move(state, cell))
    return lambda state, cell: template % move(state, cell)
