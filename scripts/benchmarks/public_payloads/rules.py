"""What a strict reader accepts of a field over the events of a stream.

The example's value is believable by definition, so the first rule is
``unchanged``. The others say which changes a reader who knows the domain
would not stop at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from public_payloads.times import form, is_zoned, resolution, seconds

#: The pattern of a UUID.
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#: A quarter of an hour: times without a zone are off by a number of these.
_QUARTER = 900


class Series(NamedTuple):
    """A field over the events: its values, and what is around each of them.

    ``example`` is its value in the example, ``owners`` the objects it is in,
    ``times`` the times of the events in ms, ``route`` where it is.
    """

    values: list[Any]
    example: Any
    owners: list[Any]
    events: list[Any]
    times: list[int]
    route: tuple[str | int, ...]

    @property
    def is_slow(self) -> bool:
        """Whether the events are far enough apart that a measure should move."""
        return self.times[1] - self.times[0] >= 1_000

    def pairs(self) -> list[tuple[Any, Any]]:
        """Each value with the next."""
        return list(zip(self.values, self.values[1:]))


@dataclass(frozen=True)
class Rule:
    """A check with the name by which a report calls it."""

    name: str
    check: Callable[[Series], bool]

    def accepts(self, series: Series) -> bool:
        """Whether a reader would; never where the check cannot read the values."""
        try:
            return self.check(series)
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
            return False

    def __or__(self, other: Rule) -> Rule:
        """One of the two holds."""
        return Rule(
            f"{self.name} or {other.name}",
            lambda series: self.accepts(series) or other.accepts(series),
        )


def each(name: str, check: Callable[[Any], bool]) -> Rule:
    """Every value is of one kind."""
    return Rule(name, lambda series: all(check(value) for value in series.values))


# -- what stays ------------------------------------------------------------------

#: It is the example's value, of the same type.
unchanged = Rule(
    "unchanged",
    lambda series: all(
        value == series.example and type(value) is type(series.example)
        for value in series.values
    ),
)

#: It is the same in all events.
same = Rule(
    "same", lambda series: all(value == series.values[0] for value in series.values)
)


def length(low: int | None = None, high: int | None = None) -> Rule:
    """A list's length: the example's, or in a range."""

    def check(series: Series) -> bool:
        known = len(series.example)
        least = known if low is None else low
        most = least if high is None else high
        return all(
            isinstance(value, list) and least <= len(value) <= most
            for value in series.values
        )

    return Rule("length" if low is None else f"length {low}..{high}", check)


def entity(pattern: str) -> Rule:
    """What names an element: the example's, in further elements one more like it."""

    def check(series: Series) -> bool:
        first = series.values[0]
        if any(value != first for value in series.values):
            return False
        siblings = _siblings(series)
        if siblings.count(first) > 1:
            return False
        return first == series.example or bool(re.fullmatch(pattern, str(first)))

    return Rule(f"entity {pattern[:40]}", check)


def _siblings(series: Series) -> list[Any]:
    """The values of the same field in all elements of the innermost list."""
    route = series.route
    at = max(i for i, step in enumerate(route) if isinstance(step, int))
    elements = series.events[0]
    for step in route[:at]:
        elements = elements[step]
    found = []
    for value in elements:
        for step in route[at + 1 :]:
            value = value[step]
        found.append(value)
    return found


# -- what is new -----------------------------------------------------------------


def new(pattern: str) -> Rule:
    """An id that no other event has, of the API's form."""
    return Rule(
        f"new {pattern}",
        lambda series: len(set(map(str, series.values))) == len(series.values)
        and all(re.fullmatch(pattern, str(v)) for v in series.values)
        and _is_typed(series),
    )


def matching(pattern: str) -> Rule:
    """It is of the API's form."""
    return Rule(
        f"matching {pattern}",
        lambda series: _is_typed(series)
        and all(re.fullmatch(pattern, str(v)) for v in series.values),
    )


#: Ids that rise from event to event.
rising = Rule("rising", lambda series: all(int(a) < int(b) for a, b in series.pairs()))


def grows(least: str) -> Rule:
    """A text that only gets longer, and begins with a part of the example's."""
    return Rule(
        "grows",
        lambda series: all(value.startswith(least) for value in series.values)
        and all(b.startswith(a) for a, b in series.pairs()),
    )


