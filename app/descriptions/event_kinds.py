"""The kinds of event of a described stream, from the schema of its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..words import Json
from .operations import Given, Kind
from .references import References, Spot
from .shelf import Shelf

#: Schemas inside one another are looked into so deep.
_MAX_DEPTH = 8
#: More kinds are not told apart.
_MAX_KINDS = 100

_ALTERNATIVES = ("oneOf", "anyOf")
#: The members of an event of Server-Sent Events.
_EVENT_MEMBERS = ("event", "data", "id", "retry")
_JSON = "json"

#: The framing of each media type that is a stream.
FRAMINGS: Mapping[str, str] = {
    "text/event-stream": "sse",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonl": "ndjson",
    "application/jsonlines": "ndjson",
    "application/json-lines": "ndjson",
    "application/json-seq": "json-seq",
}
_SEQUENCE_SUFFIX = "+json-seq"


def framing_of(media_type: str) -> str | None:
    """The framing of a stream of that media type; None for what is no stream."""
    bare = media_type.partition(";")[0].strip().lower()
    if bare.endswith(_SEQUENCE_SUFFIX):
        return "json-seq"
    return FRAMINGS.get(bare)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is seen of a schema: members, alternatives, and the place of the whole."""

    spot: Spot
    members: dict[str, Spot] = field(default_factory=dict)
    alternatives: tuple[Spot, ...] = ()
    is_closed: bool = False

    def over(self, other: _Look) -> _Look:
        """This one, with the members of ``other`` where it has none."""
        return replace(
            self,
            members={**other.members, **self.members},
            is_closed=self.is_closed or other.is_closed,
        )


class Kinds:
    """Reads kinds of event from schemas, which it puts on a shelf."""

    def __init__(self, references: References, shelf: Shelf) -> None:
        """Look schemas up by ``references``."""
        self._references = references
        self._shelf = shelf

    def of_items(self, spot: Spot, framing: str) -> tuple[tuple[Kind, ...], bool]:
        """The kinds of the items at ``spot``, and whether they may have an ``id``."""
        look = self._look(spot)
        if framing != "sse":
            return self._values(look), True
        ways = [*self._ways(look)][:_MAX_KINDS]
        if not any(name in way.members for way in ways for name in _EVENT_MEMBERS[:2]):
            return self._values(look), True
        kinds = tuple(kind for way in ways for kind in self._events(way))
        return kinds, all("id" in way.members or not way.is_closed for way in ways)

    def of_schema(self, spot: Spot, framing: str) -> tuple[tuple[Kind, ...], bool]:
        """The same from the schema of the whole: an array's items, or the value."""
        value, at = self._references.resolve(spot)
        if isinstance(value, Mapping) and isinstance(value.get("items"), Mapping):
            spot = at.inside("items")
        look = self._look(spot)
        ways = [*self._ways(look)]
        named = [way for way in ways if {"event", "data"} <= way.members.keys()]
        if framing == "sse" and named and len(named) == len(ways):
            return self.of_items(spot, framing)
        return self._values(look), True

    # -- events -----------------------------------------------------------------

    def _events(self, way: _Look) -> Iterator[Kind]:
        names: list[str | None] = [None]
        if "event" in way.members:
            names = [*self._names(way.members["event"])] or names
        for name in names:
            yield self._event(name, way.members.get("data"))

    def _event(self, name: str | None, data: Spot | None) -> Kind:
        if data is None:
            return Kind(name, Given({"const": ""}), is_text=True)
        schema, at = self._references.resolve(data)
        if not isinstance(schema, Mapping):
            return Kind(name, self._shelf.take(data))
        examples = _examples(schema)
        if "contentSchema" in schema:
            return Kind(name, self._shelf.take(at.inside("contentSchema")))
        if _JSON in str(schema.get("contentMediaType", "")).lower():
            return Kind(name, None)
        is_text = schema.get("type") == "string"
        return Kind(name, self._shelf.take(data), is_text, examples)

    def _names(self, spot: Spot) -> list[str]:
        """The names that the schema of ``event`` allows, if it lists them."""
        schema, _ = self._references.resolve(spot)
        if not isinstance(schema, Mapping):
            return []
        listed = [schema["const"]] if "const" in schema else schema.get("enum", [])
        if not isinstance(listed, list):
            return []
        return [name for name in listed if isinstance(name, str) and name]

    # -- values -----------------------------------------------------------------

    def _values(self, look: _Look) -> tuple[Kind, ...]:
        """Kinds whose payload is the whole value: one for each alternative."""
        schema, spot = self._references.resolve(look.spot)
        if not isinstance(schema, Mapping):
            return (Kind(None, self._shelf.take(look.spot)),)
        is_text = schema.get("type") == "string"
        whole = Kind(None, self._shelf.take(look.spot), is_text, _examples(schema))
        for keyword in _ALTERNATIVES:
            parts = schema.get(keyword)
            beside = schema.keys() - {keyword, "discriminator", "title", "description"}
            if isinstance(parts, list) and not beside and len(parts) <= _MAX_KINDS:
                told = self._shelf.take(spot).value
                rest = {name: told[name] for name in told if name == "discriminator"}
                return tuple(
                    Kind(None, Given({keyword: [part], **rest}))
                    for part in told[keyword]
                )
        return (whole,)

    # -- looking ----------------------------------------------------------------

    def _look(self, spot: Spot, depth: int = 0) -> _Look:
        schema, at = self._references.resolve(spot)
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            return _Look(spot)
        members = schema.get("properties")
        names = members if isinstance(members, Mapping) else {}
        look = _Look(
            spot,
            {name: at.inside("properties", name) for name in names},
            tuple(
                at.inside(keyword, index)
                for keyword in _ALTERNATIVES
                for index, _ in enumerate(_listed(schema, keyword))
            ),
            any(
                schema.get(keyword) is False
                for keyword in ("additionalProperties", "unevaluatedProperties")
            ),
        )
        for index, _ in enumerate(_listed(schema, "allOf")):
            other = self._look(at.inside("allOf", index), depth + 1)
            look = replace(
                look.over(other), alternatives=look.alternatives + other.alternatives
            )
        return look

    def _ways(self, look: _Look, depth: int = 0) -> Iterator[_Look]:
        """Each alternative, with the members that all of them have."""
        if not look.alternatives or depth > _MAX_DEPTH:
            yield look
            return
        for spot in look.alternatives:
            yield from self._ways(self._look(spot).over(look), depth + 1)


def _listed(schema: Mapping[str, Json], keyword: str) -> list[Json]:
    value = schema.get(keyword)
    return value if isinstance(value, list) else []


def _examples(schema: Mapping[str, Json]) -> tuple[Json, ...]:
    """The examples that a schema has of its values."""
    if "example" in schema:
        return (schema["example"],)
    given = schema.get("examples")
    return tuple(given) if isinstance(given, list) else ()
