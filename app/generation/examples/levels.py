"""The levels of an order book: two sides that move together, and steps of prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import islice

from ...schema.jsontext import dumps
from ...words import Json
from ..compile.build import Built
from ..evidence.books import Book, digits_of, number_of
from ..evidence.leaves import Leaf, words
from ..fields.places import Place
from ..values.relations import Kind, Relation
from ..values.state import Cell, Layout, State

#: How far prices move in one event and in all, as shares of the price.
_STEP, _MOST = 0.0003, 0.02
#: Of what sizes are multiples that somebody has set.
_LOT = 10_000
#: How strongly prices are drawn back to the example's, per event.
_PULL = 0.02

#: In which steps prices of an exchange move that are no cents, the largest first.
_TICKS = (0.5, 0.25)
#: Words of names of prices that somebody has paid or asks, and of no such prices.
_TRADED = frozenset("ask bid close high last low ltp offer open".split())
_NOT_TRADED = frozenset("""
    amount average avg change count iv mean pct percent percentage qty size volume
    """.split())
#: Fewer prices fall on such steps by chance, and no more members are looked at.
_MIN_TRADED, _MAX_BESIDE = 3, 40


def tick_of(leaf: Leaf) -> float | None:
    """The step in which a price moves, as those beside it tell; None for cents."""
    if not isinstance(leaf.value, float) or not _is_traded(leaf.name):
        return None
    beside = islice(leaf.siblings.items(), _MAX_BESIDE)
    prices = [n for name, n in beside if isinstance(n, float) and _is_traded(name)]
    if len(prices) < _MIN_TRADED or all(price % 1 == 0 for price in prices):
        return None
    fitting = (tick for tick in _TICKS if all(price % tick == 0 for price in prices))
    return next(fitting, None)


def in_ticks(place: Place, number: float) -> Place:
    """``place``, where a price that is near another one keeps its distance."""
    relation = place.relation
    if relation is None or relation.kind is not Kind.NEAR or not relation.ratio:
        return place
    value, distance = relation.value, number - number / relation.ratio
    same = Relation(Kind.EQUAL, lambda cell: value(cell) + distance)
    return replace(place, relation=same)


def _is_traded(name: str) -> bool:
    """Whether a name is that of a price at which is traded."""
    parts = {*words(name)}
    return not parts.isdisjoint(_TRADED) and parts.isdisjoint(_NOT_TRADED)


def book_sides(
    book: Book, cut: str | None, layout: Layout, near: Mapping[str, Json]
) -> dict[str, Built]:
    """The writers of both sides, the first of which moves the prices.

    Those that are ``near`` the book move with it, and have to be written later. The
    best bid stays below the best ask, and levels keep their order and their
    distances. ``cut`` names the side whose levels are the stream's elements, if
    one is.
    """
    prices = [level.price for levels in book.values() for level in levels]
    numbers = [number_of(price) or 0.0 for price in prices]
    digits = max(map(digits_of, prices))
    middle = sum(numbers) / len(numbers)
    stride = max(_STEP * middle, 10.0**-digits)
    most = min(_MOST * middle, min(numbers) / 2)
    at = layout.slot(lambda state, draft: 0.0)

    def side(name: str, moves: bool) -> Built:
        levels = [
            (_shown(level.price, digits), number_of(level.price) or 0.0, level)
            for level in book[name]
        ]
        sizes = [_size(level.size) for level in book[name]]

        def write(state: State, cell: Cell) -> str:
            state.budget.spend(2 * len(levels))
            if moves and state.number:
                moved = cell[at] * (1 - _PULL) + (2 * state.random() - 1) * stride
                cell[at] = min(max(moved, -most), most)
            shift = round(cell[at], digits)
            texts = [
                level.template % (show(price + shift), size(state))
                for (show, price, level), size in zip(levels, sizes)
            ]
            if name == cut:
                state.items = texts
            return "[" + ",".join(texts) + "]"

        length = sum(len(level.template) + 1 for _, _, level in levels)
        return Built(write, 1 + 3 * len(levels), size=length, is_array=True)

    def beside(price: Json) -> Built:
        show, number = _shown(price, digits_of(price)), number_of(price) or 0.0

        def read(cell: Cell) -> float:
            return number + round(float(cell[at]), digits)

        return Built(lambda state, cell: show(read(cell)), number=read)

    first, second = book
    sides = {first: side(first, True), second: side(second, False)}
    return sides | {name: beside(price) for name, price in near.items()}


def _size(value: Json) -> Callable[[State], str]:
    """Writes sizes about the example's; a level that is empty or a lot stays so."""
    number = number_of(value) or 0.0
    digits = digits_of(value)
    if number and number % _LOT == 0:
        text = dumps(value)
        return lambda state: text
    show = _shown(value, digits)
    least = min(number, 10.0**-digits)
    return lambda state: show(max(number * (0.6 + 0.8 * state.random()), least))


def _shown(value: Json, digits: int) -> Callable[[float], str]:
    """Writes numbers in the form of an example's."""
    if isinstance(value, int):
        return lambda number: str(round(number))
    template = f'"%.{digits}f"' if isinstance(value, str) else f"%.{digits}f"
    return lambda number: template % number
