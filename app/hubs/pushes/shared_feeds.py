"""Shared feeds and routes for a hub's clients: each is read once, for all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import gevent
import orjson

from ...errors import ApiError, Conflict, NotFound
from ...events.event import Event
from ...feeds.open_feeds import Feeds, route_telling
from ...ports import Clock
from ...request.inputs import short
from ...router.book import RouteBook
from ...routes.conditions import Received
from ...routes.requests import Places, mock_request
from ...routes.route import Route
from ...routes.table import ANY
from ...settings.route_streams import Framing
from ...signalr.hub_messages import Invocation, Written
from ...sse.parser import SseParser
from ...streams.programs import route_program
from ...streams.registry import ITSELF, Streams
from ...streams.stream import Stream
from ...words import FeedChoice, Json
from ..groups import Groups
from ..hub_connection import HubConnection

logger = logging.getLogger(__name__)

#: What clients receive.
EVENT = "Event"
#: The name of an event that has none, as browsers call it.
_UNNAMED = "message"

#: Opens what is read.
Opens: TypeAlias = "Callable[[], Stream]"


class HubFeeds:
    """The feeds, and the routes that stream, to which clients of a hub subscribe."""

    def __init__(
        self, feeds: Feeds, routes: RouteBook, streams: Streams, clock: Clock
    ) -> None:
        """Read from ``feeds``, and from ``streams`` of ``routes``."""
        self._feeds = feeds
        self._routes = routes
        self._streams = streams
        self._clock = clock
        self._readers: dict[str, FeedReader] = {}
        self.groups = Groups(self._look)

    def check(self, name: str) -> None:
        """Raise ``NotFound`` or ``Conflict`` where nobody can subscribe to a name."""
        self._opens(name)

    def subscribe(self, name: str, connection: HubConnection) -> None:
        """Let a client have what a feed or a route sends. Raises as ``check`` does."""
        self.check(name)
        if not connection.is_over:
            self.groups.join(name, connection)

    def unsubscribe(self, name: str, connection: HubConnection) -> None:
        """Let a client have no more of it."""
        self.groups.leave(name, connection)

    def _opens(self, name: str) -> Opens:
        """What opens the stream of a feed, or else of a route."""
        try:
            wanted = self._feeds.request_of(name)
        except NotFound:
            route = _streaming(self._routes, name)
            return partial(self._open_route, route)
        wanted = replace(wanted, feed=FeedChoice(name, frozenset()))
        path = f"/{wanted.path}"
        return partial(self._feeds.open, wanted, path=path, client=ITSELF, sock=None)

    def _open_route(self, route: Route) -> Stream:
        """A stream of a route, as a client would ask for it that sends nothing else.

        The stream of a route with a feed subscribes to that.
        """
        plan = route.stream
        assert plan is not None
        plan = replace(plan, framing=Framing.SSE)
        path = route.template.text
        method = "GET" if ANY in route.methods else min(route.methods)
        received = Received(
            method=method, path=path, query={}, headers={}, read_body=lambda: None
        )
        wanted = replace(mock_request(route, received), faults=())
        # The stream fills times and ids itself.
        places = Places(route.template, received, str, str)
        if plan.feed is None:
            return self._streams.open(
                wanted,
                path=path,
                client=ITSELF,
                sock=None,
                program=route_program(plan, places, route.name),
            )
        return self._feeds.open(
            wanted,
            path=path,
            client=ITSELF,
            sock=None,
            telling=route_telling(plan, plan.feed, places, route.name),
        )

    def _look(self, name: str) -> None:
        """Read a feed while somebody is subscribed."""
        reader = self._readers.get(name)
        if self.groups.count(name) and reader is None:
            self._readers[name] = FeedReader(
                name, self._opens, self.groups, self._clock, self._ended
            )
        elif reader is not None and not self.groups.count(name):
            del self._readers[name]
            reader.end()

    def _ended(self, name: str) -> None:
        """Forget a feed that is over; its clients may subscribe anew."""
        self._readers.pop(name, None)
        self.groups.dissolve(name)


class FeedReader:
    """The greenlet that reads one feed, and sends what it says to a group."""

    def __init__(
        self,
        name: str,
        opens: Callable[[str], Opens],
        groups: Groups,
        clock: Clock,
        on_end: Callable[[str], None],
    ) -> None:
        """Begin at once, with what ``opens`` finds; ``on_end`` is told of its end."""
        self._name = name
        self._opens = opens
        self._groups = groups
        self._clock = clock
        self._on_end = on_end
        self._stream: Stream | None = None
        self._running = gevent.spawn(self._run)

    def end(self) -> None:
        """Read no more."""
        self._running.kill(block=False)

    def _run(self) -> None:
        parser = SseParser()
        try:
            stream = self._opens(self._name)()
            try:
                for frame in stream.frames():
                    for event in parser.feed(frame):
                        self._send(event)
            finally:
                stream.close()
        except ApiError as error:
            logger.warning("the feed %s cannot be read: %s", self._name, error.detail)
        self._on_end(self._name)

    def _send(self, event: Event) -> None:
        fields = event.fields
        if event.data is None or fields is None:
            return
        payload = {
            "feed": self._name,
            "id": None if fields.id is None else fields.id.decode(),
            "event": fields.name.decode() or _UNNAMED,
            "data": _data(event.data),
            "timestamp": self._clock.now_ms(),
        }
        self._groups.send(self._name, Invocation(EVENT, (payload,)))


def _data(text: bytes) -> Json:
    """The JSON of an event, or its text where it is none."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return text.decode("utf-8", "replace")
    return Written(text)


def _streaming(routes: RouteBook, name: str) -> Route:
    """The route of a name, which streams, and whose path is one alone.

    Raises ``NotFound`` and ``Conflict``.
    """
    try:
        route = routes.get(name)
    except NotFound:
        raise NotFound(f"Unknown feed or route {short(name)}") from None
    if route.stream is None:
        raise Conflict(f"The route {short(name)} answers without a stream.")
    if route.template.names:
        raise Conflict(f"The path of the route {short(name)} has parameters.")
    return route
