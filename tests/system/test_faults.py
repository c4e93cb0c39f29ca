"""Clients that do what no client should: nothing is lost, and nothing is kept."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from tests.system.figures import MODES, Observed, observed
from tests.system.load import Crowd, request
from tests.system.wire import (
    connect,
    get_text,
    open_stream,
    open_streams,
    read_until,
    wait_until,
)
from tests.upstream.scripted import ScriptedUpstream, stalls

#: Closing resets the connection.
RESET = struct.pack("ii", 1, 0)
FEED = "/api/mock/stream/stocks?continuous=true&maxDuration=0"


@pytest.fixture(scope="module")
def quiet() -> Iterator[Observed]:
    with observed("MockLlmApi: {LogLevel: warning}", used_to=700) as running:
        yield running


def vanishing(clients: int) -> list[bytes]:
    """Requests in all modes, some asleep and some busy, and some that are cut off.

    A fifth each are regular ones and ones for the overview of the service.
    """
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
        elif number % 5 == 2:
            whole = request("/api/manage/events")
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
            assert open_streams(server) >= 280
            crowd.leave("close", "reset", within=1)
            wait_until(lambda: crowd.tally().open == 0, 10)
            wait_until(lambda: open_streams(server) == 0, 1)

    come_and_vanish()
    # What the allocator has taken by now, it keeps for the next time.
    before = quiet.figures()
    come_and_vanish()
    quiet.wait_until_back_at(before, 6)


def test_10_000_disconnects_leave_nothing_behind(quiet: Observed) -> None:
    server = quiet.server
    asked = request(f"{FEED}&sseMode=CompleteObjects")

    def come_and_go(times: int) -> None:
        for number in range(times):
            with socket.create_connection(server.address) as client:
                client.sendall(asked)
                if number % 2:  # gone while it is served, and before it is
                    client.recv(1)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    come_and_go(500)
    wait_until(lambda: open_streams(server) == 0, 10)
    before = quiet.figures()
    come_and_go(9_500)
    wait_until(lambda: open_streams(server) == 0, 10)
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
        observed(WAITING.format(url=upstream.url), used_to=0) as quiet,
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


IMPATIENT = """
MockLlmApi:
  LogLevel: warning
  WriteTimeoutSeconds: 1.5
  MaxEventBytes: 8000000
