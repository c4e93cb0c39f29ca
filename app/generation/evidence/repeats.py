"""Texts that repeat identifiers, which are new where those are."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ...words import Json
from ..fields.survey import joined
from ..values.identifiers import RANDOM_ID, is_token
from .leaves import Leaf, Spot, words

#: A number this long may follow a word at once.
_LEAST_PART = 4
#: As many kinds of things have no id in common.
_MANY = 4
#: Base64 (RFC 4648) of a text that is long enough to have an identifier in it.
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/]{4}){3,64}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)
#: What stands behind the kind of an id may be repeated alone where it is as long.
_LEAST_BODY = 14
#: How many characters the short forms of hashes have.
_SHORT_FORMS = range(7, 13)
#: Directories are named by as many last digits of what they have.
_SHARD = 2


class Piece(NamedTuple):
    """The part of a new identifier that is repeated: from ``start`` to ``end``."""

    spot: Spot
    start: int | None = None
    end: int | None = None

    def of(self, text: str) -> str:
        """The part of an identifier that is this ``text``."""
        return text[self.start : self.end]


def followers(
    leaves: Mapping[Spot, Leaf], ids: frozenset[Spot]
) -> Iterator[tuple[Spot, tuple[str | Piece, ...]]]:
    """The texts that repeat new identifiers."""
    own = [(Piece(spot), str(leaves[spot].value)) for spot in ids]
    sources = [(piece, text) for piece, text in own if len(text) >= 3]
    sources += [each for piece, text in own for each in _bodies(piece, text)]
    sources.sort(key=lambda source: (-len(source[1]), source[0].spot))
    short_forms = dict(_short_forms(own))
    anything = _said_of_all(leaves)
    for spot, leaf in leaves.items():
        if spot in ids or isinstance(leaf.value, bool):
            continue
        if not isinstance(leaf.value, (str, int)) or leaf.value in anything:
            continue
        parts: list[str | Piece] = [str(leaf.value)]
        short = next((s for s in ids if _ends_in(leaf, leaves[s])), None)
        if short is not None:
            head = str(leaf.value)[: -len(str(leaves[short].value))]
            yield spot, (head, Piece(short))
            continue
        if leaf.value in short_forms:
            yield spot, (short_forms[str(leaf.value)],)
            continue
        for source, text in sources:
            parts = [piece for part in parts for piece in _cut(part, text, source)]
        if parts == [str(leaf.value)]:
            inside = _decoded(str(leaf.value))
            parts = [inside] if inside else parts
            for source, text in sources:
                parts = [piece for part in parts for piece in _cut(part, text, source)]
        if len(parts) > 1 or not isinstance(parts[0], str):
            yield spot, tuple(_sharded(parts, leaves))


def body_of(text: str) -> str:
    """What stands behind the kind of a random id: ``dpl_``; empty where none does."""
    kind, _, body = text.rpartition("_")
    is_long = kind.isalpha() and len(body) >= _LEAST_BODY
    return body if is_long and is_token(body) else ""


def _bodies(piece: Piece, text: str) -> Iterator[tuple[Piece, str]]:
    body = body_of(text)
    if body:
        yield Piece(piece.spot, -len(body)), body


def _short_forms(own: list[tuple[Piece, str]]) -> Iterator[tuple[str, Piece]]:
    """The first characters by which random numbers are known, and of which they are."""
    for piece, text in own:
        if RANDOM_ID.fullmatch(text):
            for size in _SHORT_FORMS:
                yield text[:size], Piece(piece.spot, None, size)


def _sharded(
    parts: list[str | Piece], leaves: Mapping[Spot, Leaf]
) -> Iterator[str | Piece]:
    """The parts of a path, with the last digits of a number as a directory's name."""
    for part, behind in zip(parts, [*parts[1:], ""]):
        if isinstance(part, str) and isinstance(behind, Piece):
            shard = str(leaves[behind.spot].value)[-_SHARD:]
            if shard.isdecimal() and part.endswith(f"/{shard}/"):
                yield from (part[: -len(shard) - 1], Piece(behind.spot, -_SHARD), "/")
                continue
        yield part


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


def _cut(part: str | Piece, text: str, source: Piece) -> list[str | Piece]:
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
