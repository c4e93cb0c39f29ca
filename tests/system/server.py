"""A real server for system tests: ``scripts/serve`` in processes of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Variables of the shell around the tests that would change the server.
_OURS = re.compile(r"(?i)mockllmapi__|(HOST|PORT|WORKERS|CONFIG|LLMOCK_CONFIG)$")
_FOREIGN = re.compile(r"(GUNICORN_CMD_ARGS|WEB_CONCURRENCY|PYTHONPATH|COV_)")
_WELCOME = re.compile(r"serves on (http://\S+)")
#: The line of an epoll descriptor that names another.
_WATCHED = re.compile(r"^tfd:\s*(\d+)", re.MULTILINE)
#: Long enough for an install on a slow day.
_START_SECONDS = 110
#: Longer than the default grace period and what the server needs on top of it.
_STOP_SECONDS = 30


class _Output:
    """What a process prints, read as it comes so that it never has to wait."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        self._decided = threading.Event()
        self.url: str | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            found = _WELCOME.search(line)
            if found:
                self.url = found.group(1)
                self._decided.set()
        self._decided.set()

    def wait_for_url(self) -> str:
        """The address; fails where the process ended or says nothing in time."""
        self._decided.wait(_START_SECONDS)
        if self.url is None:
            raise AssertionError(f"the server did not start:\n{self.text()}")
        return self.url

    def text(self) -> str:
        return "".join(self._lines)

    def close(self) -> None:
        self._thread.join(_STOP_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass
class Server:
    """A running server. ``url`` has no slash at its end; ``process`` is its master."""

    url: str
    process: subprocess.Popen[str]
    _output: _Output = field(repr=False)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, for a socket."""
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host.strip("[]"), int(port)

    def log(self) -> str:
        """Everything that the server has printed so far."""
        return self._output.text()

    def stop(self) -> int:
        """SIGTERM, and the exit status; fails where it does not end by itself."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """The exit status; fails where the server does not end by itself."""
        try:
            return self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the server did not end:\n{self.log()}") from None


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a server: this one without its settings, with ``extra``."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if not _OURS.match(name) and not _FOREIGN.match(name)
    }
    return {**kept, **(extra or {})}


@contextmanager
def serve(
    config: str | None = None,
    env: Mapping[str, str] | None = None,
    *,
    workers: int = 1,
    root: Path = ROOT,
    cwd: Path | None = None,
    files: int | None = None,
    service: str = "",
    before: Sequence[str] = (),
) -> Iterator[Server]:
    """A server that is ready, from ``scripts/serve`` in ``root``, on a free port.

    ``config`` is the text of a configuration file; without it the repository's
    own serves. ``env`` comes on top of the environment, and ``cwd`` is where the
    caller is. ``files`` is its limit of open files, ``service`` its
    ``ServicePath``, ``before`` what its command begins with. The server is stopped
    at the end, which fails where it does not end by itself or where it has printed a
    traceback.
    """
    with tempfile.TemporaryDirectory() as directory:
        settings = {"PORT": "0", "WORKERS": str(workers)}
        if config is not None:
            path = Path(directory, "config.yaml")
            path.write_text(config, encoding="utf-8")
            settings["CONFIG"] = str(path)
        limit = [] if files is None else ["prlimit", f"--nofile={files}"]
        process = subprocess.Popen(
            [*before, *limit, root / "scripts" / "serve"],
            cwd=cwd or directory,
            env=environment({**settings, **(env or {})}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        output = _Output(process)
        try:
            server = Server(output.wait_for_url(), process, output)
            urllib.request.urlopen(f"{server.url}{service}/readyz", timeout=60).close()
            _wait_for_workers(process, workers)
            yield server
            if process.poll() is None:
                server.stop()
            assert "Traceback" not in server.log(), server.log()
        finally:
            _kill(process)
            output.close()


def _wait_for_workers(process: subprocess.Popen[str], workers: int) -> None:
    """Wait until each worker accepts: on a busy machine the others serve alone."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    end = time.monotonic() + _START_SECONDS
    while workers > 1 and process.poll() is None:
        pids = [int(pid) for pid in children.read_text().split()]
        listening = _sockets(process.pid)
        if sum(bool(_watched(pid) & listening) for pid in pids) >= workers:
            return
        assert time.monotonic() < end, f"of {workers} workers not all accept"
        time.sleep(0.05)


def _sockets(pid: int) -> set[str]:
    """The sockets that a process has open, by their inodes."""
    return {
        link
        for number in os.listdir(f"/proc/{pid}/fd")
        if (link := _link(pid, number)).startswith("socket:")
    }


def _watched(pid: int) -> set[str]:
    """What a process waits for, as Linux tells it of each of its epoll descriptors."""
    found: set[str] = set()
    for number in os.listdir(f"/proc/{pid}/fdinfo"):
        with suppress(FileNotFoundError):  # it was closed meanwhile
            told = Path(f"/proc/{pid}/fdinfo/{number}").read_text()
            found |= {_link(pid, each) for each in _WATCHED.findall(told)}
    return found


def _link(pid: int, number: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{number}")
    except FileNotFoundError:  # it was closed meanwhile
        return ""


def _kill(process: subprocess.Popen[str]) -> None:
    """Ends what is left of the server, whose processes have a session of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
