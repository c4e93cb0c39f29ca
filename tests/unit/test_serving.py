"""A prompt socket sends everything, in order; an application apart just answers."""

from __future__ import annotations

import socket
import weakref
from collections.abc import Iterator
from typing import Any

import gevent
import gevent.event
import gevent.socket
import pytest

from app.serving.connections import Apart, PromptServer, PromptSocket
from app.streams.connection import Connection


@pytest.fixture
def pair() -> Iterator[tuple[PromptSocket, Any]]:
    ours, theirs = socket.socketpair()
    client = PromptSocket(fileno=ours.detach())
    reader = gevent.socket.socket(fileno=theirs.detach())
    yield client, reader
    client.close()
    reader.close()


def read(reader: Any, length: int) -> bytes:
    received = b""
    while len(received) < length:
        received += reader.recv(65536)
    return received


@pytest.mark.parametrize("size", [1, 150, 5_000_000])
def test_everything_arrives_in_order(pair: tuple[PromptSocket, Any], size: int) -> None:
    client, reader = pair
    frames = [bytes([number]) * size for number in range(3)]
    reading = gevent.spawn(read, reader, 3 * size)
    for frame in frames:
        client.sendall(frame)
    reading.join(timeout=10)
    assert reading.value == b"".join(frames)


def test_a_write_that_stalls_ends_with_the_timeout(
    pair: tuple[PromptSocket, Any],
) -> None:
    client, _ = pair
    client.settimeout(0.05)
    with pytest.raises(TimeoutError):
        client.sendall(b"x" * 50_000_000)


def test_a_write_to_nobody_is_an_error(pair: tuple[PromptSocket, Any]) -> None:
    client, reader = pair
    reader.close()
    with pytest.raises(OSError):
        for _ in range(3):
            client.sendall(b"x")


def test_connections_are_prompt_from_the_beginning() -> None:
    accepted: list[Any] = []
    server = PromptServer(("127.0.0.1", 0), lambda sock, address: accepted.append(sock))
    server.start()
    with gevent.socket.create_connection(("127.0.0.1", server.server_port)) as client:
        assert client.recv(1) == b""  # the server's handler has returned
    server.stop()
    assert [type(each) for each in accepted] == [PromptSocket]


class Answer(list[bytes]):
    """An answer that can be watched."""


def echo(environ: Any, start_response: Any) -> Answer:
    start_response("200 OK", [])
    return Answer([environ])


def test_each_request_has_its_own_answer() -> None:
    started: list[str] = []
    application = Apart(echo)
    for number in range(3):
        assert application(number, lambda status, _: started.append(status)) == [number]
    assert len(started) == 3


def test_what_the_application_raises_is_raised_and_the_next_request_is_served() -> None:
    def refuse(environ: Any, start_response: Any) -> Answer:
        return Answer([1 // environ])

    application = Apart(refuse)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            application(0, None)
        assert application(1, None) == [1]


def test_requests_that_wait_do_not_wait_for_each_other() -> None:
    gate = gevent.event.Event()

    def wait(environ: Any, start_response: Any) -> Answer:
        if environ == "slow":
            gate.wait()
        return Answer([environ])

    application = Apart(wait)
    slow = [gevent.spawn(application, "slow", None) for _ in range(50)]
    gevent.sleep(0)
    assert application("quick", None) == ["quick"]
    gate.set()
    gevent.joinall(slow, timeout=5)
    assert [each.value for each in slow] == [["slow"]] * 50


def test_nothing_of_a_request_stays_when_it_is_answered() -> None:
    application = Apart(lambda environ, start_response: Answer(environ))
    environ = Answer()
    answer = application(environ, None)
    left = [weakref.ref(environ), weakref.ref(answer)]
    del environ, answer
    assert [each() for each in left] == [None, None]


def test_a_connection_that_is_killed_takes_its_request_along() -> None:
    ended: list[str] = []

    def wait(environ: Any, start_response: Any) -> Answer:
        try:
            gevent.sleep(3600)
        finally:
            ended.append("application")
        return Answer()

    connection = gevent.spawn(Apart(wait), {}, None)
    gevent.sleep(0)
    connection.kill()
    assert ended == ["application"]


def test_a_bypass_that_may_wait_leaves_the_connection_prompt_behind() -> None:
    with gevent.socket.create_server(("127.0.0.1", 0)) as listener:
        client = gevent.socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        sock = PromptSocket(fileno=accepted.detach())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, lambda stalled: None, write_timeout=5)
        found = []
        for may_wait in (False, True):
            assert connection.bypass(lambda: None, may_wait=may_wait) is not None
            found.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        connection.close()
        found.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        assert [bool(each) for each in found] == [True, False, True]
        sock.close()
        client.close()
