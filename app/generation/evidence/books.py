"""Order books in an example: two sides of price levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...schema.jsontext import dumps
from ...schema.ranges import decimals_of
from ...words import Json
from .leaves import words

#: Last words of names of the two sides.
_BIDS = frozenset("b bid bids buy buys".split())
_ASKS = frozenset("a ask asks offer offers sell sells".split())
#: Names of what a level has.
_PRICES = frozenset("p price px rate".split())
_SIZES = frozenset("amount q qty quantity size sz volume".split())
#: Words of names of prices that follow a book, and how near to it they are.
_QUOTES = frozenset("ask bid buy last mark mid offer price sell".split())
_NEAR = 0.03
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?")
#: Of two members, one is the price and the other the size, whatever it is called.
_PAIR = 2
#: Books are found at most so deep in an example.
_MAX_DEPTH = 4


class Level(NamedTuple):
    """One price of a side: its price and size, and a template of the whole level."""

    price: Json
    size: Json
    template: str


#: The levels of the two sides, by the names of the members that have them.
Book = Mapping[str, Sequence[Level]]


def book_of(members: Mapping[str, Json]) -> Book | None:
    """The order book that an object has, None for any other object."""
    bids, asks = _side(members, _BIDS), _side(members, _ASKS)
    if bids is None or asks is None:
        return None
    best_bid = max(number_of(level.price) or 0.0 for level in bids[1])
    best_ask = min(number_of(level.price) or 0.0 for level in asks[1])
    return dict([bids, asks]) if 0 < best_bid < best_ask else None


def has_book(value: Json, depth: int = 0) -> bool:
    """Whether there is an order book somewhere in an example."""
    if depth > _MAX_DEPTH:
        return False
    if isinstance(value, list):
        return bool(value) and has_book(value[0], depth + 1)
    if not isinstance(value, dict):
        return False
    return book_of(value) is not None or any(
        has_book(each, depth + 1) for each in value.values()
    )


def beside_book(members: Mapping[str, Json], book: Book) -> Iterator[str]:
    """The members of an object with a book that are prices of it: a best bid, a mid."""
    prices = [number_of(level.price) or 0.0 for side in book.values() for level in side]
    middle = sum(prices) / len(prices)
    for name, value in members.items():
        number = number_of(value)
        if number is None or name in book or _QUOTES.isdisjoint(words(name)):
            continue
        if abs(number - middle) < _NEAR * middle:
            yield name


def _side(
    members: Mapping[str, Json], names: frozenset[str]
) -> tuple[str, list[Level]] | None:
    for name, value in members.items():
        if names.isdisjoint(words(name)[-1:]) or not isinstance(value, list):
            continue
        levels = [level for each in value for level in _level(each)]
        if levels and len(levels) == len(value):
            return name, levels
    return None


def _level(value: Json) -> Iterator[Level]:
    """The level that an element of a side is, if it is one."""
    parts: list[tuple[str, Json]]
    if isinstance(value, list) and len(value) > 1:
        parts = [("", each) for each in value]
        price, size, ends = 0, 1, "[]"
    elif isinstance(value, dict):
        parts = [(dumps(name) + ":", each) for name, each in value.items()]
        names = [name.lower() for name in value]
        price = next((at for at, name in enumerate(names) if name in _PRICES), -1)
        size = next((at for at, name in enumerate(names) if name in _SIZES), -1)
        if len(parts) == _PAIR and price == 0:
            size = 1
        ends = "{}"
    else:
        return
    if min(price, size) < 0 or price > size:
        return
    if number_of(parts[price][1]) and number_of(parts[size][1]) is not None:
        texts = [
            (
                (name + dumps(each)).replace("%", "%%")
                if at not in (price, size)
                else name.replace("%", "%%") + "%s"
            )
            for at, (name, each) in enumerate(parts)
        ]
        template = ends[0] + ",".join(texts) + ends[1]
        yield Level(parts[price][1], parts[size][1], template)


def number_of(value: Json) -> float | None:
    """The number that a price or a size is, also in a text; None for no number."""
    if isinstance(value, str):
        return float(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def digits_of(value: Json) -> int:
    """How many decimals a number or a decimal text has."""
    if isinstance(value, str):
        return len(value.partition(".")[2])
    return decimals_of(value) or 1 if isinstance(value, float) else 0
