"""All open streams of this process: opening, finding and stopping them."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import gevent.event

from ..errors import NotFound, ShuttingDown, TooManyStreams
from ..events.event import EndReason
from ..words import MockRequest
from . import log_lines
from .counts import Counts, Outcome
from .opening import Answer, Opener, Program
from .resuming.parked import ParkedStreams, place_of
from .stream import Stream

#: The client of streams that the service reads itself, for clients that count already.
ITSELF = "service"

#: What a refused client is told to wait, in seconds.
_RETRY_AFTER = 5

#: Ends after which a client may come back for the rest.
_BROKEN = frozenset({Outcome.CLIENT_GONE, Outcome.STALLED, Outcome.CUT})
#: Longest wait for a stream to close whose client has another connection, in seconds.
_MAX_CLOSING_SECONDS = 1.0

#: Maximum of ended streams that a worker remembers.
MAX_ENDED = 1000


@dataclass(frozen=True, slots=True)
class EndedStream:
    """What is known of a stream after its end.

    ``number`` counts the streams of its worker from 1, ``path`` is that of the URL,
    ``route`` is None where no route served it, and ``feed`` where it subscribed to
    none. ``ended_ms`` is milliseconds since 1970, ``last_id`` the id of the last event
    that had one.
    """

    id: str
    number: int
    path: str
    route: str | None
    feed: str | None
    outcome: Outcome
    ended_ms: int
    last_id: str | None
    batches: int
    events: int
    bytes: int


class EndedStreams:
    """The last ``MAX_ENDED`` streams that have ended, oldest first."""

    def __init__(self) -> None:
        """None yet."""
        self._by_id: OrderedDict[str, EndedStream] = OrderedDict()

    def __iter__(self) -> Iterator[EndedStream]:
        """Those that are remembered."""
        return iter([*self._by_id.values()])

    def get(self, stream_id: str) -> EndedStream | None:
        """The stream of that id, if it ended lately."""
        return self._by_id.get(stream_id)

    def add(self, stream: Stream, outcome: Outcome, ended_ms: int) -> None:
        """Remember ``stream``, and forget the oldest where there are too many."""
        self._by_id.pop(stream.id, None)  # a seeded stream that came again
        self._by_id[stream.id] = EndedStream(
            id=stream.id,
            number=stream.number,
            path=stream.path,
            route=stream.route,
            feed=stream.feed,
            outcome=outcome,
            ended_ms=ended_ms,
            last_id=stream.last_id,
            batches=stream.batches,
            events=stream.events_sent,
            bytes=stream.bytes_sent,
        )
        if len(self._by_id) > MAX_ENDED:
            self._by_id.popitem(last=False)


class Streams:
    """Opens streams and knows the open ones, newest last.

    ``ended`` are those that ended lately, and ``opened`` counts all so far.
    """

    def __init__(
        self,
        opener: Opener,
        *,
        max_streams: int,
        max_streams_per_client: int,
        counts: Counts,
        parked: ParkedStreams,
        now_ms: Callable[[], int],
    ) -> None:
        """``opener`` puts streams together; 0 streams of a client is no limit.

        ``parked`` keeps those that may go on, and ``now_ms`` gives milliseconds since
        1970.
        """
        self._opener = opener
        self._max_streams = max_streams
        self._max_streams_per_client = max_streams_per_client
        self.counts = counts
        self._open: dict[str, Stream] = {}
        self._by_client: Counter[str] = Counter()
        # Places of what is no stream and counts as one.
        self._places = 0
        self._parked = parked
        # Those that wait for a stream to close, by its id.
        self._awaited: dict[str, gevent.event.Event] = {}
        self._now_ms = now_ms
        self.ended = EndedStreams()
        self.opened = 0
        self.draining = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def __contains__(self, stream: object) -> bool:
        """Whether that very stream is open."""
        return isinstance(stream, Stream) and self._open.get(stream.id) is stream

    def __iter__(self) -> Iterator[Stream]:
        """The open streams, newest first."""
        return iter([*reversed(self._open.values())])

    def open(
        self,
        request: MockRequest,
        *,
        path: str,
        client: str,
        sock: Any,
        chunked: bool = True,
        program: Program | None = None,
    ) -> Stream:
        """A new stream, which counts until it is closed; ``path`` is the URL's.

        ``sock`` is the client's gevent socket, or None where the server does the
        writing; ``chunked`` tells whether the client expects chunks. A ``program``
        tells what the stream is made of; without one it is the contract's. Streams of
        the client ``ITSELF`` are under no limit.

        A client whose connection broke, and that names the last event it had, is given
        that stream again. Raises ``ShuttingDown`` and ``TooManyStreams``.
        """
        broken = self._broken(request, path)
        self._admit(client)
        stream = None
        if broken is not None:
            stream = self._resumed(broken, request, client)
        if stream is None:
            stream = self._opener.stream(
                request,
                number=self.opened + 1,
                path=path,
                client=client,
                on_close=self._closed,
                is_taken=self._open.__contains__,
                program=program,
            )
        self.opened += 1
        if sock is not None:
            stream.attach(self._opener.connection(sock, stream.lose, chunked))
        if request.faults or (program is not None and program.has_faults):
            stream.play(request.faults)
        self._open[stream.id] = stream
        self._by_client[client] += 1
        self.counts.started[request.mode, request.continuous] += 1
        log_lines.started(stream)
        return stream

    def _broken(self, request: MockRequest, path: str) -> Stream | None:
        """The stream at ``path`` of which the client names an event, if it has closed.

        One that is still open has lost its client without a word: it is closed.
        """
        place = place_of(request.last_event_id)
        if place is None:
            return None
        found = self._open.get(place.stream_id)
        if found is not None and found.path == path and found.resumption is not None:
            closed = self._awaited[found.id] = gevent.event.Event()
            found.drop()
            if found.connection is not None:
                closed.wait(_MAX_CLOSING_SECONDS)
            self._awaited.pop(found.id, None)
        broken = self._parked.get(place.stream_id)
        return broken if broken is not None and broken.path == path else None

    def _resumed(
        self, broken: Stream, request: MockRequest, client: str
    ) -> Stream | None:
        """What goes on for a client after ``broken``; None where it cannot go on."""
        place = place_of(request.last_event_id)
        assert place is not None and broken.resumption is not None
        self._parked.forget(broken.id)
        if not broken.resumption.resume(place.number):
            return None
        return broken.resumed(self.opened + 1, client=client, on_close=self._closed)

    def take_place(self, client: str) -> None:
        """Count something that is no stream as one, until the place is given back.

        Raises ``ShuttingDown`` and ``TooManyStreams``.
        """
        self._admit(client)
        self._places += 1
        self._by_client[client] += 1

    def give_place_back(self, client: str) -> None:
        """Let another have the place that was taken for ``client``."""
        self._places -= 1
        self._forget(client)

    def answer(
        self, request: MockRequest, *, sock: Any, exact: bytes | None = None
    ) -> bytes | None:
        """One plain value, or the error that was asked for; it is no stream.

        With ``exact`` that is the value. None where the client has gone meanwhile.
        Raises ``BackendError``.
        """
        return self._opener.answer(request, sock, exact)

    def faulty_answer(
        self,
        request: MockRequest,
        *,
        sock: Any,
        chunked: bool,
        exact: bytes | None = None,
    ) -> Answer:
        """The same with the faults of ``request``, as it is to be sent."""
        return self._opener.faulty_answer(
            secrets.token_hex(8), request, sock, chunked=chunked, exact=exact
        )

    def get(self, stream_id: str) -> Stream:
        """The open stream of that id. Raises ``NotFound``."""
        try:
            return self._open[stream_id]
        except KeyError:
            raise NotFound("No stream of that id is open.") from None

    def drain(self) -> None:
        """Take no new streams, and end the continuous ones."""
        self.draining = True
        self._parked.clear()
        self.end_continuous()

    def end_continuous(self) -> None:
        """End the continuous streams; clients that come back are served again."""
        for stream in self:
            if stream.request.continuous:
                stream.stop(EndReason.SHUTDOWN)

    def cut_short(self) -> None:
        """End every stream that is open."""
        for stream in self:
            stream.stop(EndReason.SHUTDOWN)

    def _admit(self, client: str) -> None:
        """Refuse a stream that there is no room for."""
        if self.draining:
            raise ShuttingDown("The server takes no new streams.", retry_after=1)
        if client == ITSELF:
            return
        most = self._max_streams
        if len(self._open) - self._by_client[ITSELF] + self._places >= most:
            raise TooManyStreams(
                f"{most} streams are open, as many as this server permits.",
                retry_after=_RETRY_AFTER,
            )
        most = self._max_streams_per_client
        if most and self._by_client[client] >= most:
            raise TooManyStreams(
                f"{most} streams are open for this client, as many as are permitted.",
                retry_after=_RETRY_AFTER,
            )

    def _closed(self, stream: Stream, outcome: Outcome) -> None:
        if self._open.pop(stream.id, None) is None:
            return  # it was refused while it was being opened
        self._forget(stream.client)
        counts = self.counts
        counts.ended[outcome] += 1
        counts.events += stream.events_sent
        counts.bytes += stream.bytes_sent
        if stream.is_listed:
            self.ended.add(stream, outcome, self._now_ms())
        log_lines.ended(stream, outcome)
        if stream.resumption is not None and outcome in _BROKEN and not self.draining:
            self._parked.park(stream)
        if stream.id in self._awaited:
            self._awaited.pop(stream.id).set()

    def _forget(self, client: str) -> None:
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]
