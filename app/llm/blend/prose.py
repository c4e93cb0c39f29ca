"""Where a simulated value has prose, and how other prose takes its place. Pure.

Prose is what a person has written: a message, a title, a note. Names, codes,
categories and moments are the simulation's, which keeps them consistent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from ...generation.fields.roles import text_role
from ...words import Json

#: The keys and indexes that lead to a value.
Path: TypeAlias = "tuple[str | int, ...]"

#: The makers of texts that a model writes instead.
_PROSE_MAKERS = frozenset({"sentence", "title"})

#: A text with as many spaces is prose, where its name says nothing.
_MIN_SPACES = 3

#: The most texts of one value that are replaced.
_MAX_SLOTS = 200

#: What a text is called that has no name.
_NAMELESS = "text"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a value that holds prose.

    ``record`` is the path to the object that it belongs to, in a list or at the
    root; ``field`` are the names from there to the text, joined by dots.
    """

    path: Path
    record: Path
    field: str
    text: str


def slots_of(value: Json) -> list[Slot]:
    """The prose in ``value``, in its order."""
    return [*islice(_slots((), (), value), _MAX_SLOTS)]


def facts_of(value: Json) -> Iterator[str]:
    """What ``value`` says besides prose, a line for each member."""
    for path, leaf in _leaves((), value):
        if not isinstance(leaf, str) or not _is_prose(_name(path), leaf):
            yield f"{_field(path)}: {leaf}"


def put(value: Json, path: Path, text: str) -> None:
    """Replace what is at ``path``, which is not the root, with ``text``."""
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = text


def _slots(path: Path, record: Path, value: Json) -> Iterator[Slot]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _slots((*path, name), record, child)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _slots((*path, index), (*path, index), child)
    elif isinstance(value, str) and path and _is_prose(_name(path), value):
        yield Slot(path, record, _field(path[len(record) :]), value)


def _leaves(path: Path, value: Json) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, (dict, list)):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for step, child in steps:
            yield from _leaves((*path, step), child)
    else:
        yield path, value


def _name(path: Path) -> str:
    """The innermost name on a path."""
    names = [step for step in path if isinstance(step, str)]
    return names[-1] if names else _NAMELESS


def _field(path: Path) -> str:
    return ".".join(step for step in path if isinstance(step, str)) or _NAMELESS


def _is_prose(name: str, text: str) -> bool:
    role = text_role(name)
    if role is not None:
        return role.make in _PROSE_MAKERS and " " in text
    return text.count(" ") >= _MIN_SPACES
