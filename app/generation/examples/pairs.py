"""Members of which one says, in its own way, what another one does.

By another scale or unit, as the rest of what both share, or as what is left of a
whole that the record does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TypeAlias

from ...words import Json
from ..evidence.leaves import words
from ..vocabulary import word_list
from .arithmetic import PERCENT, SHARES, decimals_in, digits_of

#: A member and the others that it is a sum of, each with a factor; a part without a
#: name is a constant.
Sum: TypeAlias = tuple[str, list[tuple[float, str]]]

#: From one scale of temperature to another: a factor, and what is added.
_DEGREES = {("c", "f"): (1.8, 32.0), ("f", "c"): (1 / 1.8, -32 / 1.8)}
#: Inches of mercury in a millibar, and inches in a millimetre.
_INCHES = (0.02953, 0.03937)
#: Words that name a scale of temperature in full.
_SCALES = {"celsius": "c", "fahrenheit": "f"}
#: Last words of names that say of what a number is, and not in which unit.
_PLACES = frozenset("1 2 3 l1 l2 l3 10 80 100 in indoor msl out outdoor".split())
#: Words of names of places that are taken, and of those that are free.
_TAKEN = frozenset("bikes vehicles scooters".split())
_FREE = frozenset({"docks", "slots"})
#: Words of names of what is in use of something, and of the rest of that.
_USED = frozenset("active busy current occupied used".split())
_REST = frozenset("available avail free idle unused".split())
#: Words of names of what is still to do.
_LEFT = frozenset({"left", "remaining"})
#: Names of what grows in proportion to what, as patterns.
_PROPORTIONS = (
    ("[Bb]ytes|[Oo]ctets", "packets"),
    ("Bytes|Octets", "Packets"),
    ("bytes", "msgs"),
    ("bytes_read", "rows_read"),
    ("^quote_volume$", "volume"),
    ("^quoteVolume$", "volume"),
    ("^(market_cap|fully_diluted_valuation)$", "price"),
    ("^(market_cap|fully_diluted_valuation)$", "current_price"),
    ("^(marketCap|fullyDilutedValuation)$", "price"),
    ("^marketCap$", "latestPrice"),
    ("^market_cap", "market_price"),
)
#: Shares with fewer digits fit a whole by chance.
_MIN_DIGITS = 6
#: Words of names of what something will be, as far as is known.
_ESTIMATES = frozenset("est estimated indicative".split())
#: No more members are compared with each other.
_MAX_ALIKE = 24


def pairs(
    members: Mapping[str, Json],
    numbers: Mapping[str, float],
    changing: frozenset[str],
) -> Iterator[Sum]:
    """The members that follow from one other by their names, and how."""
    moving = [name for name in numbers if name in changing]
    yield from _places(moving, numbers)
    yield from _rests(moving, members, {*numbers.values()})
    yield from _in_units(moving, numbers)
    for name, base in _proportional(numbers):
        if base in changing:
            yield name, [(numbers[name] / numbers[base], base)]
    yield from _shares_done(members, numbers)
    yield from _estimates(members, moving)


def _places(moving: list[str], numbers: Mapping[str, float]) -> Iterator[Sum]:
    """The places that are free where those that are taken change."""
    for bikes, docks in product(_about(moving, _TAKEN), _about(moving, _FREE)):
        if bikes != docks:
            yield docks, [(numbers[bikes] + numbers[docks], ""), (-1.0, bikes)]


def _about(moving: list[str], about: frozenset[str]) -> list[str]:
    """The first numbers that are named by one of these words."""
    return [*islice((n for n in moving if about & {*words(n)}), _MAX_ALIKE)]


def _rests(
    moving: list[str], members: Mapping[str, Json], known: set[float]
) -> Iterator[Sum]:
    """The rest of what is partly in use: ``available`` beside ``current``.

    Where the whole is ``known``, that says more.
    """
    used: dict[tuple[str, ...], list[str]] = {}
    for name in moving:
        if not _USED.isdisjoint(words(name)):
            used.setdefault(_without(name, _USED), []).append(name)
    for name in moving:
        rest, others = members[name], used.get(_without(name, _REST), ())
        if _REST.isdisjoint(words(name)) or len(others) != 1:
            continue
        part = members[others[0]]
        if isinstance(part, int) and isinstance(rest, int) and part + rest not in known:
            yield name, [(float(part + rest), ""), (-1.0, others[0])]


def _without(name: str, about: frozenset[str]) -> tuple[str, ...]:
    """The words of a name but these."""
    return tuple(word for word in words(name) if word not in about)


def _in_units(moving: list[str], numbers: Mapping[str, float]) -> Iterator[Sum]:
    """The members that say in another unit what one before them says."""
    first: dict[tuple[str, ...], str] = {}
    for name in moving:
        *stem, unit = words(name) or ("",)
        scale = _SCALES.get(unit)
        if not stem and scale is None:
            continue
        base = first.get(tuple(stem), name)
        is_inches = unit == "in" and _is_in_inches(numbers[name], numbers[base])
        is_unit = unit in word_list("units") and unit not in _PLACES
        if scale is None and not is_unit and not is_inches:
            continue
        first.setdefault(tuple(stem), name)
        if base == name or not numbers[base]:
            continue
        other, last = numbers[base], words(base)[-1]
        units = (_SCALES.get(last, last), scale or unit)
        if units in _DEGREES:
            factor, more = _DEGREES[units]
            if abs(other * factor + more - numbers[name]) < 1:
                yield name, [(more, ""), (factor, base)]
        elif numbers[name] and stem:
            yield name, [(numbers[name] / other, base)]


def _proportional(numbers: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """The members that grow as others do, by their names: bytes with packets."""
    for name, number in numbers.items():
        others = (re.sub(of, by, name) for of, by in _PROPORTIONS)
        base = next((o for o in others if o != name and numbers.get(o)), None)
        if base is not None and number:
            yield name, base


def _is_in_inches(number: float, base: float) -> bool:
    """Whether a number is in inches what another is in millibars or millimetres."""
    return any(abs(number - base * each) <= 0.01 * number for each in _INCHES)


def _shares_done(
    members: Mapping[str, Json], numbers: Mapping[str, float]
) -> Iterator[Sum]:
    """The share that is done of something, where only what is left is counted."""
    lefts = [n for n in numbers if not _LEFT.isdisjoint(words(n))]
    lefts = [name for name in lefts if isinstance(members[name], int)]
    for name, share in numbers.items():
        parts = {*words(name)}
        is_exact = decimals_in(members[name]) and digits_of(members[name])
        if parts.isdisjoint(SHARES) or is_exact < _MIN_DIGITS:
            continue
        hundred = 100.0 if share > 1 or parts & PERCENT else 1.0
        for left in islice(lefts, _MAX_ALIKE) if 0 < share < hundred else ():
            whole = numbers[left] / (1 - share / hundred)
            if abs(whole - round(whole)) < 1e-6 * whole and whole < 1e6:
                yield name, [(hundred, ""), (-hundred / round(whole), left)]
                break


def _estimates(members: Mapping[str, Json], moving: list[str]) -> Iterator[Sum]:
    """The estimates that are what another member says at the moment."""
    present = {str(members[name]): name for name in reversed(moving)}
    for name, value in members.items():
        other = present.get(str(value))
        if other is not None and name not in moving:
            is_same = digits_of(value) >= _MIN_DIGITS
            if is_same and not _ESTIMATES.isdisjoint(words(name)):
                yield name, [(1.0, other)]
