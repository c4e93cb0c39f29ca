"""Where in a document a value stands, as far as its making cares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """A value's surroundings.

    ``name`` is the member that holds it (for an element, the array's), ``owner``
    the noun of the record that it belongs to, in the singular, and ``siblings``
    the names of that record's members. ``fresh`` is True where that record is a
    new one in every event, ``many`` where it is an element of an array.
    ``is_cut`` is True where an array's elements are the stream's elements.
    ``depth`` counts the arrays and objects around it, and ``references`` the
    references followed on the way here.
    """

    name: str = ""
    owner: str = ""
    siblings: frozenset[str] = frozenset()
    fresh: bool = False
    many: bool = False
    is_cut: bool = False
    depth: int = 0
    references: Mapping[str, int] = field(default_factory=dict)
