"""The latest events of a feed, bounded in number, age and bytes. Pure.

Every subscriber reads from here by the number of the event that it needs next, so a
slow one costs no memory of its own. Times are monotonic seconds.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from ..events.event import Event

#: Forgotten histories beside which a budget keeps no more of them than of others.
_MAX_FORGOTTEN = 16
#: What an event takes beside its payload, in bytes.
_ENTRY_BYTES = 300


class Entry(NamedTuple):
    """One numbered event; ``begins`` tells whether it is the first of a batch."""

    number: int
    event: Event
    at: float
    begins: bool

    @property
    def size(self) -> int:
        """The memory that it takes, in bytes."""
        return _ENTRY_BYTES + len(self.event.data or b"")


class Bounds(NamedTuple):
    """How much of a feed is kept.

    The last ``events``, at most ``seconds`` old, are there for those who come back;
    ``waiting`` is how many are kept at any age for subscribers that lag.
    """

    events: int
    seconds: float
    waiting: int


class History:
    """A feed's latest events.

    ``next`` is the number of the event to come, ``batch_at`` the number at which
    the batch in progress began: ``next``, where none is in progress. ``size`` is in
    bytes.
    """

    __slots__ = ("_bounds", "_budget", "_entries", "batch_at", "next", "size")

    def __init__(self, bounds: Bounds, budget: Budget, first: int = 0) -> None:
        """Nothing yet; ``budget`` is shared by all feeds of a worker."""
        self._bounds = bounds
        self._budget = budget
        self._entries: deque[Entry] = deque()
        self.next = self.batch_at = first
        self.size = 0

    @property
    def first(self) -> int:
        """The number of the oldest event that is kept; ``next`` without any."""
        return self.next - len(self._entries)

    def __getitem__(self, number: int) -> Entry:
        """The event of that number. Raises ``IndexError`` where it is not kept."""
        first = self.first
        if number < first:
            raise IndexError(number)
        return self._entries[number - first]

    def append(self, event: Event, at: float) -> Entry:
        """Number ``event``, keep it, and let go of what is too much."""
        return self._keep(Entry(self.next, event, at, self.next == self.batch_at))

    def insert(self, entry: Entry) -> None:
        """Keep an event that was numbered elsewhere.

        Where events are missing before it, those that are kept go.
        """
        if entry.number != self.next:
            self.restart(entry.number)
        if entry.begins:
            self.batch_at = entry.number
        self._keep(entry)

    def restart(self, number: int) -> None:
        """Let go of everything, and go on with that number."""
        self.clear()
        self.next = self.batch_at = number

    def _keep(self, entry: Entry) -> Entry:
        self._entries.append(entry)
        self.next = entry.number + 1
        if entry.event.whole:
            self.batch_at = self.next
        self.size += entry.size
        self._budget.used += entry.size
        if len(self._entries) == 1:
            self._budget.note(self)
        self.trim(entry.at)
        self._budget.enforce()
        return entry

    def trim(self, now: float) -> None:
        """Let go of what is over the bounds."""
        events, seconds, waiting = self._bounds
        entries = self._entries
        while len(entries) > waiting and (
            len(entries) > events or entries[0].at < now - seconds
        ):
            self.drop()

    def drop(self) -> None:
        """Let go of the oldest event."""
        size = self._entries.popleft().size
        self.size -= size
        self._budget.used -= size

    def clear(self) -> None:
        """Let go of everything."""
        while self._entries:
            self.drop()
        self._budget.forget(self)

    @property
    def oldest_at(self) -> float | None:
        """When the oldest event that is kept was made; None without any."""
        return self._entries[0].at if self._entries else None

    def visible(self, now: float) -> int:
        """The number of the oldest event that those who come back may have."""
        self.trim(now)
        events, seconds, _ = self._bounds
        number = max(self.first, self.next - events)
        while number < self.next and self[number].at < now - seconds:
            number += 1
        return number


#: A moment, a number that no other has, and the history or None.
_Noted: TypeAlias = "list[Any]"


class Budget:
    """The bytes that the histories of one worker may take together.

    Beyond them the oldest events of all go.
    """

    def __init__(self, limit: int) -> None:
        """``limit`` is in bytes."""
        self._limit = limit
        self.used = 0
        # Each history once, by a moment that is not after its oldest event. Those that
        # are forgotten leave None behind, which goes when there is much of it.
        self._oldest: list[_Noted] = []
        self._noted: dict[History, _Noted] = {}
        self._order = count()

    def note(self, history: History) -> None:
        """Include a history that has just got its first event."""
        at = history.oldest_at
        if at is not None:
            noted: _Noted = [at, next(self._order), history]
            self._noted[history] = noted
            heappush(self._oldest, noted)

    def forget(self, history: History) -> None:
        """Leave out a history that has no events."""
        noted = self._noted.pop(history, None)
        if noted is None:
            return
        noted[2] = None
        if len(self._oldest) > 2 * len(self._noted) + _MAX_FORGOTTEN:
            self._oldest = [*self._noted.values()]
            heapify(self._oldest)

    def enforce(self) -> None:
        """Let the oldest events go until the rest fits."""
        while self.used > self._limit and self._oldest:
            noted_at, _, history = heappop(self._oldest)
            if history is None:
                continue
            del self._noted[history]
            at = history.oldest_at
            if at is not None and at <= noted_at:
                history.drop()
            self.note(history)
