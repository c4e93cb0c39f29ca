"""How what an example is about moves, by its speeds, headings and nouns."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ....resources.inflection import singular
from ...values.quantities import number_in
from ..leaves import Leaf, Spot, measured_name, words

#: Last words of names of speeds.
SPEEDS = frozenset("gs groundspeed sog spd speed velocity".split())
#: Last words of names of headings.
_HEADINGS_OF_MOTION = frozenset(
    "bearing cog course direction hdg heading track".split()
)
#: Speeds with decimals below this, whose unit nothing says, are in metres a second.
_METRIC = 20
#: Words of names that say against what a motion is measured.
_OVER_GROUND = frozenset({"over", "ground"})
#: Objects whose places are those of what stays where it is.
STILL = frozenset("""
    address airport depot destination dropoff end from home origin pad pickup place port
    start station stop to venue
    """.split())
#: What says of a vehicle that it stands.
_PARKED = frozenset({"park", "parked"})
_OF_ANGLES = frozenset("deg degree degrees magnetic true".split())
_MOVERS = frozenset("""
    aircraft bike boat bus car courier delivery driver drone fleet flight gps position
    ride satellite scooter ship taxi tracker train trip truck vehicle vessel
    """.split())


_PLACES = frozenset({"lat", "latitude"})
#: Objects whose places are those of what is on its way.
_CARRIERS = frozenset({"courier", "driver", "rider", "vehicle"})
#: What flies round the earth, and how fast, in metres a second.
_ORBITERS, _ORBITAL = frozenset({"iss", "satellite", "spacecraft"}), 7_660.0


class Motion(NamedTuple):
    """How what an example is about moves: in metres a second and in degrees.

    ``latitude`` is where it does, if it has a place at all.
    """

    speed: float
    heading: float
    latitude: float
    has_place: bool


def motions_of(leaves: Iterable[Leaf], noun: str) -> dict[Spot, Motion | None]:
    """How each element of a list moves; behind ``()`` what is in none."""
    parts: dict[Spot, list[Leaf]] = {(): []}
    for leaf in leaves:
        parts.setdefault(element_of(leaf.spot), []).append(leaf)
    whole = _motion([leaf for part in parts.values() for leaf in part], noun)
    return {
        spot: _motion([*parts[()], *part] if spot else part, noun) if spot else whole
        for spot, part in parts.items()
    }


def element_of(spot: Spot) -> Spot:
    """The element of the outermost list that a value is in, () for none."""
    at = next((n for n, step in enumerate(spot) if isinstance(step, int)), None)
    return () if at is None else spot[: at + 1]


def _motion(leaves: Collection[Leaf], noun: str) -> Motion | None:
    """The motion that fields speak of, None where nothing moves."""
    speed, heading, is_moving = None, 60.0, False
    latitude: float | None = None
    for leaf in leaves:
        value = leaf.value
        if (value is None and leaf.last in SPEEDS) or is_parked(leaf):
            return None  # it stands
        if isinstance(value, str):
            value = number_in(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if "wind" in words(leaf.owner) or "wind" in words(leaf.name):
            continue
        if leaf.last in ("lat", "latitude") or is_point(leaf, 1):
            latitude = float(value)
        name = measured_name(leaf)
        is_said = name != leaf.name
        over = _OVER_GROUND if is_said else frozenset[str]()
        parts = [word for word in words(name) if word not in over]
        is_course = {"climb", "limit", "max", "v", "vertical"}.isdisjoint(parts)
        if is_course and not SPEEDS.isdisjoint(parts):
            speed = value * _unit(" ".join(parts), value)
            is_moving = True
        elif _is_heading(parts) and _is_angle(parts, value):
            is_radians = is_said and value <= 2 * math.pi
            heading = math.degrees(value) if is_radians else float(value)
            is_moving = True
    nouns = {singular(word) for word in words(noun)}
    nouns |= {word for leaf in leaves for word in words(leaf.owner)} & _ORBITERS
    steps = {str(step) for leaf in leaves for step in leaf.spot if leaf.last in _PLACES}
    nouns |= steps & _CARRIERS
    if speed == 0 or (not is_moving and not nouns & _MOVERS):
        return None
    if speed is None:
        speed = _ORBITAL if nouns & _ORBITERS else 10.0
    return Motion(speed, heading, latitude or 0.0, latitude is not None)


def is_parked(leaf: Leaf) -> bool:
    """Whether a field says that a vehicle stands, as one does that is charged."""
    value = leaf.value
    if isinstance(value, str):
        is_charged = "charging" in words(leaf.name) and value.lower() == "charging"
        return is_charged or value.lower() in _PARKED
    return value is True and words(leaf.name)[-1:] == ("charging",)


def is_point(leaf: Leaf, at: int) -> bool:
    """Whether a field is the longitude (``at`` 0) or latitude (1) of a point."""
    is_there = leaf.name == "coordinates" and leaf.spot[-1] == at
    return is_there and leaf.siblings.get("type") == "Point"


def _is_angle(parts: Collection[str], value: float) -> bool:
    """Whether a number is one of degrees, and no ``direction`` of a line: 0 or 1."""
    return (1 if "direction" in parts else -1) < value <= 360 and value >= 0


def _is_heading(words_of: Collection[str]) -> bool:
    """Whether the words of a name end in that of a heading, but for its unit."""
    parts = [word for word in words_of if word not in _OF_ANGLES]
    return bool(parts) and parts[-1] in _HEADINGS_OF_MOTION


def _unit(name: str, speed: float) -> float:
    """How many metres a second one of a speed is, by its name and its size."""
    parts = words(name)
    is_flown = "groundspeed" in parts and speed > _METRIC
    if is_flown or {"gs", "sog", "knots", "kn", "kt", "kts"} & set(parts):
        return 0.514
    if "mph" in parts or {"miles", "hour"} <= {*parts}:
        return 0.447
    if {"ms", "mps"} & set(parts):
        return 1.0
    is_plain = len(parts) == 1 and isinstance(speed, float)
    return 1.0 if is_plain and speed < _METRIC else 1 / 3.6
