"""The open streams of this worker."""

from __future__ import annotations

from heapq import nlargest

from ..events.event import EndReason
from ..events.payloads import timestamp
from ..hubs.hub import Hub
from ..hubs.hub_connection import HubConnection
from ..streams.registry import Streams
from ..streams.stream import Stream
from ..words import Json
from .directory import Description, Entry, Found, Place, Query, Stopped, covers


class OwnStreams:
    """A directory of one worker's streams."""

    def __init__(self, streams: Streams, hub: Hub | None = None) -> None:
        """Look them up in ``streams``, and the clients of ``hub`` beside them."""
        self._streams = streams
        self._hub = hub

    def find(self, query: Query) -> Found:
        """See ``Directory.find``."""
        after, matches = query.after, query.selection.matches
        found = [
            each for each in self._of_path(query.path) if matches(*_selected(each))
        ]
        left = found if after is None else [s for s in found if _place(s) < after]
        # Thousands may be open and all wait meanwhile, so they are not all sorted.
        page = nlargest(query.limit, left, key=_place)
        return Found(
            [Entry(Place(*_place(each)), _described(each)) for each in page],
            total=len(found),
            left=len(left),
        )

    def get(self, stream_id: str) -> Description:
        """See ``Directory.get``."""
        return _described(self._find(stream_id))

    def stop(self, stream_id: str) -> None:
        """See ``Directory.stop``."""
        self._find(stream_id).stop(EndReason.STOPPED)

    def stop_all(self, path: str) -> Stopped:
        """See ``Directory.stop_all``."""
        covered = self._of_path(path)
        for stream in covered:
            stream.stop(EndReason.STOPPED)
        return Stopped(len(covered))

    def _find(self, stream_id: str) -> Stream | HubConnection:
        connection = None if self._hub is None else self._hub.get(stream_id)
        return self._streams.get(stream_id) if connection is None else connection

    def _of_path(self, path: str) -> list[Stream | HubConnection]:
        found: list[Stream | HubConnection] = [
            stream
            for stream in self._streams
            if stream.is_listed and covers(path, stream.request.path)
        ]
        if self._hub is not None and covers(path, self._hub.path.strip("/")):
            found += self._hub
        return found

    def start(self) -> None:
        """Do nothing: no other worker asks."""

    def close(self) -> None:
        """Do nothing."""


def _place(stream: Stream | HubConnection) -> tuple[int, str]:
    return stream.started_ms, stream.id


def _selected(each: Stream | HubConnection) -> tuple[str, str | None, str | None]:
    """What a selection looks at: the URL's path, the route and the feed."""
    if isinstance(each, Stream):
        return each.path, each.route, each.feed
    return each.path, None, None


def _described(each: Stream | HubConnection) -> dict[str, Json]:
    return describe(each) if isinstance(each, Stream) else describe_connection(each)


def describe_connection(connection: HubConnection) -> dict[str, Json]:
    """A hub's client in the words of streams; its events are messages."""
    return {
        "id": connection.id,
        "path": connection.path.strip("/"),
        "transport": connection.transport.value,
        "mode": None,
        "continuous": True,
        "intervalMs": None,
        "client": connection.client,
        "backend": "",
        "context": None,
        "startedAt": timestamp(connection.started_ms).decode(),
        "ageSeconds": int(connection.age),
        "batches": 0,
        "events": connection.events_sent,
        "bytes": connection.bytes_sent,
        "lastEventAt": timestamp(connection.last_event_ms).decode(),
    }


def describe(stream: Stream) -> dict[str, Json]:
    """A stream as an operator sees it; ``ageSeconds`` is in whole seconds."""
    request = stream.request
    return {
        "id": stream.id,
        "path": request.path,
        "url": stream.path,
        "route": stream.route,
        "feed": stream.feed,
        "transport": None,
        "mode": request.mode.value,
        "continuous": request.continuous,
        "intervalMs": request.interval_ms if request.continuous else None,
        "client": stream.client,
        "backend": stream.backend,
        "context": request.context,
        "startedAt": timestamp(stream.started_ms).decode(),
        "ageSeconds": int(stream.age),
        "batches": stream.batches,
        "events": stream.events_sent,
        "bytes": stream.bytes_sent,
        "lastEventAt": timestamp(stream.last_event_ms).decode(),
        "lastEventId": stream.last_id,
        "paused": stream.is_paused,
    }