def one_of(*choices: Any) -> Rule:
    """It is one of the words that the API knows."""
    return each(f"one of {choices}", lambda value: value in choices)


#: It changes three times at most.
rarely_changes = Rule(
    "rarely changes", lambda series: sum(a != b for a, b in series.pairs()) <= 3
)


def rarely(*choices: Any) -> Rule:
    """A word of the API that changes three times at most."""
    return Rule(
        f"rarely {choices}",
        lambda series: all(value in choices for value in series.values)
        and sum(a != b for a, b in series.pairs()) <= 3,
    )


def text(pattern: str, without: str = "$^") -> Rule:
    """Words that are the example's, or speak of what the pattern finds.

    ``without`` finds what other domains speak of.
    """
    found = re.compile(pattern, re.IGNORECASE)
    strange = re.compile(without, re.IGNORECASE)
    return Rule(
        f"text of {pattern[:40]}",
        lambda series: all(
            value == series.example
            or (
                len(value.split()) > 1
                and found.search(value)
                and not strange.search(value)
            )
            for value in series.values
        ),
    )


#: It is not the same in all events.
varied = Rule("varied", lambda series: len({str(v) for v in series.values}) > 1)


# -- times -----------------------------------------------------------------------


def now(lag: float = 2.0) -> Rule:
    """The time of the event, at most ``lag`` seconds old; it goes on with them."""

    def check(series: Series) -> bool:
        exact = resolution(series.example)
        late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
        if not is_zoned(series.example):
            offset = round(late[0] / _QUARTER) * _QUARTER
            late = [seconds_late - offset for seconds_late in late]
            if abs(offset) > 14 * 3_600:
                return False
        moments = [seconds(value) for value in series.values]
        return (
            _is_written_alike(series)
            and all(-0.5 <= each <= lag + exact for each in late)
            and moments == sorted(moments)
            and (not series.is_slow or exact > 1 or moments[-1] > moments[0])
        )

    return Rule(f"now, {lag} s", check)


#: The date of the event.
today = now(86_400)


def past(days: float, fixed: bool = True, least: float = 0) -> Rule:
    """A time ``least`` to ``days`` days before the event, ``fixed`` for an entity."""
    return _within(f"past {days} days", -days * 86_400, -least * 86_400, fixed)


def recent(lag: float) -> Rule:
    """A time that is not ahead, at most ``lag`` seconds old, and does not go back."""

    def check(series: Series) -> bool:
        moments = [seconds(value) for value in series.values]
        late = [t / 1000 - m for t, m in zip(series.times, moments)]
        return (
            _is_written_alike(series)
            and all(-1 <= each <= lag for each in late)
            and moments == sorted(moments)
        )

    return Rule(f"recent, {lag} s", check)


def ahead(days: float, fixed: bool = True) -> Rule:
    """A time after the event by some days at most, ``fixed`` for an entity."""
    return _within(f"ahead {days} days", 0, days * 86_400, fixed)


def _within(name: str, low: float, high: float, fixed: bool) -> Rule:
    """The seconds from the event to the time are in a range."""

    def check(series: Series) -> bool:
        gaps = [seconds(v) - t / 1000 for v, t in zip(series.values, series.times)]
        return (
            _is_written_alike(series)
            and (not fixed or len(set(series.values)) == 1)
            and all(low <= gap <= high for gap in gaps)
        )

    return Rule(name, check)


def after(other: str, low: float, high: float) -> Rule:
    """A time that is between ``low`` and ``high`` seconds after another."""

    def check(series: Series) -> bool:
        slack = max(resolution(series.example), 1e-6) / 2
        for value, owner, event in zip(series.values, series.owners, series.events):
            gap = seconds(value) - seconds(_look(other, owner, event))
            if not low - slack <= gap <= high + slack:
                return False
        return _is_written_alike(series)

    return Rule(f"{low}..{high} s after {other}", check)


def _look(name: str, owner: Any, event: Any) -> Any:
    """A field of the same object, or with ``$.`` at its head of the event."""
    steps = name.split(".")
    value = owner
    if steps[0] == "$":
        value, steps = event, steps[1:]
    for step in steps:
        value = value[int(step) if isinstance(value, list) else step]
    return value


