"""A schema in words, for a prompt. Pure.

A small model copies the values that it sees, so an example's values are not
shown: a field is described by its name, type and format, and by what an
example of it looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TypeAlias

import orjson

from ...schema.keywords import type_names
from ...schema.variety import resolved
from ...words import Json
from .looks import look_of

Schema: TypeAlias = Mapping[str, Json]

#: A recursive or very large schema is described up to here.
_MAX_LINES = 200

#: Deeper levels are left to the schema that constrains the answer.
_MAX_DEPTH = 8

#: How many of an enumeration's values are named.
_MAX_VALUES = 20

#: The longest text of the caller's that is quoted, in characters.
_MAX_QUOTE_LENGTH = 200

_FORMATS: Mapping[str, str] = {
    "date-time": "date and time like YYYY-MM-DDThh:mm:ssZ",
    "date": "date like YYYY-MM-DD",
    "time": "time like hh:mm:ssZ",
    "duration": "ISO 8601 duration",
    "uuid": "UUID",
    "email": "email address",
    "uri": "URL",
    "hostname": "host name",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
}


def describe(schema: Json) -> str:
    """``schema`` in words: one line, and one for each member of an object."""
    return "\n".join(islice(_lines("", schema, schema, 0), _MAX_LINES))


def _lines(head: str, schema: Json, root: Json, depth: int) -> Iterator[str]:
    """The line of one value, which begins with ``head``, and those below it."""
    indent = "  " * depth
    node = _target(schema, root)
    words = _words(node)
    for _ in range(_MAX_DEPTH):
        if "array" not in type_names(node) or not node.get("items"):
            break
        node = _target(node["items"], root)
        words = f"{words} of: {_words(node)}"
    members = node.get("properties")
    if not isinstance(members, Mapping) or not members or depth >= _MAX_DEPTH:
        yield f"{indent}{head}{words}"
        return
    yield f"{indent}{head}{words} with"
    required = node.get("required", ())
    for name, child in members.items():
        optional = "" if name in required else " (optional)"
        yield from _lines(f"- {_quoted(name)}{optional}: ", child, root, depth + 1)


def _target(schema: Json, root: Json) -> Schema:
    """``schema``, or what it refers to, as a mapping."""
    node = _mapping(schema)
    reference = node.get("$ref")
    return node if reference is None else _mapping(resolved(reference, root))


def _mapping(schema: Json) -> Schema:
    return schema if isinstance(schema, Mapping) else {}


def _words(node: Schema) -> str:
    """What one value is, without what is inside it."""
    words = _kind(node)
    if isinstance(node.get("description"), str):
        words = f"{words}, {_quoted(node['description'])}"
    return words


def _kind(node: Schema) -> str:
    if "const" in node:
        return f"always {_quoted(node['const'])}"
    if "enum" in node:
        return "one of " + ", ".join(map(_quoted, node["enum"][:_MAX_VALUES]))
    for key in ("anyOf", "oneOf"):
        if isinstance(node.get(key), list):
            return " or ".join(
                dict.fromkeys(_words(_mapping(child)) for child in node[key])
            )
    names = type_names(node)
    kinds = [_KINDS[name](node) for name in names if name in _KINDS]
    return " or ".join(kinds) or "any JSON value"


def _text(node: Schema) -> str:
    if node.get("format") in _FORMATS:
        return _FORMATS[node["format"]]
    if node.get("examples"):
        return look_of(node["examples"]).words
    if isinstance(node.get("pattern"), str):
        return f"text that matches {_quoted(node['pattern'])}"
    limit = node.get("maxLength")
    return "text" if limit is None else f"text, at most {limit} characters"


def _number(node: Schema) -> str:
    return f"number{_decimals(node)}{_range(node)}"


def _integer(node: Schema) -> str:
    return f"whole number{_range(node)}"


def _decimals(node: Schema) -> str:
    """How many decimals an example has."""
    fractions = [repr(each).partition(".")[2] for each in _numbers(node)]
    if not fractions or not all(fraction.isdigit() for fraction in fractions):
        return ""
    most = max(map(len, fractions))
    return f" with {most} decimal{'s' if most > 1 else ''}"


def _range(node: Schema) -> str:
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None or high is not None:
        return f" from {low} up" if high is None else f" up to {high}"
    return ""


def _numbers(node: Schema) -> list[float]:
    return [
        each
        for each in node.get("examples", ())
        if isinstance(each, (int, float)) and not isinstance(each, bool)
    ]


def _array(node: Schema) -> str:
    low, high = node.get("minItems"), node.get("maxItems")
    if low == high:
        return "list" if low is None else f"list of exactly {low}"
    return (
        f"list of {low or 0} to {high}"
        if high is not None
        else f"list of {low} or more"
    )


_KINDS: Mapping[str, Callable[[Schema], str]] = {
    "object": lambda node: "object",
    "array": _array,
    "string": _text,
    "number": _number,
    "integer": _integer,
    "boolean": lambda node: "true or false",
    "null": lambda node: "null",
}


def _quoted(value: Json) -> str:
    """The caller's text as JSON, in one line and not too long."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= _MAX_QUOTE_LENGTH else text[:_MAX_QUOTE_LENGTH] + '..."'
