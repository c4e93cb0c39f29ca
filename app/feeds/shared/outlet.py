"""The outlet of a producer whose feed is in the log."""

from __future__ import annotations

from collections.abc import Callable

import gevent

from ...errors import Unavailable
from ...events.event import EndReason, Event
from ...feed_log import Addition, FeedLog, Held, Key, Saved, Stand
from ...streams.counts import Counts
from ...streams.pause import Pause
from ..history import History
from ..production import Superseded
from .written import Written, WrittenEnd, write_end, write_event

#: Maximum of events that are appended at once.
MAX_EVENTS = 500
#: Batches from one that values are saved at to the next. Fewer than a second takes to
#: make again.
SAVED_EVERY = 10_000
#: Maximum of what is saved, in bytes.
MAX_SAVED_BYTES = 1 << 16
#: The time between two tries where the log cannot be reached, in seconds.
RETRY_SECONDS = 0.25


class LogOutlet:
    """Appends what a producer makes, as long as nobody has taken over.

    Subscribers see an event once it is in the log. Where the log cannot be reached the
    producer waits, and then goes on with the same events, so that each is there once.
    """

    def __init__(
        self,
        log: FeedLog,
        key: Key,
        held: Held,
        *,
        history: History,
        pause: Pause,
        counts: Counts,
    ) -> None:
        """Append as ``held`` says; ``history`` tells which events are still kept.

        ``pause`` is the producer's.
        """
        self._log = log
        self._key = key
        self._token = held.token
        self._stand = held.stand
        self._history = history
        self._pause = pause
        self._counts = counts
        self._pending: list[bytes] = []
        self._saved: Saved | None = None

    def begin(self, batch: int, save: Callable[[], bytes]) -> None:
        """See ``Outlet.begin``."""
        if batch % SAVED_EVERY == 0:
            data = save()
            is_new = self._stand.batch == batch and not self._stand.part
            if is_new and 0 < len(data) <= MAX_SAVED_BYTES:
                self._saved = Saved(batch, data)

    def publish(self, event: Event, batch: int) -> None:
        """See ``Outlet.publish``."""
        number, _, part = self._stand
        self._pending.append(write_event(Written(event, batch, not part)))
        if event.whole:
            self._stand = Stand(number + 1, batch + 1, 0)
        else:
            self._stand = Stand(number + 1, batch, part + 1)
        if len(self._pending) >= MAX_EVENTS:
            self.settle()

    def settle(self) -> None:
        """See ``Outlet.settle``."""
        pending = self._pending
        while pending:
            addition = Addition(
                self._token,
                self._stand.number - len(pending),
                pending,
                self._stand,
                self._history.first,
                self._saved,
            )
            try:
                is_done = self._log.append(self._key, addition)
            except Unavailable:
                self._wait()
                continue
            if not is_done:
                raise Superseded
            self._counts.feed_events += len(pending)
            pending.clear()
            self._saved = None

    def close(self, reason: EndReason) -> None:
        """See ``Outlet.close``."""
        data = write_end(WrittenEnd(reason, None))
        while True:
            try:
                self._log.end(self._key, data, self._token)
                return
            except Unavailable:
                self._wait()

    def _wait(self) -> None:
        if self._pause.over:
            raise Superseded
        gevent.sleep(RETRY_SECONDS)
