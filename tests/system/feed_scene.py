"""Servers that share a feed, and clients of it that come and go."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.feed_watch import Model, Tally, Watcher
from tests.system.server import Server, serve
from tests.system.wire import get_json, wait_until

_INTERVAL_MS = 10
TARGET = (
    f"/api/mock/stream/stocks?feed=ticker&interval={_INTERVAL_MS}&maxDuration=0"
    '&sseMode=CompleteObjects&seed=7&shape={"price":150.5}'
)
#: What a takeover may take, in seconds: two, two intervals, and two on a busy machine.
TAKEOVER_SECONDS = 2 + 2 * _INTERVAL_MS / 1000 + 2
WATCHERS = 8


class Scene:
    """Servers, their Redis, and clients of one feed."""

    def __init__(
        self, engine: RedisServer, servers: Sequence[Server], seed: int = 0
    ) -> None:
        self.engine = engine
        self.server = servers[0]
        addresses = [server.address for server in servers]
        self.watchers = [
            Watcher(
                # Some stay with one server, and others with any.
                [addresses[number % len(addresses)]] if number % 3 else addresses,
                TARGET,
                random.Random(f"{seed} {number}"),
            )
            for number in range(WATCHERS)
        ]
        self.let_pass(20)

    def let_pass(self, events: int, seconds: float = 30.0) -> None:
        """Wait until every client has had so many more events."""
        before = [watcher.events for watcher in self.watchers]
        wait_until(
            lambda: all(
                watcher.events >= had + events
                for watcher, had in zip(self.watchers, before, strict=True)
            ),
            seconds,
        )

    def newest(self) -> int:
        """The number of the newest event that any client has."""
        lasts = [watcher.last for watcher in self.watchers if watcher.last]
        return max(int(last.rsplit("-", 1)[1]) for last in lasts)

    def wait_for_more(self, seconds: float) -> None:
        """Wait until the feed goes on."""
        newest = self.newest()
        wait_until(lambda: self.newest() > newest + 2, seconds)

    def wait_for_workers(self, count: int) -> None:
        """Wait until so many workers have the feed."""
        wait_until(lambda: self._shown()["workers"] == count, 30)

    def producer(self) -> int:
        """The process that makes the events."""
        found: list[str] = []

        def is_known() -> bool:
            found[:] = [self._shown()["producer"] or ""]
            return bool(found[0])

        wait_until(is_known, 10)
        return int(found[0].rsplit(":", 1)[1])

    def _shown(self) -> dict[str, Any]:
        """What the server says of the feed, or that nobody can say."""
        try:
            shown: dict[str, Any] = get_json(self.server, "/api/manage/feeds/ticker")
        except OSError:  # no worker has it, or the one that was asked is the victim
            return {"workers": 0, "producer": None}
        return shown

    def kill(self) -> None:
        """Kill the worker that produces."""
        os.kill(self.producer(), signal.SIGKILL)
        self.wait_for_more(TAKEOVER_SECONDS)

    def freeze(self) -> None:
        """Let the worker that produces stand still, until another one does it."""
        frozen = self.producer()
        os.kill(frozen, signal.SIGSTOP)
        try:
            self.wait_for_more(TAKEOVER_SECONDS)
            time.sleep(1)
        finally:
            os.kill(frozen, signal.SIGCONT)

    def hang(self) -> None:
        """Let Redis answer nothing for 5 seconds."""
        self.engine.freeze()
        time.sleep(5)
        self.engine.thaw()

    def reload(self) -> None:
        """Replace all workers; returns when each client has been sent back."""
        before = [watcher.connections for watcher in self.watchers]
        self.server.process.send_signal(signal.SIGHUP)
        wait_until(
            lambda: all(
                watcher.connections > had
                for watcher, had in zip(self.watchers, before, strict=True)
            ),
            30,
        )

    def judge(self) -> Tally:
        """What the model says."""
        for watcher in self.watchers:
            watcher.leave()
        for watcher in self.watchers:
            watcher.join(15)
        return Model().judge(self.watchers)


def config_of(url: str) -> str:
    """A configuration for servers that share a Redis."""
    return f"MockLlmApi: {{Redis: '{url}', LogLevel: warning}}"


@contextmanager
def scene(workers: int = 2) -> Iterator[Scene]:
    """A server of several workers."""
    with redis_server() as engine:
        with serve(config_of(engine.url), workers=workers) as server:
            yield Scene(engine, [server])


#: What fails, by name; nothing of the feed may be lost by any of it.
FAULTS: dict[str, Callable[[Scene], None]] = {
    "kill": Scene.kill,
    "freeze": Scene.freeze,
    "hang": Scene.hang,
    "reload": Scene.reload,
}
