"""Cut a generated value at its array (contract, section 4). Pure."""

from __future__ import annotations

import orjson

from ..ports import Elements
from ..words import Json


def split(value: Json) -> Elements:
    """The elements of ``value``: "the root value decides" (contract, section 4).

    An array gives its elements; an object with an array property gives the
    elements of the first such property, under its name; anything else is the
    only element.
    """
    name, items = _array_of(value)
    return Elements(name, [orjson.dumps(item) for item in items])


def _array_of(value: Json) -> tuple[str | None, list[Json]]:
    if isinstance(value, list):
        return None, value
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, list):
                return name, member
    return None, [value]
