"""Places of what moves in rows without names: ``["3c6444", 6.15, 50.2, 11277.6]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ....schema.ranges import decimals_of
from ..leaves import Leaf, Spot, is_unix, words
from .motions import STILL, Motion, element_of, is_point

#: Words of names of lists whose rows are about what moves.
_MOVERS = frozenset("""
    ac aircraft buses flights planes positions ships states trains vehicles vessels
    """.split())
#: As many decimals has a degree of a place at least.
_LEAST_DIGITS = 3
#: The fastest of what moves, in metres a second, and a knot.
_FASTEST, _KNOT = 600.0, 0.514
#: Fewer numbers behind a place do not say how fast it moves, and where to.
_MIN_NUMBERS = 3


class Track(NamedTuple):
    """A place in a row: whether it is a latitude, and how what has it moves."""

    is_latitude: bool
    motion: Motion


def tracks(
    leaves: Mapping[Spot, Leaf], motions: Mapping[Spot, Motion | None]
) -> Iterator[tuple[Spot, Track]]:
    """The latitudes and longitudes without names in an example: in rows, in points.

    ``motions`` are those of its elements.
    """
    rows: dict[Spot, list[Leaf]] = {}
    for spot, leaf in leaves.items():
        motion = motions.get(element_of(spot[:-2])) if len(spot) > 1 else None
        if motion is not None and (is_point(leaf, 0) or is_point(leaf, 1)):
            if STILL.isdisjoint(words(leaf.owner)):
                yield spot, Track(is_point(leaf, 1), motion)
        if leaf.is_in_row and (_is_mover(leaf) or _is_report(leaf)):
            rows.setdefault(spot[:-1], []).append(leaf)
    for row in rows.values():
        yield from _places(row)


def _is_mover(leaf: Leaf) -> bool:
    """Whether a field is in a list of what moves, by its name."""
    return not _MOVERS.isdisjoint(words(leaf.name))


def _is_report(leaf: Leaf) -> bool:
    """Whether a field is in a row with its time, behind the id of what it is about."""
    row = leaf.siblings.get(leaf.name)
    is_timed = isinstance(row, list) and any(map(is_unix, row))
    return is_timed and any(map(str.isdecimal, leaf.name))


def _places(row: Sequence[Leaf]) -> Iterator[tuple[Spot, Track]]:
    """The place that a row has, None where it has none or does not move."""
    for at, (one, other) in enumerate(zip(row, row[1:])):
        if _is_degree(one, 180) and _is_degree(other, 90 if at else 180):
            behind = [_number(leaf) for leaf in row[at + 2 :]]
            numbers = [number for number in behind if number is not None]
            if len(numbers) >= _MIN_NUMBERS:
                yield from _moving(one, other, numbers)
            return


def _moving(
    one: Leaf, other: Leaf, behind: Sequence[float]
) -> Iterator[tuple[Spot, Track]]:
    """Two forms of rows: place, course, height, knots; or place, height, speed, course.

    The latitude comes first in the first of them.
    """
    first, second, third = behind[:3]
    is_course = isinstance(first, int) and first <= 360 and second > third
    latitude = one if is_course else other
    speed, heading = (third * _KNOT, first) if is_course else (second, third)
    if not 0 < speed < _FASTEST or not 0 <= heading <= 360:
        return
    motion = Motion(speed, heading, _number(latitude) or 0.0, True)
    for leaf in (one, other):
        yield leaf.spot, Track(leaf is latitude, motion)


def _is_degree(leaf: Leaf, most: float) -> bool:
    number = leaf.value
    if not isinstance(number, float) or abs(number) > most:
        return False
    return (decimals_of(number) or 0) >= _LEAST_DIGITS


def _number(leaf: Leaf) -> float | None:
    """The number that a field is, None for a word, a flag or nothing."""
    value = leaf.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value
