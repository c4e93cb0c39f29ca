"""A store of values by name, for a limited time: the port, and one in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from .ports import Clock

T = TypeVar("T")

#: From the value that is kept, None without one, to the one that replaces it;
#: None leaves everything as it is. Pure: it may be called more than once.
Change = Callable[["T | None"], "T | None"]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the stored values with their names, and the number of all."""

    entries: list[tuple[str, T]]
    total: int


class Documents(Protocol[T]):
    """Values by name. One that is not used for a while is gone.

    A name is any text. There is a limit to how many values are kept; the least
    recently used go first. Every method raises ``Unavailable`` where the values
    are kept elsewhere and that place cannot be reached.
    """

    #: True when a call may wait for the network.
    remote: bool

    def read(self, name: str, *, touch: bool = True) -> T | None:
        """Return the value, or None. This counts as a use unless ``touch`` is False."""

    def update(self, name: str, change: Change[T]) -> T | None:
        """Replace a value by what ``change`` makes of it; what is kept then.

        Atomic: of two updates at the same time, one sees the other's result.
        """

    def delete(self, name: str) -> bool:
        """Delete a value; return whether it existed."""

    def clear(self) -> int:
        """Delete all values; return their number."""

    def page(self, offset: int, limit: int) -> Page[T]:
        """Return ``limit`` values from number ``offset`` on, the last used first."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    value: T
    size: int
    expires: float


class MemoryDocuments(Generic[T]):
    """Values in this process's memory."""

    remote = False

    def __init__(
        self,
        clock: Clock,
        *,
        lifetime: float,
        max_values: int,
        max_bytes: int,
        size: Callable[[T], int],
    ) -> None:
        """Keep values for ``lifetime`` seconds after their last use.

        At most ``max_values`` values and ``max_bytes`` bytes, as ``size`` tells them.
        """
        self._clock = clock
        self._lifetime = lifetime
        self._max_values = max_values
        self._max_bytes = max_bytes
        self._size = size
        self._bytes = 0
        # Each use moves a value to the end, so the first expires first.
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, name: str, *, touch: bool = True) -> T | None:
        """See ``Documents.read``."""
        with self._lock:
            now = self._expire()
            kept = self._kept.get(name)
            if kept is None:
                return None
            if touch:
                self._kept[name] = replace(kept, expires=now + self._lifetime)
                self._kept.move_to_end(name)
            return kept.value

    def update(self, name: str, change: Change[T]) -> T | None:
        """See ``Documents.update``."""
        with self._lock:
            now = self._expire()
            kept = self._kept.get(name)
            old = None if kept is None else kept.value
            value = change(old)
            if value is None:
                return old
            self._drop(name)
            self._kept[name] = _Kept(value, self._size(value), now + self._lifetime)
            self._bytes += self._kept[name].size
            while len(self._kept) > self._max_values or self._bytes > self._max_bytes:
                self._drop(next(iter(self._kept)))
            return value

    def delete(self, name: str) -> bool:
        """See ``Documents.delete``."""
        with self._lock:
            self._expire()
            return self._drop(name)

    def clear(self) -> int:
        """See ``Documents.clear``."""
        with self._lock:
            self._expire()
            count = len(self._kept)
            self._kept.clear()
            self._bytes = 0
            return count

    def page(self, offset: int, limit: int) -> Page[T]:
        """See ``Documents.page``."""
        with self._lock:
            self._expire()
            newest_first = [*reversed(self._kept)][offset : offset + limit]
            entries = [(name, self._kept[name].value) for name in newest_first]
            return Page(entries, len(self._kept))

    def _expire(self) -> float:
        """Delete expired values; return the time, in monotonic seconds."""
        now = self._clock.monotonic()
        while self._kept:
            first = next(iter(self._kept))
            if self._kept[first].expires > now:
                break
            self._drop(first)
        return now

    def _drop(self, name: str) -> bool:
        kept = self._kept.pop(name, None)
        if kept is not None:
            self._bytes -= kept.size
        return kept is not None
