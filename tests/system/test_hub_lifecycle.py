"""Hub clients that come, vanish, do not read and are sent away, and what remains."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.integration.redis_server import RedisServer, redis_server
from tests.system.figures import observed, workers
from tests.system.hub_wire import (
    CONTEXT,
    HANDSHAKE,
    HUB,
    SUBSCRIBE,
    SUBSCRIBED,
    events,
    negotiate,
    post,
    record,
    upgrade,
)
from tests.system.load import Crowd
from tests.system.server import Server, serve
from tests.system.test_hub_clients import node
from tests.system.wire import get_text, open_streams, read_until, wait_until

CONFIG = f"""
MockLlmApi:
  MaxConcurrentStreams: 2500
  WriteTimeoutSeconds: 2
  HubContexts: [{CONTEXT}]
"""
#: What an event stream begins with: a comment.
OPEN = b": keep-alive\n"
TRANSPORTS = ("WebSockets", "ServerSentEvents", "LongPolling")


def events_client(server: Server) -> socket.socket:
    """A client over Server-Sent Events that is subscribed."""
    token = negotiate(server)
    sock = socket.create_connection(server.address, timeout=10)
    sock.sendall(events(token))
    read_until(sock, OPEN)
    assert post(server, token, HANDSHAKE + SUBSCRIBE) == 200
    read_until(sock, b"DataUpdate")
    return sock


def stalled(server: Server) -> int:
    """How many readers of an event stream were cut off."""
    metrics = get_text(server, "/metrics")
    name = 'hub_connections_ended_total{reason="stalled",transport="ServerSentEvents"}'
    return int(float(metrics.partition(name)[2].split()[0]))


# -- leaving ----------------------------------------------------------------------


def test_nothing_of_a_crowd_that_leaves_remains() -> None:
    with observed(CONFIG, used_to=300) as quiet:
        server, before = quiet.server, quiet.figures()
        for _ in range(2):
            with Crowd(server) as crowd:
                crowd.open([upgrade()] * 300, then=SUBSCRIBED)
                readers = [events_client(server) for _ in range(5)]
                wait_until(lambda: crowd.tally().messages > 1500, 20)
                # One more makes the values, for all of them.
                assert open_streams(server) == 305
                crowd.leave("close", "reset", within=0)
                for reader in readers:
                    reader.close()
                left = wait_until(lambda: open_streams(server) == 0, 20)
            assert left < 1
            quiet.wait_until_back_at(before, 3)


def test_a_client_that_does_not_read_its_event_stream_is_cut_off() -> None:
    with serve(CONFIG) as server:
        token = negotiate(server)
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(server.address)
            deaf.sendall(events(token))
            read_until(deaf, OPEN)
            shape = {"list": [{"text": "x" * 2000}] * 10}
            call = {"interval": 1, "shape": shape}
            sent = record(
                type=4, invocationId="1", target="Stream", arguments=["x", call]
            )
            assert post(server, token, HANDSHAKE + sent) == 200
            wait_until(lambda: stalled(server) == 1, 60)
            assert open_streams(server) == 0


# -- the end of a server ----------------------------------------------------------


def test_a_thousand_clients_are_sent_to_another_server() -> None:
    with serve(CONFIG, files=8192) as server, Crowd(server) as crowd:
        crowd.open([upgrade()] * 1000, then=SUBSCRIBED)
        wait_until(lambda: crowd.tally().messages > 4000, 30)
        assert crowd.tally().statuses == {"101": 1000}
        server.process.terminate()
        told = wait_until(lambda: crowd.tally().may_return == 1000, 20)
        assert told < 3
        wait_until(lambda: crowd.tally().open == 0, 20)
        assert server.wait() == 0
        assert "SIGKILL" not in server.log()


# -- clients that come back -------------------------------------------------------


class JsCrowd:
    """Clients of Microsoft with automatic reconnection, over one transport."""

    def __init__(self, server: Server, transport: str, number: int) -> None:
        url = f"{server.url}{HUB}"
        self._process = node(url, transport, "json", "crowd", str(number))

    def wait_until_live(self) -> None:
        """Until each has an update, since it came or came back; none may give up."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line and json.loads(line)[0] == "live", line

    @property
    def is_there(self) -> bool:
        """Whether none has given up so that all have."""
        return self._process.poll() is None

    def leave(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def js_crowds(server: Server, number: int = 10) -> Iterator[list[JsCrowd]]:
    """Clients over every transport, each of which gets updates."""
    with ExitStack() as stack:
        crowds = [JsCrowd(server, transport, number) for transport in TRANSPORTS]
        for crowd in crowds:
            stack.callback(crowd.leave)
        for crowd in crowds:
            crowd.wait_until_live()
        yield crowds


@pytest.mark.needs_node
def test_a_reload_under_load_loses_no_client_that_reconnects() -> None:
    with serve(CONFIG) as server, Crowd(server) as load:
        load.open([upgrade()] * 300, then=SUBSCRIBED)
        with js_crowds(server) as crowds:
            for _ in range(2):
                server.process.send_signal(signal.SIGHUP)
                for crowd in crowds:
                    crowd.wait_until_live()
        # The others do not reconnect, and were told that they may.
        wait_until(lambda: load.tally().may_return == 300, 20)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


def shared(redis: RedisServer) -> str:
    return f"{CONFIG}  Redis: {redis.url}\n"


@pytest.mark.needs_node
@pytest.mark.needs_redis
def test_the_clients_of_a_killed_worker_go_on_at_another(redis: RedisServer) -> None:
    with serve(shared(redis), workers=2) as server:
        wait_until(lambda: len(workers(server)) == 2, 20)
        with js_crowds(server) as crowds:
            killed, _ = workers(server)
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: killed not in workers(server), 20)
            wait_until(lambda: len(workers(server)) == 2, 20)
            # A client of the other worker gets updates all the time, and says nothing.
            wait_until(lambda: open_streams(server) >= 30, 30)
            for crowd in crowds:
                assert crowd.is_there


@pytest.mark.needs_node
@pytest.mark.needs_redis
def test_clients_stay_while_redis_is_away_and_their_data_comes_back_with_it(
    redis: RedisServer,
) -> None:
    with serve(shared(redis), workers=2) as server, Crowd(server) as crowd:
        crowd.open([upgrade()] * 20, then=SUBSCRIBED)
        wait_until(lambda: crowd.tally().messages > 100, 20)
        redis.stop()
        wait_until(lambda: "Redis cannot be used" in server.log(), 20)
        redis.start()
        wait_until(lambda: "Redis is back" in server.log(), 20)
        messages = crowd.tally().messages
        wait_until(lambda: crowd.tally().messages > messages + 200, 20)
        assert crowd.tally().cut == 0
        with js_crowds(server, 3):
            assert open_streams(server) >= 20
