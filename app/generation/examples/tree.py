"""From an example to the writer of its values, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from zlib import crc32

from ...resources.catalogue import noun_of
from ...schema.budget import STRIDE
from ...schema.jsontext import dumps
from ...schema.refusal import Impossible, TooLarge
from ...words import Json
from ..compile.build import Built, Scope, constant
from ..compile.objects import template_writer
from ..evidence.books import beside_book, book_of
from ..evidence.leaves import Spot, embedded, is_row, singular_name, words
from ..evidence.outline import Outline
from ..fields.aliases import in_full
from ..fields.places import Place
from ..values.relations import Reader
from ..values.state import Cell, Draft, Layout, State
from .earlier import telling
from .equations import Relations
from .levels import book_sides
from .lists import brings_new, goes_on, is_plain, is_stream_list
from .scalars import Fields

#: Number of entities in a list whose example shows only one.
_USUAL_ELEMENTS = 3
#: What compiling one part costs, in steps.
_PART_STEPS = 15
#: What compiling a member costs on top of it, in steps, beside a few others.
_MEMBER_STEPS = 60
#: Longer lists of scalars stay as they are.
_MAX_SCALARS = 64
#: More values in one event are refused.
_MAX_VALUES = 200_000
#: The member of an order book by which a client checks that its copy is the same.
_CHECKSUM = "checksum"
#: More arrays and objects inside one another are refused.
_MAX_DEPTH = 64


class _Part(NamedTuple):
    """One part of the example: its value, where it is in it, and its surroundings."""

    value: Json
    spot: Spot
    place: Place


class ExampleCompiler:
    """Compiles one example."""

    def __init__(
        self,
        scope: Scope,
        whole: Outline,
        count: int | None,
        is_fresh: Callable[[str], bool],
        pinned: frozenset[Spot],
        loose: bool,
    ) -> None:
        """``count`` is the number of elements asked for, or None.

        ``is_fresh`` tells of an array's name whether it brings new objects in
        every event, and ``pinned`` where a request decides. With ``loose`` also
        plain numbers and sentences change.
        """
        self._count = count
        self._is_fresh = is_fresh
        self._pinned = pinned
        self._whole = whole
        self._fields = Fields(scope, whole, loose)
        self._budget = scope.document.budget

    def root(self, example: Json, place: Place, layout: Layout) -> Built:
        """The writer of whole values."""
        built = self._part(_Part(example, (), place), layout)
        return replace(built, write=self._fields.announced(built.write))

    def _part(self, part: _Part, layout: Layout) -> Built:
        if part.place.depth > _MAX_DEPTH:
            raise Impossible(
                f"its values are nested more than {_MAX_DEPTH} levels deep"
            )
        self._budget.spend(_PART_STEPS)
        if isinstance(part.value, dict):
            return self._object(part.value, part, layout)
        if isinstance(part.value, list):
            return self._array(part.value, part, layout)
        inner = embedded(part.value)
        if inner is not None:
            place = replace(part.place, is_cut=False)
            return _as_text(self._object(inner, part._replace(place=place), layout))
        return self._fields.scalar(part.value, part.spot, part.place, layout)

    # -- objects

    def _object(
        self, members: Mapping[str, Json], part: _Part, layout: Layout
    ) -> Built:
        inner = layout if part.place.is_record else Layout()
        place = replace(
            part.place,
            owner=(singular_name(part.place.name) or part.place.owner),
            siblings=members,
            depth=part.place.depth + 1,
            relation=None,
        )
        names = dict(in_full(members))
        spots = {names[name]: (*part.spot, name) for name in members}
        members = {names[name]: value for name, value in members.items()}
        place = replace(place, siblings=members)
        changing = self._fields.changing(spots, place, self._budget.spend)
        relations = Relations(
            members, changing, self._fields.constants, self._budget.spend
        )
        found: dict[str, Built] = {}
        book = book_of(members) if self._count is None else None
        if book is not None:
            cut = (
                next((n for n in members if n in book), None) if place.is_cut else None
            )
            near = {name: members[name] for name in beside_book(members, book)}
            found.update(book_sides(book, cut, inner, near))
            relations.first(list(book))
            if isinstance(members.get(_CHECKSUM), int):
                sides = {name: spots[name] for name in book}
                for name, spot in sides.items():
                    found[name] = telling(found[name], spot)
                found[_CHECKSUM] = _checksum([*sides.values()])
        for name in relations.order:
            self._budget.spend(_MEMBER_STEPS + len(members) // 16)
            if name not in found:
                found[name] = self._member(
                    name, members[name], spots[name], place, inner, relations, found
                )
            built = found[name]
            if built.is_array:  # elements are those of the first array alone
                place = replace(place, is_cut=False)
        in_order = {name: found[full] for name, full in names.items()}
        array_name = next(
            (name for name, built in in_order.items() if built.is_array), None
        )
        short = {full: name for name, full in names.items()}
        order = [short[name] for name in relations.order]
        built = template_writer(in_order, order, inner, layout)
        is_cut = part.place.is_cut and array_name is not None
        return replace(built, array_name=array_name if is_cut else None)

    def _member(
        self,
        name: str,
        value: Json,
        spot: Spot,
        place: Place,
        layout: Layout,
        relations: Relations,
        found: Mapping[str, Built],
    ) -> Built:
        own = replace(
            place,
            name=name,
            path=(*place.path, name),
        )
        if spot in self._pinned:
            return replace(constant(dumps(value)), is_array=isinstance(value, list))
        own = relations.place(name, own, found)
        return self._part(_Part(value, spot, own), layout)

    # -- arrays

    def _array(self, elements: Sequence[Json], part: _Part, layout: Layout) -> Built:
        place = part.place
        if not elements or (_are_scalars(elements) and len(elements) > _MAX_SCALARS):
            texts = [dumps(each) for each in elements]
            return _cut(constant(f"[{','.join(texts)}]", True), place, texts)
        is_list = is_stream_list(elements, part.spot, place.siblings)
        renews = (
            is_list
            and not place.fresh
            and brings_new(place.name, self._whole.noun, self._is_fresh)
        )
        title = (*part.spot, 0, "title")
        is_titled = title in self._whole.leaves and title not in self._whole.messages
        renews = renews and not is_titled and not any(map(goes_on, elements))
        length = self._length(elements, part, is_list)
        inner = replace(
            place,
            path=(*place.path, "[]"),
            many=True,
            is_entity=True,
            is_cut=False,
            depth=place.depth + 1,
            fresh=place.fresh or renews,
            relation=None,
            is_shown=True,
        )
        parts: list[tuple[Built, Layout]] = []
        for index in range(min(length, len(elements))):
            own = Layout()
            each = _Part(elements[index], (*part.spot, index), inner)
            parts.append((self._part(each, own), own))
        if length > len(elements):
            further = replace(inner, is_further=True, is_shown=False)
            for index in range(len(elements)):
                own = Layout()
                each = _Part(elements[index], (*part.spot, index), further)
                parts.append((self._part(each, own), own))
        if all(built.constant is not None for built, _ in parts) and not renews:
            if length <= len(elements):
                text = ",".join(str(built.constant) for built, _ in parts)
                texts = [str(built.constant) for built, _ in parts]
                return _cut(constant(f"[{text}]", True), place, texts)
        built = _array_writer(parts, len(elements), length, renews, place, layout)
        if built.weight > _MAX_VALUES:
            raise TooLarge(
                f"an event would have more than {_MAX_VALUES} values",
                limit=_MAX_VALUES,
            )
        self._budget.write(built.size)
        return built

    def _length(self, elements: Sequence[Json], part: _Part, is_list: bool) -> int:
        """As many as asked for; else as the example has, or a few entities."""
        if self._count is not None and not is_row(elements):
            return self._count
        if is_list and len(elements) == 1 and is_plain(elements[0]):
            is_named = part.spot and noun_of(part.place.name) is not None
            if (is_named and not self._is_of_notice(part)) or (
                not part.spot and self._whole.is_list
            ):
                return _USUAL_ELEMENTS
        return len(elements)

    def _is_of_notice(self, part: _Part) -> bool:
        """Whether an array is in one notice: of events, or beside an id."""
        names = map(words, part.place.siblings)
        if part.place.name.lower() == "events":
            return True
        return self._whole.is_sent and any(name[-1:] == ("id",) for name in names)


def _as_text(built: Built) -> Built:
    """A text that is the JSON of an object."""
    write = built.write
    if built.constant is not None:
        return constant(dumps(built.constant))
    return Built(lambda state, cell: dumps(write(state, cell)), built.weight)


def _are_scalars(elements: Sequence[Json]) -> bool:
    return not any(isinstance(each, (dict, list)) for each in elements)


def _checksum(sides: Sequence[Spot]) -> Built:
    """A number that is another one where the sides of a book are others."""
    return Built(
        lambda state, cell: str(
            crc32("".join([state.said[side] for side in sides]).encode())
        )
    )


def _cut(built: Built, place: Place, texts: Sequence[str]) -> Built:
    """A constant array, whose elements are the stream's where ``place`` says so."""
    if not place.is_cut:
        return built
    whole = str(built.constant)

    def write(state: State, cell: Cell) -> str:
        state.items = list(texts)
        return whole

    return replace(built, write=write, constant=None)


