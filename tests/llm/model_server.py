"""A real llama.cpp server with a real model, started by ``scripts/local-llm``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]

#: A cold start reads 250 MB; an install is not waited for.
_START_SECONDS = 90


@dataclass
class ModelServer:
    """A running server; ``url`` is its base, without ``/v1``."""

    url: str
    process: subprocess.Popen[bytes]

    def busy_slots(self) -> int:
        """How many answers it is working on."""
        return sum(slot["is_processing"] for slot in self._get("/slots").json())

    def is_writing(self) -> bool:
        """Whether it is past the prompt of an answer: in there it hears nothing."""
        return any(
            token["n_decoded"]
            for slot in self._get("/slots").json()
            if slot["is_processing"]
            for token in slot["next_token"]
        )

    def is_free_within(self, seconds: float) -> bool:
        """Whether it stops working on any answer in that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not self.busy_slots():
                return True
            time.sleep(0.02)
        return False

    def metric(self, name: str) -> float:
        """One of its counters, such as ``tokens_predicted_total``."""
        for line in self._get("/metrics").text.splitlines():
            if line.startswith(f"llamacpp:{name} "):
                return float(line.split()[1])
        raise KeyError(name)

    def is_healthy(self) -> bool:
        """Whether it answers, with the model loaded."""
        try:
            return self._get("/health").status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """SIGKILL: connections break, and nothing listens any more."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _get(self, path: str) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.url + path, timeout=5)


@contextmanager
def model_server() -> Iterator[ModelServer]:
    """A server on a free port, until the end of the block.

    It computes in one thread. Several wait for one another in loops that burn their
    cores: on two busy cores, two threads are five times as slow as one.
    """
    port = _free_port()
    process = subprocess.Popen(
        [ROOT / "scripts" / "local-llm"],
        env={**os.environ, "PORT": str(port), "THREADS": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that an install's children end too
    )
    server = ModelServer(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        server.kill()


def _wait_until_healthy(server: ModelServer) -> None:
    end = time.monotonic() + _START_SECONDS
    while not server.is_healthy():
        if server.process.poll() is not None or time.monotonic() > end:
            raise AssertionError(
                "scripts/local-llm did not serve; its --install-only installs the model"
            )
        time.sleep(0.1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
