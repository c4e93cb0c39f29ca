"""The parts that fields play, and how tables find them by name.

Names are compared as words (``heartRate``, ``heart_rate`` and ``HeartRate`` are
one). In a table, words that end the name win over words inside it, and more
words win over fewer: ``price_change`` is a change, ``price_usd`` a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from ...resources.inflection import words

_Role = TypeVar("_Role")

#: Units of length, behind which ``per hour`` makes a speed.
_LENGTHS = frozenset("kilometers kilometres km m meters metres miles".split())
#: What measures of bodies and machines count, behind which ``per minute`` says no more.
_COUNTED = frozenset("beats breaths cycles revolutions steps strokes".split())
#: Units that follow ``in`` at the end of a name.
_MEASURED_IN = frozenset("bytes kb mb millis ms nanos seconds".split())
#: The axes of what is measured in space, and words behind ``current`` that say that
#: it means the present.
_AXES = frozenset("xyz")
_PRESENT = _AXES | {"actual", "measured", "raw", "reading", "val", "value"}
#: The longest phrase that a table has, in words.
MAX_PHRASE = 5


class Part(Enum):
    """The part that a field plays in a stream."""

    #: Tells an entity from others, and stays.
    IDENTITY = "identity"
    #: Belongs to the entity, and stays.
    TRAIT = "trait"
    #: Moves a little with every event, around the example.
    MEASURE = "measure"
    #: Rises.
    COUNTER = "counter"
    #: A point in time.
    CLOCK = "clock"
    #: One of a few words, and mostly the same as before.
    CATEGORY = "category"
    #: Something new in every event.
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class NumberRole:
    """What a number is.

    ``low`` and ``high`` are its natural bounds, ``usual`` the numbers to start
    from without an example. ``spread`` and ``step`` say how far a measure gets
    from its centre in all and in one event, as shares of the centre, or in
    the number's own unit where ``absolute``. ``scatter`` is how much two
    entities differ, as a share. ``ceilings`` are other upper bounds: an
    example above one of them takes the next. ``priced`` numbers differ between
    a market's assets as their prices do. A ``position`` is a latitude or a
    longitude. ``changes`` says when a number of an example changes, and
    ``celsius`` that it is a temperature by that scale.
    """

    part: Part = Part.MEASURE
    low: float | None = None
    high: float | None = None
    usual: tuple[float, float] = (10, 100)
    decimals: int = 2
    spread: float = 0.12
    step: float = 0.01
    scatter: float = 0.2
    absolute: bool = False
    ceilings: tuple[float, ...] = ()
    priced: bool = False
    position: bool = False
    changes: str = ""
    celsius: bool = False


@dataclass(frozen=True, slots=True)
class TextRole:
    """What a text is: its part, and the maker of ``makers`` that writes it."""

    part: Part
    make: str


def role_of(name: str, table: Mapping[str, _Role]) -> _Role | None:
    """What a table says about a name, None where it says nothing."""
    parts = words(name)
    plain = [part.rstrip("0123456789") or part for part in parts]
    for form in (parts, plain) if plain != parts else (parts,):
        for phrase in _phrases_in(form):
            role = table.get("_".join(phrase))
            if role is not None:
                return role
    return None


def _phrases_in(parts: list[str]) -> Iterator[list[str]]:
    """The phrases of a name, in the order in which they count."""
    count = len(parts)
    longest = min(count, MAX_PHRASE)
    yield from (parts[start:] for start in range(count - longest, count))
    for length in range(min(count - 1, longest), 0, -1):
        yield from (parts[start : start + length] for start in range(count - length))


def phrases_at_end(name: str, units: frozenset[str]) -> Iterator[str]:
    """The phrases that a name ends in, longest first; then those before its units."""
    parts = words(name)
    if parts[-2:-1] == ["in"] and len(parts) > 2 and parts[-1] in _MEASURED_IN:
        parts = parts[:-2]  # used_in_bytes
    forms = [parts, *_without_units(parts, units)]
    plain = [word.rstrip("0123456789") or word for word in parts]
    if plain[-2:-1] == ["per"] and {*plain[-3:-2]} & (_LENGTHS | _COUNTED):
        plain = plain[:-3]  # speedMilesPerHour
        forms = [plain] if plain else []
    elif plain != forms[0]:
        forms += [plain]
    forms += _without_units(plain, units)
    for form in forms:
        yield from ("_".join(form[start:]) for start in range(len(form)))


def _without_units(parts: list[str], units: frozenset[str]) -> Iterator[list[str]]:
    """A name with one unit less at its end at a time."""
    while len(parts) > 1 and (parts[-1] in units or parts[-1] in _AXES):
        if parts[0] == "current" and parts[1] in _PRESENT:
            return  # the one of now
        parts = parts[:-1]
        yield parts
