"""How many different values a schema has. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

from ..words import Json
from .keywords import type_names
from .pointers import follow

Schema: TypeAlias = Mapping[str, Json]

#: Values are counted up to this number, which stands for any larger one.
UNLIMITED = 1000

#: Arrays of this many elements have unlimited values if an element has two.
_ENOUGH_ELEMENTS = UNLIMITED.bit_length()


def variety(schema: Json) -> int:
    """The number of different values that fit ``schema``, up to ``UNLIMITED``.

    This is an upper bound: keywords that are not considered exclude no value.
    """
    return _Count(schema).of(schema)


def resolved(reference: str, root: Json) -> Json:
    """What a local reference leads to; True, which allows all, where it is broken."""
    try:
        return follow(root, reference)
    except LookupError:
        return True


def _unlimited(_: Schema) -> int:
    return UNLIMITED


class _Count:
    """Counts the values of schemas below one root."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._referred: dict[str, int] = {}
        self._of_type: Mapping[str, Callable[[Schema], int]] = {
            "null": lambda _: 1,
            "boolean": lambda _: 2,
            "integer": self._integers,
            "array": self._arrays,
            "object": self._objects,
        }

    def of(self, schema: Json) -> int:
        if not isinstance(schema, Mapping):
            return UNLIMITED if schema else 0
        return min(self._values(schema), UNLIMITED)

    def _values(self, node: Schema) -> int:
        if "const" in node:
            return 1
        if "enum" in node:
            return len(list(node["enum"]))
        if "$ref" in node:
            return self._reference(node["$ref"])
        for key in ("anyOf", "oneOf"):
            if key in node:
                return sum(map(self.of, node[key]))
        if "allOf" in node:
            return min(map(self.of, node["allOf"]))
        names = type_names(node)
        return (
            sum(self._of_type.get(name, _unlimited)(node) for name in names)
            or UNLIMITED
        )

    def _reference(self, reference: str) -> int:
        """Followed once; a schema that contains itself has many values."""
        if reference not in self._referred:
            self._referred[reference] = UNLIMITED
            self._referred[reference] = self.of(resolved(reference, self._root))
        return self._referred[reference]

    def _integers(self, node: Schema) -> int:
        if "minimum" not in node or "maximum" not in node:
            return UNLIMITED
        span = math.floor(node["maximum"]) - math.ceil(node["minimum"])
        return max(0, int(span) + 1)

    def _objects(self, node: Schema) -> int:
        if not node.get("properties"):
            return UNLIMITED
        required = node.get("required", ())
        return math.prod(
            self.of(child) + (name not in required)
            for name, child in node["properties"].items()
        )

    def _arrays(self, node: Schema) -> int:
        if "maxItems" not in node:
            return UNLIMITED
        element = self.of(node.get("items", True))
        low, high = int(node.get("minItems", 0)), int(node["maxItems"])
        if element < 2:
            return 1 + (high - low) * element
        shortest = min(low, _ENOUGH_ELEMENTS)
        longest = min(high, _ENOUGH_ELEMENTS)
        return sum(int(element**n) for n in range(shortest, longest + 1))
