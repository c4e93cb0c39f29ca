"""What belongs to one stream, as the parts of a plan see it.

A plan is shared and never changes. Whatever a stream remembers between two
events is in a ``State``: its random numbers, the time of the event and the
root's cell. A cell is a list with a slot for each field that remembers
something; the slots are given out by a ``Layout`` when the plan is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from app.generation.clocks import within

#: The values that one record remembers.
Cell: TypeAlias = list[Any]

#: Writes a value as JSON text.
Writer: TypeAlias = Callable[["State", Cell], str]

#: Makes what a slot holds at first.
Start: TypeAlias = Callable[["State", "Draft"], Any]


class State:
    """What a stream remembers, and what is true for the event being written.

    ``restless`` is 0 for an ordinary event. When that came out like the one
    before it, the event is written again with 1: whatever may move, moves; and
    then with 2, 3, ... and new entities: lengths may change too, and clocks be
    wrong, by more and more.
    ``items`` are the texts of the elements of the root's array, if it has one.
    """

    __slots__ = ("cell", "items", "now_ms", "random", "restless")

    def __init__(self, random: Callable[[], float]) -> None:
        """``random`` gives numbers in [0, 1)."""
        self.random = random
        self.now_ms = 0
        self.restless = 0
        self.items: list[str] | None = None
        self.cell: Cell = []

    def time(self) -> int:
        """The time for a clock to show, in milliseconds since 1970."""
        if self.restless < 2:
            return self.now_ms
        return within(self.now_ms - int(self.random() * 10**self.restless))


class Draft:
    """A record in the making: what its fields have to agree on.

    ``position`` counts the records of one array from 0. ``cell`` is the cell
    as far as it is filled. ``known`` holds what the first field that needed it
    has drawn: a person, a place.
    """

    __slots__ = ("cell", "known", "position")

    def __init__(self, position: int) -> None:
        """Nothing is known yet."""
        self.position = position
        self.cell: Cell = []
        self.known: dict[str, Any] = {}


class Layout:
    """The slots of one kind of record, in the order in which they start."""

    def __init__(self) -> None:
        """No slots."""
        self._starts: list[Start] = []

    def slot(self, start: Start) -> int:
        """A new slot, and its index in the cell."""
        self._starts.append(start)
        return len(self._starts) - 1

    def __len__(self) -> int:
        """How many slots there are."""
        return len(self._starts)

    def forget(self, count: int) -> None:
        """Take back all but the first ``count`` slots."""
        del self._starts[count:]

    def cell(self, state: State, position: int) -> Cell:
        """A new record's cell."""
        draft = Draft(position)
        cell = draft.cell
        for start in self._starts:
            cell.append(start(state, draft))
        return cell
