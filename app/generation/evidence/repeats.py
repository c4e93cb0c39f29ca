"""Texts that repeat identifiers, which are new where those are."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping

from ...words import Json
from ..fields.survey import joined
from .leaves import Leaf, Spot, words

#: A number this long may follow a word at once.
_LEAST_PART = 4
#: As many kinds of things have no id in common.
_MANY = 4
#: Base64 (RFC 4648) of a text that is long enough to have an identifier in it.
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4}){3,64}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)


def followers(
    leaves: Mapping[Spot, Leaf], ids: frozenset[Spot]
) -> Iterator[tuple[Spot, tuple[str | Spot, ...]]]:
    """The texts that repeat new identifiers."""
    sources = [(spot, str(leaves[spot].value)) for spot in ids]
    sources = [(spot, text) for spot, text in sources if len(text) >= 3]
    sources.sort(key=lambda source: (-len(source[1]), source[0]))
    anything = _said_of_all(leaves)
    for spot, leaf in leaves.items():
        if spot in ids or isinstance(leaf.value, bool):
            continue
        if not isinstance(leaf.value, (str, int)) or leaf.value in anything:
            continue
        parts: list[str | Spot] = [str(leaf.value)]
        short = next((s for s in ids if _ends_in(leaf, leaves[s])), None)
        if short is not None:
            yield spot, (str(leaf.value)[: -len(str(leaves[short].value))], short)
            continue
        for source, text in sources:
            parts = [piece for part in parts for piece in _cut(part, text, source)]
        if parts == [str(leaf.value)]:
            inside = _decoded(str(leaf.value))
            parts = [inside] if inside else parts
            for source, text in sources:
                parts = [piece for part in parts for piece in _cut(part, text, source)]
        if len(parts) > 1 or not isinstance(parts[0], str):
            yield spot, tuple(parts)


def _said_of_all(leaves: Mapping[Spot, Leaf]) -> frozenset[Json]:
    """What is said of so many kinds of things that it is no id of any of them."""
    nouns: dict[Json, set[tuple[str, ...]]] = {}
    for leaf in leaves.values():
        if leaf.last == "id":
            nouns.setdefault(leaf.value, set()).add(words(leaf.name)[:-1])
    return frozenset(value for value, said in nouns.items() if len(said) >= _MANY)


def _ends_in(leaf: Leaf, own: Leaf) -> bool:
    """Whether an address ends in the id, which may be a short one, of its object."""
    text, tail = str(leaf.value), f"/{own.value}"
    return leaf.spot[:-1] == own.spot[:-1] and "/" in text[:-2] and text.endswith(tail)


def _cut(part: str | Spot, text: str, source: Spot) -> list[str | Spot]:
    if not isinstance(part, str) or text not in part:
        return [part]
    # A long number may follow a word at once: ``nc75023956``.
    is_long = len(text) > _LEAST_PART and text[0].isdecimal()
    edge = r"\d" if is_long else r"[^\W_]"
    pieces = re.split(rf"(?<!{edge}){re.escape(text)}(?![^\W_])", part)
    return joined(pieces, source)


def _decoded(text: str) -> str:
    """The plain text that a text is the Base64 of; empty where it is of none."""
    if not _BASE64.fullmatch(text):
        return ""
    plain = b64decode(text)
    return plain.decode() if plain.isascii() and plain.decode().isprintable() else ""
