"""Objects: a template with a slot for each member that is not constant."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from app.generation.alternatives import ways
from app.generation.build import Built, Compile, Pinned, constant
from app.generation.conjunction import Flat, conjoin, property_schema
from app.generation.documents import Document
from app.generation.jsontext import dumps
from app.generation.patterns import Pattern
from app.generation.places import Place
from app.generation.refusal import Impossible
from app.generation.state import Cell, Layout, State, Writer

#: Members for an object of which the schema names none.
_NAMES = ("id", "name", "value", "status", "note", "kind", "count", "group")
_FEW = 3
#: More members than these are not made up.
_MOST_MADE = 200
_LONGEST_NAME = 200


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
    members = _Members(flat, place, compile_part, document, pinned)
    found = members.built()
    parts = []
    writers: list[Writer] = []
    for name, built in found.items():
        key = dumps(name).replace("%", "%%")
        if built.constant is not None:
            parts.append(key + ":" + built.constant.replace("%", "%%"))
        else:
            parts.append(key + ":%s")
            writers.append(built.write)
    template = "{" + ",".join(parts) + "}"
    weight = 1 + sum(built.weight for built in found.values())
    if not writers:
        return replace(constant(template % ()), weight=weight)
    write = _writer(template, writers, members.layout, layout)
    return Built(write, weight, array_name=members.array_name)


def _writer(
    template: str, writers: list[Writer], inner: Layout, outer: Layout
) -> Writer:
    if not len(inner):
        return lambda state, cell: template % tuple(
            [write(state, cell) for write in writers]
        )
    slot = outer.slot(lambda state, draft: inner.cell(state, draft.position))

    def write_object(state: State, cell: Cell) -> str:
        own = cell[slot]
        return template % tuple([write(state, own) for write in writers])

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
        compile_part: Compile,
        document: Document,
        pinned: Pinned,
    ) -> None:
        self.flat = flat
        self.layout = Layout()
        self.array_name: str | None = None
        self._document = document
        self._compile = compile_part
        self._pinned = pinned
        self._required = _closure(flat)
        names = frozenset([*flat.get("properties", {}), *self._required])
        self._place = replace(
            place,
            siblings=names,
            owner=place.name or place.owner,
            depth=place.depth + 1,
            is_cut=False,
        )
        #: Until an earlier member may be an array, too.
        self._is_cut = place.is_cut and place.depth == 0
        self._found: dict[str, Built] = {}

    def built(self) -> dict[str, Built]:
        """Every declared member that can be, and others where there must be more."""
        least = self.flat.get("minProperties", 0)
        most = self.flat.get("maxProperties", sys.maxsize)
        declared = self.flat.get("properties", {})
        spare = most - len(self._required)
        for name in dict.fromkeys([*declared, *self._required]):
            if name in self._required:
                self._add(name)
            elif spare > 0:
                spare -= self._add_if_possible(name)
        wanted = least
        if not declared and not self._found:
            wanted = min(max(least, _FEW), most)
        names = self._made_names()
        for _ in range(_MOST_MADE):
            if len(self._found) >= wanted:
                break
            self._add_if_possible(next(names))
        if not least <= len(self._found) <= most:
            raise Impossible("no object of a bounded size has that many members")
        return self._found

    def _add_if_possible(self, name: str) -> bool:
        if name in self._found:
            return False
        size = len(self.layout)
        try:
            self._add(name)
        except Impossible:
            self.layout.forget(size)
            return False
        return True

    def _add(self, name: str) -> None:
        schema = property_schema(self.flat, name, self._document.matches)
        if schema is False or not self._named_right(name):
            raise Impossible(f"the member {name!r} is not allowed")
        place = replace(self._place, name=name, is_cut=self._is_cut)
        built = self._compile(schema, place, self.layout)
        text = self._pinned(name, schema, self._place)
        if text is not None:
            built = replace(
                constant(text), weight=built.weight, is_array=built.is_array
            )
        self._found[name] = built
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
                yield letter * min(length, _LONGEST_NAME)
        yield from (f"field{number}" for number in count(1))


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
