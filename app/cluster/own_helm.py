"""Steering the streams of this worker."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import gevent

from ..errors import Conflict, NotFound, ShuttingDown, StreamEnded
from ..events.event import EndReason
from ..events.payloads import timestamp
from ..feeds.feed import Feed
from ..feeds.open_feeds import Feeds
from ..hubs.hub import Hub
from ..hubs.hub_connection import HubConnection
from ..ports import Clock
from ..request.selection import Selection
from ..request.verbs import Cut, End, Pause, Push, Resume, Step, Verb
from ..settings.route_streams import ExactEventDeclaration
from ..streams.counts import Outcome
from ..streams.registry import EndedStream, Streams
from ..streams.steering.orders import Order
from ..streams.stream import Stream
from ..words import Json
from .helm import Clients, Command, Cursor, Steered, Until
from .stepping import Look, Standing, step
from .virtual_time import Clocks

#: How often a stream is looked at that is waited for, in seconds.
POLL_SECONDS = 0.005
#: The verbs that what makes a feed's events obeys; others are for its subscribers.
OF_PRODUCERS = (Push, Pause, Resume, Step, End)


class OwnHelm:
    """Steers one worker's streams."""

    def __init__(
        self,
        streams: Streams,
        feeds: Feeds,
        clock: Clock,
        worker: str,
        clocks: Clocks,
        hub: Hub | None = None,
    ) -> None:
        """``worker`` is this worker's name in cursors, ``clocks`` are virtual.

        What makes the events of ``feeds`` takes verbs, as their subscribers do.

        The clients of ``hub`` take some verbs, too.
        """
        self._streams = streams
        self._feeds = feeds
        self._hub = hub
        self._clock = clock
        self._clocks = clocks
        self.worker = worker

    def cursor(self) -> Cursor:
        """The cursor of now."""
        return Cursor({self.worker: self._streams.opened})

    def steer(self, stream_id: str, command: Command, seconds: float) -> Steered:
        """See ``Helm.steer``."""
        cursor = self.cursor()
        connection = None if self._hub is None else self._hub.get(stream_id)
        if connection is not None:
            return Steered([_steered_connection(connection, command.verb)], cursor)
        stream, verb = self._open(stream_id), command.verb
        until = self._clock.monotonic() + seconds
        if isinstance(verb, Step) and _is_advanced(stream):
            return Steered(self.step([stream.id], verb, until), cursor)
        return Steered(self._order([stream], verb, until), cursor)

    def steer_all(
        self, selection: Selection, command: Command, seconds: float
    ) -> Steered:
        """See ``Helm.steer_all``."""
        cursor, verb = self.cursor(), command.verb
        until = self._clock.monotonic() + seconds
        stepped: list[Json] = []
        if isinstance(verb, Step):
            stepped = self.step(self.advanced(selection), verb, until)
        return Steered(stepped + self.order_all(selection, verb, until), cursor)

    def order_all(self, selection: Selection, verb: Verb, until: float) -> list[Json]:
        """Let the streams of ``selection`` obey, and wait for them.

        A ``step`` leaves out those for which a clock is advanced.
        """
        if selection.feed and isinstance(verb, OF_PRODUCERS):
            return self._order_feeds(selection.feed, verb, until)
        chosen = self._chosen(selection)
        if isinstance(verb, Step):
            chosen = [each for each in chosen if not _is_advanced(each)]
        return self._order(chosen, verb, until)

    def _order(self, streams: list[Stream], verb: Verb, until: float) -> list[Json]:
        """What has become of the streams that were told to obey ``verb``."""
        orders = [(stream, stream.steer(verb)) for stream in streams]
        for _, order in orders:
            order.done.wait(max(0.0, until - self._clock.monotonic()))
        return [_described(stream, order.done.is_set()) for stream, order in orders]

    def _order_feeds(
        self, name: str, verb: Push | Pause | Resume | Step | End, until: float
    ) -> list[Json]:
        """Let the producer of a feed obey, if it is here."""
        orders = [
            (feed, steer_feed(self._feeds, feed, verb))
            for feed in self._feeds
            if feed.name == name and feed.production is not None
        ]
        for _, order in orders:
            if order is not None:
                order.done.wait(max(0.0, until - self._clock.monotonic()))
        return [
            _described_feed(feed, order is None or order.done.is_set())
            for feed, order in orders
        ]

    # -- steps of virtual streams -----------------------------------------------

    def advanced(self, selection: Selection) -> list[str]:
        """The ids of the streams for whose ``step`` a clock is advanced."""
        return [each.id for each in self._chosen(selection) if _is_advanced(each)]

    def step(
        self, ids: Collection[str], verb: Step, until: float, look: Look | None = None
    ) -> list[Json]:
        """Advance clocks until these streams have their batches.

        ``look`` tells how far they are; without it, they are all this worker's.
        """
        return step(
            ids,
            verb.batches,
            look=look or self.standings,
            clocks=self._clocks,
            real=self._clock,
            until=until,
        )

    def standings(self, ids: Collection[str]) -> list[Standing]:
        """How far those streams are that are open here, or were."""
        found: list[Standing] = []
        for stream_id in ids:
            each = self._find(stream_id)
            if each is not None:
                is_open = isinstance(each, Stream)
                found.append(
                    Standing(each.id, each.route, each.last_id, each.batches, is_open)
                )
        return found

    def _find(self, stream_id: str) -> Stream | EndedStream | None:
        try:
            return self._streams.get(stream_id)
        except NotFound:
            return self._streams.ended.get(stream_id)

    # -- waiting ----------------------------------------------------------------

    def wait(self, stream_id: str, until: Until, seconds: float) -> Json:
        """See ``Helm.wait``."""
        try:
            stream = self._open(stream_id)
        except StreamEnded as error:
            return _waited_for_ended(error.ended, until)
        moment = self._clock.monotonic() + seconds
        while not _is_met(stream, until) and stream in self._streams:
            if self._clock.monotonic() >= moment:
                break
            self.check()
            gevent.sleep(POLL_SECONDS)
        if stream not in self._streams:
            self.check()
            return self.wait(stream_id, until, seconds)
        return {
            "met": _is_met(stream, until),
            "id": stream.id,
            "state": "paused" if stream.is_paused else "open",
            "lastEventId": stream.last_id,
            "batches": stream.batches,
            "events": stream.events_sent,
        }

    def check(self) -> None:
        """Raise ``ShuttingDown`` where the server is ending."""
        if self._streams.draining:
            raise ShuttingDown("The server is ending.", retry_after=1)

    def clients(self, selection: Selection, after: Cursor | None) -> Clients:
        """See ``Helm.clients``."""
        self.check()
        cursor = self.cursor()
        found: list[Stream | EndedStream] = [*self._chosen(selection)]
        if after is not None:
            first = after.before(self.worker)
            found += [
                ended
                for ended in self._streams.ended
                if selection.matches(ended.path, ended.route, ended.feed)
            ]
            found = [each for each in found if each.number > first]
        return Clients(len(found), cursor)

    def _chosen(self, selection: Selection) -> list[Stream]:
        return [
            stream
            for stream in self._streams
            if stream.is_listed
            and selection.matches(stream.path, stream.route, stream.feed)
        ]

    def _open(self, stream_id: str) -> Stream:
        """The open stream of that id. Raises ``NotFound`` and ``StreamEnded``."""
        found = self._find(stream_id)
        if found is None:
            raise NotFound("No stream of that id is open.")
        if not isinstance(found, Stream):
            raise StreamEnded(describe_ended(found))
        return found


