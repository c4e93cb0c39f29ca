"""The feeds of a worker: by name, made when they are first asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from ..errors import NotFound, TooManyFeeds
from ..events import payloads
from ..events.envelope import CONTRACT, Envelope
from ..events.event import EndReason, Event
from ..ports import Clock
from ..settings import Settings
from ..settings.model import FeedOverflow
from ..sse.frames import END_SUFFIX, SSE, Ids
from ..streams.opening import Opener, Program
from ..streams.registry import Streams
from ..streams.stream import Stream
from ..words import FeedChoice, MockRequest
from .event_ids import read_id
from .feed import Feed, FeedLimits
from .history import Bounds, Budget, History
from .subscription import FeedFrames, Subscription
from .terms import agree, shared_name


class Predefined(NamedTuple):
    """A feed of the configuration.

    ``history`` is how many events it keeps, None for the usual number. It runs
    without subscribers if it is ``always`` there.
    """

    request: MockRequest
    history: int | None
    always: bool


class Feeds:
    """Opens streams that are subscriptions to feeds."""

    def __init__(
        self,
        predefined: Sequence[Predefined],
        *,
        settings: Settings,
        streams: Streams,
        opener: Opener,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        """``streams`` opens the subscribers' streams, ``opener`` knows the parts."""
        self._predefined = {_name_of(each.request): each for each in predefined}
        self._streams = streams
        self._opener = opener
        self._clock = clock
        self._rng = rng
        self._max_feeds = settings.max_feeds
        self._bounds = Bounds(
            settings.feed_history,
            settings.feed_history_seconds,
            settings.feed_queue_events,
        )
        self._limits = FeedLimits(
            linger_s=settings.feed_linger_seconds,
            keep_s=settings.feed_history_seconds,
            queue=settings.feed_queue_events,
            closes=settings.feed_overflow is FeedOverflow.CLOSE,
        )
        self._budget = Budget(settings.feed_history_bytes)
        self._feeds: dict[str, Feed] = {}

    def __iter__(self) -> Iterator[Feed]:
        """The feeds that there are."""
        return iter([*self._feeds.values()])

    def __len__(self) -> int:
        """How many feeds there are."""
        return len(self._feeds)

    def get(self, name: str) -> Feed:
        """The feed of that name or short name. Raises ``NotFound``."""
        for feed in self._feeds.values():
            if name in (feed.name, feed.short_name):
                return feed
        raise NotFound("There is no feed of that name.")

    def request_of(self, name: str) -> MockRequest:
        """What the feed of that name is made of, whether it runs now or is predefined.

        Raises ``NotFound``.
        """
        predefined = self._predefined.get(name)
        return self.get(name).request if predefined is None else predefined.request

    # -- subscribing ------------------------------------------------------------

    def open(
        self,
        request: MockRequest,
        *,
        path: str,
        client: str,
        sock: Any,
        chunked: bool = True,
    ) -> Stream:
        """A new stream that subscribes to the feed that ``request`` asks for.

        The parameters are those of ``Streams.open``. Raises ``FeedConflict``,
        ``TooManyFeeds``, and what ``Streams.open`` does.
        """
        choice = request.feed
        assert choice is not None
        feed = self._feed_of(request, choice)
        subscription = Subscription(feed, SSE, chunked=chunked)
        subscription.begin(
            feed.history,
            read_id(request.last_event_id, feed.short_name),
            epoch=feed.epoch,
            replay=choice.replay,
            now=feed.now,
        )
        try:
            stream = self._streams.open(
                replace(
                    request,
                    mode=feed.request.mode,
                    interval_ms=feed.request.interval_ms,
                    # What the client gave has been looked at, and takes memory.
                    feed=feed.choice,
                ),
                path=path,
                client=client,
                sock=sock,
                chunked=chunked,
                program=_program(feed, subscription),
            )
        except BaseException:
            subscription.cancel()
            raise
        subscription.attach(stream)
        return stream

    def _feed_of(self, request: MockRequest, choice: FeedChoice) -> Feed:
        name = _name_of(request)
        feed = self._feeds.get(name)
        if feed is None:
            predefined = self._predefined.get(name)
            if predefined is None:
                return self._make(name, Predefined(request, None, False))
            agree(request, choice.given, predefined.request)
            return self._make(name, predefined)
        agree(request, choice.given, feed.request)
        return feed

    # -- making -----------------------------------------------------------------

    def _make(self, name: str, made_of: Predefined) -> Feed:
        self._make_room()
        bounds = self._bounds
        if made_of.history is not None:
            bounds = bounds._replace(events=made_of.history)
        feed = Feed(
            name,
            made_of.request,
            epoch=f"{self._rng.getrandbits(32):08x}",
            history=History(bounds, self._budget),
            limits=self._limits,
            always=made_of.always,
            pause=self._opener.pause(),
            make_shop=self._opener.workshop,
            clock=self._clock,
            counts=self._streams.counts,
            on_end=self._ended,
        )
        self._feeds[name] = feed
        self._streams.counts.feeds += 1
        feed.start()
        return feed

    def _make_room(self) -> None:
        """Drop a feed that nobody needs, where there are as many as may be.

        Raises ``TooManyFeeds`` where all are needed.
        """
        if len(self._feeds) < self._max_feeds:
            return
        spare = next((feed for feed in self._feeds.values() if feed.is_spare), None)
        if spare is None:
            raise TooManyFeeds(
                f"There are {self._max_feeds} feeds, as many as are permitted"
                " (setting MaxFeeds)."
            )
        spare.end(EndReason.COMPLETE)

    def _ended(self, feed: Feed) -> None:
        if self._feeds.pop(feed.name, None) is not None:
            self._streams.counts.feeds -= 1

    # -- running ----------------------------------------------------------------

    def start(self) -> None:
        """Start the feeds that always run."""
        for name, predefined in self._predefined.items():
            if predefined.always and name not in self._feeds:
                self._make(name, predefined)

    def close(self) -> None:
        """End all feeds: the process ends."""
        for feed in self:
            feed.end(EndReason.SHUTDOWN)


def _name_of(request: MockRequest) -> str:
    choice = request.feed
    assert choice is not None
    return shared_name(request) if choice.name is None else choice.name


def _program(feed: Feed, subscription: Subscription) -> Program:
    """What a subscriber's stream is made of."""

    def opening(request: MockRequest) -> tuple[Event, ...]:
        info = payloads.info(
            request.mode,
            request.interval_ms,
            request.max_duration_s,
            feed=feed.name,
            subscribers=feed.subscribers,
        )
        return (Event(info),)

    def end(reason: EndReason, batches: int, message: str | None) -> tuple[Event, ...]:
        return CONTRACT.end(reason, feed.batches, message)

    def ids(stream_ids: Ids) -> Ids:
        def end_id(number: int, last: bool) -> bytes | None:
            if not last:
                return None
            return (subscription.last_id or feed.event_id(0)) + END_SUFFIX.encode()

        return end_id

    return Program(
        lambda request, shop: subscription.join(shop.wake),
        Envelope(opening=opening, error=CONTRACT.error, end=end),
        ids=ids,
        frames=partial(FeedFrames, subscription=subscription),
    )
