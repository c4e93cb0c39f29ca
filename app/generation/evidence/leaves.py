"""The scalars of an example, and what each says alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, TypeAlias

from ...resources.inflection import MAX_NAME_LENGTH, singular
from ...resources.inflection import words as words_in
from ...schema.jsontext import loads
from ...words import Json
from ..fields.aliases import in_full
from ..fields.moments import When, when
from ..fields.roles import KEPT, role_at_end, text_role
from ..fields.survey import says_nothing
from ..values.clocks import number_moment, text_moment, time_of_day, zone_offset

#: The way from the root to a value: names, and positions in arrays.
Spot: TypeAlias = "tuple[str | int, ...]"

#: More fields are not compared with each other.
_MAX_FIELDS = 400
#: Numbers that are read as points in time: 2005 to 2035 (ms since 1970).
_TIMES = (1_104_537_600_000, 2_050_000_000_000)
#: Larger numbers count milliseconds, or smaller units of time, since 1970.
_LEAST_MILLISECONDS = _TIMES[0]
#: As many digits of a number have milliseconds since 1970.
_LEAST_DIGITS = 13
#: Shorter names say nothing: ``ts``, ``E``.
_SHORT_NAME = 3
#: Times of one record are this near to each other (ms); so many members are looked at.
_AGREEING, _MAX_BESIDE = 3_600_000, 40
#: Last words of names of kinds, for which a word like ``text`` is one.
_KINDS = frozenset("encoding format kind mode type".split())
#: Members of a pair, of which one says what the other is.
_KEYS, _VALUES, _PAIR = (
    frozenset("header k key name".split()),
    frozenset({"v", "value"}),
    2,
)
#: A time of day, or a number of seconds since 1970.
_HAS_TIME = re.compile(r":|\d{9}|T\d\d")
#: Members that name what a ``value`` beside them is of, and addresses of such.
_NAMING = frozenset("field key metric name path".split())
_ADDRESS = re.compile(r"\w+(\.\w+)*")
#: Last words of names of days, and how many digits one has.
_DAYS, _DIGITS_OF_DAY = frozenset("date day dt ymd yyyymmdd".split()), 8
#: Words of names of amounts, which may have as many digits as a time.
_AMOUNTS = frozenset("""
    amount assets balance bytes cap capital capitalization debt equity fdv income
    liquidity market mcap revenue sales shares size stake supply total turnover tvl
    valuation value volume
    """.split())
#: Words of names that only say that there is a time.
_VAGUE = frozenset("date datetime time".split())
#: The kinds of the times of objects of these names.
_BOUNDS = {
    "start": When.SINCE,
    "end": When.UNTIL,
    "due": When.UNTIL,
    "arrival": When.UNTIL,
    "departure": When.UNTIL,
    "reservation": When.UNTIL,
    "booking": When.UNTIL,
    "appointment": When.UNTIL,
}
#: Words of names of numbers that somebody has set, or that are no present ones.
_SET = frozenset("""
    average avg default desired duration estimated expected filed goal initial last
    limit max maximum mean min minimum nominal old original per planned prev previous
    precision rated reference resting scheduled set setpoint settlement target threshold
    tolerance total_duration alive peak ttl yesterday
    """.split())
#: Words of names of what adds up, the last of which is the present one.
_ADDING_UP = frozenset({"accumulated", "cumulative", "meter"})
#: Words of names of what is always told as a mean over some seconds, the last ones.
_ALWAYS_MEAN = frozenset({"instant", "instantaneous", "load", "wind"})
_OVER_TIME = frozenset({"average", "avg", "last"})
#: Words of names of up to where it is heated or cooled, and last words of such.
_HEATED = frozenset({"cool", "heat"})
_DEGREES = frozenset("celsius fahrenheit temp temperature to".split())
#: Words of names of objects whose numbers somebody has set.
_LIMITS = frozenset("""
    capacity config configuration default defaults desired expected goal limit limits
    maximum minimum nominal plan planned precision rated reference resources schedule
    scheduled setpoint setpoints setting settings spec target targets threshold
    thresholds tolerance tolerances
    """.split())


#: Words of names of what only tells something, whatever else they say.
_TOLD = frozenset({"info", "informational"})


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words at the end of a name, in lower case."""
    return tuple(words_in(name[-MAX_NAME_LENGTH:]))


class Leaf(NamedTuple):
    """A scalar of the example: where it is, what it is called, what has it.

    ``owner`` is the name of its object, and ``siblings`` are that object's
    members. For an element of an array ``name`` is the array's. ``is_in_row`` is True
    where the positions of that array have a meaning each.
    """

    spot: Spot
    name: str
    owner: str
    value: Json
    siblings: Mapping[str, Json]
    is_in_row: bool = False

    @property
    def last(self) -> str:
        """The last word of the name."""
        return (words(self.name) or ("",))[-1]


