"""Arrays: elements that persist and move, or new ones in every event."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ...schema.budget import STRIDE
from ...schema.conjunction import Flat, all_of, item_schema
from ...schema.document import Schema
from ...schema.refusal import Impossible
from ...words import Json
from ..fields.places import Place
from ..values.relations import Reader
from ..values.state import CHANGE, RENEW, Cell, Draft, Layout, State, Writer
from .build import Built, Compile

#: Longer arrays are refused.
_MAX_LENGTH = 10_000
#: The length of an array of which only one element is known, or none.
_USUAL_LENGTH = 3
#: Tries for an element that is not yet in an array of distinct ones.
_TRIES = 20
#: Tries for one that is not, where it might be.
_BRIEF_TRIES = 6


class _Lengths(NamedTuple):
    """How many elements there are.

    As many as ``usual`` says for the first arrays, and so on in turn; where all
    else stands still, from ``fewest`` to ``most``. ``least`` is what the schema
    asks for.
    """

    usual: tuple[int, ...]
    fewest: int
    most: int
    least: int

    def choose(self, state: State, position: int) -> int:
        if state.restless < RENEW:
            return self.usual[position % len(self.usual)]
        return self.fewest + int(state.random() * (self.most - self.fewest + 1))

    def cut(self, longest: int) -> _Lengths:
        usual = tuple(min(length, longest) for length in self.usual)
        return _Lengths(usual, min(self.fewest, longest), longest, self.least)


class _Element(NamedTuple):
    built: Built
    layout: Layout


def array_writer(
    flat: Flat,
    place: Place,
    layout: Layout,
    compile_part: Compile,
    count: int | None,
    is_fresh: Callable[[str], bool],
) -> Built:
    """A writer of arrays that fit ``flat``, with ``count`` elements where that fits.

    ``is_fresh`` tells of an array's name whether it brings new objects in every
    event. Raises ``Impossible``.
    """
    lengths = _lengths(flat, count)
    inner = replace(
        place,
        path=(*place.path, "[]"),
        many=True,
        is_entity=True,
        is_cut=False,
        depth=place.depth + 1,
        fresh=place.fresh or is_fresh(place.name),
        relation=None,
    )
    elements: list[_Element] = []
    members: Mapping[str, Reader] = {}
    try:
        for schema in _schemas(flat, lengths.most, compile_part, inner):
            own = Layout()
            built = compile_part(schema, inner, own)
            members = built.members
            elements.append(_Element(built, own))
    except Impossible:
        if lengths.least > len(elements):
            raise
        lengths = lengths.cut(min(lengths.most, len(elements)))
    if not elements or lengths.most == 0:
        return Built(lambda state, cell: _end(state, place, []), is_array=True)
    renews = inner.fresh and not place.fresh
    write, slot = _Array(elements, lengths, flat, place).writer(renews, layout)
    weight = 1 + _sum([each.built.weight for each in elements], lengths.most)
    size = 2 + _sum([each.built.size + 1 for each in elements], lengths.fewest)
    if renews or len(elements) > 1:
        return Built(write, weight, size=size, is_array=True)
    return Built(
        write,
        weight,
        size=size,
        is_array=True,
        members=members,
        cells=lambda cell: cell[slot],
    )


def _lengths(flat: Flat, count: int | None) -> _Lengths:
    prefix = len(flat.get("prefixItems", ()))
    least = max(flat.get("minItems", 0), _contained(flat))
    most = flat.get("maxItems", sys.maxsize)
    if flat.get("items") is False:
        most = min(most, prefix)
    if least > most or least > _MAX_LENGTH:
        raise Impossible(
            "no array of a bounded length fits",
            keyword="minItems",
            value=least,
            limit=min(most, _MAX_LENGTH),
        )
    samples = [len(hint) for hint in flat.get("examples", ()) if isinstance(hint, list)]
    if set(samples) == {1}:
        samples = [_USUAL_LENGTH]
    lengths = samples or [prefix or _USUAL_LENGTH]
    if count is not None:
        lengths = [count]
    usual = tuple(min(max(length, least), most, _MAX_LENGTH) for length in lengths)
    if count is not None or samples:
        return _Lengths(usual, min(usual), max(usual), least)
    return _Lengths(usual, max(least, min(1, usual[0])), min(most, usual[0] + 2), least)


def _contained(flat: Flat) -> int:
    return sum(least for _, least in flat.get("contains", ()))


def _schemas(
    flat: Flat, length: int, compile_part: Compile, place: Place
) -> list[Schema]:
    """The schemas of the first elements; the last one holds for all that follow.

    What the array has to contain comes behind ``prefixItems``, or else where
    it can.
    """
    fixed = len(flat.get("prefixItems", ()))
    taken: dict[int, Schema] = {}
    for schema, least in flat.get("contains", ()):

        def both(index: int, schema: Schema = schema) -> Schema:
            return all_of([item_schema(flat, index), schema])

        spots = [*range(fixed, fixed + length), *range(fixed)]
        is_placed = not least
        for _ in range(least):
            for index in spots:
                if index < length and index not in taken:
                    wanted = both(index)
                    if _is_possible(wanted, compile_part, place):
                        taken[index] = wanted
                        is_placed = True
                        break
        if not is_placed and not any(
            _is_possible(both(index), compile_part, place)
            for index in range(min(fixed + 1, length))
        ):
            raise Impossible("no element fits what it has to contain")
    several = max(fixed, *(index + 1 for index in taken), 0)
    return [
        taken.get(index, item_schema(flat, index))
        for index in range(min(several + 1, length))
    ]


def _is_possible(schema: Schema, compile_part: Compile, place: Place) -> bool:
    try:
        compile_part(schema, place, Layout())
    except Impossible:
        return False
    return True


def _sum(numbers: list[int], length: int) -> int:
    """The sum of the first ``length`` numbers; the last one goes on for ever."""
    return sum(numbers[:length]) + numbers[-1] * max(length - len(numbers), 0)


class _Array:
    """How the elements of one array are started and written."""

    def __init__(
        self,
        elements: list[_Element],
        lengths: _Lengths,
        flat: Flat,
        place: Place,
    ) -> None:
        """The last of ``elements`` holds for all that follow."""
        self._elements = elements
        self._last = len(elements) - 1
        self._lengths = lengths
        self._place = place
        self._is_unique = bool(flat.get("uniqueItems"))
        self._steps = max(each.built.steps for each in elements)
        heaviest = max(max(each.built.weight, self._steps) for each in elements)
        #: How many elements are made before others get their turn.
        self._at_once = max(STRIDE // heaviest, 1)
        differ = all(map(_are_different_texts, flat.get("examples", (None,))))
        self._tries = _TRIES if self._is_unique else _BRIEF_TRIES if differ else 0

    def writer(self, renews: bool, layout: Layout) -> tuple[Writer, int]:
        """The writer, and the slot of what it remembers.

        With ``renews`` each value has new elements.
        """
        lengths, most, place = self._lengths, self._lengths.most, self._place
        listed = self._distinct if self._tries else self._texts

        def start(state: State, draft: Draft) -> list[Cell]:
            length = lengths.choose(state, draft.position)
            return self._cells(state, draft.position * most, length, draft)

        def persisting(state: State, cell: Cell) -> str:
            return _end(state, place, listed(state, cell[slot]))

        def renewed(state: State, cell: Cell) -> str:
            length = lengths.choose(state, 0)
            position = cell[slot]
            cell[slot] = position + length
            cells = self._cells(state, position, length, None)
            return _end(state, place, listed(state, cells))

        if renews:
            slot = layout.slot(lambda state, draft: draft.position * most)
            return renewed, slot
        slot = layout.slot(start)
        return persisting, slot

    def _element(self, index: int) -> _Element:
        return self._elements[min(index, self._last)]

    def _cells(
        self, state: State, position: int, length: int, outer: Draft | None
    ) -> list[Cell]:
        found: list[Cell] = []
        for first in range(0, length, self._at_once):
            last = min(first + self._at_once, length)
            state.budget.spend((last - first) * self._steps)
            if first >= self._last:
                start = self._elements[-1].layout.cell
                found += [
                    start(state, position + index, outer)
                    for index in range(first, last)
                ]
            else:
                found += [
                    self._element(index).layout.cell(state, position + index, outer)
                    for index in range(first, last)
                ]
        return found

    def _texts(self, state: State, records: list[Cell]) -> list[str]:
        if len(records) > self._at_once:
            return self._many_texts(state, records)
        state.budget.spend(len(records) * self._steps)
        return self._some_texts(state, records, 0)

    def _some_texts(self, state: State, records: list[Cell], first: int) -> list[str]:
        if first >= self._last:
            write = self._elements[-1].built.write
            return [write(state, record) for record in records]
        return [
            self._element(index).built.write(state, record)
            for index, record in enumerate(records, first)
        ]

    def _many_texts(self, state: State, records: list[Cell]) -> list[str]:
        """The elements of a long array, which others get their turn in between."""
        budget, found = state.budget, list[str]()
        size = budget.size
        for first in range(0, len(records), self._at_once):
            several = records[first : first + self._at_once]
            budget.spend(len(several) * self._steps)
            texts = self._some_texts(state, several, first)
            # What was written meanwhile is part of these.
            size += sum(map(len, texts))
            budget.write(size)
            found += texts
        return found

    def _distinct(self, state: State, records: list[Cell]) -> list[str]:
        """The elements, each another as far as that is found."""
        found: list[str] = []
        seen: set[str] = set()
        size = state.budget.size
        for index, record in enumerate(records):
            text = self._other_text(state, index, record, seen)
            if text not in seen or not self._is_unique:
                seen.add(text)
                found.append(text)
                size += len(text)
                state.budget.write(size)
        return found

    def _other_text(
        self, state: State, index: int, record: Cell, seen: set[str]
    ) -> str:
        """The text of an element that is not among those ``seen``, if one is found."""
        built, own = self._element(index)
        restless = state.restless
        for attempt in range(self._tries):
            state.budget.spend(6 * self._steps)
            text = built.write(state, record)
            if text not in seen:
                break
            if attempt == _BRIEF_TRIES and built.values is not None:
                return _other(built.values, seen, state) or text
            # From a few tries on, clocks go wrong by more and more, too.
            state.restless = max(restless, CHANGE + max(attempt - _BRIEF_TRIES, 0))
            record[:] = own.cell(state, index + attempt)
        state.restless = restless
        return text


def _other(values: Sequence[str], seen: set[str], state: State) -> str | None:
    """One of ``values`` that is not among those ``seen``."""
    state.budget.spend(1 + len(values) // 10)
    others = [value for value in values if value not in seen]
    return others[int(state.random() * len(others))] if others else None


def _are_different_texts(example: Json) -> bool:
    """Whether an example array is a list of words, none of them twice."""
    return (
        isinstance(example, list)
        and all(isinstance(element, str) for element in example)
        and len(set(example)) == len(example)
    )


def _end(state: State, place: Place, texts: list[str]) -> str:
    if place.is_cut:
        state.items = texts
    return "[" + ",".join(texts) + "]"
