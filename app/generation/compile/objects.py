"""Objects: a template with a slot for each member that is not constant."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, islice

from ...resources.inflection import singular, words
from ...schema.alternatives import ways
from ...schema.conjunction import Flat, conjoin, property_schema
from ...schema.document import Document, Schema
from ...schema.jsontext import dumps, loads
from ...schema.patterns import Pattern
from ...schema.refusal import Impossible
from ..fields.places import Place
from ..values.relations import Reader
from ..values.state import Cell, Draft, Layout, Path, Start, State, Writer
from .build import Built, Compile, Pinned, constant
from .neighbours import Neighbours

#: Members for an object whose schema names none, and the fewest it gets of them.
_NAMES = ("id", "name", "value", "status", "note", "kind", "count", "group")
_MIN_UNNAMED = 3
#: What comparing the members of an object costs, for each, in steps.
_MEMBER_STEPS = 20
#: More members than these are not made up.
_MAX_MADE = 200
_MAX_FAILURES = 8
_MAX_NAME_LENGTH = 200


def object_writer(
    flat: Flat,
    place: Place,
    layout: Layout,
    compile_part: Compile,
    document: Document,
    pinned: Pinned,
) -> Built:
    """A writer of objects that fit ``flat``. Raises ``Impossible``."""
    flat = _with_dependencies(flat, document)
    document.budget.spend(_MEMBER_STEPS * len(flat.get("properties", ())))
    members = _Members(flat, place, layout, compile_part, document, pinned)
    found = members.built()
    built = template_writer(found, members.order, members.layout, layout)
    return replace(built, array_name=members.array_name)


def template_writer(
    found: Mapping[str, Built], order: Sequence[str], inner: Layout, layout: Layout
) -> Built:
    """A writer of objects whose members are ``found``, and run in ``order``.

    ``inner`` has the slots of the object, and ``layout`` those of its record.
    """
    parts: list[str] = []
    spots: dict[str, int] = {}
    for name in found:
        key = dumps(name).replace("%", "%%")
        text = found[name].constant
        if text is None:
            spots[name] = len(spots)
        parts.append(
            f"{key}:%s" if text is None else key + ":" + text.replace("%", "%%")
        )
    template = "{" + ",".join(parts) + "}"
    weight = 1 + sum(built.weight for built in found.values())
    steps = 1 + sum(built.steps for built in found.values())
    size = len(template) + sum(found[name].size - 2 for name in spots)
    if not spots:
        numbers = dict(_numbers(found))
        kept = constant(template % ())
        return replace(kept, weight=weight, steps=steps, members=numbers)
    writers = [(spots[name], found[name].write) for name in order if name in spots]
    write, cell = _writer(template, writers, inner, layout)
    readers = {name: _through(cell, read) for name, read in _numbers(found)}
    return Built(write, weight, steps, size, members=readers)


def _numbers(found: Mapping[str, Built]) -> Iterator[tuple[str, Reader]]:
    """The numbers of an object, and those of objects in it behind their names."""
    for name, built in found.items():
        if built.number is not None:
            yield name, built.number
        elif built.cells is None:
            yield from ((f"{name}.{key}", read) for key, read in built.members.items())


def _through(find: Callable[[Cell], Cell], read: Reader) -> Reader:
    return lambda cell: read(find(cell))


def _writer(
    template: str, writers: list[tuple[int, Writer]], inner: Layout, outer: Layout
) -> tuple[Writer, Callable[[Cell], Cell]]:
    """The writer, and what finds the object's cell in that of its record.

    ``writers`` are in the order in which they have to run, each with the number
    of its slot in the template.
    """
    run = _in_order(template, writers)
    if inner is outer or not len(inner):
        return run, lambda cell: cell
    slot = outer.slot(lambda state, draft: inner.part(state, draft))

    def find(cell: Cell) -> Cell:
        own: Cell = cell[slot]
        return own

    return (lambda state, cell: run(state, cell[slot])), find


def _in_order(template: str, writers: list[tuple[int, Writer]]) -> Writer:
    if [spot for spot, _ in writers] == list(range(len(writers))):
        plain = [write for _, write in writers]
        return lambda state, cell: template % tuple(
            [write(state, cell) for write in plain]
        )
    count = len(writers)

    def write_object(state: State, cell: Cell) -> str:
        texts = [""] * count
        for spot, write in writers:
            texts[spot] = write(state, cell)
        return template % tuple(texts)

    return write_object


def _with_dependencies(flat: Flat, document: Document) -> Flat:
    """``flat`` with the schemas that its own members call for."""
    for name, schema in flat.get("dependentSchemas", {}).items():
        if name in flat.get("properties", {}) or name in flat.get("required", ()):
            for other in ways(schema, document, {}).flats[:1]:
                flat = conjoin(flat, other, document.matches) or flat
    return flat


class _Members:
    """Chooses the members of an object and compiles them."""

    def __init__(
        self,
        flat: Flat,
        place: Place,
        layout: Layout,
        compile_part: Compile,
        document: Document,
        pinned: Pinned,
    ) -> None:
        self.flat = flat
        self.layout = layout if place.is_record else Layout()
        self.array_name: str | None = None
        #: The members in the order in which they are compiled and written.
        self.order: list[str] = []
        self._document = document
        self._compile = compile_part
        self._pinned = pinned
        self._required = _closure(flat)
        names = [*flat.get("properties", {}), *self._required]
        self._schemas = {name: self._schema(name) for name in names}
        self._neighbours = Neighbours(self._schemas)
        self._place = replace(
            place,
            siblings=self._neighbours.examples,
            owner=_noun(place.name) or place.owner,
            depth=place.depth + 1,
            is_cut=False,
            relation=None,
            trouble=None,
        )
        #: Until an earlier member may be an array, too.
        self._is_cut = place.is_cut and place.depth == 0
        self._found: dict[str, Built] = {}

    def built(self) -> dict[str, Built]:
        """Every declared member that can be, and others where there must be more."""
        least = self.flat.get("minProperties", 0)
        most = self.flat.get("maxProperties", sys.maxsize)
        spare = most - len(self._required)
        left_out = [name for name in self._schemas if name not in self._required]
        left_out = left_out[spare:] if spare < len(left_out) else []
        for name in self._neighbours.order(self._document.budget.spend):
            if name in self._required:
                self._add(name)
            elif name not in left_out:
                self._try_add(name)
        wanted = least
        if not self._schemas:
            wanted = min(max(least, _MIN_UNNAMED), most)
        made = self._made_names()
        failures = 0
        for name in islice(made, _MAX_MADE):
            if len(self._found) >= wanted or failures > _MAX_FAILURES:
                break
            if self._named_right(name):
                failures += not self._try_add(name)
        if not least <= len(self._found) <= most:
            raise Impossible(
                "no object of a bounded size has that many members",
                keyword=(
                    "minProperties" if len(self._found) < least else "maxProperties"
                ),
                value=least if len(self._found) < least else most,
            )
        names = dict.fromkeys([*self._schemas, *self._found])
        return {name: self._found[name] for name in names if name in self._found}

    def _schema(self, name: str) -> Schema:
        return property_schema(self.flat, name, self._document.matches)

    def _try_add(self, name: str) -> bool:
        """Add a member if that is possible; whether the object has it."""
        size = len(self.layout)
        try:
            if name not in self._found:
                self._add(name)
        except Impossible:
            self.layout.forget(size)
        return name in self._found

    def _add(self, name: str) -> None:
        schema = self._schemas[name] if name in self._schemas else self._schema(name)
        if schema is False or not self._named_right(name):
            raise Impossible(f"the member {name!r} is not allowed")
        place = replace(
            self._place,
            name=name,
            path=(*self._place.path, name),
            is_cut=self._is_cut,
        )
        if name in self._schemas:
            place = self._neighbours.place(name, place, self._found)
        built = self._compile(schema, place, self.layout)
        text = self._pinned(name, lambda: schema, self._place)
        if text is not None:
            built = replace(
                constant(text), weight=built.weight, is_array=built.is_array
            )
            self.layout.slot(_said(place.path, text))
        self._found[name] = built
        self.order.append(name)
        if self._is_cut and built.is_array is not False:
            self._is_cut = False
            if built.is_array and built.constant is None:
                self.array_name = name

    def _named_right(self, name: str) -> bool:
        rule = self.flat.get("propertyNames", True)
        return rule is True or self._document.check(rule)(name)

    def _made_names(self) -> Iterator[str]:
        """Names for members that the schema does not name."""
        draw = random.Random(0).random
        rules = ways(self.flat.get("propertyNames", True), self._document, {}).flats
        patterns = [*self.flat.get("patternProperties", {})]
        patterns += [pattern for rule in rules for pattern in rule.get("pattern", ())]
        yield from (str(name) for rule in rules for name in rule.get("enum", ()))
        for pattern in patterns:
            source = Pattern(pattern)
            for extra in range(12):
                yield source.text(draw, extra)
        yield from _NAMES
        for rule in rules:
            length = max(rule.get("minLength", 1), 1)
            for letter in "abcdefghijklmnopqrstuvwxyz":
                yield letter * min(length, _MAX_NAME_LENGTH)
        yield from (f"field{number}" for number in count(1))


def _said(path: Path, text: str) -> Start:
    """Tells a record's draft what a pinned member says, for those that repeat it."""
    value = loads(text)
    said = value if isinstance(value, str) else text

    def start(state: State, draft: Draft) -> None:
        draft.texts[path] = said

    return start


def _noun(name: str) -> str:
    """What an object in a member of this name is: a ``line item`` in ``line_items``."""
    *first, last = words(name) or [""]
    return " ".join([*first, singular(last)])


def _closure(flat: Flat) -> dict[str, None]:
    """The names that are required, and those that they require."""
    dependent = flat.get("dependentRequired", {})
    names = list(flat.get("required", ()))
    names += [name for name in flat.get("properties", {}) if name in dependent]
    for name in names:
        names += [other for other in dependent.get(name, ()) if other not in names]
    required = set(flat.get("required", ())).union(
        *(dependent.get(name, ()) for name in names)
    )
    return {name: None for name in names if name in required}