def leaves_of(example: Json, noun: str) -> Iterator[Leaf]:
    """The scalars of an example about ``noun``, in their order."""
    waiting: list[tuple[Spot, str, str, Json, Mapping[str, Json], bool]]
    waiting = [((), "", noun, example, {}, False)]
    count = 0
    while waiting and count < _MAX_FIELDS:
        spot, name, owner, value, siblings, is_in_row = waiting.pop()
        value = embedded(value) or value
        if isinstance(value, dict):
            of = singular_name(name) or noun
            names = [*in_full(value)]
            around = {full: value[key] for key, full in names}
            said = _said_name(value)
            waiting += [
                ((*spot, key), said.get(key, full), of, value[key], around, False)
                for key, full in reversed(names)
            ]
        elif isinstance(value, list):
            mixed = is_row(value)
            waiting += [
                ((*spot, index), name, owner, part, siblings, mixed)
                for index, part in reversed(list(enumerate(value)))
            ]
        else:
            count += 1
            yield Leaf(spot, name, owner, value, siblings, is_in_row)


def _said_name(members: Mapping[str, Json]) -> Mapping[str, str]:
    """The name of the text of a pair that says it itself: a ``Date`` of headers."""
    if len(members) != _PAIR:
        return {}
    (first, name), (second, value) = members.items()
    if first.lower() not in _KEYS or second.lower() not in _VALUES:
        return {}
    is_text = isinstance(value, str) and not value.isdecimal()
    return {second: name} if is_text and isinstance(name, str) else {}


def embedded(value: Json) -> Mapping[str, Json] | None:
    """The object that a text is the JSON of, None for any other value."""
    if not isinstance(value, str) or value[:1] != "{" or value[-1:] != "}":
        return None
    try:
        found = loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found else None


def depth_of(example: Json) -> int:
    """How deep the members of an example are, or of the only object that it has."""
    if isinstance(example, list) and example:
        return 2
    if not isinstance(example, dict) or len(example) != 1:
        return 1
    (only,) = example.values()
    return 1 + depth_of(only) if isinstance(only, dict) else 1


def is_row(elements: Sequence[Json]) -> bool:
    """Whether the positions of an array have a meaning each: ``[1, "a", true]``."""
    kinds = {float if isinstance(each, int) else type(each) for each in elements}
    if any(isinstance(each, (dict, list)) for each in elements):
        return False
    times = [each for each in elements if is_unix(each)]
    return len(kinds) > 1 or 0 < len(times) < len(elements)


def _is_money(leaf: Leaf) -> bool:
    """Whether a number of many digits is an amount by its name, and no time."""
    return not _AMOUNTS.isdisjoint(words(leaf.name))


def _may_be_time(leaf: Leaf, moment: int) -> bool:
    """Whether a number of an unknown name may be one of a time.

    A number of seconds is where a time beside it agrees, or its name says nothing, or
    that it is of the last one of something.
    """
    is_long = isinstance(leaf.value, int) and _TIMES[0] < leaf.value < _TIMES[1]
    is_long = is_long and not _is_money(leaf)
    is_long = is_long or words(leaf.name)[:1] in (("last",), ("latest",))
    if is_long or leaf.is_in_row or len(leaf.name) <= _SHORT_NAME:
        return True
    return _is_agreed(leaf, moment)


def _is_agreed(leaf: Leaf, moment: int | None) -> bool:
    """Whether a time beside a number is about the one that the number may be."""
    return moment is not None and any(
        name != leaf.name and near is not None and abs(near - moment) <= _AGREEING
        for name, near in map(_beside, islice(leaf.siblings.items(), _MAX_BESIDE))
    )


def _is_to_come(kind: Json) -> bool:
    """Whether a kind of time is what is still to come: ``ESTIMATED_DELIVERY``."""
    return isinstance(kind, str) and when(kind) is When.UNTIL


def _is_dated(leaf: Leaf) -> bool:
    """Whether a text is a number of milliseconds, of a date by its name: ``biddate``.

    In a row of prices, ``t`` is the time in seconds.
    """
    is_long = len(str(leaf.value)) >= _LEAST_DIGITS
    is_row = leaf.name == "t" and "open" in leaf.siblings
    return is_row or (is_long and plain(leaf.name).endswith(("date", "time")))


