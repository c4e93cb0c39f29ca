"""The open streams of this worker."""

from __future__ import annotations

from app.cluster.directory import (
    Description,
    Entry,
    Found,
    Place,
    Query,
    Stopped,
    covers,
)
from app.request.model import Json
from app.sse.payloads import EndReason, timestamp
from app.streams.registry import Streams
from app.streams.stream import Stream


class OwnStreams:
    """A directory of one worker's streams."""

    def __init__(self, streams: Streams) -> None:
        """Look them up in ``streams``."""
        self._streams = streams

    def find(self, query: Query) -> Found:
        """See ``Directory.find``."""
        of_path = [s for s in self._streams if covers(query.path, s.request.path)]
        # Nearly in order already, except where the wall clock was set.
        ordered = sorted(((place_of(s), s) for s in of_path), key=_first, reverse=True)
        if query.after is not None:
            ordered = [each for each in ordered if each[0] < query.after]
        return Found(
            [Entry(place, describe(s)) for place, s in ordered[: query.limit]],
            total=len(of_path),
            left=len(ordered),
        )

    def get(self, stream_id: str) -> Description:
        """See ``Directory.get``."""
        return describe(self._streams.get(stream_id))

    def stop(self, stream_id: str) -> None:
        """See ``Directory.stop``."""
        self._streams.get(stream_id).pause.end(EndReason.STOPPED)

    def stop_all(self, path: str) -> Stopped:
        """See ``Directory.stop_all``."""
        covered = [s for s in self._streams if covers(path, s.request.path)]
        for stream in covered:
            stream.pause.end(EndReason.STOPPED)
        return Stopped(len(covered))

    def start(self) -> None:
        """Nothing: nobody else asks."""

    def close(self) -> None:
        """Nothing."""


def _first(pair: tuple[Place, Stream]) -> Place:
    return pair[0]


def place_of(stream: Stream) -> Place:
    """Where ``stream`` stands in the order of all."""
    return Place(stream.started_ms, stream.id)


def describe(stream: Stream) -> dict[str, Json]:
    """What an operator sees of a stream; ``ageSeconds`` is whole seconds."""
    request = stream.request
    return {
        "id": stream.id,
        "path": request.path,
        "mode": request.mode.value,
        "continuous": request.continuous,
        "intervalMs": request.interval_ms if request.continuous else None,
        "client": stream.client,
        "backend": stream.feed.backend,
        "context": request.context,
        "startedAt": timestamp(stream.started_ms).decode(),
        "ageSeconds": int(stream.age),
        "batches": stream.batches,
        "events": stream.frames_sent,
        "bytes": stream.bytes_sent,
        "lastEventAt": timestamp(stream.last_event_ms).decode(),
    }
