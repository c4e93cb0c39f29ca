"""Clients of a shared feed that come and go, and a model that judges what they got.

The model knows nothing of the service. It holds that a feed is one run of numbers an
epoch, that an event of a number has the same bytes for everybody, and that a client
which names its last id goes on behind it, or is told of a gap.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any, NamedTuple

from app.sse.parser import SseParser

#: How long a connection may be silent before it counts as lost, in seconds.
_PATIENCE = 8.0
#: The time between two tries to connect, in seconds.
_RETRY = 0.1


class Got(NamedTuple):
    """One thing that a client saw: the id and the data of an event.

    A new connection is one without either; ``last`` is then the id that it named.
    """

    last: str
    data: Any


CONNECTED = "connected"


class Wrong(AssertionError):
    """A client saw what no feed may show."""


class Watcher(threading.Thread):
    """Reads a feed, leaves at random moments, and comes back with its last id."""

    def __init__(
        self,
        addresses: Sequence[tuple[str, int]],
        target: str,
        rng: random.Random,
        patience: float = _PATIENCE,
    ) -> None:
        super().__init__(daemon=True)
        self._addresses = addresses
        self._target = target
        self._rng = rng
        self._patience = patience
        self._is_over = False
        self.last = ""
        self.got: list[Got] = []
        self.events = 0
        self.connections = 0
        self.refusals: dict[int, int] = {}
        self.start()

    def run(self) -> None:
        while not self._is_over:
            try:
                self._visit()
            except (OSError, HTTPException):
                time.sleep(_RETRY)

    def leave(self) -> None:
        """Come back no more."""
        self._is_over = True

    def _visit(self) -> None:
        sock = socket.create_connection(self._rng.choice(self._addresses), timeout=2)
        try:
            sock.settimeout(self._patience)
            header = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
            request = f"GET {self._target} HTTP/1.1\r\nHost: feed\r\n{header}\r\n"
            sock.sendall(request.encode())
            response = HTTPResponse(sock)
            response.begin()
            if response.status != 200:
                self.refusals[response.status] = (
                    self.refusals.get(response.status, 0) + 1
                )
                time.sleep(_RETRY)
                return
            self.connections += 1
            self.got.append(Got(CONNECTED, self.last))
            self._read(response, self._rng.choice((3, 20, 100, 500)))
        finally:
            sock.close()

    def _read(self, response: HTTPResponse, most: int) -> None:
        parser = SseParser()
        while most and not self._is_over and (line := response.readline()):
            for event in parser.feed(line):
                if event.data is None or event.fields is None:
                    continue
                last = (event.fields.id or b"").decode()
                self.got.append(Got(last, json.loads(event.data)))
                if last:
                    self.last = last
                    self.events += 1
                    most -= 1


class Tally(NamedTuple):
    """What a judged feed showed."""

    events: int
    deliveries: int
    connections: int
    gaps: int
    missed: int
    errors: int
    epochs: int


class Model:
    """What all watchers of one feed saw, put together."""

    def __init__(self) -> None:
        #: The data of each event, by epoch and number.
        self.events: dict[tuple[str, int], Any] = {}
        self._gaps = self._missed = self._errors = self._deliveries = 0
        self._connections = 0

    def judge(self, watchers: Sequence[Watcher]) -> Tally:
        """Look at everything. Raises ``Wrong``."""
        for watcher in watchers:
            self._follow([*watcher.got])
        epochs = {epoch for epoch, _ in self.events}
        for epoch in epochs:
            self._check_numbering(epoch)
        return Tally(
            len(self.events),
            self._deliveries,
            self._connections,
            self._gaps,
            self._missed,
            self._errors,
            len(epochs),
        )

    def _follow(self, got: list[Got]) -> None:
        """One client's story: nothing twice, nothing left out unsaid."""
        expected: tuple[str, int] | None = None
        for at, (last, data) in enumerate(got):
            if last == CONNECTED:
                self._connections += 1
            elif last:
                here = place(last)
                self._deliveries += 1
                if expected is not None and here != expected:
                    raise Wrong(f"{here} where {expected} comes next: {got[at-8:at+2]}")
                if self.events.setdefault(here, data) != data:
                    raise Wrong(f"{here} is {data} and {self.events[here]}")
                expected = here[0], here[1] + 1
            elif data.get("type") == "gap":
                expected = self._gap(data, expected)
            elif data.get("type") == "error":
                self._errors += 1

    def _gap(self, data: Any, expected: tuple[str, int] | None) -> tuple[str, int]:
        self._gaps += 1
        oldest, missed = place(data["oldest"]), data["missed"]
        if missed is None:
            if expected is not None and oldest[0] == expected[0]:
                raise Wrong(f"a gap of unknown size within an epoch: {data}")
        elif expected is not None and oldest != (expected[0], expected[1] + missed):
            raise Wrong(f"{data} where {expected} comes next")
        self._missed += missed or 0
        return oldest

    def _check_numbering(self, epoch: str) -> None:
        """One producer's numbering: each number is of the batch of its place."""
        places = {
            number - data["index"]
            for (each, number), data in self.events.items()
            if each == epoch and "index" in data
        }
        if len(places) > 1:
            raise Wrong(f"batches are not numbered as their events: {places}")


def place(last: str) -> tuple[str, int]:
    """The epoch and the number of an id."""
    _, epoch, number = last.rsplit("-", 2)
    return epoch, int(number)
