"""From a schema to the ways in which a value can fit it.

References, ``allOf``, ``anyOf``, ``oneOf`` and ``if`` are worked into a short
list of alternatives, each a flat schema without combinators. A value made for
any of them is meant to fit; where that is not certain (``not``, a second
match of ``oneOf``), the alternatives say so and values are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .conjunction import Flat, conjoin
from .document import Document, Schema
from .refusal import Impossible

#: More ways than these are not tried.
_MAX_WAYS = 24
#: A reference is followed this often inside itself: a tree has two levels.
_MAX_REPEATS = 2
#: What reading one schema costs, in steps.
_STEPS = 12
#: References inside one another, where the caller does not say.
_MAX_REFERENCES = 64


class TooDeep(Impossible):
    """A reference inside itself was followed often enough."""


class Ways(NamedTuple):
    """The alternatives of one schema.

    ``exact`` is True where a value that fits one of ``flats`` fits the schema.
    ``references`` are those that were followed on the way here, with how often.
    """

    flats: list[Flat]
    exact: bool
    references: Mapping[str, int]


def ways(
    schema: Schema,
    document: Document,
    references: Mapping[str, int],
    most_references: int = _MAX_REFERENCES,
) -> Ways:
    """The alternatives of ``schema``, reached through ``references``.

    Raises ``TooDeep`` where a reference is inside itself too often.
    """
    search = _Search(document, dict(references), most_references)
    flats = search.flats(schema)
    return Ways(flats, search.exact, search.references)


@dataclass
class _Search:
    document: Document
    references: dict[str, int]
    most_references: int
    exact: bool = True
    active: set[str] = field(default_factory=set)

    def flats(self, schema: Schema) -> list[Flat]:
        self.document.budget.spend(_STEPS)
        if isinstance(schema, bool):
            return [{}] if schema else []
        if "$ref" in schema:
            target = self._follow(schema["$ref"])
            if self.document.lone_references:
                return target
            own = {name: value for name, value in schema.items() if name != "$ref"}
            return self._both(self.flats(own), target)
        found: list[Flat] = [self._own(schema)]
        for part in schema.get("allOf", ()):
            found = self._both(found, self.flats(part))
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                found = self._both(found, self._either(schema[keyword], keyword))
        if "if" in schema:
            found = self._both(found, self._conditional(schema))
        return found

    def _own(self, schema: Mapping[str, Any]) -> Flat:
        flat: Flat = {}
        for keyword, value in schema.items():
            if keyword in _INEXACT and value is not False:
                self.exact = False
            read = _READ.get(keyword)
            if read is not None:
                read(flat, value)
        if "contains" in schema:
            flat["contains"] = [
                (schema["contains"], schema.get("minContains", 1)),
            ]
        if isinstance(schema.get("items"), list):
            flat["prefixItems"] = schema["items"]
            flat["items"] = schema.get("additionalItems", True)
        _old_exclusive(flat)
        return flat

    def _both(self, some: list[Flat], others: list[Flat]) -> list[Flat]:
        found: list[Flat] = []
        for one in some:
            for two in others:
                self.document.budget.spend(_size(one) + _size(two))
                flat = conjoin(one, two, self.document.matches)
                if flat is not None:
                    found.append(flat)
                if len(found) == _MAX_WAYS:
                    return found
        return found

    def _either(self, parts: list[Schema], keyword: str) -> list[Flat]:
        """The alternatives of each part; one too deep is left out if it may be."""
        if keyword == "oneOf" and len(parts) > 1:
            self.exact = False
        found: list[Flat] = []
        too_deep: TooDeep | None = None
        for part in parts:
            if len(found) >= _MAX_WAYS:
                break
            before = dict(self.references)
            try:
                found += self.flats(part)
            except TooDeep as error:
                too_deep = error
                self.references = before
        if too_deep is not None and not found:
            raise too_deep
        return found

    def _conditional(self, schema: Mapping[str, Any]) -> list[Flat]:
        self.exact = False
        fits = self._both(
            self.flats(schema["if"]), self.flats(schema.get("then", True))
        )
        return [*fits, *self.flats(schema.get("else", True))]

    def _follow(self, reference: str) -> list[Flat]:
        if reference in self.active:
            raise Impossible("a reference leads only to itself")
        times = self.references.get(reference, 0)
        if (
            times >= _MAX_REPEATS
            or sum(self.references.values()) > self.most_references
        ):
            raise TooDeep("it contains itself without an end")
        self.references[reference] = times + 1
        self.active.add(reference)
        try:
            return self.flats(self.document.resolve(reference))
        finally:
            self.active.discard(reference)


def _size(flat: Flat) -> int:
    """What joining a flat schema with another costs, in steps."""
    members = flat.get("properties", ())
    return 2 + 4 * len(members) + len(flat.get("enum", ()))


def _keep(keyword: str) -> Callable[[Flat, Any], None]:
    def read(flat: Flat, value: Any) -> None:
        flat[keyword] = value

    return read


def _one_of_many(keyword: str) -> Callable[[Flat, Any], None]:
    def read(flat: Flat, value: Any) -> None:
        flat[keyword] = (value,)

    return read


def _types(flat: Flat, value: Any) -> None:
    flat["type"] = frozenset([value] if isinstance(value, str) else value)
    flat["order"] = (value,) if isinstance(value, str) else tuple(value)


def _const(flat: Flat, value: Any) -> None:
    flat["enum"] = [value]


def _hint(flat: Flat, value: Any) -> None:
    flat.setdefault("examples", [value])


def _examples(flat: Flat, value: Any) -> None:
    if isinstance(value, list):
        flat["examples"] = value


def _dependencies(flat: Flat, value: Mapping[str, Any]) -> None:
    """``dependencies`` of the older drafts: names, or a schema."""
    names = {name: part for name, part in value.items() if isinstance(part, list)}
    flat["dependentRequired"] = names
    flat["dependentSchemas"] = {
        name: part for name, part in value.items() if name not in names
    }


def _old_exclusive(flat: Flat) -> None:
    """In draft 4 ``exclusiveMinimum`` is a boolean beside ``minimum``."""
    for bound, keyword in (
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ):
        flag = flat.get(keyword)
        if isinstance(flag, bool):
            del flat[keyword]
            if flag and bound in flat:
                flat[keyword] = flat.pop(bound)


#: How each keyword gets into a flat schema. Others say nothing about values.
_READ: Mapping[str, Callable[[Flat, Any], None]] = {
    **{
        keyword: _keep(keyword)
        for keyword in (
            "additionalProperties dependentRequired dependentSchemas enum"
            " exclusiveMaximum exclusiveMinimum items maxItems maxLength"
            " maxProperties maximum minItems minLength minProperties minimum"
            " patternProperties prefixItems properties propertyNames required"
            " uniqueItems"
        ).split()
    },
    **{key: _one_of_many(key) for key in ("format", "multipleOf", "pattern")},
    "type": _types,
    "const": _const,
    "default": _hint,
    "example": _hint,
    "examples": _examples,
    "dependencies": _dependencies,
}

#: What the making of values does not look at.
_INEXACT = frozenset(
    {
        "contains",
        "contentEncoding",
        "contentMediaType",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "not",
        "unevaluatedItems",
        "unevaluatedProperties",
        "uniqueItems",
    }
)
