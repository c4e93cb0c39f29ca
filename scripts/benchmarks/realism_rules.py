"""The rules by which a generated field is judged.

A rule gets the values of one field over the events of a stream, with the
objects that they are in, and says whether a reader would accept them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple


class Series(NamedTuple):
    """One field over the events: values, their objects, whole events, times (ms)."""

    values: list[Any]
    owners: list[Any]
    events: list[Any]
    times: list[int]


Rule = Callable[["Field", Series], bool]


@dataclass(frozen=True)
class Field:
    """A field of a shape: its example and its rules."""

    example: Any
    rules: tuple[Rule, ...] = field(default=())

    def accepts(self, series: Series) -> bool:
        """Whether all rules hold."""
        return all(rule(self, series) for rule in self.rules)


def F(example: Any, *rules: Rule) -> Field:
    """A field with its example and the rules for it."""
    return Field(example, rules)


def kept(it: Field, series: Series) -> bool:
    """It is a constant of the API: always the example."""
    return all(value == it.example for value in series.values)


def same(it: Field, series: Series) -> bool:
    """It belongs to the entity: it does not change."""
    return all(value == series.values[0] for value in series.values)


def new(it: Field, series: Series) -> bool:
    """Every event brings another."""
    return all(one != two for one, two in zip(series.values, series.values[1:]))


def varies(it: Field, series: Series) -> bool:
    """It is not always the same."""
    return len({str(value) for value in series.values}) > 1


def steady(it: Field, series: Series) -> bool:
    """It rarely changes: four times in a dozen events at most."""
    changes = sum(one != two for one, two in zip(series.values, series.values[1:]))
    return changes <= 4


def rises(it: Field, series: Series) -> bool:
    """It never falls, rises sometimes, and by little."""
    numbers = [float(value) for value in series.values]
    pairs = list(zip(numbers, numbers[1:]))
    limit = max(abs(numbers[0]) * 0.1, 10)
    return numbers[-1] > numbers[0] and all(0 <= b - a <= limit for a, b in pairs)


def moves(share: float, step: float | None = None) -> Rule:
    """It moves near the example: within a share of it, by small steps."""

    def rule(it: Field, series: Series) -> bool:
        numbers = [float(value) for value in series.values]
        size = abs(float(it.example)) or 1
        near = all(abs(n - float(it.example)) <= share * size for n in numbers)
        most = (step if step is not None else share / 2) * size
        small = all(abs(a - b) <= most for a, b in zip(numbers, numbers[1:]))
        return near and small and len(set(numbers)) > 1

    return rule


def near(share: float) -> Rule:
    """It is near the example, whether it moves or not."""
    return lambda it, series: all(
        abs(float(value) - float(it.example)) <= share * abs(float(it.example))
        for value in series.values
    )


def walks(spread: float, step: float) -> Rule:
    """It moves within a range and by steps, both in its own unit."""

    def rule(it: Field, series: Series) -> bool:
        numbers = [float(value) for value in series.values]
        small = all(abs(a - b) <= step for a, b in zip(numbers, numbers[1:]))
        return small and max(numbers) - min(numbers) <= spread and len(set(numbers)) > 1

    return rule


def between(low: float, high: float) -> Rule:
    """It is in a range that makes sense."""
    return lambda it, series: all(
        low <= float(value) <= high for value in series.values
    )


def whole(it: Field, series: Series) -> bool:
    """It is a whole number."""
    return all(float(value) == int(float(value)) for value in series.values)


def decimals(count: int) -> Rule:
    """A number in a text keeps the number of decimals."""
    return matches(rf"-?\d+\.\d{{{count}}}")


def matches(pattern: str) -> Rule:
    """It looks like one."""
    found = re.compile(pattern, re.DOTALL)
    return lambda it, series: all(found.fullmatch(str(v)) for v in series.values)


def words(choices: str) -> Rule:
    """It is one of the words that the API knows."""
    known = set(choices.split("|"))
    return lambda it, series: all(value in known for value in series.values)


def person(it: Field, series: Series) -> bool:
    """It is the name of a person."""
    return all(re.fullmatch(r"[^\W\d_][\w'.-]+( [\w'.-]+)+", v) for v in series.values)


def sentence(it: Field, series: Series) -> bool:
    """It is a text of several words, and not one of every event alike."""
    several = all(len(re.findall(r"\w+", value)) >= 2 for value in series.values)
    return several and len(set(series.values)) > 1


def name(it: Field, series: Series) -> bool:
    """It is a name: a few words, the first with a capital or a digit."""
    return all(
        re.fullmatch(r"[A-Z0-9À-Þ][\w'&.,()/ -]{1,60}", value)
        for value in series.values
    )


def now(it: Field, series: Series) -> bool:
    """It is the time of the event, to a few seconds, in the example's format."""
    return _ago(0, 5)(it, series)


def today(it: Field, series: Series) -> bool:
    """It is the date of the event."""
    return all(
        value.replace("-", "")
        == datetime.fromtimestamp(time / 1000, timezone.utc).strftime("%Y%m%d")
        for value, time in zip(series.values, series.times)
    )


def past(days: float) -> Rule:
    """It is a time in the past, at most so many days ago."""
    return _ago(-1, days * 86_400)


def future(days: float) -> Rule:
    """It is a time that comes, in so many days at most."""
    return _ago(-days * 86_400, 0)


def around_now(days: float) -> Rule:
    """It is a time of these days."""
    return _ago(-days * 86_400, days * 86_400)


def _ago(least: float, most: float) -> Rule:
    def rule(it: Field, series: Series) -> bool:
        for value, time in zip(series.values, series.times):
            moment = _seconds(value, it.example)
            if moment is None or not least - 60 <= time / 1000 - moment <= most + 60:
                return False
        return True

    return rule


_FORMATS = (
    "%Y-%m-%d",
    "%Y%m%d",
    "%H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S",
)


def _seconds(value: Any, example: Any) -> float | None:
    """Seconds since 1970, None where the value is written unlike the example."""
    if type(value) is not type(example):
        return None
    if isinstance(value, (int, float)) or re.fullmatch(r"\d{10,}(\.\d+)?", value):
        number = float(value)
        if len(str(int(number))) != len(str(int(float(example)))):
            return None
        return number / 1000 if number > 1e11 else number
    if re.sub(r"\d", "0", _zone(value)) != re.sub(r"\d", "0", _zone(example)):
        return None
    for template in _FORMATS:
        try:
            moment = datetime.strptime(value, template)
        except ValueError:
            continue
        return (
            moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        ).timestamp()
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return (
        moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    ).timestamp()


def _zone(text: str) -> str:
    """A text whose names of days and months are left open."""
    return re.sub(r"[A-Z][a-z]{2}", "Abc", text)


def fits(check: Callable[[Any, Any], bool]) -> Rule:
    """It agrees with its neighbours: ``check`` gets the value and their object."""

    def rule(it: Field, series: Series) -> bool:
        return all(check(v, owner) for v, owner in zip(series.values, series.owners))

    return rule


def fits_event(check: Callable[[Any, Any], bool]) -> Rule:
    """It agrees with the whole event."""

    def rule(it: Field, series: Series) -> bool:
        return all(check(v, event) for v, event in zip(series.values, series.events))

    return rule
