"""A random part of what a value may be, for a model that repeats itself. Pure.

A small model left to itself has favourites, at any temperature. It cannot have
them when the schema that constrains its answer leaves them out: a text begins
with one of a few letters then, a number lies in a tenth of its range, and an
enumeration has half of its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TypeAlias

from ...words import Json

Schema: TypeAlias = Mapping[str, Json]

#: Classes of characters in patterns, as ``looks`` writes them, with
#: how often they come.
_CLASS = re.compile(r"\[(a-z|A-Z|0-9|0-9a-f)\]\{(\d+)(?:,(\d+))?\}")
_CHARACTERS: Mapping[str, str] = {
    "a-z": ascii_lowercase,
    "A-Z": ascii_uppercase,
    "0-9": digits,
    "0-9a-f": digits + "abcdef",
}

#: What follows the first letter of a text of any form.
_FREE = "[A-Za-z0-9 ,.'-]"

#: How many neighbouring letters a text may begin with.
_LETTERS = 3

#: The share of a number's range, and the least range that is cut.
_TENTH = 10

#: Smaller enumerations are left whole.
_MIN_CHOICE = 4

#: A value with one of these has more to obey than a part of it would know.
_MORE_TO_OBEY = frozenset(
    "const anyOf oneOf $ref multipleOf exclusiveMinimum exclusiveMaximum".split()
)

#: And with one of these, parts of a value depend on each other.
_DEPENDING = frozenset(
    "allOf not if uniqueItems contains $dynamicRef dependentSchemas".split()
)


def has_regions(schema: Json) -> bool:
    """Whether the parts of ``schema`` can be narrowed each on its own."""
    if isinstance(schema, Mapping):
        inside = all(map(has_regions, schema.values()))
        return inside and not _DEPENDING & schema.keys()
    return not isinstance(schema, list) or all(map(has_regions, schema))


def region(node: Schema, form: Schema, rng: Random) -> Schema:
    """Keywords that narrow ``node`` further, to a part that ``rng`` chooses.

    ``form`` are the keywords that narrow it already. What has few values, or a
    form that only the caller knows, is left as it is.
    """
    if _MORE_TO_OBEY & node.keys():
        return {}
    if "enum" in node:
        return _some(node["enum"], rng)
    if "pattern" in form:
        return {"pattern": _CLASS.sub(lambda run: _begun(run, rng), form["pattern"])}
    if "maxLength" in form:
        low, high = max(int(node.get("minLength", 1)), 1), int(form["maxLength"])
        first = _window(ascii_uppercase, rng)
        return {"pattern": f"^[{first}]{_FREE}{{{low - 1},{high - 1}}}$"}
    return _range({**node, **form}, rng)


def _some(values: list[Json], rng: Random) -> Schema:
    if len(values) < _MIN_CHOICE or len({type(value) for value in values}) > 1:
        return {}
    kept = set(rng.sample(range(len(values)), len(values) // 2))
    return {"enum": [value for place, value in enumerate(values) if place in kept]}


def _begun(run: re.Match[str], rng: Random) -> str:
    """The same run of characters with few for the first."""
    name, low, high = run[1], int(run[2]), int(run[3] or run[2])
    if low == 0:
        return run[0]
    first = _window(_CHARACTERS[name], rng)
    return f"[{first}][{name}]{{{low - 1},{high - 1}}}"


def _window(characters: str, rng: Random) -> str:
    start = rng.randrange(len(characters) - _LETTERS + 1)
    return characters[start : start + _LETTERS]


def _range(node: Schema, rng: Random) -> Schema:
    low, high = node.get("minimum"), node.get("maximum")
    if not isinstance(low, int) or not isinstance(high, int) or high - low < _TENTH:
        return {}
    width = (high - low) // _TENTH
    start = low + rng.randrange(high - low - width + 1)
    return {"minimum": start, "maximum": start + width}
