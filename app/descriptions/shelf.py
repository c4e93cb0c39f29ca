"""The schemas of a description: each under a name, with references to names only.

A schema refers to others by pointers, also into other files. Here each that is
referred to gets a name, and references become ``#/components/schemas/<name>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..schema.jsontext import dumps
from ..schema.keywords import DATA, LISTED, NAMED, REFERENCES, SINGLE, each, parts
from ..words import Json
from .description_text import BadDescription
from .operations import Given
from .references import References, Spot

#: What a reference to a named schema begins with.
PREFIX = "#/components/schemas/"

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_UNUSABLE = re.compile(r"[^A-Za-z0-9._-]+")
#: Names that would be taken for keywords where schemas are walked through.
_KEYWORDS = SINGLE | LISTED | NAMED | DATA | {*REFERENCES, "components", "id", "$id"}
#: Keywords of documents that say nothing of values.
_SILENT = frozenset({"externalDocs", "xml", "$schema", "$id", "id"})


@dataclass(frozen=True, slots=True)
class Part:
    """A schema by name: its JSON, and the names of those that it refers to."""

    text: bytes
    uses: tuple[str, ...]


class Shelf:
    """Collects the schemas that operations use.

    ``is_old`` is true for OpenAPI 3.0, where nothing beside ``$ref`` counts, and
    ``nullable`` does beside ``type``; later versions do not have it.
    """

    def __init__(self, references: References, *, is_old: bool) -> None:
        """Nothing is on the shelf yet."""
        self._references = references
        self._is_old = is_old
        self._names: dict[Spot, str] = {}
        self._taken: set[str] = set()
        self._waiting: list[Spot] = []
        self.parts: dict[str, Part] = {}

    def take(self, spot: Spot) -> Given:
        """The schema at ``spot``, its references told by name.

        Raises ``BadDescription`` where it, or one that it needs, cannot be read.
        """
        schema = self._told(self._references.at(spot), spot)
        try:
            while self._waiting:
                self._put(self._waiting[-1])
        except BadDescription:
            for left in self._waiting:
                self._taken.discard(self._names.pop(left))
            self._waiting.clear()
            raise
        return Given(schema)

    def _put(self, spot: Spot) -> None:
        told = self._told(self._references.at(spot), spot)
        self._waiting.remove(spot)
        self.parts[self._names[spot]] = Part(
            dumps(told).encode(), tuple(sorted(set(named_in(told))))
        )

    def _told(self, schema: Json, spot: Spot) -> Json:
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            raise BadDescription("it is no schema: an object, true or false", str(spot))
        reference = schema.get("$ref")
        if reference is not None and self._is_old:
            return {"$ref": self._named(reference, spot)}
        told = each(
            {name: value for name, value in schema.items() if name not in _SILENT},
            lambda part: self._told(part, spot),
        )
        if reference is not None:
            told["$ref"] = self._named(reference, spot)
        if not self._is_old or "type" not in told:
            told.pop("nullable", None)
        mapping = _mapping(told)
        if mapping:
            named = {value: self._mapped(to, spot) for value, to in mapping.items()}
            told["discriminator"] = {**told["discriminator"], "mapping": named}
        return told

    def _named(self, reference: Json, spot: Spot) -> str:
        target = self._references.target(reference, spot)
        name = self._names.get(target)
        if name is None:
            self._references.at(target)
            name = self._names[target] = self._name(target)
            self._waiting.append(target)
        return PREFIX + name

    def _mapped(self, to: Json, spot: Spot) -> Json:
        """What a discriminator's value leads to: a name, or a reference."""
        if not isinstance(to, str) or _NAME.fullmatch(to):
            return to
        try:
            return self._named(to, spot)
        except BadDescription:
            return to

    def _name(self, spot: Spot) -> str:
        """A name for the schema at ``spot``: its own, where that will do."""
        own = spot.pointer.rpartition("/")[2]
        base = _UNUSABLE.sub("-", own).strip("-")[:80] or "schema"
        name = own if _NAME.fullmatch(own) else base
        number = 1
        while name in self._taken or name in _KEYWORDS:
            number += 1
            name = f"{base}-{number}"
        self._taken.add(name)
        return name


def _mapping(schema: Mapping[str, Json]) -> Mapping[str, Json]:
    discriminator = schema.get("discriminator")
    if not isinstance(discriminator, Mapping):
        return {}
    mapping = discriminator.get("mapping")
    return mapping if isinstance(mapping, Mapping) else {}


def named_in(schema: Json) -> Iterator[str]:
    """The names of the schemas that ``schema`` refers to, once for each time."""
    if not isinstance(schema, Mapping):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield reference.removeprefix(PREFIX)
    for to in _mapping(schema).values():
        if isinstance(to, str) and to.startswith(PREFIX):
            yield to.removeprefix(PREFIX)
    for _, part in parts(schema):
        yield from named_in(part)


def for_responses(schema: Json, *, is_old: bool) -> Json:
    """``schema`` without the members that only requests have.

    In OpenAPI 3.0 they are not required of responses; later a member that is
    required stays.
    """
    return _without(schema, "writeOnly", is_old)


def for_requests(schema: Json, *, is_old: bool) -> Json:
    """``schema`` without what only responses have; see ``for_responses``."""
    return _without(schema, "readOnly", is_old)


def _without(schema: Json, flag: str, is_old: bool) -> Json:
    if not isinstance(schema, Mapping):
        return schema
    told = each(schema, lambda part: _without(part, flag, is_old))
    members = told.get("properties")
    if not isinstance(members, Mapping):
        return told
    required = told.get("required")
    needed = required if isinstance(required, list) else []
    gone = {
        name
        for name, member in members.items()
        if isinstance(member, Mapping)
        and member.get(flag) is True
        and (is_old or name not in needed)
    }
    if gone:
        told["properties"] = {
            name: member for name, member in members.items() if name not in gone
        }
        told["required"] = [name for name in needed if name not in gone]
    return told