def _is_advanced(stream: Stream) -> bool:
    """Whether a clock is advanced for a ``step`` of ``stream``."""
    return stream.virtual is not None and not stream.is_paused


def _steered_connection(connection: HubConnection, verb: Verb) -> Json:
    """What has become of a hub's client. Raises ``Conflict`` for most verbs."""
    if isinstance(verb, End):
        connection.stop(EndReason.STOPPED)
    elif verb == Cut():
        connection.lose(Outcome.CUT)
    else:
        raise Conflict("A hub's client takes the verbs end, and cut without a body.")
    return {"id": connection.id, "lastEventId": None, "batches": 0, "done": True}


def _described(stream: Stream, is_done: bool) -> Json:
    return {
        "id": stream.id,
        "lastEventId": stream.last_id,
        "batches": stream.batches,
        "done": is_done,
    }


def steer_feed(
    feeds: Feeds, feed: Feed, verb: Push | Pause | Resume | Step | End
) -> Order | None:
    """Let the producer of ``feed`` obey; None where that is done at once.

    Raises ``Conflict`` for events that no feed can have.
    """
    if isinstance(verb, End):
        feeds.end(feed, EndReason.STOPPED, verb.message)
        return None
    if isinstance(verb, Push) and not all(map(_is_of_feed, verb.events)):
        raise Conflict(
            "What is pushed to a feed has data, and neither an id nor raw bytes: the"
            " feed's own ids let its subscribers go on where they were."
        )
    return None if feed.production is None else feed.production.steer(verb)


def _is_of_feed(event: ExactEventDeclaration) -> bool:
    return event.data is not None and event.id is None and event.raw is None


def _described_feed(feed: Feed, is_done: bool) -> Json:
    number = feed.history.next
    return {
        "id": feed.short_name,
        "lastEventId": feed.event_id(number - 1).decode() if number else None,
        "batches": feed.batches,
        "done": is_done,
    }


def _is_met(stream: Stream, until: Until) -> bool:
    if until.state == "paused":
        return stream.is_paused
    return until.state == "events" and stream.events_sent >= until.events


def _waited_for_ended(ended: Mapping[str, Any], until: Until) -> Json:
    is_met = until.state == "closed" or (
        until.state == "events" and ended["events"] >= until.events
    )
    return {"met": is_met, "state": "closed", **ended}


def describe_ended(ended: EndedStream) -> dict[str, Json]:
    """An ended stream, as JSON."""
    return {
        "id": ended.id,
        "url": ended.path,
        "route": ended.route,
        "outcome": ended.outcome.value,
        "endedAt": timestamp(ended.ended_ms).decode(),
        "lastEventId": ended.last_id,
        "batches": ended.batches,
        "events": ended.events,
    }
