"""Which keywords of JSON Schema hold schemas, and a way through all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..words import Json

#: Keywords whose value is one schema.
SINGLE = frozenset(
    "additionalItems additionalProperties contains contentSchema else if items not"
    " propertyNames then unevaluatedItems unevaluatedProperties".split()
)
#: Keywords whose value is a list of schemas; in old drafts ``items`` is one, too.
LISTED = frozenset("allOf anyOf oneOf prefixItems".split())
#: Keywords whose value maps names to schemas.
NAMED = frozenset(
    "$defs definitions dependencies dependentSchemas patternProperties"
    " properties".split()
)
#: Keywords whose value is data and holds no schema, whatever it looks like.
DATA = frozenset("const default enum example examples".split())
#: Keywords that refer to another schema.
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def inside(keyword: str, value: Json, change: Callable[[Json], Json]) -> Json:
    """``value`` with ``change`` applied to each schema that ``keyword`` holds."""
    if keyword in NAMED and isinstance(value, Mapping):
        return {name: change(part) for name, part in value.items()}
    if keyword in SINGLE or keyword in LISTED:
        return [*map(change, value)] if isinstance(value, list) else change(value)
    return value


def each(schema: Mapping[str, Json], change: Callable[[Json], Json]) -> dict[str, Json]:
    """A copy of ``schema`` with ``change`` applied to the schemas directly inside.

    Those are also the ones that a document of OpenAPI has in ``components``.
    """
    return {
        keyword: (
            _components(value, change)
            if keyword == "components"
            else inside(keyword, value, change)
        )
        for keyword, value in schema.items()
    }


def _components(value: Json, change: Callable[[Json], Json]) -> Json:
    if not isinstance(value, Mapping) or not isinstance(value.get("schemas"), Mapping):
        return value
    schemas = value["schemas"].items()
    return {**value, "schemas": {name: change(part) for name, part in schemas}}


def parts(schema: Json) -> Iterator[tuple[str, Json]]:
    """The schemas directly inside ``schema``, each with the keyword that holds it."""
    if not isinstance(schema, Mapping):
        return
    for keyword, value in schema.items():
        found: list[Json] = []
        inside(keyword, value, found.append)
        yield from ((keyword, part) for part in found)


def type_names(schema: Mapping[str, Json]) -> list[str]:
    """The types that ``schema`` names; an empty list stands for any type."""
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else given
