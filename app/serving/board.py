"""Counts that the workers of one server show each other, in shared memory.

The master makes the board before it forks. Each worker writes its counts into a
slot of its own, and whichever worker is asked adds up all slots. When a worker is
gone, however it went, the master adds its counters to those of earlier workers.

A slot has two halves: a writer fills the one that is not shown and then shows it,
so that a worker that is killed while it writes leaves the counts before. Memory
without a file needs no directory and outlives no server.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple
from zlib import crc32

import orjson

#: Numbers by name: that of a metric, and its labels' values after tabs.
Numbers = dict[str, list[float]]

#: Size of one half of a slot, in bytes; memory is taken when it is first written.
_HALF = 128 * 1024
_SLOT = 2 * _HALF
#: Where the slots begin, in bytes; before them is the number of moves.
_SLOTS_BEGIN = mmap.PAGESIZE
#: The slot of all workers that are gone.
_GONE = 0
#: How often a reader tries again while the master moves counts.
_MAX_TRIES = 20

_SHOWN = struct.Struct("=B")
_HEAD = struct.Struct("=II")
_MOVES = struct.Struct("=Q")


class Snapshot(NamedTuple):
    """A worker's counts: ``gauges`` end with it, ``counters`` outlive it."""

    gauges: Numbers
    counters: Numbers


EMPTY = Snapshot({}, {})


def added_up(numbers: Iterable[Numbers]) -> Numbers:
    """Return the sums by name."""
    sums: Numbers = {}
    for each in numbers:
        for name, values in each.items():
            known = sums.get(name, [])
            sums[name] = [a + b for a, b in zip_longest(known, values, fillvalue=0)]
    return sums


class Board:
    """The counts of all workers of one server."""

    def __init__(self, slots: int) -> None:
        """Make room for ``slots`` workers. Raises ``OSError`` if memory is short."""
        self._memory = mmap.mmap(-1, _SLOTS_BEGIN + (slots + 1) * _SLOT)
        self._count = slots + 1
        self._free = list(range(slots, _GONE, -1))

    def take(self) -> Slot | None:
        """Return a free slot, or None. Only the master calls this."""
        return Slot(self, self._free.pop()) if self._free else None

    def retire(self, slot: Slot) -> None:
        """Keep the counters of a worker that is gone. Only the master calls this."""
        self._moved()
        gone, last = self._read(_GONE), self._read(slot.number)
        counters = added_up((gone.counters, last.counters))
        self.write(_GONE, Snapshot({}, counters))
        self.write(slot.number, EMPTY)
        self._moved()
        self._free.append(slot.number)

    def total(self) -> Snapshot:
        """Return the sum of all slots."""
        for _ in range(_MAX_TRIES):
            moves = self._moves()
            found = [self._read(number) for number in range(self._count)]
            if moves % 2 == 0 and moves == self._moves():
                break
            time.sleep(0.001)
        return Snapshot(
            added_up(each.gauges for each in found),
            added_up(each.counters for each in found),
        )

    def write(self, number: int, snapshot: Snapshot) -> None:
        """Show ``snapshot`` in a slot. Raises ``ValueError`` if it is too long."""
        text = orjson.dumps([*snapshot])
        if _HEAD.size + 1 + len(text) > _HALF:
            raise ValueError(f"{len(text)} bytes of counts are too many to share")
        begin = self._begin(number)
        (shown,) = _SHOWN.unpack_from(self._memory, begin)
        half = 1 - shown
        at = begin + half * _HALF + 1
        self._memory[at + _HEAD.size : at + _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._memory, at, len(text), crc32(text))
        _SHOWN.pack_into(self._memory, begin, half)

    def _read(self, number: int) -> Snapshot:
        begin = self._begin(number)
        for _ in range(_MAX_TRIES):
            (shown,) = _SHOWN.unpack_from(self._memory, begin)
            at = begin + shown * _HALF + 1
            length, checksum = _HEAD.unpack_from(self._memory, at)
            if not length:
                break
            text = self._memory[at + _HEAD.size : at + _HEAD.size + length]
            if crc32(text) == checksum:
                return Snapshot(*orjson.loads(text))
        return EMPTY

    def _begin(self, number: int) -> int:
        return _SLOTS_BEGIN + number * _SLOT

    def _moves(self) -> int:
        """Return how often a move began or ended; the number is odd during a move."""
        (moves,) = _MOVES.unpack_from(self._memory)
        return int(moves)

    def _moved(self) -> None:
        _MOVES.pack_into(self._memory, 0, self._moves() + 1)


class Slot:
    """One worker's place on the board."""

    def __init__(self, board: Board, number: int) -> None:
        """Slot ``number`` of ``board``."""
        self._board = board
        self.number = number

    def show(self, snapshot: Snapshot) -> None:
        """Let the other workers see ``snapshot``. Raises as ``Board.write``."""
        self._board.write(self.number, snapshot)

    def total(self) -> Snapshot:
        """Return the sum of what all workers show."""
        return self._board.total()