"""
#: A field that the body sets, so that a few elements fill any buffer.
LARGE = "shape=[{%22a%22:%22text%22}]&count=8"
BODY = b'{"a": "' + b"x" * 500_000 + b'"}'


def upload(target: str, body: bytes, length: int) -> bytes:
    """A request whose body is said to have this length."""
    head = f"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {length}\r\n\r\n".encode() + body


def test_clients_that_stall_are_cut_off_whatever_they_asked_for() -> None:
    targets = [f"{FEED}&interval=1&{LARGE}&sseMode={mode}" for mode in MODES[1:]]
    targets += [f"/api/mock/stream/x?{LARGE}&sseMode={mode}" for mode in MODES[1:]]
    requests = [
        *(
            upload(target, BODY, len(BODY))
            for target in (*targets, f"/api/mock/x?{LARGE}")
        ),
        request(f"{FEED}&interval=1&sseMode=LlmTokens&shape=[%22text%22]&count=500"),
        upload("/api/mock/x", b"{", 9),
    ]
    with observed(IMPATIENT, used_to=0) as quiet:
        empty = quiet.sockets()

        def come_and_stall() -> None:
            with Crowd(quiet.server) as crowd:
                crowd.open(requests * 2, receive_buffer=4096)
                wait_until(lambda: quiet.sockets() == empty + 14, 5)
                wait_until(lambda: quiet.sockets() == empty, 20)

        come_and_stall()
        before = quiet.figures()
        come_and_stall()
        # Values of megabytes leave holes behind, which the next ones fill.
        quiet.wait_until_back_at(before, 2, slack_kb=80_000)
        metrics = get_text(quiet.server, "/metrics")
        assert 'streams_ended_total{reason="stalled"} 20.0' in metrics


def test_bodies_that_trickle_are_cut_off() -> None:
    with observed(IMPATIENT, used_to=0) as quiet, Crowd(quiet.server) as crowd:
        before = quiet.sockets()
        crowd.open([upload("/api/mock/x", b"{" * 500, 500)] * 50, trickle=0.02)
        wait_until(lambda: quiet.sockets() == before + 50, 5)
        # The headers have a few seconds for themselves.
        wait_until(lambda: crowd.tally().statuses == {"400": 50}, 20)
        wait_until(lambda: quiet.sockets() == before, 20)


@pytest.mark.alone
def test_headers_that_trickle_are_cut_off_and_hold_up_nobody(quiet: Observed) -> None:
    server, before = quiet.server, quiet.figures()
    with Crowd(server) as crowd:
        crowd.open([request(FEED, "X-Filler: " + "x" * 500)] * 300, trickle=0.5)
        wait_until(lambda: quiet.sockets() >= before.sockets + 300, 5)
        began = time.monotonic()
        open_stream(server, "interval=100").close()
        assert time.monotonic() - began < 1
        # As long as an idle connection has; nothing that comes prolongs it.
        wait_until(lambda: crowd.tally().cut == 300, 7)
    quiet.wait_until_back_at(before, 3)


def test_a_storm_of_reconnects_to_finished_streams_opens_none(quiet: Observed) -> None:
    server, before = quiet.server, quiet.figures()
    finished = request(
        FEED, "Last-Event-ID: 0123456789abcdef-7-end", "Connection: close"
    )
    with Crowd(server) as crowd:
        crowd.open([finished] * 2000)
        wait_until(lambda: crowd.tally().cut == 2000, 20)
        assert crowd.tally().statuses == {"204": 2000}
    quiet.wait_until_back_at(before, 3)


@pytest.mark.alone
def test_a_thousand_streams_that_are_drained_all_hear_why() -> None:
    with (
        observed("MockLlmApi: {LogLevel: warning}", used_to=0) as quiet,
        Crowd(quiet.server) as crowd,
    ):
        crowd.open(
            [
                request(f"{FEED}&sseMode={MODES[number % 3]}&interval={interval}")
                for number in range(500)
                for interval in (100, 60_000)
            ],
            over=1,
        )
        wait_until(lambda: crowd.tally().begun == 1000, 30)
        told = time.monotonic()
        assert quiet.server.stop() == 0
        gone = time.monotonic() - told
        tally = crowd.tally()
        assert tally.ends == {"shutdown": 1000}
        assert tally.whole == tally.cut == 1000
        # A second for the server, as long for a thousand clients on a busy machine.
        assert tally.last_end - told < 2
        assert gone < 5


LIMITED = "MockLlmApi: {LogLevel: warning, MaxConcurrentStreams: 50}"


def test_a_full_server_refuses_at_once_and_still_answers_the_rest() -> None:
    with observed(LIMITED, used_to=50) as quiet:
        server, before = quiet.server, quiet.figures()
        with Crowd(server) as crowd:
            crowd.open([request(f"{FEED}&interval=60000")] * 50)
            wait_until(lambda: open_streams(server) == 50, 5)
            began = time.monotonic()
            crowd.open([request(FEED, "Connection: close")] * 200)
            wait_until(lambda: crowd.tally().cut == 200, 5)
            assert time.monotonic() - began < 2
            assert crowd.tally().statuses == {"200": 50, "503": 200}

            sock = connect(server, FEED)
            head = read_until(sock, b"\r\n\r\n")
            assert (
                head.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 5\r\n" in head
            )
            sock.close()
            sock = connect(server, FEED, method="HEAD")
            assert read_until(sock, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
            sock.close()
            for path in ("/healthz", "/readyz", "/metrics", "/api/mock/x"):
                sock = connect(server, path)
                assert read_until(sock, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
                sock.close()
            assert open_streams(server) == 50
            crowd.leave("close", within=0)
            wait_until(lambda: open_streams(server) == 0, 1)
        quiet.wait_until_back_at(before, 3)