def _array_writer(
    parts: Sequence[tuple[Built, Layout]],
    known: int,
    length: int,
    renews: bool,
    place: Place,
    layout: Layout,
) -> Built:
    """A writer of ``length`` elements; those behind the ``known`` ones descend."""

    def part(index: int) -> tuple[Built, Layout]:
        if index < known:
            return parts[index]
        return parts[known + index % known]

    chosen = [part(index) for index in range(length)]
    writers = [built.write for built, _ in chosen]
    layouts = [own for _, own in chosen]

    def cells(state: State, first: int, outer: Draft | None) -> list[Cell]:
        found: list[Cell] = []
        for start in range(0, length, at_once):
            several = layouts[start : start + at_once]
            state.budget.spend(steps * len(several))
            found += [
                own.cell(state, first + index, outer)
                for index, own in enumerate(several, start)
            ]
        return found

    steps = max(max(built.weight, built.steps) for built, _ in chosen)
    at_once = max(STRIDE // steps, 1)

    def finish(state: State, records: list[Cell]) -> str:
        texts: list[str] = []
        for first in range(0, length, at_once):
            several = slice(first, first + at_once)
            state.budget.spend(steps * len(records[several]))
            texts += [
                write(state, record)
                for write, record in zip(writers[several], records[several])
            ]
        if place.is_cut:
            state.items = texts
        return "[" + ",".join(texts) + "]"

    def persisting(state: State, cell: Cell) -> str:
        return finish(state, cell[slot])

    def renewed(state: State, cell: Cell) -> str:
        position = cell[slot]
        cell[slot] = position + length
        return finish(state, cells(state, position, None))

    weight = 1 + sum(built.weight for built, _ in chosen)
    size = 2 + sum(built.size + 1 for built, _ in chosen)
    if renews:
        slot = layout.slot(lambda state, draft: draft.position * length)
        return Built(renewed, weight, size=size, is_array=True)
    slot = layout.slot(
        lambda state, draft: cells(state, draft.position * length, draft)
    )
    return Built(
        persisting,
        weight,
        size=size,
        is_array=True,
        members=_readers([built.members for built, _ in chosen]),
        cells=lambda cell: list(map(list, enumerate(cell[slot]))),
    )


def _readers(members: Sequence[Mapping[str, Reader]]) -> dict[str, Reader]:
    """Readers of the numbers of elements, each a cell of its position and its cell."""
    if not members:
        return {}
    names = [name for name in members[0] if all(name in each for each in members)]
    return {name: _reader([each[name] for each in members]) for name in names}


def _reader(readers: Sequence[Reader]) -> Reader:
    return lambda cell: readers[cell[0]](cell[1])
