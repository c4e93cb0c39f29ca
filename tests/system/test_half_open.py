"""Clients that vanish without a word: their network is gone, and nothing says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system.figures import MODES, observed
from tests.system.hub_wire import (
    CONTEXT,
    HANDSHAKE,
    SUBSCRIBE,
    SUBSCRIBED,
    events,
    negotiate,
    post,
    upgrade,
)
from tests.system.load import Crowd, request
from tests.system.networks import OURS, FarAway, far_network
from tests.system.server import serve
from tests.system.wire import get_text, open_streams, wait_until

#: What is gone is given up in time, or not.
pytestmark = pytest.mark.alone

CONFIG = """
MockLlmApi:
  LogLevel: warning
  HeartbeatSeconds: 0.5
  WriteTimeoutSeconds: 1.5
"""


@pytest.fixture
def far_away() -> Iterator[FarAway]:
    with far_network() as found:
        yield found


@pytest.mark.needs_netns
def test_peers_whose_network_is_gone_are_given_up(far_away: FarAway) -> None:
    where = far_away.inside
    feed = "/api/mock/stream/x?continuous=true&maxDuration=0"
    targets = [
        f"{feed}&interval={interval}&sseMode={mode}"
        for interval in (50, 60_000)
        for mode in MODES
    ]
    with observed(CONFIG, used_to=60, env={"HOST": "0.0.0.0"}) as quiet:
        server, before = quiet.server, quiet.figures()
        with Crowd(server, where, OURS) as crowd:
            crowd.open([request(target) for target in targets] * 5)
            wait_until(lambda: crowd.tally().begun == 30, 10)
            assert open_streams(server) == 30
            far_away.cut()
            # A heartbeat, and nobody there to acknowledge it within the timeout.
            wait_until(lambda: open_streams(server) == 0, 4)
            assert crowd.tally().open == 30
        quiet.wait_until_back_at(before, 2)
        assert 'streams_ended_total{reason="stalled"} 30.0' in get_text(
            server, "/metrics"
        )


@pytest.mark.needs_netns
def test_hub_clients_whose_network_is_gone_are_given_up(far_away: FarAway) -> None:
    where = far_away.inside
    config = f"{CONFIG}  HubContexts: [{CONTEXT}]\n"
    with serve(config, {"HOST": "0.0.0.0"}) as server:
        tokens = [negotiate(server) for _ in range(10)]
        with Crowd(server, where, OURS) as crowd:
            crowd.open([upgrade()] * 20, then=SUBSCRIBED)
            crowd.open([events(token) for token in tokens])
            wait_until(lambda: crowd.tally().statuses.get("200") == 10, 10)
            for token in tokens:
                post(server, token, HANDSHAKE + SUBSCRIBE)
            wait_until(lambda: crowd.tally().messages > 150, 10)
            assert open_streams(server) == 30
            far_away.cut()
            wait_until(lambda: open_streams(server) == 0, 5)
            assert crowd.tally().open == 30
        stalled = r'hub_connections_ended_total{reason="stalled",transport="%s"} %d.0'
        told = get_text(server, "/metrics")
        assert stalled % ("WebSockets", 20) in told
        assert stalled % ("ServerSentEvents", 10) in told
