"""Members whose values a request decides: the path's id, its other fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...resources.archetype import Archetype, archetype
from ...resources.inflection import words
from ...schema.document import Schema
from ...schema.jsontext import dumps, loads
from ...words import Json
from ..fields.places import Place

#: What an entity is told by: never the same for every element of an array.
_OWN = frozenset({"id", "uuid", "key"})


class Pins:
    """What the members of a subject's objects are to hold, where it fits."""

    def __init__(
        self,
        about: Archetype,
        fields: Mapping[str, Json],
        has_shape: bool,
        check: Callable[[Schema], Callable[[Json], bool]],
    ) -> None:
        """Take what ``about`` says of the path, and the request's ``fields``.

        ``check`` gives what tells whether a value fits a schema.
        """
        self._check = check
        self._fields = {_key(name): value for name, value in fields.items()}
        self._root = {
            _key(name): about.example[name]
            for name in about.pinned
            if not has_shape or about.id is not None
        }
        self._above = {_key(name): text for name, text in about.parents}

    def text(self, name: str, schema: Callable[[], Schema], place: Place) -> str | None:
        """The JSON text for the member ``name`` of an object, None for its own.

        ``schema`` gives what it has to fit; few members have a text to try.
        """
        return self._first(self._values(_key(name), place), schema)

    def asked(
        self, name: str, schema: Callable[[], Schema], place: Place
    ) -> str | None:
        """The JSON text that the request's own fields give a member, or None."""
        return self._first(self._asked(_key(name), place), schema)

    def _first(
        self, values: Iterator[Json], schema: Callable[[], Schema]
    ) -> str | None:
        for value in values:
            for form in _forms(value):
                if self._check(schema())(form):
                    return dumps(form)
        return None

    def _values(self, key: str, place: Place) -> Iterator[Json]:
        if place.depth == 1 and key in self._root:
            yield self._root[key]
        yield from self._asked(key, place)
        if key in self._above and (place.depth <= 1 or _is_id(key)):
            yield self._above[key]

    def _asked(self, key: str, place: Place) -> Iterator[Json]:
        if key in self._fields and not (place.many and key in _OWN):
            yield self._fields[key]


def _key(name: str) -> str:
    return "_".join(words(name)) or name


def _is_id(key: str) -> bool:
    return key.split("_")[-1] in _OWN


def _forms(value: Json) -> Iterator[Any]:
    """A value, and for a text the number or boolean that it may stand for."""
    yield value
    if isinstance(value, str):
        try:
            yield loads(value)
        except ValueError:
            return


def relevant(
    path: str, schema: Schema | None, fields: Mapping[str, Json]
) -> dict[str, Json]:
    """The ``fields`` that some member of the subject's objects is called like.

    What no member is called, the time that a client adds against caches for
    one, makes no other subject.
    """
    if not fields:
        return {}
    names = _member_names(archetype(path).example if schema is None else schema)
    return {name: value for name, value in fields.items() if _key(name) in names}


def _member_names(value: Json) -> set[str]:
    """The names of all members at any depth, in the form in which they compare."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found.update(map(_key, item))
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found
