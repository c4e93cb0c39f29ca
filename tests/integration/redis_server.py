"""A real Redis for tests: one's own process, which can go away and come back."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_START_SECONDS = 10


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """A Redis on a port of its own, which it keeps when it is started again."""

    def __init__(self, directory: str, addresses: str = "127.0.0.1") -> None:
        """``addresses`` are those at which it listens, 127.0.0.1 among them."""
        self._directory = directory
        self._addresses = addresses
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Returns when it answers; it is empty."""
        executable = shutil.which("redis-server")
        assert executable is not None
        options = {
            "port": str(self._port),
            "bind": self._addresses,
            "protected-mode": "no",
            "dir": self._directory,
            "save": "",
            "appendonly": "no",
        }
        self._process = subprocess.Popen(
            [executable, *(w for k, v in options.items() for w in (f"--{k}", v))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16) == b"+PONG\r\n"
        except OSError:
            return False

    def stop(self) -> None:
        """Its clients' connections close; what it held is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It answers again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server(addresses: str = "127.0.0.1") -> Iterator[RedisServer]:
    """A Redis that is running; skips where there is none to run."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(directory, addresses)
        server.start()
        try:
            yield server
        finally:
            server.stop()