def _is_written_alike(series: Series) -> bool:
    return all(form(value) == form(series.example) for value in series.values)


# -- numbers ---------------------------------------------------------------------


def walk(step: float, low: float, high: float, rests: bool = False) -> Rule:
    """A measure in a range that moves by little, in a slow stream not at rest."""

    def check(series: Series) -> bool:
        numbers = _numbers(series)
        steps = [abs(b - a) for a, b in zip(numbers, numbers[1:])]
        moves = rests or not series.is_slow or len(set(numbers)) > 1
        exact = 10 ** -_decimals(series.example) / 2
        return (
            moves
            and all(low <= number <= high for number in numbers)
            and all(each <= step + exact for each in steps)
        )

    return Rule(f"walk {low}..{high} by {step}", check)


def rate(per_second: float, low: float, high: float, rests: bool = True) -> Rule:
    """A measure in a range whose change per second has a limit."""

    def check(series: Series) -> bool:
        numbers = _numbers(series)
        limit = per_second * (series.times[1] - series.times[0]) / 1000
        exact = 10 ** -_decimals(series.example)
        moves = rests or not series.is_slow or len(set(numbers)) > 1
        return (
            moves
            and all(low <= number <= high for number in numbers)
            and all(abs(b - a) <= limit + exact for a, b in zip(numbers, numbers[1:]))
        )

    return Rule(f"rate {low}..{high} by {per_second}/s", check)


def price(share: float = 0.01, rests: bool = False) -> Rule:
    """A price near the example that moves by a share of it at most."""

    def check(series: Series) -> bool:
        numbers = _numbers(series, money=True)
        size = abs(float(series.example))
        moves = rests or not series.is_slow or len(set(numbers)) > 1
        return (
            moves
            and all(abs(number - size) <= size * max(0.1, share) for number in numbers)
            and all(abs(b - a) <= share * size for a, b in zip(numbers, numbers[1:]))
        )

    return Rule(f"price by {share}", check)


def number(low: float, high: float) -> Rule:
    """A new record's own number, in a range."""
    return Rule(
        f"number {low}..{high}",
        lambda series: all(low <= each <= high for each in _numbers(series)),
    )


def amount(low: float, high: float) -> Rule:
    """A new record's own sum of money, in a range."""
    return Rule(
        f"amount {low}..{high}",
        lambda series: all(low <= each <= high for each in _numbers(series, True)),
    )


def counter(least: float, most: float, rests: bool = True) -> Rule:
    """A count that never falls and rises between two events by so much."""

    def check(series: Series) -> bool:
        numbers = _numbers(series)
        start = float(series.example)
        exact = 10 ** -_decimals(series.example) / 2
        grows = rests or not series.is_slow or numbers[-1] > numbers[0]
        return (
            grows
            and abs(numbers[0] - start) <= abs(start) * 0.25 + most * 10
            and all(
                least - exact <= b - a <= most + exact
                for a, b in zip(numbers, numbers[1:])
            )
        )

    return Rule(f"counter by {least}..{most}", check)


def equals(expected: Callable[[Any, Any], Any]) -> Rule:
    """It is what its object and the event say, to the example's precision."""

    def check(series: Series) -> bool:
        for value, owner, event in zip(series.values, series.owners, series.events):
            wanted = expected(owner, event)
            if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
                exact = 10 ** -max(_decimals(value), _decimals(series.example))
                if abs(float(value) - wanted) > exact * 1.01:
                    return False
            elif value != wanted:
                return False
        return True

    return Rule("equals its formula", check)


def where(name: str, holds: Callable[[Any, Any, Any], bool]) -> Rule:
    """What ``holds`` says of the value, its object and the event."""
    return Rule(
        name,
        lambda series: all(
            holds(*each) for each in zip(series.values, series.owners, series.events)
        ),
    )


def changes_only_with(other: str) -> Rule:
    """It stays the same as long as another field does."""

    def check(series: Series) -> bool:
        others = [
            _look(other, owner, event)
            for owner, event in zip(series.owners, series.events)
        ]
        return all(
            a == b or c != d
            for (a, b), (c, d) in zip(series.pairs(), zip(others, others[1:]))
        )

    return Rule(f"changes only with {other}", check)


