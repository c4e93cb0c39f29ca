"""The feeds of a worker: by name, made when they are first asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import gevent

from ..errors import NotFound, Unavailable
from ..events.envelope import Envelope
from ..events.event import EndReason
from ..feed_log import FeedLog
from ..ports import Clock
from ..routes.requests import Places
from ..routes.route import FeedPlan, StreamPlan
from ..settings import Settings
from ..settings.route_streams import Envelope as EnvelopeName
from ..streams.opening import CONTRACT_PROGRAM, Opener, Program
from ..streams.programs import route_program
from ..streams.registry import Streams
from ..streams.stream import Stream
from ..words import FeedChoice, MockRequest
from .event_ids import EventId, read_id
from .feed import Feed
from .forms import CONTRACT_FORM, Form
from .home import Home, LocalHome
from .making import FeedParts, Predefined
from .shared.shared_home import SharedHome
from .subscription import FeedFrames, Subscription
from .terms import agree, feed_name

#: The time between two tries to start a feed where that cannot be done, in seconds.
_RETRY_SECONDS = 1.0


class Telling(NamedTuple):
    """How the events of a feed are told where that is not as the contract has them.

    ``program`` makes a stream's parts from what stands around the contract's events,
    and ``history`` is how many events the feed keeps, None for the usual number.
    ``has_options`` tells whether what the client sent are options, which have to agree
    with the feed; what the client of a route sends is data.
    """

    form: Form
    program: Callable[[Envelope], Program]
    history: int | None = None
    has_options: bool = False


def route_telling(
    plan: StreamPlan, feed: FeedPlan, places: Places, route: str
) -> Telling:
    """How the route of that name tells the events of its feed."""
    gap = feed.gap_event
    form = Form(
        is_bare=plan.envelope is EnvelopeName.BARE,
        name=(plan.kinds[0].name or "").encode(),
        gap_name=None if gap is None else gap.encode(),
    )

    def program(contract: Envelope) -> Program:
        return route_program(plan, places, route, contract)

    return Telling(form, program, feed.history)


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
        log: FeedLog | None = None,
    ) -> None:
        """``streams`` opens the subscribers' streams, ``opener`` knows the parts.

        With a ``log`` feeds are shared with other workers, through it.
        """
        self._predefined = {feed_name(each.request): each for each in predefined}
        self._streams = streams
        self._feeds: dict[str, Feed] = {}
        self._starting: gevent.Greenlet[[], None] | None = None
        parts = FeedParts.of(
            settings, opener=opener, clock=clock, counts=streams.counts, rng=rng
        )
        most = settings.max_feeds
        self._home: Home = (
            LocalHome(parts, most, self._feeds.values)
            if log is None
            else SharedHome(parts, log, most)
        )

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
        telling: Telling | None = None,
    ) -> Stream:
        """A new stream that subscribes to the feed that ``request`` asks for.

        The parameters are those of ``Streams.open``; ``telling`` is how events are
        told, without it they are the contract's. Raises ``FeedConflict``,
        ``TooManyFeeds``, and what ``Streams.open`` does.
        """
        choice = request.feed
        assert choice is not None
        feed, last, is_known = self._found(request, choice, telling)
        if telling is None:
            form = CONTRACT_FORM
            program = replace(CONTRACT_PROGRAM, envelope=feed.envelope)
        else:
            form, program = telling.form, telling.program(feed.envelope)
        subscription = Subscription(feed, program.framing, chunked=chunked, form=form)
        subscription.begin(
            feed.history,
            last,
            epoch=feed.epoch,
            replay=choice.replay,
            now=feed.now,
            is_known=is_known,
        )
        try:
            stream = self._streams.open(
                feed.request_of(request),
                path=path,
                client=client,
                sock=sock,
                chunked=chunked,
                program=_subscribed(program, subscription),
            )
        except BaseException:
            subscription.cancel()
            raise
        subscription.attach(stream)
        return stream

    def _found(
        self, request: MockRequest, choice: FeedChoice, telling: Telling | None
    ) -> tuple[Feed, EventId | None, bool]:
        """The feed that is asked for, the event after which its client goes on.

        And whether that event is known elsewhere, and not here yet.
        """
        while True:
            feed = self._feed_of(request, choice, telling)
            last = read_id(request.last_event_id, feed.short_name)
            is_here = last is None or (
                last.epoch == feed.epoch and last.number < feed.history.next
            )
            is_known = not is_here and last is not None and self._home.knows(feed, last)
            if not feed.is_over:  # it may have ended while others were asked
                return feed, last, is_known

    def _feed_of(
        self, request: MockRequest, choice: FeedChoice, telling: Telling | None
    ) -> Feed:
        name = feed_name(request)
        has_options = telling is None or telling.has_options
        feed = self._feeds.get(name)
        if feed is None:
            made_of = self._predefined.get(name)
            if made_of is None:
                history = None if telling is None else telling.history
                made_of = Predefined(request, history, False)
            elif has_options:
                agree(request, choice.given, made_of.request)
            feed = self._make(name, made_of)
        if has_options:
            agree(request, choice.given, feed.request)
        return feed

    def _make(self, name: str, made_of: Predefined) -> Feed:
        feed = self._home.open(name, made_of, self._ended)
        if self._feeds.get(name) is not feed:
            self._feeds[name] = feed
            self._streams.counts.feeds += 1
        return feed

    def _ended(self, feed: Feed) -> None:
        if self._feeds.get(feed.name) is feed:
            del self._feeds[feed.name]
            self._streams.counts.feeds -= 1

    def end(self, feed: Feed, reason: EndReason, message: str | None = None) -> None:
        """End a feed for all of its subscribers; see ``Feed.end``."""
        self._home.end(feed, reason, message)

    # -- running ----------------------------------------------------------------

    def start(self) -> None:
        """Start the feeds that always run."""
        self._home.start()
        self._starting = gevent.spawn(self._start_always)

    def _start_always(self) -> None:
        left = {name: its for name, its in self._predefined.items() if its.always}
        while left:
            name, made_of = next(iter(left.items()))
            try:
                if name not in self._feeds:
                    self._make(name, made_of)
                del left[name]
            except Unavailable:
                gevent.sleep(_RETRY_SECONDS)

    def close(self) -> None:
        """End all feeds: the process ends."""
        if self._starting is not None:
            self._starting.kill()
        self._home.close()
        for feed in self:
            feed.end(EndReason.SHUTDOWN)


def _subscribed(program: Program, subscription: Subscription) -> Program:
    """What a subscriber's stream is made of."""
    return replace(
        program,
        produce=lambda request, shop: subscription.join(shop.wake),
        frames=partial(FeedFrames, subscription=subscription),
    )
