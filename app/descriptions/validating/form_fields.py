"""The body of a form as the JSON that its schema describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...schema.jsontext import loads
from ...words import Json
from ..digest import Digest
from .sent_texts import parts_of, types_of, values_of


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form by the types of its schema.

    ``files`` are the names of those that are files, each an empty text in ``value``.
    """

    value: Json
    files: frozenset[str]


def read_form(fields: Mapping[str, Json], schema: Json, digest: Digest) -> Form:
    """The JSON that a form means: fields are texts, and ``a[b]=c`` is a member of a.

    A field that is repeated is a list, and one that is an object is a file.
    """
    texts: dict[str, Json] = {}
    files: set[str] = set()
    for name, given in fields.items():
        each = given if isinstance(given, list) else [given]
        if any(isinstance(value, Mapping) for value in each):
            files.add(name)
            given = [""] * len(each) if isinstance(given, list) else ""
        is_declared = "[" not in name or _member(name, schema, digest) is not None
        path = [name] if is_declared else name.replace("]", "").split("[")
        _put(texts, path, given)
    return Form(_meant(texts, schema, digest), frozenset(files))


def _put(holder: dict[str, Json], path: list[str], value: Json) -> None:
    *outer, last = path
    for name in outer:
        inner = holder.setdefault(name, {})
        if not isinstance(inner, dict):
            return  # the field itself was given, too
        holder = inner
    holder[last] = value


def _meant(given: Json, schema: Json, digest: Digest) -> Json:
    """A field by its schema."""
    types = types_of(schema, digest)
    if isinstance(given, dict):
        if "array" not in types or "object" in types:
            return {
                name: _meant(value, _member(name, schema, digest), digest)
                for name, value in given.items()
            }
        given = _listed(given)
    if isinstance(given, list):
        items = _items(schema, digest)
        return [_meant(value, items, digest) for value in given]
    if not isinstance(given, str):
        return given
    if types & {"array", "object"} and given[:1] in ("[", "{"):
        try:
            return loads(given)
        except ValueError:
            pass
    if "array" in types and "string" not in types:
        return [_meant(given, _items(schema, digest), digest)]
    return next(values_of(given, types)) if types else given


def _listed(members: Mapping[str, Json]) -> list[Json]:
    """The elements that stand under numbers, ``a[0]=b``, or under none, ``a[]=b``."""
    return [
        element
        for value in members.values()
        for element in (value if isinstance(value, list) else [value])
    ]


def _member(name: str, schema: Json, digest: Digest) -> Json:
    """The schema of a member, None where there is none."""
    for part in parts_of(schema, digest):
        members = part.get("properties")
        if isinstance(members, Mapping) and name in members:
            return members[name]
    for part in parts_of(schema, digest):
        if isinstance(others := part.get("additionalProperties"), Mapping):
            return others
    return None


def _items(schema: Json, digest: Digest) -> Json:
    """The schema of an array's elements, None where there is none."""
    for part in parts_of(schema, digest):
        if isinstance(items := part.get("items"), Mapping):
            return items
    return None
