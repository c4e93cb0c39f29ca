"""Numbers that each event has others of, all by the draws that it was begun with.

Two numbers that are scaled by one draw keep their order, and what they share.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ....schema.jsontext import dumps
from ....schema.ranges import decimals_of
from ....words import Json
from ...compile.build import Built
from ...evidence.leaves import Leaf
from ...evidence.occurrences.amounts import Amount, Occurrences, quantity_of
from ...values.state import Cell, Layout, State

#: What a number becomes by a draw in [0, 1).
Change: TypeAlias = Callable[[float, float], float]

#: How a scaled number differs at most: from two fifths of the example to eight.
_LEAST_SCALE, _SCALES = 0.4, 4.0
#: Surer than that is nothing, of all of it.
_SUREST, _LEAST_SURE, _SURENESS = 0.999, 0.88, 0.17
#: The ports that clients are given: after the registered ones, or before them.
_PORTS, _LOW_PORTS = range(32_768, 61_000), range(1_024, 32_768)
_PERCENT = 100.0
#: In how many degrees things happen one after the other.
_DEGREES = 0.2


def scaled(number: float, draw: float) -> float:
    """A number that may be half as large, or half as large again."""
    return number * _LEAST_SCALE * math.pow(_SCALES, draw)


def sure(number: float, draw: float) -> float:
    """A share of one, or of a hundred, that is near the example's."""
    top = 1.0 if number <= 1 else _PERCENT
    return min(number * (_LEAST_SURE + _SURENESS * draw), top * _SUREST)


def near(number: float, draw: float) -> float:
    """A coordinate some kilometres away, in degrees."""
    return number + _DEGREES * (draw - 0.5)


def strong(number: float, draw: float) -> float:
    """A magnitude like another one."""
    return max(number + draw - 0.5, number / 2)


def port(number: float, draw: float) -> float:
    """Another port from the same range."""
    ports = _PORTS if number >= _PORTS.start else _LOW_PORTS
    return ports[(int(number) + int(draw * len(ports))) % len(ports)]


#: How the numbers of an occurrence differ from those of another.
_CHANGES: Mapping[Amount, Change] = {
    Amount.TIME: scaled,
    Amount.SIZE: scaled,
    Amount.PORT: port,
    Amount.SHARE: sure,
    Amount.LATITUDE: near,
    Amount.LONGITUDE: near,
    Amount.DEPTH: scaled,
    Amount.STRENGTH: strong,
}


class Draws:
    """The draws of one plan, of which each event begins with new ones."""

    def __init__(self, occurrences: Occurrences) -> None:
        """No draws yet, for the numbers of these occurrences."""
        self._occurrences = occurrences
        self._announcers: dict[tuple[str], Callable[[State], str]] = {}

    @property
    def announcers(self) -> Mapping[tuple[str], Callable[[State], str]]:
        """What makes the draws of an event, by where it is said."""
        return self._announcers

    def built(self, leaf: Leaf, layout: Layout) -> Built | None:
        """The writer of a number of what happens once, None for any other."""
        amount, form = self._occurrences.amount(leaf), _form(leaf.value)
        if amount is None or amount not in _CHANGES or form is None:
            return None
        (number, template), change = form, _CHANGES[amount]
        place = (f"\0{amount.value}",)
        self._announcers[place] = lambda state: repr(state.random())
        is_whole = "%d" in template

        def write(state: State, cell: Cell) -> str:
            other = change(number, float(state.said[place]))
            cell[slot] = (round(other) or 1) if is_whole else other
            return template % (cell[slot],)

        slot = layout.slot(lambda state, draft: number)
        return Built(write, number=lambda cell: float(cell[slot]))


def _form(value: Json) -> tuple[float, str] | None:
    """The number in a value, and how that is written, None where there is none."""
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        return None
    if not isinstance(value, str):
        digits = decimals_of(value) if isinstance(value, float) else None
        return float(value), "%d" if digits is None else f"%.{max(digits, 1)}f"
    if value.isdecimal():
        return float(value), '"%d"'
    host, _, last = value.rpartition(":")
    if host and last.isdecimal():
        return float(last), dumps(host)[:-1].replace("%", "%%") + ':%d"'
    whole, _, part = value.partition(".")
    if whole.isdecimal() and part.isdecimal():
        return float(value), f'"%.{len(part)}f"'
    measured = quantity_of(value)
    if measured is None:
        return None
    number, unit = measured
    own = value.removesuffix(unit).partition(".")[2]
    tail = dumps(unit)[1:].replace("%", "%%")
    return float(number), f'"%.{len(own)}f{tail}'
