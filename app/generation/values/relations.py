"""Numbers that follow from others: a change from prices, a total from its parts.

A rule is a name, the names that it is computed from, and how. It holds where
the examples agree with it, or where there are none. Besides, the highest is
never below the present and the lowest never above, and what stands close to a
sibling, as a bid to a price, moves with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple, TypeAlias, TypeGuard

from ...resources.caching import cache_short_names
from ...resources.inflection import words
from .derivations import PRICE, RULES, UNIT
from .state import Cell

#: Reads the number that a record shows at the moment, from its cell.
Reader: TypeAlias = Callable[[Cell], float]


class Kind(Enum):
    """How a number relates to the one that is computed."""

    #: It is that number.
    EQUAL = "equal"
    #: It is the highest that there was.
    HIGHEST = "highest"
    #: It is the lowest that there was.
    LOWEST = "lowest"
    #: It stays at about the same distance.
    NEAR = "near"


class Relation(NamedTuple):
    """One number's relation to others of its record.

    ``value`` computes from the record's cell. ``ratio`` is the number's example
    divided by the one computed from the others' examples. ``decimals`` is how many a
    fraction has at least.
    """

    kind: Kind
    value: Reader
    ratio: float = 1.0
    decimals: int = 0


class Member(NamedTuple):
    """What is known of a member: its example, if it is a number, and its reader."""

    example: float | None
    read: Reader | None


#: Words that make a name an extreme of what the rest of it names.
_HIGHEST = frozenset({"high", "highest", "max", "maximum", "peak", "ath"})
_LOWEST = frozenset({"low", "lowest", "min", "minimum", "atl"})
#: What an extreme is one of, if its name has no more to say.
_PRESENT = f"{PRICE} avg average mean temp temperature reading"
#: Names that stand close to others.
_NEAR: Mapping[str, str] = {
    "bid": PRICE,
    "best_bid": PRICE,
    "best_ask": PRICE,
    "best_bid_price": PRICE,
    "best_ask_price": PRICE,
    "bid_price": PRICE,
    "ask": PRICE,
    "ask_price": PRICE,
    "mark_price": PRICE,
    "index_price": PRICE,
    "vwap": PRICE,
    "weighted_avg_price": PRICE,
    "feels_like": "temp temperature",
    "feelslike": "temp temperature",
    "apparent_temperature": "temp temperature",
    "sea_level": "pressure",
    "wind_gust": "wind_speed speed",
    "gust": "wind_speed speed",
}
#: Parts of names that say over which time, not of what.
_TIMES = frozenset({"24", "h", "d", "7", "30", "day", "daily", "1", "today", "in"})


def relation_of(name: str, members: Mapping[str, Member]) -> Relation | None:
    """What makes the member ``name`` follow from others, None where nothing does.

    ``members`` are those of its record that are known; those without a reader
    are no numbers.
    """
    phrase = phrase_of(name)
    example = members[name].example if name in members else None
    for rule in RULES:
        if phrase in rule.names.split():
            for inputs in _inputs(rule.inputs, name, members):
                if _holds(rule.compute, inputs, example):
                    return Relation(Kind.EQUAL, _computed(rule.compute, inputs))
    return _extreme(name, members, example) or _near(name, members, example)


def sum_over(
    members: Mapping[str, Reader], cells: Callable[[Cell], Sequence[Cell]]
) -> Reader | None:
    """The sum of an array's elements: quantity times price, or what each has in all."""
    count = _find("quantity qty", members)
    price = _find(UNIT, members)
    total = _find("total amount line_total total_price subtotal", members)
    if total is not None:
        return lambda cell: sum(members[total](element) for element in cells(cell))
    if count is None or price is None:
        return None
    counts, prices = members[count], members[price]
    return lambda cell: sum(
        counts(element) * prices(element) for element in cells(cell)
    )


