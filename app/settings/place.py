"""Where a setting was given, and the one-line error about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..errors import SettingsError

_MAX_SHOWN_LENGTH = 80


def one_line(text: str) -> str:
    """``text`` with unprintable characters escaped, so that it fits on one line."""
    return "".join(
        (
            char
            if char.isprintable()
            else char.encode("unicode_escape", "surrogatepass").decode("ascii")
        )
        for char in text
    )


def shown(value: object) -> str:
    """A value as an error shows it: short, without a mapping's or list's content."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN_LENGTH else text[:_MAX_SHOWN_LENGTH] + "..."


@dataclass(frozen=True, slots=True)
class Place:
    """One key in one source.

    ``source`` is a file's path or ``environment variable NAME``; ``path`` is
    the key's full path, such as ``MockLlmApi.LlmBackends[0].Weight``, and
    ``pointer`` the same as a JSON pointer (RFC 6901) inside what was read.
    """

    source: str
    path: str
    pointer: str = ""

    def key(self, key: str) -> Place:
        """The place of a key inside this one."""
        path = f"{self.path}.{key}" if self.path else key
        token = key.replace("~", "~0").replace("/", "~1")
        return replace(self, path=path, pointer=f"{self.pointer}/{token}")

    def item(self, index: int) -> Place:
        """The place of a list's item inside this one."""
        return replace(
            self, path=f"{self.path}[{index}]", pointer=f"{self.pointer}/{index}"
        )

    def error(self, problem: str) -> SettingsError:
        """The error that names this place and then ``problem``."""
        line = one_line(f"{self.path} {problem}".lstrip())
        text = one_line(f"{self.source}: {line}")
        return SettingsError(text, problem=line, pointer=self.pointer)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value that was read and accepted, and where it was given."""

    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Branch:
    """The part of a section (by key) or list (by index) that one source gives."""

    place: Place
    children: Mapping[str | int, Tree]


Tree: TypeAlias = "Leaf | Branch"


def overlaid(under: Tree, over: Tree) -> Tree:
    """Both trees in one; where both give a value, ``over`` wins."""
    if isinstance(under, Leaf) or isinstance(over, Leaf):
        return over
    children = dict(under.children)
    for name, child in over.children.items():
        children[name] = overlaid(children[name], child) if name in children else child
    return Branch(under.place, children)
