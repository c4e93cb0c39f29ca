"""Clients that do what no client should: nothing is lost, and nothing is kept."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.system.figures import Observed, observed
from tests.system.load import Crowd
from tests.system.wire import open_streams, wait_until
from tests.upstream.scripted import ScriptedUpstream, stalls

FEED = "/api/mock/stream/stocks?continuous=true&maxDuration=0"
MODES = ("LlmTokens", "CompleteObjects", "ArrayItems")


def request(target: str, *headers: str) -> bytes:
    """A request as it is sent, for this target and with these headers."""
    lines = (f"GET {target} HTTP/1.1", "Host: localhost", *headers, "", "")
    return "\r\n".join(lines).encode()


@pytest.fixture(scope="module")
def quiet() -> Iterator[Observed]:
    with observed("MockLlmApi: {LogLevel: warning}") as running:
        yield running


def vanishing(clients: int) -> list[bytes]:
    """Requests in all modes, regular too, some asleep and some busy, some cut off."""
    chance = random.Random(3)
    requests = []
    for number in range(clients):
        mode = MODES[number % 3]
        interval = chance.choice((2, 50, 60_000))
        whole = request(f"{FEED}&sseMode={mode}&interval={interval}")
        if number % 5 == 0:
            whole = whole[: chance.randrange(len(whole))]
        elif number % 5 == 1:
            whole = request(f"/api/mock/stream/x?sseMode={mode}&count=1000&shape=[0]")
        requests.append(whole)
    return requests


def test_500_clients_that_vanish_at_random_moments_leave_nothing_behind(
    quiet: Observed,
) -> None:
    server = quiet.server

    def come_and_vanish() -> None:
        with Crowd(server) as crowd:
            crowd.open(vanishing(500), over=1)
            wait_until(lambda: crowd.tally().begun >= 390, 20)
            assert open_streams(server) >= 250
            crowd.leave("close", "reset", within=1)
            wait_until(lambda: crowd.tally().open == 0, 10)
            wait_until(lambda: open_streams(server) == 0, 2)

    come_and_vanish()
    # The first time, the allocator takes what it keeps for the next time.
    before = quiet.figures()
    come_and_vanish()
    quiet.wait_until_back_at(before, 6)


WAITING = """
MockLlmApi:
  LogLevel: warning
  LlmBackends:
    - {{Name: slow, Provider: openai, ModelName: m, BaseUrl: "{url}",
        MaxConcurrentRequests: 100}}
"""


def test_clients_that_leave_a_language_model_at_work_end_its_work() -> None:
    targets = [f"/api/mock/stream/x?sseMode={mode}" for mode in MODES]
    targets += [f"{FEED}&sseMode={mode}" for mode in MODES]
    targets += ["/api/mock/x"] * 3
    with (
        ScriptedUpstream(stalls()) as upstream,
        observed(WAITING.format(url=upstream.url)) as quiet,
    ):

        def come_and_vanish() -> None:
            with Crowd(quiet.server) as crowd:
                crowd.open([request(target) for target in targets * 10])
                wait_until(lambda: upstream.open_connections == 90, 10)
                crowd.leave("close", "reset", within=0.5)
                wait_until(lambda: crowd.tally().open == 0, 10)
                wait_until(lambda: upstream.open_connections == 0, 1)

        come_and_vanish()
        before = quiet.figures()
        come_and_vanish()
        quiet.wait_until_back_at(before, 6)
