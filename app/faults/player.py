"""Which faults of a stream act, event by event. Pure: numbers in, faults out."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .fault import Fault, Group

#: Faults that need no event.
_STOPS = frozenset({"stall", "cut", "bad-chunk"})


class Progress(NamedTuple):
    """How far a stream is: the next event's number, bytes sent and age in seconds."""

    event: int
    bytes: int
    seconds: float


class _Track:
    """One fault, and how often it still acts; None is without a limit."""

    __slots__ = ("_random", "fault", "left")

    def __init__(self, fault: Fault, seed: str) -> None:
        self.fault = fault
        self._random = random.Random(seed)
        self.left = fault.times
        if fault.kind.ends or (
            self.left is None and not fault.kind.lasts and fault.when.chance is None
        ):
            self.left = 1

    def has_come(self, at: Progress) -> bool:
        """Whether its moment is now, or was before; a chance is drawn."""
        when = self.fault.when
        if when.chance is not None:
            return self._random.random() < when.chance
        if when.event is not None:
            return at.event >= when.event
        if when.bytes is not None:
            return at.bytes >= when.bytes
        return when.seconds is None or at.seconds >= when.seconds

    @property
    def stands(self) -> bool:
        """Whether it goes on by itself, on everything that is sent."""
        fault = self.fault
        return fault.kind.lasts and fault.times is None and fault.when.chance is None

    @property
    def waits_for_the_last(self) -> bool:
        """Whether it is about the last event, whichever that is."""
        return self.fault.name == "no-final-blank" and self.fault.when.is_at_once

    @property
    def cuts_within(self) -> bool:
        """Whether it cuts after a number of bytes, in the middle of an event."""
        return self.fault.name == "cut" and self.fault.when.bytes is not None


class Player:
    """The faults of one stream.

    Chances are drawn from ``seed``: the same faults act each time, whatever others
    there are.
    """

    def __init__(self, faults: Iterable[Fault], seed: str) -> None:
        """Play ``faults``; those before the stream are played already."""
        self._seed = seed
        self._tracks: list[_Track] = []
        self.random = random.Random(seed)
        self.add(faults)

    def add(self, faults: Iterable[Fault]) -> None:
        """Play more faults, from the next event on."""
        for fault in faults:
            if fault.kind.group is not Group.BEFORE:
                self._tracks.append(_Track(fault, f"{self._seed}/{fault.text}"))

    def on_event(self, at: Progress, *, is_last: bool) -> Sequence[Fault]:
        """The faults that act on the next event, in the order that was written."""
        acting = [
            track
            for track in self._tracks
            if not track.cuts_within
            and (is_last or not track.waits_for_the_last)
            and track.has_come(at)
        ]
        return self._used(acting)

    def on_step(self, at: Progress) -> Sequence[Fault]:
        """The faults that act on a step that sends no event."""
        acting = [
            track
            for track in self._tracks
            if track.fault.name in _STOPS
            and track.fault.when.chance is None
            and not track.cuts_within
            and track.has_come(at)
        ]
        return self._used(acting)

    def between(self, at: Progress) -> Sequence[Fault]:
        """The faults that act on what is sent between events.

        Those stand by themselves, or fall silent at an age.
        """
        acting = [
            track
            for track in self._tracks
            if (track.stands or _falls_silent(track.fault)) and track.has_come(at)
        ]
        return self._used(acting)

    def cut_before(self, sent: int, length: int) -> tuple[int, Fault] | None:
        """Where a cut falls into the next ``length`` bytes, after ``sent``."""
        for track in self._tracks:
            most = track.fault.when.bytes
            if track.cuts_within and most is not None and sent + length > most:
                return max(most - sent, 0), track.fault
        return None

    def first_cut(self) -> float | None:
        """The age in seconds at which the connection is cut, or None."""
        ages = [
            track.fault.when.seconds
            for track in self._tracks
            if track.fault.name == "cut" and track.fault.when.seconds is not None
        ]
        return min(ages, default=None)

    def _used(self, acting: Sequence[_Track]) -> Sequence[Fault]:
        for track in acting:
            if track.left is not None:
                track.left -= 1
        self._tracks = [track for track in self._tracks if track.left != 0]
        return [track.fault for track in acting]


def _falls_silent(fault: Fault) -> bool:
    return fault.name == "stall" and fault.when.seconds is not None
