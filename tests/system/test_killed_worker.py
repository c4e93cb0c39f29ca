"""A worker that is killed takes its own streams with it, and nothing else."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integration.redis_server import redis_server
from tests.system.figures import MODES, workers
from tests.system.load import Crowd, request
from tests.system.server import Server, serve
from tests.system.wire import get_text, open_streams, wait_until

FEEDS = [
    f"/api/mock/stream/x?continuous=true&maxDuration=0&interval=100&sseMode={mode}"
    for mode in MODES
]


@pytest.fixture(
    params=["each its own", pytest.param("Redis", marks=pytest.mark.needs_redis)]
)
def two_workers(request: pytest.FixtureRequest) -> Iterator[tuple[Server, bool]]:
    """A server with two workers, and whether they know of each other."""
    with ExitStack() as stack:
        shared = request.param == "Redis"
        state = "PerWorkerState: true"
        if shared:
            state = f"Redis: {stack.enter_context(redis_server()).url}"
        config = f"MockLlmApi: {{LogLevel: warning, {state}}}"
        yield stack.enter_context(serve(config, workers=2)), shared


def gauge(server: Server) -> float:
    """How many streams are open, as the metrics have it."""
    metrics = get_text(server, "/metrics")
    found = re.findall(r"(?m)^llmock_open_streams{.*} (\S+)$", metrics)
    return sum(map(float, found))


@pytest.mark.alone  # a worker that gets no turn accepts no client
def test_a_worker_that_is_killed_takes_only_its_own_streams_with_it(
    two_workers: tuple[Server, bool],
) -> None:
    server, shared = two_workers
    wait_until(lambda: len(workers(server)) == 2, 20)
    killed, other = workers(server)
    with Crowd(server) as crowd:
        crowd.open([request(FEEDS[number % 3]) for number in range(90)])
        wait_until(lambda: crowd.tally().begun == 90, 20)

        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: crowd.tally().cut > 0, 1)
        wait_until(lambda: killed not in workers(server), 20)
        wait_until(lambda: len(workers(server)) == 2, 20)
        assert other in workers(server)
        left = crowd.tally()
        assert left.open == 90 - left.cut and left.open > 0 and not left.ends
        wait_until(lambda: crowd.tally().events > left.events + 5 * left.open, 20)

        crowd.open([request(FEEDS[number % 3]) for number in range(90)])
        wait_until(lambda: crowd.tally().begun == 180, 20)
        assert crowd.tally().open == left.open + 90
        assert crowd.tally().cut == left.cut
        if shared:
            wait_until(lambda: open_streams(server) == left.open + 90, 10)
        wait_until(lambda: gauge(server) == left.open + 90, 10)
        assert server.stop() == 0
        wait_until(lambda: crowd.tally().ends == {"shutdown": left.open + 90}, 2)
