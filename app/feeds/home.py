"""Where feeds live: in one worker, or in a log that all workers share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from ..errors import TooManyFeeds
from ..events.event import EndReason, Event
from ..streams.pause import Pause
from .event_ids import EventId
from .feed import Feed
from .making import FeedParts, Predefined


class Home(Protocol):
    """Makes feeds and ends them."""

    def open(
        self, name: str, made_of: Predefined, on_end: Callable[[Feed], None]
    ) -> Feed:
        """The feed of that name, made of ``made_of`` where there is none; may wait.

        Raises ``TooManyFeeds``, and ``Unavailable`` where feeds cannot be reached.
        """

    def knows(self, feed: Feed, last: EventId) -> bool:
        """Whether the feed has an event of that id, which is not here yet; may wait."""

    def end(self, feed: Feed, reason: EndReason, message: str | None) -> None:
        """End a feed for all of its subscribers, at whichever worker."""

    def start(self) -> None:
        """Begin the work in the background, in the process that serves."""

    def close(self) -> None:
        """End the work in the background; others may produce what was produced here."""


class LocalHome:
    """Feeds of one worker: each is produced here."""

    def __init__(
        self, parts: FeedParts, max_feeds: int, feeds: Callable[[], Collection[Feed]]
    ) -> None:
        """Make at most ``max_feeds``; ``feeds`` gives those that there are."""
        self._parts = parts
        self._max_feeds = max_feeds
        self._feeds = feeds

    def open(
        self, name: str, made_of: Predefined, on_end: Callable[[Feed], None]
    ) -> Feed:
        """See ``Home.open``."""
        self._make_room()
        parts = self._parts
        pause = parts.opener.pause()
        feed = parts.feed(
            name,
            made_of,
            epoch=parts.new_epoch(),
            turn=lambda: _take_turns(pause),
            on_end=on_end,
        )
        feed.production = production = parts.production(
            name, made_of.request, _Direct(feed, pause, parts), pause
        )
        feed.on_join = production.wake
        production.start()
        return feed

    def knows(self, feed: Feed, last: EventId) -> bool:
        """See ``Home.knows``: every event is here at once."""
        return False

    def end(self, feed: Feed, reason: EndReason, message: str | None) -> None:
        """See ``Home.end``."""
        feed.end(reason, message)

    def start(self) -> None:
        """See ``Home.start``: there is none."""

    def close(self) -> None:
        """See ``Home.close``: there is none."""

    def _make_room(self) -> None:
        """Drop a feed that nobody needs, where there are as many as may be.

        Raises ``TooManyFeeds`` where all are needed.
        """
        feeds = self._feeds()
        if len(feeds) < self._max_feeds:
            return
        spare = next((feed for feed in feeds if feed.is_spare), None)
        if spare is None:
            raise too_many(self._max_feeds)
        spare.end(EndReason.COMPLETE)


class _Direct:
    """The outlet of a feed that is produced where its subscribers are."""

    def __init__(self, feed: Feed, pause: Pause, parts: FeedParts) -> None:
        self._feed = feed
        self._pause = pause
        self._counts = parts.counts

    def begin(self, batch: int, save: Callable[[], bytes]) -> None:
        """Nobody takes over."""

    def publish(self, event: Event, batch: int) -> None:
        self._counts.feed_events += 1
        self._feed.publish(event)

    def settle(self) -> None:
        """Send, and wait for subscribers where none has been there for a while."""
        feed, pause = self._feed, self._pause
        feed.flush()
        if not feed.is_spare:
            return
        until = pause.look() + feed.limits.keep_s
        feed.is_resting = True
        pause.until(until, lambda: feed.is_needed)
        feed.is_resting = False
        if not feed.is_needed and pause.now >= until:
            feed.end(EndReason.COMPLETE)

    def close(self, reason: EndReason) -> None:
        self._feed.end(reason)


def too_many(most: int) -> TooManyFeeds:
    """The error for one feed more than ``most``."""
    return TooManyFeeds(
        f"There are {most} feeds, as many as are permitted (setting MaxFeeds)."
    )


def _take_turns(pause: Pause) -> None:
    pause.until(pause.now)
