"""What the parts of the compiler hand to each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ...schema.document import Document, Schema
from ..fields.places import Place
from ..fields.survey import Survey
from ..values.census import Census
from ..values.relations import Reader
from ..values.state import Cell, Layout, Writer


@dataclass(frozen=True, slots=True)
class Scope:
    """What all parts of a document have in common."""

    document: Document
    census: Census
    survey: Survey


@dataclass(frozen=True, slots=True)
class Built:
    """A compiled part of a schema.

    ``weight`` is how many values it writes at most, ``steps`` what writing it
    costs, apart from the elements of arrays, which spend for themselves, and
    ``size`` how many characters it has at least. ``constant`` is its text
    where it has only one. ``is_array`` is None where it depends on the event.
    ``array_name`` is the member whose elements it leaves in ``State.items``.

    ``number`` and ``word`` read from its record's cell what it shows: the
    number, or the JSON text of a word of a category. ``centre`` reads what the
    number stays near, None where it does not. ``members`` are readers of
    the numbers of an object, or of an array's elements, for the cells that
    ``cells`` finds. ``values`` are the texts of all its values, where they are few.
    """

    write: Writer
    weight: int = 1
    steps: int = 1
    size: int = 1
    constant: str | None = None
    is_array: bool | None = False
    array_name: str | None = None
    number: Reader | None = None
    centre: Reader | None = None
    word: Callable[[Cell], str] | None = None
    members: Mapping[str, Reader] = field(default_factory=dict)
    cells: Callable[[Cell], Sequence[Cell]] | None = None
    values: Sequence[str] | None = None


#: The text that a member of a place is to have, or None: name, schema, place.
Pinned: TypeAlias = Callable[[str, Callable[[], Schema], Place], "str | None"]

#: Compiles a part of a schema, with its slots in a layout. Raises ``Impossible``.
Compile: TypeAlias = Callable[[Schema, Place, Layout], Built]


def constant(text: str, is_array: bool = False) -> Built:
    """A part that is always ``text``."""
    return Built(
        lambda state, cell: text,
        steps=1 + len(text) // 200,
        size=len(text),
        constant=text,
        is_array=is_array,
    )
