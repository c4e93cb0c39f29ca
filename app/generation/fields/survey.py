"""What an example shows as a whole: its present, and which fields repeat others.

In ``{"login": "ada", "url": "https://example.com/users/ada"}`` the address
repeats the login. Where another login is made, the address has to follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from ...resources.inflection import words
from ...words import Json
from ..values.clocks import number_moment, text_clock, text_moment
from ..values.state import Path
from ..vocabulary import choices_of
from .moments import When, when
from .parts import Part
from .roles import KEPT, number_role, text_role

_Source = TypeVar("_Source")

#: The parts of a text that repeats others: its own, and the paths of the others.
Echo: TypeAlias = "tuple[str | Path, ...]"

#: More fields are not compared with each other.
_MAX_FIELDS = 160
#: What looking at one field costs, and at one that it may repeat, in steps.
_FIELD_STEPS, _SOURCE_STEPS = 30, 5
_MAX_LENGTH = 400
_MAX_DEPTH = 30
_NAMES = frozenset({"first_name", "last_name", "full_name"})
#: Last words of names of identifiers.
_KEYS = (["id"], ["key"], ["uuid"], ["sid"], ["name"])
#: A text that is new in every event repeats others only where they are so much of it.
_MIN_SHARE = 0.25
#: Examples that only say that a text is wanted.
_ANY_TEXT = re.compile(
    r"|string|str|text|any|\.\.\.|…|<(?!none|null|unknown)(?:[\w-]+ ?){0,3}>"
    r"|\{(?!.*\d)[\w -]*\}|lorem ipsum.*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is true for a whole example.

    ``present`` is its time, in milliseconds since 1970. ``echoes`` are the
    texts that repeat others, and ``sources`` the paths of those others;
    ``keys`` are the sources by which records are told apart.
    """

    present: int | None = None
    echoes: Mapping[Path, Echo] = field(default_factory=dict)
    sources: frozenset[Path] = frozenset()
    keys: frozenset[Path] = frozenset()


def survey(schema: Any, spend: Callable[[int], None]) -> Survey:
    """Look at the examples in a schema that was derived from one.

    ``spend`` notes the steps that it takes.
    """
    found = list(islice(_fields(schema, (), 0), _MAX_FIELDS))
    sources = {path: str(value) for path, value in found if _can_be_source(path, value)}
    names = [path for path in sources if path and _is_name(path[-1])]
    echoes = {}
    for path, value in found:
        spend(_FIELD_STEPS + _SOURCE_STEPS * len(sources))
        if isinstance(value, str) and _can_repeat(path, value):
            echo = _echo(path, value, sources, names)
            if echo is not None:
                echoes[path] = echo
    used: set[Path] = set()
    keys: set[Path] = set()
    for path, echo in echoes.items():
        repeated = {part for part in echo if isinstance(part, tuple)}
        used |= repeated
        if words(path[-1])[-1:] in _KEYS:
            keys |= repeated
    return Survey(_present(found), echoes, frozenset(used), frozenset(keys))


def says_nothing(text: str) -> bool:
    """Whether an example stands for any text: ``string``, ``...``, ``<name>``."""
    return _ANY_TEXT.fullmatch(text) is not None


def _fields(schema: Any, path: Path, depth: int) -> Iterator[tuple[Path, Json]]:
    """The scalar members of a schema, each with its first example."""
    if not isinstance(schema, dict) or depth > _MAX_DEPTH:
        return
    for name, part in schema.get("properties", {}).items():
        yield from _fields(part, (*path, name), depth + 1)
    if isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"], (*path, "[]"), depth + 1)
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        if isinstance(examples[0], (str, int, float)):
            yield path, examples[0]


