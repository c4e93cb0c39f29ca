"""All open streams of this process: opening, finding and stopping them."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..errors import NotFound, ShuttingDown, TooManyStreams
from ..events.event import EndReason
from ..words import MockRequest
from . import journal
from .counts import Counts, Outcome
from .opening import Opener, Program
from .stream import Stream

#: What a refused client is told to wait, in seconds.
_RETRY_AFTER = 5


class Streams:
    """Opens streams and knows the open ones, newest last."""

    def __init__(
        self,
        opener: Opener,
        *,
        max_streams: int,
        max_streams_per_client: int,
        counts: Counts,
    ) -> None:
        """``opener`` puts streams together; 0 streams of a client is no limit."""
        self._opener = opener
        self._max_streams = max_streams
        self._max_streams_per_client = max_streams_per_client
        self.counts = counts
        self._open: dict[str, Stream] = {}
        self._by_client: Counter[str] = Counter()
        self.draining = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def __iter__(self) -> Iterator[Stream]:
        """The open streams, newest first."""
        return iter([*reversed(self._open.values())])

    def open(
        self,
        request: MockRequest,
        *,
        client: str,
        sock: Any,
        chunked: bool = True,
        program: Program | None = None,
    ) -> Stream:
        """A new stream, which counts until it is closed.

        ``sock`` is the client's gevent socket, or None where the server does the
        writing; ``chunked`` tells whether the client expects chunks. A ``program``
        tells what the stream is made of; without one it is the contract's.

        Raises ``ShuttingDown`` and ``TooManyStreams``.
        """
        self._admit(client)
        stream_id = secrets.token_hex(8)
        stream = self._opener.stream(
            stream_id, request, client=client, on_close=self._closed, program=program
        )
        if sock is not None:
            stream.attach(self._opener.connection(sock, stream.lose, chunked))
        self._open[stream_id] = stream
        self._by_client[client] += 1
        self.counts.started[request.mode, request.continuous] += 1
        journal.started(stream)
        return stream

    def answer(
        self, request: MockRequest, *, sock: Any, exact: bytes | None = None
    ) -> bytes | None:
        """One plain value, or the error that was asked for; it is no stream.

        With ``exact`` that is the value. None where the client has gone meanwhile.
        Raises ``BackendError``.
        """
        return self._opener.answer(request, sock, exact)

    def get(self, stream_id: str) -> Stream:
        """The open stream of that id. Raises ``NotFound``."""
        try:
            return self._open[stream_id]
        except KeyError:
            raise NotFound("No stream of that id is open.") from None

    def drain(self) -> None:
        """Take no new streams, and end the continuous ones."""
        self.draining = True
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
        most = self._max_streams
        if len(self._open) >= most:
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
        client = stream.client
        self._by_client[client] -= 1
        if not self._by_client[client]:
            del self._by_client[client]
        counts = self.counts
        counts.ended[outcome] += 1
        counts.events += stream.events_sent
        counts.bytes += stream.bytes_sent
        journal.ended(stream, outcome)
