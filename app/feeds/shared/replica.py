"""One worker's copy of a feed of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ...errors import ApiError
from ...feed_log import FeedLog, Held, Key, Logged, Offer, Opened, Part
from ..feed import Feed
from ..history import Entry
from ..making import FeedParts
from ..production import Beginning
from .outlet import LogOutlet
from .written import Declared, Written, WrittenEnd, read, write_declared

logger = logging.getLogger(__name__)

#: What subscribers are told while the log cannot be reached.
AWAY = "The shared memory cannot be reached; the feed goes on when it is back"


class Replica:
    """Reads a feed of the log for its subscribers here, and produces it where asked.

    ``after`` is the number of the event that it reads next.
    """

    def __init__(
        self,
        feed: Feed,
        declared: Declared,
        opened: Opened,
        *,
        log: FeedLog,
        parts: FeedParts,
    ) -> None:
        """Begin with the events of ``opened``."""
        self.feed = feed
        self._declared = declared
        self._log = log
        self._parts = parts
        self._token = 0
        self._is_away = False
        self._take(opened)

    def offer(self) -> Offer:
        """What the feed is made as where it is no longer in the log."""
        return Offer(
            self._parts.new_epoch(),
            write_declared(self._declared),
            self._started_ms,
            self.feed.batches,
        )

    def restart(self, opened: Opened) -> None:
        """Go on in another epoch, because the one before is lost."""
        self.rest()
        self.feed.restart(opened.epoch)
        self._take(opened)

    def _take(self, opened: Opened) -> None:
        #: The run of numbers that it has.
        self.key = Key(self.feed.name, self.feed.epoch)
        self.after = opened.stand.number - len(opened.kept)
        self._started_ms = opened.started_ms
        history, now = self.feed.history, self.feed.now
        history.restart(self.after)
        for number, data, age_ms in opened.kept:
            found = read(data)
            if isinstance(found, Written):
                at = now - age_ms / 1000
                history.insert(Entry(number, found.event, at, found.begins))
        self.after = opened.stand.number
        self.feed.batches = opened.stand.batch

    # -- reading ------------------------------------------------------------------

    def hear(self, logged: Iterable[Logged]) -> None:
        """Pass on what was appended to the log."""
        feed = self.feed
        now = feed.now
        for number, data, _ in logged:
            if number < self.after or feed.is_over:
                continue
            self.after = number + 1
            found = read(data)
            if isinstance(found, WrittenEnd):
                feed.flush()
                feed.end(found.reason, found.message)
                return
            self._is_away = False
            event, batch, begins = found
            feed.receive(Entry(number, event, now, begins))
            feed.batches = batch + event.whole
        feed.flush()

    def say_away(self) -> None:
        """Tell subscribers that the log cannot be reached, once."""
        if not self._is_away:
            self._is_away = True
            self.feed.tell(AWAY)

    # -- producing ----------------------------------------------------------------

    def obey(self, held: Held) -> None:
        """Produce, or let others do so."""
        self._is_away = False
        self.feed.is_resting = held.part is Part.RESTING
        if held.part is not Part.PRODUCING:
            self.rest()
            return
        production = self.feed.production
        if production is None or production.is_over or held.token != self._token:
            self.rest()
            self._produce(held)

    def _produce(self, held: Held) -> None:
        feed, parts, declared = self.feed, self._parts, self._declared
        pause = parts.opener.pause()
        outlet = LogOutlet(
            self._log,
            self.key,
            held,
            history=feed.history,
            pause=pause,
            counts=parts.counts,
        )
        _, batch, part = held.stand
        try:
            production = parts.production(
                feed.name,
                declared.seeded,
                outlet,
                pause,
                beginning=Beginning(batch, part, self._started_ms, held.saved),
                unseeded=declared.request,
            )
        except ApiError as error:
            logger.warning("the feed %r is not produced here: %s", feed.name, error)
            return
        self._token = held.token
        feed.production = production
        if held.is_taken:
            parts.counts.feed_takeovers += 1
        production.start()

    def rest(self) -> None:
        """Make nothing more."""
        production, self.feed.production = self.feed.production, None
        if production is not None:
            production.end()
