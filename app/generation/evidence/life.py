"""What goes on in the records of an example, with which their times go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property

from ...words import Json
from ..fields.moments import When
from .leaves import Leaf, Spot, time_of, words
from .outline import Outline
from .renewal import CHANGES

#: So many have a time in common by no chance, unless that is a whole minute (ms).
_SEVERAL, _MINUTE = 3, 60_000


class Life:
    """Tells in which records of one example something changes that is no time."""

    def __init__(self, whole: Outline, role: Callable[[Leaf], object]) -> None:
        """``role`` gives the role of a number that changes by itself, else None."""
        self._whole = whole
        self._role = role
        self._alive: dict[Spot, bool] = {}

    def record_of(self, leaf: Leaf, kind: When) -> Spot:
        """The record with whose life a time of a kind goes on.

        Of the same time in several records it is one in which something changes.
        """
        if kind is not When.SINCE and leaf.value in self._outer_times:
            return ()
        record = self._whole.record(leaf.spot)
        if kind is not When.NOW or self.is_alive(record):
            return record
        return self._living_times.get(leaf.value, record)

    def is_alive(self, record: Spot) -> bool:
        """Whether something changes in a record that is no time."""
        if not record:
            return self._has_life
        if record not in self._alive:
            whole = self._whole
            is_told = record in whole.events
            self._alive[record] = (
                whole.renews
                or whole.has_book
                or is_told
                or any(
                    spot in whole.ids or spot in whole.messages or self._role(leaf)
                    for spot, leaf in whole.leaves.items()
                    if spot[: len(record)] == record
                )
            )
        return self._alive[record]

    @cached_property
    def _has_life(self) -> bool:
        """Whether something changes that is no time."""
        whole = self._whole
        if whole.ids or whole.messages or whole.renews or whole.is_feed:
            return True
        if whole.has_book or self._is_of_one_time:
            return True
        return any(map(self._role, whole.leaves.values()))

    @cached_property
    def _is_of_one_time(self) -> bool:
        """Whether several fields all tell of changes at the same time, to the second.

        That is when the whole was made.
        """
        found = [
            (leaf, at[1])
            for leaf in self._whole.leaves.values()
            if (at := time_of(leaf)) is not None
        ]
        if len(found) < _SEVERAL or len({at for _, at in found}) > 1:
            return False
        is_told = all(not CHANGES.isdisjoint(words(leaf.name)) for leaf, _ in found)
        return is_told and found[0][1] % _MINUTE != 0

    @cached_property
    def _outer_times(self) -> frozenset[Json]:
        """The times that are the whole example's, and of no record inside."""
        whole, alike = self._whole, Counter[tuple[Spot, Json]]()
        found: set[Json] = set()
        for spot, leaf in whole.leaves.items():
            at = time_of(leaf)
            if at is None or at[0] is When.SINCE:
                continue
            route = tuple("*" if isinstance(step, int) else step for step in spot)
            alike[route, leaf.value] += 1
            if not whole.record(spot) or alike[route, leaf.value] > 1:
                found.add(leaf.value)
        return frozenset(found)

    @cached_property
    def _living_times(self) -> dict[Json, Spot]:
        """Times of now in records in which something changes, each with its record."""
        found: dict[Json, Spot] = {}
        for spot, leaf in self._whole.leaves.items():
            at, record = time_of(leaf), self._whole.record(spot)
            if (
                at is not None
                and at[0] is When.NOW
                and record
                and self.is_alive(record)
            ):
                found.setdefault(leaf.value, record)
        return found
