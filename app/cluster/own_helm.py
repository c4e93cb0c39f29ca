"""Steering the streams of this worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gevent

from ..errors import Conflict, NotFound, ShuttingDown, StreamEnded
from ..events.event import FOREVER, EndReason
from ..events.payloads import timestamp
from ..hubs.hub import Hub
from ..hubs.hub_connection import HubConnection
from ..ports import Clock
from ..request.selection import Selection
from ..request.verbs import Cut, End, Step, Verb
from ..streams.counts import Outcome
from ..streams.registry import EndedStream, Streams
from ..streams.stream import Stream
from ..words import Json
from .helm import Clients, Command, Cursor, Steered, Until
from .virtual_time import ClockName, Clocks

#: How often a stream is looked at that is waited for, in seconds.
POLL_SECONDS = 0.005


class OwnHelm:
    """Steers one worker's streams."""

    def __init__(
        self,
        streams: Streams,
        clock: Clock,
        worker: str,
        clocks: Clocks,
        hub: Hub | None = None,
    ) -> None:
        """``worker`` is this worker's name in cursors, ``clocks`` are virtual.

        The clients of ``hub`` take some verbs, too.
        """
        self._streams = streams
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
        stream = self._open(stream_id)
        return Steered(self._steered([stream], command.verb, seconds), cursor)

    def steer_all(
        self, selection: Selection, command: Command, seconds: float
    ) -> Steered:
        """See ``Helm.steer_all``."""
        cursor, chosen = self.cursor(), self._chosen(selection)
        return Steered(self._steered(chosen, command.verb, seconds), cursor)

    def _steered(self, streams: list[Stream], verb: Verb, seconds: float) -> list[Json]:
        """What has become of the streams that were told to obey ``verb``."""
        until = self._clock.monotonic() + seconds
        advanced: list[Stream] = []
        if isinstance(verb, Step):
            advanced = [each for each in streams if each.virtual and not each.is_paused]
        orders = [
            (stream, stream.steer(verb)) for stream in streams if stream not in advanced
        ]
        is_done = isinstance(verb, Step) and self._advance(advanced, verb, until)
        for _, order in orders:
            order.done.wait(max(0.0, until - self._clock.monotonic()))
        return [
            *(_described(stream, order.done.is_set()) for stream, order in orders),
            *(_described(stream, is_done) for stream in advanced),
        ]

    def _advance(self, streams: list[Stream], step: Step, until: float) -> bool:
        """Advance virtual streams by some batches; False where time does not do."""
        left = {stream: stream.batches + step.batches for stream in streams}
        while left:
            for name in {_clock_of(stream) for stream in left}:
                seconds = until - self._clock.monotonic()
                stand = self._clocks.stand(name, max(seconds, 0.0))
                if not stand.settled or stand.due == FOREVER or seconds <= 0:
                    return False
                self._clocks.advance(name, stand.due, seconds)
            left = {
                stream: wanted
                for stream, wanted in left.items()
                if stream.batches < wanted and stream in self._streams
            }
        return True

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
                if selection.matches(ended.path, ended.route)
            ]
            found = [each for each in found if each.number > first]
        return Clients(len(found), cursor)

    def _chosen(self, selection: Selection) -> list[Stream]:
        return [
            stream
            for stream in self._streams
            if stream.is_listed and selection.matches(stream.path, stream.route)
        ]

    def _open(self, stream_id: str) -> Stream:
        """The open stream of that id. Raises ``NotFound`` and ``StreamEnded``."""
        try:
            return self._streams.get(stream_id)
        except NotFound:
            ended = self._streams.ended.get(stream_id)
            if ended is None:
                raise
            raise StreamEnded(describe_ended(ended)) from None


def _clock_of(stream: Stream) -> ClockName:
    """The virtual clock of ``stream``."""
    return ClockName("", stream.id) if stream.route is None else ClockName(stream.route)


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
