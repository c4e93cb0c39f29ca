"""Which numbers a schema permits, and how they are written.

A ``Range`` is a scale: positions from ``low`` to ``high``, and a text for each.
Decimal numbers are their own positions; multiples of 0.25 have the positions
..., -1, 0, 1, ... So one kind of motion serves all of them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .conjunction import Flat
from .refusal import Impossible

#: Largest integer that every JSON library reads, of 64 bits.
MAX_INTEGER = 2**63 - 1
#: Up to here a float is exact for every integer.
_EXACT = 2**53
#: Larger and smaller numbers are written with an exponent.
_LARGE = 1e15
_MAX_DECIMALS = 12
#: Fewest numbers of a decimal range that have to look different.
_MIN_DIFFERENT = 10
_HUGE = sys.float_info.max
_BOUNDS = ("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "multipleOf")


@dataclass(frozen=True, slots=True)
class Range:
    """The positions from ``low`` to ``high``, both included.

    ``unit`` is the least distance of two positions that look different,
    ``scale`` the number that position 1 stands for. ``template`` is a ``%``
    format that writes a position, or None where only ``text`` can.
    """

    low: float
    high: float
    unit: float
    scale: Fraction
    template: str | None
    text: Callable[[float], str]

    def shown(self, position: float) -> float:
        """The number that a position is written as."""
        return float(self.text(position))

    def inside(self, position: float) -> float:
        """The nearest position that is within the bounds."""
        return min(max(position, self.low), self.high)

    def position(self, number: float) -> float:
        """Where a number is on the scale."""
        return number if self.scale == 1 else float(Fraction(number) / self.scale)

    def within(self, low: float | None, high: float | None) -> Range:
        """The part between two numbers, or all of it where that leaves no choice."""
        lowest = self.low if low is None else max(self.low, self.position(low))
        highest = self.high if high is None else min(self.high, self.position(high))
        if highest - lowest < self.unit:
            return self
        return replace(self, low=lowest, high=highest)


def number_range(flat: Flat, integer: bool, decimals: int | None) -> Range:
    """The numbers that fit ``flat``, written with ``decimals`` where that can be.

    With None they are written as they are, with an exponent where needed.
    """
    multiples = [_fraction(number) for number in flat.get("multipleOf", ())]
    if integer:
        multiples.append(Fraction(1))
    if multiples:
        return _multiples(flat, _common_multiple(multiples), integer)
    low, high = _bounds(flat)
    if decimals is None:
        return _plain(flat, low, high)
    for digits in range(decimals, _MAX_DECIMALS + 1, 2):
        found = _decimals(flat, low, high, digits)
        if found is not None:
            return found
    return _plain(flat, low, high)


def integers(flat: Flat, most: int) -> list[str] | None:
    """All the integers that fit ``flat``, None where they are more than ``most``."""
    limits = number_range(flat, True, 0)
    if limits.high - limits.low >= most:
        return None
    return [limits.text(step) for step in range(int(limits.low), int(limits.high) + 1)]


def decimals_of(number: float) -> int | None:
    """How many decimals a number is written with; None for those with an exponent."""
    text = repr(number)
    if "e" in text or abs(number) >= _LARGE:
        return None
    if "." not in text:
        return 0
    digits = text.partition(".")[2]
    return len(digits) if digits != "0" else 1


def _fraction(number: Any) -> Fraction:
    """The number as it is written, not as a float has it: 0.1 is a tenth."""
    return Fraction(Decimal(repr(number)))


def _common_multiple(numbers: Iterable[Fraction]) -> Fraction:
    top, bottom = 1, 0
    for number in numbers:
        top = math.lcm(top, number.numerator)
        bottom = math.gcd(bottom, number.denominator)
    return Fraction(top, bottom)


def _bounds(flat: Flat) -> tuple[Fraction | None, Fraction | None]:
    low = [
        _fraction(flat[key]) for key in ("minimum", "exclusiveMinimum") if key in flat
    ]
    high = [
        _fraction(flat[key]) for key in ("maximum", "exclusiveMaximum") if key in flat
    ]
    return max(low, default=None), min(high, default=None)


def _steps(flat: Flat, unit: Fraction) -> tuple[int | None, int | None]:
    """The least and the greatest multiple of ``unit`` that fits."""
    low, high = _bounds(flat)
    first = last = None
    if low is not None:
        first = math.ceil(low / unit)
        exclusive = flat.get("exclusiveMinimum")
        if exclusive is not None and first * unit <= _fraction(exclusive):
            first += 1
    if high is not None:
        last = math.floor(high / unit)
        exclusive = flat.get("exclusiveMaximum")
        if exclusive is not None and last * unit >= _fraction(exclusive):
            last -= 1
    return first, last


def _multiples(flat: Flat, unit: Fraction, integer: bool) -> Range:
    first, last = _steps(flat, unit)
    most = math.floor(MAX_INTEGER / unit) if integer or unit >= 1 else _EXACT
    low = -most if first is None else max(first, -most)
    high = most if last is None else min(last, most)
    if low > high:
        raise Impossible(
            "no number of at most 64 bits fits its bounds", keyword=_bound(flat)
        )
    if unit == 1:
        template = "%.0f" if max(-low, high) <= _EXACT else None
        return Range(low, high, 1, unit, template, lambda x: str(round(x)))
    if unit.denominator == 1:
        factor = unit.numerator
        return Range(low, high, 1, unit, None, lambda x: str(round(x) * factor))
    return Range(low, high, 1, unit, None, _divided(unit))


def _divided(unit: Fraction) -> Callable[[float], str]:
    """Multiples of a broken number.

    A checker that divides floats finds 0.3 to be no multiple of 0.1, so the
    nearest one that every checker accepts is taken.
    """
    step = float(unit)

    def text(position: float) -> str:
        first = round(position)
        for distance in range(64):
            for number in (first - distance, first + distance):
                value = float(number * unit)
                if value / step == number:
                    return repr(value)
        return "0.0"

    return text


def _decimals(
    flat: Flat, low: Fraction | None, high: Fraction | None, digits: int
) -> Range | None:
    """The numbers of so many decimals, if enough of them fit."""
    if any(abs(bound) >= _LARGE for bound in (low, high) if bound is not None):
        return None
    unit = Fraction(1, 10**digits)
    first, last = _steps(flat, unit)
    if first is not None and last is not None:
        enough = 1 if low == high else _MIN_DIFFERENT
        if last - first + 1 < enough:
            return None
    edge = _LARGE - 1
    lowest = -edge if first is None else float(first * unit)
    highest = edge if last is None else float(last * unit)
    if lowest > highest:
        return None
    template = f"%.{max(digits, 1)}f"
    if lowest >= 0:
        return Range(
            lowest, highest, float(unit), Fraction(1), template, lambda x: template % x
        )
    return Range(
        lowest, highest, float(unit), Fraction(1), None, _signed(template, digits)
    )


def _signed(template: str, digits: int) -> Callable[[float], str]:
    """Around zero: what rounds to zero has no sign."""
    return lambda x: template % (x if x > 0 else round(x, digits) + 0.0)


def _plain(flat: Flat, low: Fraction | None, high: Fraction | None) -> Range:
    """Very large or very small numbers, as Python writes them."""
    lowest = -_HUGE if low is None else _float(low)
    highest = _HUGE if high is None else _float(high)
    if "exclusiveMinimum" in flat and lowest <= flat["exclusiveMinimum"]:
        lowest = math.nextafter(lowest, math.inf)
    if "exclusiveMaximum" in flat and highest >= flat["exclusiveMaximum"]:
        highest = math.nextafter(highest, -math.inf)
    if not lowest <= highest or math.isinf(lowest) or math.isinf(highest):
        raise Impossible("no number fits its bounds", keyword=_bound(flat))
    unit = max((highest / 100 - lowest / 100), 5e-324)
    return Range(lowest, highest, unit, Fraction(1), None, lambda x: repr(float(x)))


def _bound(flat: Flat) -> str | None:
    """The keyword that most likely has to change where bounds leave no number."""
    return next((keyword for keyword in _BOUNDS if keyword in flat), None)


def _float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        raise Impossible("no number of 64 bits fits its bounds") from None
