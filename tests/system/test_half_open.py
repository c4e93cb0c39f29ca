"""Clients that vanish without a word: their network is gone, and nothing says so."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

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
from tests.system.server import serve
from tests.system.wire import get_text, open_streams, wait_until

#: From a network that is set aside for tests of networks (RFC 2544).
OURS, THEIRS = "198.18.77.1", "198.18.77.2"

CONFIG = """
MockLlmApi:
  LogLevel: warning
  HeartbeatSeconds: 0.5
  WriteTimeoutSeconds: 1.5
"""


def as_root(*command: str) -> list[str]:
    """The command as root executes it."""
    return [*([] if os.geteuid() == 0 else ["sudo", "-n"]), *command]


@dataclass(frozen=True)
class FarAway:
    """A network of its own, at the other end of a cable."""

    namespace: str
    end: str

    def cut(self) -> None:
        """From now on nothing arrives, in either direction."""
        ip("-n", self.namespace, "link", "set", self.end, "down")


def ip(*arguments: str) -> None:
    subprocess.run(as_root("ip", *arguments), check=True, capture_output=True)


@pytest.fixture
def far_away() -> Iterator[FarAway]:
    name = f"llmock{os.getpid()}"
    near, far = f"a{os.getpid()}", f"b{os.getpid()}"
    with ExitStack() as stack:
        try:
            ip("netns", "add", name)
            stack.callback(ip, "netns", "del", name)
            ip("link", "add", near, "type", "veth", "peer", far, "netns", name)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"networks cannot be made here: {error.stderr.decode()}")
        stack.callback(ip, "link", "del", near)
        ip("addr", "add", f"{OURS}/30", "dev", near)
        ip("link", "set", near, "up")
        ip("-n", name, "addr", "add", f"{THEIRS}/30", "dev", far)
        ip("-n", name, "link", "set", far, "up")
        yield FarAway(name, far)


@pytest.mark.needs_netns
def test_peers_whose_network_is_gone_are_given_up(far_away: FarAway) -> None:
    where = as_root("ip", "netns", "exec", far_away.namespace)
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
    where = as_root("ip", "netns", "exec", far_away.namespace)
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