def _present(found: list[tuple[Path, Json]]) -> int | None:
    """The latest of the times of events, or else of when things began."""
    times: dict[When, list[int]] = {When.NOW: [], When.SINCE: []}
    for path, value in found:
        kind = when(_name(path))
        time = None
        if isinstance(value, str):
            kind = kind or When.NOW
            time = text_moment(value)
        elif kind is not None and not isinstance(value, bool):
            time = number_moment(value)
        if time is not None and kind in times:
            times[kind].append(time)
    return max(times[When.NOW] or times[When.SINCE], default=None)


def _name(path: Path) -> str:
    return next((step for step in reversed(path) if step != "[]"), "")


def _can_be_source(path: Path, value: Json) -> bool:
    """Whether a field names something that other fields may repeat."""
    name = _name(path)
    if isinstance(value, (bool, float)):
        return False
    if isinstance(value, int):
        role = number_role(name)
        return value >= 100 and role is not None and role.part is Part.IDENTITY
    if not 3 <= len(value) <= 80 or not any(map(str.isalnum, value)):
        return False
    if says_nothing(value) or text_clock(value) is not None:
        return False
    named = text_role(name)
    if named is None:
        return choices_of(value, name) is None
    return named.make != KEPT and named.part in (Part.IDENTITY, Part.CONTENT)


def _can_repeat(path: Path, value: str) -> bool:
    role = text_role(_name(path))
    if not 3 <= len(value) <= _MAX_LENGTH or text_clock(value) is not None:
        return False
    return role is None or role.part in (Part.IDENTITY, Part.CONTENT)


def _echo(
    path: Path, value: str, sources: Mapping[Path, str], names: Sequence[Path]
) -> Echo | None:
    """``value`` cut where it repeats a source that a record of ``path`` can see.

    ``names`` are the sources that are names of people.
    """
    rank = -_rank(path, names)
    own = list(sources).index(path) if path in sources else len(sources)
    visible = [
        (source, text)
        for order, (source, text) in enumerate(sources.items())
        if source != path
        and _is_visible(source, path)
        and (
            len(text) < len(value)
            or (text == value and (-_rank(source, names), order) < (rank, own))
        )
    ]
    visible.sort(key=lambda item: (-len(item[1]), -_shared(item[0], path)))
    parts: list[str | Path] = [value]
    for source, text in visible:
        parts = [piece for part in parts for piece in _cut(part, text, source)]
    own_length = sum(len(part) for part in parts if isinstance(part, str))
    role = text_role(_name(path))
    share = 1 - own_length / len(value)
    if share == 0 or (
        share < _MIN_SHARE and role is not None and role.part is Part.CONTENT
    ):
        return None
    return tuple(parts)


def _rank(path: Path, names: Sequence[Path]) -> bool:
    """Whether a field is beside a name, with which it has to agree."""
    return any(other[:-1] == path[:-1] and other != path for other in names)


def _is_name(step: str) -> bool:
    role = text_role(step)
    return role is not None and role.make in _NAMES


def _cut(part: str | Path, text: str, source: Path) -> list[str | Path]:
    if isinstance(part, tuple) or text not in part:
        return [part]
    edge = r"\d" if text.isdecimal() and len(text) >= 5 else r"[^\W_]"
    pieces = re.split(f"(?<!{edge}){re.escape(text)}(?!{edge})", part)
    return joined(pieces, source)


def joined(pieces: Sequence[str], source: _Source) -> list[str | _Source]:
    """The pieces that are not empty, with ``source`` between each two of all."""
    found: list[str | _Source] = []
    for number, piece in enumerate(pieces):
        if number:
            found.append(source)
        if piece:
            found.append(piece)
    return found


def _is_visible(source: Path, path: Path) -> bool:
    """Whether ``source`` is in the element that ``path`` is in, or around it."""
    if "[]" not in source:
        return True
    last = len(source) - source[::-1].index("[]")
    return source[:last] == path[:last]


def _shared(one: Path, two: Path) -> int:
    count = 0
    for first, second in zip(one, two):
        if first != second:
            break
        count += 1
    return count
