"""What belongs to one stream, as the parts of a plan see it.

A plan is shared and never changes. Whatever a stream remembers between two
events is in a ``State``: its random numbers, the time of the event and the
root's cell. A cell is a list with a slot for each field that remembers
something; the slots are given out by a ``Layout`` when the plan is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from ...resources.things import Asset
from ...schema.budget import Budget
from .clocks import within

#: The values that one record remembers.
Cell: TypeAlias = list[Any]

#: The names from the root to a field, with ``"[]"`` for the elements of an array.
Path: TypeAlias = tuple[str, ...]

#: Writes a value as JSON text.
Writer: TypeAlias = Callable[["State", Cell], str]

#: Makes what a slot holds at first.
Start: TypeAlias = Callable[["State", "Draft"], Any]


#: How restless an event is.
MOVE, CHANGE, RENEW = 1, 2, 3


class State:
    """What a stream remembers, and what is true for the event being written.

    ``restless`` is 0 for an ordinary event. When that came out like the one
    before it, the event is written again: with ``MOVE`` numbers move, with
    ``CHANGE`` words and flags change, and from ``RENEW`` on there are new
    entities, lengths change, and clocks are wrong, by more and more.
    ``items`` are the texts of the elements of the root's array, if it has one.
    ``number`` counts the events from 0, and ``start_ms`` is the time of the first.
    ``said`` has what some fields say in the event, for others that repeat it.
    """

    __slots__ = (
        "budget",
        "cell",
        "items",
        "now_ms",
        "number",
        "random",
        "restless",
        "said",
        "start_ms",
    )

    def __init__(self, random: Callable[[], float], budget: Budget) -> None:
        """``random`` gives numbers in [0, 1); ``budget`` bounds the work."""
        self.random = random
        self.budget = budget
        self.now_ms = 0
        self.restless = 0
        self.number = -1
        self.start_ms = 0
        self.said: dict[tuple[str | int, ...], str] = {}
        self.items: list[str] | None = None
        self.cell: Cell = []

    def time(self) -> int:
        """The time for a clock to show, in milliseconds since 1970."""
        if self.restless < RENEW:
            return self.now_ms
        return within(self.now_ms - int(self.random() * 10**self.restless))


class Person(NamedTuple):
    """The names of one person; ``handle`` is their name in addresses."""

    first: str
    last: str
    handle: str


class Draft:
    """A record in the making: what its fields have to agree on.

    ``position`` counts the records of one array from 0. ``cell`` is the cell
    as far as it is filled. The first field that needs one draws the ``person``, the
    ``asset`` (a symbol and its share) or the ``size`` (from -1 to 1) of the record;
    ``others`` are drafts of further people, by their part in it. ``texts`` are
    fields that others repeat, by path, and ``later`` makes those others when
    everything else is there; both belong to the document or element that the record
    is in. ``outer`` is the draft that this element is part of.
    """

    __slots__ = (
        "asset",
        "cell",
        "later",
        "others",
        "outer",
        "person",
        "position",
        "size",
        "texts",
    )

    def __init__(self, position: int, whole: Draft | None, outer: Draft | None) -> None:
        """``whole`` is the draft of the object that this one is a member of."""
        self.position = position
        self.cell: Cell = []
        self.person: Person | None = None
        self.asset: tuple[str, Asset] | None = None
        self.size: float | None = None
        self.others: dict[str, Draft] | None = None
        self.outer = outer
        if whole is None:
            self.texts: dict[Path, str] = {}
            self.later: list[Callable[[], None]] = []
        else:
            self.texts, self.later = whole.texts, whole.later
            self.outer = whole.outer

    def text(self, path: Path) -> str | None:
        """What a field that is already made says, None for an unknown one."""
        found = self.texts.get(path)
        if found is None and self.outer is not None:
            return self.outer.text(path)
        return found


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

    def cell(self, state: State, position: int, outer: Draft | None = None) -> Cell:
        """The cell of a new document, or of an element of ``outer``."""
        draft = Draft(position, None, outer)
        cell = draft.cell
        for start in self._starts:
            cell.append(start(state, draft))
        for finish in draft.later:
            finish()
        return cell

    def part(self, state: State, whole: Draft) -> Cell:
        """The cell of an object that is a member of ``whole``."""
        draft = Draft(whole.position, whole, None)
        cell = draft.cell
        for start in self._starts:
            cell.append(start(state, draft))
        return cell