def inputs_of(name: str, phrases: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The members that one of this name may follow from.

    ``phrases`` are the numbers of its record, by ``phrase_of`` their names.
    """
    names = [*_choices(phrase_of(name))]
    if _kind_of(name) is not None:
        names += _rest_of(name).split()
    for choice in dict.fromkeys(names):
        yield from (other for other in phrases.get(choice, ()) if other != name)


@cache_short_names(maxsize=1024)
def _choices(phrase: str) -> tuple[str, ...]:
    """What a member whose name has this phrase may follow from, by its rules."""
    inputs = [
        each for rule in RULES if phrase in rule.names.split() for each in rule.inputs
    ]
    return tuple(" ".join([*inputs, _NEAR.get(phrase, "")]).split())


def is_sum(name: str) -> bool:
    """Whether a name is that of what the elements of a sibling add up to."""
    names = "total subtotal subtotal_price total_price amount sum total_amount"
    return phrase_of(name) in names.split()


def sum_of(elements: Sequence[Mapping[str, object]]) -> float | None:
    """What ``sum_over`` gives for example elements, None where they do not say."""
    total = 0.0
    for element in elements:
        readers = {
            name: _constantly(float(value))
            for name, value in element.items()
            if _is_numeric(value)
        }
        value = sum_over(readers, lambda cell: [cell])
        if value is None:
            return None
        total += value([])
    return total


def _constantly(number: float) -> Reader:
    return lambda cell: number


def _is_numeric(value: object) -> TypeGuard[float | str]:
    if isinstance(value, str):
        return re.fullmatch(r"-?\d+\.\d+", value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _words(name: str) -> list[str]:
    """The words of a name without the time that it says: ``high24h`` is ``high``."""
    parts = [part.rstrip("0123456789") or part for part in words(name)]
    return [part for part in parts if part not in _TIMES] or parts


@cache_short_names(maxsize=4096)
def phrase_of(name: str) -> str:
    """The form of a name in which members are found: ``high24h`` is ``high``."""
    return "_".join(_words(name))


def _inputs(
    names: tuple[str, ...], name: str, members: Mapping[str, Member]
) -> Iterator[list[Member]]:
    """The members that a rule's inputs stand for; each in the ways there are."""
    others = {
        other: member.read
        for other, member in members.items()
        if other != name and member.read is not None
    }
    if not names:
        yield []
        return
    for choice in names[0].split():
        found = _find(choice, others)
        if found is not None:
            for rest in _inputs(names[1:], name, members):
                yield [members[found], *rest]


def _find(names: str, members: Mapping[str, Reader]) -> str | None:
    """The first of ``names`` that a member has, whole or as its end."""
    for choice in names.split():
        for other in members:
            if phrase_of(other) == choice:
                return other
    return None


def _holds(
    compute: Callable[..., float], inputs: Sequence[Member], example: float | None
) -> bool:
    """Whether the examples agree with a rule; it is believed where there are none."""
    numbers = [member.example for member in inputs]
    known = [number for number in numbers if number is not None]
    if example is None or len(known) < len(numbers) or not any([example, *known]):
        return True
    try:
        result = compute(*known)
    except ZeroDivisionError:
        return False
    return abs(result - example) <= max(abs(example) * 0.01, 0.011)


def _computed(compute: Callable[..., float], inputs: Sequence[Member]) -> Reader:
    readers = [member.read for member in inputs if member.read is not None]

    def value(cell: Cell) -> float:
        try:
            return compute(*[read(cell) for read in readers])
        except ZeroDivisionError:
            return 0.0

    return value


def _extreme(
    name: str, members: Mapping[str, Member], example: float | None
) -> Relation | None:
    kind = _kind_of(name)
    base = _base(_rest_of(name), name, members) if kind is not None else None
    if kind is None:
        return None
    if base is None or base.read is None:
        return None
    if example is not None and base.example is not None:
        over = example - base.example
        if over < 0 if kind is Kind.HIGHEST else over > 0:
            return None
    return Relation(kind, base.read, _ratio(example, base.example))


def _kind_of(name: str) -> Kind | None:
    """Whether a name is that of an extreme."""
    parts = set(_words(name))
    if parts & _HIGHEST:
        return Kind.HIGHEST
    return Kind.LOWEST if parts & _LOWEST else None


def _rest_of(name: str) -> str:
    """Names of what an extreme is one of."""
    parts = _words(name)
    rest = "_".join(part for part in parts if part not in _HIGHEST | _LOWEST)
    return f"{rest} {_PRESENT}" if rest in ("", "price") else rest


def _near(
    name: str, members: Mapping[str, Member], example: float | None
) -> Relation | None:
    names = _NEAR.get(phrase_of(name))
    base = _base(names, name, members) if names else None
    if base is None or base.read is None:
        return None
    ratio = _ratio(example, base.example)
    return Relation(Kind.NEAR, base.read, ratio) if 0.3 < ratio < 3 else None


def _base(names: str, name: str, members: Mapping[str, Member]) -> Member | None:
    readers = {
        other: member.read
        for other, member in members.items()
        if other != name and member.read is not None
    }
    found = _find(names, readers)
    return None if found is None else members[found]


def _ratio(example: float | None, base: float | None) -> float:
    return example / base if example and base else 1.0
