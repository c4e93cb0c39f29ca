"""Where in a document a value stands, as far as its making cares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...resources.inflection import singular, words
from ...words import Json
from ..values.state import Cell, Path

if TYPE_CHECKING:
    from ..values.markets import Market
    from ..values.relations import Relation

#: Last words of names of identifiers.
_IDS = frozenset(
    "id uuid uid guid key number no nr sid ref reference code serial name".split()
)
#: First words of names of references to others of a kind.
_OTHERS = frozenset({"master", "original", "parent", "previous", "related"})


@dataclass(frozen=True, slots=True)
class Place:
    """A value's surroundings.

    ``path`` leads from the root to it, and ``name`` is the member that holds it
    (for an element, the array's). ``owner`` is the noun of the object that it
    belongs to, and ``siblings`` are that object's members with an example of
    each, or None. ``subject`` is what the whole document is about.

    ``fresh`` is True where that record is a new one in every event, ``many``
    where it is an element of an array, ``is_entity`` where it is one of several
    things that last. ``is_cut`` is True where an array's elements are the
    stream's elements. ``depth`` counts the arrays and objects around it, and
    ``references`` the references followed on the way here.

    ``relation`` is what makes a number agree with others of its record,
    ``trouble`` tells of the record whether it is about something that is wrong,
    and ``market`` has the assets of a record that names one. ``is_shown`` is
    True in the elements of an example, and ``is_further`` in those that descend from
    one of them.
    """

    path: Path = ()
    name: str = ""
    owner: str = ""
    subject: str = ""
    siblings: Mapping[str, Json] = field(default_factory=dict)
    fresh: bool = False
    many: bool = False
    is_entity: bool = False
    is_cut: bool = False
    depth: int = 0
    references: Mapping[str, int] = field(default_factory=dict)
    relation: Relation | None = None
    trouble: Callable[[Cell], bool] | None = None
    market: Market | None = None
    is_further: bool = False
    is_shown: bool = False

    @property
    def is_record(self) -> bool:
        """Whether it is the whole document, or an element of an array."""
        return not self.path or self.path[-1] == "[]"

    @property
    def is_inside(self) -> bool:
        """Whether it belongs to an object that is a member of another."""
        return len(self.path) > 1 and self.path[-2] != "[]"

    @property
    def is_own_id(self) -> bool:
        """Whether it tells its record from others, and not what that belongs to."""
        if self.is_inside:
            return False
        *of, last = words(self.name) or [""]
        if last not in _IDS:
            return False
        nouns = [singular(word) for word in words(self.owner)]
        if not of or of == nouns[-len(of) :] or of == ["order"]:
            return True
        return bool(nouns) and of[-len(nouns) :] == nouns and of[0] not in _OTHERS
