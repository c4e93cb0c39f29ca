"""How measures move by their size, and temperatures that are given by two scales."""

from __future__ import annotations

import math
from dataclasses import replace

from ..compile.build import Built
from ..evidence.leaves import Leaf, Spot, words
from ..fields.parts import NumberRole
from ..fields.roles import number_roles
from ..values.quantities import number_in
from ..values.state import Cell, State
from .earlier import telling
from .paces import shown

#: Words by which names and units tell a scale.
_CELSIUS = frozenset({"c", "celsius", "metric"})
_FAHRENHEIT = frozenset({"f", "fahrenheit", "imperial"})
#: The degrees of a circle; directions with decimals below one in radians are in those.
_CIRCLE = 360
#: Higher temperatures than this are absolute.
_KELVIN = 200
#: So are temperatures of rooms above this in degrees Fahrenheit.
_WARM = 45
#: Of more people than this those who come and go are a smaller share.
_MANY = 1_000
#: How far a degree may be from another one that it is by the other scale.
_NEAR = 0.6


def as_large(role: NumberRole, number: float) -> NumberRole:
    """The role of a measure, with steps that fit its size."""
    if role.high == _CIRCLE and number % 1 and 0 < number < 2 * math.pi:
        return replace(role, high=2 * math.pi, spread=0.1, step=0.01)
    if role.celsius and number > _KELVIN:
        return replace(role, spread=role.spread / 15, step=role.step / 15)
    if role.celsius and number > _WARM:
        return replace(role, spread=role.spread / 2, scatter=role.scatter / 3)
    if role is number_roles()["players"] and number > _MANY:
        return replace(role, step=role.step * math.sqrt(_MANY / number))
    return role


class Scales:
    """Knows the temperatures of one example that were written so far."""

    def __init__(self) -> None:
        """None are known at first."""
        self._known: dict[Spot, tuple[bool, float]] = {}

    def alike(self, leaf: Leaf, built: Built) -> Built:
        """``built``, or what says the same as another temperature by its own scale."""
        is_celsius, number = _is_celsius(leaf), number_in(leaf.value)
        if is_celsius is None or number is None:
            return built
        others = (spot for spot in self._known if spot[:-1] != leaf.spot[:-1])
        for spot in others:
            was_celsius, other = self._known[spot]
            if (
                was_celsius != is_celsius
                and abs(_converted(other, is_celsius) - number) < _NEAR
            ):
                return _follower(leaf, spot, is_celsius)
        self._known[leaf.spot] = is_celsius, number
        return telling(built, leaf.spot)


def _follower(leaf: Leaf, source: Spot, is_celsius: bool) -> Built:
    """A temperature that follows another one."""
    show = shown(leaf.value)

    def write(state: State, cell: Cell) -> str:
        said = float(state.said[source].strip('"'))
        return show(round(_converted(said, is_celsius), 9))

    return Built(write)


def _converted(number: float, to_celsius: bool) -> float:
    """What a temperature is by the other scale."""
    return (number - 32) / 1.8 if to_celsius else number * 1.8 + 32


def _is_celsius(leaf: Leaf) -> bool | None:
    """Whether a temperature is by that scale, None where nothing says its scale."""
    unit = str(leaf.siblings.get("Unit", leaf.siblings.get("unit", "")))
    steps = (str(step) for step in leaf.spot)
    said = {word for text in (*steps, unit) for word in words(text)}
    if bool(said & _CELSIUS) == bool(said & _FAHRENHEIT):
        return None
    return bool(said & _CELSIUS)
