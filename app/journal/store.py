"""Where the journal's records are kept: the port, and one in memory."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

#: Most that the journal holds, in bytes of its records.
MAX_JOURNAL_BYTES = 16 << 20

_KEY_BYTES = 32


class Record(NamedTuple):
    """One of the two records of a request: the first, or with ``is_end`` the other.

    ``key`` is the same in both, and ``text`` is JSON.
    """

    key: str
    text: bytes
    is_end: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of one request; ``end`` is None while its response goes on."""

    seq: int
    text: bytes
    end: bytes | None


class Standing(NamedTuple):
    """The latest number, how many requests are kept, and a count of changes."""

    seq: int
    total: int
    changes: int


class JournalStore(Protocol):
    """The latest requests, numbered from 1 in the order in which they came.

    Numbers are never given again. Every method raises ``Unavailable`` where the
    place that keeps the records cannot be reached.
    """

    def key(self) -> bytes:
        """The key of digests, the same for all who share the store."""

    def append(self, records: Sequence[Record]) -> None:
        """Keep records, and drop the oldest requests beyond the bounds.

        The end of a request that has been dropped is dropped too.
        """

    def read(self, since: int, most: int | None = None) -> Sequence[Stored]:
        """The requests after number ``since``, in order; at most so many."""

    def standing(self) -> Standing:
        """How the journal stands."""

    def delete(self, numbers: Collection[int] | None) -> int:
        """Forget requests, or with None all of them; how many there were."""


class MemoryJournalStore:
    """Records in this process's memory."""

    def __init__(self, size: int, max_bytes: int = MAX_JOURNAL_BYTES) -> None:
        """Keep at most ``size`` requests and ``max_bytes`` bytes."""
        self._size = size
        self._max_bytes = max_bytes
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._stored: dict[int, Stored] = {}
        self._keys: dict[int, str] = {}
        self._open: dict[str, int] = {}
        self._bytes = 0
        self._seq = 0
        self._changes = 0

    def key(self) -> bytes:
        """See ``JournalStore.key``."""
        return self._key

    def append(self, records: Sequence[Record]) -> None:
        """See ``JournalStore.append``."""
        for record in records:
            self._changes += 1
            if record.is_end:
                self._end(record)
            else:
                self._seq += 1
                self._stored[self._seq] = Stored(self._seq, _fitted(record.text), None)
                self._keys[self._seq] = record.key
                self._open[record.key] = self._seq
                self._bytes += len(record.text)
            while len(self._stored) > self._size or self._bytes > self._max_bytes:
                self._drop(next(iter(self._stored)))

    def _end(self, record: Record) -> None:
        seq = self._open.pop(record.key, None)
        if seq is not None:
            text = self._stored[seq].text
            self._stored[seq] = Stored(seq, text, _fitted(record.text))
            self._bytes += len(record.text)

    def read(self, since: int, most: int | None = None) -> Sequence[Stored]:
        """See ``JournalStore.read``."""
        later = (stored for stored in self._stored.values() if stored.seq > since)
        return [*islice(later, most)]

    def standing(self) -> Standing:
        """See ``JournalStore.standing``."""
        return Standing(self._seq, len(self._stored), self._changes)

    def delete(self, numbers: Collection[int] | None) -> int:
        """See ``JournalStore.delete``."""
        chosen = [*self._stored] if numbers is None else numbers
        found = [seq for seq in chosen if seq in self._stored]
        for seq in found:
            self._drop(seq)
        self._changes += bool(found)
        return len(found)

    def _drop(self, seq: int) -> None:
        stored = self._stored.pop(seq)
        self._open.pop(self._keys.pop(seq), None)
        self._bytes -= len(stored.text) + len(stored.end or b"")


def _fitted(text: bytes) -> bytes:
    """A copy in memory of its own size: what ``orjson`` gives back occupies 8 KB."""
    return bytes(memoryview(text))
