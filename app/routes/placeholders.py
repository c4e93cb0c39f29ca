"""Places in exact data: ``{{now}}``, ``{{path.symbol}}``, ``{{body.a.b}}``.

They stand in the strings of JSON data and are filled after that was parsed, so
that no value can change the data's structure. A string that is one place takes
the value with its type; ``{{{{`` writes two braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from ..words import Json

#: The roots that stand alone, and those with a name behind a dot.
SINGLE_ROOTS = ("now", "uuid", "index")
NAMED_ROOTS = ("path", "query", "body", "header")

_TOKEN = re.compile(r"\{\{\{\{|\{\{\s*([^{}]*?)\s*\}\}")

#: Gives the value of a place, or None where the request has none.
Lookup: TypeAlias = Callable[[tuple[str, ...]], Json]

#: A piece of a text: a literal, or the path of a place.
Piece: TypeAlias = "str | tuple[str, ...]"


class UnknownPlace(ValueError):
    """A place has a root that is not known; the message names those that are."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string with at least one place."""

    pieces: tuple[Piece, ...]

    def fill(self, look: Lookup) -> Json:
        """The string, or the value itself where the string is one place."""
        if len(self.pieces) == 1 and isinstance(self.pieces[0], tuple):
            return look(self.pieces[0])
        return "".join(
            piece if isinstance(piece, str) else _text(look(piece))
            for piece in self.pieces
        )


def compile_data(value: Json) -> Callable[[Lookup], Json] | None:
    """What fills the places of ``value``; None where it has no place.

    Raises ``UnknownPlace``. ``{{{{`` is taken for a literal, and counts as one
    place to fill.
    """
    compiled = _compiled(value)
    if not _has_places(compiled):
        return None
    return lambda look: _filled(compiled, look)


def read_text(text: str) -> Text | str:
    """A string taken apart; the string itself where it has no place."""
    pieces: list[Piece] = []
    literal, end = "", 0
    for found in _TOKEN.finditer(text):
        literal += text[end : found.start()]
        end = found.end()
        if found.group(1) is None:
            literal += "{{"
            continue
        if literal:
            pieces.append(literal)
            literal = ""
        pieces.append(_path(found.group(1)))
    if end == 0:
        return text
    literal += text[end:]
    if literal or not pieces:
        pieces.append(literal)
    return Text(tuple(pieces))


def _path(text: str) -> tuple[str, ...]:
    root, *names = text.split(".")
    if root in SINGLE_ROOTS and not names:
        return (root,)
    if root in NAMED_ROOTS and names and all(names):
        return (root, *names)
    accepted = ", ".join((*SINGLE_ROOTS, *(f"{root}.NAME" for root in NAMED_ROOTS)))
    raise UnknownPlace(
        f"has the place {{{{{text}}}}}; accepted: {accepted},"
        " and {{{{ for two braces"
    )


def _compiled(value: Json) -> Json:
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, list):
        return [_compiled(inner) for inner in value]
    if isinstance(value, Mapping):
        return {name: _compiled(inner) for name, inner in value.items()}
    return value


def _has_places(value: Json) -> bool:
    if isinstance(value, list):
        return any(map(_has_places, value))
    if isinstance(value, dict):
        return any(map(_has_places, value.values()))
    return isinstance(value, Text)


def _filled(value: Json, look: Lookup) -> Json:
    if isinstance(value, Text):
        return value.fill(look)
    if isinstance(value, list):
        return [_filled(inner, look) for inner in value]
    if isinstance(value, dict):
        return {name: _filled(inner, look) for name, inner in value.items()}
    return value


def _text(value: Json) -> str:
    """A value inside a longer string: JSON's words, and nothing for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return orjson.dumps(value).decode()


def follow(value: Json, names: tuple[str, ...]) -> Json:
    """The member at ``names`` inside ``value``; None where there is none."""
    for name in names:
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
