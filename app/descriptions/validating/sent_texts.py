"""The values that a text of a request may mean, by the types of its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...words import Json
from ..digest import Digest
from ..operations import Parameter

_INTEGER = re.compile(r"-?\d{1,100}")
_NUMBER = re.compile(r"-?\d{1,100}(\.\d{1,100})?([eE][-+]?\d{1,4})?")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
#: How far references and parts of a schema are followed.
_MAX_DEPTH = 8

_TYPES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def parts_of(
    schema: Json, digest: Digest, depth: int = 0
) -> Iterator[Mapping[str, Json]]:
    """A schema, and those that it refers to or consists of."""
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield from parts_of(digest.part(reference), digest, depth + 1)
    for keyword in ("allOf", "oneOf", "anyOf"):
        listed = schema.get(keyword)
        for part in listed if isinstance(listed, list) else ():
            yield from parts_of(part, digest, depth + 1)


def types_of(schema: Json, digest: Digest) -> frozenset[str]:
    """The types that a schema allows, as far as it says."""
    return frozenset(name for part in parts_of(schema, digest) for name in _types(part))


def _types(part: Mapping[str, Json]) -> Iterator[str]:
    given = part.get("type")
    if isinstance(given, str):
        yield given
    elif isinstance(given, list):
        yield from given
    else:
        listed = part.get("enum")
        values = listed if isinstance(listed, list) else []
        if "const" in part:
            values = [part["const"]]
        yield from (_TYPES[type(value)] for value in values)
    if part.get("nullable") is True:
        yield "null"


def candidates(
    texts: Sequence[str], types: frozenset[str], parameter: Parameter
) -> Iterator[Json]:
    """The values that a parameter's text may mean, by the types of its schema."""
    scalars = types - {"array", "object"}
    if "array" in types:
        yield [
            next(values_of(item, frozenset({"integer", "number", "boolean"}) | scalars))
            for item in _items(texts, parameter)
        ]
        yield [*_items(texts, parameter)]
    if "object" in types:
        yield _members(texts[0], parameter)
    if scalars or not types:
        yield from values_of(texts[0], scalars)


def _items(texts: Sequence[str], parameter: Parameter) -> list[str]:
    if parameter.explode and parameter.where in ("query", "cookie"):
        return [*texts]
    text = texts[0]
    separator = _SEPARATORS.get(parameter.style, ",")
    return [item.strip() for item in text.split(separator)] if text else []


def values_of(text: str, types: frozenset[str]) -> Iterator[Json]:
    """The values of a text: as the most special type first, and as text last."""
    is_any = not types
    if ("integer" in types or is_any) and _INTEGER.fullmatch(text):
        yield int(text)
    if ("number" in types or is_any) and _NUMBER.fullmatch(text):
        yield float(text)
    if ("boolean" in types or is_any) and text in ("true", "false"):
        yield text == "true"
    if "null" in types and text in ("", "null"):
        yield None
    yield text


def _members(text: str, parameter: Parameter) -> dict[str, Json]:
    """An object as a parameter has it: ``a,1,b,2``, or exploded ``a=1,b=2``."""
    parts = text.split(_SEPARATORS.get(parameter.style, ","))
    if parameter.explode:
        pairs = [part.partition("=")[::2] for part in parts]
    else:
        pairs = [*zip(parts[::2], parts[1::2], strict=False)]
    return {name: next(values_of(value, frozenset())) for name, value in pairs}


def deep(name: str, query: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """The object that ``name[member]=value`` in a query stands for."""
    found: dict[str, Json] = {}
    for key, texts in query.items():
        if key.startswith(f"{name}[") and key.endswith("]") and "][" not in key:
            values = [next(values_of(text, frozenset())) for text in texts]
            found[key[len(name) + 1 : -1]] = values[0] if len(values) == 1 else values
    return found