def _beside(member: tuple[str, Json]) -> tuple[str, int | None]:
    """A member's name, and the time that it says."""
    name, value = member
    if isinstance(value, str):
        return name, text_moment(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_time = is_number and when(name) is not None
    return name, number_moment(value) if is_time else None


def is_unix(value: Json) -> bool:
    """Whether a number is one of seconds or milliseconds since 1970.

    In a text it is one of milliseconds to nanoseconds.
    """
    if isinstance(value, str) and value.isdecimal() and len(value) >= _LEAST_DIGITS:
        moment = text_moment(value)
        return moment is not None and _TIMES[0] < moment < _TIMES[1]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    low, high = _TIMES
    return low < value * 1000 < high or low < value < high


def measured_name(leaf: Leaf) -> str:
    """The name of a number, or what a neighbour says that a ``value`` is of.

    Of an address in dots, as ``environment.wind.speedApparent``, it is the end.
    """
    if leaf.name != "value":
        return leaf.name
    for name in _NAMING & leaf.siblings.keys():
        text = leaf.siblings[name]
        if isinstance(text, str) and _ADDRESS.fullmatch(text):
            return text.rpartition(".")[2]
    return leaf.name


def singular_name(name: str) -> str:
    """What an object in a member of this name is: a ``line item`` in ``line_items``."""
    *first, last = words(name) or ("",)
    return " ".join([*first, singular(last)])


def plain(name: str) -> str:
    """A name without its separators, in lower case: ``orderid``."""
    return "".join(words(name))


def is_open(leaf: Leaf) -> bool:
    """Whether a text only says that a text is wanted."""
    value = leaf.value
    if not value or not isinstance(value, str) or leaf.last in _KINDS:
        return False
    if not says_nothing(value):
        return False
    # A code in capitals, where no name says what is wanted.
    return not (value.isupper() and text_role(leaf.name) is None)


def is_element(leaf: Leaf) -> bool:
    """Whether a scalar is an element of an array, which has the array's name."""
    return bool(leaf.spot) and isinstance(leaf.spot[-1], int)


def is_set(leaf: Leaf) -> bool:
    """Whether somebody has set a number, or it is an old one, by its names."""
    parts = words(leaf.name)
    if not _ADDING_UP.isdisjoint(parts):
        parts = tuple(word for word in parts if word != "last")
    if not _ALWAYS_MEAN.isdisjoint(parts):
        parts = tuple(word for word in parts if word not in _OVER_TIME)
    if not _SET.isdisjoint(parts[:-2] if parts[-2:-1] == ("per",) else parts):
        return True
    if not _HEATED.isdisjoint(parts[:-1]) and parts[-1] in _DEGREES:
        return True
    holders = [words(step) for step in leaf.spot[:-1] if isinstance(step, str)]
    return any(not _LIMITS.isdisjoint(h) and _TOLD.isdisjoint(h) for h in holders)


def _on_its_day(leaf: Leaf, text: str) -> int | None:
    """The moment of a time of day whose date is beside it."""
    of, at = words(leaf.name)[:-1], time_of_day(text)
    for name, day in leaf.siblings.items():
        if at is not None and words(name) == (*of, "date") and isinstance(day, str):
            midnight = text_moment(day)
            ahead = zone_offset(text)
            return None if midnight is None else midnight + at - ahead
    return None


def is_date(leaf: Leaf) -> bool:
    """Whether a text, or a number of the digits of a day, has no time of day."""
    if day_in_digits(leaf):
        return True
    return isinstance(leaf.value, str) and not _HAS_TIME.search(leaf.value)


def day_in_digits(leaf: Leaf) -> str:
    """The digits of a number that is a day by its name: 20240501; else empty."""
    is_whole = isinstance(leaf.value, int) and not isinstance(leaf.value, bool)
    if not is_whole or leaf.last not in _DAYS:
        return ""
    text = str(leaf.value)
    is_day = len(text) == _DIGITS_OF_DAY and text_moment(text) is not None
    return text if is_day else ""


def time_of(leaf: Leaf) -> tuple[When, int] | None:
    """The kind of time that a value is, and which; None for no point in time."""
    kind = when(leaf.name)
    if kind is When.NOW and _VAGUE.issuperset(words(leaf.name)):
        is_to_come = any(_is_to_come(leaf.siblings.get(name)) for name in _KINDS)
        kind = When.UNTIL if is_to_come else _BOUNDS.get(plain(leaf.owner), kind)
    if isinstance(leaf.value, str):
        is_stamp = plain(leaf.name).endswith("timestamp") or _is_dated(leaf)
        is_stamp = is_stamp or (leaf.is_in_row and is_unix(leaf.value))
        if leaf.value.isdecimal() and kind is None and not is_stamp:
            return None
        role = text_role(leaf.name)
        if kind is None and role is not None and role.make in ("version", KEPT):
            return None
        moment = text_moment(leaf.value)
        if moment is None and words(leaf.name)[-1:] == ("time",):
            moment = _on_its_day(leaf, leaf.value)
    elif isinstance(leaf.value, (int, float)) and not isinstance(leaf.value, bool):
        moment, numbered = number_moment(leaf.value), role_at_end(leaf.name)
        if day := day_in_digits(leaf):
            moment, numbered = text_moment(day), None
        is_next = kind is When.UNTIL and numbered is not None
        if is_next and numbered and numbered.changes == "by-one":
            return None
        if kind is None and numbered and not leaf.is_in_row:
            if leaf.value < _LEAST_MILLISECONDS or not _is_agreed(leaf, moment):
                return None
        if moment is None or not _TIMES[0] < moment < _TIMES[1]:
            return None
        if kind is None and not _may_be_time(leaf, moment):
            return None
    else:
        return None
    return None if moment is None else (kind or When.NOW, moment)
