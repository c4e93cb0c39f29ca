"""Arrays: elements that persist and move, or new ones in every event."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

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
_FEW = 3
#: Tries for an element that is not yet in an array of distinct ones.
_TRIES = 200
#: Tries for one that is not, where it might be.
_FEW_TRIES = 6


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
    write: Writer
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
    weight, members = 1, dict[str, Reader]()
    try:
        for schema in _schemas(flat, lengths.most, compile_part, inner):
            own = Layout()
            built = compile_part(schema, inner, own)
            weight += built.weight
            members = dict(built.members)
            elements.append(_Element(built.write, own))
        weight += built.weight * (lengths.most - len(elements)) if elements else 0
    except Impossible:
        if lengths.least > len(elements):
            raise
        lengths = lengths.cut(min(lengths.most, len(elements)))
    if not elements or lengths.most == 0:
        return Built(lambda state, cell: _end(state, place, []), 1, None, True)
    renews = inner.fresh and not place.fresh
    write, slot = _writer(elements, lengths, renews, flat, place, layout)
    if renews or len(elements) > 1:
        return Built(write, weight, None, True)
    return Built(
        write, weight, None, True, members=members, cells=lambda cell: cell[slot]
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
        samples = [_FEW]
    lengths = samples or [prefix or _FEW]
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
        spots = [*range(fixed, fixed + length), *range(fixed)]
        for _ in range(least):
            for index in spots:
                both = all_of([item_schema(flat, index), schema])
                if index < length and index not in taken:
                    if _is_possible(both, compile_part, place):
                        taken[index] = both
                        break
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


def _writer(
    elements: list[_Element],
    lengths: _Lengths,
    renews: bool,
    flat: Flat,
    place: Place,
    layout: Layout,
) -> tuple[Writer, int]:
    """The writer, and the slot of what it remembers."""
    last = len(elements) - 1
    differ = all(map(_are_different_texts, flat.get("examples", (None,))))
    tries = _TRIES if flat.get("uniqueItems") else _FEW_TRIES if differ else 0

    def cells(
        state: State, position: int, length: int, outer: Draft | None
    ) -> list[Cell]:
        return [
            elements[min(index, last)].layout.cell(state, position + index, outer)
            for index in range(length)
        ]

    if last == 0:
        only = elements[0].write

        def texts(state: State, records: list[Cell]) -> list[str]:
            return [only(state, record) for record in records]

    else:

        def texts(state: State, records: list[Cell]) -> list[str]:
            return [
                elements[min(index, last)].write(state, record)
                for index, record in enumerate(records)
            ]

    def distinct(state: State, records: list[Cell]) -> list[str]:
        found: list[str] = []
        restless = state.restless
        for index, record in enumerate(records):
            write, own = elements[min(index, last)]
            for attempt in range(tries):
                text = write(state, record)
                if text not in found:
                    break
                state.restless = max(restless, CHANGE)
                record[:] = own.cell(state, index + attempt)
            if text not in found or not flat.get("uniqueItems"):
                found.append(text)
            state.restless = restless
        return found

    listed = distinct if tries else texts

    def start(state: State, draft: Draft) -> list[Cell]:
        length = lengths.choose(state, draft.position)
        return cells(state, draft.position * lengths.most, length, draft)

    def persisting(state: State, cell: Cell) -> str:
        return _end(state, place, listed(state, cell[slot]))

    def renewed(state: State, cell: Cell) -> str:
        length = lengths.choose(state, 0)
        position = cell[slot]
        cell[slot] = position + length
        return _end(state, place, listed(state, cells(state, position, length, None)))

    if renews:
        slot = layout.slot(lambda state, draft: draft.position * lengths.most)
        return renewed, slot
    slot = layout.slot(start)
    return persisting, slot


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
