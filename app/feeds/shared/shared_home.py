"""Where feeds live that all workers share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from ...errors import Unavailable
from ...events.event import EndReason
from ...feed_log import FeedLog, Offer
from ...words import MockRequest
from ..event_ids import EventId
from ..feed import Feed
from ..home import too_many
from ..making import FeedParts, Predefined
from .keeper import Keeper
from .replica import Replica
from .written import Declared, WrittenEnd, read_declared, write_declared, write_end

_SEED_BITS = 32


class SharedHome:
    """Feeds of the log; one worker of all produces each."""

    def __init__(self, parts: FeedParts, log: FeedLog, max_feeds: int) -> None:
        """Keep feeds in ``log``, which has at most ``max_feeds``."""
        self._parts = parts
        self._log = log
        self._max_feeds = max_feeds
        self._keeper = Keeper(log, secrets.token_hex(8), parts.clock.monotonic)
        self._pause = parts.opener.pause()

    def open(
        self, name: str, made_of: Predefined, on_end: Callable[[Feed], None]
    ) -> Feed:
        """See ``Home.open``."""
        request = _plain(made_of.request)
        self._parts.check(request)
        seed = self._parts.rng.getrandbits(_SEED_BITS)
        offer = Offer(
            self._parts.new_epoch(),
            write_declared(Declared(request, seed)),
            self._parts.clock.now_ms(),
        )
        opened = self._log.open(name, offer)
        known = self._keeper.get(name)
        if known is not None:  # another request was quicker
            return known.feed
        if opened is None:
            raise too_many(self._max_feeds)
        try:
            declared = read_declared(opened.declaration)
        except ValueError as error:
            raise Unavailable(
                "The feed is of another version of the service.", retry_after=1
            ) from error
        feed = self._parts.feed(
            name,
            made_of._replace(request=declared.request),
            epoch=opened.epoch,
            turn=self._turn,
            on_end=lambda feed: self._ended(feed, on_end),
        )
        feed.on_join = lambda: self._joined(feed)
        replica = Replica(feed, declared, opened, log=self._log, parts=self._parts)
        self._keeper.start()
        self._keeper.keep(replica)
        return feed

    def _joined(self, feed: Feed) -> None:
        """Let a producer be found at once for who comes first."""
        if feed.is_resting or feed.subscribers == 1:
            self._keeper.claim_soon(feed.name)

    def _ended(self, feed: Feed, on_end: Callable[[Feed], None]) -> None:
        self._keeper.forget(feed.name)
        on_end(feed)

    def _turn(self) -> None:
        self._pause.until(self._pause.now)

    def knows(self, feed: Feed, last: EventId) -> bool:
        """See ``Home.knows``."""
        try:
            latest = self._log.latest(feed.name)
            replica = self._keeper.get(feed.name)
            if latest is None or replica is None:
                return False
            key, number = latest
            if key.epoch != feed.epoch:
                self._keeper.renew(replica)
        except Unavailable:  # it may well be; the client waits with all others
            return last.epoch == feed.epoch
        return last.epoch == key.epoch == feed.epoch and last.number < number

    def end(self, feed: Feed, reason: EndReason, message: str | None) -> None:
        """See ``Home.end``."""
        replica = self._keeper.get(feed.name)
        if replica is not None:
            self._log.end(replica.key, write_end(WrittenEnd(reason, message)))

    def start(self) -> None:
        """See ``Home.start``."""
        self._keeper.start()

    def close(self) -> None:
        """See ``Home.close``."""
        self._keeper.close()


def _plain(request: MockRequest) -> MockRequest:
    """What of a request makes the feed, without what is its client's own."""
    return replace(
        request, last_event_id=None, max_events=None, delay_ms=None, error=None
    )
