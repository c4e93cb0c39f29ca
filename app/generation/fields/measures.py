"""The range in which a number of a name is believable, for whoever else makes it.

The generator itself moves numbers step by step; a language model is told the
range that such a walk would keep to.
"""

from __future__ import annotations

from collections.abc import Sequence

from .parts import NumberRole, Part
from .roles import number_role

#: The parts whose numbers have a range of their own; others count, or identify.
_RANGED = frozenset({Part.MEASURE, Part.TRAIT, Part.CONTENT})

#: How far beyond the usual numbers one may be, as a share of their span.
_BEYOND = 0.5


def believable_range(
    name: str, examples: Sequence[float]
) -> tuple[float, float] | None:
    """The least and the greatest believable number; None where nothing is known.

    ``examples`` are numbers of that name, and may be missing.
    """
    role = number_role(name)
    if role is None or role.part not in _RANGED:
        return None
    found = [number for number in examples if number] or list(examples[:1])
    low, high = _around(role, found) if found else _usual(role)
    if role.low is not None and (not found or min(found) >= role.low):
        low = max(low, role.low)
    for top in sorted(filter(None, (role.high, *role.ceilings))):
        if not found or max(found) <= top:
            high = min(high, top)
            break
    return (low, high) if low < high else None


def moves(name: str) -> bool:
    """Whether a number of this name follows from the one before it."""
    role = number_role(name)
    return role is not None and role.part in (Part.MEASURE, Part.COUNTER)


def _around(role: NumberRole, examples: Sequence[float]) -> tuple[float, float]:
    """As far from the examples as a walk gets, and entities differ."""
    share = role.spread if role.absolute else role.spread + role.scatter
    low, high = min(examples), max(examples)
    sizes = (1.0, 1.0) if role.absolute else (abs(low), abs(high))
    return low - share * sizes[0], high + share * sizes[1]


def _usual(role: NumberRole) -> tuple[float, float]:
    low, high = role.usual
    beyond = _BEYOND * (high - low)
    return low - beyond, high + beyond