def travels(
    latitude: str, longitude: str, low: float, high: float, course: str | None = None
) -> Rule:
    """A place on a way: its speed in m/s, and its direction in degrees.

    Between two fast events the place may rest, as it is written to some digits.
    """

    def check(series: Series) -> bool:
        step = (series.times[1] - series.times[0]) / 1000
        places = [
            (float(_look(latitude, o, e)), float(_look(longitude, o, e)))
            for o, e in zip(series.owners, series.events)
        ]
        ways = [way(a, b) for a, b in zip(places, places[1:])]
        far = max(high * step * 1.5, 1) + 2
        if any(math.hypot(*way) > far for way in ways):
            return False
        east, north = (sum(part) for part in zip(*ways))
        speed = math.hypot(east, north) / (step * len(ways))
        if not series.is_slow:
            return speed <= high * 1.5 + 2 / step
        if not low * 0.7 <= speed <= high * 1.4:
            return False
        if course is None:
            return True
        wanted = float(_look(course, series.owners[0], series.events[0]))
        off = abs((math.degrees(math.atan2(east, north)) - wanted + 180) % 360 - 180)
        return off <= 45

    return Rule(f"travels at {low}..{high} m/s", check)


def way(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """The metres to the east and to the north from one place to another."""
    metres = 111_320.0
    north = (end[0] - start[0]) * metres
    east = ((end[1] - start[1] + 180) % 360 - 180) * metres
    return east * math.cos(math.radians(start[0])), north


def varies_with(other: str) -> Rule:
    """A content that is new where its id is, and kept where that is kept."""

    def check(series: Series) -> bool:
        others = {
            str(_look(other, owner, event))
            for owner, event in zip(series.owners, series.events)
        }
        contents = {str(value) for value in series.values}
        return (len(others) > 1) == (len(contents) > 1)

    return Rule(f"varies with {other}", check)


def constant(name: str, of: Callable[[Any, Any], Any]) -> Rule:
    """Something computed of it and its object is the same in all events."""

    def check(series: Series) -> bool:
        results = [of(*each) for each in zip(series.values, series.owners)]
        return max(results) - min(results) < 0.011

    return Rule(f"constant {name}", check)


def _numbers(series: Series, money: bool = False) -> list[float]:
    """The values as numbers. Raises ``ValueError`` where one is written unlike."""
    if not _is_typed(series):
        raise ValueError("another type")
    known = _decimals(series.example)
    is_text = isinstance(series.example, str)
    is_whole = isinstance(series.example, int)
    most = known if is_text or is_whole else max(known, 2 if money else 1)
    for value in series.values:
        given = _decimals(value)
        if given > most or (is_text and given != known):
            raise ValueError("other decimals")
    return [float(value) for value in series.values]


def _is_typed(series: Series) -> bool:
    """Whether values are of the example's type; a float may be written whole."""
    kinds = (int, float) if isinstance(series.example, float) else type(series.example)
    return all(
        isinstance(value, kinds) and isinstance(value, bool) is (kinds is bool)
        for value in series.values
    )


def _decimals(value: Any) -> int:
    exponent = Decimal(str(value)).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_number(value: Any) -> bool:
    """Whether a value is a number, and neither true nor false."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


#: It is an integer in every event.
whole = each("whole", lambda value: type(value) is int)


def has_one(other: str) -> Rule:
    """What the other field names has one value of this."""

    def check(series: Series) -> bool:
        known: dict[str, Any] = {}
        return all(
            known.setdefault(str(owner[other]), value) == value
            for value, owner in zip(series.values, series.owners)
        )

    return Rule(f"one of each {other}", check)


def every(*rules: Rule) -> Rule:
    """All of some rules as one, so that it can be an alternative."""
    return Rule(
        " and ".join(rule.name for rule in rules),
        lambda series: all(rule.accepts(series) for rule in rules),
    )


def never_falls(series: Series) -> bool:
    """Whether no value is below the one before it."""
    return all(a <= b for a, b in series.pairs())


def one_to_one(other: str) -> Rule:
    """One value has one of the other field, and the other way round."""

    def check(series: Series) -> bool:
        pairs = {(str(v), str(o[other])) for v, o in zip(series.values, series.owners)}
        return len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})

    return Rule(f"one to one with {other}", check)
