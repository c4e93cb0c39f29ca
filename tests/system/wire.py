"""What system tests do over plain TCP, and waiting on conditions."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.system.server import Server


def connect(server: Server, target: str, *, method: str = "GET") -> socket.socket:
    """A connection on which ``target`` was asked for; nothing is read yet."""
    sock = socket.create_connection(server.address, timeout=10)
    request = f"{method} {target} HTTP/1.1\r\nHost: {server.address[0]}\r\n\r\n"
    sock.sendall(request.encode())
    return sock


def open_stream(server: Server, query: str, path: str = "stocks") -> socket.socket:
    """A continuous stream of which the first event has arrived."""
    sock = connect(server, f"/api/mock/stream/{path}?continuous=true&{query}")
    read_until(sock, b"\n\n")
    return sock


def read_until(sock: socket.socket, mark: bytes) -> bytes:
    """What comes up to and including ``mark``; fails at the end of the connection."""
    received = b""
    while mark not in received:
        more = sock.recv(65536)
        assert more, received
        received += more
    return received


def get_json(server: Server, path: str, seconds: float = 10) -> Any:
    """The JSON that ``path`` answers, within so many seconds."""
    with urllib.request.urlopen(f"{server.url}{path}", timeout=seconds) as response:
        return json.load(response)


def get_text(server: Server, path: str) -> str:
    """The text that ``path`` answers."""
    with urllib.request.urlopen(f"{server.url}{path}", timeout=10) as response:
        text: str = response.read().decode()
        return text


def open_streams(server: Server) -> int:
    """How many streams the server says are open."""
    total: int = get_json(server, "/api/manage/streams")["total"]
    return total


def wait_until(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took until ``condition`` held; fails after ``seconds``."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.02)
    return time.monotonic() - began
