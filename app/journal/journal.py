"""The journal of this worker: it writes in batches and reads what all have written.

A request costs two records, which wait in a list. A greenlet masks them and hands
them to the store, many at a time; whoever reads has them written first. While the
store is away records wait, up to a bound; what comes then is dropped and counted.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import gevent
import orjson
from gevent.event import Event as Signal
from gevent.lock import BoundedSemaphore

from ..errors import NotFound, Unavailable
from ..request.selection import Selection
from .entry import Asked, Ended, Entry, asked_from, ended_from
from .marks import Mark, mark_from, mark_to_json
from .masking import Mask
from .store import JournalStore, Record, Standing, Stored

#: Most records that wait to be written.
MAX_WAITING = 1_000
#: Records that are written at once before others have their turn.
_BATCH = 20
#: How long records gather before they are written, in seconds.
_GATHER_S = 0.05
#: Between two tries to reach a store that is away, in seconds.
_PAUSE_S = 1.0
#: Entries that are read before others have their turn.
_AT_A_TIME = 32

#: What waits to be written.
_Waiting: TypeAlias = "Asked | Ended"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the journal holds: requests and marks, each in order."""

    entries: list[Entry]
    marks: list[Mark]


class Journal:
    """Writes and reads the journal."""

    def __init__(
        self,
        store: JournalStore,
        *,
        size: int,
        on_drop: Callable[[], None],
        has_secret_id: Callable[[str], bool] = lambda path: False,
    ) -> None:
        """Write to ``store``, which others may share.

        ``size`` is its bound in requests; 0 turns the journal off. ``on_drop`` is
        called for each record that is not written. ``has_secret_id`` is that of
        ``Mask``.
        """
        self._store = store
        self._size = size
        self._on_drop = on_drop
        self._has_secret_id = has_secret_id
        self._waiting: deque[tuple[str, _Waiting]] = deque()
        self._signal = Signal()
        # An end must not overtake its beginning.
        self._one_writes = BoundedSemaphore()
        self._writer: gevent.Greenlet[..., None] | None = None
        self._mask: Mask | None = None

    @property
    def is_on(self) -> bool:
        """Whether requests are to be recorded."""
        return self._size > 0

    def start(self) -> None:
        """Write in the background, in the process that serves."""
        if self.is_on:
            self._writer = gevent.spawn(self._write_for_ever)

    def close(self) -> None:
        """Write what waits; it is lost where the store is away."""
        if self._writer is not None:
            self._writer.kill()
        self._try_to_flush()

    # -- writing ----------------------------------------------------------------

    def begin(self, asked: Asked) -> str:
        """Record a request; gives the key under which its end is recorded."""
        key = secrets.token_hex(8)
        self._record(key, asked)
        return key

    def end(self, key: str, ended: Ended) -> None:
        """Record the end of a response."""
        self._record(key, ended)

    def _record(self, key: str, record: _Waiting) -> None:
        if len(self._waiting) >= MAX_WAITING:
            # A request never waits for the store, where there is a writer.
            if self._writer is not None or not self._try_to_flush():
                self._on_drop()
                return
        self._waiting.append((key, record))
        self._signal.set()

    def _write_for_ever(self) -> None:
        while True:
            self._signal.wait()
            gevent.sleep(_GATHER_S)
            self._signal.clear()
            if not self._try_to_flush():
                gevent.sleep(_PAUSE_S)
                self._signal.set()

    def _try_to_flush(self) -> bool:
        try:
            self.flush()
        except Unavailable:  # the link to the store has said so
            return False
        return True

    def flush(self) -> None:
        """Write all records that wait. Raises ``Unavailable``; they go on waiting."""
        with self._one_writes:
            while self._waiting:
                self._write([*islice(self._waiting, _BATCH)])
                gevent.sleep(0)

    def _write(self, batch: Sequence[tuple[str, _Waiting]]) -> None:
        if self._mask is None:
            self._mask = Mask(self._store.key(), self._has_secret_id)
        mask = self._mask
        self._store.append([self._written(key, each, mask) for key, each in batch])
        for _ in batch:
            self._waiting.popleft()

    @staticmethod
    def _written(key: str, record: _Waiting, mask: Mask) -> Record:
        if isinstance(record, Ended):
            return Record(key, orjson.dumps(record.to_json()), is_end=True)
        text = orjson.dumps(mask.asked(record).to_json())
        return Record(key, text, is_end=False)

    # -- reading ----------------------------------------------------------------

    def standing(self) -> Standing:
        """How the journal stands. Raises ``Unavailable``, as all reading does."""
        self.flush()
        return self._store.standing()

    def contents(self, since: int = 0) -> Contents:
        """What came after number ``since``."""
        self.flush()
        contents = Contents([], [])
        for number, stored in enumerate(self._store.read(since)):
            if number and not number % _AT_A_TIME:
                gevent.sleep(0)  # let others have their turn
            found = read_stored(stored)
            if isinstance(found, Mark):
                contents.marks.append(found)
            else:
                contents.entries.append(found)
        return contents

    def get(self, seq: int) -> Entry:
        """One entry. Raises ``NotFound``."""
        self.flush()
        for stored in self._store.read(seq - 1, most=1):
            found = read_stored(stored)
            if found.seq == seq and isinstance(found, Entry):
                return found
        raise NotFound(f"The journal has no entry {seq}.")

    # -- changing ---------------------------------------------------------------

    def delete(self, selection: Selection, client: str = "") -> int:
        """Forget the requests that are chosen; how many there were.

        An empty ``client`` is any address. Marks of that selection go with them.
        """
        if selection.is_everything and not client:
            self.flush()
            return self._store.delete(None)
        contents = self.contents()
        chosen = [e.seq for e in contents.entries if is_chosen(e, selection, client)]
        marks = [mark.seq for mark in contents.marks if mark.selection == selection]
        self._store.delete(marks)
        return self._store.delete(chosen)

    def mark(self, selection: Selection, at_ms: int) -> None:
        """Say that what is chosen should be over at ``at_ms``, since 1970."""
        self.flush()
        text = orjson.dumps(mark_to_json(at_ms, selection))
        self._store.append([Record(secrets.token_hex(8), text, is_end=False)])


def is_chosen(entry: Entry, selection: Selection, client: str) -> bool:
    """Whether a selection and the address of a client, or "", choose an entry."""
    asked = entry.asked
    return client in ("", asked.client) and selection.matches(
        asked.path, asked.route, asked.feed
    )


def read_stored(stored: Stored) -> Entry | Mark:
    """The request or the mark that a store has kept."""
    members: Any = orjson.loads(stored.text)
    mark = mark_from(stored.seq, members)
    if mark is not None:
        return mark
    end = None if stored.end is None else ended_from(orjson.loads(stored.end))
    return Entry(stored.seq, asked_from(members), end)
