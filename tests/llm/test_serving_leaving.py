"""Who no longer wants an answer frees the model within a second."""

from __future__ import annotations

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from tests.llm.model_server import ModelServer
from tests.llm.service import PATIENCE_S, backend, service, status, target
from tests.system.server import Server
from tests.system.wire import connect, get_json, read_until, wait_until

pytestmark = [pytest.mark.needs_llm, pytest.mark.timeout(300)]

#: An answer that takes the model a minute.
LONG = {"shape": [{"name": "text", "city": "text"}], "count": 150}

#: In one mode tokens have been sent when the end comes, in the other nothing.
MODES = {"LlmTokens": b'"accumulated"', "CompleteObjects": b'"info"'}


@pytest.fixture(scope="module")
def server(model: ModelServer) -> Iterator[Server]:
    with service(backend("local", model)) as running:
        yield running


def begin(server: Server, model: ModelServer, **options: object) -> socket.socket:
    """A stream for which the model is at work."""
    assert not model.busy_slots()
    sock = connect(server, target(**LONG, **options))
    sock.settimeout(PATIENCE_S)
    wait_until(model.is_writing, PATIENCE_S)
    return sock


def leave(server: Server, sock: socket.socket) -> None:
    sock.close()


def stop(server: Server, sock: socket.socket) -> None:
    (stream,) = get_json(server, "/api/manage/streams")["streams"]
    address = f"{server.url}/api/manage/streams/{stream['id']}"
    request = urllib.request.Request(address, method="DELETE")
    urllib.request.urlopen(request, timeout=10).close()
    assert b'"reason":"stopped"' in read_until(sock, b'"done":true')


@pytest.mark.alone
@pytest.mark.parametrize("end", [leave, stop])
@pytest.mark.parametrize("mode, sent", MODES.items(), ids=MODES.keys())
def test_a_continuous_stream_that_ends_frees_the_model(
    server: Server,
    model: ModelServer,
    end: Callable[[Server, socket.socket], None],
    mode: str,
    sent: bytes,
) -> None:
    sock = begin(server, model, continuous="true", sseMode=mode)
    read_until(sock, sent)
    end(server, sock)

    assert model.is_free_within(1)
    assert status(server, "local")["inFlight"] == 0
    sock.close()


@pytest.mark.alone
@pytest.mark.parametrize("mode", MODES)
def test_a_regular_stream_whose_client_leaves_frees_the_model(
    server: Server, model: ModelServer, mode: str
) -> None:
    begin(server, model, sseMode=mode).close()

    assert model.is_free_within(1)
    assert status(server, "local")["inFlight"] == 0


@pytest.mark.alone
@pytest.mark.parametrize("mode", MODES)
def test_time_that_is_up_frees_the_model(
    server: Server, model: ModelServer, mode: str
) -> None:
    sock = begin(server, model, continuous="true", sseMode=mode, maxDuration=4)
    read_until(sock, b'"reason":"max_duration"')
    ended_at = time.monotonic()

    assert model.is_free_within(1)
    assert time.monotonic() - ended_at < 1
    assert status(server, "local")["breaker"] == "closed"
    sock.close()
