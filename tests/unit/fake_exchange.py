"""A stand-in for the exchange: an engine in memory that can go away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

from gevent.queue import Empty, Queue

from app.errors import Unavailable


class FakeEngine:
    """What the exchanges of all workers share."""

    def __init__(self) -> None:
        self.away = False
        self.present: set[str] = set()
        self.listeners: list[Queue[bytes | None]] = []
        self.replies: defaultdict[str, Queue[bytes]] = defaultdict(Queue)

    def go_away(self) -> None:
        self.away = True
        for listener in self.listeners:
            listener.put(None)

    def come_back(self) -> None:
        self.away = False


class FakeExchange:
    """One worker's exchange."""

    def __init__(self, engine: FakeEngine, *, silence: float = 0.05) -> None:
        self._engine = engine
        self._silence = silence

    def _check(self) -> None:
        if self._engine.away:
            raise Unavailable("away", retry_after=1)

    def beat(self, worker: str) -> set[str]:
        self._check()
        self._engine.present.add(worker)
        return set(self._engine.present)

    def present(self) -> set[str]:
        self._check()
        return set(self._engine.present)

    def leave(self, worker: str) -> None:
        self._check()
        self._engine.present.discard(worker)

    def publish(self, message: bytes) -> None:
        self._check()
        for listener in self._engine.listeners:
            listener.put(message)

    def listen(self) -> Generator[bytes | None, None, None]:
        self._check()
        queue: Queue[bytes | None] = Queue()
        self._engine.listeners.append(queue)
        try:
            yield None
            while True:
                try:
                    message = queue.get(timeout=self._silence)
                except Empty:
                    message = None
                self._check()
                yield message
        finally:
            self._engine.listeners.remove(queue)

    def reply(self, address: str, answer: bytes) -> None:
        self._check()
        self._engine.replies[address].put(answer)

    def next_reply(self, address: str, seconds: float) -> bytes | None:
        self._check()
        try:
            return self._engine.replies[address].get(timeout=seconds)
        except Empty:
            return None
