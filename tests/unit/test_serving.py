"""A prompt socket sends everything, in order, whatever its peer reads."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import gevent
import gevent.socket
import pytest

from app.serving import PromptSocket, prompt


@pytest.fixture
def pair() -> Iterator[tuple[PromptSocket, Any]]:
    ours, theirs = socket.socketpair()
    client = prompt(gevent.socket.socket(fileno=ours.detach()))
    reader = gevent.socket.socket(fileno=theirs.detach())
    assert isinstance(client, PromptSocket)
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


def test_another_kind_of_socket_is_left_as_it_is(
    pair: tuple[PromptSocket, Any],
) -> None:
    client, _ = pair
    assert prompt(client) is client
