"""Shared feeds for the clients of a hub: each is read once, for all who subscribe."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import gevent
import orjson

from ...errors import ApiError, NotFound
from ...events.event import Event
from ...feeds.open_feeds import Feeds
from ...ports import Clock
from ...signalr.hub_messages import Invocation, Written
from ...sse.parser import SseParser
from ...streams.stream import Stream
from ...words import FeedChoice, Json
from ..groups import Groups
from ..hub_connection import HubConnection

logger = logging.getLogger(__name__)

#: What clients receive.
EVENT = "Event"
#: The name of an event that has none, as browsers call it.
_UNNAMED = "message"
#: Who the feeds are read for, in the words of logs.
_CLIENT = "hub"


class HubFeeds:
    """The feeds that clients of a hub are subscribed to, by name."""

    def __init__(self, feeds: Feeds, clock: Clock) -> None:
        """Read from ``feeds``."""
        self._feeds = feeds
        self._clock = clock
        self._readers: dict[str, FeedReader] = {}
        self.groups = Groups(self._look)

    def has(self, name: str) -> bool:
        """Whether there is a feed of that name."""
        try:
            self._feeds.request_of(name)
        except NotFound:
            return False
        return True

    def subscribe(self, name: str, connection: HubConnection) -> None:
        """Let a client have what a feed sends."""
        if not connection.is_over:
            self.groups.join(name, connection)

    def unsubscribe(self, name: str, connection: HubConnection) -> None:
        """Let a client have no more of it."""
        self.groups.leave(name, connection)

    def _look(self, name: str) -> None:
        """Read a feed while somebody is subscribed."""
        reader = self._readers.get(name)
        if self.groups.count(name) and reader is None:
            self._readers[name] = FeedReader(
                name, self._feeds, self.groups, self._clock, self._ended
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
        feeds: Feeds,
        groups: Groups,
        clock: Clock,
        on_end: Callable[[str], None],
    ) -> None:
        """Begin at once; ``on_end`` is told of the end of the feed."""
        self._name = name
        self._feeds = feeds
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
            stream = self._open()
            try:
                for frame in stream.frames():
                    for event in parser.feed(frame):
                        self._send(event)
            finally:
                stream.close()
        except ApiError as error:
            logger.warning("the feed %s cannot be read: %s", self._name, error.detail)
        self._on_end(self._name)

    def _open(self) -> Stream:
        wanted = self._feeds.request_of(self._name)
        choice = FeedChoice(self._name, frozenset())
        return self._feeds.open(
            replace(wanted, feed=choice),
            path=f"/{wanted.path}",
            client=_CLIENT,
            sock=None,
        )

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
